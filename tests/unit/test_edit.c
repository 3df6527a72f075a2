#include "base/edit.h"

#include "tests/unit/check.h"

#define NO_NEWLINE "\n\\ No newline at end of file\n"

/* The edits of a case; the rest is zero. */
struct edit_case {
	const char *label, *text;
	struct edit edits[3];
	size_t count;
	const char *result, *diff;
};

static const struct edit_case cases[] = {
	{ "nothing", "a\n", { { 0 } }, 0, "a\n", "" },
	{ "one line",
	  "ab\n",
	  { { 1, 2, "X" } },
	  1,
	  "aX\n",
	  "@@ -1,1 +1,1 @@\n-ab\n+aX\n" },
	{ "no newline",
	  "ab",
	  { { 2, 2, "c" } },
	  1,
	  "abc",
	  "@@ -1,1 +1,1 @@\n-ab" NO_NEWLINE "+abc" NO_NEWLINE },
	{ "context without newline",
	  "a\nb",
	  { { 0, 1, "x" } },
	  1,
	  "x\nb",
	  "@@ -1,2 +1,2 @@\n-a\n+x\n b" NO_NEWLINE },
	{ "carriage returns",
	  "a\r\nb\r\n",
	  { { 3, 4, "x" } },
	  1,
	  "a\r\nx\r\n",
	  "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+x\r\n" },
	{ "two in a line",
	  "abc\n",
	  { { 0, 1, "x" }, { 2, 3, "" } },
	  2,
	  "xb\n",
	  "@@ -1,1 +1,1 @@\n-abc\n+xb\n" },
	{ "contexts meet",
	  "a\n1\n2\n3\n4\n5\n6\nb\n",
	  { { 0, 1, "x" }, { 14, 15, "y" } },
	  2,
	  "x\n1\n2\n3\n4\n5\n6\ny\n",
	  "@@ -1,8 +1,8 @@\n-a\n+x\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+y\n" },
	{ "contexts do not meet",
	  "a\n1\n2\n3\n4\n5\n6\n7\nb\n",
	  { { 0, 1, "x" }, { 16, 17, "y" } },
	  2,
	  "x\n1\n2\n3\n4\n5\n6\n7\ny\n",
	  "@@ -1,4 +1,4 @@\n-a\n+x\n 1\n 2\n 3\n"
	  "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+y\n" },
	{ "a line more, a line less",
	  "a\n1\n2\n3\n4\n5\n6\n7\nb\nc\n",
	  { { 2, 2, "new\n" }, { 16, 18, "" } },
	  2,
	  "a\nnew\n1\n2\n3\n4\n5\n6\n7\nc\n",
	  "@@ -1,4 +1,5 @@\n a\n+new\n 1\n 2\n 3\n"
	  "@@ -6,5 +7,4 @@\n 5\n 6\n 7\n-b\n c\n" },
	{ "into nothing", "", { { 0, 0, "a\n" } }, 1, "a\n", "@@ -0,0 +1,1 @@\n+a\n" },
	{ "all of it", "a\n", { { 0, 2, "" } }, 1, "", "@@ -1,1 +0,0 @@\n-a\n" },
};

static struct edit_list list_of(const struct edit_case *one)
{
	return (struct edit_list){ one->text, strlen(one->text), one->edits, one->count };
}

static void only_the_edited_bytes_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
		struct edit_list list = list_of(&cases[i]);
		struct error err = ERROR_INIT;

		CHECK(cases[i].label, edit_apply(&out, &list, &err));
		CHECK_TEXT(cases[i].label, buf_text(&out), cases[i].result);
	}
}

static void the_difference_has_three_lines_around_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
		CLEANUP(buf_release) struct buf expected = BUF_INIT(1024);
		struct edit_list list = list_of(&cases[i]);
		struct error err = ERROR_INIT;

		if (cases[i].count > 0)
			buf_puts(&expected, "--- a/f\n+++ b/f\n");
		buf_puts(&expected, cases[i].diff);
		CHECK(cases[i].label, edit_diff(&out, "f", &list, &err));
		CHECK_TEXT(cases[i].label, buf_text(&out), buf_text(&expected));
	}
}

static void bytes_that_are_no_text_are_kept(void **state)
{
	static const char text[] = "a\0\xff\nb";
	struct edit edit = { 4, 5, "c" };
	struct edit_list list = { text, 5, &edit, 1 };
	CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
	struct error err = ERROR_INIT;

	(void)state;
	assert_true(edit_apply(&out, &list, &err));
	assert_int_equal(out.length, 5);
	assert_memory_equal(out.data, "a\0\xff\nc", 5);
}

static void names_that_would_break_a_line_are_quoted(void **state)
{
	static const struct {
		const char *path, *head;
	} names[] = {
		{ "a/b.yaml", "--- a/a/b.yaml\n" },
		{ "a b", "--- a/a b\t\n" },
		{ "a\nb", "--- \"a/a\\012b\"\n" },
		{ "a\"\\b", "--- \"a/a\\\"\\\\b\"\n" },
		{ "\xc3\xa4", "--- a/\xc3\xa4\n" },
	};
	struct edit edit = { 0, 1, "b" };
	struct edit_list list = { "a", 1, &edit, 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
		struct error err = ERROR_INIT;

		CHECK(names[i].path, edit_diff(&out, names[i].path, &list, &err));
		CHECK(names[i].path,
		      strncmp(buf_text(&out), names[i].head, strlen(names[i].head)) == 0);
	}
}

static void edits_that_cannot_be_are_refused(void **state)
{
	static const struct edit impossible[][2] = {
		{ { 0, 2, "" }, { 1, 2, "" } },
		{ { 2, 3, "" }, { 0, 1, "" } },
		{ { 0, 1, "" }, { 3, 4, "" } },
		{ { 0, 0, "" }, { 2, 1, "" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(impossible); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
		struct edit_list list = { "abc", 3, impossible[i], 2 };
		struct error err = ERROR_INIT;

		assert_false(edit_apply(&out, &list, &err));
		assert_int_equal(err.code, ERROR_SYNTAX);
		assert_int_equal(out.length, 0);
	}
}

static void what_does_not_fit_is_an_error(void **state)
{
	struct edit edit = { 0, 1, "bb" };
	struct edit_list list = { "a", 1, &edit, 1 };
	CLEANUP(buf_release) struct buf small = BUF_INIT(1), smaller = BUF_INIT(20);
	struct error err = ERROR_INIT;

	(void)state;
	assert_false(edit_apply(&small, &list, &err));
	assert_int_equal(err.code, ERROR_LIMIT);
	assert_false(edit_diff(&smaller, "f", &list, &err));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_edited_bytes_change),
		cmocka_unit_test(the_difference_has_three_lines_around_it),
		cmocka_unit_test(bytes_that_are_no_text_are_kept),
		cmocka_unit_test(names_that_would_break_a_line_are_quoted),
		cmocka_unit_test(edits_that_cannot_be_are_refused),
		cmocka_unit_test(what_does_not_fit_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
