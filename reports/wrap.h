/*
 * wrap.h - paragraphs on a terminal: words, wrapped and painted
 *
 * A paragraph is put together from texts, each of which begins a new word; all of them,
 * our own and foreign ones, leave through the terminal's sink.  A word that is longer
 * than a line (a digest, a path) is never broken, so that it can be copied, nor is what
 * stands between backquotes.
 */
#ifndef REPORTS_WRAP_H
#define REPORTS_WRAP_H

#include "base/buf.h"

enum paint {
	PAINT_PLAIN,
	PAINT_BOLD,
	PAINT_DIM,
	PAINT_ERROR,
	PAINT_WARNING,
	PAINT_NOTE,
	PAINT_GOOD,
};

struct wrap {
	FILE *out;
	bool color;
	int columns;           /* of a line; 0: unlimited */
	int indent;            /* of the lines of this paragraph that are still to come */
	int column;            /* columns written on this line */
	bool line_empty;       /* no word is on this line yet */
	struct buf line;       /* so far */
	struct buf word, text; /* memory that is used again and again */
};

/* Release with wrap_release().  A code point counts as one column. */
void wrap_init(struct wrap *wrap, FILE *out, bool color, int columns);
void wrap_release(struct wrap *wrap);

/* Begin a paragraph: its first line at column `first`, the others at `rest`. */
void wrap_begin(struct wrap *wrap, int first, int rest);
void wrap_text(struct wrap *wrap, enum paint paint, const char *text);
/* The same, and empty the buffer for the next text. */
void wrap_buf(struct wrap *wrap, enum paint paint, struct buf *text);
void wrap_printf(struct wrap *wrap, enum paint paint, const char *format, ...)
	PRINTF_LIKE(3, 4);
void wrap_end(struct wrap *wrap);

/* An empty line. */
void wrap_space(struct wrap *wrap);

#endif
