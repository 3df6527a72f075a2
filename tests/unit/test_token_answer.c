#include "source/token_answer.h"

#include "tests/unit/check.h"

static const struct {
	const char *label, *body, *token;
	int64_t lifetime;
} good[] = {
	{ "token", "{\"token\":\"abc\"}", "abc", 60 },
	{ "access_token", "{\"access_token\":\"abc\"}", "abc", 60 },
	{ "both", "{\"token\":\"a\",\"access_token\":\"b\"}", "a", 60 },
	{ "an empty one and another", "{\"token\":\"\",\"access_token\":\"b\"}", "b",
	  60 },
	{ "a lifetime", "{\"token\":\"a\",\"expires_in\":300}", "a", 300 },
	{ "a short lifetime", "{\"token\":\"a\",\"expires_in\":5}", "a", 60 },
	{ "a negative lifetime", "{\"token\":\"a\",\"expires_in\":-1}", "a", 60 },
	{ "a lifetime in words", "{\"token\":\"a\",\"expires_in\":\"long\"}", "a", 60 },
	{ "a JWT", "{\"token\":\"eyJh.eyJp-_.c2ln\"}", "eyJh.eyJp-_.c2ln", 60 },
	{ "base64", "{\"token\":\"YW55/+==\"}", "YW55/+==", 60 },
};

static void tokens_and_lifetimes_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct token_answer answer;
		struct error err = ERROR_INIT;

		if (!token_answer_read(&answer, &arena, good[i].body,
				       strlen(good[i].body), &err))
			fail_msg("%s: %s", good[i].label, err.text);
		CHECK_TEXT(good[i].label, answer.token, good[i].token);
		CHECK(good[i].label, answer.lifetime_seconds == good[i].lifetime);
	}
}

static const char *const bad[] = {
	"",
	"<html>",
	"[]",
	"\"token\"",
	"{}",
	"{\"token\":7}",
	"{\"token\":\"\"}",
	"{\"token\":{\"token\":\"a\"}}",
	"{\"token\":\"a\",\"token\":\"b\"}",
	"{\"token\":\"a\"} {\"token\":\"b\"}",
	"{\"token\":\"a\\r\\nX-Injected: 1\"}",
	"{\"token\":\"a b\"}",
	"{\"token\":\"a\\u0000b\"}",
	"{\"token\":\"caf\\u00e9\"}",
	"{\"token\":\"a\"",
};

static void what_could_not_stand_in_a_header_is_refused_and_not_quoted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct token_answer answer;
		struct error err = ERROR_INIT;

		CHECK(bad[i],
		      !token_answer_read(&answer, &arena, bad[i], strlen(bad[i]), &err));
		CHECK(bad[i], err.code == ERROR_SYNTAX);
		CHECK(bad[i], !strstr(err.text, "Injected"));
	}
}

static void deep_nesting_is_an_error_and_no_overflow(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const size_t depth = 60000;
	char *body = arena_alloc(&arena, depth + 1);
	struct token_answer answer;
	struct error err = ERROR_INIT;

	(void)state;
	memset(body, '[', depth);
	assert_false(token_answer_read(&answer, &arena, body, depth, &err));
	assert_int_equal(err.code, ERROR_SYNTAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_and_lifetimes_are_read),
		cmocka_unit_test(
			what_could_not_stand_in_a_header_is_refused_and_not_quoted),
		cmocka_unit_test(deep_nesting_is_an_error_and_no_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
