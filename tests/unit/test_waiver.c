#include "model/waiver.h"

#include "tests/unit/check.h"

#define NOW 1795478400 /* 2026-11-24T00:00:00Z */
#define DAY 86400

static const struct {
	const char *text;
	enum error_code code;
	int64_t until;
} cases[] = {
	{ "2026-11-24", ERROR_NONE, NOW + DAY },
	{ "2026-11-23", ERROR_NONE, NOW },
	{ "2027-11-25", ERROR_NONE, NOW + 367 * DAY },
	{ "2027-11-26", ERROR_LIMIT, 0 },
	{ "9999-12-31", ERROR_LIMIT, 0 },
	{ "2026-02-30", ERROR_SYNTAX, 0 },
	{ "2026-1-1", ERROR_SYNTAX, 0 },
	{ "2026-11-24T00:00:00Z", ERROR_SYNTAX, 0 },
	{ "tomorrow", ERROR_SYNTAX, 0 },
	{ "", ERROR_SYNTAX, 0 },
};

static void a_last_day_is_a_date_at_most_a_year_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err = ERROR_INIT;
		int64_t until = 0;
		bool ok = waiver_until_parse(&until, cases[i].text, NOW, &err);

		CHECK(cases[i].text, ok == (cases[i].code == ERROR_NONE));
		CHECK(cases[i].text, err.code == cases[i].code);
		CHECK(cases[i].text, until == cases[i].until);
	}
}

static void a_waiver_holds_through_its_last_day_unless_it_is_wrong(void **state)
{
	struct waiver waiver = { .until = NOW };

	(void)state;
	assert_true(waiver_holds(&waiver, NOW - 1));
	assert_false(waiver_holds(&waiver, NOW));
	waiver.problem = "no reason";
	assert_false(waiver_holds(&waiver, NOW - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_last_day_is_a_date_at_most_a_year_off),
		cmocka_unit_test(a_waiver_holds_through_its_last_day_unless_it_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
