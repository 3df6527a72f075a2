/* Pods of one workload: one image for one container, or more? */
#include "drift/mixed.h"

#include "tests/unit/drift_world.h"

#define WHERE "shop/Deployment/web/app"
#define RUNS_MOST 3

static const char *const images[] = {
	"config c-amd linux/amd64 d1",
	"config c-arm linux/arm64 d2",
	"config c-amd-new linux/amd64 d3",
	"config c-arm-new linux/arm64 d4",
	"config c-unnamed - d5",
	"manifest amd c-amd l1",
	"manifest arm c-arm l2",
	"manifest amd-packed c-amd p1",
	"manifest amd-new c-amd-new l3",
	"manifest arm-new c-arm-new l4",
	"manifest unnamed c-unnamed l5",
	"index both amd=linux/amd64 arm=linux/arm64",
	"index new amd-new=linux/amd64 arm-new=linux/arm64",
	"index half amd=linux/amd64 arm-new=linux/arm64",
};

/* What pods run, on nodes of which platform. */
struct mixed_case {
	const char *label;
	struct {
		const char *id, *platform;
	} runs[RUNS_MOST];
	enum answer answer;
};

static const struct mixed_case cases[] = {
	{ "no pods", { { NULL, NULL } }, ANSWER_NO },
	{ "one pod", { { "amd", "linux/amd64" } }, ANSWER_NO },
	{ "one pod of nothing that is held", { { "gone", "linux/amd64" } }, ANSWER_NO },
	{ "one digest on two platforms",
	  { { "both", "linux/amd64" }, { "both", "linux/arm64" } },
	  ANSWER_NO },
	/* One platform. */
	{ "one image in two wrappings",
	  { { "amd", "linux/amd64" }, { "amd-packed", "linux/amd64" } },
	  ANSWER_NO },
	{ "an index and its manifest",
	  { { "both", "linux/amd64" }, { "amd", "linux/amd64" } },
	  ANSWER_NO },
	{ "a manifest and its index",
	  { { "amd", "linux/amd64" }, { "both", "linux/amd64" } },
	  ANSWER_NO },
	{ "a manifest and its bare config",
	  { { "bare c-amd", "linux/amd64" }, { "amd", "linux/amd64" } },
	  ANSWER_NO },
	{ "two manifests",
	  { { "amd", "linux/amd64" }, { "amd-new", "linux/amd64" } },
	  ANSWER_YES },
	{ "two indexes",
	  { { "both", "linux/amd64" }, { "new", "linux/amd64" } },
	  ANSWER_YES },
	{ "two indexes that differ for other platforms",
	  { { "both", "linux/amd64" }, { "half", "linux/amd64" } },
	  ANSWER_NO },
	{ "two bare configs",
	  { { "bare c-amd", "linux/amd64" }, { "bare c-amd-new", "linux/amd64" } },
	  ANSWER_YES },
	{ "two manifests of which one says no platform",
	  { { "amd", "linux/amd64" }, { "unnamed", "linux/amd64" } },
	  ANSWER_YES },
	{ "two images behind a third that is not to be had",
	  { { "gone", "linux/amd64" },
	    { "amd", "linux/amd64" },
	    { "amd-new", "linux/amd64" } },
	  ANSWER_YES },
	/* Two platforms. */
	{ "the manifests of two platforms",
	  { { "amd", "linux/amd64" }, { "arm", "linux/arm64" } },
	  ANSWER_NO },
	{ "an old and a new manifest, on two platforms",
	  { { "amd", "linux/amd64" }, { "arm-new", "linux/arm64" } },
	  ANSWER_NO },
	{ "an index here, its manifest there",
	  { { "both", "linux/amd64" }, { "arm", "linux/arm64" } },
	  ANSWER_NO },
	{ "two indexes, each other's for every platform",
	  { { "both", "linux/amd64" }, { "new", "linux/arm64" } },
	  ANSWER_YES },
	{ "two indexes, alike for one platform",
	  { { "both", "linux/amd64" }, { "half", "linux/arm64" } },
	  ANSWER_UNKNOWN },
	{ "two manifests for one platform, one of them emulated",
	  { { "amd", "linux/amd64" }, { "amd-new", "linux/arm64" } },
	  ANSWER_YES },
	/* No platform. */
	{ "two manifests for one platform, on nodes of none",
	  { { "amd", "" }, { "amd-new", "" } },
	  ANSWER_YES },
	{ "two manifests of which one says no platform, on nodes of none",
	  { { "amd", "" }, { "unnamed", "" } },
	  ANSWER_UNKNOWN },
	{ "a manifest and its index, on nodes of none",
	  { { "amd", "" }, { "both", "" } },
	  ANSWER_NO },
	{ "the manifests of two platforms, on nodes of none",
	  { { "amd", "" }, { "arm", "" } },
	  ANSWER_UNKNOWN },
	{ "a bare config and another manifest",
	  { { "bare c-amd", "linux/amd64" }, { "amd-new", "linux/amd64" } },
	  ANSWER_YES },
	{ "the manifests of two platforms, on a node that says none",
	  { { "amd", "linux/amd64" }, { "arm", "" } },
	  ANSWER_UNKNOWN },
	/* What cannot be told. */
	{ "a digest that is nowhere",
	  { { "amd", "linux/amd64" }, { "gone", "linux/amd64" } },
	  ANSWER_UNKNOWN },
	{ "an image ID that names nothing",
	  { { "amd", "linux/amd64" }, { "=what?", "linux/amd64" } },
	  ANSWER_UNKNOWN },
	{ "a pod that has not started",
	  { { "amd", "linux/amd64" }, { "", "linux/amd64" } },
	  ANSWER_NO },
};

static void run(struct drift_world *world, const char *image_id, const char *platform)
{
	struct running_use *use =
		drift_world_run(world, WHERE, "shop/web:1@both", image_id);

	use->platform = platform_parse(platform);
}

static struct mixed evaluate(struct drift_world *world)
{
	static const struct use none = { .namespace = "" };

	drift_world_judge(world, NULL, 0);
	assert_in_range(world->rounds, 0, DRIFT_ROUNDS - 1);
	return mixed_evaluate(&world->drift, world->drift.join.use_count
						     ? &world->drift.join.uses[0]
						     : &none);
}

static void pods_are_mixed_where_one_platform_is_proved_to_run_two_images(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct drift_world world;
		struct mixed mixed;

		drift_world_init(&world, images, ARRAY_LENGTH(images));
		for (size_t j = 0; j < RUNS_MOST && cases[i].runs[j].id; j++)
			run(&world, cases[i].runs[j].id, cases[i].runs[j].platform);
		mixed = evaluate(&world);
		if (mixed.answer != cases[i].answer)
			fail_msg("%s: %d is not %d", cases[i].label, (int)mixed.answer,
				 (int)cases[i].answer);
		CHECK(cases[i].label,
		      (mixed.one && mixed.other) == (mixed.answer == ANSWER_YES));
		drift_world_release(&world);
	}
}

static void the_two_that_are_named_are_the_two_that_differ(void **state)
{
	struct digest amd = image_world_digest("amd");
	struct digest amd_new = image_world_digest("amd-new");
	struct drift_world world;
	struct mixed mixed;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	run(&world, "gone", "linux/amd64");
	run(&world, "amd", "linux/amd64");
	run(&world, "amd-packed", "linux/amd64");
	run(&world, "amd-new", "linux/amd64");
	mixed = evaluate(&world);
	assert_int_equal(mixed.answer, ANSWER_YES);
	assert_true(digest_equal(&mixed.one->running->image_id.digest, &amd));
	assert_true(digest_equal(&mixed.other->running->image_id.digest, &amd_new));
	drift_world_release(&world);
}

/* More digests than are compared with each other: what was not compared is unknown. */
static void too_many_digests_to_compare_are_unknown_unless_two_differ(void **state)
{
	(void)state;
	for (int differ = 0; differ < 2; differ++) {
		struct drift_world world;

		drift_world_init(&world, images, ARRAY_LENGTH(images));
		run(&world, "amd", "linux/amd64");
		if (differ)
			run(&world, "amd-new", "linux/amd64");
		for (int i = 0; i < 20; i++) {
			const char *version = arena_printf(&world.snapshot->arena,
							   "linux/amd64/v%d", i);

			run(&world, "amd", version);
		}
		assert_int_equal(evaluate(&world).answer,
				 differ ? ANSWER_YES : ANSWER_UNKNOWN);
		drift_world_release(&world);
	}
}

/* What is being replaced counts for nothing. */
static void an_older_revision_is_not_mixed_with_the_new_one(void **state)
{
	struct drift_world world;
	struct live_workload *live;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	live = drift_world_live(&world, WHERE, "shop/web:1@both");
	live->revision = "new";
	live->progress_at = WORLD_NOW - 60;
	run(&world, "amd", "linux/amd64");
	run(&world, "amd-new", "linux/amd64");
	world.snapshot->running[0].revision = "old";
	world.snapshot->running[1].revision = "new";
	assert_int_equal(evaluate(&world).answer, ANSWER_NO);
	live->deadline_exceeded = true;
	assert_int_equal(evaluate(&world).answer, ANSWER_YES);
	drift_world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			pods_are_mixed_where_one_platform_is_proved_to_run_two_images),
		cmocka_unit_test(the_two_that_are_named_are_the_two_that_differ),
		cmocka_unit_test(
			too_many_digests_to_compare_are_unknown_unless_two_differ),
		cmocka_unit_test(an_older_revision_is_not_mixed_with_the_new_one),
	};

	return cmocka_run_group_tests_name("mixed", tests, NULL, NULL);
}
