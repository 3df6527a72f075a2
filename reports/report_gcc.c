/*
 * One line a finding, as GCC writes its diagnostics (GNU Coding Standards, "Formatting
 * Error Messages"), so that editors jump to the place.
 */
#include "reports/escape.h"
#include "reports/renderers.h"
#include "reports/summary.h"
#include "reports/words.h"

static void put_line(FILE *out, const char *place, const char *level, const char *text,
		     const char *id)
{
	escape_terminal(out, place);
	fprintf(out, ": %s: ", level);
	escape_terminal(out, text);
	fputs(" [", out);
	escape_terminal(out, id);
	fputs("]\n", out);
}

/* The verdict, as cc1 says what is about no file; no output at all would look clean. */
static void put_verdict(FILE *out, const struct report *report)
{
	struct summary summary = summary_of(report);
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	summary_sentence(&text, report, &summary);
	fprintf(out, "pindrift: %s: ", headline_word(summary.headline));
	escape_terminal(out, buf_text(&text));
	fputc('\n', out);
}

static void put_gap(FILE *out, const struct gap *gap)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	buf_printf(&text, "not checked%s: ", gap->waived ? " (waived)" : "");
	words_gap_reason(&text, gap);
	put_line(out, gap->subject, gap->waived ? "note" : "warning", buf_text(&text),
		 gap_name(gap->kind));
}

static void put_finding(FILE *out, const struct finding *finding)
{
	CLEANUP(buf_release) struct buf place = WORDS_INIT;
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	words_place(&place, finding);
	if (place.length == 0) /* what runs has no file */
		words_subject(&place, finding);
	words_message(&text, finding);
	put_line(out, buf_text(&place), level_name(finding_level(finding)),
		 buf_text(&text), finding->rule);
}

void report_gcc(FILE *out, const struct report *report, const struct report_style *style)
{
	for (size_t i = 0; i < report->gap_count; i++)
		put_gap(out, &report->gaps[i]);
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (style->verbose || !finding_is_aside(finding))
			put_finding(out, finding);
	}
	put_verdict(out, report);
}
