#include "tests/unit/check.h"
#include "tests/unit/sample_report.h"

#define MIB ((size_t)1024 * 1024)

static const struct report_style plain;

static void pages_are_as_before(void **state)
{
	(void)state;
	sample_golden("report.markdown", sample_scan, &plain);
	sample_golden("check.markdown", sample_check, &plain);
	sample_golden("clean.markdown", sample_clean, &plain);
	sample_golden("hostile.markdown", sample_hostile, &plain);
}

static size_t count(const char *text, const char *what, size_t length)
{
	size_t found = 0;

	for (size_t i = 0; i < length; i++)
		found += strncmp(text + i, what, strlen(what)) == 0;
	return found;
}

/* A row of the table: four bars for a gap, six for a finding, and its own tags alone. */
static void check_row(const char *row, size_t length)
{
	size_t bars = count(row, "|", length);
	size_t codes = count(row, "<code>", length);

	assert_true(bars == 4 || bars == 6);
	assert_int_equal(count(row, "<", length), 2 * codes);
	assert_int_equal(count(row, "</code> |", length), codes);
	assert_int_equal(count(row, "`", length) + count(row, "@", length) +
				 count(row, "[", length),
			 0);
}

static void hostile_text_stays_in_its_cell(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;
	size_t rows = 0;

	(void)state;
	sample_hostile(&report);
	text = sample_render("markdown", &report, &plain, NULL);
	assert_true(sample_is_visible(text, "\n"));
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		if (line[0] != '|')
			continue;
		check_row(line, strcspn(line, "\n"));
		rows++;
	}
	assert_int_equal(rows, report.gap_count + report.finding_count + 2 * 2);
}

static void a_page_fits_and_says_how_many_more_there_are(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;
	const char *said;
	size_t length, shown;

	(void)state;
	sample_many(&report, 10000);
	text = sample_render("markdown", &report, &plain, &length);
	assert_true(length <= MIB && length > MIB - 4096);
	shown = count(text, "\n| error |", length) + count(text, "\n| warning |", length);
	said = strstr(text, "\n**");
	assert_non_null(said);
	assert_int_equal(strtoul(said + strlen("\n**"), NULL, 10) + shown, 10000);
	assert_non_null(strstr(said, "findings more: not shown"));
}

static void a_row_that_does_not_fit_is_counted(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;
	size_t length;

	(void)state;
	sample_check(&report);
	report.findings[0].message = arena_printf(&report.arena, "%0*d", (int)MIB, 0);
	text = sample_render("markdown", &report, &plain, &length);
	assert_true(length < MIB);
	assert_non_null(strstr(text, "**1 finding more: not shown"));
	assert_non_null(strstr(text, "busybox"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_as_before),
		cmocka_unit_test(hostile_text_stays_in_its_cell),
		cmocka_unit_test(a_page_fits_and_says_how_many_more_there_are),
		cmocka_unit_test(a_row_that_does_not_fit_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
