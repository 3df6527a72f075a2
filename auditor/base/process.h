/*
 * process.h - run another program to its end, within limits and without a shell
 *
 * The program gets what is said here and nothing else: its arguments as they stand, our
 * environment with additions, a standard input of its own, no other descriptor of ours,
 * every signal at its default and none blocked.  It runs in a process group of its own
 * and is told to end (SIGTERM) if we do.
 *
 * process_run() returns when the program has ended, or soon after its time is over; then
 * the whole group gets SIGTERM and, two seconds later, SIGKILL.  A grandchild that has
 * inherited its output does not hold us up.  No zombie is left, and a program that does
 * not read its input raises no SIGPIPE here.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include "base/buf.h"
#include "base/error.h"

struct process {
	/* Ends with NULL.  The first is a path, or a name for program_find(). */
	const char *const *argv;
	/* "NAME=value", ends with NULL; they win over our own.  NULL: nothing is added.
	 */
	const char *const *environment;
	const char *input; /* what it may read on standard input, then its end */
	size_t input_length;
	/*
	 * It may ask the user: it shares our standard input, standard error and process
	 * group (only the foreground group can read from a terminal).  `input` is not
	 * used, and where its time is over only the program itself is ended.
	 */
	bool interactive;
	unsigned timeout_seconds;
};

#define PROCESS_COMPLAINT_SIZE 320 /* bytes, the NUL included */

struct process_result {
	int status;        /* exit status; 128 + n where signal n ended it */
	struct buf output; /* its standard output */
	/*
	 * What it wrote to standard error, as one line without control characters and
	 * secrets; of a long text the end.  "" where interactive.
	 */
	char complaint[PROCESS_COMPLAINT_SIZE];
};

/* A program that writes more than `limit_bytes` to standard output is an error. */
#define PROCESS_RESULT_INIT(limit_bytes)                                                 \
	{                                                                                \
		-1, BUF_INIT(limit_bytes), ""                                            \
	}

/*
 * Run it.  An exit status other than 0 is a result, no error: the caller knows what it
 * means.
 * Errors, the program's name in front and its complaint behind: ERROR_NOT_FOUND and
 * ERROR_DENIED (program_find(), or its interpreter), ERROR_LIMIT (its output),
 * ERROR_NETWORK (its time is over: no usable answer), ERROR_SYSTEM.
 */
MUST_CHECK bool process_run(const struct process *process, struct process_result *result,
			    struct error *err);

/*
 * Record that it ended with another status than 0: "exit status 3: the complaint".
 * Always returns false.
 */
bool process_fail(const struct process_result *result, enum error_code code,
		  struct error *err);

/* Empty the result and free it; its limit stays. */
void process_result_release(struct process_result *result);

/*
 * Rewrite `text`, of `length` bytes, in place as one line for people: runs of white space
 * and control characters become one space, known secrets stars.  Returns `text`.
 */
char *process_one_line(char *text, size_t length);

#endif
