#include "commands/gate.h"

#include "tests/unit/check.h"

static const struct {
	const char *fail_on; /* NULL: not given */
	const char *rule;
	enum level level;
	enum finding_state state;
	bool fails;
} finding_cases[] = {
	{ NULL, "unpinned", LEVEL_ERROR, FINDING_NEW, true },
	{ NULL, "unpinned", LEVEL_ERROR, FINDING_OPEN, true },
	{ NULL, "unpinned", LEVEL_WARNING, FINDING_NEW, false },
	{ "warning", "unpinned", LEVEL_WARNING, FINDING_NEW, true },
	{ "warning", "unpinned", LEVEL_NOTE, FINDING_NEW, false },
	{ "note", "unpinned", LEVEL_NOTE, FINDING_NEW, true },
	{ "note", "unpinned", LEVEL_NONE, FINDING_NEW, false },
	{ "never", "unpinned", LEVEL_ERROR, FINDING_NEW, false },
	{ "tag-moved", "tag-moved", LEVEL_NONE, FINDING_NEW, true },
	{ "tag-moved", "unpinned", LEVEL_ERROR, FINDING_NEW, false },
	/* Only what stands now, and nobody accepted. */
	{ "note", "unpinned", LEVEL_ERROR, FINDING_UNKNOWN, false },
	{ "note", "unpinned", LEVEL_ERROR, FINDING_FIXED, false },
	{ "note", "unpinned", LEVEL_ERROR, FINDING_WAIVED, false },
	{ "note", "unpinned", LEVEL_ERROR, FINDING_KNOWN, false },
};

static void findings_fail_the_run_by_level_or_rule_while_they_stand(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(finding_cases); i++) {
		const struct settings settings = { .fail_on = finding_cases[i].fail_on };
		const struct finding finding = { .rule = finding_cases[i].rule,
						 .level = finding_cases[i].level,
						 .state = finding_cases[i].state };
		struct error err = ERROR_INIT;
		struct gate gate;

		assert_true(gate_init(&gate, &settings, &err));
		if (gate_fails(&gate, &finding) != finding_cases[i].fails)
			fail_msg("case %zu", i);
	}
}

static const struct {
	const char *label, *fail_on, *allowed;
} usage_cases[] = {
	{ "no level", "fatal", NULL },
	{ "none is no level to fail on", "none", NULL },
	{ "letters count", "Error", NULL },
	{ "no gap", "error", "unreadabl" },
	{ "nor with a glob", "error", "unreadable2:*" },
	{ "nor nothing", "error", "" },
};

static void what_is_neither_level_rule_nor_gap_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(usage_cases); i++) {
		const char *allowed = usage_cases[i].allowed;
		const struct settings settings = {
			.fail_on = usage_cases[i].fail_on,
			.allow_incomplete = { &allowed, allowed ? 1 : 0, NULL },
		};
		struct error err = ERROR_INIT;
		struct gate gate;

		CHECK(usage_cases[i].label, !gate_init(&gate, &settings, &err));
		CHECK(usage_cases[i].label, err.code == ERROR_USAGE);
	}
}

static const struct {
	const char *label, *allowed, *subject;
	bool waived;
} waive_cases[] = {
	{ "by its name", "unreadable", "deploy/a.yaml", true },
	{ "another one's", "not-yaml", "deploy/a.yaml", false },
	{ "a subject", "unreadable:deploy/a.yaml", "deploy/a.yaml", true },
	{ "all of a subject, not its beginning", "unreadable:deploy", "deploy/a.yaml",
	  false },
	{ "a glob, which goes through folders", "unreadable:deploy/*",
	  "deploy/more/a.yaml", true },
	{ "an empty glob is no glob for all", "unreadable:", "deploy/a.yaml", false },
};

static void gaps_are_waived_by_name_and_subject(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(waive_cases); i++) {
		const char *allowed = waive_cases[i].allowed;
		const struct settings settings = { .allow_incomplete = { &allowed, 1,
									 NULL } };
		struct gap gap = { .kind = GAP_UNREADABLE,
				   .subject = waive_cases[i].subject };
		struct error err = ERROR_INIT;
		struct gate gate;

		CHECK(waive_cases[i].label, gate_init(&gate, &settings, &err));
		gate_waive(&gate, &gap, 1);
		CHECK(waive_cases[i].label, gap.waived == waive_cases[i].waived);
	}
}

/* When several apply: 1, 3, 5. */
static const struct {
	const char *label;
	bool finding, elsewhere, gap, waived, nothing, allow_empty, never;
	enum exit_status status;
} status_cases[] = {
	{ .label = "all is well", .status = EXIT_PASSES },
	{ .label = "a finding", .finding = true, .status = EXIT_VIOLATED },
	{ .label = "one that is not this scan's to tell",
	  .finding = true,
	  .elsewhere = true,
	  .status = EXIT_PASSES },
	{ .label = "a gap", .gap = true, .status = EXIT_INCOMPLETE },
	{ .label = "a waived gap", .gap = true, .waived = true, .status = EXIT_PASSES },
	{ .label = "a finding before a gap",
	  .finding = true,
	  .gap = true,
	  .status = EXIT_VIOLATED },
	{ .label = "--fail-on never does not hide a gap",
	  .finding = true,
	  .gap = true,
	  .never = true,
	  .status = EXIT_INCOMPLETE },
	{ .label = "nothing", .nothing = true, .status = EXIT_NOTHING },
	{ .label = "nothing, which is allowed",
	  .nothing = true,
	  .allow_empty = true,
	  .status = EXIT_PASSES },
	{ .label = "a gap before nothing",
	  .gap = true,
	  .nothing = true,
	  .status = EXIT_INCOMPLETE },
	{ .label = "a waived gap, and nothing else",
	  .gap = true,
	  .waived = true,
	  .nothing = true,
	  .status = EXIT_NOTHING },
};

static void the_worst_decides_the_exit_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(status_cases); i++) {
		const struct settings settings = {
			.fail_on = status_cases[i].never ? "never" : NULL,
			.allow_empty = status_cases[i].allow_empty,
		};
		struct judged_finding judged = {
			.finding = { .rule = "unpinned", .level = LEVEL_ERROR },
			.elsewhere = status_cases[i].elsewhere,
		};
		const struct outcome outcome = { .findings = &judged,
						 .finding_count =
							 status_cases[i].finding };
		const struct gap gap = { .kind = GAP_UNREADABLE,
					 .waived = status_cases[i].waived };
		struct error err = ERROR_INIT;
		struct gate gate;

		assert_true(gate_init(&gate, &settings, &err));
		CHECK(status_cases[i].label,
		      gate_status(&gate, &outcome, &gap, status_cases[i].gap,
				  status_cases[i].nothing) == status_cases[i].status);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings_fail_the_run_by_level_or_rule_while_they_stand),
		cmocka_unit_test(what_is_neither_level_rule_nor_gap_is_refused),
		cmocka_unit_test(gaps_are_waived_by_name_and_subject),
		cmocka_unit_test(the_worst_decides_the_exit_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
