#include "drift/sight.h"

#include "tests/unit/check.h"

/* What a scan covered ("-" before what it could not observe), and what gaps hid. */
static const struct {
	const char *label;
	const char *coverage[3], *gaps[2];
	const char *scope;
	bool asked, observed, whole;
} cases[] = {
	{ "nothing was asked",
	  { NULL },
	  { NULL },
	  "cluster/k/namespace/a",
	  false,
	  false,
	  false },
	{ "the namespace itself",
	  { "cluster/k/namespace/a" },
	  { NULL },
	  "cluster/k/namespace/a",
	  true,
	  true,
	  true },
	{ "all of the cluster",
	  { "cluster/k" },
	  { NULL },
	  "cluster/k/namespace/a",
	  true,
	  true,
	  true },
	{ "another namespace",
	  { "cluster/k/namespace/a" },
	  { NULL },
	  "cluster/k/namespace/ab",
	  false,
	  false,
	  false },
	{ "a part says nothing of the whole",
	  { "cluster/k/namespace/a" },
	  { NULL },
	  "cluster/k",
	  false,
	  false,
	  false },
	{ "asked, and not observed",
	  { "-cluster/k" },
	  { NULL },
	  "cluster/k/namespace/a",
	  true,
	  false,
	  false },
	{ "the nearest counts: it was not",
	  { "cluster/k", "-cluster/k/namespace/a" },
	  { NULL },
	  "cluster/k/namespace/a",
	  true,
	  false,
	  false },
	{ "the nearest counts: it was",
	  { "-cluster/k", "cluster/k/namespace/a" },
	  { NULL },
	  "cluster/k/namespace/a",
	  true,
	  true,
	  true },
	{ "of two of one area, the one that was not",
	  { "cluster/k", "-cluster/k" },
	  { NULL },
	  "cluster/k/namespace/a",
	  true,
	  false,
	  false },
	{ "hidden by a gap",
	  { "cluster/k" },
	  { "cluster/k/namespace/a" },
	  "cluster/k/namespace/a",
	  true,
	  false,
	  false },
	{ "hidden with all around it",
	  { "cluster/k/namespace/a" },
	  { "cluster/k" },
	  "cluster/k/namespace/a",
	  true,
	  false,
	  false },
	{ "a gap elsewhere",
	  { "cluster/k" },
	  { "cluster/k/namespace/b", "" },
	  "cluster/k/namespace/a",
	  true,
	  true,
	  true },
	{ "a gap in a part",
	  { "cluster/k" },
	  { "cluster/k/namespace/b" },
	  "cluster/k",
	  true,
	  true,
	  false },
	{ "a part that was not observed",
	  { "cluster/k", "-cluster/k/namespace/b" },
	  { NULL },
	  "cluster/k",
	  true,
	  true,
	  false },
	{ "a part of another cluster",
	  { "cluster/k", "-cluster/k2" },
	  { NULL },
	  "cluster/k",
	  true,
	  true,
	  true },
	{ "a file of a folder",
	  { "tree/t/path/deploy/" },
	  { NULL },
	  "tree/t/path/deploy/a/web.yaml",
	  true,
	  true,
	  true },
	{ "a file of another folder",
	  { "tree/t/path/deploy/" },
	  { NULL },
	  "tree/t/path/deploy-2/web.yaml",
	  false,
	  false,
	  false },
	{ "a file of the tree",
	  { "tree/t" },
	  { "tree/t/path/api.yaml" },
	  "tree/t/path/web.yaml",
	  true,
	  true,
	  true },
};

static void the_areas_around_a_scope_say_whether_it_was_seen(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(snapshot_release) struct snapshot snapshot;
		CLEANUP(sight_release) struct sight sight;
		const char *const *area = cases[i].coverage;

		snapshot_init(&snapshot, 0);
		for (; *area; area++)
			snapshot_add_coverage(&snapshot, *area + (**area == '-'),
					      **area != '-', "");
		for (size_t j = 0; j < 2 && cases[i].gaps[j]; j++)
			snapshot_add_gap(&snapshot, GAP_FORBIDDEN, cases[i].gaps[j], "",
					 cases[i].gaps[j]);
		sight_make(&sight, &snapshot);
		CHECK(cases[i].label,
		      sight_asked(&sight, cases[i].scope) == cases[i].asked);
		CHECK(cases[i].label,
		      sight_observed(&sight, cases[i].scope) == cases[i].observed);
		CHECK(cases[i].label,
		      sight_observed_whole(&sight, cases[i].scope) == cases[i].whole);
		CHECK(cases[i].label, !sight_leaves_out(&sight, cases[i].scope));
	}
}

static void a_selector_leaves_out_parts_of_clusters_alone(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(sight_release) struct sight sight;

	(void)state;
	snapshot_init(&snapshot, 0);
	snapshot.selector = "app=web";
	sight_make(&sight, &snapshot);
	assert_true(sight_leaves_out(&sight, "cluster/k/namespace/a"));
	assert_false(sight_leaves_out(&sight, "tree/t/path/web.yaml"));
}

/* Kinds that could not be listed in a namespace, and the owners of a row. */
static const struct {
	const char *label;
	struct unseen_kind unseen[2];
	uint32_t cluster;
	const char *namespace;
	struct object_id owners[2];
	bool told;
} owner_cases[] = {
	{ "everything was listed",
	  { { 0, NULL, NULL, NULL } },
	  0,
	  "shop",
	  { { "apps", "ReplicaSet", "web-1" }, { "apps", "Deployment", "web" } },
	  false },
	{ "another kind was not",
	  { { 0, "shop", "apps", "StatefulSet" } },
	  0,
	  "shop",
	  { { "apps", "ReplicaSet", "web-1" }, { "apps", "Deployment", "web" } },
	  true },
	{ "in all namespaces",
	  { { 0, "", "apps", "StatefulSet" } },
	  0,
	  "shop",
	  { { "apps", "ReplicaSet", "web-1" }, { "apps", "Deployment", "web" } },
	  true },
	{ "its own kind was not",
	  { { 0, "", "batch", "Job" }, { 0, "", "apps", "Deployment" } },
	  0,
	  "shop",
	  { { "apps", "ReplicaSet", "web-1" }, { "apps", "Deployment", "web" } },
	  false },
	{ "what stands between was not",
	  { { 0, "shop", "apps", "ReplicaSet" } },
	  0,
	  "shop",
	  { { "apps", "ReplicaSet", "web-1" } },
	  false },
	{ "its own kind under an old group",
	  { { 0, "shop", "apps", "ReplicaSet" } },
	  0,
	  "shop",
	  { { "extensions", "ReplicaSet", "web-1" } },
	  false },
	{ "another namespace was not seen",
	  { { 0, "bank", "apps", "StatefulSet" } },
	  0,
	  "shop",
	  { { "", "Pod", "web" } },
	  false },
	{ "another cluster was not seen",
	  { { 1, "shop", "apps", "StatefulSet" } },
	  0,
	  "shop",
	  { { "", "Pod", "web" } },
	  false },
};

static void a_row_is_told_if_no_owner_is_of_a_kind_that_was_not_listed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(owner_cases); i++) {
		CLEANUP(snapshot_release) struct snapshot snapshot;
		CLEANUP(sight_release) struct sight sight;
		struct running_use use = { .cluster = owner_cases[i].cluster,
					   .namespace = owner_cases[i].namespace };

		snapshot_init(&snapshot, 0);
		for (size_t j = 0; j < 2 && owner_cases[i].unseen[j].kind; j++)
			snapshot_add_unseen(&snapshot, &owner_cases[i].unseen[j]);
		while (use.owner_count < 2 &&
		       owner_cases[i].owners[use.owner_count].kind) {
			use.owners[use.owner_count] =
				owner_cases[i].owners[use.owner_count];
			use.owner_count++;
		}
		snapshot.selector = "";
		sight_make(&sight, &snapshot);
		CHECK(owner_cases[i].label,
		      sight_tells_owners(&sight, &use) == owner_cases[i].told);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_areas_around_a_scope_say_whether_it_was_seen),
		cmocka_unit_test(a_selector_leaves_out_parts_of_clusters_alone),
		cmocka_unit_test(
			a_row_is_told_if_no_owner_is_of_a_kind_that_was_not_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
