#include "model/policy.h"

#include "tests/unit/check.h"

static void globs_match_paths_as_gitignore_has_them(void **state)
{
	static const struct {
		const char *glob, *path;
		bool matches;
	} cases[] = {
		{ "testdata", "testdata/a.yaml", true },
		{ "testdata", "pkg/testdata/a.yaml", true },
		{ "testdata/", "pkg/testdata/a.yaml", true },
		{ "/testdata", "pkg/testdata/a.yaml", false },
		{ "/testdata", "testdata/a.yaml", true },
		{ "testdata", "testdata2/a.yaml", false },
		{ "*.yaml", "deploy/web.yaml", true },
		{ "*.yaml", "deploy/web.yml", false },
		{ "deploy/*.yaml", "deploy/web.yaml", true },
		{ "deploy/*.yaml", "deploy/shop/web.yaml", false },
		{ "deploy/*.yaml", "old/deploy/web.yaml", false },
		{ "deploy/*", "deploy/shop/web.yaml", true }, /* the folder matches */
		{ "deploy/**", "deploy/shop/web.yaml", true },
		{ "deploy/**", "deploy", false },
		{ "**/web.yaml", "web.yaml", true },
		{ "**/web.yaml", "a/b/web.yaml", true },
		{ "a/**/d.yaml", "a/d.yaml", true },
		{ "a/**/d.yaml", "a/b/c/d.yaml", true },
		{ "a/**/d.yaml", "a/b/c/e.yaml", false },
		{ "a/**/b/**/c", "a/b/x/b/y/c", true },
		{ "a/**/b/**/c", "a/x/y/c", false },
		{ "**", "a", true },
		{ "overlays/prod*/", "overlays/prod-eu/web.yaml", true },
		{ "", "a", false },
		{ "a", "", false },
		{ "[", "a", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		bool matches = policy_path_matches(cases[i].glob, cases[i].path);

		if (matches != cases[i].matches)
			print_error("%s against %s\n", cases[i].glob, cases[i].path);
		CHECK(cases[i].glob, matches == cases[i].matches);
	}
}

static void a_glob_of_many_wildcards_takes_no_exponential_time(void **state)
{
	static const char glob[] = "a/**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/b";
	char path[2048];

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(path); i += 2)
		memcpy(path + i, "a/", 2);
	path[sizeof(path) - 2] = 'c';
	path[sizeof(path) - 1] = '\0';
	assert_false(policy_path_matches(glob, path));
}

static void the_first_environment_that_has_the_path_counts(void **state)
{
	static const char *const prod[] = { "overlays/prod", "jobs/*-prod.yaml" };
	static const char *const any[] = { "overlays" };
	static struct policy_environment environments[] = {
		{ prod, ARRAY_LENGTH(prod), "prod", "shop" },
		{ any, ARRAY_LENGTH(any), "test", "" },
	};
	const struct policy policy = { .environments = environments,
				       .environment_count = 2 };

	(void)state;
	assert_ptr_equal(policy_environment_of(&policy, "overlays/prod/web.yaml"),
			 &environments[0]);
	assert_ptr_equal(policy_environment_of(&policy, "jobs/a-prod.yaml"),
			 &environments[0]);
	assert_ptr_equal(policy_environment_of(&policy, "overlays/eu/web.yaml"),
			 &environments[1]);
	assert_null(policy_environment_of(&policy, "base/web.yaml"));
}

static void what_is_excluded_is_named_by_the_topmost_that_matches(void **state)
{
	static const char *const globs[] = { "*.tmp.yaml", "testdata", "a/**/gen" };
	static const struct policy policy = { .excluded = globs,
					      .excluded_count = ARRAY_LENGTH(globs) };
	static const struct {
		const char *path, *excluded;
	} cases[] = {
		{ "deploy/web.yaml", "" },
		{ "deploy/web.tmp.yaml", "deploy/web.tmp.yaml" },
		{ "testdata/b/web.yaml", "testdata" },
		{ "b/testdata/testdata/web.tmp.yaml", "b/testdata" },
		{ "a/b/c/gen/gen/web.yaml", "a/b/c/gen" },
		{ "a/gen", "a/gen" },
		{ "testdata2", "" },
		{ "/home/a/testdata/web.yaml", "/home/a/testdata" },
		{ "/testdata", "/testdata" },
		{ "/home/web.yaml", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		size_t length = policy_excluded_length(&policy, cases[i].path);

		CHECK(cases[i].path,
		      length == strlen(cases[i].excluded) &&
			      strncmp(cases[i].path, cases[i].excluded, length) == 0);
	}
}

static void a_rule_keeps_its_level_unless_the_policy_has_another(void **state)
{
	static struct policy_level levels[] = { { "tag-moved", LEVEL_ERROR },
						{ "unpinned", LEVEL_NONE } };
	static const struct policy policy = { .levels = levels, .level_count = 2 };

	(void)state;
	assert_int_equal(policy_level_of(&policy, "unpinned", LEVEL_ERROR), LEVEL_NONE);
	assert_int_equal(policy_level_of(&policy, "tag-moved", LEVEL_WARNING),
			 LEVEL_ERROR);
	assert_int_equal(policy_level_of(&policy, "tag-gone", LEVEL_WARNING),
			 LEVEL_WARNING);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_match_paths_as_gitignore_has_them),
		cmocka_unit_test(a_glob_of_many_wildcards_takes_no_exponential_time),
		cmocka_unit_test(the_first_environment_that_has_the_path_counts),
		cmocka_unit_test(what_is_excluded_is_named_by_the_topmost_that_matches),
		cmocka_unit_test(a_rule_keeps_its_level_unless_the_policy_has_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
