/*
 * test_pull_secrets.c - which credentials of which secret are for which image
 */
#include "source/pull_secrets.h"

#include "base/base64.h"
#include "base/log.h"
#include "tests/unit/check.h"

#define CONFIG_TYPE "kubernetes.io/dockerconfigjson"
#define LEGACY_TYPE "kubernetes.io/dockercfg"
#define JANE "\"username\":\"jane\",\"password\":\"correct horse\""

static const struct pull_secret shop = { "shop", "regcred" };
static const struct pull_secret data = { "data", "regcred" };

/* A Secret of that type, whose only value is `config` in base64. */
static bool add(struct pull_secrets *secrets, const struct pull_secret *secret,
		const char *type, const char *config, struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(65536);
	const char *key =
		strcmp(type, LEGACY_TYPE) == 0 ? ".dockercfg" : ".dockerconfigjson";

	*err = (struct error)ERROR_INIT;
	buf_printf(&text, "{\"type\":\"%s\",\"data\":{\"%s\":\"", type, key);
	base64_encode(&text, config, strlen(config));
	buf_puts(&text, "\"}}");
	return pull_secrets_add(secrets, secret, text.data, text.length, err);
}

/* A pod of that namespace runs that image. */
static void run(struct snapshot *snapshot, const char *namespace, const char *registry,
		const char *repository)
{
	struct running_use *use = snapshot_extend_running(snapshot, 1);

	*use = (struct running_use){ .namespace = namespace };
	use->image.state = REFERENCE_OK;
	use->image.ref.registry = registry;
	use->image.ref.repository = repository;
}

/* The user name that is tried at that place, or "". */
static const char *user_at(const struct pull_secrets *secrets, const char *registry,
			   const char *repository, size_t place)
{
	struct docker_login login;

	return pull_secrets_find(secrets, registry, repository, place, &login)
		       ? login.username
		       : "";
}

static const struct {
	const char *label, *key, *registry, *repository;
	bool matches;
} key_cases[] = {
	{ "a host", "quay.io", "quay.io", "team/app", true },
	{ "another host", "quay.io", "ghcr.io", "team/app", false },
	{ "the end of a host", "quay.io", "evilquay.io", "team/app", false },
	{ "its beginning", "quay.io", "quay.io.evil.example", "team/app", false },
	{ "with scheme and version", "https://quay.io/v1/", "quay.io", "app", true },
	{ "with http and version 2", "http://quay.io/v2/", "quay.io", "app", true },
	{ "a version and a path", "https://quay.io/v2/team", "quay.io", "team/app",
	  true },
	{ "a path", "quay.io/team", "quay.io", "team/app", true },
	{ "a path is a plain prefix", "quay.io/team", "quay.io", "teamwork/app", true },
	{ "another path", "quay.io/team", "quay.io", "other/app", false },
	{ "a path that is longer", "quay.io/team/app/x", "quay.io", "team/app", false },
	{ "a port", "r.example:5000", "r.example:5000", "app", true },
	{ "without the port", "r.example", "r.example:5000", "app", false },
	{ "another port", "r.example:5001", "r.example:5000", "app", false },
	{ "a port that is the beginning", "r.example:50", "r.example:5000", "app",
	  false },
	{ "a port that nobody asked for", "r.example:5000", "r.example", "app", false },
	{ "a glob", "*.example.com", "eu.example.com", "app", true },
	{ "a part of a label", "eu-*.example.com", "eu-1.example.com", "app", true },
	{ "one character", "eu?.example.com", "eu1.example.com", "app", true },
	{ "a glob is one label", "*.example.com", "a.b.example.com", "app", false },
	{ "not none", "*.example.com", "example.com", "app", false },
	{ "globs and a port", "*.*:5000", "r.example:5000", "app", true },
	{ "a glob is no port", "r.example:*", "r.example:5000", "app", false },
	{ "Docker Hub's own key", "https://index.docker.io/v1/", "docker.io",
	  "library/nginx", true },
	{ "Docker Hub by its name", "docker.io", "docker.io", "library/nginx", true },
	{ "a path of Docker Hub", "index.docker.io/team", "docker.io", "team/app", true },
	{ "Docker Hub's key is for nobody else", "index.docker.io", "quay.io", "app",
	  false },
	{ "many stars", "*a*a*a*a*a*a*a*a*a*b.example",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example",
	  "app", false },
	{ "nothing", "", "quay.io", "app", false },
};

static void keys_match_as_the_kubelets_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(key_cases); i++) {
		CLEANUP(snapshot_release) struct snapshot snapshot;
		CLEANUP(pull_secrets_release)
		struct pull_secrets secrets = PULL_SECRETS_INIT;
		struct error err;
		char config[512];

		snapshot_init(&snapshot, 0);
		snprintf(config, sizeof(config), "{\"auths\":{\"%s\":{" JANE "}}}",
			 key_cases[i].key);
		assert_true(add(&secrets, &shop, CONFIG_TYPE, config, &err));
		run(&snapshot, "shop", key_cases[i].registry, key_cases[i].repository);
		pull_secrets_settle(&secrets, &snapshot);
		CHECK(key_cases[i].label,
		      (user_at(&secrets, key_cases[i].registry, key_cases[i].repository,
			       0)[0] != '\0') == key_cases[i].matches);
	}
	log_forget_secrets();
}

static void a_secret_is_for_the_images_of_its_own_namespace(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(pull_secrets_release) struct pull_secrets secrets = PULL_SECRETS_INIT;
	struct error err;

	(void)state;
	snapshot_init(&snapshot, 0);
	assert_true(add(&secrets, &shop, CONFIG_TYPE,
			"{\"auths\":{\"quay.io\":{" JANE "}}}", &err));
	run(&snapshot, "shop", "quay.io", "team/app");
	run(&snapshot, "data", "quay.io", "team/db");
	pull_secrets_settle(&secrets, &snapshot);
	assert_string_equal(user_at(&secrets, "quay.io", "team/app", 0), "jane");
	assert_string_equal(user_at(&secrets, "quay.io", "team/db", 0), "");
	assert_string_equal(user_at(&secrets, "quay.io", "team/nowhere", 0), "");
	log_forget_secrets();
}

static void the_longest_key_comes_first_and_equal_ones_once(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(pull_secrets_release) struct pull_secrets secrets = PULL_SECRETS_INIT;
	const char *const both =
		"{\"auths\":{\"quay.io\":{" JANE "},"
		"\"quay.io/team\":{\"auth\":\"dGVhbTpwYXNzOndvcmQ\"}}}"; /* unpadded */
	struct docker_login login;
	struct error err;

	(void)state;
	snapshot_init(&snapshot, 0);
	assert_true(add(&secrets, &shop, CONFIG_TYPE, both, &err));
	assert_true(add(&secrets, &data, CONFIG_TYPE, both, &err));
	run(&snapshot, "shop", "quay.io", "team/app");
	run(&snapshot, "data", "quay.io", "team/app");
	pull_secrets_settle(&secrets, &snapshot);
	assert_true(pull_secrets_find(&secrets, "quay.io", "team/app", 0, &login));
	assert_string_equal(login.username, "team");
	assert_string_equal(login.password, "pass:word");
	assert_string_equal(login.origin, "pull secret data/regcred");
	assert_string_equal(user_at(&secrets, "quay.io", "team/app", 1), "jane");
	assert_false(pull_secrets_find(&secrets, "quay.io", "team/app", 2, &login));
	log_forget_secrets();
}

static const struct {
	const char *label, *type, *config;
	bool ok;
	size_t keys;
} form_cases[] = {
	{ "config", CONFIG_TYPE, "{\"auths\":{\"a.example\":{" JANE "}}}", true, 1 },
	{ "legacy", LEGACY_TYPE, "{\"a.example\":{" JANE "}}", true, 1 },
	{ "another type", "Opaque", "{\"auths\":{\"a.example\":{" JANE "}}}", true, 0 },
	{ "no auths", CONFIG_TYPE, "{}", true, 0 },
	{ "auths of another kind", CONFIG_TYPE, "{\"auths\":[1]}", true, 0 },
	{ "an empty entry", CONFIG_TYPE, "{\"auths\":{\"a.example\":{}}}", true, 0 },
	{ "identity tokens are not looked at", CONFIG_TYPE,
	  "{\"auths\":{\"a.example\":{\"identitytoken\":\"x\"}}}", true, 0 },
	{ "no JSON", CONFIG_TYPE, "hunter2", false, 0 },
	{ "no colon", CONFIG_TYPE,
	  "{\"auths\":{\"a.example\":{\"auth\":\"aHVudGVyMg==\"}}}", false, 0 },
	{ "no base64", CONFIG_TYPE, "{\"auths\":{\"a.example\":{\"auth\":\"hunter2!\"}}}",
	  false, 0 },
};

static void both_types_are_read_and_errors_quote_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(form_cases); i++) {
		CLEANUP(pull_secrets_release)
		struct pull_secrets secrets = PULL_SECRETS_INIT;
		struct error err;
		bool ok = add(&secrets, &shop, form_cases[i].type, form_cases[i].config,
			      &err);

		CHECK(form_cases[i].label, ok == form_cases[i].ok);
		CHECK(form_cases[i].label, ok == (err.code == ERROR_NONE));
		CHECK(form_cases[i].label, secrets.key_count == form_cases[i].keys);
		CHECK(form_cases[i].label, !strstr(err.text, "hunter2"));
	}
	log_forget_secrets();
}

static void names_are_kept_once_and_only_if_they_can_be_one(void **state)
{
	static const char *const bad[] = { "",      ".",   "../pods", "a/b",
					   "Upper", "a b", "a?b" };
	CLEANUP(pull_secrets_release) struct pull_secrets secrets = PULL_SECRETS_INIT;
	const struct pull_secret *first;

	(void)state;
	pull_secrets_name(&secrets, "shop", "reg.cred-1");
	pull_secrets_name(&secrets, "shop", "reg.cred-1");
	pull_secrets_name(&secrets, "data", "reg.cred-1");
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		pull_secrets_name(&secrets, "shop", bad[i]);
		pull_secrets_name(&secrets, bad[i], "regcred");
	}
	assert_int_equal(secrets.named.count, 2);
	first = secrets.named.entries[0].value;
	assert_string_equal(first->namespace, "shop");
	assert_string_equal(first->name, "reg.cred-1");
}

/* Two clusters run images of one registry in a namespace of one name. */
static void each_cluster_has_its_own_namespaces(void **state)
{
	CLEANUP(pull_secrets_release) struct pull_secrets whole = PULL_SECRETS_INIT;
	static const struct {
		const char *user, *repository;
	} clusters[] = { { "ann", "team/app" }, { "bob", "team/tool" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(clusters); i++) {
		CLEANUP(snapshot_release) struct snapshot snapshot;
		CLEANUP(pull_secrets_release)
		struct pull_secrets part = PULL_SECRETS_INIT;
		struct error err = ERROR_INIT;
		char auths[200];

		snapshot_init(&snapshot, 0);
		snprintf(auths, sizeof(auths),
			 "{\"auths\":{\"quay.io\":{\"username\":\"%s\","
			 "\"password\":\"swordfish\"}}}",
			 clusters[i].user);
		assert_true(add(&part, &shop, CONFIG_TYPE, auths, &err));
		run(&snapshot, "shop", "quay.io", clusters[i].repository);
		pull_secrets_settle(&part, &snapshot);
		pull_secrets_merge(&whole, &part);
		assert_int_equal(part.key_count, 0);
	}
	assert_string_equal(user_at(&whole, "quay.io", "team/app", 0), "ann");
	assert_string_equal(user_at(&whole, "quay.io", "team/app", 1), "");
	assert_string_equal(user_at(&whole, "quay.io", "team/tool", 0), "bob");
	log_forget_secrets();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_match_as_the_kubelets_do),
		cmocka_unit_test(a_secret_is_for_the_images_of_its_own_namespace),
		cmocka_unit_test(the_longest_key_comes_first_and_equal_ones_once),
		cmocka_unit_test(both_types_are_read_and_errors_quote_nothing),
		cmocka_unit_test(names_are_kept_once_and_only_if_they_can_be_one),
		cmocka_unit_test(each_cluster_has_its_own_namespaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
