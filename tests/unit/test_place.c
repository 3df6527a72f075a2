#include "reports/place.h"

#include "reports/words.h"
#include "tests/unit/check.h"

static const struct {
	const char *path;
	bool inside;
} path_cases[] = {
	{ "deploy/web.yaml", true },
	{ "a..b/..c/d..", true },
	{ "-", true }, /* standard input: no place, but the only name that there is */
	{ "", false },
	{ "/etc/web.yaml", false },
	{ "../web.yaml", false },
	{ "..", false },
	{ "a/../../web.yaml", false },
	{ "a/..", false },
};

static void only_what_is_below_the_root_has_a_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(path_cases); i++) {
		struct finding finding = { .path = path_cases[i].path };

		CHECK(path_cases[i].path,
		      place_is_inside(path_cases[i].path) == path_cases[i].inside);
		CHECK_TEXT(path_cases[i].path, place_of_finding(&finding),
			   path_cases[i].inside ? path_cases[i].path : "");
	}
}

static const struct {
	const char *scope, *path;
} gap_cases[] = {
	{ "tree/k/path/deploy/web.yaml", "deploy/web.yaml" },
	{ "tree//path/100%25.yaml", "100%.yaml" },
	{ "tree//path/a%0Ab%FF.yaml", "a\nb\xff.yaml" },
	{ "tree//path/a%0", "a%0" },
	{ "tree//path/a%zz%00", "a%zz%00" },
	{ "tree//path/deploy/", "" }, /* a folder */
	{ "tree//path//etc/web.yaml", "" },
	{ "cluster/k/namespace/shop", "" },
	{ "", "" },
};

static void a_gap_has_the_place_of_the_file_that_it_hides(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(gap_cases); i++) {
		struct gap gap = { .scope = gap_cases[i].scope };
		CLEANUP(buf_release) struct buf path = WORDS_INIT;

		gap.subject = gap.reason = "";
		CHECK(gap_cases[i].scope, place_of_gap(&path, &gap) == 0);
		CHECK_TEXT(gap_cases[i].scope, buf_text(&path), gap_cases[i].path);
	}
}

static const struct {
	const char *subject, *reason;
	uint32_t line;
} line_cases[] = {
	{ "./deploy/a.yaml:12", "why", 12 },
	{ "./deploy/a.yaml:12", "line 3, column 4: why", 12 },
	{ "./deploy/a.yaml", "line 3, column 4: why", 3 },
	{ "./deploy/a.yaml", "line 3 is wrong", 0 },
	{ "./deploy/a.yaml", "why", 0 },
	{ "./deploy/a.yaml:", "why", 0 },
	{ "./deploy/a.yaml:1x", "why", 0 },
	{ "./deploy/a.yaml:12345678901", "why", 0 },
	{ "a chart:12", "why", 0 },
	{ ":1", "line ", 0 },
	{ "", "", 0 },
};

static void a_gap_has_the_line_that_it_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(line_cases); i++) {
		struct gap gap = { .scope = "tree//path/deploy/a.yaml",
				   .subject = line_cases[i].subject,
				   .reason = line_cases[i].reason };
		CLEANUP(buf_release) struct buf path = WORDS_INIT;

		CHECK(line_cases[i].subject,
		      place_of_gap(&path, &gap) == line_cases[i].line);
	}
}

static void a_name_that_ends_like_a_line_is_none(void **state)
{
	struct gap gap = { .scope = "tree//path/a:12",
			   .subject = "a:12",
			   .reason = "why" };
	CLEANUP(buf_release) struct buf path = WORDS_INIT;

	(void)state;
	assert_int_equal(place_of_gap(&path, &gap), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_below_the_root_has_a_place),
		cmocka_unit_test(a_gap_has_the_line_that_it_names),
		cmocka_unit_test(a_name_that_ends_like_a_line_is_none),
		cmocka_unit_test(a_gap_has_the_place_of_the_file_that_it_hides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
