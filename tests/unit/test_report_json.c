#include "tests/unit/check.h"
#include "tests/unit/sample_report.h"

#include <jansson.h>

static const struct report_style plain;

static json_t *document_of(const struct report *report)
{
	CLEANUP(free_pointer) char *text = sample_render("json", report, &plain, NULL);
	json_error_t bad;
	json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, &bad);

	if (!document)
		fail_msg("line %d: %s", bad.line, bad.text);
	return document;
}

static void documents_are_as_before(void **state)
{
	(void)state;
	sample_golden("report.json", sample_scan, &plain);
	sample_golden("check.json", sample_check, &plain);
	sample_golden("hostile.json", sample_hostile, &plain);
}

static void every_list_is_whole(void **state)
{
	CLEANUP(report_release) struct report report;
	json_t *document;

	(void)state;
	sample_hostile(&report);
	document = document_of(&report);
	assert_int_equal(json_array_size(json_object_get(document, "findings")),
			 report.finding_count);
	assert_int_equal(json_array_size(json_object_get(document, "gaps")),
			 report.gap_count);
	assert_int_equal(json_array_size(json_object_get(document, "coverage")),
			 report.coverage_count);
	assert_int_equal(json_array_size(json_object_get(document, "declared")),
			 report.declared_count);
	assert_int_equal(json_array_size(json_object_get(document, "running")),
			 report.running_count);
	assert_int_equal(json_array_size(json_object_get(document, "resolved")),
			 report.tag_count);
	json_decref(document);
}

static void text_comes_back_as_it_was(void **state)
{
	CLEANUP(report_release) struct report report;
	json_t *document, *findings;

	(void)state;
	sample_hostile(&report);
	document = document_of(&report);
	findings = json_object_get(document, "findings");
	for (size_t i = 0; i < report.finding_count; i++) {
		json_t *message = json_object_get(json_array_get(findings, i), "message");
		json_t *sent = json_string(report.findings[i].message);

		/* All but invalid UTF-8, which JSON cannot hold. */
		if (sent)
			assert_true(json_equal(message, sent));
		else
			assert_true(json_is_string(message));
		json_decref(sent);
	}
	json_decref(document);
}

static void the_bytes_are_ascii(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_hostile(&report);
	text = sample_render("json", &report, &plain, NULL);
	for (const char *byte = text; *byte; byte++)
		assert_true(*byte == '\n' ||
			    (*byte >= ' ' && (unsigned char)*byte < 0x80));
}

static void what_is_not_there_is_empty_or_null(void **state)
{
	CLEANUP(report_release) struct report report;
	json_t *document;

	(void)state;
	report_init(&report);
	document = document_of(&report);
	assert_true(json_is_null(json_object_get(document, "cluster")));
	assert_true(
		json_is_null(json_object_get(json_object_get(document, "scan"), "id")));
	assert_string_equal(json_string_value(json_object_get(
				    json_object_get(document, "scan"), "started_at")),
			    "");
	assert_int_equal(json_array_size(json_object_get(document, "waivers")), 0);
	json_decref(document);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_as_before),
		cmocka_unit_test(every_list_is_whole),
		cmocka_unit_test(text_comes_back_as_it_was),
		cmocka_unit_test(the_bytes_are_ascii),
		cmocka_unit_test(what_is_not_there_is_empty_or_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
