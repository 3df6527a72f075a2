#include "model/scope.h"

#include "tests/unit/check.h"

static const struct {
	const char *label, *key, *namespace, *scope;
} namespace_cases[] = {
	{ "a namespace", "uid:3f8a", "shop", "cluster/uid:3f8a/namespace/shop" },
	{ "the whole cluster", "uid:3f8a", "", "cluster/uid:3f8a" },
	{ "a URL as key", "https://host/a%b", "shop",
	  "cluster/https:%2F%2Fhost%2Fa%25b/namespace/shop" },
	{ "no key", "", "shop", "cluster//namespace/shop" },
	{ "a namespace that cannot be", "k", "a/b\nc", "cluster/k/namespace/a%2Fb%0Ac" },
};

static void a_namespace_is_below_its_cluster(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(namespace_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;

		CHECK_TEXT(namespace_cases[i].label,
			   scope_of_namespace(&arena, namespace_cases[i].key,
					      namespace_cases[i].namespace),
			   namespace_cases[i].scope);
	}
}

static const struct {
	const char *label, *tree, *path, *scope;
} path_cases[] = {
	{ "a file", "host/shop", "deploy/web.yaml",
	  "tree/host%2Fshop/path/deploy/web.yaml" },
	{ "a folder", "t", "deploy/", "tree/t/path/deploy/" },
	{ "the whole tree", "t", "", "tree/t" },
	{ "outside a work tree", "", "web.yaml", "tree//path/web.yaml" },
	{ "two lines", "t", "a\nb.yaml", "tree/t/path/a%0Ab.yaml" },
	{ "a percent sign", "t", "a%0Ab.yaml", "tree/t/path/a%250Ab.yaml" },
	{ "UTF-8", "t", "caf\xc3\xa9.yaml", "tree/t/path/caf\xc3\xa9.yaml" },
	{ "no UTF-8", "t", "caf\xe9.yaml", "tree/t/path/caf%E9.yaml" },
	{ "DEL", "t", "\x7f", "tree/t/path/%7F" },
};

static void a_path_is_one_line_below_its_tree(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(path_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;

		CHECK_TEXT(path_cases[i].label,
			   scope_of_path(&arena, path_cases[i].tree, path_cases[i].path),
			   path_cases[i].scope);
	}
}

static const struct {
	const char *label, *scope, *area;
	bool within;
} within_cases[] = {
	{ "itself", "cluster/k", "cluster/k", true },
	{ "a namespace of the cluster", "cluster/k/namespace/shop", "cluster/k", true },
	{ "a name that begins alike", "cluster/k/namespace/shop-2",
	  "cluster/k/namespace/shop", false },
	{ "another cluster", "cluster/k2/namespace/shop", "cluster/k", false },
	{ "the area is narrower", "cluster/k", "cluster/k/namespace/shop", false },
	{ "a file of a folder", "tree/t/path/deploy/web.yaml", "tree/t/path/deploy/",
	  true },
	{ "a file of a folder below", "tree/t/path/deploy/a/web.yaml",
	  "tree/t/path/deploy/", true },
	{ "a folder that begins alike", "tree/t/path/deploy-2/web.yaml",
	  "tree/t/path/deploy/", false },
	{ "a file of the tree", "tree/t/path/web.yaml", "tree/t", true },
	{ "nothing hides nothing", "tree/t/path/web.yaml", "", false },
};

static void an_area_holds_what_lies_below_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(within_cases); i++)
		CHECK(within_cases[i].label,
		      scope_within(within_cases[i].scope, within_cases[i].area) ==
			      within_cases[i].within);
}

static void a_long_name_is_kept_whole(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	char *name CLEANUP(free_pointer) = xmalloc(100001);

	(void)state;
	memset(name, 'x', 100000);
	name[100000] = '\0';
	assert_int_equal(strlen(scope_of_path(&arena, "t", name)),
			 100000 + strlen("tree/t/path/"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_namespace_is_below_its_cluster),
		cmocka_unit_test(a_path_is_one_line_below_its_tree),
		cmocka_unit_test(an_area_holds_what_lies_below_it),
		cmocka_unit_test(a_long_name_is_kept_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
