#include "commands/output.h"

#include "base/file.h"
#include "base/timestamp.h"
#include "reports/report.h"
#include "reports/summary.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Set to "true" in every step of a workflow. */
static bool is_github_actions(void)
{
	const char *value = getenv("GITHUB_ACTIONS");

	return value && strcmp(value, "true") == 0;
}

/* What was asked for; of a check in a workflow, annotations; else text. */
static const struct report_format *stdout_format(const struct settings *settings,
						 const struct report *report)
{
	if (settings->format)
		return report_format_find(settings->format);
	return report_format_find(
		report_is_check(report) && is_github_actions() ? "github" : "text");
}

/* The format of "FORMAT=FILE", its file in `*path`; NULL where it is not of that form. */
static const struct report_format *file_format(const char *output, const char **path)
{
	size_t length = strcspn(output, "=");
	char name[32];

	if (output[length] != '=' || output[length + 1] == '\0' || length >= sizeof(name))
		return NULL;
	memcpy(name, output, length);
	name[length] = '\0';
	*path = output + length + 1;
	return report_format_find(name);
}

bool output_check(const struct settings *settings, struct error *err)
{
	const char *path;

	if (settings->format && !report_format_find(settings->format))
		return error_set(err, ERROR_USAGE,
				 "there is no format '%.40s'; see --help",
				 settings->format);
	for (size_t i = 0; i < settings->outputs.count; i++) {
		if (!file_format(settings->outputs.items[i], &path))
			return error_set(
				err, ERROR_USAGE,
				"-o %.60s: not FORMAT=FILE with a format of --help",
				settings->outputs.items[i]);
	}
	return true;
}

/* As wide as the terminal, coloured unless NO_COLOR says otherwise (no-color.org). */
static struct report_style terminal_style(const struct settings *settings)
{
	struct report_style style = { .verbose = settings->verbose };
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return style;
	style.color = !(no_color && no_color[0] != '\0') &&
		      !(term && strcmp(term, "dumb") == 0);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		style.columns = size.ws_col;
	return style;
}

static bool write_file(const char *output, const struct report *report,
		       const struct report_style *style, struct error *err)
{
	CLEANUP(atomic_file_release) struct atomic_file file = ATOMIC_FILE_INIT;
	const char *path = NULL;
	const struct report_format *format = file_format(output, &path);

	if (!atomic_file_open(&file, path, err) ||
	    !report_write(file.stream, format, report, style, err))
		return error_wrap(err, "%s", path);
	return atomic_file_commit(&file, err);
}

bool output_write(const struct settings *settings, const struct report *report,
		  struct error *err)
{
	struct report_style plain = { .verbose = settings->verbose };
	struct report_style style = terminal_style(settings);

	for (size_t i = 0; i < settings->outputs.count; i++) {
		if (!write_file(settings->outputs.items[i], report, &plain, err))
			return false;
	}
	errno = 0;
	if (report_write(stdout, stdout_format(settings, report), report, &style, err))
		return true;
	if (errno == EPIPE) {
		*err = (struct error)ERROR_INIT;
		return true;
	}
	return error_wrap(err, "standard output");
}

bool output_now(const struct settings *settings, int64_t *now, struct error *err)
{
	*now = timestamp_now();
	return !settings->now || timestamp_parse(now, settings->now, err) ||
	       error_wrap(err, "--now");
}
