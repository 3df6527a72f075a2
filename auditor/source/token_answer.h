/*
 * token_answer.h - what a token server answers
 *
 * Docker's token authentication (token.md, "Token Response Fields").
 */
#ifndef SOURCE_TOKEN_ANSWER_H
#define SOURCE_TOKEN_ANSWER_H

#include "base/error.h"
#include "base/memory.h"

#define TOKEN_LIFETIME 60 /* seconds; the least that clients assume */

struct token_answer {
	const char *token; /* characters that may stand in a header, and no others */
	int64_t lifetime_seconds; /* TOKEN_LIFETIME at least */
};

/*
 * Read the body of an answer: one JSON object without duplicate keys.
 * Errors: ERROR_SYNTAX; the text never quotes the body.
 */
MUST_CHECK bool token_answer_read(struct token_answer *answer, struct arena *arena,
				  const char *body, size_t length, struct error *err);

#endif
