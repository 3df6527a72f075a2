#include "model/outcome.h"

#include "tests/unit/check.h"

static void an_outcome_begins_empty_and_can_be_used_again(void **state)
{
	struct outcome outcome;

	(void)state;
	outcome_init(&outcome);
	assert_int_equal(outcome.finding_count, 0);
	assert_null(outcome.findings);
	outcome.findings = arena_alloc(&outcome.arena, sizeof(*outcome.findings));
	outcome.finding_count = 1;
	outcome_release(&outcome);
	assert_int_equal(outcome.finding_count, 0);
	assert_null(outcome.findings);
	assert_int_equal(outcome.arena.total, 0);
	outcome.uses = arena_alloc(&outcome.arena, sizeof(*outcome.uses));
	outcome_release(&outcome);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_outcome_begins_empty_and_can_be_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
