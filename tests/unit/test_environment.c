#include "drift/environment.h"

#include "tests/unit/drift_world.h"

static const char *const prod_paths[] = { "deploy/web.yaml", "prod/**" };
static const char *const staging_paths[] = { "deploy/bank.yaml" };
static const char *const any_paths[] = { "*.yaml" };

static struct policy_environment environments[] = {
	{ prod_paths, 2, "prod", "shop" },
	{ staging_paths, 1, "staging", "" },
	{ any_paths, 1, "", "default" },
};

static void environment_world(struct drift_world *world)
{
	drift_world_init(world, NULL, 0);
	world->snapshot->policy.environments = environments;
	world->snapshot->policy.environment_count = ARRAY_LENGTH(environments);
}

/* What the first environment of a file gives to its manifests. */
static const struct {
	const char *label, *where, *cluster, *namespace;
	bool workload, included;
} cases[] = {
	{ "cluster and namespace", "/Deployment/web/app", "prod", "shop", true, true },
	{ "the manifest's own namespace counts", "pay/Deployment/web/app", "prod", "pay",
	  true, true },
	{ "what makes no pods gets no namespace", "/Widget/web/app", "prod", "", false,
	  true },
	{ "another cluster", "/Deployment/bank/app", "staging", "", true, false },
	{ "any cluster", "/Deployment/api/app", "", "default", true, true },
};

static void the_first_environment_of_a_file_says_where_it_is_meant_to_run(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(drift_world_release) struct drift_world world;
		struct declared_use *use;

		environment_world(&world);
		use = drift_world_declare(&world, cases[i].where, "web:1");
		use->workload = cases[i].workload;
		environment_apply(world.snapshot);
		CHECK_TEXT(cases[i].label, use->cluster, cases[i].cluster);
		CHECK_TEXT(cases[i].label, use->namespace, cases[i].namespace);
		CHECK(cases[i].label, environment_includes(&world.snapshot->clusters[0],
							   use) == cases[i].included);
	}
}

static void without_a_policy_all_is_for_any_cluster(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;
	const struct declared_use *use;

	(void)state;
	drift_world_init(&world, NULL, 0);
	use = drift_world_declare(&world, "/Deployment/web/app", "web:1");
	environment_apply(world.snapshot);
	assert_string_equal(use->cluster, "");
	assert_string_equal(use->namespace, "");
	assert_true(environment_includes(&world.snapshot->clusters[0], use));
	assert_string_equal(world.snapshot->coverage[0].note, "cluster");
}

static void what_is_for_other_clusters_is_counted_and_said(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	environment_world(&world);
	drift_world_declare(&world, "/Deployment/bank/app", "web:1");
	environment_apply(world.snapshot);
	assert_string_equal(world.snapshot->coverage[0].note,
			    "cluster; 1 declared image in 1 file meant for staging: not "
			    "compared");
	assert_string_equal(world.snapshot->coverage[1].note, "deploy");
}

static void each_file_is_counted_once_and_several_clusters_are_said(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	environment_world(&world);
	drift_world_declare(&world, "/Deployment/bank/app", "web:1");
	drift_world_declare(&world, "/Deployment/bank/db", "web:1");
	drift_world_declare(&world, "/Deployment/api/app", "web:1")->cluster = "dev";
	environment_apply(world.snapshot);
	assert_string_equal(world.snapshot->coverage[0].note,
			    "cluster; 3 declared images in 2 files meant for staging and "
			    "other clusters: not compared");
}

static void the_note_stands_at_the_broadest_area_of_the_cluster(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;
	struct snapshot *snapshot;

	(void)state;
	environment_world(&world);
	snapshot = world.snapshot;
	drift_world_narrow(&world, "shop");
	snapshot_add_coverage(snapshot, "cluster/uid:1f0e", true, "all");
	drift_world_declare(&world, "/Deployment/bank/app", "web:1");
	environment_apply(snapshot);
	assert_string_equal(snapshot->coverage[0].note, "cluster");
	assert_int_equal(strncmp(snapshot->coverage[2].note, "all; 1 ", 7), 0);
}

static void what_is_for_other_namespaces_is_counted_and_said(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, NULL, 0);
	world.snapshot->clusters[0].namespace = "default";
	drift_world_declare(&world, "shop/Deployment/web/app", "web:1");
	drift_world_declare(&world, "shop/Deployment/api/app", "web:1");
	environment_apply(world.snapshot);
	assert_string_equal(world.snapshot->coverage[0].note,
			    "cluster; 2 declared images in 2 files meant for namespace "
			    "shop: not compared (-A scans all namespaces)");
	assert_false(environment_includes_any(world.snapshot));
	drift_world_declare(&world, "data/Deployment/db/app", "web:1");
	drift_world_declare(&world, "/Deployment/any/app", "web:1");
	world.snapshot->coverage[0].note = "namespace";
	environment_apply(world.snapshot);
	assert_string_equal(world.snapshot->coverage[0].note,
			    "namespace; 3 declared images in 3 files meant for namespace "
			    "shop and others: not compared (-A scans all namespaces)");
	assert_true(environment_includes_any(world.snapshot));
}

static void nothing_is_included_where_all_is_for_other_clusters(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	environment_world(&world);
	assert_false(environment_includes_any(world.snapshot));
	drift_world_declare(&world, "/Deployment/bank/app", "web:1");
	environment_apply(world.snapshot);
	assert_false(environment_includes_any(world.snapshot));
	drift_world_declare(&world, "/Deployment/web/app", "web:1");
	environment_apply(world.snapshot);
	assert_true(environment_includes_any(world.snapshot));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_first_environment_of_a_file_says_where_it_is_meant_to_run),
		cmocka_unit_test(without_a_policy_all_is_for_any_cluster),
		cmocka_unit_test(what_is_for_other_clusters_is_counted_and_said),
		cmocka_unit_test(each_file_is_counted_once_and_several_clusters_are_said),
		cmocka_unit_test(the_note_stands_at_the_broadest_area_of_the_cluster),
		cmocka_unit_test(what_is_for_other_namespaces_is_counted_and_said),
		cmocka_unit_test(nothing_is_included_where_all_is_for_other_clusters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
