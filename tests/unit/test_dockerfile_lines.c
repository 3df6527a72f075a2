#include "source/dockerfile_lines.h"

#include "tests/unit/check.h"

static const struct {
	const char *label, *text, *expected;
} line_cases[] = {
	{ "comments and empty lines go", "# a\n\nA b\n  # c\n  D\n", "A b|D|" },
	{ "lines go on, without a blank", "A b\\\n c\\ \nd\n", "A b cd|" },
	{ "comments and empty lines within do not end one", "A \\\n# b\n\nc\n", "A c|" },
	{ "a continuation at the end", "A \\\n", "A |" },
	{ "the escape of the directive", "#escape=`\nA\\\nB`\nC", "A\\|BC|" },
	{ "heredocs are passed by", "RUN <<A <<-B\nx\nA\n\ty\n\tB\nZ\n",
	  "RUN <<A <<-B|Z|" },
	{ "only of instructions that take them", "ENV <<A\nx\n", "ENV <<A|x|" },
};

static void logical_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(line_cases); i++) {
		CLEANUP(dockerfile_lines_release) struct dockerfile_lines lines;
		CLEANUP(buf_release) struct buf text = BUF_INIT(1000);
		CLEANUP(buf_release) struct buf out = BUF_INIT(1000);
		struct error err = ERROR_INIT;
		bool more = true;

		buf_puts(&text, line_cases[i].text);
		assert_true(dockerfile_lines_init(&lines, &text, &err));
		while (dockerfile_lines_next(&lines, &more, &err) && more)
			buf_printf(&out, "%s|", buf_text(&lines.joined));
		if (strcmp(buf_text(&out), line_cases[i].expected) != 0)
			fail_msg("%s: %s", line_cases[i].label, buf_text(&out));
	}
}

static void places_lead_back_to_the_file(void **state)
{
	CLEANUP(dockerfile_lines_release) struct dockerfile_lines lines;
	CLEANUP(buf_release) struct buf text = BUF_INIT(1000);
	struct error err = ERROR_INIT;
	struct node_place place;
	bool more;

	(void)state;
	buf_puts(&text, "# \xc3\xa4\nA \\\n  \xc3\xa4 xy\\\nz\n");
	assert_true(dockerfile_lines_init(&lines, &text, &err));
	assert_true(dockerfile_lines_next(&lines, &more, &err) && more);
	assert_string_equal(buf_text(&lines.joined), "A   \xc3\xa4 xyz");
	place = dockerfile_lines_place(&lines, 7, 10);
	assert_int_equal(place.line, 3);
	assert_int_equal(place.column, 5);
	assert_memory_equal(text.data + place.begin, "xy\\\nz", place.end - place.begin);
	assert_int_equal(place.end - place.begin, 5);
}

static void large_files_are_refused(void **state)
{
	CLEANUP(dockerfile_lines_release) struct dockerfile_lines lines;
	CLEANUP(buf_release) struct buf text = BUF_INIT(2 * DOCKERFILE_BYTES);
	struct error err = ERROR_INIT;

	(void)state;
	while (text.length <= DOCKERFILE_BYTES)
		buf_puts(&text, "FROM a\n");
	assert_false(dockerfile_lines_init(&lines, &text, &err));
	assert_int_equal(err.code, ERROR_LIMIT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(logical_lines),
		cmocka_unit_test(places_lead_back_to_the_file),
		cmocka_unit_test(large_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
