/*
 * For people at a terminal: the verdict first, then what was not seen, then the findings,
 * the worst first.  ASCII of our own only.
 */
#include "reports/renderers.h"
#include "reports/text_page.h"
#include "reports/words.h"

/* "Scan 42, 2026-11-23 07:12 UTC, 4 seconds, …": which run this is. */
static void page_facts(struct page *page)
{
	const struct report_scan *scan = &page->report->scan;
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	buf_printf(&text, "Scan %lld, ", (long long)scan->id);
	words_time(&text, scan->started_at);
	buf_puts(&text, ", took ");
	words_duration(&text, scan->finished_at - scan->started_at);
	if (scan->commit[0] != '\0')
		buf_printf(&text, "; manifests at %.12s%s", scan->commit,
			   scan->dirty ? " with uncommitted changes" : "");
	buf_printf(&text, "; --fail-on %s: exit status %d", scan->fail_on,
		   scan->exit_status);
	page_heading(page, PAINT_DIM, buf_text(&text), "");
	buf_clear(&text);
	summary_insecure(&text, page->report);
	if (text.length)
		page_heading(page, PAINT_WARNING, buf_text(&text), "");
}

static void page_gap(struct page *page, const struct gap *gap)
{
	wrap_begin(&page->wrap, SUBJECT_COLUMN, WRAP_COLUMN);
	wrap_text(&page->wrap, gap->waived ? PAINT_DIM : PAINT_WARNING,
		  gap_name(gap->kind));
	if (gap->waived)
		wrap_text(&page->wrap, PAINT_DIM, "(waived)");
	wrap_text(&page->wrap, PAINT_BOLD, gap->subject);
	wrap_end(&page->wrap);
	page_detail(page, PAINT_PLAIN, "", gap->reason);
	if (gap->waiver) {
		CLEANUP(buf_release) struct buf text = WORDS_INIT;

		words_waiver(&text, gap->waiver);
		page_detail(page, PAINT_DIM, "", buf_text(&text));
	}
}

static void page_gaps(struct page *page)
{
	const struct report *report = page->report;
	size_t begin = 0;

	if (report->gap_count == 0)
		return;
	wrap_space(&page->wrap);
	page_heading(page, PAINT_WARNING, "NOT SEEN", "(unknown, which is never clean)");
	while (begin < report->gap_count) {
		size_t end = begin + 1, shown;

		while (end < report->gap_count &&
		       report->gaps[end].kind == report->gaps[begin].kind)
			end++;
		shown = page_shown(page, end - begin);
		for (size_t i = begin; i < begin + shown; i++)
			page_gap(page, &report->gaps[i]);
		page_left_out(page, end - begin - shown);
		begin = end;
	}
}

static void page_covered(struct page *page, const struct coverage *coverage)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	words_coverage(&text, coverage);
	page_item(page, coverage->observed ? PAINT_PLAIN : PAINT_WARNING, buf_text(&text),
		  "");
}

static void page_coverage(struct page *page)
{
	const struct report *report = page->report;
	size_t covered = page_shown(page, report->coverage_count);
	size_t hosts = page_shown(page, report->request_count);
	CLEANUP(buf_release) struct buf running = WORDS_INIT;

	wrap_space(&page->wrap);
	page_heading(page, PAINT_BOLD, "COVERAGE", "");
	for (size_t i = 0; i < covered; i++)
		page_covered(page, &report->coverage[i]);
	page_left_out(page, report->coverage_count - covered);
	words_running(&running, report);
	if (running.length)
		page_item(page, PAINT_PLAIN, buf_text(&running), "");
	for (size_t i = 0; i < hosts; i++) {
		CLEANUP(buf_release) struct buf text = WORDS_INIT;

		words_requests(&text, &report->requests[i]);
		page_item(page, PAINT_PLAIN, buf_text(&text), "");
	}
	page_left_out(page, report->request_count - hosts);
}

/* A container as it was compared: every match, for who wants to see the proofs. */
static void page_use(struct page *page, const struct report_use *use)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	words_use_object(&text, use);
	words_comma(&text, 0);
	words_container(&text, use->class, use->container);
	page_item(page, PAINT_BOLD, buf_text(&text), "");
	buf_clear(&text);
	buf_printf(&text, "%s%s%s%s; ", use->verdict, use->how[0] ? " (" : "", use->how,
		   use->how[0] ? ")" : "");
	words_count(&text, use->pod_count, "pod");
	buf_printf(&text, " %s%s%s", use->state, use->platform[0] ? " on " : "",
		   use->platform);
	page_detail(page, PAINT_PLAIN, "", buf_text(&text));
	page_detail(page, PAINT_DIM, "declared", use->declared);
	page_detail(page, PAINT_DIM, "pulled by", use->reference);
	page_detail(page, PAINT_DIM, "image id", use->image_id);
	page_detail(page, PAINT_DIM, "because", use->reason);
	page_detail(page, PAINT_DIM, "proof", use->proof);
}

static void page_uses(struct page *page)
{
	const struct report *report = page->report;

	if (!page->style->verbose || report->running_count == 0)
		return;
	wrap_space(&page->wrap);
	page_heading(page, PAINT_BOLD, "RUNNING", "(each container as it was compared)");
	for (size_t i = 0; i < report->running_count; i++)
		page_use(page, &report->running[i]);
}

/* What was open and is not, or cannot be seen. */
static void page_change(struct page *page)
{
	const struct summary *summary = &page->summary;
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	if (summary->unknown == 0 && summary->fixed == 0)
		return;
	if (summary->fixed)
		buf_printf(&text, "Fixed since the scan before: %zu. ", summary->fixed);
	if (summary->unknown)
		buf_printf(&text, "Unknown, behind a gap: %zu.", summary->unknown);
	wrap_space(&page->wrap);
	page_heading(page, PAINT_PLAIN, buf_text(&text), "");
}

/* The last lines: the verdict again, where the first may have scrolled away. */
static void page_end(struct page *page)
{
	const struct summary *summary = &page->summary;

	page_change(page);
	if (summary->errors + summary->warnings + summary->notes + summary->unknown == 0)
		return;
	wrap_space(&page->wrap);
	page_verdict(page);
	if (!page->style->verbose)
		page_heading(page, PAINT_DIM,
			     "More: --verbose shows digests, proofs and what was fixed; "
			     "-o html=FILE writes all of it, to search and sort.",
			     "");
}

/* --no-inline-waivers: what it left out is said. */
static void page_ignored(struct page *page)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	if (page->report->ignored_waiver_count == 0)
		return;
	words_count(&text, page->report->ignored_waiver_count, "inline waiver");
	buf_puts(&text, " not heeded, as asked.");
	page_heading(page, PAINT_DIM, buf_text(&text), "");
}

static void page_scan(struct page *page)
{
	page_verdict(page);
	page_facts(page);
	page_gaps(page);
	page_coverage(page);
	page_findings(page);
	page_ignored(page);
	page_uses(page);
	page_end(page);
}

/* "deploy/web.yaml:21:18: error: message [rule]", as compilers say it. */
static void page_line(struct page *page, const struct finding *finding)
{
	bool accepted = finding_is_accepted(finding);
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	wrap_begin(&page->wrap, 0, DETAIL_COLUMN);
	words_place(&text, finding);
	buf_putc(&text, ':');
	wrap_buf(&page->wrap, PAINT_BOLD, &text);
	buf_puts(&text, accepted ? finding_state_name(finding->state)
				 : level_name(finding->level));
	buf_putc(&text, ':');
	wrap_buf(&page->wrap, accepted ? PAINT_DIM : level_paint(finding->level), &text);
	words_message(&text, finding);
	wrap_buf(&page->wrap, PAINT_PLAIN, &text);
	buf_putc(&text, '[');
	buf_puts(&text, finding->rule);
	buf_putc(&text, ']');
	wrap_buf(&page->wrap, PAINT_DIM, &text);
	wrap_end(&page->wrap);
}

static void page_gap_line(struct page *page, const struct gap *gap)
{
	wrap_begin(&page->wrap, 0, DETAIL_COLUMN);
	wrap_printf(&page->wrap, PAINT_BOLD, "%s:", gap->subject);
	wrap_text(&page->wrap, PAINT_WARNING,
		  gap->waived ? "not checked (waived):" : "not checked:");
	wrap_text(&page->wrap, PAINT_PLAIN, gap->reason);
	if (gap->waiver) {
		CLEANUP(buf_release) struct buf text = WORDS_INIT;

		words_waiver(&text, gap->waiver);
		wrap_text(&page->wrap, PAINT_DIM, buf_text(&text));
	}
	wrap_printf(&page->wrap, PAINT_DIM, "[%s]", gap_name(gap->kind));
	wrap_end(&page->wrap);
}

/* What the policy decided, above the verdict that rests on it. */
static void page_policy(struct page *page)
{
	const struct report *report = page->report;
	size_t count = 0;

	for (size_t i = 0; i < report->coverage_count; i++) {
		if (!coverage_is_policy(&report->coverage[i]))
			continue;
		page_heading(page, PAINT_DIM, report->coverage[i].note, "");
		count++;
	}
	if (count > 0)
		wrap_space(&page->wrap);
}

static void page_check(struct page *page)
{
	const struct report *report = page->report;

	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (finding_is_accepted(finding))
			continue;
		if (page->style->verbose || !finding_is_aside(finding))
			page_line(page, finding);
	}
	for (size_t i = 0; i < report->gap_count; i++)
		page_gap_line(page, &report->gaps[i]);
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (finding_is_accepted(finding) &&
		    (page->style->verbose || finding->level != LEVEL_NONE))
			page_line(page, finding);
	}
	page_ignored(page);
	if (report->finding_count + report->gap_count > 0)
		wrap_space(&page->wrap);
	page_policy(page);
	page_verdict(page);
}

void report_text(FILE *out, const struct report *report, const struct report_style *style)
{
	struct page page = {
		.report = report,
		.style = style,
		.summary = summary_of(report),
	};

	wrap_init(&page.wrap, out, style->color, style->columns);
	if (report_is_check(report))
		page_check(&page);
	else
		page_scan(&page);
	wrap_release(&page.wrap);
}
