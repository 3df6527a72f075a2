/* The table of rules: complete, and every row with one predicate of its subject's kind.
 */
#include "check.h"

#include "drift/rules.h"

static void every_row_says_all_there_is_to_say(void **state)
{
	(void)state;
	for (const struct rule *rule = rules; rule->id; rule++) {
		CHECK(rule->id, rule->title && rule->title[0] != '\0');
		CHECK(rule->id, rule->why && strlen(rule->why) <= 1000);
		CHECK(rule->id, rule->mend && rule->mend[0] != '\0');
		CHECK(rule->id, rule->title[strlen(rule->title) - 1] != '.');
		CHECK(rule->id, strspn(rule->id, "abcdefghijklmnopqrstuvwxyz-") ==
					strlen(rule->id));
	}
}

static void every_row_judges_subjects_of_its_kind_alone(void **state)
{
	(void)state;
	for (const struct rule *rule = rules; rule->id; rule++) {
		CHECK(rule->id, (rule->subject == SUBJECT_USE) == (rule->use != NULL));
		CHECK(rule->id, (rule->subject == SUBJECT_DECLARATION) ==
					(rule->declaration != NULL));
		CHECK(rule->id, (rule->subject == SUBJECT_TAG) == (rule->tag != NULL));
		CHECK(rule->id, (rule->subject == SUBJECT_PIN) == (rule->pin != NULL));
	}
}

static void ids_are_given_once(void **state)
{
	(void)state;
	for (const struct rule *rule = rules; rule->id; rule++)
		CHECK(rule->id, rule_find(rule->id) == rule);
	assert_null(rule_find("no-such-rule"));
	assert_null(rule_find(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_says_all_there_is_to_say),
		cmocka_unit_test(every_row_judges_subjects_of_its_kind_alone),
		cmocka_unit_test(ids_are_given_once),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
