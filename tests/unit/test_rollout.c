#include "drift/rollout.h"

#include "model/workload.h"
#include "tests/unit/check.h"

#define NOW 1795000000
#define HOUR 3600

static const struct {
	const char *label;
	const char *kind;
	const char *live_revision, *revision, *live_generation, *generation;
	const char *template, *image;
	int64_t progress_ago, newest_ago; /* seconds; -1: not known, none */
	int64_t deadline;
	bool exceeded;
	bool current, in_progress;
} cases[] = {
	{ "the revision", "Deployment", "2", "2", "", "", "web:2", "web:2", 10, 10, 600,
	  false, true, false },
	{ "an older revision, just now", "Deployment", "2", "1", "", "", "web:2", "web:1",
	  10, -1, 600, false, false, true },
	{ "an older revision, a second before the deadline", "Deployment", "2", "1", "",
	  "", "web:2", "web:1", 599, -1, 600, false, false, true },
	{ "an older revision, at the deadline", "Deployment", "2", "1", "", "", "web:2",
	  "web:1", 600, -1, 600, false, false, false },
	{ "the controller gave up", "Deployment", "2", "1", "", "", "web:2", "web:1", 10,
	  10, 600, true, false, false },
	{ "a new pod is a sign of progress", "Deployment", "2", "1", "", "", "web:2",
	  "web:1", 9000, 599, 600, false, false, true },
	{ "an hour where no deadline is named", "StatefulSet", "b", "a", "", "", "web:2",
	  "web:1", HOUR - 1, -1, 0, false, false, true },
	{ "an hour has passed", "StatefulSet", "b", "a", "", "", "web:2", "web:1", HOUR,
	  -1, 0, false, false, false },
	{ "nothing says when it began", "StatefulSet", "b", "a", "", "", "web:2", "web:1",
	  -1, -1, 0, false, false, true },
	{ "a clock that runs ahead", "StatefulSet", "b", "a", "", "", "web:2", "web:1",
	  -HOUR, -1, 0, false, false, true },
	{ "the generation of a DaemonSet", "DaemonSet", "", "x", "3", "3", "web:2",
	  "web:2", 10, -1, 0, false, true, false },
	{ "an older generation", "DaemonSet", "", "x", "3", "2", "web:2", "web:1", 10, -1,
	  0, false, false, true },
	{ "a workload that tells no revision", "ReplicaSet", "", "1", "", "", "web:2",
	  "web:1", 10, -1, 0, false, true, false },
	{ "a pod without a revision", "Deployment", "2", "", "", "", "web:2", "web:1", 10,
	  -1, 0, false, true, false },
	{ "a CronJob's pod", "CronJob", "", "", "", "", "web:2", "web:2", 10, -1, 0,
	  false, true, false },
	{ "a CronJob's pod with a digest that the cluster added", "CronJob", "", "", "",
	  "", "web:2",
	  "web:2@sha256:"
	  "7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b",
	  10, -1, 0, false, true, false },
	{ "a CronJob's pod of before", "CronJob", "", "", "", "", "web:2", "web:1", 10,
	  -1, 0, false, false, true },
	{ "a CronJob's pod of long before", "CronJob", "", "", "", "", "web:2", "web:1",
	  HOUR, 10, 0, false, false, false },
	{ "a CronJob that does not say when it changed", "CronJob", "", "", "", "",
	  "web:2", "web:1", -1, 10, 0, false, false, false },
};

static int64_t ago(int64_t seconds)
{
	return seconds == -1 ? 0 : NOW - seconds;
}

static void a_rollout_lasts_until_its_deadline(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct container_image template = { .container = "app" };
		struct running_use running = { .revision = cases[i].revision,
					       .generation = cases[i].generation,
					       .image = { .container = "app" } };
		struct live_workload live = { .object = { "", cases[i].kind, "web" },
					      .images = &template,
					      .image_count = 1,
					      .has_template = true,
					      .revision = cases[i].live_revision,
					      .generation = cases[i].live_generation,
					      .progress_at = ago(cases[i].progress_ago),
					      .deadline_seconds = cases[i].deadline,
					      .deadline_exceeded = cases[i].exceeded };

		container_image_read(&template, &arena, cases[i].template);
		container_image_read(&running.image, &arena, cases[i].image);
		CHECK(cases[i].label,
		      rollout_is_current(&running, &live) == cases[i].current);
		CHECK(cases[i].label,
		      rollout_in_progress(&running, &live, ago(cases[i].newest_ago),
					  NOW) == cases[i].in_progress);
	}
}

static void a_pod_without_a_live_workload_is_current(void **state)
{
	struct running_use running = { .revision = "1", .generation = "" };

	(void)state;
	assert_true(rollout_is_current(&running, NULL));
	assert_false(rollout_in_progress(&running, NULL, 0, NOW));
	assert_null(rollout_template_image(NULL, CLASS_CONTAINER, "app"));
}

static void a_template_is_looked_up_by_class_and_name(void **state)
{
	struct container_image images[] = { { .container = "app", .class = CLASS_INIT },
					    { .container = "app" },
					    { .container = "api" } };
	struct live_workload live = { .images = images, .image_count = 3 };

	(void)state;
	assert_ptr_equal(rollout_template_image(&live, CLASS_CONTAINER, "app"),
			 &images[1]);
	assert_ptr_equal(rollout_template_image(&live, CLASS_INIT, "app"), &images[0]);
	assert_null(rollout_template_image(&live, CLASS_SIDECAR, "app"));
	assert_null(rollout_template_image(&live, CLASS_CONTAINER, "web"));
}

static void a_rollout_that_goes_on_by_its_own_words_is_never_late(void **state)
{
	const struct running_use running = { .revision = "1" };
	const struct live_workload live = { .object = { "argoproj.io", "Rollout", "web" },
					    .revision = "2",
					    .generation = "",
					    .progress_at = NOW - 100 * (int64_t)HOUR,
					    .progressing = true };

	(void)state;
	assert_true(rollout_in_progress(&running, &live, 0, NOW));
}

static void what_is_ending_is_about_to_be_replaced_whatever_its_revision(void **state)
{
	const struct running_use running = { .revision = "2", .ending = true };
	const struct live_workload live = { .object = { "apps", "Deployment", "web" },
					    .revision = "2",
					    .generation = "",
					    .deadline_exceeded = true };

	(void)state;
	assert_true(rollout_in_progress(&running, &live, 0, NOW));
	assert_true(rollout_in_progress(&running, NULL, 0, NOW));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rollout_lasts_until_its_deadline),
		cmocka_unit_test(a_pod_without_a_live_workload_is_current),
		cmocka_unit_test(a_rollout_that_goes_on_by_its_own_words_is_never_late),
		cmocka_unit_test(
			what_is_ending_is_about_to_be_replaced_whatever_its_revision),
		cmocka_unit_test(a_template_is_looked_up_by_class_and_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
