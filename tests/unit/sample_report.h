/*
 * sample_report.h - finished reports for the tests of the formats
 *
 * Made by hand, with what a scan and a check really find.  Release with report_release().
 */
#ifndef TESTS_UNIT_SAMPLE_REPORT_H
#define TESTS_UNIT_SAMPLE_REPORT_H

#include "reports/report.h"

/* A namespace with drift, gaps, and findings in every state. */
void sample_scan(struct report *report);

/* Everything as declared. */
void sample_clean(struct report *report);

/* Manifests alone: three findings and a file that could not be read. */
void sample_check(struct report *report);

/* The texts that must not get through, in every field that others write. */
void sample_hostile(struct report *report);
extern const char *const sample_hostile_texts[]; /* ends with NULL */

/* Add a name of 10,000 bytes in all of these fields; returns it. */
const char *sample_add_long(struct report *report);

/* True if `text` is valid UTF-8 without unsafe characters but the ASCII ones `allowed`.
 */
bool sample_is_visible(const char *text, const char *allowed);

/* `count` findings, for measuring. */
void sample_many(struct report *report, size_t count);

/* What a format makes of a report: heap text, its bytes in `*length` unless that is NULL.
 */
char *sample_render(const char *format, const struct report *report,
		    const struct report_style *style, size_t *length);

/*
 * Compare what the format that ends the name makes of a sample with tests/golden/NAME,
 * and fail the test at the first line that differs.  With UPDATE_GOLDEN=1 in the
 * environment the file is written instead.
 */
void sample_golden(const char *name, void (*sample)(struct report *report),
		   const struct report_style *style);

#endif
