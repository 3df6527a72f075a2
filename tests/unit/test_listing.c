#include "reports/listing.h"

#include "tests/unit/check.h"

static struct finding findings[] = {
	{ .rule = "a", .level = LEVEL_NOTE, .state = FINDING_NEW },
	{ .rule = "b", .level = LEVEL_ERROR, .state = FINDING_FIXED },
	{ .rule = "c", .level = LEVEL_ERROR, .state = FINDING_OPEN },
	{ .rule = "d", .level = LEVEL_NONE, .state = FINDING_OPEN },
	{ .rule = "e", .level = LEVEL_WARNING, .state = FINDING_UNKNOWN },
	{ .rule = "f", .level = LEVEL_ERROR, .state = FINDING_NEW },
	{ .rule = "g", .level = LEVEL_WARNING, .state = FINDING_WAIVED },
	{ .rule = "h", .level = LEVEL_ERROR, .state = FINDING_WAIVED },
	{ .rule = "i", .level = LEVEL_ERROR, .state = FINDING_KNOWN },
};

static const struct report report = {
	.findings = findings,
	.finding_count = ARRAY_LENGTH(findings),
};

static void check_rules(bool verbose, bool known, const char *rules)
{
	CLEANUP(listing_release)
	struct listing listing = listing_of(&report, verbose, known);

	assert_int_equal(listing.count, strlen(rules));
	for (size_t i = 0; i < listing.count; i++)
		assert_int_equal(listing.findings[i]->rule[0], rules[i]);
}

static void the_worst_come_first_and_the_order_stays(void **state)
{
	(void)state;
	check_rules(false, false, "cfeahg");
}

static void level_none_is_listed_where_all_is_asked_for(void **state)
{
	(void)state;
	check_rules(true, false, "cfeadhg");
}

static void what_the_baseline_knew_is_listed_where_it_is_asked_for(void **state)
{
	(void)state;
	check_rules(false, true, "cfeahig");
}

static void nothing_is_listed_of_nothing(void **state)
{
	static const struct report empty;
	CLEANUP(listing_release) struct listing listing = listing_of(&empty, true, false);

	(void)state;
	assert_int_equal(listing.count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worst_come_first_and_the_order_stays),
		cmocka_unit_test(level_none_is_listed_where_all_is_asked_for),
		cmocka_unit_test(what_the_baseline_knew_is_listed_where_it_is_asked_for),
		cmocka_unit_test(nothing_is_listed_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
