/*
 * RFC 4180: one header row, CRLF line ends.  The first column says what a row is:
 * coverage (the first of them is the verdict), then gaps, then findings, so that a file
 * without findings does not look clean by itself.
 */
#include "base/timestamp.h"
#include "reports/escape.h"
#include "reports/renderers.h"
#include "reports/summary.h"
#include "reports/words.h"

/* The columns, in the order of the header. */
enum column {
	RECORD,
	SCAN,
	OBSERVED_AT,
	CLUSTER,
	NAMESPACE,
	KIND,
	WORKLOAD,
	CONTAINER,
	CLASS,
	REFERENCE,
	DECLARED_DIGEST,
	RUNNING_DIGEST,
	RESOLVED_DIGEST,
	PLATFORM,
	PODS,
	STATE,
	RULE,
	LEVEL,
	FIRST_SEEN,
	LAST_SEEN,
	PATH,
	LINE,
	WAIVED_UNTIL,
	REASON,
	COLUMN_COUNT,
};

static const char header[] =
	"record,scan,observed_at,cluster,namespace,kind,workload,container,class,"
	"reference,"
	"declared_digest,running_digest,resolved_digest,platform,pods,state,rule,level,"
	"first_seen,last_seen,path,line,waived_until,reason\r\n";

/* What all rows of a report share, as text. */
struct scan_cells {
	char id[24], observed_at[TIMESTAMP_SIZE];
	const struct report *report;
};

#define NUMBER_SIZE 24

/* A number as a cell; nothing for 0, which is "not there". */
static const char *number_cell(char text[NUMBER_SIZE], long long number)
{
	text[0] = '\0';
	if (number)
		snprintf(text, NUMBER_SIZE, "%lld", number);
	return text;
}

static void put_row(FILE *out, const struct scan_cells *scan,
		    const char *cells[COLUMN_COUNT])
{
	cells[SCAN] = scan->id;
	cells[OBSERVED_AT] = scan->observed_at;
	if (!cells[CLUSTER])
		cells[CLUSTER] = report_cluster_of(scan->report, "");
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (i > 0)
			fputc(',', out);
		if (cells[i])
			escape_csv(out, cells[i]);
	}
	fputs("\r\n", out);
}

static void put_verdict(FILE *out, const struct scan_cells *scan,
			const struct report *report)
{
	struct summary summary = summary_of(report);
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	const char *cells[COLUMN_COUNT] = { [RECORD] = "coverage" };

	summary_line(&text, report, &summary);
	cells[STATE] = headline_name(summary.headline);
	cells[REASON] = buf_text(&text);
	put_row(out, scan, cells);
}

static void put_coverage(FILE *out, const struct scan_cells *scan,
			 const struct coverage *coverage)
{
	const char *cells[COLUMN_COUNT] = {
		[RECORD] = "coverage",
		[CLUSTER] = report_cluster_of(scan->report, coverage->scope),
		[NAMESPACE] = scope_namespace(coverage->scope),
		[STATE] = coverage->observed ? "observed" : "not-observed",
		[PATH] = scope_path(coverage->scope),
		[REASON] = coverage->note,
	};

	put_row(out, scan, cells);
}

static void put_gap(FILE *out, const struct scan_cells *scan, const struct gap *gap)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	const char *cells[COLUMN_COUNT] = {
		[RECORD] = "gap",
		[CLUSTER] = report_cluster_of(scan->report, gap->scope),
		[NAMESPACE] = scope_namespace(gap->scope),
		[STATE] = gap->waived ? "waived" : "open",
		[RULE] = gap_name(gap->kind),
		[PATH] = scope_path(gap->scope),
		[WAIVED_UNTIL] = gap->waiver ? gap->waiver->until_text : "",
	};

	buf_printf(&text, "%s: %s", gap->subject, gap->reason);
	if (gap->waiver)
		buf_printf(&text, "; waived: %s", gap->waiver->reason);
	cells[REASON] = buf_text(&text);
	put_row(out, scan, cells);
}

static void put_finding(FILE *out, const struct scan_cells *scan,
			const struct finding *finding)
{
	char pods[NUMBER_SIZE], line[NUMBER_SIZE];
	char first_seen[TIMESTAMP_SIZE], last_seen[TIMESTAMP_SIZE];
	const char *cells[COLUMN_COUNT] = {
		[RECORD] = "finding",
		[CLUSTER] = finding->cluster,
		[NAMESPACE] = finding->namespace,
		[KIND] = finding->object.kind,
		[WORKLOAD] = finding->object.name,
		[CONTAINER] = finding->container,
		[CLASS] = finding->class,
		[REFERENCE] = finding->reference,
		[DECLARED_DIGEST] = finding->declared,
		[RUNNING_DIGEST] = finding->running,
		[RESOLVED_DIGEST] = finding->resolved,
		[PLATFORM] = finding->platform,
		[PODS] = number_cell(pods, finding->pod_count),
		[STATE] = finding_state_name(finding->state),
		[RULE] = finding->rule,
		[LEVEL] = level_name(finding->level),
		[FIRST_SEEN] = timestamp_format(first_seen, finding->first_seen_at),
		[LAST_SEEN] = timestamp_format(last_seen, finding->last_seen_at),
		[PATH] = finding->path,
		[LINE] = number_cell(line, finding->line),
		[WAIVED_UNTIL] = finding->waiver ? finding->waiver->until_text : "",
		[REASON] = finding->message,
	};
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	if (finding->waiver) {
		buf_printf(&text, "%s; waived: %s", finding->message,
			   finding->waiver->reason);
		cells[REASON] = buf_text(&text);
	}

	put_row(out, scan, cells);
}

void report_csv(FILE *out, const struct report *report, const struct report_style *style)
{
	struct scan_cells scan = { .report = report };

	(void)style;
	number_cell(scan.id, report->scan.id);
	timestamp_format(scan.observed_at, report->scan.started_at);
	fputs(header, out);
	put_verdict(out, &scan, report);
	for (size_t i = 0; i < report->coverage_count; i++)
		put_coverage(out, &scan, &report->coverage[i]);
	for (size_t i = 0; i < report->gap_count; i++)
		put_gap(out, &scan, &report->gaps[i]);
	for (size_t i = 0; i < report->finding_count; i++)
		put_finding(out, &scan, &report->findings[i]);
}
