/*
 * fuzz_challenge - whatever a server may put into WWW-Authenticate, one header a line
 */
#include "source/challenge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct challenge best = CHALLENGE_INIT;
	char *header = arena_strndup(&arena, (const char *)data, size);
	enum challenge_scheme before;

	while (header) {
		char *end = strchr(header, '\n');

		if (end)
			*end = '\0';
		before = best.scheme;
		challenge_read(&best, &arena, header);
		if (best.scheme < before)
			abort();
		header = end ? end + 1 : NULL;
	}
	if (best.scheme == CHALLENGE_BEARER && !best.realm[0])
		abort();
	return 0;
}
