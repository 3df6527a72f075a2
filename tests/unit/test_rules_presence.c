/* The rules about what is declared and does not run, and the reverse (rules_use.c). */
#include "tests/unit/rule_scene.h"

static void select_pods(struct drift_world *world)
{
	world->snapshot->selector = "app=web";
}

static void claim_namespace(struct drift_world *world)
{
	drift_world_declare(world, "shop/Deployment/other/app", "shop/other:1@one");
}

static void declare_sibling(struct drift_world *world)
{
	drift_world_declare(world, "shop/Deployment/web/sibling", "shop/other:1@one");
}

static void lose_manifest(struct drift_world *world)
{
	claim_namespace(world);
	snapshot_add_gap(world->snapshot, GAP_NOT_YAML, "deploy/x.yaml", "no", "");
}

static void lose_sibling_manifest(struct drift_world *world)
{
	declare_sibling(world);
	snapshot_add_gap(world->snapshot, GAP_NOT_YAML, "deploy/x.yaml", "no", "");
}

static void meet_unknown_kind(struct drift_world *world)
{
	claim_namespace(world);
	snapshot_add_gap(world->snapshot, GAP_UNKNOWN_KIND, "deploy/x.yaml", "no", "");
}

static void hide_claimed(struct drift_world *world)
{
	claim_namespace(world);
	scene_hide(world);
}

static void hide_sibling(struct drift_world *world)
{
	declare_sibling(world);
	scene_hide(world);
}

static const struct rule_case undeclared_cases[] = {
	{ "in a namespace that no manifest claims",
	  { NULL, NULL, RUNS("one"), NULL },
	  ANSWER_NONE,
	  "" },
	{ "declared", { PINNED, NULL, RUNS("one"), NULL }, ANSWER_NO, "" },
	{ "another container of it is declared",
	  { NULL, NULL, RUNS("one"), declare_sibling },
	  ANSWER_NO,
	  "" },
	{ "not looked at",
	  { NULL, NULL, RUNS("one"), hide_claimed },
	  ANSWER_UNKNOWN,
	  "" },
	{ "with a manifest that could not be read",
	  { NULL, NULL, RUNS("one"), lose_manifest },
	  ANSWER_UNKNOWN,
	  "" },
	{ "with a custom resource that may be anything",
	  { NULL, NULL, RUNS("one"), meet_unknown_kind },
	  ANSWER_YES,
	  "no manifest declares it" },
	{ "among declared ones",
	  { NULL, NULL, RUNS("one"), claim_namespace },
	  ANSWER_YES,
	  "1 pod runs " WORLD_HOST "/shop/web:1: no manifest declares it" },
};

static void a_workload_is_undeclared_where_all_manifests_were_read(void **state)
{
	(void)state;
	rule_cases_check(undeclared_cases, ARRAY_LENGTH(undeclared_cases), "undeclared");
}

/* A custom owner may stand in a custom resource whose images nobody knows. */
static void what_a_custom_resource_may_declare_is_unknown(void **state)
{
	struct finding finding = { .message = "" };
	struct drift_world world;

	(void)state;
	drift_world_init(&world, NULL, 0);
	drift_world_run(&world, "shop/Kafka/broker/app", TAGGED, "one");
	meet_unknown_kind(&world);
	drift_world_judge(&world, NULL, 0);
	assert_int_equal(
		rule_undeclared(&world.drift, scene_use(&world, "broker"), &finding),
		ANSWER_UNKNOWN);
	drift_world_release(&world);
}

static const struct rule_case injected_cases[] = {
	{ "in a namespace that no manifest claims",
	  { NULL, NULL, RUNS("one"), NULL },
	  ANSWER_NONE,
	  "" },
	{ "in an undeclared workload",
	  { NULL, NULL, RUNS("one"), claim_namespace },
	  ANSWER_NO,
	  "" },
	{ "declared", { PINNED, NULL, RUNS("one"), NULL }, ANSWER_NO, "" },
	{ "not looked at",
	  { NULL, NULL, RUNS("one"), hide_sibling },
	  ANSWER_UNKNOWN,
	  "" },
	{ "with a manifest that could not be read",
	  { NULL, NULL, RUNS("one"), lose_sibling_manifest },
	  ANSWER_UNKNOWN,
	  "" },
	{ "beside a declared one",
	  { NULL, NULL, RUNS("one"), declare_sibling },
	  ANSWER_YES,
	  "1 pod runs " WORLD_HOST "/shop/web:1: the manifest of the workload has no "
	  "such container" },
};

static void an_extra_container_of_a_declared_workload_is_injected(void **state)
{
	(void)state;
	rule_cases_check(injected_cases, ARRAY_LENGTH(injected_cases), "injected");
}

static const struct rule_case not_running_cases[] = {
	{ "undeclared", { NULL, NULL, RUNS("one"), NULL }, ANSWER_NONE, "" },
	{ "running", { PINNED, NULL, RUNS("one"), NULL }, ANSWER_NO, "" },
	{ "not started", { PINNED, NULL, RUNS(""), NULL }, ANSWER_NO, "" },
	{ "not looked at", { PINNED, NULL, NO_PODS, scene_hide }, ANSWER_UNKNOWN, "" },
	{ "a selector may have passed it over",
	  { PINNED, NULL, NO_PODS, select_pods },
	  ANSWER_NONE,
	  "" },
	{ "scaled to none", { PINNED, PINNED, NO_PODS, scene_make_idle }, ANSWER_NO, "" },
	{ "nothing of it",
	  { PINNED, NULL, NO_PODS, NULL },
	  ANSWER_YES,
	  "the workload is not in the cluster" },
	{ "no such container",
	  { PINNED, PINNED, NO_PODS, scene_rename_container },
	  ANSWER_YES,
	  "has no such container" },
	{ "no pods", { PINNED, PINNED, NO_PODS, NULL }, ANSWER_YES, "has no pods" },
	{ "no pods, and no template that is known",
	  { PINNED, PINNED, NO_PODS, scene_drop_template },
	  ANSWER_YES,
	  "has no pods" },
};

static void what_is_declared_and_has_no_pods_is_not_running(void **state)
{
	(void)state;
	rule_cases_check(not_running_cases, ARRAY_LENGTH(not_running_cases),
			 "not-running");
}

static void what_is_not_running_says_when_it_last_was(void **state)
{
	struct finding finding = { .message = "" };
	struct drift_world world;
	struct use *use;

	(void)state;
	drift_world_init(&world, NULL, 0);
	drift_world_declare(&world, WHERE, PINNED);
	drift_world_judge(&world, NULL, 0);
	use = scene_use(&world, "web");
	use->last_running_at = 1790000000;
	assert_int_equal(rule_not_running(&world.drift, use, &finding), ANSWER_YES);
	assert_non_null(strstr(finding.message, "last seen running 2026-09-21T"));
	drift_world_release(&world);
}

/* A Job that has finished is where it should be. */
static void a_job_without_pods_is_done(void **state)
{
	struct finding finding = { .message = "" };
	struct drift_world world;

	(void)state;
	drift_world_init(&world, NULL, 0);
	drift_world_declare(&world, "shop/Job/migrate/app", PINNED);
	drift_world_judge(&world, NULL, 0);
	assert_int_equal(
		rule_not_running(&world.drift, scene_use(&world, "migrate"), &finding),
		ANSWER_NO);
	drift_world_release(&world);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_workload_is_undeclared_where_all_manifests_were_read),
		cmocka_unit_test(what_a_custom_resource_may_declare_is_unknown),
		cmocka_unit_test(an_extra_container_of_a_declared_workload_is_injected),
		cmocka_unit_test(what_is_declared_and_has_no_pods_is_not_running),
		cmocka_unit_test(what_is_not_running_says_when_it_last_was),
		cmocka_unit_test(a_job_without_pods_is_done),
	};

	return cmocka_run_group_tests_name("rules_presence", tests, NULL, NULL);
}
