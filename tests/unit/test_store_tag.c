#include "tests/unit/store_world.h"

/* Scan once with one answer about the tag 1.0. */
static void scan_tag(struct store *store, enum fact_state state, const char *digest)
{
	CLEANUP(world_release) struct world world;

	world_init(&world);
	world_run(&world, "shop", "web", "x@" DIGEST_A)->reference =
		"registry.example.com/shop/web:1.0";
	world_tag(&world, "1.0", state, digest);
	world_scan(&world, store);
}

static const struct {
	enum fact_state state;
	const char *digest;
	const char *reported; /* its state and digest, in the report of this scan */
	int64_t since;
} answers[] = {
	{ FACT_FOUND, DIGEST_A, "found " DIGEST_A, 1000 },
	{ FACT_FOUND, DIGEST_A, "found " DIGEST_A, 1000 },
	{ FACT_FOUND, DIGEST_B, "found " DIGEST_B, 3000 },
	{ FACT_DENIED, NULL, "denied ", 0 },
	{ FACT_UNKNOWN, NULL, "unknown ", 0 },
	{ FACT_FOUND, DIGEST_B, "found " DIGEST_B, 3000 },
	{ FACT_ABSENT, NULL, "absent ", 7000 },
	{ FACT_ABSENT, DIGEST_B, "absent ", 7000 }, /* what it was is no matter */
	{ FACT_FOUND, DIGEST_A, "found " DIGEST_A, 9000 },
};

static void check_report(struct store *store, size_t answer)
{
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;
	const char *is;

	report_init(&report);
	assert_true(store_load_report(store, (int64_t)answer + 1, &report, &err));
	assert_int_equal(report.tag_count, 1);
	assert_string_equal(report.tags[0].registry, "registry.example.com");
	assert_string_equal(report.tags[0].repository, "shop/web");
	assert_string_equal(report.tags[0].tag, "1.0");
	is = arena_printf(&report.arena, "%s %s", report.tags[0].state,
			  report.tags[0].digest.text);
	assert_string_equal(is, answers[answer].reported);
	assert_int_equal(report.tags[0].first_seen_at, answers[answer].since);
}

static void each_report_shows_the_tag_as_it_was_then(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	for (size_t i = 0; i < ARRAY_LENGTH(answers); i++) {
		scan_tag(store, answers[i].state, answers[i].digest);
		check_report(store, i);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(answers); i++)
		check_report(store, i);
}

static void the_ledger_has_every_move_and_nothing_else(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	for (size_t i = 0; i < ARRAY_LENGTH(answers); i++)
		scan_tag(store, answers[i].state, answers[i].digest);
	assert_int_equal(world_number(store, "SELECT count(*) FROM tag_span"), 4);
	assert_int_equal(world_number(store, "SELECT count(*) FROM tag_move"), 3);
	assert_int_equal(world_number(store, "SELECT count(*) FROM tag_move WHERE "
					     "from_digest = '" DIGEST_B
					     "' AND to_digest IS NULL AND scan = 7"),
			 1);
}

static uint32_t moves_of(struct store *store, enum fact_state state, const char *digest,
			 int64_t since)
{
	CLEANUP(world_release) struct world world;
	struct error err = ERROR_INIT;
	uint32_t moves = 99;

	world_init(&world);
	world_tag(&world, "1.0", state, digest);
	assert_true(store_tag_moves(store, &world.snapshot.tags[0], since, &moves, &err));
	return moves;
}

static void moves_are_counted_with_the_newest_answer(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	char *before CLEANUP(free_pointer) = NULL;
	char *after CLEANUP(free_pointer) = NULL;

	assert_int_equal(moves_of(store, FACT_FOUND, DIGEST_A, 0), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(answers); i++)
		scan_tag(store, answers[i].state, answers[i].digest);
	before = world_dump(store);
	/* Scans 3, 7 and 9 saw it move; they began at 3000, 7000 and 9000. */
	assert_int_equal(moves_of(store, FACT_FOUND, DIGEST_A, 0), 3);
	assert_int_equal(moves_of(store, FACT_FOUND, DIGEST_B, 0), 4);
	assert_int_equal(moves_of(store, FACT_ABSENT, NULL, 0), 4);
	assert_int_equal(moves_of(store, FACT_UNKNOWN, NULL, 0), 0);
	assert_int_equal(moves_of(store, FACT_FOUND, DIGEST_A, 2999), 3);
	assert_int_equal(moves_of(store, FACT_FOUND, DIGEST_A, 3000), 2);
	assert_int_equal(moves_of(store, FACT_FOUND, DIGEST_B, 9000), 1);
	after = world_dump(store);
	assert_string_equal(after, before);
}

static void a_tag_that_is_not_asked_for_stays(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_tag(store, FACT_FOUND, DIGEST_A);
	world_init(&world);
	world_scan(&world, store);
	assert_int_equal(world_number(store, "SELECT count(*) FROM tag_span "
					     "WHERE ended_scan IS NULL"),
			 1);
}

static const struct {
	const char *reference;
	const char *tag; /* that the report shows; NULL: none */
} references[] = {
	{ "registry.example.com/shop/web:1.0", "1.0" },
	{ "registry.example.com/shop/web:1.0@" DIGEST_B, "1.0" },
	{ "registry.example.com/shop/web", "latest" },
	{ "registry.example.com/shop/web@" DIGEST_B, NULL },
	{ "registry.example.com/shop/web:9.9", NULL }, /* never asked for */
	{ "not a reference", NULL },
	{ "", NULL },
};

static void a_report_shows_the_tags_that_its_references_name(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	for (size_t i = 0; i < ARRAY_LENGTH(references); i++) {
		CLEANUP(world_release) struct world world;
		CLEANUP(report_release) struct report report;
		struct error err = ERROR_INIT;

		world_init(&world);
		world_tag(&world, "1.0", FACT_FOUND, DIGEST_A);
		world_tag(&world, "latest", FACT_FOUND, DIGEST_A);
		world_declare(&world, "web.yaml", "web", references[i].reference);
		world_declare(&world, "api.yaml", "api", references[i].reference);
		world_scan(&world, store);
		report_init(&report);
		assert_true(store_load_report(store, 0, &report, &err));
		CHECK(references[i].reference,
		      report.tag_count == (references[i].tag ? 1 : 0));
		if (references[i].tag)
			CHECK_TEXT(references[i].reference, report.tags[0].tag,
				   references[i].tag);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(each_report_shows_the_tag_as_it_was_then),
		WORLD_TEST(the_ledger_has_every_move_and_nothing_else),
		WORLD_TEST(moves_are_counted_with_the_newest_answer),
		WORLD_TEST(a_tag_that_is_not_asked_for_stays),
		WORLD_TEST(a_report_shows_the_tags_that_its_references_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
