#include "source/image_like.h"

#include "tests/unit/check.h"
#include "tests/unit/yaml_text.h"

static const struct {
	const char *text;
	const char *any;    /* what is found; "" for nothing */
	const char *tagged; /* with LIKENESS_TAGGED */
} cases[] = {
	{ "image: nginx", "nginx", "" },
	{ "image: nginx:1", "nginx:1", "nginx:1" },
	{ "image: $(params.image)", "$(params.image)", "" },
	{ "image: A b", "", "" },
	{ "runnerImage: a/b", "a/b", "" },
	{ "runner_image: a/b:1", "a/b:1", "a/b:1" },
	{ "diskImage: ubuntu", "", "" },
	{ "imageName: ghcr.io/a/b:16", "ghcr.io/a/b:16", "ghcr.io/a/b:16" },
	{ "imageName: web", "", "" },
	{ "imagePullPolicy: Always", "", "" },
	{ "imageRegistry: localhost:5000", "", "" },
	{ "a: [{b: {image: c:1}}]", "c:1", "c:1" },
	{ "images: [web, a:1]", "a:1", "a:1" },
	{ "images: {web: a/b:1}", "a/b:1", "a/b:1" },
	{ "image: {registry: 'localhost:5000', name: a}", "", "" },
	{ "image: {reference: a:1}", "a:1", "a:1" },
	{ "image: {repository: a/b, tag: 1}", "a/b", "a/b" },
	{ "image: {repo: a/b, version: 1}", "a/b", "a/b" },
	{ "image: {repository: a/b}", "", "" },
	{ "code: {repository: a/b, tag: 1}", "", "" },
	{ "{imageRepository: a/b, imageTag: 1}", "a/b", "a/b" },
	{ "{imageRepository: a/b, tag: 1}", "", "" },
	{ "from: {kind: DockerImage, name: a}", "a", "a" },
	{ "labels: {image: a:1}", "", "" },
	{ "annotations: {image: a:1}", "", "" },
	{ "spec: {selector: {image: a}, nodeSelector: {image: a}}", "", "" },
	{ "openAPIV3Schema: {image: {default: a:1}}", "", "" },
	{ "{image: a:1, image: 'A b'}", "", "" },
	{ "{image: 'A b', image: a:1}", "a:1", "a:1" },
	{ "{a: {image: a:1}, a: 1}", "", "" },
	{ "{x: &x {image: a:1}, image: b:1}", "a:1", "a:1" },
	{ "{<<: {image: a:1}}", "a:1", "a:1" },
};

static void what_looks_like_an_image_is_found(void **state)
{
	const struct table none = TABLE_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const struct node *root = yaml_text_read(&arena, cases[i].text);
		const struct node *any = image_like_find(root, &none, LIKENESS_ANY);
		const struct node *tagged = image_like_find(root, &none, LIKENESS_TAGGED);

		CHECK_TEXT(cases[i].text, any ? any->text : "", cases[i].any);
		CHECK_TEXT(cases[i].text, tagged ? tagged->text : "", cases[i].tagged);
	}
}

static void what_was_seen_is_passed_by(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(table_release) struct table seen = TABLE_INIT;
	const struct node *root = yaml_text_read(
		&arena, "{image: a:1, status: {image: b:1}, c: [{image: c:1}]}");
	const struct node *found = image_like_find(root, &seen, LIKENESS_ANY);

	(void)state;
	assert_string_equal(found->text, "a:1");
	image_like_see(&seen, &arena, found);
	image_like_see(&seen, &arena, node_get(root, "status"));
	found = image_like_find(root, &seen, LIKENESS_ANY);
	assert_string_equal(found->text, "c:1");
	image_like_see(&seen, &arena, root);
	assert_null(image_like_find(root, &seen, LIKENESS_ANY));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_looks_like_an_image_is_found),
		cmocka_unit_test(what_was_seen_is_passed_by),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
