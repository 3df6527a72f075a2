#include "base/table.h"
#include "tests/unit/check.h"
#include "tests/unit/sample_report.h"

#include <jansson.h>

static const struct report_style plain;

static void entries_are_as_before(void **state)
{
	(void)state;
	sample_golden("report.gitlab", sample_scan, &plain);
	sample_golden("check.gitlab", sample_check, &plain);
	sample_golden("hostile.gitlab", sample_hostile, &plain);
}

static json_t *entries_of(const struct report *report)
{
	CLEANUP(free_pointer) char *text = sample_render("gitlab", report, &plain, NULL);
	json_error_t bad;
	json_t *entries = json_loads(text, JSON_REJECT_DUPLICATES, &bad);

	if (!json_is_array(entries))
		fail_msg("line %d: %s", bad.line, bad.text);
	return entries;
}

static const char *path_of(const json_t *entry)
{
	const json_t *location = json_object_get(entry, "location");

	return json_string_value(json_object_get(location, "path"));
}

static void fingerprints_are_unique(void **state)
{
	static void (*const samples[])(struct report * report) = { sample_scan,
								   sample_hostile };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
		CLEANUP(report_release) struct report report;
		CLEANUP(table_release) struct table seen = TABLE_INIT;
		json_t *entries, *entry;
		size_t number;

		samples[i](&report);
		entries = entries_of(&report);
		json_array_foreach(entries, number, entry)
		{
			const char *text =
				json_string_value(json_object_get(entry, "fingerprint"));
			const char **kept;
			void **slot = table_slot(&seen, text, strlen(text), &kept);

			CHECK(text, text[0] != '\0' && *slot == NULL);
			*slot = entry;
		}
		json_decref(entries);
	}
}

static void nothing_is_left_out_that_stands(void **state)
{
	CLEANUP(report_release) struct report report;
	json_t *entries;

	(void)state;
	sample_hostile(&report);
	entries = entries_of(&report);
	assert_int_equal(json_array_size(entries),
			 1 + report.gap_count + report.finding_count);
	json_decref(entries);
}

static void what_has_no_place_stands_at_the_first_declared_file(void **state)
{
	CLEANUP(report_release) struct report report;
	json_t *entries;

	(void)state;
	sample_scan(&report);
	entries = entries_of(&report);
	assert_string_equal(path_of(json_array_get(entries, 0)), "deploy/cache.yaml");
	assert_string_equal(path_of(json_array_get(entries, 1)), "deploy/cache.yaml");
	assert_string_equal(path_of(json_array_get(entries, 2)),
			    "deploy/chart/templates/api.yaml");
	json_decref(entries);
	report.declared_count = 0;
	entries = entries_of(&report);
	assert_string_equal(path_of(json_array_get(entries, 0)), ".gitlab-ci.yml");
	json_decref(entries);
}

static void only_a_clean_report_is_empty(void **state)
{
	CLEANUP(report_release) struct report clean, empty;
	json_t *entries;

	(void)state;
	sample_clean(&clean);
	entries = entries_of(&clean);
	assert_int_equal(json_array_size(entries), 0);
	json_decref(entries);
	report_init(&empty);
	empty.scan.exit_status = 5;
	entries = entries_of(&empty);
	assert_int_equal(json_array_size(entries), 1);
	json_decref(entries);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_as_before),
		cmocka_unit_test(fingerprints_are_unique),
		cmocka_unit_test(nothing_is_left_out_that_stands),
		cmocka_unit_test(what_has_no_place_stands_at_the_first_declared_file),
		cmocka_unit_test(only_a_clean_report_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
