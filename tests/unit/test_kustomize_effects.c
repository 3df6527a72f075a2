#include "source/kustomize_effects.h"

#include "tests/unit/scratch.h"
#include "tests/unit/yaml_text.h"

#define POD_PATCH "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: "
#define JSON_PATCH(kind, operation)                                                      \
	"patches: [{target: {kind: " kind "}, patch: '[" operation "]'}]"

static const struct {
	const char *label, *text, *fields;
} cases[] = {
	{ "nothing", "resources: [a.yaml]", "" },
	{ "what leaves images and names alone",
	  "{labels: [{pairs: {a: b}}], replicas: [{name: a, count: 2}], namespace: a,"
	  " configMapGenerator: [{name: a}], commonAnnotations: {a: b}}",
	  "" },
	{ "fields without items", "{images: [], patches: null, vars: []}", "" },
	{ "names", "{namePrefix: a-, nameSuffix: -b}", "namePrefix, nameSuffix" },
	{ "what makes or rewrites objects",
	  "{helmCharts: [{name: a}], helmChartInflationGenerator: [{}], generators: [a],"
	  " transformers: [a], replacements: [{}], vars: [{}], configurations: [a]}",
	  "helmCharts, helmChartInflationGenerator, generators, transformers, "
	  "replacements, vars, configurations" },
	{ "an unknown field", "fancy: 1", "fancy" },
	{ "a merge of an image",
	  "patches: [{patch: '" POD_PATCH "{containers: [{name: a, image: b}]}}'}]",
	  "patches" },
	{ "a merge without one",
	  "patches: [{patch: '" POD_PATCH
	  "{replicas: 2, template: {spec: {containers: [{name: a, env: [{name: b}]}]}}}}'}]",
	  "" },
	{ "a merge that deletes", "patches: [{patch: '" POD_PATCH "{$patch: delete}}'}]",
	  "patches" },
	{ "a merge that takes away", "patches: [{patch: '" POD_PATCH "null}'}]",
	  "patches" },
	{ "a merge that deletes a container",
	  "patches: [{patch: '" POD_PATCH
	  "{template: {spec: {containers: [{name: a, $patch: delete}]}}}}'}]",
	  "patches" },
	{ "a merge that empties a list of containers",
	  "patches: [{patch: '" POD_PATCH "{template: {spec: {initContainers: []}}}}'}]",
	  "patches" },
	{ "a merge that takes away within containers and volumes",
	  "patches: [{patch: '" POD_PATCH
	  "{replicas: null, template: {spec: {containers: [{name: a, args: [], env: "
	  "[{name: b, $patch: delete}]}], volumes: [{name: c, emptyDir: null}]}}}}'}]",
	  "" },
	{ "a merge that takes a volume's image away",
	  "patches: [{patch: '" POD_PATCH
	  "{template: {spec: {volumes: [{name: c, image: null}]}}}}'}]",
	  "patches" },
	{ "a merge of an object without images",
	  "patches: [{patch: '{apiVersion: v1, kind: ConfigMap, data: {image: b}}'}]",
	  "" },
	{ "a merge of a custom resource",
	  "patches: [{patch: '{apiVersion: a.example.com/v1, kind: A, spec: {tag: b}}'}]",
	  "patches" },
	{ "a merge of a custom resource's labels",
	  "patches: [{patch: '{apiVersion: a.example.com/v1, kind: A, metadata: "
	  "{labels: {a: b}}}'}]",
	  "" },
	{ "a merge that may rename",
	  "patches: [{patch: '" POD_PATCH "{a: b}}', options: {allowNameChange: true}}]",
	  "patches" },
	{ "a JSON patch of an image",
	  JSON_PATCH("Deployment", "{op: replace, path: "
				   "/spec/template/spec/containers/0/image, value: a}"),
	  "patches" },
	{ "one of a list of containers",
	  JSON_PATCH("Deployment",
		     "{op: remove, path: /spec/template/spec/containers/0}"),
	  "patches" },
	{ "one of a PodSpec",
	  JSON_PATCH("Deployment", "{op: replace, path: /spec/template/spec, value: {}}"),
	  "patches" },
	{ "one of a name",
	  JSON_PATCH("Deployment", "{op: replace, path: /metadata/name, value: a}"),
	  "patches" },
	{ "one that adds a container",
	  JSON_PATCH("Deployment", "{op: add, path: /spec/template/spec/containers/-, "
				   "value: {name: a, image: b}}"),
	  "patches" },
	{ "one that moves",
	  JSON_PATCH("Deployment", "{op: move, from: /spec, path: /spec/replicas}"),
	  "patches" },
	{ "one of a container's arguments",
	  JSON_PATCH("Deployment", "{op: add, path: "
				   "/spec/template/spec/containers/0/args/-, value: a}"),
	  "" },
	{ "one of replicas",
	  JSON_PATCH("Deployment", "{op: replace, path: /spec/replicas, value: 2}"), "" },
	{ "one of an Ingress",
	  JSON_PATCH("Ingress", "{op: replace, path: /spec/rules/0/host, value: a}"),
	  "" },
	{ "one of who knows what",
	  JSON_PATCH("'.*'", "{op: replace, path: /spec/rules/0/host, value: a}"),
	  "patches" },
	{ "an annotation of all objects that leaves them out",
	  "commonAnnotations: {config.kubernetes.io/local-config: 'true'}",
	  "commonAnnotations" },
	{ "a merge that leaves an object out",
	  "patches: [{patch: '{apiVersion: apps/v1, kind: Deployment, metadata: "
	  "{annotations: {config.kubernetes.io/local-config: \"true\"}}}'}]",
	  "patches" },
	{ "one that takes it in again",
	  "patches: [{patch: '{apiVersion: a.example.com/v1, kind: A, metadata: "
	  "{annotations: {config.kubernetes.io/local-config: null}}}'}]",
	  "patches" },
	{ "a JSON patch that leaves an object out",
	  JSON_PATCH("Deployment", "{op: add, path: /metadata/annotations/"
				   "config.kubernetes.io~1local-config, value: a}"),
	  "patches" },
	{ "one of all annotations",
	  JSON_PATCH("Deployment", "{op: add, path: /metadata/annotations, "
				   "value: {config.kubernetes.io/local-config: a}}"),
	  "patches" },
	{ "one of other annotations",
	  JSON_PATCH("Deployment",
		     "{op: add, path: /metadata/annotations, value: {a: b}}"),
	  "" },
	{ "a patch that is not YAML", "patches: [{patch: '{'}]", "patches" },
	{ "a file without an image", "patches: [{path: replicas.yaml}]", "" },
	{ "a file with one", "patchesStrategicMerge: [replicas.yaml, image.yaml]",
	  "patchesStrategicMerge" },
	{ "a file that is not there", "patchesStrategicMerge: [none.yaml]",
	  "patchesStrategicMerge" },
	{ "a file outside", "patches: [{path: ../replicas.yaml}]", "patches" },
};

static void put(const char *path, const char *text)
{
	scratch_write(path, text, strlen(text));
}

/* The fields of a kustomization in deploy/. */
static void list_fields(const char *text, struct buf *fields, struct buf *unevaluated)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(snapshot_release) struct snapshot snapshot;
	struct kube_file file = { .snapshot = &snapshot,
				  .name = "deploy/kustomization.yaml",
				  .text = text };

	snapshot_init(&snapshot, 0);
	kustomize_effects_list(fields, unevaluated, &file, yaml_text_read(&arena, text));
}

static void fields_that_touch_images_or_names_are_listed(void **state)
{
	(void)state;
	mkdir("deploy", 0700);
	put("replicas.yaml", POD_PATCH "{replicas: 2}}");
	put("deploy/replicas.yaml", POD_PATCH "{replicas: 2}}");
	put("deploy/image.yaml",
	    POD_PATCH "{template: {spec: {containers: [{name: a, image: b}]}}}}");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buf_release) struct buf fields = BUF_INIT(1000);
		CLEANUP(buf_release) struct buf unevaluated = BUF_INIT(1000);

		list_fields(cases[i].text, &fields, &unevaluated);
		CHECK_TEXT(cases[i].label, buf_text(&fields), cases[i].fields);
	}
}

static void names_and_images_are_evaluated(void **state)
{
	CLEANUP(buf_release) struct buf fields = BUF_INIT(1000);
	CLEANUP(buf_release) struct buf unevaluated = BUF_INIT(1000);

	(void)state;
	list_fields("{namePrefix: a, images: [{}], vars: [{}], nameSuffix: b, fancy: 1}",
		    &fields, &unevaluated);
	assert_string_equal(buf_text(&fields),
			    "namePrefix, images, vars, nameSuffix, fancy");
	assert_string_equal(buf_text(&unevaluated), "vars, fancy");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCRATCH(fields_that_touch_images_or_names_are_listed),
		cmocka_unit_test(names_and_images_are_evaluated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
