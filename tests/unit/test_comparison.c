#include "drift/comparison.h"

#include "tests/unit/image_world.h"

static const char *const lines[] = {
	"config c1 linux/amd64 d1 d2",
	"config c1-again linux/amd64 d1 d2",
	"config c2 linux/amd64 d1 d3",
	"config c-arm linux/arm64 d1 d2",
	"config c-short linux/amd64 d1",
	"config c-unnamed - d1 d3",
	"config c-blake linux/amd64 ?d1 d2",
	"config none linux/amd64",
	"config none-too linux/amd64",
	"other c-other",
	"manifest one c1 l1 l2",
	"manifest one-again c1 l1 l2",
	"manifest one-packed c1 p1 p2",
	"manifest one-short c1 p1",
	"manifest rebuilt c1-again l1 l2",
	"manifest rebuilt-packed c1-again p1 p2",
	"manifest two c2 l1 l3",
	"manifest arm c-arm a1 a2",
	"manifest misfit c-short m1 m2",
	"manifest misfit-packed c-short n1 n2",
	"manifest unnamed c-unnamed u1 u2",
	"manifest blake c-blake b1 b2",
	"manifest config-of-blake ?c b1 b2",
	"manifest layers-of-blake c1 ?x ?y",
	"manifest bare none l1",
	"manifest bare-same none-too l1",
	"manifest bare-other none-too l9",
	"manifest no-layers none",
	"manifest no-layers-same none",
	"manifest no-layers-other none-too",
	"manifest odd c-other l1",
	"manifest odd-packed c-other p1",
	"manifest lost c-lost l1 l2",
	"manifest lost-packed c-lost p1 p2",
	"manifest lost-too c-lost-too l1 l2",
	"artifact chart a1",
	"artifact chart-again a1",
	"artifact chart-other a2",
	"artifact blake-chart ?a",
	"artifact hollow",
	"artifact hollow-too",
	"artifact like-one l1 l2",
	"index index one=linux/amd64",
	"other relic",
};

static const struct {
	const char *label, *a, *b;
	enum verdict_answer answer;
	enum verdict_how how;
	bool one_platform;
} cases[] = {
	{ "the same", "one", "one", VERDICT_MATCH, HOW_PLATFORM, false },
	{ "another wrapping", "one", "one-again", VERDICT_MATCH, HOW_CONFIG, false },
	{ "recompressed", "one", "one-packed", VERDICT_MATCH, HOW_CONFIG, false },
	{ "a layer too few proves nothing", "one", "one-short", VERDICT_UNKNOWN, HOW_NONE,
	  false },
	{ "a config with too few diff_ids proves nothing", "misfit", "misfit-packed",
	  VERDICT_UNKNOWN, HOW_NONE, false },
	{ "another config over the same layers", "one", "rebuilt", VERDICT_DRIFT,
	  HOW_CONFIG_ONLY, true },
	{ "another config over the same layers, recompressed", "one", "rebuilt-packed",
	  VERDICT_DRIFT, HOW_CONFIG_ONLY, true },
	{ "other layers", "one", "two", VERDICT_DRIFT, HOW_LAYERS, true },
	{ "another platform", "one", "arm", VERDICT_DRIFT, HOW_CONFIG_ONLY, false },
	{ "a platform that is not said", "one", "unnamed", VERDICT_DRIFT, HOW_LAYERS,
	  false },
	{ "a diff_id that cannot be read", "one", "blake", VERDICT_DRIFT, HOW_LAYERS,
	  true },
	{ "other configs, of which one misfits", "one", "misfit", VERDICT_DRIFT,
	  HOW_LAYERS, false },
	{ "a config digest that cannot be read", "one", "config-of-blake",
	  VERDICT_UNKNOWN, HOW_NONE, false },
	{ "layers that cannot be read, one config", "one", "layers-of-blake",
	  VERDICT_MATCH, HOW_CONFIG, false },
	{ "empty configs, the same layers", "bare", "bare-same", VERDICT_MATCH,
	  HOW_CONFIG, false },
	{ "empty configs, other layers", "bare", "bare-other", VERDICT_DRIFT, HOW_LAYERS,
	  false },
	{ "no layers, one config", "no-layers", "no-layers-same", VERDICT_MATCH,
	  HOW_CONFIG, false },
	{ "no layers, two configs", "no-layers", "no-layers-other", VERDICT_DRIFT,
	  HOW_CONFIG_ONLY, true },
	{ "a config that is none, other layers", "odd", "odd-packed", VERDICT_DRIFT,
	  HOW_LAYERS, false },
	{ "one config that is not to be had", "lost", "lost-packed", VERDICT_UNKNOWN,
	  HOW_NONE, false },
	{ "two configs that are not to be had", "lost", "lost-too", VERDICT_DRIFT,
	  HOW_CONFIG_ONLY, false },
	{ "artifacts with the same layers", "chart", "chart-again", VERDICT_MATCH,
	  HOW_CONFIG, false },
	{ "artifacts with other layers", "chart", "chart-other", VERDICT_DRIFT,
	  HOW_LAYERS, false },
	{ "artifacts with layers that cannot be read", "chart", "blake-chart",
	  VERDICT_UNKNOWN, HOW_NONE, false },
	{ "artifacts without layers", "hollow", "hollow-too", VERDICT_UNKNOWN, HOW_NONE,
	  false },
	{ "an artifact and an image", "one", "chart", VERDICT_DRIFT, HOW_LAYERS, false },
	{ "an artifact of an image's layers", "like-one", "one", VERDICT_DRIFT,
	  HOW_CONFIG_ONLY, false },
	{ "bytes that are not read", "one", "relic", VERDICT_UNKNOWN, HOW_NONE, false },
	{ "an index where a manifest should be", "one", "index", VERDICT_UNKNOWN,
	  HOW_NONE, false },
};

struct table_run {
	struct image_world world;
	struct wants wants;
	struct inquiry inquiry;
	struct side side;
	struct verdict verdict;
};

static void run_release(struct table_run *run)
{
	wants_release(&run->wants);
	image_world_release(&run->world);
}

static void run_init(struct table_run *run)
{
	*run = (struct table_run){ .verdict = { .reason = "" } };
	image_world_init(&run->world, lines, ARRAY_LENGTH(lines));
	side_add_place(&run->side, WORLD_HOST, WORLD_REPOSITORY);
	run->wants.arena = &run->world.arena;
	run->inquiry = (struct inquiry){
		.snapshot = &run->world.snapshot,
		.wants = &run->wants,
		.arena = &run->world.arena,
		.reason = "",
	};
}

/* Compare, and learn what is wanted, until nothing is; returns the rounds of questions.
 */
static int compare_names(struct table_run *run, const char *a, const char *b)
{
	struct digest one = image_world_digest(a), other = image_world_digest(b);
	struct platform unknown = platform_make("", "", "");
	struct comparison c = {
		.inquiry = &run->inquiry,
		.declared_side = &run->side,
		.running_side = &run->side,
		.platform = &unknown,
		.verdict = &run->verdict,
	};
	int rounds = 0;

	for (;; rounds++) {
		run->verdict = (struct verdict){ .reason = "" };
		comparison_of_digests(&c, &one, &other);
		if (run->verdict.answer != VERDICT_LATER)
			return rounds;
		assert_true(run->wants.count > 0);
		image_world_answer(&run->world, &run->wants);
		wants_release(&run->wants);
		run->wants = (struct wants){ .arena = &run->world.arena };
	}
}

static void images_are_the_same_by_their_config_or_proved_to_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		for (int swapped = 0; swapped < 2; swapped++) {
			CLEANUP(run_release) struct table_run run;
			int rounds;

			run_init(&run);
			rounds = swapped ? compare_names(&run, cases[i].b, cases[i].a)
					 : compare_names(&run, cases[i].a, cases[i].b);
			CHECK(cases[i].label, rounds <= 4);
			CHECK(cases[i].label, run.verdict.answer == cases[i].answer);
			CHECK(cases[i].label, run.verdict.how == cases[i].how);
			CHECK(cases[i].label,
			      run.verdict.one_platform == cases[i].one_platform);
			CHECK(cases[i].label, (cases[i].answer == VERDICT_UNKNOWN) ==
						      (run.verdict.reason[0] != '\0'));
		}
	}
}

static bool proves(const struct verdict *verdict, const char *name)
{
	struct digest digest = image_world_digest(name);

	for (size_t i = 0; i < verdict->proof_count; i++) {
		if (digest_equal(verdict->proof[i], &digest))
			return true;
	}
	return false;
}

static void the_proof_is_the_manifests_and_configs(void **state)
{
	CLEANUP(run_release) struct table_run run;

	(void)state;
	run_init(&run);
	compare_names(&run, "one", "two");
	assert_int_equal(run.verdict.proof_count, 4);
	assert_true(proves(&run.verdict, "one"));
	assert_true(proves(&run.verdict, "two"));
	assert_true(proves(&run.verdict, "c1"));
	assert_true(proves(&run.verdict, "c2"));
}

static void a_match_by_config_and_layers_needs_no_config(void **state)
{
	CLEANUP(run_release) struct table_run run;

	(void)state;
	run_init(&run);
	assert_int_equal(compare_names(&run, "one", "one-again"), 1);
	assert_int_equal(run.world.asked, 2);
}

static void an_unknown_says_whether_a_registry_was_silent(void **state)
{
	CLEANUP(run_release) struct table_run absent, silent;

	(void)state;
	run_init(&absent);
	compare_names(&absent, "one", "not there");
	assert_int_equal(absent.verdict.answer, VERDICT_UNKNOWN);
	assert_false(absent.verdict.silent);
	assert_non_null(strstr(absent.verdict.reason, "cannot be resolved: 404"));
	run_init(&silent);
	silent.world.silent = WORLD_HOST;
	compare_names(&silent, "one", "two");
	assert_int_equal(silent.verdict.answer, VERDICT_UNKNOWN);
	assert_true(silent.verdict.silent);
	assert_non_null(strstr(silent.verdict.reason, "no answer"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(images_are_the_same_by_their_config_or_proved_to_differ),
		cmocka_unit_test(the_proof_is_the_manifests_and_configs),
		cmocka_unit_test(a_match_by_config_and_layers_needs_no_config),
		cmocka_unit_test(an_unknown_says_whether_a_registry_was_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
