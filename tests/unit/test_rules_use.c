/* The rules that look at one container of a workload: declared, live, running. */
#include "drift/predicates.h"

#include "tests/unit/drift_world.h"

#define WHERE "shop/Deployment/web/app"
#define PODS_MOST 3

static const char *const images[] = {
	"config c-one linux/amd64 d1",
	"config c-one-arm linux/arm64 d2",
	"config c-again linux/amd64 d1",
	"config c-two linux/amd64 d3",
	"config c-two-arm linux/arm64 d4",
	"config c-three linux/amd64 d5",
	"manifest one c-one l1",
	"manifest one-arm c-one-arm l2",
	"manifest again c-again l1",
	"manifest two c-two l3",
	"manifest two-arm c-two-arm l4",
	"manifest three c-three l5",
	"index both one=linux/amd64 one-arm=linux/arm64",
	"index half one=linux/amd64 two-arm=linux/arm64",
};

/* One workload as the manifests, its live object and its pods have it. */
struct scene {
	const char *declared, *template; /* images; NULL where there is none */
	struct {
		const char *image, *id;
	} pods[PODS_MOST];
	void (*change)(struct drift_world *world); /* what else is so, or NULL */
};

struct rule_case {
	const char *label;
	struct scene scene;
	enum answer answer;
	const char *says; /* ANSWER_YES: part of the message */
};

static void hide(struct drift_world *world)
{
	world->snapshot->coverage[0].observed = false;
}

static void contradict(struct drift_world *world)
{
	drift_world_declare(world, WHERE, "shop/web:2@two");
}

static void select_pods(struct drift_world *world)
{
	world->snapshot->selector = "app=web";
}

static void rewrite(struct drift_world *world)
{
	static struct policy_rewrite rewrites[] = {
		{ WORLD_HOST "/shop", "mirror.example.com/shop" },
	};

	world->snapshot->policy.rewrites = rewrites;
	world->snapshot->policy.rewrite_count = ARRAY_LENGTH(rewrites);
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
	hide(world);
}

static void hide_sibling(struct drift_world *world)
{
	declare_sibling(world);
	hide(world);
}

/* The template names other containers only. */
static void rename_container(struct drift_world *world)
{
	world->snapshot->live[0].images[0].container = "renamed";
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
	rename_container(world);
}

static void fail_pull(struct drift_world *world)
{
	world->snapshot->running[0].state = RUNNING_FAILING;
	world->snapshot->running[0].reason = "ImagePullBackOff";
	world->snapshot->running[0].pod_count = 3;
}

static void make_idle(struct drift_world *world)
{
	world->snapshot->live[0].idle = true;
}

static void drop_template(struct drift_world *world)
{
	world->snapshot->live[0].has_template = false;
	world->snapshot->live[0].image_count = 0;
}

static void run_three(struct drift_world *world)
{
	world->snapshot->running[0].pod_count = 3;
}

static void run_on_arm(struct drift_world *world)
{
	world->snapshot->running[0].platform = platform_make("linux", "arm64", "");
}

static void build_scene(struct drift_world *world, const struct scene *scene)
{
	if (scene->declared)
		drift_world_declare(world, WHERE, scene->declared);
	if (scene->template)
		drift_world_live(world, WHERE, scene->template);
	for (size_t i = 0; i < PODS_MOST && scene->pods[i].image; i++)
		drift_world_run(world, WHERE, scene->pods[i].image, scene->pods[i].id);
	if (scene->change)
		scene->change(world);
}

static struct use *find_use(struct drift_world *world, const char *object)
{
	struct join *join = &world->drift.join;

	for (size_t i = 0; i < join->use_count; i++) {
		if (strcmp(join->uses[i].object.name, object) == 0 &&
		    strcmp(join->uses[i].container, "app") == 0)
			return &join->uses[i];
	}
	fail_msg("no such use: %s", object);
	return NULL;
}

static void check_case(const struct rule_case *one, const char *id, enum level level)
{
	struct finding finding = { .message = "", .level = rule_find(id)->level };
	struct drift_world world;
	enum answer answer;

	drift_world_init(&world, images, ARRAY_LENGTH(images));
	image_world_tag(&world.images, "shop/web", "1", "both");
	build_scene(&world, &one->scene);
	drift_world_judge(&world, NULL, 0);
	answer = rule_find(id)->use(&world.drift, find_use(&world, "web"), &finding);
	if (answer != one->answer)
		fail_msg("%s: answer %d is not %d", one->label, (int)answer,
			 (int)one->answer);
	if (answer == ANSWER_YES) {
		CHECK(one->label, finding.level == level);
		if (!strstr(finding.message, one->says))
			fail_msg("%s: '%s' does not say '%s'", one->label,
				 finding.message, one->says);
	}
	drift_world_release(&world);
}

static void check_cases(const struct rule_case *cases, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		check_case(&cases[i], id, rule_find(id)->level);
}

#define PINNED "shop/web:1@both"
#define TAGGED "shop/web:1"
#define NO_PODS                                                                          \
	{                                                                                \
		{                                                                        \
			NULL, NULL                                                       \
		}                                                                        \
	}
#define RUNS(image_id)                                                                   \
	{                                                                                \
		{                                                                        \
			TAGGED, image_id                                                 \
		}                                                                        \
	} /* one pod */

static const struct rule_case differs_cases[] = {
	{ "undeclared", { NULL, NULL, RUNS("two"), NULL }, ANSWER_NONE, "" },
	{ "declared by tag", { TAGGED, NULL, RUNS("two"), NULL }, ANSWER_NONE, "" },
	{ "declared twice",
	  { PINNED, NULL, RUNS("two"), contradict },
	  ANSWER_UNKNOWN,
	  "" },
	{ "not looked at", { PINNED, NULL, NO_PODS, hide }, ANSWER_UNKNOWN, "" },
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
	check_cases(differs_cases, ARRAY_LENGTH(differs_cases), "running-differs");
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
	check_case(&elsewhere, "running-differs", LEVEL_NOTE);
	check_case(&both, "running-differs", LEVEL_ERROR);
}

static const struct rule_case spec_cases[] = {
	{ "undeclared", { NULL, TAGGED, RUNS("one"), NULL }, ANSWER_NONE, "" },
	{ "declared twice", { PINNED, PINNED, NO_PODS, contradict }, ANSWER_UNKNOWN, "" },
	{ "not looked at", { PINNED, NULL, NO_PODS, hide }, ANSWER_UNKNOWN, "" },
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
	  { PINNED, PINNED, { { "shop/web:1@half", "half" } }, drop_template },
	  ANSWER_YES,
	  "another digest" },
};

static void a_live_reference_differs_in_its_repository_tag_or_digest(void **state)
{
	(void)state;
	check_cases(spec_cases, ARRAY_LENGTH(spec_cases), "spec-differs");
}

static const struct rule_case not_applied_cases[] = {
	{ "undeclared", { NULL, TAGGED, RUNS("one"), NULL }, ANSWER_NONE, "" },
	{ "declared by tag", { TAGGED, TAGGED, RUNS("one"), NULL }, ANSWER_NONE, "" },
	{ "declared twice",
	  { PINNED, TAGGED, RUNS("one"), contradict },
	  ANSWER_UNKNOWN,
	  "" },
	{ "not looked at", { PINNED, NULL, NO_PODS, hide }, ANSWER_UNKNOWN, "" },
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
	  { PINNED, TAGGED, NO_PODS, make_idle },
	  ANSWER_YES,
	  "live as" },
};

static void a_pin_is_not_applied_where_the_live_reference_lacks_it(void **state)
{
	(void)state;
	check_cases(not_applied_cases, ARRAY_LENGTH(not_applied_cases),
		    "pin-not-applied");
}

static const struct rule_case mixed_cases[] = {
	{ "not looked at", { PINNED, NULL, NO_PODS, hide }, ANSWER_UNKNOWN, "" },
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
	check_cases(mixed_cases, ARRAY_LENGTH(mixed_cases), "mixed-digests");
}

static const struct rule_case running_unpinned_cases[] = {
	{ "not looked at", { PINNED, NULL, NO_PODS, hide }, ANSWER_UNKNOWN, "" },
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
	check_cases(running_unpinned_cases, ARRAY_LENGTH(running_unpinned_cases),
		    "running-unpinned");
}

static const struct rule_case failing_cases[] = {
	{ "not looked at", { PINNED, NULL, NO_PODS, hide }, ANSWER_UNKNOWN, "" },
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
	check_cases(failing_cases, ARRAY_LENGTH(failing_cases), "image-pull-failing");
}

static const struct rule_case mismatch_cases[] = {
	{ "undeclared", { NULL, NULL, RUNS("one-arm"), NULL }, ANSWER_NONE, "" },
	{ "declared by tag", { TAGGED, NULL, RUNS("one-arm"), NULL }, ANSWER_NONE, "" },
	{ "declared twice",
	  { PINNED, NULL, RUNS("one-arm"), contradict },
	  ANSWER_UNKNOWN,
	  "" },
	{ "not looked at", { PINNED, NULL, NO_PODS, hide }, ANSWER_UNKNOWN, "" },
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
	check_cases(mismatch_cases, ARRAY_LENGTH(mismatch_cases), "platform-mismatch");
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
	check_cases(undeclared_cases, ARRAY_LENGTH(undeclared_cases), "undeclared");
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
		rule_undeclared(&world.drift, find_use(&world, "broker"), &finding),
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
	check_cases(injected_cases, ARRAY_LENGTH(injected_cases), "injected");
}

static const struct rule_case not_running_cases[] = {
	{ "undeclared", { NULL, NULL, RUNS("one"), NULL }, ANSWER_NONE, "" },
	{ "running", { PINNED, NULL, RUNS("one"), NULL }, ANSWER_NO, "" },
	{ "not started", { PINNED, NULL, RUNS(""), NULL }, ANSWER_NO, "" },
	{ "not looked at", { PINNED, NULL, NO_PODS, hide }, ANSWER_UNKNOWN, "" },
	{ "a selector may have passed it over",
	  { PINNED, NULL, NO_PODS, select_pods },
	  ANSWER_NONE,
	  "" },
	{ "scaled to none", { PINNED, PINNED, NO_PODS, make_idle }, ANSWER_NO, "" },
	{ "nothing of it",
	  { PINNED, NULL, NO_PODS, NULL },
	  ANSWER_YES,
	  "the workload is not in the cluster" },
	{ "no such container",
	  { PINNED, PINNED, NO_PODS, rename_container },
	  ANSWER_YES,
	  "has no such container" },
	{ "no pods", { PINNED, PINNED, NO_PODS, NULL }, ANSWER_YES, "has no pods" },
	{ "no pods, and no template that is known",
	  { PINNED, PINNED, NO_PODS, drop_template },
	  ANSWER_YES,
	  "has no pods" },
};

static void what_is_declared_and_has_no_pods_is_not_running(void **state)
{
	(void)state;
	check_cases(not_running_cases, ARRAY_LENGTH(not_running_cases), "not-running");
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
	use = find_use(&world, "web");
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
		rule_not_running(&world.drift, find_use(&world, "migrate"), &finding),
		ANSWER_NO);
	drift_world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_runs_differs_only_where_that_is_proved),
		cmocka_unit_test(a_difference_for_other_platforms_is_a_note),
		cmocka_unit_test(
			a_live_reference_differs_in_its_repository_tag_or_digest),
		cmocka_unit_test(a_pin_is_not_applied_where_the_live_reference_lacks_it),
		cmocka_unit_test(digests_are_mixed_where_two_images_are_proved),
		cmocka_unit_test(a_running_container_without_a_digest_is_unpinned),
		cmocka_unit_test(pods_that_wait_for_their_image_are_told),
		cmocka_unit_test(another_platforms_image_is_a_mismatch),
		cmocka_unit_test(a_workload_is_undeclared_where_all_manifests_were_read),
		cmocka_unit_test(what_a_custom_resource_may_declare_is_unknown),
		cmocka_unit_test(an_extra_container_of_a_declared_workload_is_injected),
		cmocka_unit_test(what_is_declared_and_has_no_pods_is_not_running),
		cmocka_unit_test(what_is_not_running_says_when_it_last_was),
		cmocka_unit_test(a_job_without_pods_is_done),
	};

	return cmocka_run_group_tests_name("rules_use", tests, NULL, NULL);
}
