/*
 * challenge.h - how a server wants to be signed in to: WWW-Authenticate
 *
 * RFC 9110, section 11.6.1; Docker's token authentication for `service` and `scope`.
 * Several headers, and several challenges in one, are common.
 */
#ifndef SOURCE_CHALLENGE_H
#define SOURCE_CHALLENGE_H

#include "base/memory.h"

#define CHALLENGE_BYTES ((size_t)16 * 1024) /* of one header; longer ones are ignored */

enum challenge_scheme {
	CHALLENGE_NONE, /* nothing that we can do */
	CHALLENGE_BASIC,
	CHALLENGE_BEARER, /* has a realm */
};

struct challenge {
	enum challenge_scheme scheme;
	const char *realm;   /* "" where absent, as the others */
	const char *service; /* CHALLENGE_BEARER */
	const char *scope;
	const char *error; /* RFC 6750, section 3: "insufficient_scope" */
};

/*
 * Read one header's value and keep in `*best` the challenge that we like best: Bearer
 * with a realm, then Basic; of equals the first.  `*best` begins as CHALLENGE_INIT.
 * Of equal parameters the first counts.  What follows something malformed is left out.
 */
void challenge_read(struct challenge *best, struct arena *arena, const char *header);

#define CHALLENGE_INIT                                                                   \
	{                                                                                \
		CHALLENGE_NONE, "", "", "", ""                                           \
	}

#endif
