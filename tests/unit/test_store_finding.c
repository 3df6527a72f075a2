#include "tests/unit/store_world.h"

#define OPEN "SELECT count(*) FROM finding_span WHERE ended_scan IS NULL"
#define TOTAL "SELECT count(*) FROM finding_span"
#define HIDDEN "SELECT count(*) FROM hidden_span WHERE ended_scan IS NULL"

/* One scan that leaves finding f1 of the shop in this state. */
static void scan_finding(struct store *store, enum finding_state state)
{
	CLEANUP(world_release) struct world world;

	world_init(&world);
	world_find(&world, store, "f1", "shop", state);
	world_scan(&world, store);
}

struct expected {
	int64_t scan;
	const char *state; /* "": not in the report */
	int64_t first_seen_at, last_seen_at;
};

static void check_report(struct store *store, const struct expected *expected)
{
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;
	const struct finding *finding;

	report_init(&report);
	if (!store_load_report(store, expected->scan, &report, &err))
		fail_msg("%s", err.text);
	CHECK(expected->state, report.finding_count == (expected->state[0] ? 1 : 0));
	if (!report.finding_count)
		return;
	finding = &report.findings[0];
	CHECK_TEXT("state", finding_state_name(finding->state), expected->state);
	CHECK(expected->state, finding->first_seen_at == expected->first_seen_at);
	CHECK(expected->state, finding->last_seen_at == expected->last_seen_at);
}

static void check_finding(const struct finding *is, const struct finding *was)
{
	assert_string_equal(is->rule, was->rule);
	assert_int_equal(is->level, was->level);
	assert_int_equal(is->subject, was->subject);
	assert_string_equal(is->fingerprint, was->fingerprint);
	assert_string_equal(is->message, was->message);
	assert_string_equal(is->cluster, was->cluster);
	assert_string_equal(is->namespace, was->namespace);
	assert_string_equal(is->object.api_group, was->object.api_group);
	assert_string_equal(is->object.kind, was->object.kind);
	assert_string_equal(is->object.name, was->object.name);
	assert_string_equal(is->container, was->container);
	assert_string_equal(is->class, was->class);
	assert_string_equal(is->reference, was->reference);
	assert_string_equal(is->declared, was->declared);
	assert_string_equal(is->running, was->running);
	assert_string_equal(is->resolved, was->resolved);
	assert_string_equal(is->platform, was->platform);
	assert_int_equal(is->pod_count, was->pod_count);
	assert_string_equal(is->file, was->file);
	assert_string_equal(is->path, was->path);
	assert_int_equal(is->line, was->line);
	assert_int_equal(is->column, was->column);
}

static void a_finding_comes_back_in_every_subject_and_level(void **state)
{
	static const char *const namespaces[] = { "a", "b", "c", "d" };
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	for (size_t n = 0; n < ARRAY_LENGTH(namespaces); n++) {
		CLEANUP(world_release) struct world world;
		CLEANUP(report_release) struct report report;
		struct error err = ERROR_INIT;
		struct judged_finding *judged;

		world_init(&world);
		world_clear(&world);
		world_cover_namespace(&world, namespaces[n], true);
		judged = world_find(&world, store, namespaces[n], namespaces[n],
				    FINDING_NEW);
		judged->finding.subject = (enum subject_kind)n;
		judged->finding.level = (enum level)n;
		judged->finding.cluster =
			judged->finding.subject == SUBJECT_USE
				? world.snapshot.clusters[0].identity.name
				: "";
		judged->finding.cluster_key =
			judged->finding.subject == SUBJECT_USE ? WORLD_CLUSTER : "";
		world_scan(&world, store);
		report_init(&report);
		assert_true(store_load_report(store, 0, &report, &err));
		assert_int_equal(report.finding_count, 1);
		check_finding(&report.findings[0], &judged->finding);
	}
}

static void a_finding_is_new_then_open_then_fixed_then_gone(void **state)
{
	static const struct expected expected[] = {
		{ 1, "new", 1000, 1000 },
		{ 2, "open", 1000, 2000 },
		{ 3, "fixed", 1000, 2000 },
		{ 4, "", 0, 0 },
	};
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	scan_finding(store, FINDING_NEW);
	scan_finding(store, FINDING_OPEN);
	scan_finding(store, FINDING_FIXED);
	world_scan_elsewhere(store);
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
		check_report(store, &expected[i]);
	assert_int_equal(world_number(store, OPEN), 0);
}

static void a_gap_hides_a_finding_and_lets_it_stand(void **state)
{
	static const struct expected expected[] = {
		{ 1, "new", 1000, 1000 },     { 2, "open", 1000, 2000 },
		{ 3, "unknown", 1000, 2000 }, { 4, "unknown", 1000, 2000 },
		{ 5, "open", 1000, 5000 },    { 6, "unknown", 1000, 5000 },
		{ 7, "fixed", 1000, 5000 },
	};
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	scan_finding(store, FINDING_NEW);
	scan_finding(store, FINDING_OPEN);
	scan_finding(store, FINDING_UNKNOWN);
	scan_finding(store, FINDING_UNKNOWN);
	assert_int_equal(world_number(store, HIDDEN), 1);
	scan_finding(store, FINDING_OPEN);
	assert_int_equal(world_number(store, HIDDEN), 0);
	scan_finding(store, FINDING_UNKNOWN);
	scan_finding(store, FINDING_FIXED);
	assert_int_equal(world_number(store, HIDDEN), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
		check_report(store, &expected[i]);
	assert_int_equal(world_number(store, TOTAL), 1);
}

static void a_scan_elsewhere_is_no_sighting(void **state)
{
	static const struct expected expected[] = {
		{ 2, "", 0, 0 },
		{ 3, "fixed", 1000, 1000 },
	};
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	scan_finding(store, FINDING_NEW);
	world_scan_elsewhere(store);
	scan_finding(store, FINDING_FIXED);
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
		check_report(store, &expected[i]);
}

static void a_finding_that_comes_back_is_new(void **state)
{
	static const struct expected third = { 3, "new", 3000, 3000 };
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	scan_finding(store, FINDING_NEW);
	scan_finding(store, FINDING_FIXED);
	scan_finding(store, FINDING_NEW);
	check_report(store, &third);
	assert_int_equal(world_number(store, TOTAL), 2);
}

static void a_finding_that_drift_does_not_name_is_left_alone(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	char *before CLEANUP(free_pointer) = NULL;
	char *after CLEANUP(free_pointer) = NULL;

	scan_finding(store, FINDING_NEW);
	before = world_dump_but_scans(store);
	world_scan_elsewhere(store);
	after = world_dump_but_scans(store);
	assert_string_equal(before, after);
}

static void evidence_changes_in_place(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	CLEANUP(report_release) struct report report;
	struct judged_finding *judged;
	struct error err = ERROR_INIT;

	scan_finding(store, FINDING_NEW);
	world_init(&world);
	judged = world_find(&world, store, "f1", "shop", FINDING_OPEN);
	judged->finding.message = "runs yet another image";
	judged->finding.level = LEVEL_NOTE;
	judged->finding.resolved = DIGEST_B;
	judged->finding.line = 18;
	world_scan(&world, store);
	report_init(&report);
	assert_true(store_load_report(store, 0, &report, &err));
	assert_int_equal(report.finding_count, 1);
	check_finding(&report.findings[0], &judged->finding);
	assert_int_equal(world_number(store, TOTAL), 1);
}

static const char *scopes_of(struct store *store, struct arena *arena)
{
	struct earlier_finding *earlier;
	struct scanned_cluster cluster = { .identity = { .key = WORLD_CLUSTER,
							 .alias = "" } };
	const struct snapshot snapshot = { .clusters = &cluster, .cluster_count = 1 };
	struct error err = ERROR_INIT;
	size_t count;

	assert_true(store_load_earlier(store, &snapshot, arena, &earlier, &count, &err));
	assert_int_equal(count, 1);
	return earlier[0].scopes;
}

static void scopes_are_replaced_where_they_changed(void **state)
{
	static const char *const scopes[] = { "tree/T/path/a\ntree/T/path/b\n",
					      "tree/T/path/b\ntree/T/path/c\n",
					      "tree/T/path/c\n" };
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	for (size_t i = 0; i < ARRAY_LENGTH(scopes); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		CLEANUP(world_release) struct world world;

		world_init(&world);
		world_find(&world, store, "f1", "shop", i ? FINDING_OPEN : FINDING_NEW)
			->scopes = scopes[i];
		world_scan(&world, store);
		assert_string_equal(scopes_of(store, &arena), scopes[i]);
	}
}

static void earlier_findings_are_of_this_cluster_and_of_none(void **state)
{
	struct scanned_cluster clusters[] = {
		{ .identity = { .key = WORLD_CLUSTER, .alias = "" } },
		{ .identity = { .key = "uid:2", .alias = "" } },
	};
	const struct snapshot both = { .clusters = clusters, .cluster_count = 2 };
	const struct snapshot here = { .clusters = clusters, .cluster_count = 1 };
	const struct snapshot there = { .clusters = clusters + 1, .cluster_count = 1 };
	const struct snapshot none = { .cluster_count = 0 };
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(world_release) struct world world;
	struct earlier_finding *earlier;
	struct judged_finding *judged;
	struct error err = ERROR_INIT;
	size_t count;

	world_init(&world);
	world_find(&world, store, "use", "shop", FINDING_NEW);
	judged = world_find(&world, store, "tag", "shop", FINDING_NEW);
	judged->finding.subject = SUBJECT_TAG;
	judged->finding.cluster = judged->finding.cluster_key = "";
	world_scan(&world, store);
	assert_true(store_load_earlier(store, &both, &arena, &earlier, &count, &err));
	assert_int_equal(count, 2);
	assert_true(store_load_earlier(store, &here, &arena, &earlier, &count, &err));
	assert_int_equal(count, 2);
	assert_string_equal(earlier[1].finding.fingerprint, "use");
	assert_int_equal(earlier[1].finding.state, FINDING_OPEN);
	assert_int_equal(earlier[1].finding.first_seen_at, 1000);
	assert_string_equal(earlier[1].scopes,
			    "cluster/" WORLD_CLUSTER "/namespace/shop\n");
	assert_true(store_load_earlier(store, &there, &arena, &earlier, &count, &err));
	assert_int_equal(count, 1);
	assert_string_equal(earlier[0].finding.fingerprint, "tag");
	assert_true(store_load_earlier(store, &none, &arena, &earlier, &count, &err));
	assert_int_equal(count, 1);
}

static void a_use_is_of_its_cluster_even_without_a_name(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	world_init(&world);
	world.snapshot.clusters[0].identity.name = "";
	world_find(&world, store, "use", "shop", FINDING_NEW);
	world_scan(&world, store);
	assert_int_equal(world_number(store, "SELECT count(*) FROM finding_span "
					     "WHERE cluster IS NOT NULL"),
			 1);
}

static void a_selector_reports_what_it_judged(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;

	world_init(&world);
	world_find(&world, store, "f1", "shop", FINDING_NEW);
	world_find(&world, store, "f2", "shop", FINDING_NEW);
	world_scan(&world, store);
	world.outcome.finding_count = 0;
	world.snapshot.selector = "app=web";
	world_find(&world, store, "f2", "shop", FINDING_OPEN);
	world_find(&world, store, "f3", "shop", FINDING_NEW);
	world_scan(&world, store);
	report_init(&report);
	assert_true(store_load_report(store, 0, &report, &err));
	assert_int_equal(report.finding_count, 2);
	assert_string_equal(report.findings[0].fingerprint, "f2");
	assert_string_equal(report.findings[1].fingerprint, "f3");
	assert_int_equal(world_number(store, OPEN), 3);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(a_finding_comes_back_in_every_subject_and_level),
		WORLD_TEST(a_finding_is_new_then_open_then_fixed_then_gone),
		WORLD_TEST(a_gap_hides_a_finding_and_lets_it_stand),
		WORLD_TEST(a_scan_elsewhere_is_no_sighting),
		WORLD_TEST(a_finding_that_comes_back_is_new),
		WORLD_TEST(a_finding_that_drift_does_not_name_is_left_alone),
		WORLD_TEST(evidence_changes_in_place),
		WORLD_TEST(scopes_are_replaced_where_they_changed),
		WORLD_TEST(earlier_findings_are_of_this_cluster_and_of_none),
		WORLD_TEST(a_use_is_of_its_cluster_even_without_a_name),
		WORLD_TEST(a_selector_reports_what_it_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
