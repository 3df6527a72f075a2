#include "tests/unit/store_world.h"

/* Scan 1 sees all, 2 the shop alone, 3 was aborted, 4 a hidden shop, 5 billing alone. */
static void make_history(struct store *store)
{
	CLEANUP(world_release) struct world world;
	struct error err = ERROR_INIT;
	int64_t aborted;

	world_init(&world);
	world_scan(&world, store);
	world_clear(&world);
	world_cover_namespace(&world, "shop", true);
	world_scan(&world, store);
	assert_true(store_scan_begin(store, &world.scan, &aborted, &err));
	store_scan_abort(store, aborted);
	world_clear(&world);
	world_cover_namespace(&world, "shop", false);
	world_scan(&world, store);
	world_clear(&world);
	world_cover_namespace(&world, "billing", true);
	world_scan(&world, store);
}

#define SHOP "cluster/" WORLD_CLUSTER "/namespace/shop\n"
#define BILLING "cluster/" WORLD_CLUSTER "/namespace/billing\n"

static const struct {
	const char *label, *scopes;
	struct scan_range range;
	int64_t started_at;
} cases[] = {
	{ "the newest scan saw it", BILLING, { 1, INT64_MAX }, 5000 },
	{ "the newest that covered it", SHOP, { 1, INT64_MAX }, 2000 },
	{ "one of two scopes", SHOP BILLING, { 1, INT64_MAX }, 5000 },
	{ "before a scan", BILLING, { 1, 5 }, 1000 },
	{ "the first one saw it in any case", SHOP, { 4, INT64_MAX }, 4000 },
	{ "nothing in between", SHOP, { 2, 2 }, 0 },
};

static void the_last_scan_that_covered_a_scope_is_found(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(scan_history_release) struct scan_history history = { 0 };

	make_history(store);
	scan_history_begin(&history, store, INT64_MAX);
	for (int round = 0; round < 2; round++) { /* read from SQLite, then from memory */
		for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
			struct error err = ERROR_INIT;
			int64_t at;

			CHECK(cases[i].label,
			      scan_history_last(&history, cases[i].scopes, cases[i].range,
						&at, &err));
			CHECK(cases[i].label, at == cases[i].started_at);
		}
	}
}

static void an_aborted_scan_saw_nothing(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(scan_history_release) struct scan_history history = { 0 };
	struct error err = ERROR_INIT;
	int64_t at;

	make_history(store);
	scan_history_begin(&history, store, 4);
	assert_true(scan_history_last(&history, BILLING, (struct scan_range){ 1, 4 }, &at,
				      &err));
	assert_int_equal(at, 1000);
}

static void a_damaged_row_is_an_error(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(scan_history_release) struct scan_history history = { 0 };
	struct error err = ERROR_INIT;
	int64_t at;

	make_history(store);
	assert_true(query_execute(store, "UPDATE scan SET coverage = '[' WHERE id = 5",
				  &err));
	scan_history_begin(&history, store, INT64_MAX);
	assert_false(scan_history_last(&history, SHOP,
				       (struct scan_range){ 1, INT64_MAX }, &at, &err));
	assert_int_equal(err.code, ERROR_STORE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(the_last_scan_that_covered_a_scope_is_found),
		WORLD_TEST(an_aborted_scan_saw_nothing),
		WORLD_TEST(a_damaged_row_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
