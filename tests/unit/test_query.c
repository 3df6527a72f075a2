#include "tests/unit/store_world.h"

static const char insert_repository[] =
	"INSERT INTO repository (registry, name) VALUES (?, ?)";
static const char select_names[] = "SELECT name FROM repository ORDER BY id";

static int64_t insert(struct store *store, const char *registry, const char *name)
{
	struct query query = query_start(store, insert_repository);
	struct error err = ERROR_INIT;
	int64_t id;

	query_add_text(&query, registry);
	query_add_text(&query, name);
	assert_true(query_insert(&query, &id, &err));
	return id;
}

static void parameters_and_columns_go_in_their_order(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct query query = query_start(store, "SELECT ?, ?, ?, ?, ?, 'sha256:12'");
	struct error err = ERROR_INIT;
	size_t length;

	query_add_text(&query, "text");
	query_add_number(&query, INT64_MIN);
	query_add_id(&query, 7);
	query_add_id(&query, 0);
	query_add_bytes(&query, "a\0b", 3);
	assert_true(query_row(&query));
	assert_string_equal(query_text(&query, &arena), "text");
	assert_true(query_number(&query) == INT64_MIN);
	assert_int_equal(query_number(&query), 7);
	assert_string_equal(query_text(&query, &arena), ""); /* NULL */
	assert_memory_equal(query_bytes(&query, &arena, &length), "a\0b", 3);
	assert_int_equal(length, 3);
	assert_string_equal(query_digest(&query).text, "sha256:12");
	assert_true(query_finish(&query, &err));
}

static void a_text_too_long_for_a_digest_is_cut(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct query query = query_start(store, "SELECT printf('%.*c', 500, 'x')");
	struct error err = ERROR_INIT;

	assert_true(query_row(&query));
	assert_int_equal(strlen(query_digest(&query).text), DIGEST_SIZE - 1);
	assert_true(query_finish(&query, &err));
}

static void the_end_of_the_rows_lasts(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct error err = ERROR_INIT;
	struct query query;

	insert(store, "a", "b");
	query = query_start(store, select_names);
	assert_true(query_row(&query));
	assert_false(query_row(&query));
	assert_false(query_row(&query));
	assert_true(query_finish(&query, &err));
}

static void a_statement_left_half_way_begins_again(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct query query;

	insert(store, "a", "first");
	insert(store, "a", "second");
	query = query_start(store, select_names);
	assert_true(query_row(&query));
	query = query_start(store, select_names);
	assert_true(query_row(&query));
	assert_string_equal(query_text(&query, &arena), "first");
	assert_true(query_finish(&query, &err));
}

static void the_first_failure_is_kept_and_names_the_file(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct query query = query_start(store, "SELECT id FROM nowhere");
	struct error err = ERROR_INIT;

	query_add_text(&query, "a parameter of a statement that there is not");
	assert_false(query_row(&query));
	assert_false(query_finish(&query, &err));
	assert_int_equal(err.code, ERROR_STORE);
	assert_non_null(strstr(err.text, "observations.db: "));
	assert_non_null(strstr(err.text, "nowhere"));
}

static void one_parameter_too_many_is_an_error(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct query query = query_start(store, "SELECT ?");
	struct error err = ERROR_INIT;

	query_add_number(&query, 1);
	query_add_number(&query, 2);
	assert_false(query_run(&query, &err));
}

static void a_row_that_breaks_a_constraint_is_an_error(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct query query;
	struct error err = ERROR_INIT;
	int64_t id;

	insert(store, "a", "b");
	query = query_start(store, insert_repository);
	query_add_text(&query, "a");
	query_add_text(&query, "b");
	assert_false(query_insert(&query, &id, &err));
	assert_non_null(strstr(err.text, "UNIQUE"));
	assert_int_equal(insert(store, "a", "c"), 2);
}

static void query_find_tells_no_row_by_0(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct query query = query_start(store, "SELECT id FROM repository");
	struct error err = ERROR_INIT;
	int64_t id = 5;

	assert_true(query_find(&query, &id, &err));
	assert_int_equal(id, 0);
}

static const struct {
	int status;
	enum error_code code;
	const char *says;
} troubles[] = {
	{ SQLITE_FULL, ERROR_STORE, "disk is full" },
	{ SQLITE_READONLY_DIRECTORY, ERROR_STORE, "cannot be written to" },
	{ SQLITE_CORRUPT_VTAB, ERROR_STORE, "damaged" },
	{ SQLITE_NOTADB, ERROR_STORE, "not a pindrift database" },
	{ SQLITE_CANTOPEN, ERROR_STORE, "cannot be opened" },
	{ SQLITE_PERM, ERROR_DENIED, "no permission" },
	{ SQLITE_BUSY_SNAPSHOT, ERROR_LOCKED, "locked" },
};

static void each_code_of_sqlite_is_said_in_words(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	for (size_t i = 0; i < ARRAY_LENGTH(troubles); i++) {
		struct error err = ERROR_INIT;

		assert_false(query_error(store, troubles[i].status, &err));
		CHECK(troubles[i].says, err.code == troubles[i].code);
		CHECK(err.text, strstr(err.text, troubles[i].says) != NULL);
		CHECK(err.text, strstr(err.text, store->path) == err.text);
	}
}

static void a_full_database_says_so(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct error err = ERROR_INIT;
	struct query query;
	bool ok = true;

	assert_true(query_execute(store, "PRAGMA max_page_count = 1", &err));
	for (int i = 0; i < 10 && ok; i++) {
		query = query_start(store, "INSERT INTO repository (registry, name) "
					   "VALUES (?, printf('%.*c', 1000, 'x'))");
		query_add_number(&query, i);
		ok = query_run(&query, &err);
	}
	assert_false(ok);
	assert_int_equal(err.code, ERROR_STORE);
	assert_non_null(strstr(err.text, "disk is full"));
}

static void write_in_a_transaction(struct store *store, bool commit)
{
	CLEANUP(transaction_release) struct transaction transaction = TRANSACTION_INIT;
	struct error err = ERROR_INIT;

	assert_true(transaction_begin(&transaction, store, &err));
	insert(store, commit ? "kept" : "undone", "x");
	if (commit)
		assert_true(transaction_commit(&transaction, &err));
}

static void a_transaction_is_undone_unless_committed(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	write_in_a_transaction(store, false);
	assert_int_equal(world_number(store, "SELECT count(*) FROM repository"), 0);
	write_in_a_transaction(store, true);
	assert_int_equal(world_number(store, "SELECT count(*) FROM repository"), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(parameters_and_columns_go_in_their_order),
		WORLD_TEST(a_text_too_long_for_a_digest_is_cut),
		WORLD_TEST(the_end_of_the_rows_lasts),
		WORLD_TEST(a_statement_left_half_way_begins_again),
		WORLD_TEST(the_first_failure_is_kept_and_names_the_file),
		WORLD_TEST(one_parameter_too_many_is_an_error),
		WORLD_TEST(a_row_that_breaks_a_constraint_is_an_error),
		WORLD_TEST(query_find_tells_no_row_by_0),
		WORLD_TEST(each_code_of_sqlite_is_said_in_words),
		WORLD_TEST(a_full_database_says_so),
		WORLD_TEST(a_transaction_is_undone_unless_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
