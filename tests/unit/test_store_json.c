#include "tests/unit/store_world.h"

static void coverage_comes_back(void **state)
{
	static const struct coverage coverage[] = {
		{ "cluster/uid:1", true, "cluster: 5 pods" },
		{ "tree/x/path/d\"e\\f.yaml", false, "" },
	};
	char *text CLEANUP(free_pointer) = coverage_format(coverage, 2);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct coverage_list list;

	(void)state;
	assert_true(coverage_parse(text, &arena, &list, &err));
	assert_int_equal(list.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(list.items[i].scope, coverage[i].scope);
		assert_string_equal(list.items[i].note, coverage[i].note);
		assert_int_equal(list.items[i].observed, coverage[i].observed);
	}
}

static void every_kind_of_gap_comes_back(void **state)
{
	(void)state;
	for (int kind = 0; kind < GAP_KIND_COUNT; kind++) {
		const struct gap gap = { (enum gap_kind)kind,
					 "namespace shop",
					 "may not list pods",
					 "cluster/uid:1",
					 true,
					 NULL };
		char *text CLEANUP(free_pointer) = gaps_format(&gap, 1);
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct gap *gaps;
		size_t count;

		CHECK(gap_name(gap.kind), gaps_parse(text, &arena, &gaps, &count, &err));
		CHECK(gap_name(gap.kind), count == 1 && gaps[0].kind == gap.kind);
		CHECK_TEXT(gap_name(gap.kind), gaps[0].subject, gap.subject);
		CHECK_TEXT(gap_name(gap.kind), gaps[0].reason, gap.reason);
		CHECK_TEXT(gap_name(gap.kind), gaps[0].scope, gap.scope);
		CHECK(gap_name(gap.kind), gaps[0].waived);
	}
}

static void request_figures_come_back(void **state)
{
	const struct request_count request = { .host = "127.0.0.1:5000",
					       .made = UINT32_MAX,
					       .failed = 2,
					       .spared = 3,
					       .refused = 4,
					       .bytes = (uint64_t)1 << 40 };
	char *text CLEANUP(free_pointer) = requests_format(&request, 1);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct request_count *requests;
	size_t count;

	(void)state;
	assert_true(requests_parse(text, &arena, &requests, &count, &err));
	assert_int_equal(count, 1);
	assert_string_equal(requests[0].host, request.host);
	assert_true(requests[0].made == UINT32_MAX);
	assert_int_equal(requests[0].failed, 2);
	assert_int_equal(requests[0].spared, 3);
	assert_int_equal(requests[0].refused, 4);
	assert_true(requests[0].bytes == request.bytes);
}

static void only_tags_without_an_answer_are_kept(void **state)
{
	static const struct tag_fact tags[] = {
		{ "r.io", "a", "1", FACT_FOUND, { DIGEST_A }, "", 0, NULL, 0 },
		{ "r.io", "b", "2", FACT_DENIED, { "" }, "401", 0, NULL, 0 },
		{ "r.io", "c", "3", FACT_ABSENT, { "" }, "404", 0, NULL, 0 },
		{ "r.io", "d", "4", FACT_UNKNOWN, { "" }, "no answer", 0, NULL, 0 },
	};
	char *text CLEANUP(free_pointer) = unanswered_format(tags, ARRAY_LENGTH(tags));
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct report_tag *unanswered;
	size_t count;

	(void)state;
	assert_true(unanswered_parse(text, &arena, &unanswered, &count, &err));
	assert_int_equal(count, 2);
	assert_string_equal(unanswered[0].repository, "b");
	assert_string_equal(unanswered[0].state, "denied");
	assert_string_equal(unanswered[1].tag, "4");
	assert_string_equal(unanswered[1].state, "unknown");
	assert_false(digest_known(&unanswered[1].digest));
}

static void ids_come_back_in_order(void **state)
{
	int64_t declared[] = { 9, INT64_MAX, 4 };
	const struct partial_sight partial = { .declared = { declared, 3 } };
	char *text CLEANUP(free_pointer) = partial_format(&partial);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct partial_sight parsed;

	(void)state;
	assert_true(partial_parse(text, &arena, &parsed, &err));
	assert_int_equal(parsed.declared.count, 3);
	assert_int_equal(parsed.running.count, 0);
	assert_true(id_set_has(&parsed.declared, 4));
	assert_true(id_set_has(&parsed.declared, 9));
	assert_true(id_set_has(&parsed.declared, INT64_MAX));
	assert_false(id_set_has(&parsed.declared, 5));
	assert_false(id_set_has(&parsed.findings, 4));
}

static void nothing_is_an_empty_list(void **state)
{
	char *text CLEANUP(free_pointer) = gaps_format(NULL, 0);

	(void)state;
	assert_string_equal(text, "[]");
}

static void equal_values_give_equal_bytes(void **state)
{
	const struct coverage coverage = { "cluster/uid:1", true, "note" };
	char *text CLEANUP(free_pointer) = coverage_format(&coverage, 1);

	(void)state;
	assert_string_equal(
		text,
		"[{\"note\":\"note\",\"observed\":true,\"scope\":\"cluster/uid:1\"}]");
}

static void bytes_that_are_no_text_become_visible(void **state)
{
	const struct coverage coverage = { "tree/x/path/\xff\xc3\xa9\x80", true, "" };
	char *text CLEANUP(free_pointer) = coverage_format(&coverage, 1);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct coverage_list list;

	(void)state;
	assert_true(coverage_parse(text, &arena, &list, &err));
	assert_string_equal(list.items[0].scope, "tree/x/path/\\xff\xc3\xa9\\x80");
}

static const char *const damaged[] = { "", "[", "nonsense", "[{\"kind\":\"headache\"}]" };

static void a_damaged_column_is_an_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(damaged); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct gap *gaps;
		size_t count;

		CHECK(damaged[i], !gaps_parse(damaged[i], &arena, &gaps, &count, &err));
		CHECK(damaged[i], err.code == ERROR_STORE);
		CHECK(err.text, strstr(err.text, "damaged") != NULL);
	}
}

static void json_of_another_shape_is_no_danger(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct coverage_list list;
	struct partial_sight partial;

	(void)state;
	assert_true(coverage_parse("{\"scope\":1}", &arena, &list, &err));
	assert_int_equal(list.count, 0);
	assert_true(coverage_parse("[1,null,{\"scope\":2}]", &arena, &list, &err));
	assert_int_equal(list.count, 3);
	assert_string_equal(list.items[2].scope, "");
	assert_true(partial_parse("{\"running\":[\"x\"]}", &arena, &partial, &err));
	assert_false(id_set_has(&partial.running, 7));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(coverage_comes_back),
		cmocka_unit_test(every_kind_of_gap_comes_back),
		cmocka_unit_test(request_figures_come_back),
		cmocka_unit_test(only_tags_without_an_answer_are_kept),
		cmocka_unit_test(ids_come_back_in_order),
		cmocka_unit_test(nothing_is_an_empty_list),
		cmocka_unit_test(equal_values_give_equal_bytes),
		cmocka_unit_test(bytes_that_are_no_text_become_visible),
		cmocka_unit_test(a_damaged_column_is_an_error),
		cmocka_unit_test(json_of_another_shape_is_no_danger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
