/*
 * json_scan.h - run over JSON text without reading it
 *
 * Pages of pods are large and little of them is wanted.  These functions find where
 * a value or a string ends, at the pace of memory rather than of a parser, and can go
 * on where they stopped when more bytes have arrived.
 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include "base/base.h"

#define JSON_DEPTH                                                                       \
	64 /* most brackets around a value; also the bits of `brackets` below */

/* How far a value was skipped over. */
struct json_skip {
	size_t at;         /* bytes looked at: the length of the value once it is done */
	unsigned depth;    /* brackets open */
	uint64_t brackets; /* a bit for each of them, the innermost lowest; 1: a brace */
	bool in_string;
};

#define JSON_SKIP_INIT                                                                   \
	{                                                                                \
		0, 0, 0, false                                                           \
	}

enum json_skip_state {
	JSON_SKIP_DONE,     /* the value is text[0 .. skip->at) */
	JSON_SKIP_MORE,     /* it does not end within these bytes */
	JSON_SKIP_INVALID,  /* it can be no JSON value, whatever follows */
	JSON_SKIP_TOO_DEEP, /* more than JSON_DEPTH brackets */
};

/*
 * Skip over the value that begins at text[0], which is no white space.  Brackets have
 * to match and strings to be closed; nothing else is checked.
 *
 * After JSON_SKIP_MORE call again with the same `skip` when `text` (it may have moved)
 * has grown: what was looked at is not looked at again.  A number or literal is done
 * when the byte behind it is there.
 */
enum json_skip_state json_skip(struct json_skip *skip, const char *text, size_t length);

/*
 * The quote that closes the string whose contents begin at `at`; NULL where it is not
 * in [at, end).
 */
const char *json_string_end(const char *at, const char *end);

/* The first byte in [at, end) that is no plain ASCII of a string: a quote, a backslash,
 * a control character or the start of a longer UTF-8 sequence; else `end`. */
const char *json_plain_end(const char *at, const char *end);

#endif
