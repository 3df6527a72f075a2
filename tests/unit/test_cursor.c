#include "base/cursor.h"

#include "tests/unit/check.h"

#define E_ACUTE "\xc3\xa9"
#define CJK "\xe4\xb8\xad"
#define EMOJI "\xf0\x9f\x98\x80"

static const struct {
	const char *label, *text;
	size_t byte; /* to go to */
	size_t character;
	uint32_t line, column;
} cases[] = {
	{ "the start", "abc", 0, 0, 1, 1 },
	{ "within a line", "abc", 2, 2, 1, 3 },
	{ "the end", "abc", 3, 3, 1, 4 },
	{ "on the line feed", "ab\ncd", 2, 2, 1, 3 },
	{ "behind the line feed", "ab\ncd", 3, 3, 2, 1 },
	{ "behind CR LF", "ab\r\ncd", 4, 4, 2, 1 },
	{ "behind an empty line", "\n\n", 2, 2, 3, 1 },
	{ "behind two bytes", E_ACUTE "x", 2, 1, 1, 2 },
	{ "behind three bytes", "a" CJK "x", 4, 2, 1, 3 },
	{ "behind four bytes", EMOJI EMOJI "x", 8, 2, 1, 3 },
	{ "columns begin anew on each line", E_ACUTE "\n" E_ACUTE "x", 5, 3, 2, 2 },
};

static void cursor_counts_lines_and_characters(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct cursor cursor = cursor_start(cases[i].text);

		cursor_to(&cursor, cases[i].text + cases[i].byte);
		CHECK(cases[i].label, cursor.at == cases[i].text + cases[i].byte);
		CHECK(cases[i].label, cursor.character == cases[i].character);
		CHECK(cases[i].label, cursor.line == cases[i].line);
		CHECK(cases[i].label, cursor.column == cases[i].column);
	}
}

static void cursor_finds_the_byte_of_a_character(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *text = cases[i].text;
		struct cursor cursor = cursor_start(text);

		cursor_to_character(&cursor, text + strlen(text), cases[i].character);
		CHECK(cases[i].label, cursor.at == text + cases[i].byte);
		CHECK(cases[i].label, cursor.line == cases[i].line);
		CHECK(cases[i].label, cursor.column == cases[i].column);
	}
}

static void cursor_stops_at_the_end_and_never_goes_back(void **state)
{
	const char *text = "a\n" E_ACUTE;
	const char *end = text + strlen(text);
	struct cursor cursor = cursor_start(text);

	(void)state;
	cursor_to_character(&cursor, end, 1000);
	assert_ptr_equal(cursor.at, end);
	assert_int_equal(cursor.character, 3);
	cursor_to(&cursor, text);
	cursor_to_character(&cursor, end, 0);
	assert_ptr_equal(cursor.at, end);
	assert_int_equal(cursor.line, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cursor_counts_lines_and_characters),
		cmocka_unit_test(cursor_finds_the_byte_of_a_character),
		cmocka_unit_test(cursor_stops_at_the_end_and_never_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
