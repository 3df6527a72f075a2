#include "tests/unit/check.h"
#include "tests/unit/sample_report.h"

static const struct report_style plain;

static void suites_are_as_before(void **state)
{
	(void)state;
	sample_golden("report.junit", sample_scan, &plain);
	sample_golden("check.junit", sample_check, &plain);
	sample_golden("hostile.junit", sample_hostile, &plain);
}

static size_t count(const char *text, const char *what)
{
	size_t found = 0;

	for (text = strstr(text, what); text; text = strstr(text + 1, what))
		found++;
	return found;
}

static void hostile_text_is_no_element(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;
	size_t cases;

	(void)state;
	sample_hostile(&report);
	text = sample_render("junit", &report, &plain, NULL);
	assert_true(sample_is_visible(text, "\n"));
	cases = 1 + report.gap_count + report.declared_count + report.finding_count;
	assert_int_equal(count(text, "<testcase "), cases);
	assert_int_equal(count(text, "<failure "), report.finding_count);
	assert_int_equal(count(text, "<error "), report.gap_count);
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "]]>"));
}

static void a_declared_image_passes_or_fails_under_one_name(void **state)
{
	static const char passed[] = "name=\"shop Deployment/mailer, container mailer\">"
				     "</testcase>";
	static const char failed[] =
		"name=\"shop Deployment/mailer, container mailer\">\n"
		"   <failure type=\"unpinned\"";
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *before = NULL, *after = NULL;

	(void)state;
	sample_check(&report);
	before = sample_render("junit", &report, &plain, NULL);
	assert_non_null(strstr(before, failed));
	report.finding_count = 0;
	after = sample_render("junit", &report, &plain, NULL);
	assert_non_null(strstr(after, passed));
	assert_int_equal(count(after, "<failure "), 0);
}

static void equal_names_are_numbered(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_clean(&report);
	report.declared = arena_grow(&report.arena, report.declared,
				     report.declared_count, sizeof(*report.declared));
	report.declared[1] = report.declared[2] = report.declared[0];
	report.declared_count = 3;
	text = sample_render("junit", &report, &plain, NULL);
	assert_int_equal(count(text, "container cart\""), 1);
	assert_int_equal(count(text, "container cart (2)\""), 1);
	assert_int_equal(count(text, "container cart (3)\""), 1);
}

static void a_name_that_looks_numbered_is_not_taken_twice(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_check(&report);
	for (size_t i = 0; i < 3; i++)
		report.declared[i] = report.declared[1];
	report.declared[0].image.container = "cart (2)";
	text = sample_render("junit", &report, &plain, NULL);
	assert_int_equal(count(text, "container cart (2)\""), 1);
	assert_int_equal(count(text, "container cart (3)\""), 1);
}

static void what_could_not_be_judged_is_skipped_not_passed(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_clean(&report);
	report.declared[0].image.state = REFERENCE_PLACEHOLDER;
	text = sample_render("junit", &report, &plain, NULL);
	assert_non_null(strstr(text, "<skipped type=\"parameter\""));
	assert_non_null(strstr(text, "skipped=\"1\""));
}

static void nothing_to_look_at_is_an_error(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	report_init(&report);
	report.scan.exit_status = 5;
	text = sample_render("junit", &report, &plain, NULL);
	assert_non_null(strstr(text, "<error type=\"empty\""));
	assert_non_null(strstr(text, "tests=\"1\" failures=\"0\" errors=\"1\""));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(suites_are_as_before),
		cmocka_unit_test(hostile_text_is_no_element),
		cmocka_unit_test(a_declared_image_passes_or_fails_under_one_name),
		cmocka_unit_test(equal_names_are_numbered),
		cmocka_unit_test(a_name_that_looks_numbered_is_not_taken_twice),
		cmocka_unit_test(what_could_not_be_judged_is_skipped_not_passed),
		cmocka_unit_test(nothing_to_look_at_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
