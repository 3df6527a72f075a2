#include "source/kube_document.h"

#include "tests/unit/check.h"
#include "tests/unit/yaml_text.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PINNED "registry.example.com/app:1@sha256:" HEX64

/* Read all documents of a text as those of the file "deploy/a.yaml". */
static struct kube_file read_text(struct snapshot *snapshot, const char *text)
{
	struct kube_file file = {
		.snapshot = snapshot,
		.name = "./deploy/a.yaml",
		.path = "deploy/a.yaml",
		.text = text,
	};

	snapshot_init(snapshot, 0);
	snapshot->tree = "t";
	yaml_text_declare(&file);
	return file;
}

static void a_use_has_its_place_its_object_and_its_container(void **state)
{
	static const char text[] = "# \xc3\xa9\n"
				   "---\n"
				   "apiVersion: apps/v1\n"
				   "kind: Deployment\n"
				   "metadata: { name: web, namespace: shop }\n"
				   "spec:\n"
				   "  template:\n"
				   "    spec:\n"
				   "      initContainers:\n"
				   "      - { name: setup, image: '" PINNED "' }\n"
				   "      containers:\n"
				   "      - name: app\n"
				   "        image: " PINNED " # why\n";
	CLEANUP(snapshot_release) struct snapshot snapshot;
	struct kube_file file = read_text(&snapshot, text);
	const struct declared_use *use = snapshot.declared;

	(void)state;
	assert_int_equal(file.object_count, 1);
	assert_int_equal(file.image_count, 2);
	assert_int_equal(snapshot.declared_count, 2);
	assert_int_equal(snapshot.gap_count, 0);
	assert_string_equal(use->file, "./deploy/a.yaml");
	assert_string_equal(use->path, "deploy/a.yaml");
	assert_int_equal(use->line, 13);
	assert_int_equal(use->column, 16);
	assert_int_equal(use->end - use->begin, strlen(PINNED));
	assert_memory_equal(text + use->begin, PINNED, strlen(PINNED));
	assert_string_equal(use->cluster, "");
	assert_string_equal(use->namespace, "shop");
	assert_string_equal(use->object.api_group, "apps");
	assert_string_equal(use->object.kind, "Deployment");
	assert_string_equal(use->object.name, "web");
	assert_string_equal(use->field, "spec.template.spec.containers[0].image");
	assert_string_equal(use->image.container, "app");
	assert_int_equal(use->image.class, CLASS_CONTAINER);
	assert_string_equal(use->image.text, PINNED);
	assert_int_equal(use->image.state, REFERENCE_OK);
	assert_int_equal(use->duplicate_line, 0);
	assert_true(use->workload);
	assert_string_equal(use[1].field, "spec.template.spec.initContainers[0].image");
	assert_memory_equal(text + use[1].begin, "'" PINNED "'", strlen(PINNED) + 2);
	assert_int_equal(use[1].end - use[1].begin, strlen(PINNED) + 2);
}

static void names_are_empty_where_there_are_none(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	const struct declared_use *use;

	(void)state;
	read_text(&snapshot, "{apiVersion: v1, kind: PodTemplate, metadata: null, "
			     "template: {spec: {containers: [{image: a}]}}}");
	use = snapshot.declared;
	assert_int_equal(snapshot.declared_count, 1);
	assert_string_equal(use->namespace, "");
	assert_string_equal(use->object.name, "");
	assert_string_equal(use->image.container, "");
	assert_string_equal(use->field, "template.spec.containers[0].image");
	assert_false(use->workload);
}

#define POD(name, image)                                                                 \
	"{apiVersion: v1, kind: Pod, metadata: {name: " name "}, "                       \
	"spec: {containers: [{name: c, image: " image "}]}}"
#define KUSTOMIZATION                                                                    \
	"{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, "
#define CUSTOM(spec) "{apiVersion: example.com/v1, kind: Thing, spec: " spec "}\n"

static const struct {
	const char *label, *text;
	const char *images; /* "object/reference", each ended by a space */
	size_t object_count;
	const char *gaps; /* "gap subject", each ended by a line feed */
} document_cases[] = {
	{ "no mapping", "[a, b]", "", 0, "" },
	{ "a scalar", "a", "", 0, "" },
	{ "no object", "image: nginx", "", 0, "" },
	{ "no kind", "{apiVersion: v1, spec: {containers: [{image: a}]}}", "", 0, "" },
	{ "no apiVersion", "{kind: Pod, spec: {containers: [{image: a}]}}", "", 0, "" },
	{ "a null kind", "{apiVersion: v1, kind: }", "", 0, "" },
	{ "a mapping as kind", "{apiVersion: v1, kind: {a: b}}", "", 0, "" },
	{ "a Pod", POD("one", "a:1"), "one/a:1 ", 1, "" },
	{ "a kind without images", "{apiVersion: v1, kind: ConfigMap, data: {image: a}}",
	  "", 1, "" },
	{ "a Ceph image",
	  "{apiVersion: v1, kind: PersistentVolume, spec: {rbd: {image: a/b:1}}}", "", 1,
	  "" },
	{ "a custom resource's definition",
	  "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, "
	  "spec: {image: a/b:1}}",
	  "", 1, "" },
	{ "documents", POD("one", "a") "\n---\n" POD("two", "b") "\n", "one/a two/b ", 2,
	  "" },
	{ "a List",
	  "{apiVersion: v1, kind: List, items: [" POD("one", "a") ", " POD("two",
									   "b") "]}",
	  "one/a two/b ", 3, "" },
	{ "a List in a List",
	  "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: "
	  "[" POD("one", "a") "]}]}",
	  "one/a ", 3, "" },
	{ "a PodList whose items have no head",
	  "{apiVersion: v1, kind: PodList, items: [{metadata: {name: one}, "
	  "spec: {containers: [{image: a}]}}]}",
	  "one/a ", 2, "" },
	{ "a List whose items have no head",
	  "{apiVersion: v1, kind: List, items: [{spec: {containers: [{image: a}]}}]}", "",
	  1, "" },
	{ "a List without items", "{apiVersion: v1, kind: List}", "", 1, "" },
	{ "items that are no objects",
	  "{apiVersion: v1, kind: List, items: [1, [a], {}]}", "", 1, "" },
	{ "an aliased item",
	  "{apiVersion: v1, kind: List, items: [&a " POD("one", "a") ", *a]}",
	  "one/a one/a ", 3, "" },
	{ "a merged container",
	  "x: &base {image: a:1, name: b}\n"
	  "apiVersion: v1\nkind: Pod\nspec: {containers: [{<<: *base, name: c}]}\n",
	  "/a:1 ", 1, "" },
	{ "a patch without image",
	  "{apiVersion: v1, kind: Pod, spec: {containers: [{}]}}", "", 1, "" },
	{ "an empty image",
	  "{apiVersion: v1, kind: Pod, spec: {containers: [{image: ''}, {image: }]}}",
	  "/ / ", 1, "" },
	{ "no reference", POD("one", "'Bad:'"), "one/Bad: ", 1, "" },
	{ "a placeholder", "\n" POD("one", "$(image)"), "one/$(image) ", 1,
	  "parameter ./deploy/a.yaml:2\n" },
	{ "OpenShift's space", POD("one", "' '"), "one/  ", 1,
	  "parameter ./deploy/a.yaml:1\n" },
	{ "a template", "\n\n" POD("one", "{{ .Values.image }}"), "", 1,
	  "helm-template ./deploy/a.yaml:3\n" },
	{ "a mapping that is no template", POD("one", "{name: a}"), "one/ ", 1, "" },
	{ "an old group",
	  "{apiVersion: extensions/v1beta1, kind: DaemonSet, "
	  "spec: {template: {spec: {containers: [{image: a}]}}}}",
	  "/a ", 1, "" },
	{ "a Rollout that refers to a Deployment",
	  "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {workloadRef: {}}}",
	  "", 1, "" },
	{ "a custom resource without images", CUSTOM("{size: 3, images: [a]}"), "", 1,
	  "" },
	{ "a custom resource's image", CUSTOM("{a: [{b: {image: nginx}}]}"), "", 1,
	  "unknown-kind ./deploy/a.yaml:1\n" },
	{ "its placeholder", CUSTOM("{image: '$(image)'}"), "", 1,
	  "unknown-kind ./deploy/a.yaml:1\n" },
	{ "its other key", CUSTOM("{runnerImage: a/b}"), "", 1,
	  "unknown-kind ./deploy/a.yaml:1\n" },
	{ "a plain word under another key", CUSTOM("{diskImage: ubuntu}"), "", 1, "" },
	{ "the key Image", CUSTOM("{Image: a/b}"), "", 1,
	  "unknown-kind ./deploy/a.yaml:1\n" },
	{ "no reference under the key", CUSTOM("{image: 'A b'}"), "", 1, "" },
	{ "a mapping under the key", CUSTOM("{image: {tag: a}}"), "", 1, "" },
	{ "one gap an object", CUSTOM("{image: a, b: {image: c}}"), "", 1,
	  "unknown-kind ./deploy/a.yaml:1\n" },
	{ "a gap for each object",
	  CUSTOM("{image: a}") "---\n" CUSTOM("{size: 1}") "---\n" CUSTOM("{image: b}"),
	  "", 3, "unknown-kind ./deploy/a.yaml:1\nunknown-kind ./deploy/a.yaml:5\n" },
	{ "a group without a dot is no custom resource's",
	  "{apiVersion: skaffold/v3, kind: Config, build: {image: a/b:1}}", "", 1, "" },
	{ "a built-in kind of another group",
	  "{apiVersion: v1, kind: Deployment, spec: {template: {spec: {containers: "
	  "[{image: a:1}]}}}}",
	  "", 1, "unknown-kind ./deploy/a.yaml:1\n" },
	{ "a kind of OpenShift before it had groups",
	  "{apiVersion: v1, kind: Template, objects: [{kind: DeploymentConfig, spec: "
	  "{template: {spec: {containers: [{image: a:1}]}}}}]}",
	  "", 1, "unknown-kind ./deploy/a.yaml:1\n" },
	{ "a selector of a built-in kind",
	  "{apiVersion: v1, kind: Service, metadata: {labels: {image: a}}, "
	  "spec: {selector: {image: a}}}",
	  "", 1, "" },
	{ "a kind with rules",
	  "{apiVersion: tekton.dev/v1, kind: Task, metadata: {name: t}, "
	  "spec: {steps: [{image: a:1}, {image: $(params.image)}]}}",
	  "t/a:1 t/$(params.image) ", 1, "parameter ./deploy/a.yaml:1\n" },
	{ "what its rules do not cover",
	  "{apiVersion: tekton.dev/v1, kind: Task,\n"
	  " spec: {steps: [{image: a}],\n  other: {image: b}}}",
	  "/a ", 1, "unknown-kind ./deploy/a.yaml:3\n" },
	{ "its status",
	  "{apiVersion: tekton.dev/v1, kind: TaskRun, spec: {}, "
	  "status: {taskSpec: {steps: [{image: a}]}}}",
	  "", 1, "" },
	{ "a chart's values",
	  "{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease,\n"
	  "spec: {values: {image: a/b}}}",
	  "", 1, "unknown-kind ./deploy/a.yaml:2\n" },
	{ "an image made of several fields",
	  "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus,\n"
	  "spec: {baseImage: a/b, sha: c}}",
	  "", 1, "unknown-kind ./deploy/a.yaml:2\n" },
	{ "its successor beside it",
	  "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus,\n"
	  "spec: {baseImage: a/b, image: a/b:1}}",
	  "/a/b:1 ", 1, "" },
	{ "two keys in a custom resource",
	  "{apiVersion: tekton.dev/v1, kind: Task, spec: {steps: [{image: a, image: "
	  "b}]}}",
	  "/b ", 1, "" },
	{ "a kustomization",
	  KUSTOMIZATION "images: [{name: a, newTag: b}], x: {image: a/b}}", "/a:b ", 1,
	  "kustomize-not-evaluated ./deploy/a.yaml\n" },
	{ "its entries",
	  KUSTOMIZATION
	  "metadata: {name: k}, images: ["
	  "{name: a, newName: b/c, newTag: d}, {name: e, digest: 'sha256:" HEX64
	  "'}, {name: f, newTag: '1.20', digest: 'sha256:" HEX64 "'}]}",
	  "k/b/c:d k/e@sha256:" HEX64 " k/f:1.20@sha256:" HEX64 " ", 1,
	  "kustomize-not-evaluated ./deploy/a.yaml\n" },
	{ "entries that leave the pin alone",
	  KUSTOMIZATION "images: [{name: a, newName: b}, {name: c, tagSuffix: -d}, "
			"{newTag: e}, a, null]}",
	  "", 1, "kustomize-not-evaluated ./deploy/a.yaml\n" },
	{ "an entry to be filled in",
	  KUSTOMIZATION "\nimages: [{name: a, newTag: '${TAG}'}]}", "/a:${TAG} ", 1,
	  "parameter ./deploy/a.yaml:2\nkustomize-not-evaluated ./deploy/a.yaml\n" },
	{ "Flux's Kustomization",
	  "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: "
	  "{name: apps}, spec: {images: [{name: a, newTag: b}]}}",
	  "apps/a:b ", 1, "kustomize-not-evaluated ./deploy/a.yaml:1\n" },
	{ "its patches",
	  "\n{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, spec: "
	  "{patches: [{patch: '[{op: replace, path: "
	  "/spec/template/spec/containers/0/image, value: a}]', target: {kind: "
	  "Deployment}}]}}",
	  "", 1, "kustomize-not-evaluated ./deploy/a.yaml:2\n" },
	{ "its harmless patches",
	  "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, spec: "
	  "{targetNamespace: a, patches: [{patch: '[{op: add, path: /spec/replicas, "
	  "value: 1}]', target: {kind: Deployment}}]}}",
	  "", 1, "" },
	{ "Flux's Kustomization without images",
	  "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, spec: "
	  "{path: ./apps}}",
	  "", 1, "" },
	{ "a kustomize component without images",
	  "{apiVersion: kustomize.config.k8s.io/v1alpha1, kind: Component, images: []}",
	  "", 1, "" },
};

static void documents_give_images_and_gaps(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(document_cases); i++) {
		const char *label = document_cases[i].label;
		CLEANUP(snapshot_release) struct snapshot snapshot;
		CLEANUP(buf_release) struct buf images = BUF_INIT(1000);
		CLEANUP(buf_release) struct buf gaps = BUF_INIT(1000);
		struct kube_file file = read_text(&snapshot, document_cases[i].text);

		for (size_t n = 0; n < snapshot.declared_count; n++)
			buf_printf(&images, "%s/%s ", snapshot.declared[n].object.name,
				   snapshot.declared[n].image.text);
		for (size_t n = 0; n < snapshot.gap_count; n++)
			buf_printf(&gaps, "%s %s\n", gap_name(snapshot.gaps[n].kind),
				   snapshot.gaps[n].subject);
		CHECK_TEXT(label, buf_text(&images), document_cases[i].images);
		CHECK_TEXT(label, buf_text(&gaps), document_cases[i].gaps);
		CHECK(label, file.object_count == document_cases[i].object_count);
	}
}

static void gaps_hide_what_their_file_declares(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;

	(void)state;
	read_text(&snapshot, POD("one", "$(image)"));
	assert_string_equal(snapshot.gaps[0].scope, "tree/t/path/deploy/a.yaml");
	assert_non_null(strstr(snapshot.gaps[0].reason, "'$(image)'"));
	snapshot_release(&snapshot);
	read_text(&snapshot, CUSTOM("{image: nginx}"));
	assert_non_null(strstr(snapshot.gaps[0].reason, "Thing (example.com/v1)"));
	assert_non_null(strstr(snapshot.gaps[0].reason, "'nginx'"));
}

static void an_entry_stands_where_its_digest_or_tag_stands(void **state)
{
	static const char text[] =
		KUSTOMIZATION "images: [\n"
			      " {name: a, newTag: b},\n"
			      " {newTag: b, digest: 'sha256:" HEX64 "', name: a}]}";
	CLEANUP(snapshot_release) struct snapshot snapshot;
	const struct declared_use *use;

	(void)state;
	read_text(&snapshot, text);
	use = snapshot.declared;
	assert_int_equal(snapshot.declared_count, 2);
	assert_true(use->overrides && !use->workload);
	assert_string_equal(use->object.api_group, "kustomize.config.k8s.io");
	assert_string_equal(use->object.kind, "Kustomization");
	assert_string_equal(use->field, "images[0]");
	assert_string_equal(use->image.container, "");
	assert_int_equal(use->line, 2);
	assert_int_equal(use->end - use->begin, 1);
	assert_memory_equal(text + use->begin, "b", 1);
	assert_string_equal(use[1].field, "images[1]");
	assert_int_equal(use[1].line, 3);
	assert_memory_equal(text + use[1].begin, "'sha256:", 8);
}

static const struct {
	const char *label, *container;
	uint32_t line, duplicate_line;
	const char *text;
} duplicate_cases[] = {
	{ "once", "image: a\n", 6, 0, "a" },
	{ "twice", "image: a\n    name: x\n    image: b\n", 8, 6, "b" },
	{ "thrice", "image: a\n    image: b\n    image: c\n", 8, 7, "c" },
	{ "the same", "image: a\n    image: a\n", 7, 6, "a" },
	{ "merged and own", "<<: {image: a}\n    image: b\n", 7, 0, "b" },
};

static void two_image_keys_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(duplicate_cases); i++) {
		const char *label = duplicate_cases[i].label;
		CLEANUP(snapshot_release) struct snapshot snapshot;
		char text[300];

		snprintf(text, sizeof(text),
			 "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n"
			 "  # the container\n  - %s",
			 duplicate_cases[i].container);
		read_text(&snapshot, text);
		CHECK(label, snapshot.declared_count == 1);
		CHECK(label, snapshot.declared->line == duplicate_cases[i].line);
		CHECK(label, snapshot.declared->duplicate_line ==
				     duplicate_cases[i].duplicate_line);
		CHECK_TEXT(label, snapshot.declared->image.text, duplicate_cases[i].text);
	}
}

static void objects_of_a_file_are_limited(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf text = BUF_INIT(10000000);

	(void)state;
	buf_puts(&text, "{apiVersion: v1, kind: List, items: [&a " POD("one", "a"));
	for (int i = 0; i < KUBE_FILE_OBJECTS; i++)
		buf_puts(&text, ", *a");
	buf_puts(&text, "]}\n---\n" POD("two", "b"));
	read_text(&snapshot, buf_text(&text));
	assert_int_equal(snapshot.declared_count, KUBE_FILE_OBJECTS - 1);
	assert_int_equal(snapshot.gap_count, 1);
	assert_int_equal(snapshot.gaps[0].kind, GAP_TOO_LARGE);
	assert_string_equal(snapshot.gaps[0].subject, "./deploy/a.yaml");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_use_has_its_place_its_object_and_its_container),
		cmocka_unit_test(names_are_empty_where_there_are_none),
		cmocka_unit_test(documents_give_images_and_gaps),
		cmocka_unit_test(an_entry_stands_where_its_digest_or_tag_stands),
		cmocka_unit_test(gaps_hide_what_their_file_declares),
		cmocka_unit_test(two_image_keys_are_told),
		cmocka_unit_test(objects_of_a_file_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
