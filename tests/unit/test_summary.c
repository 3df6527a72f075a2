#include "reports/summary.h"

#include "reports/words.h"
#include "tests/unit/check.h"

/* A report in short: levels and states of findings, and gaps. */
static const struct {
	const char *label;
	const char *command;
	int exit_status;
	struct finding findings[3]; /* those with a rule */
	struct gap gaps[2];         /* those with a subject */
	enum headline headline;
	const char *sentence;
} cases[] = {
	{ "nothing wrong",
	  "scan",
	  0,
	  { { 0 } },
	  { { 0 } },
	  HEADLINE_CLEAN,
	  "no errors, no warnings in cluster prod" },
	{ "an error",
	  "scan",
	  1,
	  { { .rule = "a", .level = LEVEL_ERROR, .state = FINDING_NEW } },
	  { { 0 } },
	  HEADLINE_DRIFT,
	  "1 error in cluster prod" },
	{ "an error that does not fail the run",
	  "scan",
	  0,
	  { { .rule = "a", .level = LEVEL_ERROR, .state = FINDING_OPEN } },
	  { { 0 } },
	  HEADLINE_DRIFT,
	  "1 error in cluster prod" },
	{ "an error in manifests",
	  "check",
	  1,
	  { { .rule = "a", .level = LEVEL_ERROR, .state = FINDING_NEW } },
	  { { 0 } },
	  HEADLINE_NOT_PINNED,
	  "1 error in cluster prod" },
	{ "a gap",
	  "scan",
	  3,
	  { { 0 } },
	  { { .subject = "x" } },
	  HEADLINE_INCOMPLETE,
	  "1 gap in cluster prod" },
	{ "a gap and a warning",
	  "scan",
	  3,
	  { { .rule = "a", .level = LEVEL_WARNING, .state = FINDING_OPEN } },
	  { { .subject = "x" } },
	  HEADLINE_INCOMPLETE,
	  "1 gap, 1 warning in cluster prod" },
	{ "an error and a gap",
	  "scan",
	  1,
	  { { .rule = "a", .level = LEVEL_ERROR, .state = FINDING_OPEN } },
	  { { .subject = "x" }, { .subject = "y", .waived = true } },
	  HEADLINE_DRIFT,
	  "1 error, 1 gap, 1 waived gap in cluster prod" },
	{ "a waived gap",
	  "scan",
	  0,
	  { { 0 } },
	  { { .subject = "x", .waived = true } },
	  HEADLINE_CLEAN,
	  "no errors, no warnings, 1 waived gap in cluster prod" },
	{ "warnings and notes",
	  "scan",
	  0,
	  { { .rule = "a", .level = LEVEL_WARNING, .state = FINDING_NEW },
	    { .rule = "a", .level = LEVEL_WARNING, .state = FINDING_OPEN },
	    { .rule = "b", .level = LEVEL_NOTE, .state = FINDING_OPEN } },
	  { { 0 } },
	  HEADLINE_ATTENTION,
	  "2 warnings, 1 note in cluster prod" },
	{ "a note",
	  "scan",
	  0,
	  { { .rule = "a", .level = LEVEL_NOTE, .state = FINDING_NEW } },
	  { { 0 } },
	  HEADLINE_CLEAN,
	  "no errors, no warnings, 1 note in cluster prod" },
	{ "what is fixed does not count",
	  "scan",
	  0,
	  { { .rule = "a", .level = LEVEL_ERROR, .state = FINDING_FIXED },
	    { .rule = "b", .level = LEVEL_NONE, .state = FINDING_OPEN } },
	  { { 0 } },
	  HEADLINE_CLEAN,
	  "no errors, no warnings in cluster prod" },
	{ "nothing in scope",
	  "scan",
	  5,
	  { { 0 } },
	  { { 0 } },
	  HEADLINE_EMPTY,
	  "not one image was found in cluster prod" },
	{ "nothing in scope, and a gap",
	  "scan",
	  3,
	  { { 0 } },
	  { { .subject = "x" } },
	  HEADLINE_INCOMPLETE,
	  "1 gap in cluster prod" },
	{ "nothing usable",
	  "scan",
	  4,
	  { { 0 } },
	  { { .subject = "x" } },
	  HEADLINE_FAILED,
	  "nothing usable was seen, 1 gap in cluster prod" },
};

static void fill(struct report *report, struct finding *findings, struct gap *gaps)
{
	report_init(report);
	report->cluster_count = 1;
	report->clusters = arena_alloc(&report->arena, sizeof(*report->clusters));
	report->clusters[0] = (struct cluster_identity){ .key = "", .name = "prod" };
	report->findings = findings;
	while (report->finding_count < 3 && findings[report->finding_count].rule)
		report->finding_count++;
	report->gaps = gaps;
	while (report->gap_count < 2 && gaps[report->gap_count].subject)
		report->gap_count++;
}

static void the_first_headline_that_applies_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buf_release) struct buf text = WORDS_INIT;
		CLEANUP(report_release) struct report report;
		struct finding findings[3];
		struct summary summary;
		struct gap gaps[2];

		memcpy(findings, cases[i].findings, sizeof(findings));
		memcpy(gaps, cases[i].gaps, sizeof(gaps));
		fill(&report, findings, gaps);
		report.scan.command = cases[i].command;
		report.scan.exit_status = cases[i].exit_status;
		summary = summary_of(&report);
		summary_sentence(&text, &report, &summary);
		CHECK_TEXT(cases[i].label, headline_name(summary.headline),
			   headline_name(cases[i].headline));
		CHECK_TEXT(cases[i].label, buf_text(&text), cases[i].sentence);
	}
}

static void a_gap_that_is_not_waived_is_never_clean(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		if (cases[i].gaps[0].subject && !cases[i].gaps[0].waived) {
			CHECK(cases[i].label, cases[i].headline != HEADLINE_CLEAN);
			CHECK(cases[i].label, cases[i].headline != HEADLINE_EMPTY);
		}
	}
}

static void the_sentence_names_where(void **state)
{
	struct coverage coverage[] = { { "cluster/uid:1/namespace/shop", true, "" },
				       { "cluster/uid:1/namespace/bank", false, "" },
				       { "tree//path/a/", true, "" } };
	struct cluster_identity clusters[] = {
		{ .key = "", .name = "prod" },
		{ .key = "", .name = "staging", .insecure = true }
	};
	struct summary clean = { .headline = HEADLINE_CLEAN };
	CLEANUP(buf_release) struct buf text = WORDS_INIT;
	struct report report;

	(void)state;
	report_init(&report);
	report.clusters = clusters;
	report.cluster_count = 1;
	report.coverage = coverage;
	report.coverage_count = 1;
	summary_sentence(&text, &report, &clean);
	assert_string_equal(buf_text(&text),
			    "no errors, no warnings in namespace shop of cluster prod");
	buf_clear(&text);
	report.coverage_count = 3;
	report.clusters[0].name = "";
	report.clusters[0].key = "uid:1";
	summary_sentence(&text, &report, &clean);
	assert_string_equal(buf_text(&text),
			    "no errors, no warnings in 2 namespaces of cluster uid:1");
	buf_clear(&text);
	report.cluster_count = 2;
	summary_sentence(&text, &report, &clean);
	assert_string_equal(buf_text(&text), "no errors, no warnings in 2 namespaces of "
					     "clusters uid:1, staging");
	buf_clear(&text);
	summary_insecure(&text, &report);
	assert_string_equal(buf_text(&text), "The certificate of cluster staging was not "
					     "verified, as configured.");
	buf_clear(&text);
	report.cluster_count = 0;
	report.file_count = 1;
	report.ignored_count = 2;
	summary_sentence(&text, &report, &clean);
	assert_string_equal(buf_text(&text),
			    "no errors, no warnings in 0 images (0 pinned) of 1 file; "
			    "2 files without Kubernetes objects ignored");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_headline_that_applies_is_taken),
		cmocka_unit_test(a_gap_that_is_not_waived_is_never_clean),
		cmocka_unit_test(the_sentence_names_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
