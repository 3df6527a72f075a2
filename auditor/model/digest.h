/*
 * digest.h - content digests
 *
 * Text form "<algorithm>:<hex>", as in the OCI Image Specification,
 * descriptor.md, section "Digests".  A digest is a plain value: copy it
 * by assignment; there is nothing to release.
 */
#ifndef MODEL_DIGEST_H
#define MODEL_DIGEST_H

#include "base/error.h"

#define DIGEST_SIZE 136 /* bytes: "sha512:", 128 hex digits, NUL */

struct digest {
	char text[DIGEST_SIZE]; /* "" means unknown */
};

/*
 * Read a digest from the whole of `text`.
 *
 * Accepts sha256 with 64 and sha512 with 128 lower-case hex digits.
 * Errors: ERROR_SYNTAX; `*digest` is then unknown.
 */
MUST_CHECK bool digest_parse(struct digest *digest, const char *text, struct error *err);

bool digest_known(const struct digest *digest);

/* True if both are known and equal; an unknown digest equals nothing. */
bool digest_equal(const struct digest *a, const struct digest *b);

/*
 * True if no image can have it: the digest of the empty input, or one hex digit
 * all along.  Unknown digests are no placeholders.
 */
bool digest_is_placeholder(const struct digest *digest);

/* The digest of `length` bytes, by the algorithm of `like` (sha256 if unknown). */
struct digest digest_compute(const void *data, size_t length, const struct digest *like);

/* "sha256:7681a2ca5581", for people.  Returns `text`. */
#define DIGEST_SHORT_SIZE 24
const char *digest_short(char text[DIGEST_SHORT_SIZE], const struct digest *digest);

#endif
