#include "source/challenge.h"

#include "base/buf.h"

#include "tests/unit/check.h"

static const struct {
	const char *label, *header;
	struct challenge challenge;
} cases[] = {
	{ "Docker Hub",
	  "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
	  "scope=\"repository:library/nginx:pull\"",
	  { CHALLENGE_BEARER, "https://auth.docker.io/token", "registry.docker.io",
	    "repository:library/nginx:pull", "" } },
	{ "a comma inside quotes",
	  "Bearer realm=\"r\",scope=\"repository:a/b:pull,push\"",
	  { CHALLENGE_BEARER, "r", "", "repository:a/b:pull,push", "" } },
	{ "names in any case",
	  "bEARER REALM=\"r\",Service=\"s\"",
	  { CHALLENGE_BEARER, "r", "s", "", "" } },
	{ "values without quotes",
	  "Bearer realm=https://host/token,service=s",
	  { CHALLENGE_BEARER, "https://host/token", "s", "", "" } },
	{ "blanks everywhere",
	  "  Bearer \t realm = \"r\" , service=\t\"s\"  ",
	  { CHALLENGE_BEARER, "r", "s", "", "" } },
	{ "escapes",
	  "Bearer realm=\"a\\\"b\\\\c\"",
	  { CHALLENGE_BEARER, "a\"b\\c", "", "", "" } },
	{ "an error",
	  "Bearer realm=\"r\",error=\"insufficient_scope\"",
	  { CHALLENGE_BEARER, "r", "", "", "insufficient_scope" } },
	{ "Basic",
	  "Basic realm=\"Registry\"",
	  { CHALLENGE_BASIC, "Registry", "", "", "" } },
	{ "Basic without a realm", "Basic", { CHALLENGE_BASIC, "", "", "", "" } },
	{ "Bearer before Basic",
	  "Bearer realm=\"b\", Basic realm=\"a\"",
	  { CHALLENGE_BEARER, "b", "", "", "" } },
	{ "Basic before Bearer",
	  "Basic realm=\"a\", Bearer realm=\"b\"",
	  { CHALLENGE_BEARER, "b", "", "", "" } },
	{ "Negotiate in front",
	  "Negotiate, Bearer realm=\"b\"",
	  { CHALLENGE_BEARER, "b", "", "", "" } },
	{ "a token68 in front",
	  "Negotiate dG9rZW4=, Basic realm=\"a\"",
	  { CHALLENGE_BASIC, "a", "", "", "" } },
	{ "a padded token68 in front",
	  "NTLM dG9r/+==,Bearer realm=\"b\"",
	  { CHALLENGE_BEARER, "b", "", "", "" } },
	{ "empty items",
	  ",, ,Basic realm=\"a\",,",
	  { CHALLENGE_BASIC, "a", "", "", "" } },
	{ "the first of equal parameters",
	  "Bearer realm=\"a\",realm=\"b\"",
	  { CHALLENGE_BEARER, "a", "", "", "" } },
	{ "the first of equal schemes",
	  "Bearer realm=\"a\", Bearer realm=\"b\"",
	  { CHALLENGE_BEARER, "a", "", "", "" } },
	{ "parameters of another scheme", "Digest realm=\"d\",nonce=\"n\"",
	  CHALLENGE_INIT },
	{ "Bearer without a realm", "Bearer service=\"s\"", CHALLENGE_INIT },
	{ "Bearer with an empty realm", "Bearer realm=\"\"", CHALLENGE_INIT },
	{ "Bearer with an empty realm behind", "Bearer realm=", CHALLENGE_INIT },
	{ "a quote that never ends", "Bearer realm=\"r", CHALLENGE_INIT },
	{ "an escape at the end", "Bearer realm=\"r\\", CHALLENGE_INIT },
	{ "a quote that never ends, behind a good one",
	  "Basic realm=\"a\", Bearer realm=\"b",
	  { CHALLENGE_BASIC, "a", "", "", "" } },
	{ "parameters alone", "realm=\"r\",service=\"s\"", CHALLENGE_INIT },
	{ "no token", "=", CHALLENGE_INIT },
	{ "quotes", "\"\"\"", CHALLENGE_INIT },
	{ "a scheme that only begins so", "BearerX realm=\"r\"", CHALLENGE_INIT },
	{ "control characters", "Bearer\x01realm=\"r\"", CHALLENGE_INIT },
	{ "nothing", "", CHALLENGE_INIT },
};

static void each_header_gives_the_challenge_that_we_like_best(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const struct challenge *expected = &cases[i].challenge;
		struct challenge best = CHALLENGE_INIT;

		challenge_read(&best, &arena, cases[i].header);
		CHECK(cases[i].label, best.scheme == expected->scheme);
		if (best.scheme == CHALLENGE_NONE)
			continue;
		CHECK_TEXT(cases[i].label, best.realm, expected->realm);
		CHECK_TEXT(cases[i].label, best.service, expected->service);
		CHECK_TEXT(cases[i].label, best.scope, expected->scope);
		CHECK_TEXT(cases[i].label, best.error, expected->error);
	}
}

static void the_best_of_several_headers_wins(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct challenge best = CHALLENGE_INIT;

	(void)state;
	challenge_read(&best, &arena, "Negotiate");
	assert_int_equal(best.scheme, CHALLENGE_NONE);
	challenge_read(&best, &arena, "Basic realm=\"a\"");
	assert_int_equal(best.scheme, CHALLENGE_BASIC);
	challenge_read(&best, &arena, "Bearer realm=\"b\"");
	challenge_read(&best, &arena, "Basic realm=\"c\"");
	challenge_read(&best, &arena, "Bearer realm=\"d\"");
	assert_int_equal(best.scheme, CHALLENGE_BEARER);
	assert_string_equal(best.realm, "b");
}

/* `head`, then `piece` until `size` bytes are full. */
static char *repeat(struct arena *arena, const char *head, const char *piece, size_t size)
{
	CLEANUP(buf_release)
	struct buf text = BUF_INIT(size + strlen(head) + strlen(piece));

	buf_puts(&text, head);
	while (text.length < size)
		buf_puts(&text, piece);
	return arena_strdup(arena, buf_text(&text));
}

static void a_header_of_a_megabyte_is_passed_over(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct challenge best = CHALLENGE_INIT;

	(void)state;
	challenge_read(&best, &arena,
		       repeat(&arena, "Bearer realm=\"r\"", ",a=\"b\"", 1 << 20));
	assert_int_equal(best.scheme, CHALLENGE_NONE);
}

static void memory_does_not_grow_faster_than_the_header(void **state)
{
	static const char *const pieces[] = { ",realm=\"\"", ",a=\"\\\"\"", ",Bearer",
					      ",a=b" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(pieces); i++) {
		CLEANUP(arena_release) struct arena text = ARENA_INIT;
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct challenge best = CHALLENGE_INIT;

		challenge_read(&best, &arena,
			       repeat(&text, "Bearer realm=\"r\"", pieces[i],
				      CHALLENGE_BYTES - 16));
		CHECK(pieces[i], best.scheme == CHALLENGE_BEARER);
		CHECK(pieces[i], arena.total <= 16 * CHALLENGE_BYTES);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_header_gives_the_challenge_that_we_like_best),
		cmocka_unit_test(the_best_of_several_headers_wins),
		cmocka_unit_test(a_header_of_a_megabyte_is_passed_over),
		cmocka_unit_test(memory_does_not_grow_faster_than_the_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
