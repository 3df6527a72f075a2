#include "drift/waivers.h"

#include "tests/unit/check.h"
#include "tests/unit/drift_world.h"

#define NOW 1000

static struct waiver any_waiver(const char *id, bool of_gap)
{
	return (struct waiver){
		.id = id,
		.of_gap = of_gap,
		.path = "",
		.cluster = "",
		.namespace = "",
		.object = "",
		.container = "",
		.image = "",
		.until = NOW + 1,
		.until_text = "2027-01-31",
		.reason = "why",
		.file = ".pindrift.yaml",
		.line = 3,
	};
}

static const struct finding finding = {
	.rule = "unpinned",
	.subject = SUBJECT_DECLARATION,
	.cluster = "prod",
	.namespace = "shop",
	.object = { "apps", "Deployment", "web" },
	.container = "app",
	.reference = "nginx:1.27",
	.path = "deploy/web.yaml",
	.line = 7,
};

static bool covered(const struct waiver *waiver)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(drift_release) struct drift drift = { .arena = ARENA_INIT };

	snapshot_init(&snapshot, NOW);
	snapshot_add_waiver(&snapshot, waiver);
	drift_init(&drift, &snapshot, NOW, true);
	return waivers_cover(&drift, &finding) != NULL;
}

static void all_of_a_scope_has_to_match(void **state)
{
	static const struct {
		size_t field;
		const char *glob;
		bool covers;
	} cases[] = {
		{ offsetof(struct waiver, id), "unpinned", true },
		{ offsetof(struct waiver, id), "unpin*", false },
		{ offsetof(struct waiver, path), "deploy/*.yaml", true },
		{ offsetof(struct waiver, path), "test/*.yaml", false },
		{ offsetof(struct waiver, cluster), "pro?", true },
		{ offsetof(struct waiver, cluster), "test", false },
		{ offsetof(struct waiver, namespace), "shop", true },
		{ offsetof(struct waiver, namespace), "bank", false },
		{ offsetof(struct waiver, object), "Deployment/w*", true },
		{ offsetof(struct waiver, object), "DaemonSet/web", false },
		{ offsetof(struct waiver, container), "app", true },
		{ offsetof(struct waiver, container), "other", false },
		{ offsetof(struct waiver, image), "nginx:*", true },
		{ offsetof(struct waiver, image), "httpd:*", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct waiver waiver = any_waiver("unpinned", false);

		*(const char **)((char *)&waiver + cases[i].field) = cases[i].glob;
		CHECK(cases[i].glob, covered(&waiver) == cases[i].covers);
	}
}

static void an_inline_one_covers_its_own_line_alone(void **state)
{
	struct waiver waiver = any_waiver("unpinned", false);

	(void)state;
	waiver.path = finding.path;
	waiver.only_line = 7;
	assert_true(covered(&waiver));
	waiver.only_line = 8;
	assert_false(covered(&waiver));
	waiver.only_line = 7;
	waiver.path = "deploy/*.yaml"; /* a name, no glob */
	assert_false(covered(&waiver));
}

static void one_that_is_over_or_wrong_covers_nothing(void **state)
{
	struct waiver over = any_waiver("unpinned", false);
	struct waiver wrong = any_waiver("unpinned", false);

	(void)state;
	over.until = NOW;
	assert_false(covered(&over));
	wrong.problem = "no reason";
	assert_false(covered(&wrong));
}

static void a_gap_is_covered_by_kind_path_and_subject(void **state)
{
	static const struct {
		const char *id, *path, *subject;
		uint32_t line;
		bool covers;
	} cases[] = {
		{ "parameter", "", "", 0, true },
		{ "unknown-kind", "", "", 0, false },
		{ "parameter", "deploy/", "", 0, true },
		{ "parameter", "test/", "", 0, false },
		{ "parameter", "", "*:3", 0, true },
		{ "parameter", "", "*:4", 0, false },
		{ "parameter", "deploy/a.yaml", "", 3, true },
		{ "parameter", "deploy/a.yaml", "", 4, false },
		{ "parameter", "deploy/b.yaml", "", 3, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(snapshot_release) struct snapshot snapshot;
		CLEANUP(drift_release) struct drift drift = { .arena = ARENA_INIT };
		struct waiver waiver = any_waiver(cases[i].id, true);

		snapshot_init(&snapshot, NOW);
		snapshot.tree = "t";
		waiver.path = cases[i].path;
		waiver.image = cases[i].subject;
		waiver.only_line = cases[i].line;
		waiver.file = "x/deploy/a.yaml";
		snapshot_add_waiver(&snapshot, &waiver);
		snapshot_add_gap(&snapshot, GAP_PARAMETER, "x/deploy/a.yaml:3", "why",
				 "tree/t/path/deploy/a.yaml");
		drift_init(&drift, &snapshot, NOW, true);
		waivers_cover_gaps(&drift);
		CHECK(cases[i].id, snapshot.gaps[0].waived == cases[i].covers);
		CHECK(cases[i].id, snapshot.waivers[0].used == cases[i].covers);
	}
}

/* What becomes of a waiver of the policy file that nothing was found for. */
static bool unused_after(const char *id, bool of_gap, const char *path, const char *area)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(outcome_release) struct outcome outcome;
	CLEANUP(drift_release) struct drift drift = { .arena = ARENA_INIT };
	struct waiver waiver = any_waiver(id, of_gap);

	snapshot_init(&snapshot, NOW);
	outcome_init(&outcome);
	snapshot.tree = "t";
	waiver.path = path;
	snapshot_add_waiver(&snapshot, &waiver);
	snapshot_add_coverage(&snapshot, area, true, "");
	drift_init(&drift, &snapshot, NOW, true);
	drift_judge(&drift, NULL, 0, &outcome);
	return outcome.finding_count == 1 &&
	       strcmp(outcome.findings[0].finding.rule, "waiver-unused") == 0;
}

static void unused_is_said_only_where_all_of_the_scope_was_seen(void **state)
{
	(void)state;
	assert_true(unused_after("unpinned", false, "", "tree/t"));
	assert_true(
		unused_after("unpinned", false, "deploy/*.yaml", "tree/t/path/deploy/"));
	assert_true(
		unused_after("unpinned", false, "/deploy/*.yaml", "tree/t/path/deploy/"));
	assert_false(unused_after("unpinned", false, "", "tree/t/path/deploy/"));
	assert_false(
		unused_after("unpinned", false, "test/*.yaml", "tree/t/path/deploy/"));
	assert_false(unused_after("unpinned", false, "web.yaml", "tree/t/path/deploy/"));
	assert_false(unused_after("tag-moved", false, "", "tree/t"));
	assert_false(unused_after("running-differs", false, "", "tree/t"));
	assert_true(unused_after("parameter", true, "", "tree/t"));
	assert_false(unused_after("namespace-unknown", true, "", "tree/t"));
	assert_false(unused_after("ambiguous-declaration", true, "", "tree/t"));
	assert_false(unused_after("unreachable", true, "", "tree/t"));
	assert_true(unused_after("no-such-rule", false, "", "tree/t/path/deploy/"));
	assert_true(unused_after("waiver-unused", false, "", "tree/t/path/deploy/"));
}

static struct finding waiver_finding(const struct drift_world *world)
{
	for (size_t i = 0; i < world->outcome.finding_count; i++) {
		if (world->outcome.findings[i].finding.subject == SUBJECT_WAIVER)
			return world->outcome.findings[i].finding;
	}
	return (struct finding){ .rule = "" };
}

/* What is said of a waiver in a scan of all of the cluster "prod"; `meant_for` is the
 * cluster that deploy/web.yaml is for. */
static void check_scanned(const char *label, const struct waiver *waiver,
			  const char *meant_for, const char *expected)
{
	CLEANUP(drift_world_release) struct drift_world world;

	drift_world_init(&world, NULL, 0);
	world.snapshot->clusters[0].identity.name = "prod";
	drift_world_declare(&world, "shop/Deployment/web/app", "=nginx:1")->cluster =
		meant_for;
	snapshot_add_waiver(world.snapshot, waiver);
	drift_world_judge(&world, NULL, 0);
	CHECK_TEXT(label, waiver_finding(&world).rule, expected);
}

static void what_is_for_another_cluster_is_not_unused_in_this_one(void **state)
{
	struct waiver waiver = any_waiver("running-differs", false);

	(void)state;
	waiver.until = INT64_MAX;
	check_scanned("anywhere, of which a part was seen", &waiver, "", "");
	waiver.path = "deploy/";
	check_scanned("what was seen", &waiver, "", "waiver-unused");
	check_scanned("a manifest for another cluster", &waiver, "test", "");
	waiver.path = "deploy/db*";
	check_scanned("another path", &waiver, "test", "waiver-unused");
	waiver.path = "deploy/";
	waiver.cluster = "prod";
	check_scanned("this cluster", &waiver, "", "waiver-unused");
	waiver.cluster = "test";
	check_scanned("another cluster", &waiver, "", "");
	waiver.cluster = "";
	waiver.path = "deploy/web.yaml";
	waiver.only_line = 1;
	check_scanned("inline, for another cluster", &waiver, "test", "");
	check_scanned("inline", &waiver, "", "waiver-unused");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_a_scope_has_to_match),
		cmocka_unit_test(an_inline_one_covers_its_own_line_alone),
		cmocka_unit_test(one_that_is_over_or_wrong_covers_nothing),
		cmocka_unit_test(a_gap_is_covered_by_kind_path_and_subject),
		cmocka_unit_test(unused_is_said_only_where_all_of_the_scope_was_seen),
		cmocka_unit_test(what_is_for_another_cluster_is_not_unused_in_this_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
