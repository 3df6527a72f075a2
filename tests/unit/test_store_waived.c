#include "store/store_private.h"

#include "tests/unit/check.h"
#include "tests/unit/store_world.h"

#define SPANS "SELECT count(*) FROM waived_span"

static struct waiver waiver = {
	.until_text = "2027-01-31",
	.reason = "why",
	.file = "deploy/web.yaml",
	.line = 7,
	.in_tree = true,
};

static void scan(struct store *store, enum finding_state state)
{
	CLEANUP(world_release) struct world world;
	struct judged_finding *judged;

	world_init(&world);
	world_clear(&world);
	world_cover_namespace(&world, "shop", true);
	judged = world_find(&world, store, "a", "shop", state);
	if (state == FINDING_WAIVED)
		judged->finding.waiver = &waiver;
	world_scan(&world, store);
}

static void check_scan(struct store *store, int64_t id, const char *state,
		       const char *until)
{
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;

	report_init(&report);
	assert_true(store_load_report(store, id, &report, &err));
	assert_int_equal(report.finding_count, 1);
	assert_string_equal(finding_state_name(report.findings[0].state), state);
	assert_string_equal(
		report.findings[0].waiver ? report.findings[0].waiver->until_text : "",
		until);
}

static void a_waived_finding_is_a_span_and_comes_back_open(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	scan(store, FINDING_WAIVED);
	scan(store, FINDING_WAIVED);
	assert_int_equal(world_number(store, SPANS), 1);
	scan(store, FINDING_OPEN);
	scan(store, FINDING_KNOWN);
	scan(store, FINDING_FIXED);
	assert_int_equal(world_number(store, SPANS), 2);
	assert_int_equal(world_number(store, SPANS " WHERE ended_scan IS NULL"), 0);
	check_scan(store, 1, "waived", "2027-01-31");
	check_scan(store, 2, "waived", "2027-01-31");
	check_scan(store, 3, "open", "");
	check_scan(store, 4, "known", "");
	check_scan(store, 5, "fixed", "");
}

static void another_waiver_begins_another_span_a_moved_one_does_not(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	scan(store, FINDING_WAIVED);
	waiver.line = 9;
	scan(store, FINDING_WAIVED);
	assert_int_equal(world_number(store, SPANS), 1);
	assert_int_equal(world_number(store, "SELECT line FROM waived_span"), 9);
	waiver.until_text = "2027-02-28";
	scan(store, FINDING_WAIVED);
	waiver.until_text = "2027-01-31";
	assert_int_equal(world_number(store, SPANS), 2);
	check_scan(store, 2, "waived", "2027-01-31");
	check_scan(store, 3, "waived", "2027-02-28");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_waived_finding_is_a_span_and_comes_back_open),
		WORLD_TEST(another_waiver_begins_another_span_a_moved_one_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
