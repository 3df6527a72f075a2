/*
 * base64.h - base64 (RFC 4648, section 4), as kubeconfig files, Docker's config.json
 * and the Basic scheme have it
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"
#include "base/error.h"

/*
 * Append the bytes that `text` stands for to `out`.
 *
 * Line breaks and blanks are skipped, as in a YAML block; the padding may be absent, as
 * it is in some pull secrets.
 * Errors: ERROR_SYNTAX, ERROR_LIMIT (the buffer's).  They never quote the text: it
 * may be a secret.
 */
MUST_CHECK bool base64_decode(struct buf *out, const char *text, struct error *err);

/* Append the text of `length` bytes, with padding and without line breaks. */
void base64_encode(struct buf *out, const void *data, size_t length);

#endif
