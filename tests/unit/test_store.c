#include "tests/unit/store_world.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct store *open_path(const char *path, enum store_mode mode,
			       enum error_code expected, const char *says)
{
	struct error err = ERROR_INIT;
	struct store *store = store_open(path, mode, &err);

	CHECK(err.text, err.code == expected);
	CHECK(err.text, strstr(err.text, says) != NULL);
	CHECK(says, (store != NULL) == (expected == ERROR_NONE));
	return store;
}

static void keep_one_scan(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	world_init(&world);
	world_run(&world, "shop", "web", "x@" DIGEST_A);
	world_scan(&world, store);
}

static size_t reported_uses(struct store *store)
{
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;

	report_init(&report);
	if (!store_load_report(store, 0, &report, &err))
		fail_msg("%s", err.text);
	return report.running_count;
}

static void writing_makes_the_folder_and_the_database(void **state)
{
	const char *path = world_path(state, "state/pindrift/observations.db");
	struct store *store = open_path(path, STORE_WRITE, ERROR_NONE, "");
	struct stat status;

	store_close(&store);
	assert_null(store);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	store = open_path(path, STORE_WRITE, ERROR_NONE, "");
	store_close(&store);
}

static void an_empty_file_becomes_a_database(void **state)
{
	const char *path = world_path(state, "observations.db");
	struct error err = ERROR_INIT;
	struct store *store;

	assert_true(store_file_make(path, path, &err));
	open_path(path, STORE_READ, ERROR_NOT_FOUND, "there is no database yet");
	store = open_path(path, STORE_WRITE, ERROR_NONE, "");
	store_close(&store);
}

static void the_files_beside_the_database_are_private_too(void **state)
{
	mode_t before = umask(0);
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	struct stat status;

	world_init(&world);
	world_scan(&world, store);
	umask(before);
	if (!store_file_is_local(store->file))
		skip(); /* no WAL here */
	assert_int_equal(stat(world_path(state, "observations.db-wal"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void reading_needs_a_database(void **state)
{
	open_path(world_path(state, "none.db"), STORE_READ, ERROR_NOT_FOUND,
		  "there is no database yet: run 'pindrift scan'");
	open_path(world_path(state, "none/none.db"), STORE_READ, ERROR_NOT_FOUND,
		  "there is no database yet: run 'pindrift scan'");
	assert_int_equal(access(world_path(state, "none.db"), F_OK), -1);
}

static void a_symbolic_link_is_refused(void **state)
{
	const char *link = world_path(state, "link.db");

	keep_one_scan(state);
	assert_int_equal(symlink(world_path(state, "observations.db"), link), 0);
	open_path(link, STORE_READ, ERROR_STORE, "symbolic link");
	open_path(link, STORE_WRITE, ERROR_STORE, "symbolic link");
}

static void a_second_writer_is_locked_out(void **state)
{
	const char *path = world_path(state, "observations.db");
	struct store *first = world_open(state, STORE_WRITE);
	struct store *second;

	open_path(path, STORE_WRITE, ERROR_LOCKED, "another run is writing");
	store_close(&first);
	second = open_path(path, STORE_WRITE, ERROR_NONE, "");
	store_close(&second);
}

static void readers_see_the_last_complete_scan_meanwhile(void **state)
{
	struct store *writer, *reader;
	struct world world;
	struct error err = ERROR_INIT;

	keep_one_scan(state);
	writer = world_open(state, STORE_WRITE);
	world_init(&world);
	assert_true(store_scan_begin(writer, &world.scan, &world.scan.id, &err));
	reader = world_open(state, STORE_READ);
	assert_int_equal(reported_uses(reader), 1);
	assert_true(store_scan_finish(writer, &world.scan, &world.snapshot,
				      &world.outcome, &err));
	assert_int_equal(reported_uses(reader), 0);
	store_close(&reader);
	store_close(&writer);
	world_release(&world);
}

static void reading_changes_nothing(void **state)
{
	struct store *reader;
	struct world world;
	struct error err = ERROR_INIT;

	keep_one_scan(state);
	reader = world_open(state, STORE_READ);
	world_init(&world);
	assert_false(store_scan_begin(reader, &world.scan, &world.scan.id, &err));
	assert_int_equal(err.code, ERROR_STORE);
	assert_int_equal(world_number(reader, "SELECT count(*) FROM scan"), 1);
	world_release(&world);
	store_close(&reader);
	assert_int_equal(access(world_path(state, "observations.db-wal"), F_OK), -1);
}

static void check_read_only_file(void **state)
{
	const char *path = world_path(state, "observations.db");
	struct store *store = open_path(path, STORE_READ, ERROR_NONE, "");

	assert_int_equal(reported_uses(store), 1);
	store_close(&store);
	open_path(path, STORE_WRITE, ERROR_STORE, "cannot be written to");
}

static void a_read_only_file_is_read_and_not_written(void **state)
{
	keep_one_scan(state);
	assert_int_equal(chmod(world_path(state, "observations.db"), 0444), 0);
	assert_int_equal(chmod(world_path(state, "observations.db.lock"), 0666), 0);
	world_as_nobody(state, check_read_only_file);
}

static void check_read_only_folder(void **state)
{
	const char *path = world_path(state, "observations.db");
	struct store *store;

	assert_int_equal(chmod(*state, 0500), 0);
	store = open_path(path, STORE_READ, ERROR_NONE, "");
	assert_int_equal(reported_uses(store), 1);
	store_close(&store);
	open_path(path, STORE_WRITE, ERROR_DENIED, "lock file cannot be opened");
	assert_int_equal(chmod(*state, 0700), 0);
}

static void a_database_in_a_read_only_folder_can_be_read(void **state)
{
	keep_one_scan(state);
	assert_int_equal(chmod(world_path(state, "observations.db"), 0444), 0);
	assert_int_equal(unlink(world_path(state, "observations.db.lock")), 0);
	world_as_nobody(state, check_read_only_folder);
}

static void a_damaged_database_says_so(void **state)
{
	struct error err = ERROR_INIT;
	struct report report;
	struct store *store;
	FILE *file;

	keep_one_scan(state);
	file = fopen(world_path(state, "observations.db"), "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, 1024, SEEK_SET), 0);
	for (int i = 0; i < 60 * 1024; i++)
		fputc(0x5a, file);
	assert_int_equal(fclose(file), 0);
	report_init(&report);
	store = store_open(world_path(state, "observations.db"), STORE_READ, &err);
	assert_false(store && store_load_report(store, 0, &report, &err));
	assert_int_equal(err.code, ERROR_STORE);
	assert_non_null(strstr(err.text, "damaged"));
	report_release(&report);
	store_close(&store);
}

/* What a child does before it is killed. */
struct death {
	int rows; /* written in the transaction that it dies in */
	const char *journal_mode;
};

static int rows_left;

static void die_at_a_row(void *user, int operation, const char *database,
			 const char *table, sqlite3_int64 row)
{
	(void)user;
	(void)operation;
	(void)database;
	(void)table;
	(void)row;
	if (rows_left-- == 0)
		raise(SIGKILL);
}

static int die_at_the_commit(void *user)
{
	(void)user;
	return raise(SIGKILL);
}

/* A scan that changes everything, and does not live to see it. */
static void scan_and_die(void **state, const struct death *death)
{
	struct store *store = world_open(state, STORE_WRITE);
	struct error err = ERROR_INIT;
	struct world world;

	world_init(&world);
	for (int i = 0; i < 20; i++)
		world_run(&world, "shop", i % 2 ? "web" : "api", "y@" DIGEST_B);
	world_tag(&world, "1.0", FACT_FOUND, DIGEST_B);
	if (!query_execute(store, death->journal_mode, &err) ||
	    !query_execute(store, "PRAGMA cache_size = 1", &err) ||
	    !store_scan_begin(store, &world.scan, &world.scan.id, &err))
		_exit(1);
	rows_left = death->rows;
	if (death->rows >= 0)
		sqlite3_update_hook(store->db, die_at_a_row, NULL);
	else
		sqlite3_commit_hook(store->db, die_at_the_commit, NULL);
	(void)!store_scan_finish(store, &world.scan, &world.snapshot, &world.outcome,
				 &err);
	_exit(2);
}

static void kill_a_scan(void **state, const struct death *death)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		scan_and_die(state, death);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static const struct death deaths[] = {
	{ 0, "PRAGMA journal_mode = WAL" },    { 3, "PRAGMA journal_mode = WAL" },
	{ 7, "PRAGMA journal_mode = WAL" },    { -1, "PRAGMA journal_mode = WAL" },
	{ 0, "PRAGMA journal_mode = DELETE" }, { 3, "PRAGMA journal_mode = DELETE" },
	{ 7, "PRAGMA journal_mode = DELETE" }, { -1, "PRAGMA journal_mode = DELETE" },
};

static void a_killed_scan_leaves_the_last_complete_one(void **state)
{
	char *before CLEANUP(free_pointer) = NULL;
	struct store *store;

	keep_one_scan(state);
	store = world_open(state, STORE_READ);
	before = world_dump_but_scans(store);
	store_close(&store);
	for (size_t i = 0; i < ARRAY_LENGTH(deaths); i++) {
		char *after CLEANUP(free_pointer) = NULL;

		kill_a_scan(state, &deaths[i]);
		store = world_open(state, STORE_READ);
		after = world_dump_but_scans(store);
		CHECK_TEXT(deaths[i].journal_mode, after, before);
		assert_int_equal(reported_uses(store), 1);
		assert_int_equal(
			world_number(store,
				     "SELECT count(*) FROM scan WHERE state = 'running'"),
			1);
		store_close(&store);
	}
	keep_one_scan(state);
	store = world_open(state, STORE_READ);
	assert_int_equal(world_number(store, "SELECT max(id) FROM scan"),
			 2 + (int64_t)ARRAY_LENGTH(deaths));
	assert_int_equal(
		world_number(store, "SELECT count(*) FROM scan WHERE state = 'aborted'"),
		ARRAY_LENGTH(deaths));
	store_close(&store);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(writing_makes_the_folder_and_the_database),
		WORLD_TEST(an_empty_file_becomes_a_database),
		WORLD_TEST(the_files_beside_the_database_are_private_too),
		WORLD_TEST(reading_needs_a_database),
		WORLD_TEST(a_symbolic_link_is_refused),
		WORLD_TEST(a_second_writer_is_locked_out),
		WORLD_TEST(readers_see_the_last_complete_scan_meanwhile),
		WORLD_TEST(reading_changes_nothing),
		WORLD_TEST(a_read_only_file_is_read_and_not_written),
		WORLD_TEST(a_database_in_a_read_only_folder_can_be_read),
		WORLD_TEST(a_damaged_database_says_so),
		WORLD_TEST(a_killed_scan_leaves_the_last_complete_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
