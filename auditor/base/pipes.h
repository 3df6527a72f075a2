/*
 * pipes.h - the pipes between us and a program that we run
 *
 * Their numbers are the program's descriptors: its standard input, output and error, and
 * PIPE_FAILURE, which closes itself when the program starts (close-on-exec) and until
 * then can say why it did not.  Our ends never block, and all ends stay off the program's
 * numbers, so that none is in another's way even where we were started without standard
 * input or output.
 */
#ifndef BASE_PIPES_H
#define BASE_PIPES_H

#include "base/buf.h"
#include "base/error.h"

enum pipe_number {
	PIPE_INPUT, /* STDIN_FILENO, and so on */
	PIPE_OUTPUT,
	PIPE_ERRORS,
	PIPE_FAILURE,
	PIPE_COUNT
};

struct pipes {
	int ours[PIPE_COUNT];   /* -1: closed, or never opened */
	int theirs[PIPE_COUNT]; /* likewise */
	const char *input;      /* what is still to be written */
	size_t input_length;
	struct buf *read_into[PIPE_COUNT]; /* of the pipes that we read */
};

#define PIPES_INIT                                                                       \
	{                                                                                \
		.ours = { -1, -1, -1, -1 }, .theirs = { -1, -1, -1, -1 }                 \
	}

/* Errors: ERROR_SYSTEM. */
MUST_CHECK bool pipes_open(struct pipes *pipes, enum pipe_number number,
			   struct error *err);
void pipes_close_theirs(struct pipes *pipes);
/* Close all that is open. */
void pipes_release(struct pipes *pipes);

/*
 * In the child: put its ends at their numbers; what has no pipe stays as it is.  Closes
 * every other descriptor.  Does only what a signal handler may do as well.
 */
void pipes_adopt(const struct pipes *pipes);

/*
 * Write what the program takes at once, and close the pipe behind the last byte or when
 * it does not want more.  SIGPIPE must be ignored.
 */
void pipes_write(struct pipes *pipes);

/*
 * Read once from each pipe; with `all`, until nothing is left in it now or its buffer is
 * full.  What does not fit marks the buffer as overflowed.  True if there was anything.
 */
bool pipes_read(struct pipes *pipes, bool all);

/* Return when there is something to write or read, or after `milliseconds`. */
void pipes_wait(const struct pipes *pipes, int milliseconds);

#endif
