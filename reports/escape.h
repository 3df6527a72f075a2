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

/* Visible, and nothing more: for what a sink writes later. */
void escape_visible(struct buf *buf, const char *text);

/* For element content and quoted attribute values of HTML and XML 1.0. */
void escape_html(FILE *out, const char *text);

/*
 * One whole cell (RFC 4180), quoted where it has to be.  A cell that a spreadsheet would
 * run as a formula gets an apostrophe in front.
 */
void escape_csv(FILE *out, const char *text);

/* A new JSON string.  Control characters are JSON's own matter. */
json_t *escape_json(const char *text);

/* The same for what people are shown: control characters are visible there too. */
json_t *escape_json_visible(const char *text);

/*
 * A new JSON string that reads as `text` where SARIF shows messages (SARIF 2.1.0, 3.11):
 * it holds no placeholder and no embedded link, and is visible too.
 */
json_t *escape_sarif(const char *text);

/*
 * A path as a relative URI reference (RFC 3986, 4.2), byte by byte: no other reading of
 * it has a scheme, a query or a fragment.
 */
void escape_uri(struct buf *uri, const char *path);

/*
 * What follows "::" in a workflow command of GitHub, and the value of one of its
 * properties (actions/toolkit, packages/core/src/command.ts).
 */
void escape_command_message(FILE *out, const char *text);
void escape_command_property(FILE *out, const char *text);

/*
 * For what stands between <code> and </code> in Markdown, in a table or not: there
 * neither GitHub nor GitLab look for names, numbers and links of their own.
 */
void escape_markdown(struct buf *markdown, const char *text);

#endif
