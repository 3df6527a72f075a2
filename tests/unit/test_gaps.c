#include "drift/gaps.h"

#include "tests/unit/drift_world.h"

static const char *const images[] = {
	"config c-one linux/amd64 d1",
	"config c-two linux/amd64 d2",
	"manifest one c-one l1",
	"manifest two c-two l2",
	"index torn *lost two=linux/amd64",
};

#define WEB "shop/Deployment/web/app"
#define ZEROS                                                                            \
	"=" WORLD_HOST "/web:1@sha256:"                                                  \
	"0000000000000000000000000000000000000000000000000000000000000000"

/* Deployment web, and what is left open of it; tag web:1 is `tag`, or there is none. */
static const struct {
	const char *label;
	const char *tag, *declared, *image, *image_id; /* NULL: not there */
	const char *silent;
	const char *gaps; /* their beginnings, each ended by "\n" */
} cases[] = {
	{ "all is known", "one", "web:1@one", "web:1@one", "one", "", "" },
	{ "drift is no gap", "one", "web:1@one", "web:1@one", "two", "", "" },
	{ "a running digest that is nowhere", "one", "web:1@one", "web:1", "gone", "",
	  "unresolved: shop/web/app " WORLD_HOST "/shop/web@sha256:\n" },
	{ "an undeclared one", "one", NULL, "web:1", "gone", "",
	  "unresolved: shop/web/app " WORLD_HOST "/shop/web@sha256:\n" },
	{ "a tag that is gone", NULL, NULL, "web:1", "one", "", "" },
	{ "a silent registry, once for all", "one", "web:1@one", "web:1", "gone",
	  WORLD_HOST, "unreachable: registry " WORLD_HOST "\n" },
	{ "a pin that is gone says so itself", "one", "web:1@gone", NULL, NULL, "", "" },
	{ "a pin that is gone hides what runs", "one", "web:1@gone", "web:1", "one", "",
	  "unresolved: shop/web/app " WORLD_HOST "/shop/web@sha256:\n" },
	{ "a digest that names no image says so itself", "one", ZEROS, "web:1", "one", "",
	  "" },
	{ "a pin that cannot be compared with its tag", "torn", "web:1@one", NULL, NULL,
	  "", "unresolved: " WORLD_HOST "/web:1@sha256:\n" },
	{ "a pending pod is asked nothing", "one", "web:1@one", "web:1@one", "", "", "" },
};

static void what_is_open_is_a_gap_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *label = cases[i].label;
		CLEANUP(drift_world_release) struct drift_world world;
		const char *expected = cases[i].gaps, *gaps;

		drift_world_init(&world, images, ARRAY_LENGTH(images));
		world.images.silent = cases[i].silent;
		if (cases[i].tag)
			image_world_tag(&world.images, "web", "1", cases[i].tag);
		if (cases[i].declared)
			drift_world_declare(&world, WEB, cases[i].declared);
		if (cases[i].image)
			drift_world_run(&world, WEB, cases[i].image, cases[i].image_id);
		drift_world_judge(&world, NULL, 0);
		gaps = drift_world_gaps(&world);
		for (; *expected; expected = strchr(expected, '\n') + 1) {
			CHECK(label,
			      strncmp(gaps, expected, strcspn(expected, "\n")) == 0);
			gaps = strchr(gaps, '\n') + 1;
		}
		CHECK_TEXT(label, gaps, "");
	}
}

static void add_fact(struct drift_world *world, enum fact_state state, bool mismatch)
{
	snapshot_add_digest(world->snapshot, &(struct digest_fact){
						     .registry = WORLD_HOST,
						     .repository = "web",
						     .digest = image_world_digest("one"),
						     .state = state,
						     .mismatch = mismatch,
						     .reason = "why",
					     });
}

static const struct {
	const char *label;
	enum fact_state state;
	bool mismatch, known;
	const char *gaps;
} pin_cases[] = {
	{ "found", FACT_FOUND, false, true, "" },
	{ "absent", FACT_ABSENT, false, false, "" },
	{ "no answer", FACT_UNKNOWN, false, false,
	  "unreachable: registry " WORLD_HOST "\n" },
	{ "no answer, though the content is known", FACT_UNKNOWN, false, true,
	  "unreachable: registry " WORLD_HOST "\n" },
	{ "denied", FACT_DENIED, false, false, "unauthorized: " WORLD_HOST "/web\n" },
	{ "wrong bytes are a finding", FACT_UNKNOWN, true, false, "" },
};

static void whether_a_pin_is_there_is_a_question_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(pin_cases); i++) {
		CLEANUP(drift_world_release) struct drift_world world;

		drift_world_init(&world, images, ARRAY_LENGTH(images));
		drift_world_declare(&world, WEB, "web@one");
		if (pin_cases[i].known)
			image_world_learn(&world.images);
		add_fact(&world, pin_cases[i].state, pin_cases[i].mismatch);
		drift_world_judge(&world, NULL, 0);
		CHECK_TEXT(pin_cases[i].label, drift_world_gaps(&world),
			   pin_cases[i].gaps);
	}
}

/* Of a running digest, no finding tells that its registry serves something else. */
static void wrong_bytes_of_what_runs_are_a_gap(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;
	struct digest two = image_world_digest("two");

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_declare(&world, WEB, "shop/web@one");
	drift_world_run(&world, WEB, "shop/web", "two");
	snapshot_add_digest(world.snapshot,
			    &(struct digest_fact){ .registry = WORLD_HOST,
						   .repository = WORLD_REPOSITORY,
						   .digest = two,
						   .state = FACT_UNKNOWN,
						   .mismatch = true,
						   .reason = "other bytes" });
	drift_world_judge(&world, NULL, 0);
	assert_int_equal(world.snapshot->gap_count, 1);
	assert_int_equal(world.snapshot->gaps[0].kind, GAP_UNRESOLVED);
	assert_non_null(
		strstr(world.snapshot->gaps[0].reason, "other bytes (pod web-0)"));
}

/* Nobody declares them, and they name no tag: whether they are mixed is a question. */
static void pods_that_may_run_two_images_are_a_gap(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_run(&world, WEB, "web@one", "one");
	drift_world_run(&world, WEB, "web@one", "gone");
	drift_world_judge(&world, NULL, 0);
	assert_int_equal(world.snapshot->gap_count, 1);
	assert_int_equal(world.snapshot->gaps[0].kind, GAP_UNRESOLVED);
	assert_non_null(strstr(world.snapshot->gaps[0].reason, "404 (pod web-1)"));
}

/* One pod alone is asked nothing. */
static void a_lone_digest_that_nobody_asks_about_is_no_gap(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_run(&world, WEB, "web@one", "gone");
	drift_world_judge(&world, NULL, 0);
	assert_int_equal(world.snapshot->gap_count, 0);
	assert_int_equal(world.images.asked, 0);
}

static void rivals_are_a_gap_of_their_own_kind(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_declare(&world, WEB, "web@one");
	drift_world_declare(&world, WEB, "web@two");
	drift_world_run(&world, WEB, "web@one", "one");
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(drift_world_gaps(&world),
			    "ambiguous-declaration: shop/web/app Deployment\n");
	assert_string_equal(drift_world_rows(&world), "web/app unknown\n");
}

static void a_mirror_that_does_not_answer_is_a_gap_of_its_own(void **state)
{
	static const struct {
		const char *label;
		enum fact_state state;
		const char *image, *gaps;
	} rows[] = {
		{ "it agrees", FACT_FOUND, "one", "" },
		{ "it differs, which is a finding", FACT_FOUND, "two", "" },
		{ "it has no such tag", FACT_ABSENT, NULL, "" },
		{ "it denies", FACT_DENIED, NULL,
		  "unauthorized: mirror mirror.test of " WORLD_HOST "\n" },
		{ "it is silent", FACT_UNKNOWN, NULL,
		  "unreachable: mirror mirror.test of " WORLD_HOST "\n" },
		{ "it names an image that nobody has", FACT_FOUND, "gone",
		  "unresolved: " WORLD_HOST "/web:1\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		CLEANUP(drift_world_release) struct drift_world world;
		struct mirror_fact mirror = { .host = "mirror.test",
					      .state = rows[i].state,
					      .reason = "why" };

		drift_world_init(&world, images, ARRAY_LENGTH(images));
		image_world_tag(&world.images, "web", "1", "one");
		drift_world_declare(&world, WEB, "web:1");
		drift_world_judge(&world, NULL, 0);
		if (rows[i].image)
			mirror.digest = image_world_digest(rows[i].image);
		world.snapshot->tags[0].mirrors = &mirror;
		world.snapshot->tags[0].mirror_count = 1;
		drift_world_judge(&world, NULL, 0);
		CHECK_TEXT(rows[i].label, drift_world_gaps(&world), rows[i].gaps);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_open_is_a_gap_once),
		cmocka_unit_test(whether_a_pin_is_there_is_a_question_of_its_own),
		cmocka_unit_test(wrong_bytes_of_what_runs_are_a_gap),
		cmocka_unit_test(pods_that_may_run_two_images_are_a_gap),
		cmocka_unit_test(a_lone_digest_that_nobody_asks_about_is_no_gap),
		cmocka_unit_test(a_mirror_that_does_not_answer_is_a_gap_of_its_own),
		cmocka_unit_test(rivals_are_a_gap_of_their_own_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
