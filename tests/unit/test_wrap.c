#include "reports/wrap.h"

#include "tests/unit/check.h"

#include <string.h>

struct printed {
	char *text;
	size_t size;
	struct wrap wrap;
};

static void begin(struct printed *printed, bool color, int columns)
{
	printed->text = NULL;
	wrap_init(&printed->wrap, open_memstream(&printed->text, &printed->size), color,
		  columns);
}

static void expect(struct printed *printed, const char *expected)
{
	fclose(printed->wrap.out);
	wrap_release(&printed->wrap);
	assert_string_equal(printed->text, expected);
	free(printed->text);
}

static void lines_end_before_the_last_column_is_passed(void **state)
{
	struct printed printed;

	(void)state;
	begin(&printed, false, 12);
	wrap_begin(&printed.wrap, 0, 2);
	wrap_text(&printed.wrap, PAINT_PLAIN, "one two four five six");
	wrap_end(&printed.wrap);
	expect(&printed, "one two four\n  five six\n");
}

static void a_word_is_never_broken(void **state)
{
	struct printed printed;

	(void)state;
	begin(&printed, false, 8);
	wrap_begin(&printed.wrap, 2, 4);
	wrap_text(&printed.wrap, PAINT_PLAIN, "abcdefghijkl x abcdefghijkl");
	wrap_end(&printed.wrap);
	expect(&printed, "  abcdefghijkl\n    x\n    abcdefghijkl\n");
}

static void a_command_is_never_broken(void **state)
{
	struct printed printed;

	(void)state;
	begin(&printed, false, 12);
	wrap_begin(&printed.wrap, 0, 2);
	wrap_text(&printed.wrap, PAINT_PLAIN, "see `make  a b c; d`, or `x y and `z");
	wrap_end(&printed.wrap);
	expect(&printed, "see\n  `make a b c; d`,\n  or\n  `x y and `z\n");
}

static void without_columns_nothing_is_wrapped(void **state)
{
	struct printed printed;

	(void)state;
	begin(&printed, false, 0);
	wrap_begin(&printed.wrap, 2, 4);
	for (int i = 0; i < 100; i++)
		wrap_text(&printed.wrap, PAINT_PLAIN, "word");
	wrap_end(&printed.wrap);
	fclose(printed.wrap.out);
	wrap_release(&printed.wrap);
	assert_ptr_equal(strchr(printed.text, '\n'), printed.text + printed.size - 1);
	assert_int_equal(printed.size, 2 + 100 * 5);
	free(printed.text);
}

static void spaces_are_one_and_texts_begin_new_words(void **state)
{
	struct printed printed;

	(void)state;
	begin(&printed, false, 40);
	wrap_begin(&printed.wrap, 0, 0);
	wrap_text(&printed.wrap, PAINT_PLAIN, "  one   two ");
	wrap_text(&printed.wrap, PAINT_PLAIN, "");
	wrap_printf(&printed.wrap, PAINT_PLAIN, "%s %d", "three", 4);
	wrap_end(&printed.wrap);
	wrap_space(&printed.wrap);
	expect(&printed, "one two three 4\n\n");
}

static void characters_count_and_not_bytes(void **state)
{
	struct printed printed;

	(void)state;
	begin(&printed, false, 9);
	wrap_begin(&printed.wrap, 0, 0);
	wrap_text(&printed.wrap, PAINT_PLAIN, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 abcd");
	wrap_end(&printed.wrap);
	expect(&printed, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 abcd\n");
}

static void colours_take_no_columns_and_are_switched_off(void **state)
{
	struct printed printed;

	(void)state;
	begin(&printed, true, 9);
	wrap_begin(&printed.wrap, 0, 0);
	wrap_text(&printed.wrap, PAINT_ERROR, "abcd efgh");
	wrap_text(&printed.wrap, PAINT_PLAIN, "ijkl");
	wrap_end(&printed.wrap);
	expect(&printed, "\033[1;31mabcd\033[0m \033[1;31mefgh\033[0m\nijkl\n");
}

static void foreign_text_is_escaped_and_measured_so(void **state)
{
	struct printed printed;

	(void)state;
	begin(&printed, true, 11);
	wrap_begin(&printed.wrap, 0, 0);
	wrap_text(&printed.wrap, PAINT_PLAIN, "abc \x1b[1mx \n::y ::z");
	wrap_end(&printed.wrap);
	expect(&printed, "abc\n\\x1b[1mx\n\\x0a\\x3a:y\n\\x3a:z\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_before_the_last_column_is_passed),
		cmocka_unit_test(a_word_is_never_broken),
		cmocka_unit_test(a_command_is_never_broken),
		cmocka_unit_test(without_columns_nothing_is_wrapped),
		cmocka_unit_test(spaces_are_one_and_texts_begin_new_words),
		cmocka_unit_test(characters_count_and_not_bytes),
		cmocka_unit_test(colours_take_no_columns_and_are_switched_off),
		cmocka_unit_test(foreign_text_is_escaped_and_measured_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
