#include "drift/rules.h"
#include "tests/unit/check.h"
#include "tests/unit/sample_report.h"

#include <jansson.h>

static const struct report_style plain;

static void logs_are_as_before(void **state)
{
	(void)state;
	sample_golden("report.sarif", sample_scan, &plain);
	sample_golden("check.sarif", sample_check, &plain);
	sample_golden("hostile.sarif", sample_hostile, &plain);
}

/* The run of a log, a new reference. */
static json_t *run_of(const struct report *report)
{
	CLEANUP(free_pointer) char *text = sample_render("sarif", report, &plain, NULL);
	json_error_t bad;
	json_t *log = json_loads(text, JSON_REJECT_DUPLICATES, &bad), *run;

	if (!log)
		fail_msg("line %d: %s", bad.line, bad.text);
	run = json_incref(json_array_get(json_object_get(log, "runs"), 0));
	json_decref(log);
	return run;
}

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static json_t *invocation_of(const json_t *run)
{
	return json_array_get(json_object_get(run, "invocations"), 0);
}

static json_t *notifications_of(const json_t *run)
{
	return json_object_get(invocation_of(run), "toolExecutionNotifications");
}

static const char *uri_of(const json_t *result)
{
	const json_t *location = json_array_get(json_object_get(result, "locations"), 0);
	const json_t *physical = json_object_get(location, "physicalLocation");

	return text_at(json_object_get(physical, "artifactLocation"), "uri");
}

static void every_result_has_a_file_by_a_relative_reference(void **state)
{
	static const char characters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"-._~!$&'()*+,;=@/%";
	CLEANUP(report_release) struct report report;
	json_t *run, *results, *result;
	size_t i;

	(void)state;
	sample_hostile(&report);
	run = run_of(&report);
	results = json_object_get(run, "results");
	assert_int_equal(json_array_size(results), report.finding_count);
	json_array_foreach(results, i, result)
	{
		const char *uri = uri_of(result);

		assert_true(uri[0] != '\0' && uri[0] != '/');
		assert_int_equal(strspn(uri, characters), strlen(uri));
	}
	json_decref(run);
}

static void what_has_no_file_is_a_notification(void **state)
{
	CLEANUP(report_release) struct report report;
	json_t *run;

	(void)state;
	sample_check(&report);
	report.findings[0].path = "/tmp/api.yaml";
	report.findings[1].path = "";
	run = run_of(&report);
	assert_int_equal(json_array_size(json_object_get(run, "results")), 1);
	assert_int_equal(json_array_size(notifications_of(run)), 1 + 2);
	json_decref(run);
}

static void results_name_their_rule_by_its_place_in_the_table(void **state)
{
	CLEANUP(report_release) struct report report;
	json_t *run, *driver, *result;
	size_t i;

	(void)state;
	sample_scan(&report);
	run = run_of(&report);
	driver = json_object_get(json_object_get(run, "tool"), "driver");
	json_array_foreach(json_object_get(run, "results"), i, result)
	{
		json_int_t index =
			json_integer_value(json_object_get(result, "ruleIndex"));
		json_t *rule =
			json_array_get(json_object_get(driver, "rules"), (size_t)index);

		assert_string_equal(text_at(rule, "id"), text_at(result, "ruleId"));
	}
	json_decref(run);
}

static void rules_fit_into_what_github_shows(void **state)
{
	(void)state;
	for (const struct rule *rule = rules; rule->id; rule++) {
		CHECK(rule->id, rule->title[0] && rule->why[0] && rule->mend[0]);
		CHECK(rule->id, strlen(rule->why) <= 1000);
	}
}

static bool is_successful(const struct report *report)
{
	json_t *run = run_of(report);
	bool successful =
		json_is_true(json_object_get(invocation_of(run), "executionSuccessful"));

	json_decref(run);
	return successful;
}

static void a_run_that_saw_not_everything_is_no_success(void **state)
{
	CLEANUP(report_release) struct report report;
	struct gap gap = { GAP_FORBIDDEN, "namespace bank", "HTTP 403", "", false, NULL };

	(void)state;
	sample_clean(&report);
	assert_true(is_successful(&report));
	report.scan.exit_status = 1; /* drift is what it is there to find */
	assert_true(is_successful(&report));
	report.scan.exit_status = 5;
	assert_false(is_successful(&report));
	report.scan.exit_status = 0;
	report.gaps = &gap;
	report.gap_count = 1;
	assert_false(is_successful(&report));
	gap.waived = true;
	assert_true(is_successful(&report));
}

/* 3.27.24: where one result has a state, all of them have. */
static void only_a_scan_compares_with_the_one_before(void **state)
{
	CLEANUP(report_release) struct report scan, check;
	json_t *run, *result;
	size_t i;

	(void)state;
	sample_scan(&scan);
	run = run_of(&scan);
	json_array_foreach(json_object_get(run, "results"), i, result)
		assert_non_null(text_at(result, "baselineState"));
	assert_true(i > 0);
	json_decref(run);
	sample_check(&check);
	run = run_of(&check);
	json_array_foreach(json_object_get(run, "results"), i, result)
		assert_null(text_at(result, "baselineState"));
	assert_true(i > 0);
	json_decref(run);
}

static void what_a_gap_hides_is_an_open_question(void **state)
{
	CLEANUP(report_release) struct report report;
	json_t *run, *result;

	(void)state;
	sample_scan(&report);
	report.findings[0].state = FINDING_UNKNOWN;
	run = run_of(&report);
	result = json_array_get(json_object_get(run, "results"), 0);
	assert_string_equal(text_at(result, "kind"), "open");
	assert_string_equal(text_at(result, "level"), "none");
	assert_string_equal(text_at(result, "baselineState"), "updated");
	json_decref(run);
}

static void more_than_github_takes_is_counted_not_written(void **state)
{
	CLEANUP(report_release) struct report report;
	json_t *run, *said;

	(void)state;
	sample_many(&report, 25007);
	run = run_of(&report);
	assert_int_equal(json_array_size(json_object_get(run, "results")), 25000);
	said = json_array_get(notifications_of(run), 0);
	assert_non_null(strstr(text_at(json_object_get(said, "message"), "text"),
			       "7 more findings"));
	json_decref(run);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs_are_as_before),
		cmocka_unit_test(every_result_has_a_file_by_a_relative_reference),
		cmocka_unit_test(what_has_no_file_is_a_notification),
		cmocka_unit_test(results_name_their_rule_by_its_place_in_the_table),
		cmocka_unit_test(rules_fit_into_what_github_shows),
		cmocka_unit_test(a_run_that_saw_not_everything_is_no_success),
		cmocka_unit_test(only_a_scan_compares_with_the_one_before),
		cmocka_unit_test(what_a_gap_hides_is_an_open_question),
		cmocka_unit_test(more_than_github_takes_is_counted_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
