#include "tests/unit/store_world.h"

#include "model/scope.h"

static struct coverage items[] = {
	{ "cluster/A", false, "" },
	{ "cluster/A/namespace/shop", true, "" },
	{ "cluster/B", true, "" },
	{ "cluster/B/namespace/secret", false, "" },
	{ "tree/T/path/deploy/", true, "" },
	{ "tree/T/path/deploy/broken.yaml", false, "" },
	{ "tree/U", true, "" },
	{ "tree/U", false, "" },
};
static const struct coverage_list coverage = { items, ARRAY_LENGTH(items) };

static const struct {
	const char *scope;
	bool asked, observed;
} cases[] = {
	{ "cluster/A/namespace/shop", true, true },
	{ "cluster/A/namespace/shop2", true, false },
	{ "cluster/A/namespace/billing", true, false },
	{ "cluster/B/namespace/shop", true, true },
	{ "cluster/B/namespace/secret", true, false },
	{ "cluster/B/namespace/secrets", true, true },
	{ "cluster/C/namespace/shop", false, false },
	{ "tree/T/path/deploy/web.yaml", true, true },
	{ "tree/T/path/deploy/more/web.yaml", true, true },
	{ "tree/T/path/deploy/broken.yaml", true, false },
	{ "tree/T/path/deployment.yaml", false, false },
	{ "tree/U/path/x.yaml", true, false }, /* of equals, "not observed" counts */
};

static void the_most_specific_entry_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *scopes = arena_printf(&arena, "%s\n", cases[i].scope);

		CHECK(cases[i].scope,
		      coverage_observed(&coverage, cases[i].scope) == cases[i].observed);
		CHECK(cases[i].scope,
		      coverage_observed_any(&coverage, scopes) == cases[i].observed);
		CHECK(cases[i].scope,
		      coverage_asked_for(&coverage, scopes, true) == cases[i].asked);
		CHECK(cases[i].scope,
		      coverage_asked_for(&coverage, scopes, false) == cases[i].asked);
	}
}

static void the_order_of_entries_does_not_matter(void **state)
{
	struct coverage reversed[ARRAY_LENGTH(items)];
	const struct coverage_list list = { reversed, ARRAY_LENGTH(items) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(items); i++)
		reversed[i] = items[ARRAY_LENGTH(items) - 1 - i];
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		CHECK(cases[i].scope,
		      coverage_observed(&list, cases[i].scope) == cases[i].observed);
}

static void several_scopes_hold_by_any_or_by_all(void **state)
{
	(void)state;
	assert_true(coverage_asked_for(&coverage, "cluster/C\ncluster/A\n", true));
	assert_false(coverage_asked_for(&coverage, "cluster/C\ncluster/A\n", false));
	assert_true(coverage_asked_for(&coverage, "cluster/A\ncluster/B\n", false));
	assert_false(coverage_asked_for(&coverage, "cluster/C\ncluster/D\n", true));
	assert_true(coverage_observed_any(&coverage, "cluster/C\ncluster/B\n"));
	assert_false(coverage_observed_any(&coverage, ""));
}

static const struct {
	enum gap_kind kind;
	bool hides;
} gap_cases[] = {
	{ GAP_NOT_YAML, true },    { GAP_TOO_LARGE, true },
	{ GAP_UNREADABLE, true },  { GAP_HELM_TEMPLATE, true },
	{ GAP_PARAMETER, false },  { GAP_AMBIGUOUS_DECLARATION, false },
	{ GAP_UNRESOLVED, false }, { GAP_NAMESPACE_UNKNOWN, false },
	{ GAP_KUSTOMIZE, false },  { GAP_UNKNOWN_KIND, false },
};

static void a_gap_hides_a_file_that_could_not_be_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(gap_cases); i++) {
		const struct gap gap = { .kind = gap_cases[i].kind,
					 .scope = "tree/T/path/deploy/web.yaml" };
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct coverage_list list =
			coverage_with_gaps(&arena, &coverage, &gap, 1);

		CHECK(gap_name(gap.kind),
		      coverage_observed(&list, "tree/T/path/deploy/web.yaml") ==
			      !gap_cases[i].hides);
		CHECK(gap_name(gap.kind),
		      coverage_observed(&list, "tree/T/path/deploy/api.yaml"));
	}
}

static void a_gap_without_a_scope_hides_nothing(void **state)
{
	const struct gap gap = { .kind = GAP_UNREADABLE, .scope = "" };
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct coverage_list list = coverage_with_gaps(&arena, &coverage, &gap, 1);

	(void)state;
	assert_int_equal(list.count, coverage.count);
}

static void a_memo_answers_as_coverage_does(void **state)
{
	CLEANUP(coverage_memo_release)
	struct coverage_memo memo = {
		.coverage = coverage,
		.scope = scope_of_namespace,
		.key = "B",
	};

	(void)state;
	for (int round = 0; round < 2; round++) {
		assert_true(coverage_memo_observed(&memo, "shop"));
		assert_false(coverage_memo_observed(&memo, "secret"));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_specific_entry_decides),
		cmocka_unit_test(the_order_of_entries_does_not_matter),
		cmocka_unit_test(several_scopes_hold_by_any_or_by_all),
		cmocka_unit_test(a_gap_hides_a_file_that_could_not_be_read),
		cmocka_unit_test(a_gap_without_a_scope_hides_nothing),
		cmocka_unit_test(a_memo_answers_as_coverage_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
