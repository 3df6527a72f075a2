#include "source/kube_exec_cluster.h"

#include "tests/unit/check.h"
#include "tests/unit/yaml_text.h"

static const struct {
	const char *label;
	struct kube_exec_cluster cluster;
	const char *json;
} field_cases[] = {
	{ "only a server",
	  { .server = "https://a:6443" },
	  "{\"server\":\"https://a:6443\"}" },
	{ "empty is absent",
	  { .server = "https://a", .server_name = "", .proxy = "" },
	  "{\"server\":\"https://a\"}" },
	{ "all fields",
	  { .server = "https://a",
	    .server_name = "b",
	    .ca_pem = "foob",
	    .proxy = "socks5://p:1080",
	    .insecure = true,
	    .disable_compression = true },
	  "{\"server\":\"https://a\",\"tls-server-name\":\"b\","
	  "\"insecure-skip-tls-verify\":true,"
	  "\"certificate-authority-data\":\"Zm9vYg==\","
	  "\"proxy-url\":\"socks5://p:1080\",\"disable-compression\":true}" },
	{ "quotes", { .server = "\"\\\n" }, "{\"server\":\"\\\"\\\\\\n\"}" },
};

static void fields_have_the_names_of_the_protocol(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(field_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *label = field_cases[i].label;
		struct error err = ERROR_INIT;
		const char *json =
			kube_exec_cluster_format(&field_cases[i].cluster, &arena, &err);

		CHECK(label, json);
		CHECK_TEXT(label, json, field_cases[i].json);
	}
}

/* What sigs.k8s.io/yaml makes of them, in one line of JSON. */
static const struct {
	const char *label, *yaml, *json;
} config_cases[] = {
	{ "text", "{audience: 06e3fbd18de8}", "{\"audience\":\"06e3fbd18de8\"}" },
	{ "nested", "{a: [b, {c: d}], e: {}}", "{\"a\":[\"b\",{\"c\":\"d\"}],\"e\":{}}" },
	{ "booleans", "[true, False, yes, off, 'true', \"no\"]",
	  "[true,false,true,false,\"true\",\"no\"]" },
	{ "null", "[null, ~, 'null']", "[null,null,\"null\"]" },
	{ "numbers", "[0, -7, 123, 1.5, '42']", "[0,-7,123,1.5,\"42\"]" },
	{ "no numbers", "[007, +1, 1.2.3, -x, 1e, 99999999999999999999]",
	  "[\"007\",\"+1\",\"1.2.3\",\"-x\",\"1e\",\"99999999999999999999\"]" },
	{ "a scalar alone", "prod", "\"prod\"" },
	{ "an alias", "{a: &x [1], b: *x}", "{\"a\":[1],\"b\":[1]}" },
};

static void the_extension_is_passed_on_as_kubectl_reads_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(config_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *label = config_cases[i].label;
		const struct node *body = yaml_text_read(
			&arena, arena_printf(&arena,
					     "extensions:\n"
					     "- {name: other, extension: wrong}\n"
					     "- name: client.authentication.k8s.io/exec\n"
					     "  extension: %s\n",
					     config_cases[i].yaml));
		const struct kube_exec_cluster cluster = {
			.config = kube_exec_cluster_config(body)
		};
		struct error err = ERROR_INIT;
		const char *json = kube_exec_cluster_format(&cluster, &arena, &err);

		CHECK(label, json);
		CHECK_TEXT(label, json,
			   arena_printf(&arena, "{\"config\":%s}", config_cases[i].json));
	}
}

static void another_extension_is_nobodys_business(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	(void)state;
	assert_null(kube_exec_cluster_config(NULL));
	assert_null(kube_exec_cluster_config(yaml_text_read(
		&arena, "extensions: [{name: minikube, extension: {a: b}}]")));
}

static void more_than_a_variable_holds_is_refused(void **state)
{
	const size_t length = KUBE_EXEC_CLUSTER_BYTES;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	char *ca = arena_alloc(&arena, length + 1);
	const struct kube_exec_cluster cluster = { .ca_pem = ca };
	struct error err = ERROR_INIT;

	(void)state;
	memset(ca, 'A', length / 2);
	assert_non_null(kube_exec_cluster_format(&cluster, &arena, &err));
	memset(ca, 'A', length);
	assert_null(kube_exec_cluster_format(&cluster, &arena, &err));
	assert_int_equal(err.code, ERROR_LIMIT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_have_the_names_of_the_protocol),
		cmocka_unit_test(the_extension_is_passed_on_as_kubectl_reads_it),
		cmocka_unit_test(another_extension_is_nobodys_business),
		cmocka_unit_test(more_than_a_variable_holds_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
