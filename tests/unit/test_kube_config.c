#include "source/kube_config.h"

#include "base/base64.h"
#include "base/log.h"
#include "source/kube_account.h"
#include "source/kube_entries.h"

#include "tests/unit/check.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

/* Self-signed, valid up to 2026-11-22T23:59:59Z. */
#define CERTIFICATE                                                                      \
	"-----BEGIN CERTIFICATE-----\n"                                                  \
	"MIIBEzCBu6ADAgECAgEBMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB2F1ZGl0b3Iw\n"             \
	"IhgPMjAyNjAxMDEwMDAwMDBaGA8yMDI2MTEyMjIzNTk1OVowEjEQMA4GA1UEAwwH\n"             \
	"YXVkaXRvcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLHDg749BN+FrIxPEedd\n"             \
	"n3aZaaL8veiOB8fzev3Qw6pdJfrc5wo5J/WO1FP2CcokwYL3h5f87lwZbzuBgAni\n"             \
	"bEIwCgYIKoZIzj0EAwIDRwAwRAIgdFo5nqri3yPkh7lVaVxm5n2CEnUZ2erccGn2\n"             \
	"hrIqdAwCIGZz1bgRxllT044AA8uZ2a5OzpaMoglTHto0QqnTD63P\n"                         \
	"-----END CERTIFICATE-----\n"
#define CERTIFICATE_ENDS_AT 1795391999
#define KEY "-----BEGIN PRIVATE KEY-----\nnot read here\n"
#define OTHER_CA "-----BEGIN CERTIFICATE-----\nanother\n"

/* A folder of its own for each test, and an environment that names nothing. */
struct fixture {
	char folder[64];
	struct arena arena;
	struct kube_config config;
	struct error err;
};

static int set_up(void **state)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));

	memcpy(fixture->folder, "/tmp/test_kube_config.XXXXXX", 29);
	if (!mkdtemp(fixture->folder))
		return -1;
	unsetenv("KUBECONFIG");
	unsetenv("KUBERNETES_SERVICE_HOST");
	unsetenv("KUBERNETES_SERVICE_PORT");
	unsetenv("POD_NAMESPACE");
	setenv("HOME", fixture->folder, 1);
	*state = fixture;
	return 0;
}

static int remove_entry(const char *path, const struct stat *info, int kind,
			struct FTW *where)
{
	(void)info;
	(void)kind;
	(void)where;
	return remove(path);
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	kube_config_release(&fixture->config);
	arena_release(&fixture->arena);
	log_forget_secrets();
	nftw(fixture->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	free(fixture);
	return 0;
}

static const char *path_of(struct fixture *fixture, const char *name)
{
	return arena_printf(&fixture->arena, "%s/%s", fixture->folder, name);
}

static const char *write_file(struct fixture *fixture, const char *name, const char *text)
{
	const char *path = path_of(fixture, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	return path;
}

static const char *encoded(struct fixture *fixture, const char *text)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);

	base64_encode(&out, text, strlen(text));
	return arena_strdup(&fixture->arena, buf_text(&out));
}

/* A kubeconfig of one context, whose cluster and user have these fields. */
static const char *write_config(struct fixture *fixture, const char *cluster,
				const char *user)
{
	return write_file(fixture, "config",
			  arena_printf(&fixture->arena,
				       "apiVersion: v1\n"
				       "kind: Config\n"
				       "current-context: lab\n"
				       "clusters:\n- name: c\n  cluster: {%s}\n"
				       "users:\n- name: u\n  user: {%s}\n"
				       "contexts:\n- name: lab\n"
				       "  context: {cluster: c, user: u, namespace: n}\n",
				       cluster, user));
}

static bool load(struct fixture *fixture, const char *file, const char *context)
{
	kube_config_release(&fixture->config);
	fixture->err = (struct error)ERROR_INIT;
	return kube_config_load(&fixture->config, file, context, &fixture->err);
}

static void cluster_user_and_context_are_read(void **state)
{
	struct fixture *fixture = *state;
	const char *file = write_config(
		fixture,
		"server: 'https://api.example.com:6443/', tls-server-name: inner",
		"token: secret-token");

	assert_true(load(fixture, file, NULL));
	assert_string_equal(fixture->config.server, "https://api.example.com:6443");
	assert_string_equal(fixture->config.context, "lab");
	assert_string_equal(fixture->config.cluster, "c");
	assert_string_equal(fixture->config.namespace, "n");
	assert_string_equal(fixture->config.token, "secret-token");
	assert_string_equal(fixture->config.trust.server_name, "inner");
	assert_null(fixture->config.trust.ca_pem);
	assert_null(fixture->config.trust.proxy);
	assert_false(fixture->config.trust.insecure);
}

static void context_without_a_namespace_has_default(void **state)
{
	struct fixture *fixture = *state;
	const char *file =
		write_file(fixture, "config",
			   "clusters: [{name: c, cluster: {server: 'https://a'}}]\n"
			   "contexts: [{name: one, context: {cluster: c}}]\n");

	assert_true(load(fixture, file, "one"));
	assert_string_equal(fixture->config.namespace, "default");
	assert_string_equal(fixture->config.token, "");
}

static void json_is_yaml_enough(void **state)
{
	struct fixture *fixture = *state;
	const char *file = write_file(
		fixture, "config",
		"{\"current-context\": \"one\", \"clusters\": [{\"name\": \"c\", "
		"\"cluster\": {\"server\": \"https://a\", "
		"\"insecure-skip-tls-verify\": true}}], \"contexts\": "
		"[{\"name\": \"one\", \"context\": {\"cluster\": \"c\"}}]}");

	assert_true(load(fixture, file, NULL));
	assert_true(fixture->config.trust.insecure);
}

static void data_wins_over_files_and_files_are_beside_the_kubeconfig(void **state)
{
	struct fixture *fixture = *state;
	const char *file;

	write_file(fixture, "ca.pem", OTHER_CA);
	write_file(fixture, "client.pem", CERTIFICATE);
	write_file(fixture, "client.key", KEY);
	file = write_config(
		fixture,
		arena_printf(&fixture->arena,
			     "server: 'https://a', certificate-authority: gone.pem, "
			     "certificate-authority-data: %s",
			     encoded(fixture, CERTIFICATE)),
		"client-certificate: client.pem, client-key: ./client.key");
	assert_true(load(fixture, file, NULL));
	assert_string_equal(fixture->config.trust.ca_pem, CERTIFICATE);
	assert_string_equal(fixture->config.trust.certificate_pem, CERTIFICATE);
	assert_string_equal(fixture->config.trust.key_pem, KEY);
	assert_int_equal(fixture->config.certificate_expires_at, CERTIFICATE_ENDS_AT);

	file = write_config(fixture, "server: 'https://a', certificate-authority: ca.pem",
			    "");
	assert_true(load(fixture, file, NULL));
	assert_string_equal(fixture->config.trust.ca_pem, OTHER_CA);
	assert_int_equal(fixture->config.certificate_expires_at, 0);
}

static void token_file_is_trimmed_and_known_as_a_secret(void **state)
{
	struct fixture *fixture = *state;
	char text[] = "refused: file-token";

	write_file(fixture, "token", "file-token\r\n");
	assert_true(load(fixture,
			 write_config(fixture, "server: 'https://a'", "tokenFile: token"),
			 NULL));
	assert_string_equal(fixture->config.token, "file-token");
	assert_string_equal(fixture->config.token_file, path_of(fixture, "token"));
	log_redact(text);
	assert_null(strstr(text, "file-token"));

	/* The file wins when it is read; here it is not there, and the token stands. */
	assert_true(load(fixture,
			 write_config(fixture, "server: 'https://a'",
				      "tokenFile: gone, token: inline-token"),
			 NULL));
	assert_string_equal(fixture->config.token, "inline-token");
}

static void password_is_read_and_known_as_a_secret(void **state)
{
	struct fixture *fixture = *state;
	char text[] = "refused: my-password";

	assert_true(load(fixture,
			 write_config(fixture, "server: 'https://a'",
				      "username: jane, password: my-password"),
			 NULL));
	assert_string_equal(fixture->config.username, "jane");
	assert_string_equal(fixture->config.password, "my-password");
	log_redact(text);
	assert_null(strstr(text, "my-password"));
}

static void credentials_are_left_out_without_tls(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *cluster, *token;
	} cases[] = {
		{ "server: 'http://127.0.0.1:8001'", "" },
		{ "server: 'HTTP://127.0.0.1:8001'", "" },
		{ "server: 'HTTPS://127.0.0.1:6443'", "secret" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CHECK(cases[i].cluster,
		      load(fixture,
			   write_config(fixture, cases[i].cluster, "token: secret"),
			   NULL));
		CHECK_TEXT(cases[i].cluster, fixture->config.token, cases[i].token);
	}
}

static const struct {
	const char *label, *cluster, *server;
} server_cases[] = {
	{ "slashes at the end", "server: 'https://a//'", "https://a" },
	{ "a path", "server: 'https://a/k8s/clusters/c-1/'",
	  "https://a/k8s/clusters/c-1" },
	{ "no scheme", "server: 'a:8080'", "http://a:8080" },
	{ "no scheme, but TLS", "server: 'a:6443', insecure-skip-tls-verify: true",
	  "https://a:6443" },
	{ "IPv6", "server: 'https://[::1]:6443'", "https://[::1]:6443" },
};

static void server_is_made_a_url_without_a_final_slash(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(server_cases); i++) {
		CHECK(server_cases[i].label,
		      load(fixture, write_config(fixture, server_cases[i].cluster, ""),
			   NULL));
		CHECK_TEXT(server_cases[i].label, fixture->config.server,
			   server_cases[i].server);
	}
}

static const struct {
	const char *label, *url, *proxy;
} proxy_cases[] = {
	{ "http", "http://proxy:3128", "http://proxy:3128" },
	{ "https", "https://proxy", "https://proxy" },
	{ "socks5 as Go has it", "socks5://proxy:1080", "socks5h://proxy:1080" },
	{ "a password", "http://me:proxy-word@proxy", "http://me:proxy-word@proxy" },
};

static void proxy_is_taken_from_the_cluster(void **state)
{
	struct fixture *fixture = *state;
	char text[] = "cannot reach http://me:proxy-word@proxy";

	for (size_t i = 0; i < ARRAY_LENGTH(proxy_cases); i++) {
		const char *cluster = arena_printf(&fixture->arena,
						   "server: 'https://a', proxy-url: '%s'",
						   proxy_cases[i].url);

		CHECK(proxy_cases[i].label,
		      load(fixture, write_config(fixture, cluster, ""), NULL));
		CHECK_TEXT(proxy_cases[i].label, fixture->config.trust.proxy,
			   proxy_cases[i].proxy);
	}
	log_redact(text);
	assert_null(strstr(text, "proxy-word"));
}

static const struct {
	const char *label, *cluster, *user, *says;
} refused_cases[] = {
	{ "no server", "", "", "has no server" },
	{ "a user in the URL", "server: 'https://me:pw@a'", "", "server" },
	{ "a query in the URL", "server: 'https://a?b'", "", "server" },
	{ "another scheme", "server: 'ftp://a'", "", "cluster 'c'" },
	{ "CA and insecure",
	  "server: 'https://a', certificate-authority: ca.pem, "
	  "insecure-skip-tls-verify: true",
	  "", "insecure-skip-tls-verify" },
	{ "neither true nor false",
	  "server: 'https://a', insecure-skip-tls-verify: maybe", "",
	  "neither true nor false" },
	{ "CA file missing", "server: 'https://a', certificate-authority: gone.pem", "",
	  "certificate-authority" },
	{ "CA data is no base64", "server: 'https://a', certificate-authority-data: '!'",
	  "", "certificate-authority-data" },
	{ "CA data is no PEM",
	  "server: 'https://a', certificate-authority-data: aGk=", "", "holds no PEM" },
	{ "proxy of another kind", "server: 'https://a', proxy-url: 'ftp://p'", "",
	  "proxy-url" },
	{ "certificate without key", "server: 'https://a'", "client-certificate: ca.pem",
	  "without client-key" },
	{ "key without certificate", "server: 'https://a'", "client-key: ca.pem",
	  "without client-certificate" },
	{ "certificate that is none", "server: 'https://a'",
	  "client-certificate: ca.pem, client-key: ca.pem", "holds no certificate" },
	{ "token and password", "server: 'https://a'",
	  "token: abcdef, username: jane, password: pw", "take one of them out" },
	{ "token file missing", "server: 'https://a'", "tokenFile: gone", "tokenFile" },
	{ "token file empty", "server: 'https://a'", "tokenFile: empty",
	  "holds no token" },
	{ "a line break in the token", "server: 'https://a'", "token: \"a\\nX-Evil: b\"",
	  "control character" },
	{ "a program of an unknown version", "server: 'https://a'",
	  "exec: {apiVersion: client.authentication.k8s.io/v2, command: aws}",
	  "exec: apiVersion" },
	{ "a program without a name", "server: 'https://a'",
	  "exec: {apiVersion: client.authentication.k8s.io/v1beta1}",
	  "exec: has no command" },
	{ "an auth-provider", "server: 'https://a'", "auth-provider: {name: oidc}",
	  "the auth-provider 'oidc'" },
	{ "an auth-provider beside a program", "server: 'https://a'",
	  "auth-provider: {name: gcp}, "
	  "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}",
	  "the auth-provider 'gcp'" },
	{ "impersonation of groups alone", "server: 'https://a'", "as-groups: [admins]",
	  "without `as`" },
	{ "impersonation without TLS", "server: 'http://a'",
	  "as: jane, as-groups: admins", "as-groups is no list" },
};

static void what_cannot_work_is_refused_by_name(void **state)
{
	struct fixture *fixture = *state;

	write_file(fixture, "ca.pem", OTHER_CA);
	write_file(fixture, "empty", "\n");
	for (size_t i = 0; i < ARRAY_LENGTH(refused_cases); i++) {
		const char *label = refused_cases[i].label;
		bool ok = load(fixture,
			       write_config(fixture, refused_cases[i].cluster,
					    refused_cases[i].user),
			       NULL);

		CHECK(label, !ok);
		CHECK(label, fixture->err.code == ERROR_USAGE);
		CHECK(label, strstr(fixture->err.text, path_of(fixture, "config")));
		if (!strstr(fixture->err.text, refused_cases[i].says))
			fail_msg("%s: %s", label, fixture->err.text);
	}
}

static void other_credentials_go_before_a_program(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture,
			 write_config(fixture, "server: 'https://a'",
				      "token: abcdef, exec: {command: aws}"),
			 NULL));
	assert_string_equal(fixture->config.token, "abcdef");
	assert_null(fixture->config.exec.command);
}

#define EXEC                                                                             \
	"exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./get-token"

static void a_program_is_read_and_not_started(void **state)
{
	struct fixture *fixture = *state;
	const struct kube_exec *exec = &fixture->config.exec;
	const char *file = write_config(fixture, "server: 'https://a'", EXEC "}");

	write_file(fixture, "get-token", "#!/bin/sh\ntouch \"$0.started\"\n");
	assert_int_equal(chmod(path_of(fixture, "get-token"), 0700), 0);
	assert_true(load(fixture, file, NULL));
	assert_string_equal(exec->command, "./get-token");
	assert_string_equal(exec->argv[0], path_of(fixture, "./get-token"));
	assert_string_equal(exec->file, file);
	assert_null(exec->cluster);
	assert_false(exec->may_ask);
	assert_int_equal(access(path_of(fixture, "get-token.started"), F_OK), -1);
}

static void a_program_is_told_of_the_cluster_where_it_wants_to_know(void **state)
{
	struct fixture *fixture = *state;
	const char *file;

	write_file(fixture, "ca.pem", OTHER_CA);
	file = write_config(fixture,
			    "server: 'https://a/', tls-server-name: b, "
			    "certificate-authority: ca.pem, "
			    "proxy-url: 'socks5://p:1080', disable-compression: true, "
			    "extensions: [{name: client.authentication.k8s.io/exec, "
			    "extension: {audience: shop}}]",
			    EXEC ", provideClusterInfo: true}");
	assert_true(load(fixture, file, NULL));
	assert_string_equal(
		fixture->config.exec.cluster,
		arena_printf(&fixture->arena,
			     "{\"server\":\"https://a/\",\"tls-server-name\":\"b\","
			     "\"certificate-authority-data\":\"%s\","
			     "\"proxy-url\":\"socks5://p:1080\","
			     "\"disable-compression\":true,"
			     "\"config\":{\"audience\":\"shop\"}}",
			     encoded(fixture, OTHER_CA)));
}

static void null_is_no_program(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture,
			 write_config(fixture, "server: 'https://a'",
				      "exec: null, auth-provider: ~, as: null"),
			 NULL));
	assert_null(fixture->config.exec.command);
}

static void without_tls_no_program_is_asked_for_credentials(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture, write_config(fixture, "server: 'http://a'", EXEC "}"),
			 NULL));
	assert_null(fixture->config.exec.command);
}

static const struct {
	const char *label, *text, *says;
} broken_files[] = {
	{ "not YAML", "clusters: [", "line" },
	{ "no mapping", "- a\n", "is no mapping" },
	{ "another kind", "kind: Deployment\n", "kind Deployment" },
	{ "a name twice", "clusters: [{name: c, cluster: {}}, {name: c, cluster: {}}]\n",
	  "two entries are named 'c'" },
	{ "no context", "clusters: []\n", "names no current-context" },
	{ "empty", "", "names no current-context" },
	{ "a context that is not there",
	  "current-context: x\ncontexts: [{name: one, context: {}}, {name: two}]\n",
	  "no context 'x'; there are: one, two" },
	{ "a cluster that is not there",
	  "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\n",
	  "cluster 'c', which is not there" },
	{ "a user that is not there",
	  "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n"
	  "clusters: [{name: c, cluster: {server: 'https://a'}}]\n",
	  "user 'u', which is not there" },
};

static void broken_files_are_refused_by_name(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(broken_files); i++) {
		const char *label = broken_files[i].label;
		bool ok = load(fixture,
			       write_file(fixture, "config", broken_files[i].text), NULL);

		CHECK(label, !ok);
		CHECK(label, fixture->err.code == ERROR_USAGE);
		if (!strstr(fixture->err.text, broken_files[i].says))
			fail_msg("%s: %s", label, fixture->err.text);
	}
}

static void first_file_that_names_something_wins_whole(void **state)
{
	struct fixture *fixture = *state;
	const char *one = write_file(
		fixture, "one",
		"contexts: [{name: lab, context: {cluster: c, namespace: one}}]\n");
	const char *two = write_file(
		fixture, "two",
		"current-context: lab\n"
		"clusters: [{name: c, cluster: {server: 'https://two'}}]\n"
		"contexts: [{name: lab, context: {cluster: d, namespace: two}}]\n");
	const char *three =
		write_file(fixture, "three",
			   "current-context: other\n"
			   "clusters: [{name: c, cluster: {server: 'https://three', "
			   "insecure-skip-tls-verify: true}}]\n");

	setenv("KUBECONFIG",
	       arena_printf(&fixture->arena, "%s::%s:%s:%s:%s", one,
			    path_of(fixture, "gone"), two, two, three),
	       1);
	assert_true(load(fixture, NULL, NULL));
	assert_string_equal(fixture->config.namespace, "one");
	assert_string_equal(fixture->config.server, "https://two");
	assert_false(fixture->config.trust.insecure);
}

static void unparsable_file_of_the_list_is_an_error(void **state)
{
	struct fixture *fixture = *state;
	const char *good = write_config(fixture, "server: 'https://a'", "");
	const char *bad = write_file(fixture, "bad", "clusters: [");

	setenv("KUBECONFIG", arena_printf(&fixture->arena, "%s:%s", good, bad), 1);
	assert_false(load(fixture, NULL, NULL));
	assert_non_null(strstr(fixture->err.text, bad));
}

static void named_file_has_to_exist_and_the_default_one_need_not(void **state)
{
	struct fixture *fixture = *state;

	assert_false(load(fixture, path_of(fixture, "gone"), NULL));
	assert_non_null(strstr(fixture->err.text, "gone"));
	assert_false(load(fixture, NULL, NULL));
	assert_non_null(strstr(fixture->err.text, "no kubeconfig"));

	assert_int_equal(mkdir(path_of(fixture, ".kube"), 0700), 0);
	write_config(fixture, "server: 'https://a'", "");
	assert_int_equal(
		rename(path_of(fixture, "config"), path_of(fixture, ".kube/config")), 0);
	assert_true(load(fixture, NULL, NULL));
	assert_string_equal(fixture->config.server, "https://a");
}

static void account_of_a_pod_is_read(void **state)
{
	struct fixture *fixture = *state;
	struct kube_config *config = &fixture->config;

	assert_false(kube_account_exists(fixture->folder));
	setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
	setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	assert_false(kube_account_exists(fixture->folder));
	write_file(fixture, "token", "account-token\n");
	write_file(fixture, "ca.crt", CERTIFICATE);
	write_file(fixture, "namespace", "shop\n");
	assert_true(kube_account_exists(fixture->folder));

	assert_true(kube_account_load(config, fixture->folder, &fixture->err));
	assert_string_equal(config->server, "https://[fd00::1]:443");
	assert_string_equal(config->context, "in-cluster");
	assert_string_equal(config->token, "account-token");
	assert_string_equal(config->token_file, path_of(fixture, "token"));
	assert_string_equal(config->namespace, "shop");
	assert_string_equal(config->trust.ca_pem, CERTIFICATE);

	setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
	setenv("POD_NAMESPACE", "audit", 1);
	assert_true(kube_account_load(config, fixture->folder, &fixture->err));
	assert_string_equal(config->server, "https://10.0.0.1:443");
	assert_string_equal(config->namespace, "audit");
}

static void account_without_a_ca_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
	setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	write_file(fixture, "token", "account-token\n");
	assert_false(kube_account_load(&fixture->config, fixture->folder, &fixture->err));
	assert_int_equal(fixture->err.code, ERROR_USAGE);
	assert_non_null(strstr(fixture->err.text, "ca.crt"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(cluster_user_and_context_are_read),
		TEST(context_without_a_namespace_has_default),
		TEST(json_is_yaml_enough),
		TEST(data_wins_over_files_and_files_are_beside_the_kubeconfig),
		TEST(token_file_is_trimmed_and_known_as_a_secret),
		TEST(password_is_read_and_known_as_a_secret),
		TEST(credentials_are_left_out_without_tls),
		TEST(server_is_made_a_url_without_a_final_slash),
		TEST(proxy_is_taken_from_the_cluster),
		TEST(what_cannot_work_is_refused_by_name),
		TEST(other_credentials_go_before_a_program),
		TEST(a_program_is_read_and_not_started),
		TEST(a_program_is_told_of_the_cluster_where_it_wants_to_know),
		TEST(null_is_no_program),
		TEST(without_tls_no_program_is_asked_for_credentials),
		TEST(broken_files_are_refused_by_name),
		TEST(first_file_that_names_something_wins_whole),
		TEST(unparsable_file_of_the_list_is_an_error),
		TEST(named_file_has_to_exist_and_the_default_one_need_not),
		TEST(account_of_a_pod_is_read),
		TEST(account_without_a_ca_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
