#include "reports/words.h"

#include "tests/unit/check.h"

#define HEX "7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b"

static void counts_are_singular_for_one_alone(void **state)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	(void)state;
	words_count(&text, 0, "pod");
	words_comma(&text, 0);
	words_count(&text, 1, "pod");
	words_comma(&text, 0);
	words_count(&text, 12, "pod");
	assert_string_equal(buf_text(&text), "0 pods, 1 pod, 12 pods");
}

static void containers_are_counted_by_their_verdicts(void **state)
{
	struct report_use uses[] = {
		{ .verdict = "match", .state = "started", .pod_count = 5 },
		{ .verdict = "pending", .state = "failing", .pod_count = 1 },
		{ .verdict = "pending", .state = "pending", .pod_count = 2 },
		{ .verdict = "match", .state = "started", .pod_count = 7 },
	};
	struct report report = { .running = uses };
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	(void)state;
	words_running(&text, &report);
	assert_string_equal(buf_text(&text), "");
	report.running_count = ARRAY_LENGTH(uses);
	words_running(&text, &report);
	assert_string_equal(buf_text(&text),
			    "15 containers: 12 match, 2 pending, 1 failing");
}

static const struct {
	int64_t seconds;
	const char *words;
} durations[] = {
	{ -5, "0 seconds" },         { 0, "0 seconds" },     { 1, "1 second" },
	{ 119, "119 seconds" },      { 120, "2 minutes" },   { 7199, "119 minutes" },
	{ 7200, "2 hours" },         { 172799, "47 hours" }, { 172800, "2 days" },
	{ 86400 * 400, "400 days" },
};

static void durations_have_the_largest_unit_of_which_there_are_two(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(durations); i++) {
		CLEANUP(buf_release) struct buf text = WORDS_INIT;

		words_duration(&text, durations[i].seconds);
		assert_string_equal(buf_text(&text), durations[i].words);
	}
}

static const struct {
	uint64_t bytes;
	const char *words;
} sizes[] = {
	{ 0, "0 bytes" },         { 1, "1 byte" },
	{ 999, "999 bytes" },     { 1000, "1.0 kB" },
	{ 184320, "184 kB" },     { 1204033, "1.2 MB" },
	{ 5000000000, "5.0 GB" }, { UINT64_MAX, "18446744 TB" },
};

static void sizes_have_two_digits_at_least(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		CLEANUP(buf_release) struct buf text = WORDS_INIT;

		words_bytes(&text, sizes[i].bytes);
		assert_string_equal(buf_text(&text), sizes[i].words);
	}
}

static void times_are_minutes_in_utc(void **state)
{
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	(void)state;
	words_time(&text, 0);
	assert_string_equal(buf_text(&text), "");
	words_time(&text, 1795417920);
	assert_string_equal(buf_text(&text), "2026-11-23 07:12 UTC");
}

static const struct {
	const char *reference, *words;
} references[] = {
	{ "nginx:1.25", "nginx:1.25" },
	{ "a/b:1@sha256:" HEX, "a/b:1@sha256:7681a2ca5581" },
	{ "sha256:" HEX, "sha256:7681a2ca5581" },
	{ "docker-pullable://a/b@sha256:" HEX,
	  "docker-pullable://a/b@sha256:7681a2ca5581" },
	{ "a@sha256:abc", "a@sha256:abc" }, /* no digest: shown as it is */
	{ "a@b@sha256:" HEX, "a@b@sha256:" HEX },
	{ "", "" },
};

static void references_are_cut_where_they_end_with_a_digest(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(references); i++) {
		CLEANUP(buf_release) struct buf text = WORDS_INIT;

		words_reference(&text, references[i].reference);
		assert_string_equal(buf_text(&text), references[i].words);
	}
}

static const struct {
	struct finding finding;
	const char *words;
} subjects[] = {
	{ { .subject = SUBJECT_USE,
	    .namespace = "shop",
	    .object = { "apps", "Deployment", "web" },
	    .container = "app",
	    .class = "container" },
	  "shop Deployment/web, container app" },
	{ { .subject = SUBJECT_DECLARATION,
	    .namespace = "",
	    .object = { "", "Pod", "web" },
	    .container = "data",
	    .class = "image-volume" },
	  "Pod/web, image volume data" },
	{ { .subject = SUBJECT_TAG,
	    .namespace = "shop",
	    .object = { "apps", "Deployment", "web" },
	    .container = "app",
	    .class = "init",
	    .reference = "a/b:1" },
	  "a/b:1, in shop Deployment/web, init container app" },
	{ { .subject = SUBJECT_PIN,
	    .namespace = "",
	    .object = { "", "", "" },
	    .container = "",
	    .class = "",
	    .reference = "a/b@sha256:" HEX },
	  "a/b@sha256:7681a2ca5581" },
	{ { .subject = SUBJECT_DECLARATION,
	    .namespace = "",
	    .object = { "", "", "" },
	    .container = "",
	    .class = "",
	    .reference = "",
	    .file = "a.yaml" },
	  "a.yaml" },
};

static void a_subject_is_named_by_what_there_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(subjects); i++) {
		CLEANUP(buf_release) struct buf text = WORDS_INIT;

		words_subject(&text, &subjects[i].finding);
		assert_string_equal(buf_text(&text), subjects[i].words);
	}
}

static void a_place_has_the_file_as_the_user_named_it(void **state)
{
	struct finding finding = { .file = "../a.yaml", .path = "x/a.yaml" };
	CLEANUP(buf_release) struct buf text = WORDS_INIT;

	(void)state;
	words_place(&text, &finding);
	assert_string_equal(buf_text(&text), "../a.yaml");
	buf_clear(&text);
	finding.line = 3;
	finding.column = 7;
	words_place(&text, &finding);
	assert_string_equal(buf_text(&text), "../a.yaml:3:7");
	buf_clear(&text);
	finding.file = "";
	words_place(&text, &finding);
	assert_string_equal(buf_text(&text), "x/a.yaml:3:7");
}

static const struct {
	const char *scope, *namespace, *path;
} scopes[] = {
	{ "cluster/uid:1/namespace/shop", "shop", "" },
	{ "cluster/uid:1", "", "" },
	{ "cluster/a%2Fb/namespace/shop", "shop", "" },
	{ "tree/https:%2F%2Fx/path/deploy/web.yaml", "", "deploy/web.yaml" },
	{ "tree//path/a", "", "a" },
	{ "tree/namespace/namespace/x", "", "" },
	{ "", "", "" },
};

static void scopes_name_namespaces_and_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(scopes); i++) {
		assert_string_equal(scope_namespace(scopes[i].scope),
				    scopes[i].namespace);
		assert_string_equal(scope_path(scopes[i].scope), scopes[i].path);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_singular_for_one_alone),
		cmocka_unit_test(containers_are_counted_by_their_verdicts),
		cmocka_unit_test(durations_have_the_largest_unit_of_which_there_are_two),
		cmocka_unit_test(sizes_have_two_digits_at_least),
		cmocka_unit_test(times_are_minutes_in_utc),
		cmocka_unit_test(references_are_cut_where_they_end_with_a_digest),
		cmocka_unit_test(a_subject_is_named_by_what_there_is),
		cmocka_unit_test(a_place_has_the_file_as_the_user_named_it),
		cmocka_unit_test(scopes_name_namespaces_and_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
