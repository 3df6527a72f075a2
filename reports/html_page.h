/*
 * html_page.h - what the parts of the HTML report are written with
 *
 * Real tables with captions and scopes, so that the page can be read with scripts and
 * styles blocked; the style sheet and the script add looks, search and sorting.
 */
#ifndef REPORTS_HTML_PAGE_H
#define REPORTS_HTML_PAGE_H

#include "base/buf.h"
#include "model/report.h"

/* `<tag>text</tag>`, or with a class; nothing where the text is "". */
void html_element(FILE *out, const char *tag, const char *class, const char *text);

/* `<h2>` and, unless it is "", a sentence below it, in a section of that id. */
void html_section_open(FILE *out, const char *id, const char *title, const char *lead);
void html_section_close(FILE *out);

/*
 * A table with a head; `headings` ends with NULL.  The body is open afterwards.
 * `sortable`: the script makes the headings buttons.
 */
void html_table_open(FILE *out, const char *id, const char *caption,
		     const char *const *headings, bool sortable);
/* Before each row but the first: parts a long body, so that the script can show it in
 * pages. */
void html_table_part(FILE *out, size_t row);
void html_table_close(FILE *out);

/* A reference or imageID with its digest cut short, the whole of it as its title. */
void html_reference(FILE *out, const char *reference);

/* `<time>` with the date, and how long before `now` that was. */
void html_since(FILE *out, int64_t seconds, int64_t now);

/* The sections, in the order of the page. */
void html_gaps(FILE *out, const struct report *report);
void html_coverage(FILE *out, const struct report *report);
void html_findings(FILE *out, const struct report *report);
void html_running(FILE *out, const struct report *report);
void html_declared(FILE *out, const struct report *report);
void html_tags(FILE *out, const struct report *report);
void html_rules(FILE *out, const struct report *report);

#endif
