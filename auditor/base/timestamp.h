/*
 * timestamp.h - points in time as Unix seconds, UTC
 *
 * Text form as in RFC 3339: "2026-11-23T07:12:00Z".  0 means unknown.
 */
#ifndef BASE_TIMESTAMP_H
#define BASE_TIMESTAMP_H

#include "base/error.h"

#define TIMESTAMP_SIZE 32 /* bytes for the text form, the NUL included */

/* Now, by the system's clock. */
int64_t timestamp_now(void);

/*
 * Read RFC 3339, section 5.6, with any offset; fractions of a second are cut off.
 * Errors: ERROR_SYNTAX.
 */
MUST_CHECK bool timestamp_parse(int64_t *seconds, const char *text, struct error *err);

/* "" for 0, and for years that RFC 3339 cannot write.  Returns `text`. */
const char *timestamp_format(char text[TIMESTAMP_SIZE], int64_t seconds);

/* Seconds that only ever grow, for time-outs. */
double timestamp_monotonic(void);

#endif
