/*
 * The findings of a scan at a terminal: in groups, a rule each, the worst first.
 */
#include "reports/text_page.h"

#include "drift/rules.h"
#include "reports/words.h"

/* The parts that findings stand in, one after another. */
enum part {
	PART_STANDING,
	PART_HIDDEN,
	PART_WAIVED,
	PART_KNOWN,
	PART_FIXED,
	PART_OFF,
	PART_COUNT
};

static const struct {
	const char *word; /* NULL: the level's */
	bool verbose;     /* shown only then */
} parts[PART_COUNT] = {
	[PART_STANDING] = { NULL, false },   [PART_HIDDEN] = { "UNKNOWN", false },
	[PART_WAIVED] = { "WAIVED", false }, [PART_KNOWN] = { "KNOWN", false },
	[PART_FIXED] = { "FIXED", true },    [PART_OFF] = { "OFF", true },
};

static enum part part_of(const struct finding *finding)
{
	if (finding->level == LEVEL_NONE)
		return PART_OFF;
	if (finding->state == FINDING_UNKNOWN)
		return PART_HIDDEN;
	if (finding->state == FINDING_WAIVED)
		return PART_WAIVED;
	if (finding->state == FINDING_KNOWN)
		return PART_KNOWN;
	return finding->state == FINDING_FIXED ? PART_FIXED : PART_STANDING;
}

static void add_upper_case(struct buf *buf, const char *text)
{
	for (; *text; text++)
		buf_putc(buf, *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A')
							   : *text);
}

/* "ERROR running-differs (2): What runs is …". */
static void page_group_heading(struct page *page, enum part part,
			       const struct finding *finding, size_t count)
{
	const struct rule *rule = rule_find(finding->rule);
	CLEANUP(buf_release) struct buf word = WORDS_INIT;

	add_upper_case(&word,
		       parts[part].word ? parts[part].word : level_name(finding->level));
	wrap_space(&page->wrap);
	wrap_begin(&page->wrap, 0, SUBJECT_COLUMN);
	wrap_text(&page->wrap,
		  part == PART_STANDING ? level_paint(finding->level) : PAINT_DIM,
		  buf_text(&word));
	wrap_printf(&page->wrap, PAINT_BOLD, "%s (%zu)%s", finding->rule, count,
		    rule ? ":" : "");
	if (rule)
		wrap_text(&page->wrap, PAINT_PLAIN, rule->title);
	wrap_end(&page->wrap);
}

/* "new", "since 2026-11-20 09:00 UTC (3 days)", "from … to …" where it is over. */
static void since_words(struct buf *text, const struct finding *finding, int64_t now)
{
	if (finding->state == FINDING_NEW) {
		buf_puts(text, "new");
		return;
	}
	buf_puts(text, finding->state == FINDING_FIXED ? "from " : "since ");
	words_time(text, finding->first_seen_at);
	if (finding->state == FINDING_FIXED) {
		buf_puts(text, " to ");
		words_time(text, finding->last_seen_at);
		return;
	}
	buf_puts(text, " (");
	words_duration(text, now - finding->first_seen_at);
	buf_puts(text, ")");
}

/* "deploy/web.yaml:21:18, 3 pods, since 2026-11-20 09:00 UTC (3 days)". */
static void place_words(struct buf *text, const struct page *page,
			const struct finding *finding)
{
	words_place(text, finding);
	if (finding->pod_count) {
		words_comma(text, 0);
		words_count(text, finding->pod_count, "pod");
	}
	words_comma(text, 0);
	since_words(text, finding, page->report->scan.started_at);
}

static void page_finding(struct page *page, const struct finding *finding)
{
	CLEANUP(buf_release) struct buf subject = WORDS_INIT;
	CLEANUP(buf_release) struct buf place = WORDS_INIT;

	words_subject(&subject, finding);
	place_words(&place, page, finding);
	page_item(page, PAINT_BOLD, buf_text(&subject), "");
	page_detail(page, PAINT_PLAIN, "", finding->message);
	if (finding->waiver) {
		CLEANUP(buf_release) struct buf text = WORDS_INIT;

		words_waiver(&text, finding->waiver);
		page_detail(page, PAINT_PLAIN, "", buf_text(&text));
	}
	if (page->style->verbose) {
		page_detail(page, PAINT_DIM, "declared", finding->declared);
		page_detail(page, PAINT_DIM, "running", finding->running);
		page_detail(page, PAINT_DIM, "resolved", finding->resolved);
	}
	page_detail(page, PAINT_DIM, "", buf_text(&place));
}

/* The end of the run of findings from `begin` that share part, level and rule. */
static size_t group_end(const struct report *report, size_t begin, size_t *count)
{
	const struct finding *first = &report->findings[begin];
	size_t end = begin;

	*count = 0;
	while (end < report->finding_count &&
	       report->findings[end].level == first->level &&
	       strcmp(report->findings[end].rule, first->rule) == 0) {
		if (part_of(&report->findings[end]) == part_of(first))
			++*count;
		end++;
	}
	return end;
}

static void page_mend(struct page *page, const char *id)
{
	const struct rule *rule = rule_find(id);

	if (rule)
		page_item(page, PAINT_DIM, "To mend:", rule->mend);
}

/* The `count` findings of a part among those from `begin`, under one heading. */
static void page_group(struct page *page, enum part part, size_t begin, size_t count)
{
	const struct finding *finding = &page->report->findings[begin];
	size_t shown = page_shown(page, count);

	page_group_heading(page, part, finding, count);
	for (size_t left = shown; left > 0; finding++) {
		if (part_of(finding) != part)
			continue;
		page_finding(page, finding);
		left--;
	}
	page_left_out(page, count - shown);
	if (part == PART_STANDING)
		page_mend(page, page->report->findings[begin].rule);
}

static void page_part(struct page *page, enum part part)
{
	const struct report *report = page->report;
	size_t begin = 0;

	while (begin < report->finding_count) {
		size_t count, end;

		if (part_of(&report->findings[begin]) != part) {
			begin++;
			continue;
		}
		end = group_end(report, begin, &count);
		page_group(page, part, begin, count);
		begin = end;
	}
}

void page_findings(struct page *page)
{
	for (enum part part = PART_STANDING; part < PART_COUNT; part++) {
		if (!parts[part].verbose || page->style->verbose)
			page_part(page, part);
	}
}
