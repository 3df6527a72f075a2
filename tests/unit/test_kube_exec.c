#include "source/kube_exec.h"

#include "base/log.h"
#include "tests/unit/scripts.h"
#include "tests/unit/yaml_text.h"

#define V1 "client.authentication.k8s.io/v1"
#define V1BETA1 "client.authentication.k8s.io/v1beta1"
#define PEM(what) "-----BEGIN " what "-----\\nnot looked into\\n"
#define CREDENTIAL(version, status)                                                      \
	"{\"kind\":\"ExecCredential\",\"apiVersion\":\"" version "\",\"status\":" status \
	"}"

/* The entry of a user whose `exec` is this YAML. */
static struct kube_entry user_of(struct arena *arena, const char *file, const char *exec)
{
	const char *text = arena_printf(arena, "exec: %s", exec);

	return (struct kube_entry){ .name = "jane",
				    .file = file,
				    .body = yaml_text_read(arena, text) };
}

static bool read_exec(struct kube_exec *exec, struct arena *arena, const char *text,
		      struct error *err)
{
	struct kube_entry user = user_of(arena, "/home/jane/.kube/config", text);

	*err = (struct error)ERROR_INIT;
	return kube_exec_read(exec, &user, arena, err);
}

static const struct {
	const char *label, *exec;
	const char *why_not; /* NULL: it is read */
	enum kube_exec_mode mode;
} read_cases[] = {
	{ "v1", "{apiVersion: " V1 ", command: a, interactiveMode: Never}", NULL,
	  KUBE_EXEC_NEVER },
	{ "v1 may ask", "{apiVersion: " V1 ", command: a, interactiveMode: IfAvailable}",
	  NULL, KUBE_EXEC_IF_AVAILABLE },
	{ "v1 must ask", "{apiVersion: " V1 ", command: a, interactiveMode: Always}",
	  NULL, KUBE_EXEC_ALWAYS },
	{ "v1 has no default", "{apiVersion: " V1 ", command: a}", "interactiveMode", 0 },
	{ "v1beta1 has a default", "{apiVersion: " V1BETA1 ", command: a}", NULL,
	  KUBE_EXEC_IF_AVAILABLE },
	{ "v1beta1 may say it too",
	  "{apiVersion: " V1BETA1 ", command: a, interactiveMode: Never}", NULL,
	  KUBE_EXEC_NEVER },
	{ "no mode of the protocol",
	  "{apiVersion: " V1 ", command: a, interactiveMode: Perhaps}", "interactiveMode",
	  0 },
	{ "a version that is gone",
	  "{apiVersion: client.authentication.k8s.io/v1alpha1, command: a}",
	  "not 'client.authentication.k8s.io/v1alpha1'", 0 },
	{ "no version", "{command: a, interactiveMode: Never}", "apiVersion", 0 },
	{ "no command", "{apiVersion: " V1BETA1 "}", "no command", 0 },
	{ "an argument that is a list",
	  "{apiVersion: " V1BETA1 ", command: a, args: [[b]]}", "args", 0 },
	{ "a variable without a name",
	  "{apiVersion: " V1BETA1 ", command: a, env: [{value: b}]}", "env", 0 },
	{ "a variable that sets another one",
	  "{apiVersion: " V1BETA1 ", command: a, env: [{name: PATH=x, value: b}]}", "env",
	  0 },
	{ "no mapping", "aws", "apiVersion", 0 },
};

static void exec_is_validated_as_kubectl_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(read_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *label = read_cases[i].label;
		struct kube_exec exec;
		struct error err;
		bool ok = read_exec(&exec, &arena, read_cases[i].exec, &err);

		CHECK(label, ok == !read_cases[i].why_not);
		CHECK(label, err.code == (ok ? ERROR_NONE : ERROR_USAGE));
		CHECK(label, ok ? exec.mode == read_cases[i].mode
				: strstr(err.text, read_cases[i].why_not) != NULL);
	}
}

static const struct {
	const char *command, *started;
} command_cases[] = {
	{ "aws", "aws" },
	{ "/usr/bin/aws", "/usr/bin/aws" },
	{ "./bin/aws", "/home/jane/.kube/./bin/aws" },
	{ "bin/aws", "/home/jane/.kube/bin/aws" },
};

static void a_command_with_a_slash_is_beside_the_kubeconfig(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(command_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *label = command_cases[i].command;
		struct kube_exec exec;
		struct error err;

		CHECK(label,
		      read_exec(
			      &exec, &arena,
			      arena_printf(&arena,
					   "{apiVersion: " V1BETA1
					   ", command: %s, args: [one, 'two words', 3]}",
					   label),
			      &err));
		CHECK_TEXT(label, exec.command, label);
		CHECK_TEXT(label, exec.argv[0], command_cases[i].started);
		CHECK_TEXT(label, exec.argv[1], "one");
		CHECK_TEXT(label, exec.argv[2], "two words");
		CHECK_TEXT(label, exec.argv[3], "3");
		CHECK(label, !exec.argv[4]);
	}
}

static const struct {
	const char *label, *answer;
	const char *why_not; /* NULL: it is a credential */
	const char *token;
	bool certificate;
	int64_t expires_at;
} answer_cases[] = {
	{ "a token", CREDENTIAL(V1, "{\"token\":\"t0ken.a-b_c~d+e/f=\"}"), NULL,
	  "t0ken.a-b_c~d+e/f=", false, 0 },
	{ "a certificate",
	  CREDENTIAL(V1,
		     "{\"clientCertificateData\":\"" PEM(
			     "CERTIFICATE") "\",\"clientKeyData\":\"" PEM("KEY") "\"}"),
	  NULL, "", true, 0 },
	{ "both",
	  CREDENTIAL(V1,
		     "{\"token\":\"t0ken\",\"clientCertificateData\":\"" PEM(
			     "CERTIFICATE") "\",\"clientKeyData\":\"" PEM("KEY") "\"}"),
	  NULL, "t0ken", true, 0 },
	{ "with an end",
	  CREDENTIAL(V1, "{\"token\":\"t0ken\",\"expirationTimestamp\":"
			 "\"2026-11-23T13:00:00+01:00\"}"),
	  NULL, "t0ken", false, 1795435200 },
	{ "null is absent",
	  CREDENTIAL(V1, "{\"token\":\"t0ken\",\"expirationTimestamp\":null,"
			 "\"clientKeyData\":null}"),
	  NULL, "t0ken", false, 0 },
	{ "members of later versions",
	  "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
	  "\",\"spec\":{},\"new\":[],\"status\":{\"token\":\"t0ken\",\"new\":1}}",
	  NULL, "t0ken", false, 0 },
	{ "another version", CREDENTIAL(V1BETA1, "{\"token\":\"t0ken\"}"), "of " V1, "",
	  false, 0 },
	{ "another kind",
	  "{\"kind\":\"Status\",\"apiVersion\":\"" V1
	  "\",\"status\":{\"token\":\"t0ken\"}}",
	  "ExecCredential", "", false, 0 },
	{ "no version", "{\"status\":{\"token\":\"t0ken\"}}", "ExecCredential", "", false,
	  0 },
	{ "no status", "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\"}",
	  "no status", "", false, 0 },
	{ "a status that is text", CREDENTIAL(V1, "\"Failure\""), "no status", "", false,
	  0 },
	{ "nothing in it", CREDENTIAL(V1, "{}"), "neither", "", false, 0 },
	{ "an empty token", CREDENTIAL(V1, "{\"token\":\"\"}"), "neither", "", false, 0 },
	{ "a token with a line break",
	  CREDENTIAL(V1, "{\"token\":\"t0ken\\r\\nImpersonate-User: admin\"}"), "header",
	  "", false, 0 },
	{ "a token with a space", CREDENTIAL(V1, "{\"token\":\"t0ken two\"}"), "header",
	  "", false, 0 },
	{ "a token that is a number", CREDENTIAL(V1, "{\"token\":12345678}"), "header",
	  "", false, 0 },
	{ "a certificate without key",
	  CREDENTIAL(V1, "{\"clientCertificateData\":\"" PEM("CERTIFICATE") "\"}"),
	  "only one", "", false, 0 },
	{ "a key without certificate",
	  CREDENTIAL(V1, "{\"token\":\"t0ken\",\"clientKeyData\":\"" PEM("KEY") "\"}"),
	  "only one", "", false, 0 },
	{ "a certificate in base64",
	  CREDENTIAL(V1, "{\"clientCertificateData\":\"LS0tLS1CRUdJTg==\","
			 "\"clientKeyData\":\"" PEM("KEY") "\"}"),
	  "no PEM", "", false, 0 },
	{ "a key that is a list",
	  CREDENTIAL(V1, "{\"clientCertificateData\":\"" PEM(
				 "CERTIFICATE") "\","
						"\"clientKeyData\":[]}"),
	  "no PEM", "", false, 0 },
	{ "an end that is no time",
	  CREDENTIAL(V1, "{\"token\":\"t0ken\",\"expirationTimestamp\":\"tomorrow\"}"),
	  "expirationTimestamp", "", false, 0 },
	{ "an end that is a number",
	  CREDENTIAL(V1, "{\"token\":\"t0ken\",\"expirationTimestamp\":1795435200}"),
	  "expirationTimestamp", "", false, 0 },
	{ "two tokens", CREDENTIAL(V1, "{\"token\":\"t0ken\",\"token\":\"other\"}"),
	  "distinct", "", false, 0 },
	{ "a NUL in the token", CREDENTIAL(V1, "{\"token\":\"t0\\u0000ken\"}"), "JSON",
	  "", false, 0 },
	{ "no JSON", "t0ken", "JSON", "", false, 0 },
	{ "nothing", "", "JSON", "", false, 0 },
	{ "something behind it", CREDENTIAL(V1, "{\"token\":\"t0ken\"}") "{}", "JSON", "",
	  false, 0 },
};

static bool read_answer(struct kube_exec_credential *credential, struct arena *arena,
			const char *text, struct error *err)
{
	CLEANUP(buf_release) struct buf answer = BUF_INIT(KUBE_EXEC_BYTES);

	*err = (struct error)ERROR_INIT;
	buf_puts(&answer, text);
	return kube_exec_credential_read(credential, V1, &answer, arena, err);
}

static void only_whole_credentials_of_the_right_version_count(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(answer_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *label = answer_cases[i].label;
		struct kube_exec_credential credential;
		struct error err;
		bool ok = read_answer(&credential, &arena, answer_cases[i].answer, &err);

		CHECK(label, ok == !answer_cases[i].why_not);
		CHECK(label, err.code == (ok ? ERROR_NONE : ERROR_SYNTAX));
		CHECK(label, !strstr(err.text, "t0ken"));
		if (!ok) {
			CHECK(label, strstr(err.text, answer_cases[i].why_not));
			continue;
		}
		CHECK_TEXT(label, credential.token, answer_cases[i].token);
		CHECK(label, (credential.key_pem != NULL) == answer_cases[i].certificate);
		CHECK(label, (credential.certificate_pem != NULL) ==
				     answer_cases[i].certificate);
		CHECK(label, credential.expires_at == answer_cases[i].expires_at);
		log_forget_secrets();
	}
}

static void depth_is_bounded(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	char *text = arena_alloc(&arena, KUBE_EXEC_BYTES);
	struct kube_exec_credential credential;
	struct error err;

	(void)state;
	memset(text, '[', KUBE_EXEC_BYTES - 1);
	assert_false(read_answer(&credential, &arena, text, &err));
	assert_int_equal(err.code, ERROR_SYNTAX);
}

static bool run_plugin(struct kube_exec_credential *credential, struct arena *arena,
		       const char *body, struct error *err)
{
	struct kube_entry user =
		user_of(arena, "config",
			"{apiVersion: " V1 ", interactiveMode: Never, command: ./plugin, "
			"args: [get, '$HOME'], env: [{name: STAGE, value: test}]}");
	struct kube_exec exec;

	script_write("plugin", body);
	*err = (struct error)ERROR_INIT;
	return kube_exec_read(&exec, &user, arena, err) &&
	       kube_exec_run(credential, &exec, arena, err);
}

static void the_plugin_is_told_what_the_protocol_says(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct kube_exec_credential credential;
	char text[] = "Bearer t0ken";
	struct error err;

	(void)state;
	assert_true(run_plugin(&credential, &arena,
			       "echo \"$*|$STAGE|$KUBERNETES_EXEC_INFO\" > told\n"
			       "cat > input\n"
			       "echo '" CREDENTIAL(V1, "{\"token\":\"t0ken\"}") "'",
			       &err));
	assert_string_equal(credential.token, "t0ken");
	assert_string_equal(scratch_text("told"),
			    "get $HOME|test|{\"kind\":\"ExecCredential\",\"apiVersion\":"
			    "\"" V1 "\",\"spec\":{\"interactive\":false}}\n");
	assert_string_equal(scratch_text("input"), "");
	log_redact(text);
	assert_string_equal(text, "Bearer *****");
	log_forget_secrets();
}

static const struct {
	const char *label, *body;
	enum error_code code;
	const char *says;
} failure_cases[] = {
	{ "fails with a reason", "echo 'session expired: run aws login' >&2; exit 255",
	  ERROR_DENIED, "plugin: exit status 255: session expired: run aws login" },
	{ "fails without a reason", "exit 1", ERROR_DENIED, "plugin: exit status 1" },
	{ "prints 1 GB", "exec head -c 1000000000 /dev/zero", ERROR_LIMIT,
	  "plugin: wrote more than 1048576 bytes" },
	{ "prints something else", "echo hello", ERROR_DENIED,
	  "plugin: answered with no JSON object with distinct keys" },
};

static void what_goes_wrong_is_said_in_one_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(failure_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *label = failure_cases[i].label;
		struct kube_exec_credential credential;
		struct error err;

		CHECK(label,
		      !run_plugin(&credential, &arena, failure_cases[i].body, &err));
		CHECK(label, err.code == failure_cases[i].code);
		CHECK(label, strstr(err.text, failure_cases[i].says));
	}
}

static void a_plugin_that_is_not_installed_comes_with_the_hint(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct kube_exec_credential credential;
	struct kube_exec exec;
	struct error err;

	(void)state;
	assert_true(read_exec(&exec, &arena,
			      "{apiVersion: " V1BETA1 ", command: pindrift-no-such-tool, "
			      "installHint: \"Get it\\n  from the\\e[1m vendor\\n\"}",
			      &err));
	assert_false(kube_exec_run(&credential, &exec, &arena, &err));
	assert_int_equal(err.code, ERROR_NOT_FOUND);
	assert_non_null(strstr(err.text, "pindrift-no-such-tool: not found in PATH"));
	assert_non_null(
		strstr(err.text, "; the kubeconfig says: Get it from the [1m vendor"));
}

static void a_plugin_that_must_ask_is_not_started_without_a_terminal(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct kube_exec_credential credential;
	struct kube_exec exec;
	struct error err;

	script_write("plugin", "touch started");
	assert_true(read_exec(&exec, &arena,
			      "{apiVersion: " V1 ", interactiveMode: Always, "
			      "command: plugin}",
			      &err));
	scripts_on_path(state);
	assert_false(kube_exec_run(&credential, &exec, &arena, &err));
	assert_int_equal(err.code, ERROR_USAGE);
	assert_non_null(strstr(err.text, "no terminal"));
	assert_int_equal(access("started", F_OK), -1);
}

static void a_plugin_that_may_ask_shares_the_terminal(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct kube_entry user =
		user_of(&arena, "config", "{apiVersion: " V1BETA1 ", command: ./plugin}");
	struct kube_exec_credential credential;
	struct kube_exec exec;
	struct error err = ERROR_INIT;
	int input = dup(STDIN_FILENO);
	int ends[2];

	(void)state;
	script_write("plugin",
		     "read token; echo \"$KUBERNETES_EXEC_INFO\" > told\n"
		     "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1BETA1
		     "\",\"status\":{\"token\":\"'$token'\"}}'");
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "typed\n", 6), 6);
	dup2(ends[0], STDIN_FILENO);
	assert_true(kube_exec_read(&exec, &user, &arena, &err));
	exec.may_ask = true;
	assert_true(kube_exec_run(&credential, &exec, &arena, &err));
	dup2(input, STDIN_FILENO);
	close(input);
	close(ends[0]);
	close(ends[1]);
	assert_string_equal(credential.token, "typed");
	assert_non_null(strstr(scratch_text("told"), "\"interactive\":true"));
	log_forget_secrets();
}

static void the_cluster_is_told_where_it_is_known(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct kube_entry user = user_of(&arena, "config",
					 "{apiVersion: " V1 ", interactiveMode: Never, "
					 "command: ./plugin, provideClusterInfo: true}");
	struct kube_exec_credential credential;
	struct kube_exec exec;
	struct error err = ERROR_INIT;

	(void)state;
	script_write("plugin", "echo \"$KUBERNETES_EXEC_INFO\" > told\n"
			       "echo '" CREDENTIAL(V1, "{\"token\":\"t0ken\"}") "'");
	assert_true(kube_exec_read(&exec, &user, &arena, &err));
	assert_true(exec.wants_cluster);
	exec.cluster = "{\"server\":\"https://a\"}";
	assert_true(kube_exec_run(&credential, &exec, &arena, &err));
	assert_string_equal(scratch_text("told"),
			    "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
			    "\",\"spec\":{\"cluster\":{\"server\":\"https://a\"},"
			    "\"interactive\":false}}\n");
	log_forget_secrets();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(exec_is_validated_as_kubectl_does),
		cmocka_unit_test(a_command_with_a_slash_is_beside_the_kubeconfig),
		cmocka_unit_test(only_whole_credentials_of_the_right_version_count),
		cmocka_unit_test(depth_is_bounded),
		WITH_SCRIPTS(the_plugin_is_told_what_the_protocol_says),
		WITH_SCRIPTS(what_goes_wrong_is_said_in_one_line),
		cmocka_unit_test(a_plugin_that_is_not_installed_comes_with_the_hint),
		WITH_SCRIPTS(a_plugin_that_must_ask_is_not_started_without_a_terminal),
		WITH_SCRIPTS(a_plugin_that_may_ask_shares_the_terminal),
		WITH_SCRIPTS(the_cluster_is_told_where_it_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
