#include "model/platform.h"

#include "tests/unit/check.h"

static const struct {
	const char *label, *offered, *node;
	bool fits;
} fit_cases[] = {
	{ "the same", "linux/amd64", "linux/amd64", true },
	{ "another architecture", "linux/arm64", "linux/amd64", false },
	{ "another system", "windows/amd64", "linux/amd64", false },
	{ "the node says no variant", "linux/arm/v7", "linux/arm", true },
	{ "the image says no variant", "linux/arm", "linux/arm/v7", true },
	{ "another variant", "linux/arm/v6", "linux/arm/v7", false },
	{ "the same variant", "linux/arm/v7", "linux/arm/v7", true },
	{ "unknown image", "", "linux/amd64", false },
	{ "unknown node", "linux/amd64", "", false },
	{ "both unknown", "", "", false },
};

static void fits_goes_by_system_architecture_and_variant_where_both_say_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(fit_cases); i++) {
		struct platform offered = platform_parse(fit_cases[i].offered);
		struct platform node = platform_parse(fit_cases[i].node);

		CHECK(fit_cases[i].label,
		      platform_fits(&offered, &node) == fit_cases[i].fits);
	}
}

static const char *const round_trips[] = { "linux/amd64", "linux/arm/v7", "windows/amd64",
					   "" };

static void format_and_parse_are_each_other_s_reverse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(round_trips); i++) {
		struct platform platform = platform_parse(round_trips[i]);
		char text[PLATFORM_TEXT_SIZE];

		CHECK_TEXT(round_trips[i], platform_format(text, &platform),
			   round_trips[i]);
	}
}

static const char *const no_platforms[] = {
	"linux",
	"linux/",
	"/amd64",
	"linux//v7",
	"linux/arm/",
	"linux/arm/v7/",
	"linux/arm/v7/x",
	"/",
	"a-name-of-an-operating-system-that-is-too-long/amd64",
	"linux/amd64/a-variant-that-is-too-long",
};

static void parse_takes_two_or_three_parts_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(no_platforms); i++) {
		struct platform platform = platform_parse(no_platforms[i]);
		struct platform unknown = { "", "", "" };

		CHECK(no_platforms[i], platform_equal(&platform, &unknown));
	}
}

static void long_names_are_cut_and_equal_no_real_platform(void **state)
{
	struct platform cut =
		platform_make("linux-but-much-longer-than-that", "amd64", "");
	struct platform real = platform_make("linux", "amd64", "");

	(void)state;
	assert_true(platform_known(&cut));
	assert_false(platform_equal(&cut, &real));
	assert_false(platform_fits(&cut, &real));
}

static void half_a_platform_is_unknown(void **state)
{
	struct platform no_system = platform_make("", "amd64", "");
	struct platform no_architecture = platform_make("linux", "", "");

	(void)state;
	assert_false(platform_known(&no_system));
	assert_false(platform_known(&no_architecture));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			fits_goes_by_system_architecture_and_variant_where_both_say_one),
		cmocka_unit_test(format_and_parse_are_each_other_s_reverse),
		cmocka_unit_test(parse_takes_two_or_three_parts_and_nothing_else),
		cmocka_unit_test(long_names_are_cut_and_equal_no_real_platform),
		cmocka_unit_test(half_a_platform_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
