/*
 * process.h - run another program, without a shell and within limits
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include "base/buf.h"
#include "base/error.h"

#define PROCESS_INPUT_BYTES 4096 /* most that `input` may hold */

/*
 * Run argv[0], looked for on PATH, give it `input` on standard input, and collect what it
 * writes to standard output, up to the buffer's limit.  Its standard error is thrown
 * away. It runs in a process group of its own; where `seconds` do not suffice or it
 * writes too much, all of the group is killed.  `*status`: its exit status, 128 + n after
 * a signal. Errors: ERROR_NOT_FOUND (no such program), ERROR_DENIED, ERROR_LIMIT (time,
 * output), ERROR_SYSTEM.
 */
MUST_CHECK bool process_run(const char *const *argv, const char *input, unsigned seconds,
			    struct buf *output, int *status, struct error *err);

#endif
