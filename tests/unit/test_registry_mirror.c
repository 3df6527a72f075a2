/* Which mirrors stand before a registry. */
#include "source/registry_mirror.h"

#include "tests/unit/check.h"

static const struct {
	const char *label, *rule, *registry, *repository;
	const char *there; /* NULL: the rule is not about it */
	const char *mirror;
} apply_cases[] = {
	{ "a whole registry", "quay.io=m.example:5000", "quay.io", "a/b", "a/b",
	  "m.example:5000" },
	{ "another registry", "quay.io=m.example", "ghcr.io", "a/b", NULL, NULL },
	{ "Docker Hub's other name", "index.docker.io=m.example", "docker.io",
	  "library/nginx", "library/nginx", "m.example" },
	{ "below a prefix", "quay.io=m.example/quay/", "quay.io", "a/b", "quay/a/b",
	  "m.example" },
	{ "from a prefix", "docker.io/library=m.example/x", "docker.io", "library/nginx",
	  "x/nginx", "m.example" },
	{ "a prefix is whole parts", "docker.io/lib=m.example", "docker.io",
	  "library/nginx", NULL, NULL },
	{ "one repository", "quay.io/a/b=m.example/c", "quay.io", "a/b", "c",
	  "m.example" },
	{ "nothing left to ask for", "quay.io/a/b=m.example", "quay.io", "a/b", NULL,
	  NULL },
	{ "localhost", "quay.io=localhost/q", "quay.io", "a", "q/a", "localhost" },
};

static void a_rule_says_what_a_repository_is_called_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(apply_cases); i++) {
		const char *label = apply_cases[i].label;
		CLEANUP(mirror_rules_release) struct mirror_rules rules = { 0 };
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		const char *there;

		CHECK(label, mirror_rules_read(&rules, &apply_cases[i].rule, 1, &err));
		there = mirror_rule_apply(&rules.items[0], &arena,
					  apply_cases[i].registry,
					  apply_cases[i].repository);
		CHECK(label, !there == !apply_cases[i].there);
		if (there) {
			CHECK(label, strcmp(there, apply_cases[i].there) == 0);
			CHECK(label, strcmp(rules.items[0].to.registry,
					    apply_cases[i].mirror) == 0);
		}
	}
}

static const char *const bad_rules[] = {
	"",
	"quay.io",
	"=m.example",
	"quay.io=",
	"quay.io=m",
	"nginx=m.io",
	"quay.io=m.io/Up",
	"quay.io=https://m.io",
	"quay.io=m.io/a:1",
	"quay.io=m.io/../x",
	"quay.io=m.io/a b",
	"quay.io=m@m.io",
};

static void what_is_no_rule_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bad_rules); i++) {
		CLEANUP(mirror_rules_release) struct mirror_rules rules = { 0 };
		struct error err = ERROR_INIT;

		CHECK(bad_rules[i], !mirror_rules_read(&rules, &bad_rules[i], 1, &err));
		CHECK(bad_rules[i], err.code == ERROR_USAGE);
		CHECK(bad_rules[i], strstr(err.text, "--mirror") != NULL);
		CHECK(bad_rules[i], strstr(err.text, bad_rules[i]) != NULL);
	}
}

static void the_longest_prefix_comes_first_then_the_order_given(void **state)
{
	static const char *const texts[] = { "quay.io=one.example", "quay.io=two.example",
					     "quay.io/a/b=long.example/x",
					     "quay.io/a=mid.example/y" };
	static const char *const order[] = { "long.example", "mid.example", "one.example",
					     "two.example" };
	CLEANUP(mirror_rules_release) struct mirror_rules rules = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_true(mirror_rules_read(&rules, texts, ARRAY_LENGTH(texts), &err));
	for (size_t i = 0; i < ARRAY_LENGTH(order); i++)
		assert_string_equal(rules.items[i].to.registry, order[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_says_what_a_repository_is_called_there),
		cmocka_unit_test(what_is_no_rule_is_named),
		cmocka_unit_test(the_longest_prefix_comes_first_then_the_order_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
