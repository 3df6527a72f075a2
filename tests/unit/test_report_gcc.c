#include "tests/unit/check.h"
#include "tests/unit/sample_report.h"

static const struct report_style plain;

static void lines_are_as_before(void **state)
{
	(void)state;
	sample_golden("report.gcc", sample_scan, &plain);
	sample_golden("check.gcc", sample_check, &plain);
	sample_golden("hostile.gcc", sample_hostile, &plain);
}

static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void each_finding_and_gap_is_one_line(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_hostile(&report);
	text = sample_render("gcc", &report, &plain, NULL);
	assert_int_equal(count_lines(text), report.finding_count + report.gap_count + 1);
}

static void hostile_text_begins_no_command_of_a_ci_system(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_hostile(&report);
	text = sample_render("gcc", &report, &plain, NULL);
	assert_true(sample_is_visible(text, "\n"));
	assert_null(strstr(text, "##"));
	assert_null(strstr(text, "\n::"));
	assert_memory_not_equal(text, "::", 2);
}

static void what_is_aside_is_shown_where_all_is_asked_for(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *some = NULL, *all = NULL;

	(void)state;
	sample_scan(&report);
	some = sample_render("gcc", &report, &plain, NULL);
	all = sample_render("gcc", &report, &(struct report_style){ .verbose = true },
			    NULL);
	assert_null(strstr(some, "[pin-without-tag]"));
	assert_non_null(strstr(all, "[pin-without-tag]"));
	assert_null(strstr(some, "waived until 2026-12-31"));
	assert_non_null(strstr(all,
			       "note: busybox:1.35 has no digest: only the tag 1.35; "
			       "waived until 2026-12-31 by deploy/batch.yaml:9 (in the "
			       "tree): a test image"));
	assert_int_equal(count_lines(all), count_lines(some) + 4);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_as_before),
		cmocka_unit_test(each_finding_and_gap_is_one_line),
		cmocka_unit_test(hostile_text_begins_no_command_of_a_ci_system),
		cmocka_unit_test(what_is_aside_is_shown_where_all_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
