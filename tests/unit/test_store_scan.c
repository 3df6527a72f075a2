#include "tests/unit/store_world.h"

#define UNCHANGED_BYTES 16384 /* most that a scan without news may write */

/* A cluster of some size: `count` uses, declarations, tags and findings. */
static void populate(struct world *world, struct store *store, int count,
		     enum finding_state state)
{
	struct arena *arena = &world->outcome.arena;

	for (int i = 0; i < count; i++) {
		const char *name = arena_printf(arena, "app-%d", i);
		const char *namespace = arena_printf(arena, "team-%d", i % 20);

		world_run(world, namespace, name, "x@" DIGEST_A);
		world_declare(world, arena_printf(arena, "deploy/%s.yaml", name), name,
			      arena_printf(arena, "r.io/%s:1.0@" DIGEST_A, name));
		world_tag(world, name, FACT_FOUND, DIGEST_A);
		if (i % 10 == 0)
			world_find(world, store, name, namespace, state);
	}
	for (int i = 0; i < 5; i++) {
		snapshot_add_gap(&world->snapshot, GAP_UNRESOLVED,
				 arena_printf(arena, "r.io/app-%d:1.0", i),
				 "the registry gave no answer within 30 s: look whether "
				 "it is up",
				 "");
		snapshot_requests(&world->snapshot,
				  arena_printf(arena, "registry-%d.example.com", i))
			->made = 100;
	}
}

static void scan_many(struct store *store, int count, enum finding_state state)
{
	CLEANUP(world_release) struct world world;

	world_init(&world);
	populate(&world, store, count, state);
	world_scan(&world, store);
}

static void an_unchanged_scan_adds_its_own_row_only(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	char *before CLEANUP(free_pointer) = NULL;
	char *after CLEANUP(free_pointer) = NULL;

	scan_many(store, 100, FINDING_NEW);
	before = world_dump_but_scans(store);
	scan_many(store, 100, FINDING_OPEN);
	after = world_dump_but_scans(store);
	assert_string_equal(before, after);
	assert_int_equal(world_number(store, "SELECT count(*) FROM scan"), 2);
}

static void the_rows_of_two_equal_scans_are_equal(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct error err = ERROR_INIT;

	scan_many(store, 10, FINDING_NEW);
	scan_many(store, 10, FINDING_OPEN);
	assert_true(query_execute(
		store, "UPDATE scan SET started_at = 0, finished_at = 0", &err));
	assert_int_equal(
		world_number(store, "SELECT count(*) FROM (SELECT DISTINCT state, "
				    "started_at, finished_at, command, version, fail_on, "
				    "exit_status, commit_id, dirty, tree, cluster, "
				    "cluster_key, insecure, namespace, selector, "
				    "file_count, ignored_count, pod_count, "
				    "ended_pod_count, coverage, gaps, requests, "
				    "unanswered_tags, partial FROM scan)"),
		1);
}

/* Bytes that this process has handed to write(2) and friends; -1: the kernel tells not.
 */
static long bytes_written(void)
{
	FILE *file = fopen("/proc/self/io", "r");
	long bytes = -1;
	char line[128];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "wchar: %ld", &bytes) == 1)
			break;
	}
	if (file)
		fclose(file);
	return bytes;
}

static void an_unchanged_scan_writes_little(void **state)
{
	struct store *store = world_open(state, STORE_WRITE);

	scan_many(store, 300, FINDING_NEW);
	store_close(&store);
	if (bytes_written() < 0)
		skip();
	for (int i = 0; i < 10; i++) { /* pages fill up: now and then it is more */
		long before = bytes_written();

		store = world_open(state, STORE_WRITE);
		scan_many(store, 300, FINDING_OPEN);
		store_close(&store);
		assert_in_range(bytes_written() - before, 1, UNCHANGED_BYTES - 1);
	}
}

static void scans_are_numbered_in_their_order(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	struct error err = ERROR_INIT;
	int64_t id;

	world_init(&world);
	for (int64_t n = 1; n <= 3; n++) {
		assert_true(store_scan_begin(store, &world.scan, &id, &err));
		assert_int_equal(id, n);
		store_scan_abort(store, id);
	}
	assert_true(query_execute(store, "DELETE FROM scan WHERE id = 2", &err));
	assert_false(query_execute(store, "DELETE FROM scan WHERE id = 3", &err));
	assert_non_null(strstr(err.text, "newest scan"));
	assert_true(store_scan_begin(store, &world.scan, &id, &err));
	assert_int_equal(id, 4);
}

static void the_next_scan_finds_the_dead(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	struct error err = ERROR_INIT;
	int64_t dead;

	world_init(&world);
	assert_true(store_scan_begin(store, &world.scan, &dead, &err));
	world_scan(&world, store);
	assert_int_equal(world_number(store, "SELECT count(*) FROM scan WHERE "
					     "id = 1 AND state = 'aborted'"),
			 1);
	assert_int_equal(world_number(store, "SELECT count(*) FROM scan WHERE "
					     "id = 2 AND state = 'complete'"),
			 1);
}

static void a_finished_scan_cannot_be_aborted_nor_finished_again(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	struct error err = ERROR_INIT;

	world_init(&world);
	world_scan(&world, store);
	store_scan_abort(store, 1);
	assert_int_equal(world_number(store, "SELECT state = 'complete' FROM scan"), 1);
	assert_false(store_scan_finish(store, &world.scan, &world.snapshot,
				       &world.outcome, &err));
	assert_int_equal(err.code, ERROR_STORE);
	assert_non_null(strstr(err.text, "scan 1 is not running"));
}

static void a_scan_that_cannot_be_kept_changes_nothing(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	char *before CLEANUP(free_pointer) = NULL;
	char *after CLEANUP(free_pointer) = NULL;
	struct error err = ERROR_INIT;

	scan_many(store, 10, FINDING_NEW);
	world_init(&world);
	assert_true(store_scan_begin(store, &world.scan, &world.scan.id, &err));
	populate(&world, store, 50, FINDING_OPEN);
	before = world_dump(store);
	assert_true(query_execute(store, "PRAGMA max_page_count = 1", &err));
	assert_false(store_scan_finish(store, &world.scan, &world.snapshot,
				       &world.outcome, &err));
	assert_int_equal(err.code, ERROR_STORE);
	assert_non_null(strstr(err.text, "disk is full"));
	after = world_dump(store);
	assert_string_equal(before, after);
}

static void no_row_refers_to_one_that_is_not_there(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	scan_many(store, 50, FINDING_NEW);
	scan_many(store, 20, FINDING_OPEN);
	assert_int_equal(
		world_number(store, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	assert_int_equal(world_number(store,
				      "SELECT count(*) FROM pragma_integrity_check "
				      "WHERE integrity_check <> 'ok'"),
			 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(an_unchanged_scan_adds_its_own_row_only),
		WORLD_TEST(the_rows_of_two_equal_scans_are_equal),
		WORLD_TEST(an_unchanged_scan_writes_little),
		WORLD_TEST(scans_are_numbered_in_their_order),
		WORLD_TEST(the_next_scan_finds_the_dead),
		WORLD_TEST(a_finished_scan_cannot_be_aborted_nor_finished_again),
		WORLD_TEST(a_scan_that_cannot_be_kept_changes_nothing),
		WORLD_TEST(no_row_refers_to_one_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
