#include "tests/unit/store_world.h"

#include "model/scope.h"

static const struct coverage items[] = {
	{ "cluster/A", false, "" },
	{ "cluster/A/namespace/shop", true, "" },
	{ "cluster/B", true, "" },
	{ "cluster/B/namespace/secret", false, "" },
	{ "tree/T/path/deploy/", true, "" },
	{ "tree/T/path/deploy/broken.yaml", false, "" },
	{ "tree/U", true, "" },
	{ "tree/U", false, "" },
};

static struct areas covered_items(void)
{
	struct areas covered = AREAS_INIT;

	coverage_take(&covered, items, ARRAY_LENGTH(items));
	return covered;
}

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
	CLEANUP(areas_release) struct areas covered = covered_items();

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *scopes = arena_printf(&arena, "%s\n", cases[i].scope);

		CHECK(cases[i].scope,
		      coverage_observed(&covered, cases[i].scope) == cases[i].observed);
		CHECK(cases[i].scope,
		      coverage_observed_any(&covered, scopes) == cases[i].observed);
		CHECK(cases[i].scope,
		      coverage_asked_for(&covered, scopes, true) == cases[i].asked);
		CHECK(cases[i].scope,
		      coverage_asked_for(&covered, scopes, false) == cases[i].asked);
	}
}

static void the_order_of_entries_does_not_matter(void **state)
{
	CLEANUP(areas_release) struct areas covered = AREAS_INIT;

	(void)state;
	for (size_t i = ARRAY_LENGTH(items); i-- > 0;)
		coverage_take(&covered, &items[i], 1);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		CHECK(cases[i].scope,
		      coverage_observed(&covered, cases[i].scope) == cases[i].observed);
}

static void several_scopes_hold_by_any_or_by_all(void **state)
{
	CLEANUP(areas_release) struct areas covered = covered_items();

	(void)state;
	assert_true(coverage_asked_for(&covered, "cluster/C\ncluster/A\n", true));
	assert_false(coverage_asked_for(&covered, "cluster/C\ncluster/A\n", false));
	assert_true(coverage_asked_for(&covered, "cluster/A\ncluster/B\n", false));
	assert_false(coverage_asked_for(&covered, "cluster/C\ncluster/D\n", true));
	assert_true(coverage_observed_any(&covered, "cluster/C\ncluster/B\n"));
	assert_false(coverage_observed_any(&covered, ""));
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
		CLEANUP(areas_release) struct areas covered = covered_items();

		coverage_take_gaps(&covered, &gap, 1);
		CHECK(gap_name(gap.kind),
		      coverage_observed(&covered, "tree/T/path/deploy/web.yaml") ==
			      !gap_cases[i].hides);
		CHECK(gap_name(gap.kind),
		      coverage_observed(&covered, "tree/T/path/deploy/api.yaml"));
	}
}

static void a_gap_without_a_scope_hides_nothing(void **state)
{
	const struct gap gap = { .kind = GAP_UNREADABLE, .scope = "" };
	CLEANUP(areas_release) struct areas covered = covered_items();
	size_t count = covered.by_scope.count;

	(void)state;
	coverage_take_gaps(&covered, &gap, 1);
	assert_int_equal(covered.by_scope.count, count);
}

static void a_memo_answers_as_coverage_does(void **state)
{
	CLEANUP(areas_release) struct areas covered = covered_items();
	CLEANUP(coverage_memo_release)
	struct coverage_memo memo = {
		.covered = &covered,
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
