#include "drift/drift.h"

#include "drift/evaluate.h"
#include "tests/unit/drift_world.h"

static const char *const images[] = {
	"config c-amd linux/amd64 d1",
	"config c-arm linux/arm64 d2",
	"config c-tool linux/amd64 d3",
	"manifest amd c-amd l1",
	"manifest arm c-arm l2",
	"manifest tool c-tool l3",
	"index front amd=linux/amd64 arm=linux/arm64",
};

/*
 * A namespace with some of everything.  Images: front:1.0 is an index, tool:2.0 a
 * manifest; front:0.9 and tool:9 do not exist, nor do the digests "gone", "absent", and
 * "lost".
 */
static void declare_story(struct drift_world *world)
{
	drift_world_declare(world, "store/Deployment/front/init:prepare", "tool:2.0");
	drift_world_declare(world, "store/Deployment/front/web", "front:1.0@front");
	drift_world_declare(world, "store/StatefulSet/data/data", "tool@tool");
	drift_world_declare(world, "store/DaemonSet/probe/probe", "front:1.0@front");
	drift_world_declare(world, "store/CronJob/batch/report", "tool:2.0@tool");
	drift_world_declare(world, "store/Deployment/split/app", "front:1.0@amd");
	drift_world_declare(world, "store/Rollout/beta/app", "front:1.0@front");
	drift_world_declare(world, "store/Deployment/past/app", "front:0.9@gone");
}

static void run_story(struct drift_world *world)
{
	drift_world_live(world, "store/Deployment/front/init:prepare", "tool:2.0");
	drift_world_live(world, "store/Deployment/front/web", "front:1.0");
	drift_world_live(world, "store/StatefulSet/data/data", "tool@tool");
	drift_world_live(world, "store/DaemonSet/probe/probe", "front:1.0@front");
	drift_world_live(world, "store/CronJob/batch/report", "tool:2.0")->idle = true;
	drift_world_live(world, "store/Deployment/split/app", "front:1.0");
	drift_world_live(world, "store/Rollout/beta/app", "front:1.0");
	drift_world_run(world, "store/Deployment/front/init:prepare", "tool:2.0", "tool")
		->pod_count = 3;
	drift_world_run(world, "store/Deployment/front/web", "front:1.0", "front")
		->pod_count = 3;
	drift_world_run(world, "store/StatefulSet/data/data", "tool@tool", "tool")
		->pod_count = 2;
	drift_world_run(world, "store/DaemonSet/probe/probe", "front:1.0@front", "front")
		->pod_count = 4;
	drift_world_run(world, "store/CronJob/batch/report", "tool:2.0", "tool");
	drift_world_run(world, "store/Deployment/split/app", "front:1.0", "front");
	drift_world_run(world, "store/Deployment/split/app", "front:1.0", "lost");
	drift_world_run(world, "store/Pod/shell/tool", "front:1.0", "absent");
	drift_world_run(world, "store/Pod/shell/calm", "tool:2.0", "tool");
	drift_world_run(world, "store/Pod/waiting/app", "tool:9", "");
}

static void story_init(struct drift_world *world)
{
	drift_world_init(world, images, ARRAY_LENGTH(images));
	drift_world_narrow(world, "store");
	image_world_tag(&world->images, "front", "1.0", "front");
	image_world_tag(&world->images, "tool", "2.0", "tool");
}

static void a_scan_finds_what_is_wrong_and_nothing_else(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	story_init(&world);
	declare_story(&world);
	run_story(&world);
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(drift_world_findings(&world),
			    "not-running note new beta/app\n"
			    "not-running note new past/app\n"
			    "pin-gone error new front@gone\n"
			    "pin-not-applied warning new batch/report\n"
			    "pin-not-applied warning new front/web\n"
			    "pin-not-applied warning new split/app\n"
			    "pin-platform warning new front@amd\n"
			    "pin-without-tag none new tool@tool\n"
			    "running-unpinned warning new batch/report\n"
			    "running-unpinned warning new front/prepare\n"
			    "running-unpinned warning new front/web\n"
			    "running-unpinned warning new shell/calm\n"
			    "running-unpinned warning new shell/tool\n"
			    "running-unpinned warning new split/app\n"
			    "tag-gone warning new front:0.9\n"
			    "tag-gone warning new tool:9\n"
			    "undeclared warning new shell/calm\n"
			    "undeclared warning new shell/tool\n"
			    "undeclared warning new waiting/app\n"
			    "unpinned error new deploy/front.yaml:1\n");
	assert_int_equal(world.snapshot->gap_count, 2);
	assert_string_equal(gap_name(world.snapshot->gaps[0].kind), "unresolved");
	assert_string_equal(gap_name(world.snapshot->gaps[1].kind), "unresolved");
	assert_non_null(strstr(drift_world_gaps(&world), "unresolved: store/shell/tool"));
	assert_non_null(strstr(drift_world_gaps(&world), "unresolved: store/split/app"));
	assert_string_equal(drift_world_rows(&world), "batch/report match exact\n"
						      "data/data match exact\n"
						      "front/prepare unpinned\n"
						      "front/web match exact\n"
						      "probe/probe match exact\n"
						      "shell/calm undeclared\n"
						      "shell/tool undeclared\n"
						      "split/app match platform\n"
						      "split/app unknown\n"
						      "waiting/app pending\n");
}

/* The digests of content that a verdict rests on, in the order of the steps. */
static void a_row_shows_its_proof_and_its_reason(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;
	struct digest tool = image_world_digest("tool"),
		      front = image_world_digest("front");
	const struct report_use *use;

	(void)state;
	story_init(&world);
	drift_world_declare(&world, "store/Pod/app/app", "front@front");
	drift_world_run(&world, "store/Pod/app/app", "front@front", "amd");
	drift_world_run(&world, "store/Pod/app/app", "front@front", "tool");
	drift_world_run(&world, "store/Pod/app/app", "front@front", "gone");
	drift_world_judge(&world, NULL, 0);
	assert_int_equal(world.outcome.use_count, 3);
	use = world.outcome.uses;
	assert_string_equal(use[0].proof, front.text);
	assert_string_equal(use[0].reason, "");
	assert_int_equal(strncmp(use[1].proof, front.text, strlen(front.text)), 0);
	assert_non_null(strstr(use[1].proof, tool.text));
	assert_string_equal(use[2].proof, "");
	assert_non_null(strstr(use[2].reason, "cannot be resolved: 404"));
	assert_string_equal(use[0].platform, "linux/amd64");
	assert_string_equal(use[0].state, "started");
	assert_int_equal(use[0].pod_count, 1);
}

static void a_scan_asks_for_each_thing_once(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;
	CLEANUP(wants_release) struct wants first = { .arena = NULL };
	CLEANUP(wants_release) struct wants second = { .arena = NULL };
	CLEANUP(wants_release) struct wants third = { .arena = NULL };

	(void)state;
	story_init(&world);
	declare_story(&world);
	run_story(&world);
	drift_init(&world.drift, world.snapshot, WORLD_NOW, false);
	/* Four tags; the pin that stands alone stands beside one of them as well. */
	assert_true(drift_wanted(&world.drift, &first));
	assert_int_equal(first.count, 4);
	for (size_t i = 0; i < first.count; i++)
		assert_int_equal(first.items[i].kind, WANT_TAG);
	image_world_answer(&world.images, &first);
	/* Pins that no tag has shown (amd, gone), running digests that nobody knows. */
	assert_true(drift_wanted(&world.drift, &second));
	assert_int_equal(second.count, 4);
	for (size_t i = 0; i < second.count; i++)
		assert_int_equal(second.items[i].kind, WANT_MANIFEST);
	image_world_answer(&world.images, &second);
	/* The two digests again, where their pods may have them from. */
	assert_true(drift_wanted(&world.drift, &third));
	assert_int_equal(third.count, 2);
	image_world_answer(&world.images, &third);
	wants_release(&third);
	assert_false(drift_wanted(&world.drift, &third));
	assert_int_equal(world.images.asked, 10);
}

/* Make the first of two scans, which sees the whole story; what it found. */
static struct earlier_finding *judge_story(struct drift_world *first, size_t *count)
{
	story_init(first);
	declare_story(first);
	run_story(first);
	drift_world_judge(first, NULL, 0);
	return drift_world_earlier(first, count);
}

static void a_second_scan_of_the_same_finds_nothing_new(void **state)
{
	CLEANUP(drift_world_release) struct drift_world first, second;
	struct earlier_finding *earlier;
	size_t count;

	(void)state;
	earlier = judge_story(&first, &count);
	story_init(&second);
	declare_story(&second);
	run_story(&second);
	drift_world_judge(&second, earlier, count);
	assert_int_equal(count, 20);
	assert_int_equal(second.outcome.finding_count, count);
	for (size_t i = 0; i < count; i++) {
		const struct judged_finding *judged = &second.outcome.findings[i];
		size_t id = (size_t)judged->earlier_id;

		assert_int_equal(judged->finding.state, FINDING_OPEN);
		assert_in_range(id, 1, count);
		assert_string_equal(judged->finding.fingerprint,
				    earlier[id - 1].finding.fingerprint);
		assert_string_equal(judged->finding.message,
				    earlier[id - 1].finding.message);
		assert_string_equal(judged->scopes, earlier[id - 1].scopes);
	}
}

static void a_forbidden_namespace_hides_what_rests_on_the_cluster(void **state)
{
	CLEANUP(drift_world_release) struct drift_world first, second;
	struct earlier_finding *earlier;
	size_t count;

	(void)state;
	earlier = judge_story(&first, &count);
	story_init(&second);
	declare_story(&second);
	second.snapshot->coverage[0].observed = false;
	snapshot_add_gap(second.snapshot, GAP_FORBIDDEN, "namespace store", "403",
			 second.snapshot->coverage[0].scope);
	drift_world_judge(&second, earlier, count);
	assert_string_equal(drift_world_findings(&second),
			    "not-running note unknown beta/app\n"
			    "not-running note unknown past/app\n"
			    "pin-gone error open front@gone\n"
			    "pin-not-applied warning unknown batch/report\n"
			    "pin-not-applied warning unknown front/web\n"
			    "pin-not-applied warning unknown split/app\n"
			    "pin-platform warning open front@amd\n"
			    "pin-without-tag none open tool@tool\n"
			    "running-unpinned warning unknown batch/report\n"
			    "running-unpinned warning unknown front/prepare\n"
			    "running-unpinned warning unknown front/web\n"
			    "running-unpinned warning unknown shell/calm\n"
			    "running-unpinned warning unknown shell/tool\n"
			    "running-unpinned warning unknown split/app\n"
			    "tag-gone warning open front:0.9\n"
			    "tag-gone warning unknown tool:9\n"
			    "undeclared warning unknown shell/calm\n"
			    "undeclared warning unknown shell/tool\n"
			    "undeclared warning unknown waiting/app\n"
			    "unpinned error open deploy/front.yaml:1\n");
	assert_string_equal(drift_world_gaps(&second), "forbidden: namespace store\n");
}

/* What was found with manifests is not fixed by a look at the cluster alone. */
static void a_scan_without_manifests_fixes_nothing_that_rests_on_one(void **state)
{
	CLEANUP(drift_world_release) struct drift_world first, second;
	struct earlier_finding *earlier;
	size_t count;

	(void)state;
	earlier = judge_story(&first, &count);
	story_init(&second);
	run_story(&second);
	second.snapshot->coverage_count = 1;
	drift_world_judge(&second, earlier, count);
	assert_string_equal(drift_world_findings(&second),
			    "running-unpinned warning open batch/report\n"
			    "running-unpinned warning open front/prepare\n"
			    "running-unpinned warning open front/web\n"
			    "running-unpinned warning open shell/calm\n"
			    "running-unpinned warning open shell/tool\n"
			    "running-unpinned warning open split/app\n"
			    "tag-gone warning open tool:9\n");
}

static void a_scan_of_another_namespace_says_nothing_about_this_one(void **state)
{
	CLEANUP(drift_world_release) struct drift_world first, second;
	struct earlier_finding *earlier;
	size_t count;

	(void)state;
	earlier = judge_story(&first, &count);
	story_init(&second);
	declare_story(&second);
	drift_world_narrow(&second, "bank");
	drift_world_judge(&second, earlier, count);
	assert_string_equal(drift_world_findings(&second),
			    "pin-gone error open front@gone\n"
			    "pin-platform warning open front@amd\n"
			    "pin-without-tag none open tool@tool\n"
			    "tag-gone warning open front:0.9\n"
			    "unpinned error open deploy/front.yaml:1\n");
}

static void two_clusters_never_mix(void **state)
{
	CLEANUP(drift_world_release) struct drift_world first, second;
	struct earlier_finding *earlier;
	size_t count;

	(void)state;
	story_init(&first);
	drift_world_run(&first, "store/Pod/shell/calm", "tool:2.0", "tool");
	drift_world_judge(&first, NULL, 0);
	earlier = drift_world_earlier(&first, &count);
	assert_int_equal(count, 1);
	story_init(&second);
	snapshot_set_cluster_key(second.snapshot, &second.snapshot->clusters[0],
				 "uid:other");
	drift_world_run(&second, "store/Pod/shell/calm", "tool:2.0", "tool");
	drift_world_judge(&second, earlier, count);
	assert_string_equal(drift_world_findings(&second),
			    "running-unpinned warning new shell/calm\n");
	assert_string_not_equal(second.outcome.findings[0].finding.fingerprint,
				earlier[0].finding.fingerprint);
}

static void manifests_alone_are_judged_without_a_question(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	story_init(&world);
	declare_story(&world);
	world.snapshot->cluster_count = 0;
	drift_init(&world.drift, world.snapshot, WORLD_NOW, true);
	drift_judge(&world.drift, NULL, 0, &world.outcome);
	assert_string_equal(drift_world_findings(&world),
			    "pin-without-tag none new tool@tool\n"
			    "unpinned error new deploy/front.yaml:1\n");
	assert_int_equal(world.snapshot->gap_count, 0);
}

/* A registry that answers nothing does not keep a scan from its end. */
static void questions_end_where_nobody_answers(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	story_init(&world);
	declare_story(&world);
	run_story(&world);
	drift_init(&world.drift, world.snapshot, WORLD_NOW, false);
	for (int round = 0; round < DRIFT_ROUNDS; round++) {
		CLEANUP(wants_release) struct wants wants = { .arena = NULL };

		assert_true(drift_wanted(&world.drift, &wants));
		assert_int_equal(wants.count, 4);
	}
	drift_judge(&world.drift, NULL, 0, &world.outcome);
	assert_null(strstr(drift_world_findings(&world), "tag-gone"));
	assert_null(strstr(drift_world_findings(&world), "pin-gone"));
	/* Four tags and four pins that were not asked for, and two rows held to one. */
	assert_int_equal(world.snapshot->gap_count, 10);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scan_finds_what_is_wrong_and_nothing_else),
		cmocka_unit_test(a_row_shows_its_proof_and_its_reason),
		cmocka_unit_test(a_scan_asks_for_each_thing_once),
		cmocka_unit_test(a_second_scan_of_the_same_finds_nothing_new),
		cmocka_unit_test(a_forbidden_namespace_hides_what_rests_on_the_cluster),
		cmocka_unit_test(
			a_scan_without_manifests_fixes_nothing_that_rests_on_one),
		cmocka_unit_test(a_scan_of_another_namespace_says_nothing_about_this_one),
		cmocka_unit_test(two_clusters_never_mix),
		cmocka_unit_test(manifests_alone_are_judged_without_a_question),
		cmocka_unit_test(questions_end_where_nobody_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
