/*
 * escape.h - the one way out for text that others wrote
 *
 * Names, paths, messages of servers: each format has one sink here, and nothing else
 * writes foreign text.  In every format characters that a terminal obeys or that hide
 * or reorder text, and bytes that are no UTF-8, come out visibly (base/utf8.h).
 */
#ifndef REPORTS_ESCAPE_H
#define REPORTS_ESCAPE_H

#include "base/buf.h"

#include <jansson.h>

/*
 * For terminals and logs of CI systems: a text cannot begin a workflow command there
 * ("::error::" of GitHub, "##vso[" of Azure, "##teamcity[").
 */
void escape_terminal(FILE *out, const char *text);

/*
 * The same for one word: put what is at `*text` up to a space or the end into `word`,
 * escaped, and move on behind it.
 */
void escape_terminal_word(struct buf *word, const char **text);

/* For element content and quoted attribute values. */
void escape_html(FILE *out, const char *text);

/*
 * One whole cell (RFC 4180), quoted where it has to be.  A cell that a spreadsheet would
 * run as a formula gets an apostrophe in front.
 */
void escape_csv(FILE *out, const char *text);

/* A new JSON string.  Control characters are JSON's own matter. */
json_t *escape_json(const char *text);

#endif
