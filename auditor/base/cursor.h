/*
 * cursor.h - line and column of places in a text
 *
 * A cursor walks forward over UTF-8 text and knows at which line, column and
 * character it is.  Lines end with LF, as editors and compilers count them; columns
 * count characters (code points).
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include "base/base.h"

struct cursor {
	const char *at;
	size_t character; /* characters before `at` */
	uint32_t line;    /* from 1 */
	uint32_t column;  /* from 1 */
};

/* At the first byte of `text`, which is borrowed. */
struct cursor cursor_start(const char *text);

/* Walk to `target`; stay where that lies behind. */
void cursor_to(struct cursor *cursor, const char *target);

/* Walk to the character of that number (from 0), at most to `end`. */
void cursor_to_character(struct cursor *cursor, const char *end, size_t character);

#endif
