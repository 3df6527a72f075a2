/*
 * report.h - the formats of reports
 *
 * A format is one row in a table and one file.  A renderer sees a finished report and a
 * stream, and cannot fail: write errors stay in the stream and report_write() checks it
 * once.  The same report gives the same bytes, on any machine, at any time.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "base/error.h"
#include "model/report.h"

/* How to show text on this terminal; other formats ignore it. */
struct report_style {
	bool color;
	int columns;  /* 0: unlimited, and no group is cut short */
	bool verbose; /* show findings of level none, fixed ones, and every match */
};

struct report_format {
	const char *name; /* "csv" */
	const char *what; /* for --help: "a row a finding, for spreadsheets" */
	void (*render)(FILE *out, const struct report *report,
		       const struct report_style *style);
};

extern const struct report_format report_formats[]; /* ends with a row without name */

/* NULL where there is no such format. */
const struct report_format *report_format_find(const char *name);

/* Errors: ERROR_SYSTEM where the stream failed. */
MUST_CHECK bool report_write(FILE *out, const struct report_format *format,
			     const struct report *report,
			     const struct report_style *style, struct error *err);

#endif
