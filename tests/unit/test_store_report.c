#include "tests/unit/store_world.h"

static void load(struct store *store, int64_t id, struct report *report)
{
	struct error err = ERROR_INIT;

	report_init(report);
	if (!store_load_report(store, id, report, &err))
		fail_msg("%s", err.text);
}

static void check_none(struct store *store, int64_t id, const char *says)
{
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;

	report_init(&report);
	assert_false(store_load_report(store, id, &report, &err));
	assert_int_equal(err.code, ERROR_NOT_FOUND);
	CHECK(err.text, strstr(err.text, says) != NULL);
}

static void only_complete_scans_have_reports(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;
	int64_t id;

	check_none(store, 0, "holds no complete scan");
	check_none(store, 1, "holds no scan 1");
	world_init(&world);
	assert_true(store_scan_begin(store, &world.scan, &id, &err));
	check_none(store, 0, "holds no complete scan");
	check_none(store, 1, "scan 1 is running");
	store_scan_abort(store, id);
	check_none(store, 1, "scan 1 is aborted");
	world_scan(&world, store);
	assert_true(store_scan_begin(store, &world.scan, &id, &err));
	load(store, 0, &report);
	assert_int_equal(report.scan.id, 2);
}

static void make_scan(struct world *world)
{
	struct snapshot *snapshot = &world->snapshot;
	struct request_count *requests;

	world->scan.dirty = true;
	world->scan.exit_status = 3;
	snapshot->clusters[0].identity.insecure = true;
	snapshot->file_count = 4;
	snapshot->ignored_count = 5;
	snapshot->pod_count = 6;
	snapshot->ended_pod_count = 7;
	snapshot_add_gap(snapshot, GAP_UNRESOLVED, "r.io/web:1", "no answer", "");
	requests = snapshot_requests(snapshot, "r.io");
	requests->made = 8;
	requests->bytes = 9;
}

static void the_scans_own_row_comes_back(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	CLEANUP(report_release) struct report report;

	world_init(&world);
	make_scan(&world);
	world_scan(&world, store);
	load(store, 1, &report);
	assert_int_equal(report.scan.id, 1);
	assert_int_equal(report.scan.started_at, 1000);
	assert_int_equal(report.scan.finished_at, 1005);
	assert_string_equal(report.scan.command, "scan");
	assert_string_equal(report.scan.version, "0.0.1");
	assert_string_equal(report.scan.commit, "c0ffee");
	assert_true(report.scan.dirty);
	assert_string_equal(report.scan.fail_on, "error");
	assert_int_equal(report.scan.exit_status, 3);
	assert_int_equal(report.cluster_count, 1);
	assert_string_equal(report.clusters[0].key, WORLD_CLUSTER);
	assert_string_equal(report.clusters[0].name, "prod");
	assert_string_equal(report.clusters[0].server, "https://127.0.0.1:6443");
	assert_true(report.clusters[0].insecure);
	assert_int_equal(report.file_count, 4);
	assert_int_equal(report.ignored_count, 5);
	assert_int_equal(report.pod_count, 6);
	assert_int_equal(report.ended_pod_count, 7);
	assert_int_equal(report.coverage_count, 2);
	assert_string_equal(report.coverage[0].scope, "cluster/" WORLD_CLUSTER);
	assert_int_equal(report.gap_count, 1);
	assert_int_equal(report.gaps[0].kind, GAP_UNRESOLVED);
	assert_int_equal(report.request_count, 1);
	assert_int_equal(report.requests[0].made, 8);
}

static void a_report_without_a_cluster_has_none(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	CLEANUP(report_release) struct report report;

	world_init(&world);
	world.snapshot.cluster_count = 0;
	world_scan(&world, store);
	load(store, 0, &report);
	assert_int_equal(report.cluster_count, 0);
}

static void an_earlier_scan_can_be_shown_again(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	for (int64_t n = 1; n <= 5; n++) {
		CLEANUP(world_release) struct world world;

		world_init(&world);
		for (int64_t i = 0; i < n; i++)
			world_run(&world,
				  arena_printf(&world.outcome.arena, "ns%d", (int)i),
				  "web", "x@" DIGEST_A);
		world_scan(&world, store);
	}
	for (int64_t n = 1; n <= 5; n++) {
		CLEANUP(report_release) struct report report;

		load(store, n, &report);
		assert_int_equal(report.running_count, n);
	}
}

static void the_clock_is_not_the_order(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;

	world_init(&world);
	world_run(&world, "shop", "web", "x@" DIGEST_A);
	world_scan(&world, store);
	world.outcome.use_count = 0;
	world.scan.started_at = 10; /* the clock went back */
	assert_true(store_scan_begin(store, &world.scan, &world.scan.id, &err));
	assert_true(store_scan_finish(store, &world.scan, &world.snapshot, &world.outcome,
				      &err));
	load(store, 0, &report);
	assert_int_equal(report.scan.id, 2);
	assert_int_equal(report.scan.started_at, 10);
	assert_int_equal(report.running_count, 0);
}

/* A writer, and what it keeps while a reader is in the middle of a report. */
struct intruder {
	struct store *store;
	struct world *world;
};

static int intrude(unsigned kind, void *user, void *statement, void *text)
{
	struct intruder *intruder = user;

	(void)kind;
	(void)statement;
	if (strstr(text, "FROM declared_span") && intruder->store) {
		world_scan(intruder->world, intruder->store);
		intruder->store = NULL;
	}
	return 0;
}

static void a_report_is_of_one_moment(void **state)
{
	CLEANUP(store_close) struct store *writer = world_open(state, STORE_WRITE);
	CLEANUP(store_close) struct store *reader = NULL;
	CLEANUP(world_release) struct world world;
	CLEANUP(report_release) struct report report;
	struct intruder intruder = { writer, &world };

	if (world_number(writer, "SELECT count(*) FROM pragma_journal_mode "
				 "WHERE journal_mode = 'wal'") != 1)
		skip(); /* without a WAL the writer waits for the reader */
	world_init(&world);
	world_run(&world, "shop", "web", "x@" DIGEST_A);
	world_scan(&world, writer);
	world.outcome.uses[0].pod_count = 99;
	reader = world_open(state, STORE_READ);
	sqlite3_trace_v2(reader->db, SQLITE_TRACE_STMT, intrude, &intruder);
	load(reader, 1, &report);
	assert_null(intruder.store); /* it was there */
	assert_int_equal(report.running[0].pod_count, 2);
}

static void a_damaged_scan_is_an_error(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;

	world_init(&world);
	world_scan(&world, store);
	assert_true(query_execute(store, "UPDATE scan SET gaps = '{'", &err));
	report_init(&report);
	assert_false(store_load_report(store, 0, &report, &err));
	assert_int_equal(err.code, ERROR_STORE);
	assert_non_null(strstr(err.text, store->path));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(only_complete_scans_have_reports),
		WORLD_TEST(the_scans_own_row_comes_back),
		WORLD_TEST(a_report_without_a_cluster_has_none),
		WORLD_TEST(an_earlier_scan_can_be_shown_again),
		WORLD_TEST(the_clock_is_not_the_order),
		WORLD_TEST(a_report_is_of_one_moment),
		WORLD_TEST(a_damaged_scan_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
