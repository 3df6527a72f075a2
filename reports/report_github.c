/*
 * Workflow commands of GitHub Actions, which become annotations in a pull request.
 *
 * GitHub keeps ten annotations of each level a step and fifty a job, the first that it
 * reads: so the verdict comes first, which says how many there are in all, and findings
 * come errors first.  The log shows every line.
 */
#include "reports/escape.h"
#include "reports/listing.h"
#include "reports/place.h"
#include "reports/renderers.h"
#include "reports/summary.h"
#include "reports/words.h"

static const char *const commands[] = {
	[LEVEL_NONE] = "notice",
	[LEVEL_NOTE] = "notice",
	[LEVEL_WARNING] = "warning",
	[LEVEL_ERROR] = "error",
};

static void put_property(FILE *out, const char *name, const char *value)
{
	if (value[0] == '\0')
		return;
	fprintf(out, ",%s=", name);
	escape_command_property(out, value);
}

static void put_number(FILE *out, const char *name, uint32_t number)
{
	if (number)
		fprintf(out, ",%s=%u", name, (unsigned)number);
}

/* "::error title=unpinned": the properties that follow begin with a comma. */
static void open_command(FILE *out, enum level level, const char *title)
{
	fprintf(out, "::%s title=", commands[level]);
	escape_command_property(out, title);
}

static void close_command(FILE *out, const char *message)
{
	fputs("::", out);
	escape_command_message(out, message);
	fputc('\n', out);
}

static void put_verdict(FILE *out, const struct report *report)
{
	struct summary summary = summary_of(report);
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	summary_line(&text, report, &summary);
	open_command(out, LEVEL_NOTE, "pindrift");
	close_command(out, buf_text(&text));
}

static void put_gap(FILE *out, const struct gap *gap)
{
	CLEANUP(buf_release) struct buf path = WORDS_INIT;
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	uint32_t line;

	line = place_of_gap(&path, gap);
	words_gap(&text, gap);
	open_command(out, gap->waived ? LEVEL_NOTE : LEVEL_WARNING, gap_name(gap->kind));
	put_property(out, "file", buf_text(&path));
	put_number(out, "line", line);
	close_command(out, buf_text(&text));
}

static void put_finding(FILE *out, const struct finding *finding)
{
	const char *path = place_of_finding(finding);
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	words_finding(&text, finding);
	open_command(out, finding_level(finding), finding->rule);
	put_property(out, "file", path);
	if (path[0] != '\0') {
		put_number(out, "line", finding->line);
		put_number(out, "col", finding->column);
	}
	close_command(out, buf_text(&text));
}

void report_github(FILE *out, const struct report *report,
		   const struct report_style *style)
{
	CLEANUP(listing_release)
	struct listing listing = listing_of(report, style->verbose, false);

	put_verdict(out, report);
	for (size_t i = 0; i < report->gap_count; i++)
		put_gap(out, &report->gaps[i]);
	for (size_t i = 0; i < listing.count; i++)
		put_finding(out, listing.findings[i]);
}
