#include "tests/unit/check.h"
#include "tests/unit/sample_report.h"

#include "base/buf.h"

#define COLUMNS 24

static const struct report_style plain;

static const char header[] =
	"record,scan,observed_at,cluster,namespace,kind,workload,container,class,"
	"reference,"
	"declared_digest,running_digest,resolved_digest,platform,pods,state,rule,level,"
	"first_seen,last_seen,path,line,waived_until,reason\r\n";

static void rows_are_as_before(void **state)
{
	(void)state;
	sample_golden("report.csv", sample_scan, &plain);
	sample_golden("clean.csv", sample_clean, &plain);
	sample_golden("hostile.csv", sample_hostile, &plain);
}

/* Take one cell by RFC 4180; `*end` is the comma, CR or NUL behind it. */
static const char *take_cell(const char *text, struct buf *cell)
{
	bool quoted = *text == '"';

	buf_clear(cell);
	for (text += quoted; *text; text++) {
		if (quoted && text[0] == '"' && text[1] != '"')
			return text + 1;
		if (!quoted && strchr(",\r", *text))
			return text;
		if (quoted && *text == '"')
			text++;
		buf_putc(cell, *text);
	}
	return text;
}

/* Call `each` for every cell; fails where a row has not all columns. */
static void each_cell(const char *text,
		      void (*each)(size_t row, size_t column, const char *cell))
{
	CLEANUP(buf_release) struct buf cell = BUF_INIT(1024 * 1024);

	for (size_t row = 0; *text; row++) {
		for (size_t column = 0; column < COLUMNS; column++) {
			text = take_cell(text, &cell);
			each(row, column, buf_text(&cell));
			if (column + 1 < COLUMNS)
				assert_int_equal(*text++, ',');
		}
		assert_memory_equal(text, "\r\n", 2);
		text += 2;
	}
}

static void must_not_run(size_t row, size_t column, const char *cell)
{
	(void)row;
	(void)column;
	if (cell[0] != '\0')
		assert_null(strchr("=+-@\t\r", cell[0]));
	for (cell = strchr(cell, ';'); cell; cell = strchr(cell + 1, ';')) {
		if (cell[1] != '\0')
			assert_null(strchr("=+-@\t\r", cell[1]));
	}
}

static void no_cell_is_a_formula_and_every_row_is_whole(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_hostile(&report);
	text = sample_render("csv", &report, &plain, NULL);
	assert_true(sample_is_visible(text, "\r\n"));
	each_cell(text, must_not_run);
}

/* The records come in their order; the last one seen stands here. */
static char order_seen[4096];

static void note_record(size_t row, size_t column, const char *cell)
{
	if (column != 0 || row >= sizeof(order_seen) - 1)
		return;
	order_seen[row] = cell[0];
	order_seen[row + 1] = '\0';
}

static void coverage_comes_first_then_gaps_then_findings(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_scan(&report);
	text = sample_render("csv", &report, &plain, NULL);
	each_cell(text, note_record);
	/* record, the verdict and three areas, three gaps, thirteen findings */
	assert_string_equal(order_seen, "rccccgggfffffffffffff");
}

static void a_report_without_findings_still_says_its_verdict(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	report_init(&report);
	report.scan.exit_status = 5;
	text = sample_render("csv", &report, &plain, NULL);
	assert_memory_equal(text, header, strlen(header));
	assert_memory_equal(text + strlen(header), "coverage,", strlen("coverage,"));
	assert_non_null(strstr(text, "EMPTY: not one image was found"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_as_before),
		cmocka_unit_test(no_cell_is_a_formula_and_every_row_is_whole),
		cmocka_unit_test(coverage_comes_first_then_gaps_then_findings),
		cmocka_unit_test(a_report_without_findings_still_says_its_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
