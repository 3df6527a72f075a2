#include "model/workload.h"

#include "base/json.h"

#include "tests/unit/check.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SHA256 "sha256:" HEX64

static const struct {
	const char *group, *kind;
	const char *path; /* of the PodSpec, NULL where the kind is none of ours */
	bool makes_pods;
} kind_cases[] = {
	{ "", "Pod", "spec", true },
	{ "", "PodTemplate", "template.spec", false },
	{ "", "ReplicationController", "spec.template.spec", true },
	{ "apps", "Deployment", "spec.template.spec", true },
	{ "apps", "ReplicaSet", "spec.template.spec", true },
	{ "apps", "StatefulSet", "spec.template.spec", true },
	{ "apps", "DaemonSet", "spec.template.spec", true },
	{ "extensions", "Deployment", "spec.template.spec", true },
	{ "extensions", "DaemonSet", "spec.template.spec", true },
	{ "extensions", "Job", "spec.template.spec", true },
	{ "batch", "Job", "spec.template.spec", true },
	{ "batch", "CronJob", "spec.jobTemplate.spec.template.spec", true },
	{ "argoproj.io", "Rollout", "spec.template.spec", true },
	{ "", "Deployment", NULL, false },
	{ "apps", "Pod", NULL, false },
	{ "extensions", "Pod", NULL, false },
	{ "extensions", "Rollout", NULL, false },
	{ "example.com", "Deployment", NULL, false },
	{ "argoproj.io", "Workflow", NULL, false },
	{ "", "", NULL, false },
	{ "", "pod", NULL, false },
};

static void kinds_have_the_paths_of_the_kubernetes_api(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(kind_cases); i++) {
		const struct workload_kind *kind =
			workload_kind_find(kind_cases[i].group, kind_cases[i].kind);
		char path[80] = "";

		CHECK(kind_cases[i].kind, !kind == !kind_cases[i].path);
		if (!kind)
			continue;
		for (size_t part = 0; kind->pod_spec[part]; part++) {
			size_t length = strlen(path);

			snprintf(path + length, sizeof(path) - length, "%s%s",
				 part ? "." : "", kind->pod_spec[part]);
		}
		CHECK_TEXT(kind_cases[i].kind, path, kind_cases[i].path);
		CHECK(kind_cases[i].kind, kind->makes_pods == kind_cases[i].makes_pods);
	}
}

static void api_group_is_what_stands_before_the_slash(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	(void)state;
	assert_string_equal(api_group_of("v1", &arena), "");
	assert_string_equal(api_group_of("apps/v1", &arena), "apps");
	assert_string_equal(api_group_of("argoproj.io/v1alpha1", &arena), "argoproj.io");
	assert_string_equal(api_group_of("", &arena), "");
}

static struct node *read_spec(struct arena *arena, const char *text)
{
	struct error err = ERROR_INIT;
	struct node *node = NULL;

	if (!json_read(&node, arena,
		       &(struct json_source){ text, strlen(text), NULL, true }, &err))
		fail_msg("%s", err.text);
	return node;
}

static const struct {
	const char *path, *container, *text;
	enum container_class class;
} image_cases[] = {
	{ "containers[0].image", "app", "app:1", CLASS_CONTAINER },
	{ "containers[2].image", "", "bare", CLASS_CONTAINER },
	{ "initContainers[0].image", "setup", "setup:1", CLASS_INIT },
	{ "initContainers[1].image", "proxy", "proxy:1", CLASS_SIDECAR },
	{ "ephemeralContainers[0].image", "debug", "debug:1", CLASS_EPHEMERAL },
	{ "volumes[2].image.reference", "models", "models:1", CLASS_IMAGE_VOLUME },
};

static void images_come_from_every_list_in_order(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const struct node *spec = read_spec(
		&arena,
		"{\"volumes\": ["
		"  {\"name\": \"data\", \"emptyDir\": {}},"
		"  {\"name\": \"block\", \"rbd\": {\"image\": \"foo\", \"pool\": "
		"\"kube\"}},"
		"  {\"name\": \"models\", \"image\": {\"reference\": \"models:1\"}},"
		"  {\"name\": \"odd\", \"image\": \"text\"}],"
		" \"ephemeralContainers\": [{\"name\": \"debug\", \"image\": "
		"\"debug:1\"}],"
		" \"initContainers\": ["
		"  {\"name\": \"setup\", \"image\": \"setup:1\"},"
		"  {\"name\": \"proxy\", \"image\": \"proxy:1\","
		"   \"restartPolicy\": \"Always\"}],"
		" \"containers\": ["
		"  {\"name\": \"app\", \"image\": \"app:1\","
		"   \"restartPolicy\": \"Always\"},"
		"  \"no mapping\", {\"image\": \"bare\"}]}");
	size_t count;
	struct image_field *fields = pod_spec_images(spec, &arena, &count);

	(void)state;
	assert_int_equal(count, ARRAY_LENGTH(image_cases));
	for (size_t i = 0; i < count; i++) {
		const char *label = image_cases[i].path;

		CHECK_TEXT(label, fields[i].path, label);
		CHECK_TEXT(label, fields[i].image.container, image_cases[i].container);
		CHECK_TEXT(label, fields[i].image.text, image_cases[i].text);
		CHECK(label, fields[i].image.class == image_cases[i].class);
		CHECK(label, fields[i].image.state == REFERENCE_OK);
		CHECK(label, fields[i].scalar->place.begin != 0);
		CHECK(label, fields[i].owner->kind == NODE_MAPPING);
	}
}

static const struct {
	const char *label, *container;
	enum reference_state state;
	const char *problem; /* how it begins */
	bool has_scalar;
} state_cases[] = {
	{ "absent", "{}", REFERENCE_EMPTY, "", false },
	{ "null", "{\"image\": null}", REFERENCE_EMPTY, "", true },
	{ "empty", "{\"image\": \"\"}", REFERENCE_EMPTY, "", true },
	{ "a space", "{\"image\": \" \"}", REFERENCE_PLACEHOLDER, "", true },
	{ "a parameter", "{\"image\": \"$(params.image)\"}", REFERENCE_PLACEHOLDER, "",
	  true },
	{ "no reference", "{\"image\": \"Nginx\"}", REFERENCE_BAD, "repository has upper",
	  true },
	{ "no digest", "{\"image\": \"a@sha256:abc\"}", REFERENCE_BAD, "digest", true },
	{ "a mapping", "{\"image\": {}}", REFERENCE_BAD, "it is a list or mapping",
	  true },
	{ "a number", "{\"image\": 7}", REFERENCE_OK, "", true },
	{ "pinned", "{\"image\": \"a@" SHA256 "\"}", REFERENCE_OK, "", true },
};

static void state_says_what_became_of_a_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(state_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *label = state_cases[i].label;
		char text[200];
		size_t count;
		struct image_field *field;

		snprintf(text, sizeof(text), "{\"containers\": [%s]}",
			 state_cases[i].container);
		field = pod_spec_images(read_spec(&arena, text), &arena, &count);
		CHECK(label, count == 1);
		CHECK(label, field->image.state == state_cases[i].state);
		CHECK(label, !field->scalar == !state_cases[i].has_scalar);
		CHECK(label, strncmp(field->image.problem, state_cases[i].problem,
				     strlen(state_cases[i].problem)) == 0);
		CHECK(label, (field->image.state == REFERENCE_BAD) ==
				     (field->image.problem[0] != '\0'));
		CHECK(label, field->image.ref.registry && field->image.ref.tag);
	}
}

static void what_is_no_pod_spec_has_no_images(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	size_t count = 1;

	(void)state;
	assert_null(pod_spec_images(NULL, &arena, &count));
	assert_int_equal(count, 0);
	pod_spec_images(read_spec(&arena, "[1]"), &arena, &count);
	assert_int_equal(count, 0);
	pod_spec_images(read_spec(&arena, "{\"containers\": {}}"), &arena, &count);
	assert_int_equal(count, 0);
}

static void texts_outlive_the_nodes(void **state)
{
	CLEANUP(arena_release) struct arena kept = ARENA_INIT;
	struct arena nodes = ARENA_INIT;
	size_t count;
	struct image_field *field = pod_spec_images(
		read_spec(&nodes,
			  "{\"containers\": [{\"name\": \"a\", \"image\": \"b/c:1\"}]}"),
		&kept, &count);

	(void)state;
	arena_release(&nodes);
	assert_string_equal(field->image.container, "a");
	assert_string_equal(field->image.text, "b/c:1");
	assert_string_equal(field->image.ref.repository, "b/c");
	assert_string_equal(field->path, "containers[0].image");
}

static void what_is_too_long_to_be_valid_is_cut(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct container_image image = { .container = "" };
	char text[5000];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(strlen(object_name_keep(&arena, text)), 253);
	assert_string_equal(object_name_keep(&arena, text + sizeof(text) - 254),
			    text + sizeof(text) - 254);
	container_image_read(&image, &arena, text);
	assert_int_equal(image.state, REFERENCE_BAD);
	assert_int_equal(strlen(image.text), IMAGE_TEXT_BYTES);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_have_the_paths_of_the_kubernetes_api),
		cmocka_unit_test(api_group_is_what_stands_before_the_slash),
		cmocka_unit_test(images_come_from_every_list_in_order),
		cmocka_unit_test(state_says_what_became_of_a_text),
		cmocka_unit_test(what_is_no_pod_spec_has_no_images),
		cmocka_unit_test(texts_outlive_the_nodes),
		cmocka_unit_test(what_is_too_long_to_be_valid_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
