/* tests/e2e/test_report_page.py reads the golden pages as a browser does. */
#include "tests/unit/check.h"
#include "tests/unit/sample_report.h"

static const struct report_style plain;

static char *page_of(void (*sample)(struct report *report), size_t *length)
{
	CLEANUP(report_release) struct report report;

	sample(&report);
	return sample_render("html", &report, &plain, length);
}

static void pages_are_as_before(void **state)
{
	(void)state;
	sample_golden("report.html", sample_scan, &plain);
	sample_golden("clean.html", sample_clean, &plain);
	sample_golden("check.html", sample_check, &plain);
	sample_golden("hostile.html", sample_hostile, &plain);
}

static size_t count(const char *text, const char *part)
{
	size_t found = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		found++;
	return found;
}

static void hostile_text_makes_no_element(void **state)
{
	CLEANUP(free_pointer) char *text = page_of(sample_hostile, NULL);

	(void)state;
	assert_true(sample_is_visible(text, "\n\t"));
	assert_int_equal(count(text, "<script"), 1);
	assert_int_equal(count(text, "</script"), 1);
	assert_int_equal(count(text, "<style"), 1);
	assert_int_equal(count(text, "<img"), 0);
	assert_int_equal(count(text, "<!--"), 0);
}

static void nothing_is_loaded_from_anywhere(void **state)
{
	CLEANUP(free_pointer) char *text = page_of(sample_scan, NULL);

	(void)state;
	assert_non_null(strstr(text, "content=\"default-src 'none'; style-src 'sha256-"));
	assert_int_equal(count(text, "src=\""), 0);
	assert_int_equal(count(text, "url("), 0);
	assert_int_equal(count(text, "@import"), 0);
	assert_int_equal(count(text, "<link"), 0);
	/* Links go to rules on the page alone. */
	assert_int_equal(count(text, "href=\""), count(text, "href=\"#rule-"));
}

static void verdict_gaps_and_coverage_stand_before_the_findings(void **state)
{
	CLEANUP(free_pointer) char *text = page_of(sample_scan, NULL);
	const char *verdict = strstr(text, "<h1>"), *gaps = strstr(text, "id=\"gaps\"");
	const char *coverage = strstr(text, "id=\"coverage\"");
	const char *findings = strstr(text, "id=\"findings\"");

	(void)state;
	assert_true(verdict && verdict < gaps && gaps < coverage && coverage < findings);
}

static void long_tables_are_parted_and_whole(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_many(&report, 1200);
	text = sample_render("html", &report, &plain, NULL);
	assert_int_equal(count(text, "<tr id=\"f-"), 1200);
	assert_int_equal(count(text, "<tbody>"), count(text, "</tbody>"));
	assert_int_equal(count(text, "</tbody>\n<tbody>"), 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_as_before),
		cmocka_unit_test(hostile_text_makes_no_element),
		cmocka_unit_test(nothing_is_loaded_from_anywhere),
		cmocka_unit_test(verdict_gaps_and_coverage_stand_before_the_findings),
		cmocka_unit_test(long_tables_are_parted_and_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
