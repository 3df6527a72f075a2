#include "model/area.h"

#include "tests/unit/check.h"

/* A cluster that could not be seen, but for one namespace; a tree but for one file. */
static struct areas areas_of_a_scan(void)
{
	struct areas areas = AREAS_INIT;

	areas_ask(&areas, "cluster/A", false);
	areas_ask(&areas, "cluster/A/namespace/shop", true);
	areas_ask(&areas, "cluster/B", true);
	areas_hide(&areas, "cluster/B/namespace/secret");
	areas_ask(&areas, "tree/T/path/deploy/", true);
	areas_ask(&areas, "tree/T/path/deploy/broken.yaml", false);
	areas_ask(&areas, "tree/U", true);
	areas_ask(&areas, "tree/U", false);
	areas_ask(&areas, "tree/U", true);
	areas_hide(&areas, "tree/V");
	return areas;
}

static const struct {
	const char *scope;
	bool asked, missed, hidden;
} around_cases[] = {
	{ "cluster/A", true, true, false },
	{ "cluster/A/namespace/shop", true, false, false }, /* the nearest decides */
	{ "cluster/A/namespace/shop2", true, true, false },
	{ "cluster/B/namespace/shop", true, false, false },
	{ "cluster/B/namespace/secret", true, false, true },
	{ "cluster/B/namespace/secrets", true, false, false },
	{ "cluster/C/namespace/shop", false, false, false },
	{ "cluster", false, false, false },
	{ "tree/T/path/deploy/web.yaml", true, false, false },
	{ "tree/T/path/deploy/more/web.yaml", true, false, false },
	{ "tree/T/path/deploy/broken.yaml", true, true, false },
	{ "tree/T/path/deployment.yaml", false, false, false },
	{ "tree/U/path/x.yaml", true, true, false },  /* of two answers "missed" counts */
	{ "tree/V/path/x.yaml", false, false, true }, /* a gap is no question */
	{ "", false, false, false },
};

static void the_nearest_area_that_was_asked_for_decides_and_any_gap_hides(void **state)
{
	CLEANUP(areas_release) struct areas areas = areas_of_a_scan();

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(around_cases); i++) {
		struct area around = areas_around(&areas, around_cases[i].scope);

		CHECK(around_cases[i].scope, around.asked == around_cases[i].asked);
		CHECK(around_cases[i].scope, around.missed == around_cases[i].missed);
		CHECK(around_cases[i].scope, around.hidden == around_cases[i].hidden);
	}
}

static const struct {
	const char *scope;
	bool hole;
} hole_cases[] = {
	{ "cluster/A", true },
	{ "cluster/A/namespace/shop", false },
	{ "cluster/B", true },
	{ "cluster/B/namespace/shop", false },
	{ "tree/T", true },
	{ "tree/T/path/deploy/", true },
	{ "tree/T/path/deploy/more/", false },
	{ "tree/V", true },
	{ "tree/W", false },
};

static void an_area_has_a_hole_where_a_part_was_not_seen(void **state)
{
	CLEANUP(areas_release) struct areas areas = areas_of_a_scan();

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(hole_cases); i++)
		CHECK(hole_cases[i].scope,
		      areas_have_hole(&areas, hole_cases[i].scope) == hole_cases[i].hole);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_nearest_area_that_was_asked_for_decides_and_any_gap_hides),
		cmocka_unit_test(an_area_has_a_hole_where_a_part_was_not_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
