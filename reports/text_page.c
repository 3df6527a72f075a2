#include "reports/text_page.h"

#include "reports/words.h"

#define GROUP_MOST 10 /* items of one group that a terminal shows */

static enum paint headline_paint(enum headline headline)
{
	switch (headline) {
	case HEADLINE_CLEAN:
		return PAINT_GOOD;
	case HEADLINE_INCOMPLETE:
	case HEADLINE_ATTENTION:
	case HEADLINE_EMPTY:
		return PAINT_WARNING;
	default:
		return PAINT_ERROR;
	}
}

enum paint level_paint(enum level level)
{
	static const enum paint paints[] = {
		[LEVEL_NONE] = PAINT_DIM,
		[LEVEL_NOTE] = PAINT_NOTE,
		[LEVEL_WARNING] = PAINT_WARNING,
		[LEVEL_ERROR] = PAINT_ERROR,
	};

	return paints[level];
}

void page_verdict(struct page *page)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	enum headline headline = page->summary.headline;

	summary_sentence(&text, page->report, &page->summary);
	wrap_begin(&page->wrap, 0, SUBJECT_COLUMN);
	wrap_printf(&page->wrap, headline_paint(headline),
		    "%s:", headline_word(headline));
	wrap_text(&page->wrap, PAINT_BOLD, buf_text(&text));
	wrap_end(&page->wrap);
}

static void put_pair(struct page *page, enum paint paint, const char *word,
		     enum paint rest, const char *text)
{
	wrap_text(&page->wrap, paint, word);
	wrap_text(&page->wrap, rest, text);
	wrap_end(&page->wrap);
}

void page_heading(struct page *page, enum paint paint, const char *word, const char *text)
{
	wrap_begin(&page->wrap, 0, SUBJECT_COLUMN);
	put_pair(page, paint, word, PAINT_PLAIN, text);
}

void page_item(struct page *page, enum paint paint, const char *label, const char *text)
{
	wrap_begin(&page->wrap, SUBJECT_COLUMN, WRAP_COLUMN);
	put_pair(page, paint, label, paint, text);
}

void page_detail(struct page *page, enum paint paint, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	wrap_begin(&page->wrap, DETAIL_COLUMN, DETAIL_COLUMN);
	put_pair(page, paint, label, paint, text);
}

size_t page_shown(const struct page *page, size_t count)
{
	bool all = page->style->verbose || page->style->columns == 0;

	return all || count <= GROUP_MOST ? count : GROUP_MOST;
}

void page_left_out(struct page *page, size_t count)
{
	if (count == 0)
		return;
	wrap_begin(&page->wrap, SUBJECT_COLUMN, WRAP_COLUMN);
	wrap_printf(&page->wrap, PAINT_BOLD, "and %zu more: --verbose shows them all",
		    count);
	wrap_end(&page->wrap);
}
