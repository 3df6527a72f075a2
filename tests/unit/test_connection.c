#include "tests/unit/store_world.h"

#include <unistd.h>

/* A database in the test's folder, with nothing open. */
static void make_database(void **state)
{
	struct store *store = world_open(state, STORE_WRITE);

	store_close(&store);
}

static void connect(struct store *store, void **state, enum connection_kind kind)
{
	struct error err = ERROR_INIT;

	*store = (struct store){
		.path = xstrdup("db"),
		.file = xstrdup(world_path(state, "observations.db")),
		.lock = -1,
	};
	if (!connection_open(store, kind, &err))
		fail_msg("%s", err.text);
}

static void disconnect(struct store *store)
{
	connection_close(store);
	free(store->path);
	free(store->file);
}

static const struct {
	const char *sql;
	int64_t value;
} settings[] = {
	{ "PRAGMA foreign_keys", 1 },
	{ "PRAGMA trusted_schema", 0 },
	{ "PRAGMA synchronous", 2 },
	{ "PRAGMA busy_timeout", 10000 },
};

static void every_connection_is_strict(void **state)
{
	static const enum connection_kind kinds[] = { CONNECTION_WRITE, CONNECTION_READ,
						      CONNECTION_IMMUTABLE };

	make_database(state);
	for (size_t kind = 0; kind < ARRAY_LENGTH(kinds); kind++) {
		struct store store;

		connect(&store, state, kinds[kind]);
		for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
			CHECK(settings[i].sql,
			      world_number(&store, settings[i].sql) == settings[i].value);
		disconnect(&store);
	}
}

static void the_schema_cannot_be_written_by_hand(void **state)
{
	struct store store;
	struct error err = ERROR_INIT;

	make_database(state);
	connect(&store, state, CONNECTION_WRITE);
	assert_true(query_execute(&store, "PRAGMA writable_schema = ON", &err));
	assert_false(query_execute(&store, "DELETE FROM sqlite_master", &err));
	disconnect(&store);
}

static void a_string_in_double_quotes_is_an_error(void **state)
{
	struct store store;
	struct error err = ERROR_INIT;

	make_database(state);
	connect(&store, state, CONNECTION_WRITE);
	assert_false(query_execute(&store, "SELECT \"no such column\"", &err));
	disconnect(&store);
}

static void a_reader_writes_nothing_and_leaves_nothing_behind(void **state)
{
	struct store store;
	struct error err = ERROR_INIT;

	make_database(state);
	connect(&store, state, CONNECTION_READ);
	assert_int_equal(world_number(&store, "SELECT count(*) FROM scan"), 0);
	assert_false(query_execute(&store, "DELETE FROM scan", &err));
	disconnect(&store);
	assert_int_equal(access(world_path(state, "observations.db-wal"), F_OK), -1);
	assert_int_equal(access(world_path(state, "observations.db-shm"), F_OK), -1);
}

static void an_immutable_one_touches_the_file_alone(void **state)
{
	struct store store;

	make_database(state);
	connect(&store, state, CONNECTION_IMMUTABLE);
	assert_int_equal(world_number(&store, "SELECT count(*) FROM scan"), 0);
	assert_int_equal(access(world_path(state, "observations.db-wal"), F_OK), -1);
	assert_int_equal(access(world_path(state, "observations.db-shm"), F_OK), -1);
	disconnect(&store);
}

static void names_that_mean_something_in_a_uri_are_names(void **state)
{
	const char *path = world_path(state, "100%?mode=memory#x.db");
	struct error err = ERROR_INIT;
	struct store *store = store_open(path, STORE_WRITE, &err);

	if (!store)
		fail_msg("%s", err.text);
	store_close(&store);
	assert_int_equal(access(path, F_OK), 0);
}

static void a_symbolic_link_is_not_followed(void **state)
{
	struct error err = ERROR_INIT;
	struct store store = { .path = xstrdup("db"), .lock = -1 };

	make_database(state);
	assert_int_equal(symlink(world_path(state, "observations.db"),
				 world_path(state, "link.db")),
			 0);
	store.file = xstrdup(world_path(state, "link.db"));
	assert_false(connection_open(&store, CONNECTION_READ, &err));
	disconnect(&store);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(every_connection_is_strict),
		WORLD_TEST(the_schema_cannot_be_written_by_hand),
		WORLD_TEST(a_string_in_double_quotes_is_an_error),
		WORLD_TEST(a_reader_writes_nothing_and_leaves_nothing_behind),
		WORLD_TEST(an_immutable_one_touches_the_file_alone),
		WORLD_TEST(names_that_mean_something_in_a_uri_are_names),
		WORLD_TEST(a_symbolic_link_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
