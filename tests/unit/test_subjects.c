#include "drift/subjects.h"

#include "tests/unit/drift_world.h"

struct collected {
	struct drift_world world;
	struct join join;
	struct subjects subjects;
};

static void collected_release(struct collected *collected)
{
	subjects_release(&collected->subjects);
	join_release(&collected->join);
	drift_world_release(&collected->world);
}

static void collect(struct collected *collected)
{
	struct drift_world *world = &collected->world;

	join_make(&collected->join, world->snapshot, WORLD_NOW);
	subjects_make(&collected->subjects, &world->images.arena, world->snapshot,
		      &collected->join, true);
}

static void tags_and_pins_are_collected_once_with_all_who_mention_them(void **state)
{
	CLEANUP(collected_release) struct collected all = { .join = { .use_count = 0 } };

	(void)state;
	drift_world_init(&all.world, NULL, 0);
	drift_world_declare(&all.world, "shop/Deployment/web/app", "web:1@one");
	drift_world_declare(&all.world, "shop/Deployment/api/app", "web:1@two");
	drift_world_declare(&all.world, "shop/Deployment/db/app", "web@one");
	drift_world_declare(&all.world, "shop/Deployment/job/app", "other:1@one");
	drift_world_run(&all.world, "shop/Deployment/web/app", "web:1", "one");
	drift_world_run(&all.world, "shop/Pod/debug/app", "web", "one");
	collect(&all);
	assert_int_equal(all.subjects.tag_count, 3);
	assert_string_equal(all.subjects.tags[0].tag, "1");
	assert_int_equal(all.subjects.tags[0].mention_count, 3);
	assert_non_null(all.subjects.tags[0].mentions[0].declared);
	assert_string_equal(all.subjects.tags[0].mentions[2].row->running->image.ref.tag,
			    "1");
	assert_string_equal(all.subjects.tags[1].repository, "other");
	assert_string_equal(all.subjects.tags[2].tag, "latest");
	assert_int_equal(all.subjects.pin_count, 3);
	assert_int_equal(all.subjects.pins[0].mention_count, 2);
}

static void what_names_no_tag_and_no_digest_is_no_subject(void **state)
{
	CLEANUP(collected_release) struct collected all = { .join = { .use_count = 0 } };

	(void)state;
	drift_world_init(&all.world, NULL, 0);
	drift_world_declare(&all.world, "shop/Pod/a/app", "=$(params.image)");
	drift_world_declare(&all.world, "shop/Pod/b/app", "=Bad::Name");
	drift_world_declare(&all.world, "shop/Pod/c/app", "=");
	drift_world_declare(&all.world, "shop/Pod/d/app", "web@one");
	collect(&all);
	assert_int_equal(all.subjects.tag_count, 0);
	assert_int_equal(all.subjects.pin_count, 1);
}

static void a_pin_is_found_by_its_repository_and_digest(void **state)
{
	CLEANUP(collected_release) struct collected all = { .join = { .use_count = 0 } };
	struct image_ref ref = IMAGE_REF_INIT;

	(void)state;
	drift_world_init(&all.world, NULL, 0);
	drift_world_declare(&all.world, "shop/Pod/a/app", "web:1@one");
	drift_world_declare(&all.world, "shop/Pod/b/app", "other:1@one");
	collect(&all);
	ref.registry = WORLD_HOST;
	ref.repository = "other";
	ref.digest = image_world_digest("one");
	assert_ptr_equal(subjects_find_pin(&all.subjects, &ref), &all.subjects.pins[1]);
	ref.repository = "another";
	assert_null(subjects_find_pin(&all.subjects, &ref));
}

static const struct {
	const char *label;
	struct {
		enum verdict_answer answer;
		enum verdict_how how;
	} verdicts[3];
	size_t evidence;
} evidence_cases[] = {
	{ "the first where none differs",
	  { { VERDICT_MATCH, HOW_EXACT },
	    { VERDICT_UNKNOWN, HOW_NONE },
	    { VERDICT_NONE, HOW_NONE } },
	  0 },
	{ "the one that differs",
	  { { VERDICT_MATCH, HOW_EXACT },
	    { VERDICT_DRIFT, HOW_LAYERS },
	    { VERDICT_DRIFT, HOW_LAYERS } },
	  1 },
	{ "one that differs for its platform before one that does for others",
	  { { VERDICT_DRIFT, HOW_OTHER_PLATFORM },
	    { VERDICT_MATCH, HOW_EXACT },
	    { VERDICT_DRIFT, HOW_CONFIG_ONLY } },
	  2 },
	{ "one that differs for other platforms before one that matches",
	  { { VERDICT_MATCH, HOW_EXACT },
	    { VERDICT_DRIFT, HOW_OTHER_PLATFORM },
	    { VERDICT_MATCH, HOW_EXACT } },
	  1 },
};

static void the_evidence_of_a_tag_is_what_differs_most(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(evidence_cases); i++) {
		struct tag_mention mentions[3] = { { .declared = NULL } };
		struct tag_subject tag = { .mentions = mentions, .mention_count = 3 };

		for (size_t j = 0; j < 3; j++) {
			mentions[j].verdict.answer = evidence_cases[i].verdicts[j].answer;
			mentions[j].verdict.how = evidence_cases[i].verdicts[j].how;
		}
		CHECK(evidence_cases[i].label,
		      tag_subject_evidence(&tag) ==
			      &mentions[evidence_cases[i].evidence]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			tags_and_pins_are_collected_once_with_all_who_mention_them),
		cmocka_unit_test(what_names_no_tag_and_no_digest_is_no_subject),
		cmocka_unit_test(a_pin_is_found_by_its_repository_and_digest),
		cmocka_unit_test(the_evidence_of_a_tag_is_what_differs_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
