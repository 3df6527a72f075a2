/*
 * Markdown for a job's summary and for comments in pull and merge requests, as GitHub
 * and GitLab write it: the verdict, gaps, findings.
 *
 * A summary on GitHub holds 1 MiB; more, and none of it is shown.  Rows are written
 * while they fit; how many are left out is said below their table.
 */
#include "reports/escape.h"
#include "reports/listing.h"
#include "reports/renderers.h"
#include "reports/summary.h"
#include "reports/words.h"

#define PAGE_LIMIT ((size_t)1024 * 1024)
#define TAIL_ROOM                                                                        \
	((size_t)1024) /* for what is said below the tables, and their heads             \
			*/

struct page {
	FILE *out;
	size_t room; /* bytes that rows may still take */
};

/* A cell of foreign text. */
static void add_cell(struct buf *row, const char *text)
{
	if (text[0] == '\0') {
		buf_puts(row, " |");
		return;
	}
	buf_puts(row, " <code>");
	escape_markdown(row, text);
	buf_puts(row, "</code> |");
}

/* False, and nothing written, where the row does not fit. */
static bool put_row(struct page *page, const struct buf *row)
{
	if (row->length + 1 > page->room)
		return false;
	page->room -= row->length + 1;
	fputs(buf_text(row), page->out);
	fputc('\n', page->out);
	return true;
}

static void put_left_out(struct page *page, size_t count, const char *noun)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	if (count == 0)
		return;
	words_count(&text, count, noun);
	fprintf(page->out, "\n**%s more: not shown, since a summary holds 1 MiB.**\n",
		buf_text(&text));
}

static void put_verdict(struct page *page, const struct report *report)
{
	struct summary summary = summary_of(report);
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	CLEANUP(buf_release) struct buf line = WORDS_INIT;

	summary_sentence(&text, report, &summary);
	buf_puts(&line, "<code>");
	escape_markdown(&line, buf_text(&text));
	buf_puts(&line, "</code>");
	fprintf(page->out, "## pindrift: %s\n\n", headline_word(summary.headline));
	put_row(page, &line);
}

static bool put_gap(struct page *page, const struct gap *gap)
{
	CLEANUP(buf_release) struct buf row = WORDS_INIT;
	CLEANUP(buf_release) struct buf reason = WORDS_INIT;

	words_gap_reason(&reason, gap);
	buf_printf(&row, "| %s%s |", gap_name(gap->kind), gap->waived ? " (waived)" : "");
	add_cell(&row, gap->subject);
	add_cell(&row, buf_text(&reason));
	return put_row(page, &row);
}

static void put_gaps(struct page *page, const struct report *report)
{
	size_t shown = 0;

	if (report->gap_count == 0)
		return;
	fputs("\n### Not checked\n\n| gap | what | why |\n| --- | --- | --- |\n",
	      page->out);
	for (size_t i = 0; i < report->gap_count; i++)
		shown += put_gap(page, &report->gaps[i]);
	put_left_out(page, report->gap_count - shown, "gap");
}

static bool put_decision(struct page *page, const struct coverage *coverage)
{
	CLEANUP(buf_release) struct buf line = WORDS_INIT;

	buf_puts(&line, "- <code>");
	escape_markdown(&line, coverage->note);
	buf_puts(&line, "</code>");
	return put_row(page, &line);
}

/* What the policy decided. */
static void put_policy(struct page *page, const struct report *report)
{
	size_t count = 0, shown = 0;

	for (size_t i = 0; i < report->coverage_count; i++) {
		if (!coverage_is_policy(&report->coverage[i]))
			continue;
		if (count++ == 0)
			fputs("\n### Policy\n\n", page->out);
		shown += put_decision(page, &report->coverage[i]);
	}
	put_left_out(page, count - shown, "decision");
}

static bool put_finding(struct page *page, const struct finding *finding)
{
	CLEANUP(buf_release) struct buf row = WORDS_INIT;
	CLEANUP(buf_release) struct buf subject = WORDS_INIT;
	CLEANUP(buf_release) struct buf place = WORDS_INIT;
	CLEANUP(buf_release) struct buf message = WORDS_INIT;

	words_subject(&subject, finding);
	words_place(&place, finding);
	buf_printf(&row, "| %s |",
		   finding->state == FINDING_UNKNOWN || finding_is_accepted(finding)
			   ? finding_state_name(finding->state)
			   : level_name(finding->level));
	words_message(&message, finding);
	add_cell(&row, finding->rule);
	add_cell(&row, buf_text(&place));
	add_cell(&row, buf_text(&subject));
	add_cell(&row, buf_text(&message));
	return put_row(page, &row);
}

static void put_findings(struct page *page, const struct listing *listing)
{
	size_t shown = 0;

	if (listing->count == 0)
		return;
	fputs("\n### Findings\n\n| level | rule | where | what | finding |\n"
	      "| --- | --- | --- | --- | --- |\n",
	      page->out);
	for (size_t i = 0; i < listing->count; i++)
		shown += put_finding(page, listing->findings[i]);
	put_left_out(page, listing->count - shown, "finding");
}

void report_markdown(FILE *out, const struct report *report,
		     const struct report_style *style)
{
	struct page page = { out, PAGE_LIMIT - TAIL_ROOM };
	CLEANUP(listing_release)
	struct listing listing = listing_of(report, style->verbose, true);

	put_verdict(&page, report);
	put_gaps(&page, report);
	put_policy(&page, report);
	put_findings(&page, &listing);
}
