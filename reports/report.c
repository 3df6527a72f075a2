#include "reports/report.h"

#include "reports/renderers.h"

#include <errno.h>

const struct report_format report_formats[] = {
	{ "text", "for people at a terminal", report_text },
	{ "gcc", "a line a finding, as compilers write them, for editors and logs",
	  report_gcc },
	{ "json", "everything, for programs", report_json },
	{ "csv", "a row a finding, for spreadsheets", report_csv },
	{ "html", "one self-contained page, for people and to pass on", report_html },
	{ "sarif", "SARIF 2.1.0, for code scanning", report_sarif },
	{ "junit", "test cases, for Jenkins and GitLab", report_junit },
	{ "github", "annotations of GitHub Actions", report_github },
	{ "gitlab", "Code Quality of GitLab", report_gitlab },
	{ "markdown", "for summaries of jobs and comments in merge requests",
	  report_markdown },
	{ NULL, NULL, NULL },
};

const struct report_format *report_format_find(const char *name)
{
	for (const struct report_format *format = report_formats; format->name;
	     format++) {
		if (strcmp(format->name, name) == 0)
			return format;
	}
	return NULL;
}

bool report_write(FILE *out, const struct report_format *format,
		  const struct report *report, const struct report_style *style,
		  struct error *err)
{
	errno = 0;
	format->render(out, report, style);
	if (fflush(out) == 0 && !ferror(out))
		return true;
	if (errno == EPIPE) /* the reader has seen enough, as `head` has */
		return true;
	return error_set(err, ERROR_SYSTEM, "write the %s report: %s", format->name,
			 errno ? strerror(errno) : "the stream failed");
}
