#include "source/helm_values.h"

#include "tests/unit/check.h"
#include "tests/unit/yaml_text.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SHA "sha256:" HEX64

/* Each document of a text as one of the file `name`: uses and gaps, a line each. */
static const char *read_as(const char *name, const char *text, struct buf *out)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	struct kube_file file = { .snapshot = &snapshot, .name = name, .text = text };

	file.path = name;
	snapshot_init(&snapshot, 0);
	yaml_text_declare(&file);
	buf_clear(out);
	for (size_t i = 0; i < snapshot.declared_count; i++) {
		const struct declared_use *use = &snapshot.declared[i];

		assert_false(use->workload);
		buf_printf(out, "%u:%u %s %s%s\n", use->line, use->column, use->field,
			   use->image.text, use->composed ? " +" : "");
	}
	yaml_text_list_gaps(out, &snapshot);
	return buf_text(out);
}

static const struct {
	const char *label, *text, *expected;
} value_cases[] = {
	{ "a reference", "image: nginx:1.25\n", "1:8 image nginx:1.25\n" },
	{ "quoted and nested", "web:\n  sidecars:\n  - proxyImage: \"quay.io/a/b:1\"\n",
	  "3:17 web.sidecars[0].proxyImage quay.io/a/b:1\n" },
	{ "a map stands where its tag stands",
	  "image:\n  registry: quay.io\n  repository: a/b\n  tag: 1.20\n",
	  "4:8 image quay.io/a/b:1.20 +\n" },
	{ "or its digest", "image:\n  repository: a/b\n  tag: '1'\n  digest: " SHA "\n",
	  "4:11 image a/b:1@" SHA " +\n" },
	{ "an empty digest is none",
	  "image: { repository: a/b, tag: v1, digest: \"\" }\n",
	  "1:32 image a/b:v1 +\n" },
	{ "a digest alone", "image: { repository: a/b, digest: " SHA " }\n",
	  "1:35 image a/b@" SHA " +\n" },
	{ "a digest in the tag", "image: { repository: a/b, tag: 1@" SHA " }\n",
	  "1:32 image a/b:1@" SHA " +\n" },
	{ "sha without algorithm",
	  "image: { repository: a/b, tag: v1, sha: " HEX64 " }\n",
	  "1:41 image a/b:v1@" SHA " +\n" },
	{ "under any key", "redis:\n  repository: redis\n  tag: 7\n",
	  "3:8 redis redis:7 +\n" },
	{ "name for repository", "image: { name: a/b, tag: v1 }\n",
	  "1:26 image a/b:v1 +\n" },
	{ "parts that only the chart can put together",
	  "image: { repository: quay.io/a, name: b, tag: v1 }\n",
	  "helm-template values.yaml:1\n" },
	{ "an organization", "image: { registry: r.io, org: a, name: b, tag: v1 }\n",
	  "helm-template values.yaml:1\n" },
	{ "a name that says the same",
	  "image: { repository: r.io/b, name: b, tag: v1 }\n",
	  "1:44 image r.io/b:v1 +\n" },
	{ "a tag beside the image", "image: a/b\nimageTag: v1\n",
	  "2:11 image a/b:v1 +\n" },
	{ "merge keys are followed",
	  "base: &b { repository: a/b, tag: v1 }\nimage: { <<: *b, tag: v2 }\n",
	  "1:34 base a/b:v1 +\n2:23 image a/b:v2 +\n" },
	{ "an empty tag is left to the chart", "image: { repository: a/b, tag: \"\" }\n",
	  "helm-template values.yaml:1\n" },
	{ "so is no tag", "image: a/b\n", "helm-template values.yaml:1\n" },
	{ "to be filled in", "image: \"{{ .Values.web }}\"\n",
	  "1:8 image {{ .Values.web }}\nparameter values.yaml:1\n" },
	{ "a digest that cannot be", "image: a/b:1@sha256:abc\n",
	  "1:8 image a/b:1@sha256:abc\n" },
	{ "no images",
	  "imagePullPolicy: Always\nimage: logo.png\nuseImage: true\nimages: []\n"
	  "baseImage: ubuntu\nlogoImage: https://example.com/a.png\nimage2: a/b\n"
	  "git: { repository: org/repo, tag: v1 }\n"
	  "code: { repository: org/repo, tag: v1, branch: main }\n"
	  "chart: { repository: https://charts.example.com, tag: v1 }\n"
	  "store: { repository: a/b }\nimagePullSecrets: [{ name: a }]\n",
	  "" },
	{ "keys with a line or a dash", "web_image: a/b:1\nweb-image: a:2\n",
	  "1:12 web_image a/b:1\n2:12 web-image a:2\n" },
	{ "what no convention covers is told once",
	  "image: a:1\nimageK8S: a/b:1\nimages: [a:2]\n",
	  "1:8 image a:1\nhelm-template values.yaml:2\n" },
	{ "a reference under a name", "image: { name: a/b:1, pullPolicy: Always }\n",
	  "helm-template values.yaml:1\n" },
	{ "parts under other names", "image: { repo: a/b, tag: 1 }\n",
	  "helm-template values.yaml:1\n" },
	{ "parts side by side", "imageRepository: a/b\nimageTag: v1\n",
	  "helm-template values.yaml:1\n" },
	{ "an object of Kubernetes is none of values",
	  "apiVersion: v1\nkind: ConfigMap\ndata: { image: nginx:1 }\n", "" },
	{ "the values of a HelmRelease",
	  "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
	  "metadata: { name: r }\nspec:\n  values:\n    image: a/b:1\n",
	  "6:12 spec.values.image a/b:1\nunknown-kind values.yaml:5\n" },
};

static void values_hold_images_and_what_only_looks_like_one(void **state)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(100000);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(value_cases); i++) {
		const char *read = read_as("values.yaml", value_cases[i].text, &out);

		if (strcmp(read, value_cases[i].expected) != 0)
			fail_msg("%s: %s", value_cases[i].label, read);
	}
}

static void the_name_of_a_file_says_that_it_holds_values(void **state)
{
	static const struct {
		const char *name;
		bool values;
	} cases[] = {
		{ "values.yaml", true },      { "a/values-prod.yaml", true },
		{ "values.eu.yml", true },    { "prod.values.yaml", true },
		{ "prod-values.yaml", true }, { "values_prod.yaml", true },
		{ "valuesprod.yaml", false }, { "myvalues.yaml", false },
		{ "settings.yaml", false },   { "values/settings.yaml", false },
	};
	CLEANUP(buf_release) struct buf out = BUF_INIT(100000);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *read = read_as(cases[i].name, "image: a:1\n", &out);

		if ((read[0] != '\0') != cases[i].values)
			fail_msg("%s", cases[i].name);
	}
}

static void many_images_are_a_gap(void **state)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(10000000);
	CLEANUP(buf_release) struct buf text = BUF_INIT(10000000);

	(void)state;
	buf_printf(&text, "list:\n");
	for (size_t i = 0; i < KUBE_FILE_IMAGES + 1; i++)
		buf_printf(&text, "- image: a:1\n");
	assert_non_null(strstr(read_as("values.yaml", buf_text(&text), &out),
			       "too-large values.yaml"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_hold_images_and_what_only_looks_like_one),
		cmocka_unit_test(the_name_of_a_file_says_that_it_holds_values),
		cmocka_unit_test(many_images_are_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
