#include "base/utf8.h"

#include "tests/unit/check.h"

static const struct {
	const char *label, *text;
	size_t length; /* 0: invalid */
	uint32_t point;
} take_cases[] = {
	{ "the end of the text", "", 1, 0 },
	{ "ASCII", "a", 1, 'a' },
	{ "the last of two bytes", "\xdf\xbf", 2, 0x7ff },
	{ "the first of three bytes", "\xe0\xa0\x80", 3, 0x800 },
	{ "the last before the surrogates", "\xed\x9f\xbf", 3, 0xd7ff },
	{ "the first of four bytes", "\xf0\x90\x80\x80", 4, 0x10000 },
	{ "the last of all", "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	{ "a continuation alone", "\x80", 0, 0 },
	{ "a cut sequence", "\xe2\x82", 0, 0 },
	{ "a sequence broken by ASCII", "\xe2\x82z", 0, 0 },
	{ "overlong slash", "\xc0\xaf", 0, 0 },
	{ "overlong in three bytes", "\xe0\x9f\xbf", 0, 0 },
	{ "overlong in four bytes", "\xf0\x8f\xbf\xbf", 0, 0 },
	{ "a surrogate", "\xed\xa0\x80", 0, 0 },
	{ "beyond Unicode", "\xf4\x90\x80\x80", 0, 0 },
	{ "a byte that begins nothing", "\xff", 0, 0 },
};

static void take_accepts_exactly_rfc_3629(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(take_cases); i++) {
		uint32_t point;
		size_t length = utf8_take(take_cases[i].text, &point);

		CHECK(take_cases[i].label, length == take_cases[i].length);
		CHECK(take_cases[i].label, !length || point == take_cases[i].point);
	}
}

static void unsafe_are_controls_and_what_hides_or_reorders(void **state)
{
	static const uint32_t unsafe[] = { 0x00,   0x1b,   0x7f,   0x80,   0x9b,   0x9f,
					   0x61c,  0x200b, 0x200e, 0x2028, 0x202e, 0x2066,
					   0x2069, 0xfeff, 0xfffe, 0xffff, 0xe0041 };
	static const uint32_t safe[] = { ' ',    '~',    0xa0,   0xe9,   0x5d0,
					 0x2026, 0x4e2d, 0xfffd, 0x1f600 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(unsafe); i++)
		assert_true(utf8_is_unsafe(unsafe[i]));
	for (size_t i = 0; i < ARRAY_LENGTH(safe); i++)
		assert_false(utf8_is_unsafe(safe[i]));
}

static const struct {
	const char *label, *text, *visible;
	size_t taken;
} visible_cases[] = {
	{ "a letter", "a", "a", 1 },
	{ "a longer character", "\xc3\xa9t\xc3\xa9", "\xc3\xa9", 2 },
	{ "escape", "\x1b[31m", "\\x1b", 1 },
	{ "line feed", "\n", "\\x0a", 1 },
	{ "C1", "\xc2\x9b", "\\u{009b}", 2 },
	{ "right-to-left override", "\xe2\x80\xae", "\\u{202e}", 3 },
	{ "tag letter", "\xf3\xa0\x81\x81", "\\u{e0041}", 4 },
	{ "an invalid byte, and no more than that", "\xff\xfe", "\\xff", 1 },
	{ "a cut sequence, byte by byte", "\xe2\x82", "\\xe2", 1 },
};

static void visible_never_gives_a_control_character(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(visible_cases); i++) {
		char visible[UTF8_VISIBLE_SIZE];
		size_t taken = utf8_visible(visible, visible_cases[i].text);

		CHECK_TEXT(visible_cases[i].label, visible, visible_cases[i].visible);
		CHECK(visible_cases[i].label, taken == visible_cases[i].taken);
	}
}

static void front_cuts_no_character_in_two(void **state)
{
	static const char text[] = "a\xc3\xa9\xe2\x82\xac";
	static const size_t fronts[] = { 0, 1, 1, 3, 3, 3, 6, 6 };

	(void)state;
	for (size_t most = 0; most < ARRAY_LENGTH(fronts); most++)
		assert_int_equal(utf8_front(text, most), fronts[most]);
}

static void a_mark_is_three_bytes_at_the_front(void **state)
{
	(void)state;
	assert_int_equal(utf8_mark("\xef\xbb\xbf"
				   "a",
				   4),
			 3);
	assert_int_equal(utf8_mark("\xef\xbb\xbf", 3), 3);
	assert_int_equal(utf8_mark("\xef\xbb\xbf", 2), 0);
	assert_int_equal(utf8_mark("a\xef\xbb\xbf", 4), 0);
	assert_int_equal(utf8_mark("", 0), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(take_accepts_exactly_rfc_3629),
		cmocka_unit_test(unsafe_are_controls_and_what_hides_or_reorders),
		cmocka_unit_test(visible_never_gives_a_control_character),
		cmocka_unit_test(front_cuts_no_character_in_two),
		cmocka_unit_test(a_mark_is_three_bytes_at_the_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
