#include "source/kustomize_tree.h"

#include "tests/unit/check.h"

static const struct {
	const char *folder, *entry, *joined;
} joins[] = {
	{ "", "a.yaml", "a.yaml" },
	{ "overlays/dev", "../../base", "base" },
	{ "./overlays//dev/", "./x/../y.yaml", "overlays/dev/y.yaml" },
	{ "a", "..", "" },
	{ "a", "../..", ".." },
	{ "a", "../../../b", "../../b" },
	{ "../x", "../y", "../y" },
	{ "/", "../a", "/../a" }, /* no file beneath a root has such a path */
	{ "/x", "../a", "/a" },
	{ "/x/y", "z/", "/x/y/z" },
	{ "a", "..b", "a/..b" },
};

static void entries_are_joined_to_their_folder(void **state)
{
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(joins); i++) {
		struct kustomize_name folder = { joins[i].folder, "f" };
		struct kustomize_name joined =
			kustomize_join(&folder, joins[i].entry, &arena);

		assert_string_equal(joined.name, joins[i].joined);
	}
	arena_release(&arena);
}

static void three_names_are_those_of_kustomizations(void **state)
{
	(void)state;
	assert_true(kustomize_is_named("kustomization.yaml"));
	assert_true(kustomize_is_named("a/kustomization.yml"));
	assert_true(kustomize_is_named("a/Kustomization"));
	assert_false(kustomize_is_named("a/kustomization.json"));
	assert_false(kustomize_is_named("my-kustomization.yaml"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_joined_to_their_folder),
		cmocka_unit_test(three_names_are_those_of_kustomizations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
