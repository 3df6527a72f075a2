#include "tests/unit/check.h"
#include "tests/unit/sample_report.h"

static const struct report_style plain;

static void commands_are_as_before(void **state)
{
	(void)state;
	sample_golden("report.github", sample_scan, &plain);
	sample_golden("check.github", sample_check, &plain);
	sample_golden("hostile.github", sample_hostile, &plain);
}

/*
 * Read a line as the runner does (actions/runner, ActionCommand.cs): "::" a name, a
 * space, properties parted by commas, "::".
 */
static void check_command(const char *line)
{
	static const char *const names[] = { "title=", "file=", "line=", "col=" };
	const char *end = strstr(line + 2, "::");
	const char *at = strchr(line, ' ');

	assert_memory_equal(line, "::", 2);
	assert_non_null(end);
	assert_true(at && at < end);
	for (size_t next = 0; at < end; at += strcspn(at + 1, ",:") + 1) {
		while (next < ARRAY_LENGTH(names) &&
		       strncmp(at + 1, names[next], strlen(names[next])) != 0)
			next++;
		assert_true(next < ARRAY_LENGTH(names));
		next++;
	}
	assert_ptr_equal(at, end);
}

static void each_line_is_one_command_with_its_own_properties(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;
	size_t lines = 0;

	(void)state;
	sample_hostile(&report);
	text = sample_render("github", &report, &plain, NULL);
	assert_true(sample_is_visible(text, "\n"));
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		check_command(line);
		lines++;
	}
	assert_int_equal(lines, report.finding_count + report.gap_count + 1);
}

static void the_verdict_comes_first_since_only_ten_are_kept(void **state)
{
	static const char first[] = "::notice title=pindrift::NOT PINNED: 3 errors";
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_check(&report);
	text = sample_render("github", &report, &plain, NULL);
	assert_memory_equal(text, first, strlen(first));
}

static void what_is_outside_of_the_repository_names_no_file(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_check(&report);
	for (size_t i = 0; i < report.finding_count; i++)
		report.findings[i].path = "/tmp/web.yaml";
	report.gap_count = 0;
	text = sample_render("github", &report, &plain, NULL);
	assert_null(strstr(text, "file="));
	assert_null(strstr(text, "line="));
}

static void what_is_fixed_is_never_listed(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_scan(&report);
	text = sample_render("github", &report, &(struct report_style){ .verbose = true },
			     NULL);
	assert_null(strstr(text, "busybox:1.36"));
	assert_non_null(strstr(text, "pin-without-tag"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_as_before),
		cmocka_unit_test(each_line_is_one_command_with_its_own_properties),
		cmocka_unit_test(the_verdict_comes_first_since_only_ten_are_kept),
		cmocka_unit_test(what_is_outside_of_the_repository_names_no_file),
		cmocka_unit_test(what_is_fixed_is_never_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
