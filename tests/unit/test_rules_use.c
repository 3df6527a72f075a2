/* The rules about what a container of a workload runs. */
#include "tests/unit/rule_scene.h"

static void contradict(struct drift_world *world)
{
	drift_world_declare(world, WHERE, "shop/web:2@two");
}

static void rewrite(struct drift_world *world)
{
	static struct policy_rewrite rewrites[] = {
		{ WORLD_HOST "/shop", "mirror.example.com/shop" },
	};

	world->snapshot->policy.rewrites = rewrites;
	world->snapshot->policy.rewrite_count = ARRAY_LENGTH(rewrites);
}

/* The live object names another revision than its pods, since an hour or a minute. */
static void roll_out(struct drift_world *world)
{
	world->snapshot->live[0].revision = "new";
	world->snapshot->live[0].progress_at = WORLD_NOW - 60;
	world->snapshot->running[0].revision = "old";
}

static void roll_out_for_long(struct drift_world *world)
{
	roll_out(world);
	world->snapshot->live[0].progress_at = WORLD_NOW - 7200;
}

static void roll_out_renamed(struct drift_world *world)
{
	roll_out(world);
	scene_rename_container(world);
}

static void fail_pull(struct drift_world *world)
{
	world->snapshot->running[0].state = RUNNING_FAILING;
	world->snapshot->running[0].reason = "ImagePullBackOff";
	world->snapshot->running[0].pod_count = 3;
}

static void run_three(struct drift_world *world)
{
	world->snapshot->running[0].pod_count = 3;
}

static void run_on_arm(struct drift_world *world)
{
	world->snapshot->running[0].platform = platform_make("linux", "arm64", "");
}

static const struct rule_case differs_cases[] = {
	{ "undeclared", { NULL, NULL, RUNS("two"), NULL }, ANSWER_NONE, "" },
	{ "declared by tag", { TAGGED, NULL, RUNS("two"), NULL }, ANSWER_NONE, "" },
	{ "declared twice",
	  { PINNED, NULL, RUNS("two"), contradict },
	  ANSWER_UNKNOWN,
	  "" },
	{ "not looked at", { PINNED, NULL, NO_PODS, scene_hide }, ANSWER_UNKNOWN, "" },
	{ "what was declared", { PINNED, NULL, RUNS("one"), NULL }, ANSWER_NO, "" },
	{ "no pods", { PINNED, NULL, NO_PODS, NULL }, ANSWER_NO, "" },
	{ "a pod that has not started",
	  { PINNED, NULL, RUNS(""), NULL },
	  ANSWER_UNKNOWN,
	  "" },
	{ "a pod that has not started, beside one that has",
	  { PINNED, NULL, { { TAGGED, "one" }, { TAGGED, "" } }, NULL },
	  ANSWER_NO,
	  "" },
	{ "a pod that cannot pull its image",
	  { PINNED, NULL, RUNS("two"), fail_pull },
	  ANSWER_UNKNOWN,
	  "" },
	{ "a digest that is nowhere",
	  { PINNED, NULL, RUNS("gone"), NULL },
	  ANSWER_UNKNOWN,
	  "" },
	{ "a digest that is nowhere, pulled by the pin",
	  { PINNED, PINNED, { { PINNED, "gone" } }, NULL },
	  ANSWER_NO,
	  "" },
	{ "a digest that is nowhere, of no template",
	  { PINNED, NULL, { { PINNED, "gone" } }, NULL },
	  ANSWER_UNKNOWN,
	  "" },
	{ "other layers",
	  { PINNED, NULL, RUNS("two"), NULL },
	  ANSWER_YES,
	  "1 pod runs sha256:" },
	{ "other layers, said so",
	  { PINNED, NULL, RUNS("two"), NULL },
	  ANSWER_YES,
	  "its layers differ" },
	{ "three pods",
	  { PINNED, NULL, RUNS("two"), run_three },
	  ANSWER_YES,
	  "3 pods run" },
	{ "another config",
	  { PINNED, NULL, RUNS("again"), NULL },
	  ANSWER_YES,
	  "its config differs" },
	{ "two other images",
	  { PINNED, NULL, { { TAGGED, "two" }, { TAGGED, "three" } }, NULL },
	  ANSWER_YES,
	  "2 pods run other images than the declared sha256:" },
	{ "proved for one pod, not for the other",
	  { PINNED, NULL, { { TAGGED, "gone" }, { TAGGED, "two" } }, NULL },
	  ANSWER_YES,
	  "1 pod runs" },
	{ "being replaced",
	  { PINNED, PINNED, RUNS("two"), roll_out },
	  ANSWER_UNKNOWN,
	  "" },
	{ "to be replaced for too long",
	  { PINNED, PINNED, RUNS("two"), roll_out_for_long },
	  ANSWER_YES,
	  "another image" },
};

static void what_runs_differs_only_where_that_is_proved(void **state)
{
	(void)state;
	rule_cases_check(differs_cases, ARRAY_LENGTH(differs_cases), "running-differs");
}

static void a_difference_for_other_platforms_is_a_note(void **state)
{
	static const struct rule_case elsewhere = {
		"the index differs elsewhere",
		{ PINNED, NULL, RUNS("half"), NULL },
		ANSWER_YES,
		"another image for other platforms",
	};
	static const struct rule_case both = {
		"one pod elsewhere, one pod here",
		{ PINNED, NULL, { { TAGGED, "half" }, { TAGGED, "two" } }, NULL },
		ANSWER_YES,
		"1 pod runs",
	};

	(void)state;
	rule_case_check(&elsewhere, "running-differs", LEVEL_NOTE);
	rule_case_check(&both, "running-differs", LEVEL_ERROR);
}

static const struct rule_case spec_cases[] = {
	{ "undeclared", { NULL, TAGGED, RUNS("one"), NULL }, ANSWER_NONE, "" },
	{ "declared twice", { PINNED, PINNED, NO_PODS, contradict }, ANSWER_UNKNOWN, "" },
	{ "not looked at", { PINNED, NULL, NO_PODS, scene_hide }, ANSWER_UNKNOWN, "" },
	{ "not in the cluster", { PINNED, NULL, NO_PODS, NULL }, ANSWER_NONE, "" },
	{ "a declaration that is no reference",
	  { "=shop/web@sha256:abc", TAGGED, NO_PODS, NULL },
	  ANSWER_NONE,
	  "" },
	{ "a live reference that is none",
	  { PINNED, "=shop/web@sha256:abc", NO_PODS, NULL },
	  ANSWER_NONE,
	  "" },
	{ "as declared",
	  { PINNED, PINNED, { { PINNED, "both" } }, NULL },
	  ANSWER_NO,
	  "" },
	{ "a digest that the cluster added",
	  { TAGGED, PINNED, { { PINNED, "both" } }, NULL },
	  ANSWER_NO,
	  "" },
	{ "a pin that is not live",
	  { PINNED, TAGGED, RUNS("both"), NULL },
	  ANSWER_NO,
	  "" },
	{ "another repository",
	  { PINNED, "shop/fork:1@both", NO_PODS, NULL },
	  ANSWER_YES,
	  "another repository than declared" },
	{ "another tag",
	  { TAGGED, "shop/web:2", NO_PODS, NULL },
	  ANSWER_YES,
	  "another tag than declared" },
	{ "another digest",
	  { PINNED, "shop/web:1@half", NO_PODS, NULL },
	  ANSWER_YES,
	  "another digest than declared" },
	{ "it is named",
	  { PINNED, "shop/web:2@both", NO_PODS, NULL },
	  ANSWER_YES,
	  "shop/web:2@" },
	{ "the template counts, not its old pods",
	  { PINNED, PINNED, { { "shop/web:0@two", "two" } }, NULL },
	  ANSWER_NO,
	  "" },
	{ "pods speak where no template does",
	  { PINNED, NULL, { { "shop/web:1@half", "half" } }, NULL },
	  ANSWER_YES,
	  "another digest" },
	{ "pods that are being replaced speak last",
	  { PINNED,
	    PINNED,
	    { { "shop/web:1@half", "half" }, { PINNED, "both" } },
	    roll_out_renamed },
	  ANSWER_NO,
	  "" },
	{ "what the policy says that the cluster makes of it",
	  { PINNED, "=mirror.example.com/shop/web:1", { { PINNED, "one" } }, rewrite },
	  ANSWER_NO,
	  "" },
	{ "as declared, though the policy has a rewrite",
	  { PINNED, PINNED, { { PINNED, "one" } }, rewrite },
	  ANSWER_NO,
	  "" },
	{ "rewritten, and another tag",
	  { PINNED, "=mirror.example.com/shop/web:2", { { PINNED, "one" } }, rewrite },
	  ANSWER_YES,
	  "another repository" },
	{ "pods speak where the template is not known",
	  { PINNED, PINNED, { { "shop/web:1@half", "half" } }, scene_drop_template },
	  ANSWER_YES,
	  "another digest" },
};

static void a_live_reference_differs_in_its_repository_tag_or_digest(void **state)
{
	(void)state;
	rule_cases_check(spec_cases, ARRAY_LENGTH(spec_cases), "spec-differs");
}

static const struct rule_case not_applied_cases[] = {
	{ "undeclared", { NULL, TAGGED, RUNS("one"), NULL }, ANSWER_NONE, "" },
	{ "declared by tag", { TAGGED, TAGGED, RUNS("one"), NULL }, ANSWER_NONE, "" },
	{ "declared twice",
	  { PINNED, TAGGED, RUNS("one"), contradict },
	  ANSWER_UNKNOWN,
	  "" },
	{ "not looked at", { PINNED, NULL, NO_PODS, scene_hide }, ANSWER_UNKNOWN, "" },
	{ "not in the cluster", { PINNED, NULL, NO_PODS, NULL }, ANSWER_NONE, "" },
	{ "applied", { PINNED, PINNED, { { PINNED, "one" } }, NULL }, ANSWER_NO, "" },
	{ "live without a digest",
	  { PINNED, TAGGED, RUNS("one"), NULL },
	  ANSWER_YES,
	  "declared with a digest, live as " WORLD_HOST "/shop/web:1" },
	{ "live without a digest, as its pods say",
	  { PINNED, NULL, RUNS("one"), NULL },
	  ANSWER_YES,
	  "live as" },
	{ "another tag is spec-differs's to tell",
	  { PINNED, "shop/web:2", { { "shop/web:2", "one" } }, NULL },
	  ANSWER_NO,
	  "" },
	{ "no pods is not-running's to tell",
	  { PINNED, TAGGED, NO_PODS, NULL },
	  ANSWER_NO,
	  "" },
	{ "scaled to none",
	  { PINNED, TAGGED, NO_PODS, scene_make_idle },
	  ANSWER_YES,
	  "live as" },
};

static void a_pin_is_not_applied_where_the_live_reference_lacks_it(void **state)
{
	(void)state;
	rule_cases_check(not_applied_cases, ARRAY_LENGTH(not_applied_cases),
			 "pin-not-applied");
}

static const struct rule_case mixed_cases[] = {
	{ "not looked at", { PINNED, NULL, NO_PODS, scene_hide }, ANSWER_UNKNOWN, "" },
	{ "no pods", { PINNED, NULL, NO_PODS, NULL }, ANSWER_NONE, "" },
	{ "not started", { NULL, NULL, RUNS(""), NULL }, ANSWER_UNKNOWN, "" },
	{ "one image", { NULL, NULL, RUNS("one"), NULL }, ANSWER_NO, "" },
	{ "an index and its child",
	  { NULL, NULL, { { TAGGED, "both" }, { TAGGED, "one" } }, NULL },
	  ANSWER_NO,
	  "" },
	{ "a digest that is nowhere",
	  { NULL, NULL, { { TAGGED, "one" }, { TAGGED, "gone" } }, NULL },
	  ANSWER_UNKNOWN,
	  "" },
	{ "two images",
	  { NULL, NULL, { { TAGGED, "one" }, { TAGGED, "two" } }, NULL },
	  ANSWER_YES,
	  "pod web-0 runs sha256:" },
	{ "two images, and who runs the other",
	  { NULL, NULL, { { TAGGED, "one" }, { TAGGED, "two" } }, NULL },
	  ANSWER_YES,
	  "and pod web-1 sha256:" },
	{ "one of them is being replaced",
	  { NULL, TAGGED, { { TAGGED, "one" }, { TAGGED, "two" } }, roll_out },
	  ANSWER_NO,
	  "" },
};

static void digests_are_mixed_where_two_images_are_proved(void **state)
{
	(void)state;
	rule_cases_check(mixed_cases, ARRAY_LENGTH(mixed_cases), "mixed-digests");
}

static const struct rule_case running_unpinned_cases[] = {
	{ "not looked at", { PINNED, NULL, NO_PODS, scene_hide }, ANSWER_UNKNOWN, "" },
	{ "no pods", { PINNED, NULL, NO_PODS, NULL }, ANSWER_NO, "" },
	{ "with a digest", { NULL, NULL, { { PINNED, "one" } }, NULL }, ANSWER_NO, "" },
	{ "not started", { NULL, NULL, RUNS(""), NULL }, ANSWER_UNKNOWN, "" },
	{ "being replaced", { NULL, PINNED, RUNS("one"), roll_out }, ANSWER_UNKNOWN, "" },
	{ "no reference",
	  { NULL, NULL, { { "=sha256:abc/", "one" } }, NULL },
	  ANSWER_NO,
	  "" },
	{ "one of two",
	  { PINNED, NULL, { { PINNED, "one" }, { TAGGED, "one" } }, NULL },
	  ANSWER_YES,
	  "1 pod runs as " WORLD_HOST "/shop/web:1, without a digest" },
	{ "three pods",
	  { NULL, NULL, RUNS("one"), run_three },
	  ANSWER_YES,
	  "3 pods run as" },
};

static void a_running_container_without_a_digest_is_unpinned(void **state)
{
	(void)state;
	rule_cases_check(running_unpinned_cases, ARRAY_LENGTH(running_unpinned_cases),
			 "running-unpinned");
}

static const struct rule_case failing_cases[] = {
	{ "not looked at", { PINNED, NULL, NO_PODS, scene_hide }, ANSWER_UNKNOWN, "" },
	{ "started", { NULL, NULL, RUNS("one"), NULL }, ANSWER_NO, "" },
	{ "not started", { NULL, NULL, RUNS(""), NULL }, ANSWER_UNKNOWN, "" },
	{ "waiting",
	  { NULL, NULL, RUNS(""), fail_pull },
	  ANSWER_YES,
	  "3 pods wait in ImagePullBackOff for " WORLD_HOST "/shop/web:1" },
};

static void pods_that_wait_for_their_image_are_told(void **state)
{
	(void)state;
	rule_cases_check(failing_cases, ARRAY_LENGTH(failing_cases),
			 "image-pull-failing");
}

static const struct rule_case mismatch_cases[] = {
	{ "undeclared", { NULL, NULL, RUNS("one-arm"), NULL }, ANSWER_NONE, "" },
	{ "declared by tag", { TAGGED, NULL, RUNS("one-arm"), NULL }, ANSWER_NONE, "" },
	{ "declared twice",
	  { PINNED, NULL, RUNS("one-arm"), contradict },
	  ANSWER_UNKNOWN,
	  "" },
	{ "not looked at", { PINNED, NULL, NO_PODS, scene_hide }, ANSWER_UNKNOWN, "" },
	{ "the node's own",
	  { PINNED, NULL, RUNS("one-arm"), run_on_arm },
	  ANSWER_NO,
	  "" },
	{ "a digest that is nowhere",
	  { PINNED, NULL, RUNS("gone"), NULL },
	  ANSWER_UNKNOWN,
	  "" },
	{ "another platform's",
	  { PINNED, NULL, RUNS("one-arm"), NULL },
	  ANSWER_YES,
	  "another platform's image on linux/amd64" },
};

static void another_platforms_image_is_a_mismatch(void **state)
{
	(void)state;
	rule_cases_check(mismatch_cases, ARRAY_LENGTH(mismatch_cases),
			 "platform-mismatch");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_runs_differs_only_where_that_is_proved),
		cmocka_unit_test(a_difference_for_other_platforms_is_a_note),
		cmocka_unit_test(
			a_live_reference_differs_in_its_repository_tag_or_digest),
		cmocka_unit_test(a_pin_is_not_applied_where_the_live_reference_lacks_it),
		cmocka_unit_test(digests_are_mixed_where_two_images_are_proved),
		cmocka_unit_test(a_running_container_without_a_digest_is_unpinned),
		cmocka_unit_test(pods_that_wait_for_their_image_are_told),
		cmocka_unit_test(another_platforms_image_is_a_mismatch),
	};

	return cmocka_run_group_tests_name("rules_use", tests, NULL, NULL);
}
