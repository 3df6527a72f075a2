/*
 * A database as version 0.1 left it, of the first schema, under today's program.
 */
#include "store/store_private.h"

#include "tests/unit/check.h"
#include "tests/unit/store_world.h"

#include <unistd.h>

#define SHOP "cluster/" WORLD_CLUSTER "/namespace/shop"

/* A complete scan, `seen` of namespace shop: 'true' or 'false'. */
#define OLD_SCAN(id, status, seen, gaps)                                                 \
	"INSERT INTO scan (id, state, started_at, finished_at, command, version, "       \
	"fail_on, exit_status, commit_id, dirty, tree, cluster, cluster_key, insecure, " \
	"namespace, selector, file_count, ignored_count, pod_count, ended_pod_count, "   \
	"coverage, gaps, requests, unanswered_tags, partial) VALUES (" #id               \
	", 'complete', " #id "000, " #id "001, 'scan', '0.1.0', 'error', " #status       \
	", '', 0, '" WORLD_TREE "', 1, '" WORLD_CLUSTER "', 0, 'shop', '', 0, 0, 2, 0, " \
	"'[{\"note\":\"shop\",\"observed\":" seen ",\"scope\":\"" SHOP "\"}]', '" gaps   \
	"', '[]', '[]', '{}');"
#define OLD_FINDING(id, fingerprint, ended)                                              \
	"INSERT INTO finding_span VALUES (" #id ", '" fingerprint                        \
	"', 'running-differs', 'use', 1, 'error', 'runs another image', 'shop', "        \
	"'apps', 'Deployment', 'web', 'app', 'container', 'registry.example.com/web', "  \
	"'" DIGEST_A "', '" DIGEST_B                                                     \
	"', '', 'linux/amd64', 2, 'web.yaml', 'web.yaml', 17, 16, 1, " ended ");"        \
	"INSERT INTO finding_scope VALUES (" #id ", '" SHOP "');"

/* "a" was found in scan 1 and hidden in scan 2; "b" was found in scan 1 and fixed in 3.
 */
/* clang-format off */
static const char old_rows[] =
	"INSERT INTO cluster VALUES (1, '" WORLD_CLUSTER "', 'prod', 'https://127.0.0.1:6443');"
	"INSERT INTO cluster_alias VALUES ('" WORLD_CLUSTER "', 1);"
	OLD_SCAN(1, 1, "true", "[]")
	OLD_SCAN(2, 3, "false",
		 "[{\"kind\":\"forbidden\",\"reason\":\"403\",\"scope\":\"" SHOP
		 "\",\"subject\":\"namespace shop\",\"waived\":true}]")
	OLD_SCAN(3, 1, "true", "[]")
	"INSERT INTO kube_manifest VALUES (1, '" WORLD_TREE "', 'web.yaml', 'web.yaml');"
	"INSERT INTO reference VALUES (1, 'web:1', NULL, '1', '');"
	"INSERT INTO declared_span VALUES (1, 1, '', 'shop', 'apps', 'Deployment', 'web', "
	"'image', 'app', 'container', 1, 0, 17, 16, 1, NULL);"
	OLD_FINDING(7, "a", "NULL")
	OLD_FINDING(9, "b", "3")
	"INSERT INTO hidden_span VALUES (4, 7, 2, 3);"
	"INSERT INTO hidden_span VALUES (5, 9, 2, 3);";
/* clang-format on */

static void make_old(void **state)
{
	CLEANUP(store_close) struct store *store = xcalloc(1, sizeof(*store));
	struct error err = ERROR_INIT;

	store->path = xstrdup(world_path(state, "observations.db"));
	store->file = xstrdup(store->path);
	store->lock = -1;
	assert_true(migration_create(store, embedded_migrations, 1, &err));
	assert_true(connection_open(store, CONNECTION_WRITE, &err));
	if (!query_execute(store, old_rows, &err))
		fail_msg("%s", err.text);
	assert_int_equal(world_number(store, "PRAGMA user_version"), 1);
}

/* The findings of a scan: "a new 1000 1000" and so on, a line each. */
static void check_report(struct store *store, int64_t id, const char *expected)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(buf_release) struct buf text = BUF_INIT(10000);
	struct error err = ERROR_INIT;

	report_init(&report);
	if (!store_load_report(store, id, &report, &err))
		fail_msg("%s", err.text);
	report_sort(&report);
	for (size_t i = 0; i < report.finding_count; i++) {
		const struct finding *finding = &report.findings[i];

		assert_string_equal(finding->path, "web.yaml");
		assert_string_equal(finding->running, DIGEST_B);
		buf_printf(&text, "%s %s %lld %lld%s\n", finding->fingerprint,
			   finding_state_name(finding->state),
			   (long long)finding->first_seen_at,
			   (long long)finding->last_seen_at,
			   finding->waiver ? finding->waiver->reason : "");
	}
	CHECK_TEXT("findings", buf_text(&text), expected);
	assert_int_equal(report.waiver_count, 0);
}

static void check_old_scans(struct store *store)
{
	check_report(store, 1, "a new 1000 1000\nb new 1000 1000\n");
	check_report(store, 2, "a unknown 1000 1000\nb unknown 1000 1000\n");
	check_report(store, 3, "a open 1000 3000\nb fixed 1000 1000\n");
}

static void old_scans_are_reported_as_they_were(void **state)
{
	struct store *store;

	make_old(state);
	store = world_open(state, STORE_WRITE);
	assert_int_equal(world_number(store, "PRAGMA user_version"),
			 (int64_t)embedded_migration_count);
	assert_int_equal(
		world_number(store, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	assert_int_equal(world_number(store,
				      "SELECT count(*) FROM declared_now "
				      "WHERE reference = 'web:1' AND overlay = ''"),
			 1);
	check_old_scans(store);
	store_close(&store);
	store = world_open(state, STORE_READ);
	check_old_scans(store);
	store_close(&store);
}

static void an_old_finding_is_waived_and_keeps_its_first_scan(void **state)
{
	static const struct waiver waiver = {
		.until_text = "2027-01-31",
		.reason = " why",
		.file = ".pindrift.yaml",
		.line = 3,
	};
	CLEANUP(store_close) struct store *store = NULL;
	CLEANUP(world_release) struct world world;
	struct judged_finding *judged;

	make_old(state);
	store = world_open(state, STORE_WRITE);
	world_init(&world);
	world_clear(&world);
	world_cover_namespace(&world, "shop", true);
	judged = world_find(&world, store, "a", "shop", FINDING_WAIVED);
	assert_int_equal(judged->earlier_id, 7);
	judged->finding.path = "web.yaml";
	judged->finding.waiver = &waiver;
	assert_int_equal(world_scan(&world, store), 4);
	check_report(store, 4, "a waived 1000 4000 why\n");
	check_old_scans(store);
	assert_int_equal(world_number(store, "SELECT count(*) FROM finding_now "
					     "WHERE state = 'waived'"),
			 1);
}

static void findings_about_waivers_have_room(void **state)
{
	CLEANUP(store_close) struct store *store = NULL;
	CLEANUP(world_release) struct world world;

	make_old(state);
	store = world_open(state, STORE_WRITE);
	world_init(&world);
	world_clear(&world);
	world_cover_namespace(&world, "shop", true);
	world_find(&world, store, "w", "shop", FINDING_NEW)->finding.subject =
		SUBJECT_WAIVER;
	world_scan(&world, store);
	assert_int_equal(world_number(store, "SELECT id FROM finding_span "
					     "WHERE subject = 'waiver'"),
			 10);
}

static void old_scans_keep_their_cluster(void **state)
{
	CLEANUP(store_close) struct store *store = NULL;
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;

	make_old(state);
	store = world_open(state, STORE_WRITE);
	assert_int_equal(world_number(store, "SELECT count(*) FROM scan_cluster "
					     "WHERE cluster = 1 AND namespace = 'shop' "
					     "AND cluster_key = '" WORLD_CLUSTER "'"),
			 3);
	report_init(&report);
	assert_true(store_load_report(store, 2, &report, &err));
	assert_int_equal(report.cluster_count, 1);
	assert_string_equal(report.clusters[0].key, WORLD_CLUSTER);
	assert_string_equal(report.clusters[0].name, "prod");
	assert_string_equal(report.clusters[0].server, "https://127.0.0.1:6443");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(old_scans_are_reported_as_they_were),
		WORLD_TEST(an_old_finding_is_waived_and_keeps_its_first_scan),
		WORLD_TEST(findings_about_waivers_have_room),
		WORLD_TEST(old_scans_keep_their_cluster),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
