#include "source/credential_helper.h"

#include "base/log.h"
#include "tests/unit/scripts.h"

static const struct {
	const char *label, *answer;
	bool ok;
	const char *username, *password, *identity_token;
} read_cases[] = {
	{ "a password",
	  "{\"ServerURL\":\"quay.io\",\"Username\":\"jane\",\"Secret\":\"open "
	  "sesame\"}\n",
	  true, "jane", "open sesame", "" },
	{ "an identity token", "{\"Username\":\"<token>\",\"Secret\":\"refresh me\"}",
	  true, "", "", "refresh me" },
	{ "nothing in it", "{}", true, "", "", "" },
	{ "null is nothing", "{\"Username\":null,\"Secret\":null}", true, "", "", "" },
	{ "members of later versions",
	  "{\"Username\":\"a\",\"Secret\":\"b\",\"New\":[{}]}", true, "a", "b", "" },
	{ "no text", "", false, "", "", "" },
	{ "no JSON", "jane:open sesame", false, "", "", "" },
	{ "no object", "[\"jane\",\"open sesame\"]", false, "", "", "" },
	{ "two secrets", "{\"Secret\":\"a\",\"Secret\":\"b\"}", false, "", "", "" },
	{ "a secret that is a number", "{\"Username\":\"jane\",\"Secret\":12345}", false,
	  "", "", "" },
	{ "a user that is a list", "{\"Username\":[],\"Secret\":\"open sesame\"}", false,
	  "", "", "" },
	{ "a NUL in the secret", "{\"Username\":\"a\",\"Secret\":\"b\\u0000c\"}", false,
	  "", "", "" },
	{ "something behind it", "{\"Username\":\"a\",\"Secret\":\"b\"} {}", false, "",
	  "", "" },
};

static void answers_are_read_as_the_protocol_has_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(read_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *label = read_cases[i].label;
		const char *answer = read_cases[i].answer;
		struct docker_login login;
		struct error err = ERROR_INIT;

		CHECK(label,
		      credential_helper_read(&login, &arena, answer, strlen(answer),
					     &err) == read_cases[i].ok);
		CHECK(label, (err.code == ERROR_SYNTAX) != read_cases[i].ok);
		CHECK(label, !strstr(err.text, "sesame"));
		CHECK_TEXT(label, login.username, read_cases[i].username);
		CHECK_TEXT(label, login.password, read_cases[i].password);
		CHECK_TEXT(label, login.identity_token, read_cases[i].identity_token);
		CHECK_TEXT(label, login.registry_token, "");
		log_forget_secrets();
	}
}

static void depth_is_bounded(void **state)
{
	const size_t depth = CREDENTIAL_HELPER_BYTES;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	char *answer = arena_alloc(&arena, depth + 1);
	struct docker_login login;
	struct error err = ERROR_INIT;

	(void)state;
	memset(answer, '[', depth);
	assert_false(credential_helper_read(&login, &arena, answer, depth, &err));
	assert_int_equal(err.code, ERROR_SYNTAX);
}

static struct docker_login ask(struct arena *arena, const char *body)
{
	script_write("docker-credential-test", body);
	return credential_helper_get(arena, "test", "registry.example:5000");
}

#define ANSWER "echo '{\"Username\":\"jane\",\"Secret\":\"open sesame\"}'"

static void a_helper_is_asked_for_the_server_and_for_nothing_else(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct docker_login login;

	scripts_on_path(state);
	login = ask(&arena, "echo \"$#:$1\" > arguments; cat > input\n" ANSWER);
	assert_string_equal(login.problem, "");
	assert_string_equal(login.username, "jane");
	assert_string_equal(login.password, "open sesame");
	assert_string_equal(scratch_text("arguments"), "1:get\n");
	assert_string_equal(scratch_text("input"), "registry.example:5000");
	log_forget_secrets();
}

static void the_secret_is_known_as_one(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	char text[] = "wrong password: open sesame";

	scripts_on_path(state);
	ask(&arena, ANSWER);
	log_redact(text);
	assert_string_equal(text, "wrong password: ***********");
	log_forget_secrets();
}

static const struct {
	const char *label, *body;
	const char *problem; /* "" where it knows no credentials, and that is all */
} failure_cases[] = {
	{ "knows none", "echo credentials not found in native keychain; exit 1", "" },
	{ "knows none, with white space",
	  "printf '\\n credentials not found in native keychain\\r\\n'; exit 1", "" },
	{ "knows none, and warns",
	  "echo credentials not found in native keychain; echo old >&2; exit 1", "" },
	{ "says why on standard output", "echo keychain is locked; exit 1",
	  "docker-credential-test: exit status 1: keychain is locked" },
	{ "says why on standard error", "echo keychain is locked >&2; exit 2",
	  "docker-credential-test: exit status 2: keychain is locked" },
	{ "says nothing", "exit 1", "docker-credential-test: exit status 1" },
	{ "more than a message",
	  "echo credentials not found in native keychain, or so; exit 1",
	  "docker-credential-test: exit status 1: credentials not found in native "
	  "keychain, "
	  "or so" },
	{ "many lines", "printf 'a\\nb\\033\\n'; exit 1",
	  "docker-credential-test: exit status 1: a b" },
	{ "no JSON", "echo welcome",
	  "docker-credential-test: answered with no JSON object with distinct keys" },
	{ "too much", "exec head -c 1000000 /dev/zero",
	  "docker-credential-test: wrote more than 65536 bytes" },
};

static void what_goes_wrong_is_the_problem_of_the_login(void **state)
{
	scripts_on_path(state);
	for (size_t i = 0; i < ARRAY_LENGTH(failure_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *label = failure_cases[i].label;
		struct docker_login login = ask(&arena, failure_cases[i].body);

		CHECK_TEXT(label, login.problem, failure_cases[i].problem);
		CHECK_TEXT(label, login.username, "");
		CHECK_TEXT(label, login.password, "");
		CHECK_TEXT(label, login.identity_token, "");
	}
}

static void a_missing_helper_is_named(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct docker_login login =
		credential_helper_get(&arena, "no-such-keychain", "quay.io");

	(void)state;
	assert_non_null(strstr(login.problem,
			       "docker-credential-no-such-keychain: not found in PATH"));
}

static const struct {
	const char *label, *name, *server;
} refused_cases[] = {
	{ "no name", "", "quay.io" },
	{ "a path", "../../tmp/x", "quay.io" },
	{ "an absolute path", "/tmp/x", "quay.io" },
	{ "dots", "..", "quay.io" },
	{ "a space", "a b", "quay.io" },
	{ "a shell's character", "a;id", "quay.io" },
	{ "too long",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "a",
	  "quay.io" },
	{ "two servers", "test", "quay.io\nghcr.io" },
};

static void odd_names_start_nothing(void **state)
{
	scripts_on_path(state);
	script_write("docker-credential-test", "touch started");
	for (size_t i = 0; i < ARRAY_LENGTH(refused_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct docker_login login = credential_helper_get(
			&arena, refused_cases[i].name, refused_cases[i].server);

		CHECK(refused_cases[i].label, login.problem[0] != '\0');
		CHECK(refused_cases[i].label, access("started", F_OK) != 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read_as_the_protocol_has_them),
		cmocka_unit_test(depth_is_bounded),
		WITH_SCRIPTS(a_helper_is_asked_for_the_server_and_for_nothing_else),
		WITH_SCRIPTS(the_secret_is_known_as_one),
		WITH_SCRIPTS(what_goes_wrong_is_the_problem_of_the_login),
		WITH_SCRIPTS(a_missing_helper_is_named),
		WITH_SCRIPTS(odd_names_start_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
