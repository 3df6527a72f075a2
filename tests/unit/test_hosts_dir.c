/* A folder of hosts.toml files. */
#include "source/hosts_dir.h"

#include "tests/unit/scratch.h"

static void put(const char *folder, const char *name, const char *text)
{
	char path[200];

	mkdir("d", 0700);
	snprintf(path, sizeof(path), "d/%s", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "d/%s/%s", folder, name);
	scratch_write(path, text, strlen(text));
}

static void a_registry_has_one_folder_or_that_of_all(void **state)
{
	static const struct {
		const char *registry, *folder;
	} cases[] = {
		{ "quay.io", "quay.io" },
		{ "a.example:5000", "a.example_5000_" },
		{ "b.example:5000", "b.example:5000" },
		{ "c.example:5000", "_default" },
		{ "a.example", "_default" },
		{ "[::1]:5000", "[::1]_5000_" },
	};
	CLEANUP(hosts_dir_release) struct hosts_dir dir = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	put("quay.io", "hosts.toml", "");
	put("a.example_5000_", "hosts.toml", "");
	put("a.example:5000", "hosts.toml", "");
	put("b.example:5000", "hosts.toml", "");
	put("[::1]_5000_", "hosts.toml", "");
	put("_default", "hosts.toml", "");
	assert_true(hosts_dir_read(&dir, "d", &err));
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		CHECK_TEXT(cases[i].registry,
			   hosts_dir_find(&dir, cases[i].registry)->folder,
			   cases[i].folder);
}

static void no_folder_or_none_for_a_registry_says_nothing(void **state)
{
	CLEANUP(hosts_dir_release) struct hosts_dir none = { 0 }, dir = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_true(hosts_dir_read(&none, NULL, &err));
	assert_null(hosts_dir_find(&none, "quay.io"));
	put("quay.io", "ca.crt", "certificates alone");
	scratch_write("d/README", "x", 1);
	assert_true(hosts_dir_read(&dir, "d", &err));
	assert_null(hosts_dir_find(&dir, "ghcr.io"));
	assert_int_equal(hosts_dir_find(&dir, "quay.io")->host_count, 0);
}

static void hosts_come_in_their_order_with_what_is_said_of_them(void **state)
{
	CLEANUP(hosts_dir_release) struct hosts_dir dir = { 0 };
	const struct hosts_file *file;
	struct error err = ERROR_INIT;

	(void)state;
	put("docker.io", "m.crt", "-----BEGIN CERTIFICATE-----");
	put("docker.io", "hosts.toml",
	    "server = \"https://docker.io\"\n"
	    "skip_verify = true\n"
	    "[host.\"https://z.example:5000\"]\n"
	    "  capabilities = [\"pull\"]\n"
	    "  ca = \"m.crt\"\n"
	    "  dial_timeout = \"1s\"\n"
	    "[host.\"http://a.example/hub/\"]\n"
	    "[host.\"b.example/x\"]\n"
	    "  override_path = true\n"
	    "  capabilities = [\"resolve\", \"push\"]\n");
	if (!hosts_dir_read(&dir, "d", &err))
		fail_msg("%s", err.text);
	file = hosts_dir_find(&dir, "docker.io");
	assert_int_equal(file->host_count, 3);
	assert_string_equal(file->hosts[0].base, "https://z.example:5000");
	assert_string_equal(file->hosts[0].api, "/v2");
	assert_true(file->hosts[0].pull && !file->hosts[0].resolve);
	assert_non_null(strstr(file->hosts[0].trust.ca_pem, "BEGIN CERTIFICATE"));
	assert_string_equal(file->hosts[1].base, "http://a.example");
	assert_string_equal(file->hosts[1].api, "/hub/v2");
	assert_true(file->hosts[1].pull && file->hosts[1].resolve);
	assert_string_equal(file->hosts[2].base, "https://b.example");
	assert_string_equal(file->hosts[2].api, "/x");
	assert_true(!file->hosts[2].pull && file->hosts[2].resolve);
	assert_string_equal(file->server->base, "https://registry-1.docker.io");
	assert_string_equal(file->server->name, "docker.io");
	assert_true(file->server->trust.insecure && !file->hosts[0].trust.insecure);
}

static void what_is_not_understood_is_an_error_that_names_the_line(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "server = true", "line 1: server: not a string" },
		{ "server = \"https://\"", "line 1: server: " },
		{ "server = \"https://a:b@c.io\"", "line 1: server: more than" },
		{ "server = \"ftp://c.io\"", "line 1: server: " },
		{ "skip_verify = true", "line 1: skip_verify: only read beside server" },
		{ "x = true", "line 1: x: not supported" },
		{ "proxy = \"http://p\"", "line 1: proxy: not supported" },
		{ "[header]\nx = \"y\"", "line 1: header: not supported" },
		{ "[host.\"https://m.io\"]\nclient = \"c.pem\"",
		  "line 2: client: not supported" },
		{ "[host.\"https://m.io\".header]\nx = \"y\"",
		  "line 1: header: not supported" },
		{ "host.\"https://m.io\".skip_verify = true",
		  "line 1: skip_verify: not supported" },
		{ "[host.\"https://m.io?x\"]", "more than a scheme" },
		{ "[host.\"https://m.io\"]\ncapabilities = \"pull\"",
		  "line 2: capabilities: not an array" },
		{ "[host.\"https://m.io\"]\ncapabilities = [\"run\"]",
		  "line 2: capabilities: not one of" },
		{ "[host.\"https://m.io\"]\nskip_verify = \"yes\"",
		  "line 2: skip_verify: neither true" },
		{ "[host.\"https://m.io\"]\noverride_path = \"yes\"",
		  "line 2: override_path: neither true" },
		{ "[host.\"https://m.io\"]\nca = true", "line 2: ca: neither a path" },
		{ "[host.\"https://m.io\"]\nca = \"nowhere.crt\"",
		  "line 2: ca: No such file" },
		{ "[host.\"https://m.io\"]\nca = \"hosts.toml\"",
		  "line 2: ca: no PEM certificate" },
		{ "[host.\"https://m.io\"]\ndial_timeout = true",
		  "line 2: dial_timeout: not a string" },
		{ "a = 1", "line 1: neither a string" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(hosts_dir_release) struct hosts_dir dir = { 0 };
		struct error err = ERROR_INIT;

		put("m", "hosts.toml", cases[i].text);
		CHECK(cases[i].text, !hosts_dir_read(&dir, "d", &err));
		CHECK(cases[i].text, err.code == ERROR_USAGE);
		CHECK(cases[i].text, strstr(err.text, "d/m/hosts.toml: "));
		if (!strstr(err.text, cases[i].says))
			fail_msg("%s: %s", cases[i].text, err.text);
	}
}

static void a_folder_that_was_named_must_be_there(void **state)
{
	CLEANUP(hosts_dir_release) struct hosts_dir dir = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_false(hosts_dir_read(&dir, "nowhere", &err));
	assert_string_equal(err.text, "--hosts-dir nowhere: No such file or directory");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCRATCH(a_registry_has_one_folder_or_that_of_all),
		IN_SCRATCH(no_folder_or_none_for_a_registry_says_nothing),
		IN_SCRATCH(hosts_come_in_their_order_with_what_is_said_of_them),
		IN_SCRATCH(what_is_not_understood_is_an_error_that_names_the_line),
		IN_SCRATCH(a_folder_that_was_named_must_be_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
