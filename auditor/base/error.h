/*
 * error.h - why something failed
 *
 * A function can fail if and only if its last parameter is `struct error *err`;
 * it then returns false (or NULL).  `*err` lives on the caller's stack, so that
 * reporting an error cannot fail itself, and it is untouched on success.  The
 * origin sets code and text once; each layer above may put its context before
 * the text.  Only main() and the commands print.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/base.h"

enum error_code {
	ERROR_NONE,
	ERROR_USAGE,     /* command line or configuration is wrong */
	ERROR_SYNTAX,    /* input does not follow its grammar */
	ERROR_LIMIT,     /* input exceeds a documented limit */
	ERROR_NETWORK,   /* no usable answer: DNS, TLS, time-out, HTTP 5xx */
	ERROR_DENIED,    /* HTTP 401 or 403, file permissions */
	ERROR_NOT_FOUND, /* HTTP 404, missing file, missing row */
	ERROR_STORE,     /* SQLite refused */
	ERROR_LOCKED,    /* another run holds the lock */
	ERROR_SYSTEM,    /* the operating system refused: disk full, no such device */
	ERROR_MISMATCH,  /* bytes are not what their digest says */
};

struct error {
	enum error_code code;
	char text[480]; /* UTF-8, one line, no final full stop */
};

#define ERROR_INIT                                                                       \
	{                                                                                \
		ERROR_NONE, ""                                                           \
	}

/* Record the first cause.  Always returns false, so that callers can return it. */
bool error_set(struct error *err, enum error_code code, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* Put "context: " before the text already there.  Always returns false. */
bool error_wrap(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
