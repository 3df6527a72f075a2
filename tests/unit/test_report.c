#include "model/report.h"

#include "tests/unit/check.h"

static void subjects_and_states_have_the_names_of_the_schema(void **state)
{
	(void)state;
	assert_string_equal(subject_kind_name(SUBJECT_USE), "use");
	assert_string_equal(subject_kind_name(SUBJECT_DECLARATION), "declaration");
	assert_string_equal(subject_kind_name(SUBJECT_TAG), "tag");
	assert_string_equal(subject_kind_name(SUBJECT_PIN), "pin");
	assert_string_equal(finding_state_name(FINDING_NEW), "new");
	assert_string_equal(finding_state_name(FINDING_OPEN), "open");
	assert_string_equal(finding_state_name(FINDING_UNKNOWN), "unknown");
	assert_string_equal(finding_state_name(FINDING_FIXED), "fixed");
}

static void tags_and_pins_alone_stand_by_any_mention(void **state)
{
	(void)state;
	assert_false(subject_stands_by_any(SUBJECT_USE));
	assert_false(subject_stands_by_any(SUBJECT_DECLARATION));
	assert_true(subject_stands_by_any(SUBJECT_TAG));
	assert_true(subject_stands_by_any(SUBJECT_PIN));
}

/* A finding in which nothing is said but what the test is about. */
static struct finding blank(enum level level, const char *rule)
{
	struct finding finding = finding_blank();

	finding.level = level;
	finding.rule = rule;
	return finding;
}

static void only_findings_that_stand_are_counted(void **state)
{
	CLEANUP(report_release) struct report report;
	struct finding findings[5];

	(void)state;
	report_init(&report);
	for (int i = 0; i <= FINDING_FIXED; i++) {
		findings[i] = blank(LEVEL_ERROR, "r");
		findings[i].state = (enum finding_state)i;
	}
	findings[4] = blank(LEVEL_NOTE, "r");
	report.findings = findings;
	report.finding_count = ARRAY_LENGTH(findings);
	assert_int_equal(report_count(&report, LEVEL_ERROR), 2);
	assert_int_equal(report_count(&report, LEVEL_NOTE), 1);
	assert_int_equal(report_count(&report, LEVEL_WARNING), 0);
}

/* In order: each has one thing more than none, and a later thing decides over all before.
 */
static void findings_are_ordered_by_level_rule_and_place(void **state)
{
	struct cluster_identity cluster = { .key = "uid:1", .name = "prod" };
	CLEANUP(report_release) struct report report;
	struct finding findings[10], ordered[ARRAY_LENGTH(findings)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(ordered); i++)
		ordered[i] = blank(LEVEL_ERROR, "a");
	ordered[1].fingerprint = "f";
	ordered[2].line = 2;
	ordered[3].path = "p";
	ordered[4].reference = "x";
	ordered[5].container = "c";
	ordered[6].object.kind = "Job";
	ordered[7].namespace = "n";
	ordered[8].rule = "b";
	ordered[9].level = LEVEL_NOTE;
	for (size_t i = 0; i < ARRAY_LENGTH(ordered); i++) {
		ordered[i].pod_count = (uint32_t)i;
		findings[ARRAY_LENGTH(ordered) - 1 - i] = ordered[i];
	}
	report_init(&report);
	report.clusters = &cluster;
	report.cluster_count = 1;
	report.findings = findings;
	report.finding_count = ARRAY_LENGTH(findings);
	report_sort(&report);
	for (size_t i = 0; i < ARRAY_LENGTH(findings); i++)
		assert_int_equal(findings[i].pod_count, i);
}

static void findings_of_manifests_alone_are_ordered_as_they_are_read(void **state)
{
	CLEANUP(report_release) struct report report;
	struct finding findings[] = {
		blank(LEVEL_ERROR, "a"),
		blank(LEVEL_NOTE, "b"),
		blank(LEVEL_ERROR, "c"),
		blank(LEVEL_NOTE, "d"),
	};

	(void)state;
	findings[0].path = "b.yaml";
	findings[1].path = findings[2].path = findings[3].path = "a.yaml";
	findings[1].line = findings[2].line = 9;
	findings[2].column = 3;
	findings[3].line = 4;
	report_init(&report);
	report.findings = findings;
	report.finding_count = ARRAY_LENGTH(findings);
	report_sort(&report);
	assert_string_equal(findings[0].rule, "d");
	assert_string_equal(findings[1].rule, "b");
	assert_string_equal(findings[2].rule, "c");
	assert_string_equal(findings[3].rule, "a");
}

static struct report_use blank_use(void)
{
	return (struct report_use){
		.cluster = "",
		.cluster_key = "",
		.namespace = "",
		.object = { "", "", "" },
		.container = "",
		.class = "",
		.reference = "",
		.image_id = "",
		.platform = "",
		.state = "",
		.verdict = "",
	};
}

static void rows_that_differ_in_one_thing_have_one_order(void **state)
{
	CLEANUP(report_release) struct report report;
	struct report_use uses[4];

	(void)state;
	report_init(&report);
	for (size_t i = 0; i < ARRAY_LENGTH(uses); i++)
		uses[i] = blank_use();
	uses[0].state = "started";
	uses[1].state = "rolling-out";
	uses[2].platform = "linux/arm64";
	uses[3].pod_count = 3;
	report.running = uses;
	report.running_count = ARRAY_LENGTH(uses);
	report_sort(&report);
	assert_int_equal(uses[0].pod_count, 3);
	assert_string_equal(uses[1].state, "rolling-out");
	assert_string_equal(uses[2].state, "started");
	assert_string_equal(uses[3].platform, "linux/arm64");
}

static void the_other_lists_are_ordered_by_what_they_name(void **state)
{
	CLEANUP(report_release) struct report report;
	struct gap gaps[] = { { GAP_UNRESOLVED, "a", "", "", false, NULL },
			      { GAP_FORBIDDEN, "b", "", "", false, NULL },
			      { GAP_FORBIDDEN, "a", "", "", false, NULL } };
	struct coverage coverage[] = { { "tree/t", true, "" },
				       { "cluster/k", true, "" } };
	struct request_count requests[] = { { .host = "b" }, { .host = "a" } };
	struct report_tag tags[] = { { .registry = "b", .repository = "", .tag = "" },
				     { .registry = "a", .repository = "b", .tag = "" },
				     { .registry = "a", .repository = "a", .tag = "2" },
				     { .registry = "a", .repository = "a", .tag = "1" } };
	struct declared_use declared[] = {
		{ .path = "b", .field = "" },
		{ .path = "a", .line = 2, .field = "" },
		{ .path = "a", .line = 1, .column = 9, .field = "" },
		{ .path = "a", .line = 1, .column = 3, .field = "" }
	};

	(void)state;
	report_init(&report);
	report.gaps = gaps;
	report.gap_count = ARRAY_LENGTH(gaps);
	report.coverage = coverage;
	report.coverage_count = ARRAY_LENGTH(coverage);
	report.requests = requests;
	report.request_count = ARRAY_LENGTH(requests);
	report.tags = tags;
	report.tag_count = ARRAY_LENGTH(tags);
	report.declared = declared;
	report.declared_count = ARRAY_LENGTH(declared);
	report_sort(&report);
	assert_string_equal(gaps[0].subject, "a");
	assert_int_equal(gaps[1].kind, GAP_FORBIDDEN);
	assert_string_equal(coverage[0].scope, "cluster/k");
	assert_string_equal(requests[0].host, "a");
	assert_string_equal(tags[0].tag, "1");
	assert_string_equal(tags[2].repository, "b");
	assert_string_equal(tags[3].registry, "b");
	assert_int_equal(declared[0].column, 3);
	assert_int_equal(declared[2].line, 2);
	assert_string_equal(declared[3].path, "b");
}

static void an_empty_report_can_be_sorted(void **state)
{
	struct report report;

	(void)state;
	report_init(&report);
	report_sort(&report);
	assert_string_equal(report.scan.commit, "");
	assert_int_equal(report.cluster_count, 0);
	report_release(&report);
	assert_int_equal(report.finding_count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(subjects_and_states_have_the_names_of_the_schema),
		cmocka_unit_test(tags_and_pins_alone_stand_by_any_mention),
		cmocka_unit_test(only_findings_that_stand_are_counted),
		cmocka_unit_test(findings_are_ordered_by_level_rule_and_place),
		cmocka_unit_test(
			findings_of_manifests_alone_are_ordered_as_they_are_read),
		cmocka_unit_test(rows_that_differ_in_one_thing_have_one_order),
		cmocka_unit_test(the_other_lists_are_ordered_by_what_they_name),
		cmocka_unit_test(an_empty_report_can_be_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
