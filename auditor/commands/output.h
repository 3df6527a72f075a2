/*
 * output.h - where reports go: -f to standard output, -o to files
 */
#ifndef COMMANDS_OUTPUT_H
#define COMMANDS_OUTPUT_H

#include "commands/commands.h"
#include "model/report.h"

/* Check -f and -o before any work is done.  Errors: ERROR_USAGE. */
MUST_CHECK bool output_check(const struct settings *settings, struct error *err);

/*
 * Write the report to standard output and to every file.  A reader of standard output
 * that went away is no error.  Errors: ERROR_SYSTEM.
 */
MUST_CHECK bool output_write(const struct settings *settings, const struct report *report,
			     struct error *err);

/* The time of the run: --now, else the clock.  Errors: ERROR_USAGE. */
MUST_CHECK bool output_now(const struct settings *settings, int64_t *now,
			   struct error *err);

#endif
