/*
 * text_page.h - what the parts of the terminal report are written with
 */
#ifndef REPORTS_TEXT_PAGE_H
#define REPORTS_TEXT_PAGE_H

#include "reports/report.h"
#include "reports/summary.h"
#include "reports/wrap.h"

#define SUBJECT_COLUMN 2
#define DETAIL_COLUMN 4
#define WRAP_COLUMN 6 /* of a subject that goes on */

/* What the functions hand around. */
struct page {
	const struct report *report;
	const struct report_style *style;
	struct summary summary;
	struct wrap wrap;
};

enum paint level_paint(enum level level);

/* "DRIFT: 9 errors, …". */
void page_verdict(struct page *page);

/* "WORD text" at the margin; either may be "". */
void page_heading(struct page *page, enum paint paint, const char *word,
		  const char *text);

/* "label text": an item of a list, and what is said below it.  Either may be "". */
void page_item(struct page *page, enum paint paint, const char *label, const char *text);
/* Nothing at all where the text is "". */
void page_detail(struct page *page, enum paint paint, const char *label,
		 const char *text);

/*
 * Items of a group of `count` that are shown: a terminal gets the first ones, unless all
 * were asked for, and is told how many page_left_out() left out; a file gets them all.
 */
size_t page_shown(const struct page *page, size_t count);
void page_left_out(struct page *page, size_t count);

/* The findings of a scan. */
void page_findings(struct page *page);

#endif
