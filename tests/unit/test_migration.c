#include "tests/unit/store_world.h"

#include <sys/stat.h>
#include <unistd.h>

#define SECOND                                                                           \
	"ALTER TABLE scan ADD COLUMN weather TEXT; UPDATE scan SET weather = 'fair'"
#define BROKEN "ALTER TABLE scan ADD COLUMN weather TEXT; SELECT * FROM nowhere"

/* The first migration as it is, and a second one. */
static void make_migrations(struct embedded_file migrations[2], const char *second)
{
	migrations[0] = embedded_migrations[0];
	migrations[1] = (struct embedded_file){ "0002_next.sql", second, strlen(second) };
}

/* A store whose file is in the test's folder; nothing is open yet. */
static struct store *closed_store(void **state)
{
	struct store *store = xcalloc(1, sizeof(*store));

	store->path = xstrdup(world_path(state, "observations.db"));
	store->file = xstrdup(store->path);
	store->lock = -1;
	return store;
}

/* A database of the first schema with one scan in it, open to write. */
static struct store *first_store(void **state)
{
	struct store *store = closed_store(state);
	struct error err = ERROR_INIT;

	assert_true(migration_create(store, embedded_migrations, 1, &err));
	assert_true(connection_open(store, CONNECTION_WRITE, &err));
	assert_true(query_execute(store,
				  "INSERT INTO scan (state, started_at, command, "
				  "version, fail_on) VALUES ('aborted', 1, '', '', '')",
				  &err));
	return store;
}

static void read_bytes(struct buf *bytes, const char *path)
{
	FILE *file = fopen(path, "rb");
	char chunk[4096];
	size_t length;

	assert_non_null(file);
	while ((length = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(bytes, chunk, length);
	fclose(file);
}

static void check_same_bytes(const struct buf *before, const char *path)
{
	CLEANUP(buf_release) struct buf after = BUF_INIT(SIZE_MAX / 2);

	read_bytes(&after, path);
	assert_int_equal(before->length, after.length);
	assert_memory_equal(buf_text(before), buf_text(&after), after.length);
}

static void the_embedded_ones_are_numbered_without_a_hole(void **state)
{
	(void)state;
	assert_true(embedded_migration_count > 0);
	for (size_t i = 0; i < embedded_migration_count; i++)
		CHECK(embedded_migrations[i].name,
		      strtol(embedded_migrations[i].name, NULL, 10) == (long)i + 1);
}

static void a_new_database_is_ours_private_and_whole(void **state)
{
	static const char *const leftovers[] = {
		"observations.db.new",
		"observations.db.new-journal",
		"observations.db.new-wal",
		"observations.db.new-shm",
	};
	CLEANUP(store_close) struct store *store = first_store(state);
	struct stat status;

	assert_int_equal(world_number(store, "PRAGMA application_id"),
			 STORE_APPLICATION_ID);
	assert_int_equal(world_number(store, "PRAGMA user_version"), 1);
	assert_int_equal(world_number(store, "PRAGMA page_size"), 1024);
	assert_int_equal(stat(store->file, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	for (size_t i = 0; i < ARRAY_LENGTH(leftovers); i++)
		CHECK(leftovers[i], access(world_path(state, leftovers[i]), F_OK) == -1);
}

static void a_failed_creation_leaves_nothing(void **state)
{
	CLEANUP(store_close) struct store *store = closed_store(state);
	struct embedded_file migrations[2];
	struct error err = ERROR_INIT;

	make_migrations(migrations, BROKEN);
	assert_false(migration_create(store, migrations, 2, &err));
	assert_non_null(strstr(err.text, "0002_next.sql"));
	assert_int_equal(access(store->file, F_OK), -1);
	assert_int_equal(access(world_path(state, "observations.db.new"), F_OK), -1);
}

static void an_older_schema_is_migrated_after_a_backup(void **state)
{
	CLEANUP(store_close) struct store *store = first_store(state);
	CLEANUP(store_close) struct store *backup = closed_store(state);
	struct embedded_file migrations[2];
	struct error err = ERROR_INIT;
	struct stat status;

	make_migrations(migrations, SECOND);
	assert_true(migration_run(store, STORE_WRITE, migrations, 2, &err));
	assert_int_equal(world_number(store, "PRAGMA user_version"), 2);
	assert_int_equal(
		world_number(store, "SELECT count(*) FROM scan WHERE weather = 'fair'"),
		1);
	free(backup->file);
	backup->file = xstrdup(world_path(state, "observations.db.v1.backup"));
	assert_int_equal(stat(backup->file, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_true(migration_check_owner(backup, &err));
	assert_true(connection_open(backup, CONNECTION_READ, &err));
	assert_int_equal(world_number(backup, "PRAGMA user_version"), 1);
	assert_int_equal(world_number(backup, "SELECT count(*) FROM scan"), 1);
}

static void a_failed_migration_changes_nothing(void **state)
{
	CLEANUP(store_close) struct store *store = first_store(state);
	char *before CLEANUP(free_pointer) = world_dump(store);
	struct embedded_file migrations[2];
	struct error err = ERROR_INIT;
	char *after CLEANUP(free_pointer) = NULL;

	make_migrations(migrations, BROKEN);
	assert_false(migration_run(store, STORE_WRITE, migrations, 2, &err));
	after = world_dump(store);
	assert_string_equal(before, after);
	assert_int_equal(world_number(store, "PRAGMA user_version"), 1);
	make_migrations(migrations, SECOND);
	assert_true(migration_run(store, STORE_WRITE, migrations, 2, &err));
}

static void the_newest_schema_needs_no_backup(void **state)
{
	CLEANUP(store_close) struct store *store = first_store(state);
	struct error err = ERROR_INIT;

	assert_true(migration_run(store, STORE_WRITE, embedded_migrations, 1, &err));
	assert_int_equal(access(world_path(state, "observations.db.v1.backup"), F_OK),
			 -1);
}

static void a_reader_does_not_migrate(void **state)
{
	CLEANUP(store_close) struct store *store = first_store(state);
	struct embedded_file migrations[2];
	struct error err = ERROR_INIT;

	make_migrations(migrations, SECOND);
	assert_false(migration_run(store, STORE_READ, migrations, 2, &err));
	assert_int_equal(err.code, ERROR_STORE);
	assert_non_null(strstr(err.text, "older pindrift (schema 1, this one reads 2)"));
	assert_int_equal(world_number(store, "PRAGMA user_version"), 1);
}

static void a_newer_schema_is_refused_untouched(void **state)
{
	CLEANUP(buf_release) struct buf before = BUF_INIT(SIZE_MAX / 2);
	struct store *store = world_open(state, STORE_WRITE);
	struct error err = ERROR_INIT;

	assert_true(query_execute(store, "PRAGMA user_version = 99", &err));
	store_close(&store);
	read_bytes(&before, world_path(state, "observations.db"));
	for (int mode = STORE_READ; mode <= STORE_WRITE; mode++) {
		store = store_open(world_path(state, "observations.db"),
				   (enum store_mode)mode, &err);
		assert_null(store);
		assert_int_equal(err.code, ERROR_STORE);
		assert_non_null(strstr(err.text, "newer pindrift (schema 99"));
		check_same_bytes(&before, world_path(state, "observations.db"));
	}
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* Somebody else's database, with a WAL that holds its newest rows. */
static void write_foreign(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "PRAGMA journal_mode = WAL; CREATE TABLE money (x);"
				      "PRAGMA user_version = 1",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void check_refused(void **state)
{
	CLEANUP(buf_release) struct buf before = BUF_INIT(SIZE_MAX / 2);
	const char *path = world_path(state, "observations.db");

	read_bytes(&before, path);
	for (int mode = STORE_READ; mode <= STORE_WRITE; mode++) {
		struct error err = ERROR_INIT;

		assert_null(store_open(path, (enum store_mode)mode, &err));
		assert_int_equal(err.code, ERROR_STORE);
		assert_non_null(strstr(err.text, "not a pindrift database"));
		check_same_bytes(&before, path);
		assert_int_equal(access(world_path(state, "observations.db-wal"), F_OK),
				 -1);
	}
}

static void a_foreign_database_is_refused_untouched(void **state)
{
	write_foreign(world_path(state, "observations.db"));
	check_refused(state);
}

static void a_file_of_another_kind_is_refused_untouched(void **state)
{
	write_text(world_path(state, "observations.db"), "milk, bread, eggs\n");
	check_refused(state);
}

static void a_text_that_begins_like_a_database_is_refused(void **state)
{
	write_text(world_path(state, "observations.db"), "SQLite format 3");
	check_refused(state);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(the_embedded_ones_are_numbered_without_a_hole),
		WORLD_TEST(a_new_database_is_ours_private_and_whole),
		WORLD_TEST(a_failed_creation_leaves_nothing),
		WORLD_TEST(an_older_schema_is_migrated_after_a_backup),
		WORLD_TEST(a_failed_migration_changes_nothing),
		WORLD_TEST(the_newest_schema_needs_no_backup),
		WORLD_TEST(a_reader_does_not_migrate),
		WORLD_TEST(a_newer_schema_is_refused_untouched),
		WORLD_TEST(a_foreign_database_is_refused_untouched),
		WORLD_TEST(a_file_of_another_kind_is_refused_untouched),
		WORLD_TEST(a_text_that_begins_like_a_database_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
