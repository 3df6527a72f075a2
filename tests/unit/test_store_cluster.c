#include "tests/unit/store_world.h"

#include "model/scope.h"

/* A scan of a cluster known by these keys; the row that it was given. */
static int64_t scan_as(struct store *store, const char *key, const char *alias)
{
	CLEANUP(world_release) struct world world;
	struct error err = ERROR_INIT;

	world_init(&world);
	world_clear(&world);
	world.snapshot.clusters[0].identity.key = key;
	world.snapshot.clusters[0].identity.alias = alias;
	world_cover_namespace(&world, "", true);
	assert_true(store_resolve_clusters(store, &world.snapshot, &err));
	world_run(&world, "shop", "web", "x@" DIGEST_A);
	world_scan(&world, store);
	return world_number(store, "SELECT cluster FROM scan ORDER BY id DESC LIMIT 1");
}

static void a_cluster_is_known_again_by_its_key(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	assert_int_equal(scan_as(store, "uid:1", "server:a"), 1);
	assert_int_equal(scan_as(store, "uid:1", "server:a"), 1);
	assert_int_equal(world_number(store, "SELECT count(*) FROM running_span"), 1);
}

static void two_clusters_never_mix(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	assert_int_equal(scan_as(store, "uid:1", "server:a"), 1);
	assert_int_equal(scan_as(store, "uid:2", "server:b"), 2);
	assert_int_equal(world_number(store, "SELECT count(*) FROM running_span "
					     "WHERE ended_scan IS NULL"),
			 2);
	assert_int_equal(scan_as(store, "uid:1", "server:a"), 1);
	assert_int_equal(world_number(store, "SELECT count(*) FROM running_span "
					     "WHERE ended_scan IS NULL"),
			 2);
}

static void a_uid_learnt_later_is_the_same_cluster(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	assert_int_equal(scan_as(store, "server:a", ""), 1);
	assert_int_equal(scan_as(store, "uid:1", "server:a"), 1);
	assert_int_equal(scan_as(store, "uid:1", ""), 1);
	assert_int_equal(scan_as(store, "uid:1", "name:prod"), 1);
	assert_int_equal(scan_as(store, "name:prod", ""), 1);
	assert_int_equal(scan_as(store, "server:a", ""), 1);
	assert_int_equal(world_number(store, "SELECT count(*) FROM running_span"), 1);
}

static void another_uid_behind_the_same_server_is_another_cluster(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	assert_int_equal(scan_as(store, "server:a", ""), 1);
	assert_int_equal(scan_as(store, "uid:1", "server:a"), 1);
	assert_int_equal(scan_as(store, "uid:2", "server:a"), 2); /* made anew */
	assert_int_equal(scan_as(store, "server:a", ""), 2);
	assert_int_equal(scan_as(store, "uid:1", "server:a"), 1); /* restored */
	assert_int_equal(scan_as(store, "server:a", ""), 1);
}

static void keys_are_not_compared_by_their_beginning(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	assert_int_equal(scan_as(store, "name:prod", ""), 1);
	assert_int_equal(scan_as(store, "name:prod2", ""), 2);
	assert_int_equal(scan_as(store, "name:Prod", ""), 3);
}

static void the_first_key_stays_in_every_scope(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	struct error err = ERROR_INIT;

	scan_as(store, "server:a", "");
	world_init(&world);
	world_clear(&world);
	world.snapshot.clusters[0].identity.key = "uid:1";
	world.snapshot.clusters[0].identity.alias = "server:a";
	world_cover_namespace(&world, "shop", true);
	snapshot_add_gap(&world.snapshot, GAP_FORBIDDEN, "pods", "403",
			 scope_of_namespace(&world.snapshot.arena, "uid:1", "billing"));
	assert_true(store_resolve_clusters(store, &world.snapshot, &err));
	assert_string_equal(world.snapshot.clusters[0].identity.key, "server:a");
	assert_string_equal(world.snapshot.clusters[0].identity.alias, "uid:1");
	assert_string_equal(world.snapshot.coverage[0].scope,
			    "cluster/server:a/namespace/shop");
	assert_string_equal(world.snapshot.gaps[0].scope,
			    "cluster/server:a/namespace/billing");
}

static void a_new_cluster_keeps_its_key(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	struct error err = ERROR_INIT;

	world_init(&world);
	assert_true(store_resolve_clusters(store, &world.snapshot, &err));
	assert_string_equal(world.snapshot.clusters[0].identity.key, WORLD_CLUSTER);
	assert_int_equal(world_number(store, "SELECT count(*) FROM cluster"), 0);
}

static void its_name_and_server_are_the_newest(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	world_init(&world);
	world_scan(&world, store);
	world.snapshot.clusters[0].identity.name = "production";
	world_scan(&world, store);
	assert_int_equal(world_number(store, "SELECT count(*) FROM cluster "
					     "WHERE name = 'production'"),
			 1);
}

static void a_scan_may_have_no_cluster(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	struct error err = ERROR_INIT;

	world_init(&world);
	world.snapshot.cluster_count = 0;
	assert_true(store_resolve_clusters(store, &world.snapshot, &err));
	world_scan(&world, store);
	assert_int_equal(world_number(store, "SELECT count(*) FROM scan "
					     "WHERE cluster IS NULL"),
			 1);
	assert_int_equal(world_number(store, "SELECT count(*) FROM cluster"), 0);
}

static void a_scan_of_two_clusters_keeps_them_apart(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world, alone;
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;
	struct report_use *use;

	world_init(&world);
	snapshot_add_cluster(&world.snapshot,
			     &(struct scanned_cluster){ .identity = { .key = "uid:b",
								      .name = "beta",
								      .server = "",
								      .alias = "" },
							.namespace = "" });
	snapshot_add_coverage(&world.snapshot, "cluster/uid:b", true, "");
	world_run(&world, "shop", "web", "x@" DIGEST_A);
	use = world_run(&world, "shop", "web", "x@" DIGEST_A);
	use->cluster = "beta";
	use->cluster_key = "uid:b";
	world_scan(&world, store);
	report_init(&report);
	assert_true(store_load_report(store, 0, &report, &err));
	assert_int_equal(report.cluster_count, 2);
	assert_string_equal(report.clusters[0].name, "beta");
	assert_int_equal(report.running_count, 2);
	assert_string_equal(report.running[0].cluster, "beta");
	assert_string_equal(report.running[1].cluster, "prod");
	assert_true(report.running[0].tell_cluster);
	world_init(&alone);
	world_scan(&alone, store);
	assert_int_equal(world_number(store, "SELECT count(*) FROM running_now "
					     "WHERE cluster = 'beta'"),
			 1);
	assert_int_equal(world_number(store, "SELECT count(*) FROM running_now"), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(a_cluster_is_known_again_by_its_key),
		WORLD_TEST(two_clusters_never_mix),
		WORLD_TEST(a_uid_learnt_later_is_the_same_cluster),
		WORLD_TEST(another_uid_behind_the_same_server_is_another_cluster),
		WORLD_TEST(keys_are_not_compared_by_their_beginning),
		WORLD_TEST(the_first_key_stays_in_every_scope),
		WORLD_TEST(a_new_cluster_keeps_its_key),
		WORLD_TEST(its_name_and_server_are_the_newest),
		WORLD_TEST(a_scan_may_have_no_cluster),
		WORLD_TEST(a_scan_of_two_clusters_keeps_them_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
