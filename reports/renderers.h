/*
 * renderers.h - the render function of each format, for the table in report.c
 */
#ifndef REPORTS_RENDERERS_H
#define REPORTS_RENDERERS_H

#include "reports/report.h"

void report_text(FILE *out, const struct report *report,
		 const struct report_style *style);
void report_gcc(FILE *out, const struct report *report, const struct report_style *style);
void report_json(FILE *out, const struct report *report,
		 const struct report_style *style);
void report_csv(FILE *out, const struct report *report, const struct report_style *style);
void report_html(FILE *out, const struct report *report,
		 const struct report_style *style);
void report_sarif(FILE *out, const struct report *report,
		  const struct report_style *style);
void report_junit(FILE *out, const struct report *report,
		  const struct report_style *style);
void report_github(FILE *out, const struct report *report,
		   const struct report_style *style);
void report_gitlab(FILE *out, const struct report *report,
		   const struct report_style *style);
void report_markdown(FILE *out, const struct report *report,
		     const struct report_style *style);

#endif
