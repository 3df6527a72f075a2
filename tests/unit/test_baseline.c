#include "commands/baseline.h"

#include "tests/unit/scratch.h"

#define REPORT(findings) "{\"schema\": \"pindrift/v1\", \"findings\": " findings "}"

/* What becomes of a finding with that fingerprint and state. */
static enum finding_state applied(const char *report, const char *fingerprint,
				  enum finding_state state, bool elsewhere)
{
	struct judged_finding judged = {
		.finding = { .fingerprint = fingerprint, .state = state },
		.elsewhere = elsewhere,
	};
	struct outcome outcome = { .findings = &judged, .finding_count = 1 };
	CLEANUP(baseline_release) struct baseline baseline;
	struct error err = ERROR_INIT;

	scratch_write("baseline.json", report, strlen(report));
	if (!baseline_load(&baseline, "baseline.json", &err))
		fail_msg("%s", err.text);
	baseline_apply(&baseline, &outcome);
	return judged.finding.state;
}

static const struct {
	const char *label, *finding; /* of the baseline; ours is "aa" */
	enum finding_state state;
	bool elsewhere;
	enum finding_state expected;
} cases[] = {
	{ "known", "{\"fingerprint\": \"aa\", \"state\": \"new\"}", FINDING_NEW, false,
	  FINDING_KNOWN },
	{ "open by now", "{\"fingerprint\": \"aa\", \"state\": \"open\"}", FINDING_OPEN,
	  false, FINDING_KNOWN },
	{ "hidden by a gap then", "{\"fingerprint\": \"aa\", \"state\": \"unknown\"}",
	  FINDING_NEW, false, FINDING_KNOWN },
	{ "known from a baseline then", "{\"fingerprint\": \"aa\", \"state\": \"known\"}",
	  FINDING_NEW, false, FINDING_KNOWN },
	{ "another one", "{\"fingerprint\": \"aaa\", \"state\": \"new\"}", FINDING_NEW,
	  false, FINDING_NEW },
	{ "none", "{\"state\": \"new\"}", FINDING_NEW, false, FINDING_NEW },
	{ "no text", "{\"fingerprint\": [\"aa\"], \"state\": \"new\"}", FINDING_NEW,
	  false, FINDING_NEW },
	{ "fixed then: it came back", "{\"fingerprint\": \"aa\", \"state\": \"fixed\"}",
	  FINDING_NEW, false, FINDING_NEW },
	{ "waived then: no longer than the waiver",
	  "{\"fingerprint\": \"aa\", \"state\": \"waived\"}", FINDING_NEW, false,
	  FINDING_NEW },
	{ "waived now", "{\"fingerprint\": \"aa\", \"state\": \"new\"}", FINDING_WAIVED,
	  false, FINDING_WAIVED },
	{ "fixed now", "{\"fingerprint\": \"aa\", \"state\": \"new\"}", FINDING_FIXED,
	  false, FINDING_FIXED },
	{ "not this scan's to tell", "{\"fingerprint\": \"aa\", \"state\": \"new\"}",
	  FINDING_OPEN, true, FINDING_OPEN },
};

static void what_stood_then_is_known_while_it_stands(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char report[1000];

		snprintf(report, sizeof(report), REPORT("[%s]"), cases[i].finding);
		CHECK(cases[i].label, applied(report, "aa", cases[i].state,
					      cases[i].elsewhere) == cases[i].expected);
	}
}

static void one_of_many_is_found(void **state)
{
	const char *report = REPORT("[{\"fingerprint\": \"a\", \"state\": \"new\"},"
				    " {\"fingerprint\": \"a\", \"state\": \"new\"},"
				    " {\"fingerprint\": \"b\", \"state\": \"new\"}]");

	(void)state;
	assert_int_equal(applied(report, "a", FINDING_NEW, false), FINDING_KNOWN);
	assert_int_equal(applied(report, "b", FINDING_NEW, false), FINDING_KNOWN);
	assert_int_equal(applied(report, "c", FINDING_NEW, false), FINDING_NEW);
	assert_int_equal(applied(REPORT("[]"), "a", FINDING_NEW, false), FINDING_NEW);
}

static const char *const refused[] = {
	"",
	"[]",
	"{\"findings\": []}",
	"{\"schema\": \"pindrift/v2\", \"findings\": []}",
	"{\"schema\": \"pindrift/v1\"}",
	"{\"schema\": \"pindrift/v1\", \"findings\": {\"fingerprint\": \"a\"}}",
	"{\"schema\": \"pindrift/v1\", \"findings\": [",
};

static void what_is_no_report_is_no_baseline(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		CLEANUP(baseline_release) struct baseline baseline;
		struct error err = ERROR_INIT;

		scratch_write("baseline.json", refused[i], strlen(refused[i]));
		CHECK(refused[i], !baseline_load(&baseline, "baseline.json", &err));
		CHECK(refused[i], err.code == ERROR_USAGE);
		CHECK(refused[i], strstr(err.text, "--baseline baseline.json: ") != NULL);
	}
}

static void without_a_file_nothing_is_known(void **state)
{
	CLEANUP(baseline_release) struct baseline baseline;
	struct error err = ERROR_INIT;

	(void)state;
	assert_true(baseline_load(&baseline, NULL, &err));
	assert_int_equal(baseline.fingerprints.count, 0);
	assert_false(baseline_load(&baseline, "absent.json", &err));
	assert_int_equal(err.code, ERROR_USAGE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCRATCH(what_stood_then_is_known_while_it_stands),
		IN_SCRATCH(one_of_many_is_found),
		IN_SCRATCH(what_is_no_report_is_no_baseline),
		IN_SCRATCH(without_a_file_nothing_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
