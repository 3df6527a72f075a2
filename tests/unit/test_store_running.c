#include "tests/unit/store_world.h"

#define OPEN_RUNNING "SELECT count(*) FROM running_span WHERE ended_scan IS NULL"
#define ALL_RUNNING "SELECT count(*) FROM running_span"
#define OPEN_VERDICTS "SELECT count(*) FROM verdict_span WHERE ended_scan IS NULL"
#define ALL_VERDICTS "SELECT count(*) FROM verdict_span"

static void check_running(struct store *store, int64_t total, int64_t open)
{
	assert_int_equal(world_number(store, ALL_RUNNING), total);
	assert_int_equal(world_number(store, OPEN_RUNNING), open);
}

static void check_verdicts(struct store *store, int64_t total, int64_t open)
{
	assert_int_equal(world_number(store, ALL_VERDICTS), total);
	assert_int_equal(world_number(store, OPEN_VERDICTS), open);
}

/* web and api in the shop, bill in billing; scan 1 of all. */
static void scan_three(struct store *store)
{
	CLEANUP(world_release) struct world world;

	world_init(&world);
	world_run(&world, "shop", "web", "x@" DIGEST_A);
	world_run(&world, "shop", "api", "x@" DIGEST_A);
	world_run(&world, "billing", "bill", "x@" DIGEST_A);
	world_scan(&world, store);
}

/* Space-separated names of the workloads in the report of a scan. */
static void check_report(struct store *store, int64_t scan, const char *names)
{
	CLEANUP(buf_release) struct buf found = BUF_INIT(1024);
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;

	report_init(&report);
	if (!store_load_report(store, scan, &report, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < report.running_count; i++)
		buf_printf(&found, "%s%s", i ? " " : "", report.running[i].object.name);
	assert_string_equal(buf_text(&found), names);
}

static void check_use(const struct report_use *is, const struct report_use *was)
{
	assert_string_equal(is->namespace, was->namespace);
	assert_string_equal(is->object.api_group, was->object.api_group);
	assert_string_equal(is->object.kind, was->object.kind);
	assert_string_equal(is->object.name, was->object.name);
	assert_string_equal(is->container, was->container);
	assert_string_equal(is->class, was->class);
	assert_string_equal(is->declared, was->declared);
	assert_string_equal(is->reference, was->reference);
	assert_string_equal(is->image_id, was->image_id);
	assert_string_equal(is->platform, was->platform);
	assert_string_equal(is->state, was->state);
	assert_string_equal(is->verdict, was->verdict);
	assert_string_equal(is->how, was->how);
	assert_string_equal(is->reason, was->reason);
	assert_string_equal(is->proof, was->proof);
	assert_int_equal(is->pod_count, was->pod_count);
}

static void a_use_comes_back(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;

	world_init(&world);
	world_run(&world, "shop", "web", "x@" DIGEST_A);
	world.outcome.uses[0].reason = "the same config";
	world_scan(&world, store);
	world_scan(&world, store);
	report_init(&report);
	assert_true(store_load_report(store, 0, &report, &err));
	assert_int_equal(report.running_count, 1);
	check_use(&report.running[0], &world.outcome.uses[0]);
	assert_int_equal(report.running[0].first_seen_at, 1000);
}

static void an_undeclared_use_has_no_declared_reference(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	world_init(&world);
	world_run(&world, "shop", "web", "x@" DIGEST_A)->declared = "";
	world_scan(&world, store);
	assert_int_equal(world_number(store, "SELECT count(*) FROM verdict_span "
					     "WHERE declared IS NULL"),
			 1);
	check_report(store, 1, "web");
}

static void what_runs_no_more_ends(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_three(store);
	world_init(&world);
	world_run(&world, "shop", "web", "x@" DIGEST_B);
	world_run(&world, "billing", "bill", "x@" DIGEST_A);
	world_scan(&world, store);
	check_running(store, 4, 2);
	check_verdicts(store, 4, 2);
	check_report(store, 1, "bill api web");
	check_report(store, 2, "bill web");
}

static void a_verdict_that_changes_leaves_the_running_span(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_three(store);
	world_init(&world);
	world_run(&world, "shop", "web", "x@" DIGEST_A)->verdict = "unknown";
	world_run(&world, "shop", "api", "x@" DIGEST_A);
	world_run(&world, "billing", "bill", "x@" DIGEST_A);
	world_scan(&world, store);
	check_running(store, 3, 3);
	check_verdicts(store, 4, 3);
}

static void evidence_and_pods_change_in_place(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	struct report_use *use;

	world_init(&world);
	use = world_run(&world, "shop", "web", "x@" DIGEST_A);
	world_scan(&world, store);
	use->pod_count = 9;
	use->reason = "another reason";
	use->proof = DIGEST_B;
	world_scan(&world, store);
	check_verdicts(store, 1, 1);
	assert_int_equal(world_number(store, "SELECT pods FROM running_now"), 9);
	assert_int_equal(world_number(store,
				      "SELECT count(*) FROM verdict_span WHERE "
				      "reason = 'another reason' AND proof = '" DIGEST_B
				      "'"),
			 1);
}

static void uses_that_are_one_here_add_up(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	world_init(&world);
	for (int i = 0; i < 3; i++)
		world_run(&world, "shop", "web", "x@" DIGEST_A);
	world_scan(&world, store);
	check_running(store, 1, 1);
	assert_int_equal(world_number(store, "SELECT pods FROM running_now"), 6);
	world_scan(&world, store);
	assert_int_equal(world_number(store, "SELECT pods FROM running_now"), 6);
}

static void two_verdicts_on_one_image_both_stay(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	world_init(&world);
	world_run(&world, "shop", "web", "x@" DIGEST_A);
	world_run(&world, "shop", "web", "x@" DIGEST_A)->verdict = "unknown";
	world_scan(&world, store);
	world_scan(&world, store);
	check_running(store, 1, 1);
	check_verdicts(store, 2, 2);
	check_report(store, 2, "web web");
}

static void one_namespace_says_nothing_about_others(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_three(store);
	world_init(&world);
	world_clear(&world);
	world_cover_namespace(&world, "shop", true);
	world_run(&world, "shop", "web", "x@" DIGEST_A);
	world_scan(&world, store);
	check_running(store, 3, 2); /* api ended, bill did not */
	check_report(store, 2, "web");
}

static void a_hidden_namespace_ends_nothing(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_three(store);
	world_init(&world);
	world_cover_namespace(&world, "shop", false);
	world_scan(&world, store);
	check_running(store, 3, 2); /* bill ended, the shop did not */
	check_verdicts(store, 3, 2);
	check_report(store, 2, "");
}

static void what_was_seen_of_a_hidden_namespace_is_reported(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_three(store);
	world_init(&world);
	world_clear(&world);
	world_cover_namespace(&world, "", false);
	world_run(&world, "shop", "web", "x@" DIGEST_A);
	world_run(&world, "shop", "new", "x@" DIGEST_A);
	world_scan(&world, store);
	check_running(store, 4, 4);
	check_report(store, 2, "new web");
}

static void a_selector_adds_and_ends_nothing(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	struct report_use *use;

	scan_three(store);
	world_init(&world);
	world.snapshot.selector = "app=web";
	use = world_run(&world, "shop", "web", "x@" DIGEST_A);
	use->pod_count = 1;
	world_run(&world, "shop", "web", "x@" DIGEST_B);
	world_scan(&world, store);
	check_running(store, 4, 4);
	check_report(store, 2, "web web");
	assert_int_equal(world_number(store, "SELECT max(pods) FROM running_now"), 2);
	scan_three(store);
	check_running(store, 4, 3);
	check_report(store, 3, "bill api web");
}

static void a_scan_without_a_cluster_ends_nothing(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_three(store);
	world_init(&world);
	world_clear(&world);
	world.snapshot.cluster_count = 0;
	world_cover_path(&world, "", true);
	world_scan(&world, store);
	check_running(store, 3, 3);
	check_report(store, 2, "");
}

static void what_comes_back_is_a_new_span(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_three(store);
	world_init(&world);
	world_scan(&world, store);
	scan_three(store);
	check_running(store, 6, 3);
	check_report(store, 1, "bill api web");
	check_report(store, 2, "");
	check_report(store, 3, "bill api web");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(a_use_comes_back),
		WORLD_TEST(an_undeclared_use_has_no_declared_reference),
		WORLD_TEST(what_runs_no_more_ends),
		WORLD_TEST(a_verdict_that_changes_leaves_the_running_span),
		WORLD_TEST(evidence_and_pods_change_in_place),
		WORLD_TEST(uses_that_are_one_here_add_up),
		WORLD_TEST(two_verdicts_on_one_image_both_stay),
		WORLD_TEST(one_namespace_says_nothing_about_others),
		WORLD_TEST(a_hidden_namespace_ends_nothing),
		WORLD_TEST(what_was_seen_of_a_hidden_namespace_is_reported),
		WORLD_TEST(a_selector_adds_and_ends_nothing),
		WORLD_TEST(a_scan_without_a_cluster_ends_nothing),
		WORLD_TEST(what_comes_back_is_a_new_span),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
