#include "source/docker_config.h"

#include "base/log.h"
#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

#define JANE "amFuZTpvcGVuOnNlc2FtZQ==" /* jane:open:sesame */

/* Load `text` as a file named explicitly, or fail. */
static struct docker_config load(const char *text)
{
	struct docker_config config;
	struct error err = ERROR_INIT;

	scratch_write("config.json", text, strlen(text));
	if (!docker_config_load(&config, "config.json", &err))
		fail_msg("%s", err.text);
	return config;
}

static const struct {
	const char *label, *text, *registry, *repository;
	const char *username, *password;
} find_cases[] = {
	{ "auth", "{\"auths\":{\"ghcr.io\":{\"auth\":\"" JANE "\"}}}", "ghcr.io", "a/b",
	  "jane", "open:sesame" },
	{ "auth without padding",
	  "{\"auths\":{\"ghcr.io\":{\"auth\":\"amFuZTpvcGVuOnNlc2FtZQ\"}}}", "ghcr.io",
	  "a/b", "jane", "open:sesame" },
	{ "auth padded with NULs", "{\"auths\":{\"h:1\":{\"auth\":\"YTpiAAA=\"}}}", "h:1",
	  "a", "a", "b" },
	{ "user name and password",
	  "{\"auths\":{\"h:1\":{\"username\":\"u\",\"password\":\"p\"}}}", "h:1", "a",
	  "u", "p" },
	{ "auth before user name",
	  "{\"auths\":{\"h:1\":{\"username\":\"u\",\"password\":\"p\",\"auth\":\"" JANE
	  "\"}}}",
	  "h:1", "a", "jane", "open:sesame" },
	{ "Docker Hub's key",
	  "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"" JANE "\"}}}",
	  "docker.io", "library/nginx", "jane", "open:sesame" },
	{ "Docker Hub by name", "{\"auths\":{\"docker.io\":{\"auth\":\"" JANE "\"}}}",
	  "docker.io", "library/nginx", "jane", "open:sesame" },
	{ "a key with scheme and path",
	  "{\"auths\":{\"https://ghcr.io/v2/\":{\"auth\":\"" JANE "\"}}}", "ghcr.io", "a",
	  "jane", "open:sesame" },
	{ "a key in capitals", "{\"auths\":{\"GHCR.io\":{\"auth\":\"" JANE "\"}}}",
	  "ghcr.io", "a", "jane", "open:sesame" },
	{ "another host", "{\"auths\":{\"ghcr.io\":{\"auth\":\"" JANE "\"}}}", "quay.io",
	  "a", "", "" },
	{ "another port", "{\"auths\":{\"h:1\":{\"auth\":\"" JANE "\"}}}", "h:2", "a", "",
	  "" },
	{ "a host that begins alike", "{\"auths\":{\"ghcr.io\":{\"auth\":\"" JANE "\"}}}",
	  "ghcr.io.evil.com", "a", "", "" },
	{ "a path", "{\"auths\":{\"quay.io/team\":{\"auth\":\"" JANE "\"}}}", "quay.io",
	  "team/app", "jane", "open:sesame" },
	{ "the path itself", "{\"auths\":{\"quay.io/team\":{\"auth\":\"" JANE "\"}}}",
	  "quay.io", "team", "jane", "open:sesame" },
	{ "a path that begins alike",
	  "{\"auths\":{\"quay.io/team\":{\"auth\":\"" JANE "\"}}}", "quay.io",
	  "teams/app", "", "" },
	{ "the longest path",
	  "{\"auths\":{\"quay.io\":{\"username\":\"all\",\"password\":\"p\"},"
	  "\"quay.io/team/app\":{\"auth\":\"" JANE "\"},"
	  "\"quay.io/team\":{\"username\":\"team\",\"password\":\"p\"}}}",
	  "quay.io", "team/app", "jane", "open:sesame" },
	{ "an empty entry", "{\"auths\":{\"ghcr.io\":{}}}", "ghcr.io", "a", "", "" },
	{ "an entry of nothing", "{\"auths\":{\"ghcr.io\":null}}", "ghcr.io", "a", "",
	  "" },
	{ "nothing at all", "{}", "ghcr.io", "a", "", "" },
};

static void credentials_are_found_by_host_and_longest_path(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(find_cases); i++) {
		CLEANUP(docker_config_release)
		struct docker_config config = load(find_cases[i].text);
		struct docker_login login = docker_config_find(
			&config, find_cases[i].registry, find_cases[i].repository);

		CHECK_TEXT(find_cases[i].label, login.username, find_cases[i].username);
		CHECK_TEXT(find_cases[i].label, login.password, find_cases[i].password);
		CHECK_TEXT(find_cases[i].label, login.problem, "");
	}
}

static void tokens_are_kept_apart_from_passwords(void **state)
{
	CLEANUP(docker_config_release)
	struct docker_config config =
		load("{\"auths\":{\"a.io\":{\"identitytoken\":\"id\"},"
		     "\"b.io\":{\"registrytoken\":\"rt\"}}}");

	(void)state;
	assert_string_equal(docker_config_find(&config, "a.io", "x").identity_token,
			    "id");
	assert_string_equal(docker_config_find(&config, "b.io", "x").registry_token,
			    "rt");
}

static const struct {
	const char *label, *text, *reason;
} bad_cases[] = {
	{ "no JSON", "{", "config.json, line 1: no JSON object" },
	{ "a list", "[]", "config.json, line 1: no JSON object" },
	{ "nothing", "", "config.json, line 1: no JSON object" },
	{ "two entries of one key", "{\"auths\":{},\"auths\":{}}",
	  "config.json, line 1: no JSON object" },
	{ "no base64", "{\"auths\":{\"ghcr.io\":{\"auth\":\"***secret***\"}}}",
	  "config.json: ghcr.io: auth: " },
	{ "no colon", "{\"auths\":{\"ghcr.io\":{\"auth\":\"c2VjcmV0\"}}}",
	  "config.json: ghcr.io: auth: no colon" },
};

static void a_broken_file_is_an_error_that_names_the_place_and_no_secret(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bad_cases); i++) {
		CLEANUP(docker_config_release) struct docker_config config;
		struct error err = ERROR_INIT;

		scratch_write("config.json", bad_cases[i].text,
			      strlen(bad_cases[i].text));
		CHECK(bad_cases[i].label,
		      !docker_config_load(&config, "config.json", &err));
		CHECK(bad_cases[i].label, err.code == ERROR_USAGE);
		CHECK(bad_cases[i].label, strncmp(err.text, bad_cases[i].reason,
						  strlen(bad_cases[i].reason)) == 0);
		CHECK(bad_cases[i].label, !strstr(err.text, "secret"));
	}
}

static void a_file_that_was_named_must_be_there(void **state)
{
	CLEANUP(docker_config_release) struct docker_config config;
	struct error err = ERROR_INIT;

	(void)state;
	assert_false(docker_config_load(&config, "none.json", &err));
	assert_int_equal(err.code, ERROR_USAGE);
}

/* The usual places in order of precedence; each is written with its own name as user. */
static const struct {
	const char *variable, *value, *path;
} places[] = {
	{ "REGISTRY_AUTH_FILE", "explicit.json", "explicit.json" },
	{ "DOCKER_CONFIG", "docker", "docker/config.json" },
	{ "XDG_RUNTIME_DIR", "runtime", "runtime/containers/auth.json" },
	{ "XDG_CONFIG_HOME", "settings", "settings/containers/auth.json" },
};

static const char *const folders[] = {
	"docker",  "runtime", "runtime/containers", "settings", "settings/containers",
	".docker", ".config", ".config/containers"
};

static void enter_home(void)
{
	setenv("HOME", ".", 1);
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
		unsetenv(places[i].variable);
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++)
		assert_int_equal(mkdir(folders[i], 0700), 0);
}

/* An auth.json for a registry, whose user is called like the file. */
static void write_login(const char *path, const char *registry)
{
	char text[200];

	snprintf(text, sizeof(text),
		 "{\"auths\":{\"%s\":{\"username\":\"%s\",\"password\":\"p\"},"
		 "\"empty.io\":{}}}",
		 registry, path);
	scratch_write(path, text, strlen(text));
}

/* The user for a registry, by the usual places; "" for none. */
static void check_user(const char *registry, const char *user, const char *origin)
{
	CLEANUP(docker_config_release) struct docker_config config;
	struct error err = ERROR_INIT;
	struct docker_login login;

	assert_true(docker_config_load(&config, NULL, &err));
	login = docker_config_find(&config, registry, "team/app");
	assert_string_equal(login.username, user);
	assert_string_equal(login.origin, origin);
}

static void without_a_name_the_usual_places_count_and_may_be_empty(void **state)
{
	(void)state;
	enter_home();
	check_user("a.io", "", "");
	for (size_t i = ARRAY_LENGTH(places); i-- > 0;) {
		setenv(places[i].variable, places[i].value, 1);
		check_user("a.io", "", "");
		unsetenv(places[i].variable);
	}
	write_login(".config/containers/auth.json", "a.io");
	check_user("a.io", ".config/containers/auth.json",
		   "./.config/containers/auth.json");
	write_login(".docker/config.json", "a.io");
	check_user("a.io", ".docker/config.json", "./.docker/config.json");
	check_user("empty.io", "", "");
}

static void each_place_gives_way_to_those_before_it(void **state)
{
	(void)state;
	enter_home();
	for (size_t i = ARRAY_LENGTH(places); i-- > 0;) {
		setenv(places[i].variable, places[i].value, 1);
		write_login(places[i].path, "a.io");
		check_user("a.io", places[i].path, places[i].path);
	}
	/* What the first ones do not know, later ones are asked for. */
	write_login(places[0].path, "b.io");
	check_user("a.io", places[1].path, places[1].path);
	check_user("b.io", places[0].path, places[0].path);
	check_user("c.io", "", "");
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
		unsetenv(places[i].variable);
}

static void a_file_that_is_named_is_the_only_one(void **state)
{
	struct docker_config config;

	(void)state;
	enter_home();
	write_login(".docker/config.json", "a.io");
	config = load("{\"auths\":{}}");
	assert_string_equal(docker_config_find(&config, "a.io", "x").username, "");
	docker_config_release(&config);
}

static void the_variable_comes_before_the_file_and_its_helpers(void **state)
{
	struct docker_config config;
	struct docker_login login;

	(void)state;
	setenv("DOCKER_AUTH_CONFIG",
	       "{\"auths\":{\"a.io\":{\"auth\":\"" JANE
	       "\"}},\"credsStore\":\"ignored\"}",
	       1);
	config = load("{\"auths\":{\"a.io\":{\"username\":\"u\",\"password\":\"p\"},"
		      "\"b.io\":{\"username\":\"u\",\"password\":\"p\"}}}");
	unsetenv("DOCKER_AUTH_CONFIG");
	login = docker_config_find(&config, "a.io", "x");
	assert_string_equal(login.username, "jane");
	assert_string_equal(login.origin, "DOCKER_AUTH_CONFIG");
	login = docker_config_find(&config, "b.io", "x");
	assert_string_equal(login.username, "u");
	assert_string_equal(login.origin, "config.json");
	assert_int_equal(config.helper_count, 0);
	docker_config_release(&config);
}

static void a_helper_that_cannot_be_used_is_a_problem_and_no_way_around_it(void **state)
{
	CLEANUP(docker_config_release)
	struct docker_config config =
		load("{\"auths\":{\"a.io\":{\"auth\":\"" JANE "\"},"
		     "\"b.io\":{\"auth\":\"" JANE "\"}},"
		     "\"credHelpers\":{\"a.io\":\"no-such-helper-anywhere\"}}");
	struct docker_login login = docker_config_find(&config, "a.io", "x");

	(void)state;
	assert_string_equal(login.username, "");
	assert_non_null(strstr(login.problem, "no-such-helper-anywhere"));
	assert_string_equal(login.origin, "docker-credential-no-such-helper-anywhere");
	login = docker_config_find(&config, "b.io", "x");
	assert_string_equal(login.username, "jane");
}

static void secrets_are_known_to_the_log(void **state)
{
	CLEANUP(docker_config_release)
	struct docker_config config = load("{\"auths\":{\"a.io\":{\"auth\":\"" JANE "\"},"
					   "\"b.io\":{\"identitytoken\":\"identity\"}}}");
	char text[] = "open:sesame " JANE " identity";

	(void)state;
	assert_string_equal(docker_config_find(&config, "a.io", "x").username, "jane");
	log_redact(text);
	assert_null(strstr(text, "open"));
	assert_null(strstr(text, "amFu"));
	assert_null(strstr(text, "identity"));
	log_forget_secrets();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCRATCH(credentials_are_found_by_host_and_longest_path),
		IN_SCRATCH(tokens_are_kept_apart_from_passwords),
		IN_SCRATCH(a_broken_file_is_an_error_that_names_the_place_and_no_secret),
		IN_SCRATCH(a_file_that_was_named_must_be_there),
		IN_SCRATCH(without_a_name_the_usual_places_count_and_may_be_empty),
		IN_SCRATCH(each_place_gives_way_to_those_before_it),
		IN_SCRATCH(a_file_that_is_named_is_the_only_one),
		IN_SCRATCH(the_variable_comes_before_the_file_and_its_helpers),
		IN_SCRATCH(
			a_helper_that_cannot_be_used_is_a_problem_and_no_way_around_it),
		IN_SCRATCH(secrets_are_known_to_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
