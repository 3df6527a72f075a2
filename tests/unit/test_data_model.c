/* docs/data-model.md names every column of the applied schema, and no other. */
#include "tests/unit/store_world.h"

#define DOCUMENT "docs/data-model.md"

/* "table.column" */
struct names {
	struct arena arena;
	const char **items;
	size_t count;
};

static void names_add(struct names *names, const char *table, const char *column)
{
	names->items = arena_grow(&names->arena, names->items, names->count,
				  sizeof(*names->items));
	names->items[names->count++] =
		arena_printf(&names->arena, "%s.%s", table, column);
}

static bool names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i], name) == 0)
			return true;
	}
	return false;
}

static void names_release(struct names *names)
{
	arena_release(&names->arena);
}

static void read_schema(struct names *names, struct store *store)
{
	struct query query = query_start(
		store, "SELECT m.name, c.name FROM sqlite_master m, "
		       "pragma_table_info(m.name) c WHERE m.type IN ('table', 'view')");
	struct error err = ERROR_INIT;

	while (query_row(&query)) {
		const char *table = query_text(&query, &names->arena);

		names_add(names, table, query_text(&query, &names->arena));
	}
	assert_true(query_finish(&query, &err));
}

/* A heading "### `table`", then rows "| `column` | ...". */
static void read_document(struct names *names)
{
	FILE *file = fopen(DOCUMENT, "r");
	char line[2048], table[64] = "", column[64];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "## %63s", table) == 1)
			table[0] = '\0'; /* a section without a table */
		(void)sscanf(line, "### `%63[a-z_]`", table);
		if (table[0] && sscanf(line, "| `%63[a-z_]` |", column) == 1)
			names_add(names, table, column);
	}
	fclose(file);
}

static void check_all_in(const struct names *names, const struct names *in,
			 const char *otherwise)
{
	for (size_t i = 0; i < names->count; i++) {
		if (!names_have(in, names->items[i]))
			fail_msg("%s: %s", names->items[i], otherwise);
	}
}

static void every_column_is_documented_and_no_other(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(names_release) struct names schema = { .arena = ARENA_INIT };
	CLEANUP(names_release) struct names document = { .arena = ARENA_INIT };

	read_schema(&schema, store);
	read_document(&document);
	check_all_in(&schema, &document, "is not in " DOCUMENT);
	check_all_in(&document, &schema, "is in " DOCUMENT ", and in no table or view");
	assert_int_equal(schema.count, document.count);
}

static void every_view_can_be_read(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	assert_int_equal(world_number(store, "SELECT count(*) FROM running_now"), 0);
	assert_int_equal(world_number(store, "SELECT count(*) FROM declared_now"), 0);
	assert_int_equal(world_number(store, "SELECT count(*) FROM finding_now"), 0);
	assert_int_equal(world_number(store, "SELECT count(*) FROM tag_move"), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(every_column_is_documented_and_no_other),
		WORLD_TEST(every_view_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
