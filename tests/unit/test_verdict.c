#include "drift/verdict.h"

#include "tests/unit/image_world.h"

static const char *const lines[] = {
	"config c-amd linux/amd64 d1 d2",
	"config c-arm linux/arm64 d3 d4",
	"config c-other linux/amd64 d8 d9",
	"config c-rebuilt linux/amd64 d1 d2",
	"config c-riscv linux/riscv64 d7",
	"manifest amd c-amd l1 l2",
	"manifest arm c-arm l3 l4",
	"manifest amd-docker c-amd p1 p2",
	"manifest other c-other l8 l9",
	"manifest v6 c6 l6",
	"manifest v7 c7 l7",
	"index both amd=linux/amd64 arm=linux/arm64",
	"index attested amd=linux/amd64 arm=linux/arm64 !att",
	"index amd-alone amd=linux/amd64 !att",
	"index nested both",
	"index deep nested",
	"index others other=linux/amd64",
	"index twins amd-docker=linux/amd64 arm=linux/arm64",
	"index variants v6=linux/arm/v6 v7=linux/arm/v7",
	"index torn *lost amd=linux/amd64",
	"index half-lost amd=linux/amd64 lost-arm=linux/arm64",
	"index loop *loop amd=linux/amd64",
	"other relic",
};

/* "bare NAME" is a bare image ID. */
static const struct {
	const char *label, *declared, *running, *platform;
	enum verdict_answer answer;
	enum verdict_how how;
	bool mismatch, pin_platform;
} cases[] = {
	/* Step 1. */
	{ "the same digest", "amd", "amd", "linux/amd64", VERDICT_MATCH, HOW_EXACT, false,
	  false },
	{ "the same digest, bare", "both", "bare both", "", VERDICT_MATCH, HOW_EXACT,
	  false, false },
	{ "the same digest, of nothing that is held", "gone", "gone", "", VERDICT_MATCH,
	  HOW_EXACT, false, false },
	/* Step 2. */
	{ "a child", "both", "amd", "linux/amd64", VERDICT_MATCH, HOW_PLATFORM, false,
	  false },
	{ "a child, no platform", "both", "arm", "", VERDICT_MATCH, HOW_PLATFORM, false,
	  false },
	{ "another node's child", "both", "arm", "linux/amd64", VERDICT_MATCH,
	  HOW_PLATFORM, true, false },
	{ "a child in an index that has nothing for the node", "amd-alone", "amd",
	  "linux/s390x", VERDICT_MATCH, HOW_PLATFORM, true, false },
	{ "a variant of the node's platform", "variants", "v7", "linux/arm",
	  VERDICT_MATCH, HOW_PLATFORM, false, false },
	{ "a child of a nested index", "nested", "arm", "linux/arm64", VERDICT_MATCH,
	  HOW_PLATFORM, false, false },
	{ "another node's child of a nested index", "deep", "arm", "linux/amd64",
	  VERDICT_MATCH, HOW_PLATFORM, true, false },
	{ "a nested index", "deep", "both", "linux/amd64", VERDICT_MATCH, HOW_PLATFORM,
	  false, false },
	{ "an attestation is no child", "attested", "att", "linux/amd64", VERDICT_UNKNOWN,
	  HOW_NONE, false, false },
	{ "a bare child", "both", "bare amd", "linux/amd64", VERDICT_MATCH, HOW_PLATFORM,
	  false, false },
	/* Step 3. */
	{ "the index around it", "amd", "both", "linux/amd64", VERDICT_MATCH,
	  HOW_PLATFORM, false, true },
	{ "the bare index around it", "amd", "bare both", "linux/amd64", VERDICT_MATCH,
	  HOW_PLATFORM, false, true },
	{ "the nested index around it", "amd", "deep", "linux/amd64", VERDICT_MATCH,
	  HOW_PLATFORM, false, true },
	{ "the index selects another", "arm", "both", "linux/amd64", VERDICT_DRIFT,
	  HOW_LAYERS, false, false },
	{ "an index of more, no platform", "amd", "both", "", VERDICT_UNKNOWN, HOW_NONE,
	  false, false },
	{ "an index of it alone, no platform", "amd", "amd-alone", "", VERDICT_MATCH,
	  HOW_PLATFORM, false, true },
	{ "one of several variants", "v7", "variants", "linux/arm", VERDICT_UNKNOWN,
	  HOW_NONE, false, false },
	{ "an index of which part is lost", "amd", "torn", "linux/amd64", VERDICT_UNKNOWN,
	  HOW_NONE, false, false },
	/* Step 4. */
	{ "the config", "amd", "bare c-amd", "linux/amd64", VERDICT_MATCH, HOW_CONFIG,
	  false, false },
	{ "the node's config", "both", "bare c-amd", "linux/amd64", VERDICT_MATCH,
	  HOW_CONFIG, false, false },
	{ "another node's config", "both", "bare c-arm", "linux/amd64", VERDICT_MATCH,
	  HOW_CONFIG, true, false },
	{ "some platform's config", "nested", "bare c-arm", "", VERDICT_MATCH, HOW_CONFIG,
	  false, false },
	{ "another image's config", "both", "bare c-other", "linux/amd64", VERDICT_DRIFT,
	  HOW_LAYERS, false, false },
	{ "another config over the same layers", "both", "bare c-rebuilt", "linux/amd64",
	  VERDICT_DRIFT, HOW_CONFIG_ONLY, false, false },
	{ "another image's config, no platform", "both", "bare c-other", "",
	  VERDICT_DRIFT, HOW_LAYERS, false, false },
	{ "a config of a platform that is not declared", "both", "bare c-riscv",
	  "linux/riscv64", VERDICT_DRIFT, HOW_LAYERS, false, false },
	{ "another image's config, but not all of ours is known", "half-lost",
	  "bare c-other", "linux/amd64", VERDICT_UNKNOWN, HOW_NONE, false, false },
	{ "a bare twin manifest", "amd", "bare amd-docker", "linux/amd64", VERDICT_MATCH,
	  HOW_CONFIG, false, false },
	{ "a bare manifest of another image", "amd", "bare other", "linux/amd64",
	  VERDICT_DRIFT, HOW_LAYERS, false, false },
	{ "a bare digest of nothing", "both", "bare gone", "linux/amd64", VERDICT_UNKNOWN,
	  HOW_NONE, false, false },
	{ "a bare digest of bytes that are not read", "both", "bare relic", "linux/amd64",
	  VERDICT_UNKNOWN, HOW_NONE, false, false },
	/* Steps 5 and 6, of which test_tree_comparison.c has more. */
	{ "a twin", "amd", "amd-docker", "linux/amd64", VERDICT_MATCH, HOW_CONFIG, false,
	  false },
	{ "a twin of a child", "both", "amd-docker", "linux/amd64", VERDICT_MATCH,
	  HOW_CONFIG, false, false },
	{ "an index with a twin", "both", "twins", "linux/amd64", VERDICT_MATCH,
	  HOW_CONFIG, false, false },
	{ "another image", "amd", "other", "linux/amd64", VERDICT_DRIFT, HOW_LAYERS,
	  false, false },
	{ "another image's index", "both", "others", "linux/amd64", VERDICT_DRIFT,
	  HOW_LAYERS, false, false },
	/* Step 7: what cannot be resolved. */
	{ "declared is not to be had", "gone", "amd", "linux/amd64", VERDICT_UNKNOWN,
	  HOW_NONE, false, false },
	{ "running is not to be had", "amd", "gone", "linux/amd64", VERDICT_UNKNOWN,
	  HOW_NONE, false, false },
	{ "declared is not read", "relic", "amd", "linux/amd64", VERDICT_UNKNOWN,
	  HOW_NONE, false, false },
	{ "running is not read", "amd", "relic", "linux/amd64", VERDICT_UNKNOWN, HOW_NONE,
	  false, false },
	{ "declared by the digest of a config", "c-amd", "amd", "linux/amd64",
	  VERDICT_UNKNOWN, HOW_NONE, false, false },
	{ "an index that claims to hold itself", "loop", "other", "linux/amd64",
	  VERDICT_UNKNOWN, HOW_NONE, false, false },
	{ "running by a digest that cannot be read", "amd", "?blake", "linux/amd64",
	  VERDICT_UNKNOWN, HOW_NONE, false, false },
};

struct question {
	struct image_world world;
	struct wants wants;
	struct inquiry inquiry;
	struct verdict verdict;
	int rounds;
};

static void question_release(struct question *question)
{
	wants_release(&question->wants);
	image_world_release(&question->world);
}

static void question_init(struct question *question)
{
	*question = (struct question){ .rounds = 0 };
	image_world_init(&question->world, lines, ARRAY_LENGTH(lines));
	question->inquiry = (struct inquiry){
		.snapshot = &question->world.snapshot,
		.arena = &question->world.arena,
		.reason = "",
	};
}

static struct side side_of(const char *text)
{
	struct side side = { .bare = strncmp(text, "bare ", 5) == 0 };

	side.digest = image_world_digest(side.bare ? text + 5 : text);
	side_add_place(&side, WORLD_HOST, WORLD_REPOSITORY);
	return side;
}

/* Ask in rounds, until nothing is wanted. */
static void ask(struct question *question, const struct side *declared,
		const struct side *running, const char *platform_text)
{
	struct platform platform = platform_parse(platform_text);

	for (;; question->rounds++) {
		question->wants.arena = &question->world.arena;
		question->inquiry.wants = &question->wants;
		question->verdict =
			verdict_compare(&question->inquiry, declared, running, &platform);
		if (question->wants.count == 0)
			break;
		image_world_answer(&question->world, &question->wants);
		wants_release(&question->wants);
		question->wants = (struct wants){ .arena = NULL };
	}
	question->inquiry.wants = NULL;
	question->verdict =
		verdict_compare(&question->inquiry, declared, running, &platform);
}

static void every_step_gives_its_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *label = cases[i].label;
		struct side declared = side_of(cases[i].declared);
		struct side running = side_of(cases[i].running);
		CLEANUP(question_release) struct question question;

		question_init(&question);
		ask(&question, &declared, &running, cases[i].platform);
		CHECK(label, question.rounds <= 6);
		CHECK(label, question.verdict.answer == cases[i].answer);
		CHECK(label, question.verdict.how == cases[i].how);
		CHECK(label, question.verdict.platform_mismatch == cases[i].mismatch);
		CHECK(label, question.verdict.pin_platform == cases[i].pin_platform);
		CHECK(label, (cases[i].answer == VERDICT_UNKNOWN) ==
				     (question.verdict.reason[0] != '\0'));
		CHECK(label, !question.verdict.silent);
	}
}

static void what_the_store_knows_gives_the_same_verdict_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct side declared = side_of(cases[i].declared);
		struct side running = side_of(cases[i].running);
		struct platform platform = platform_parse(cases[i].platform);
		CLEANUP(question_release) struct question question;

		question_init(&question);
		image_world_learn(&question.world);
		question.verdict = verdict_compare(&question.inquiry, &declared, &running,
						   &platform);
		CHECK(cases[i].label, question.verdict.answer == cases[i].answer);
		CHECK(cases[i].label, question.verdict.how == cases[i].how);
	}
}

static const struct {
	const char *label, *a, *b;
	enum verdict_answer answer;
	enum verdict_how how;
	bool one_platform;
} bare_cases[] = {
	{ "configs of two images", "c-amd", "c-other", VERDICT_DRIFT, HOW_LAYERS, true },
	{ "configs over the same layers", "c-amd", "c-rebuilt", VERDICT_DRIFT,
	  HOW_CONFIG_ONLY, true },
	{ "configs of two platforms", "c-amd", "c-arm", VERDICT_DRIFT, HOW_LAYERS,
	  false },
	{ "manifests", "amd", "other", VERDICT_DRIFT, HOW_LAYERS, true },
	{ "a manifest and its config", "amd", "c-amd", VERDICT_MATCH, HOW_CONFIG, false },
	{ "an index and one of its configs", "both", "c-arm", VERDICT_MATCH, HOW_CONFIG,
	  false },
	{ "a config and nothing", "c-amd", "gone", VERDICT_UNKNOWN, HOW_NONE, false },
	{ "nothing and a config", "gone", "c-amd", VERDICT_UNKNOWN, HOW_NONE, false },
	{ "a config and a manifest", "c-amd", "other", VERDICT_UNKNOWN, HOW_NONE, false },
};

static void two_bare_digests_are_compared_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bare_cases); i++) {
		CLEANUP(question_release) struct question question;
		struct side a = side_of(bare_cases[i].a), b = side_of(bare_cases[i].b);

		a.bare = b.bare = true;
		question_init(&question);
		ask(&question, &a, &b, "");
		CHECK(bare_cases[i].label,
		      question.verdict.answer == bare_cases[i].answer);
		CHECK(bare_cases[i].label, question.verdict.how == bare_cases[i].how);
		CHECK(bare_cases[i].label,
		      question.verdict.one_platform == bare_cases[i].one_platform);
	}
}

static void a_digest_of_no_image_is_never_asked_for(void **state)
{
	CLEANUP(question_release) struct question question;
	struct side empty = side_of("amd"), other = side_of("both");

	(void)state;
	question_init(&question);
	image_world_learn(&question.world);
	memset(empty.digest.text + strlen("sha256:"), '0', 64);
	ask(&question, &empty, &other, "linux/amd64");
	assert_int_equal(question.verdict.answer, VERDICT_UNKNOWN);
	ask(&question, &other, &empty, "linux/amd64");
	assert_int_equal(question.verdict.answer, VERDICT_UNKNOWN);
	assert_int_equal(question.world.asked, 0);
	assert_false(question.verdict.silent);
}

static void a_config_match_of_the_node_asks_for_one_manifest(void **state)
{
	CLEANUP(question_release) struct question question;
	struct side declared = side_of("both"), running = side_of("bare c-amd");

	(void)state;
	question_init(&question);
	ask(&question, &declared, &running, "linux/amd64");
	assert_int_equal(question.verdict.answer, VERDICT_MATCH);
	assert_int_equal(question.world.asked, 2);
}

/* Registries trip over a config's digest that is asked for as a manifest's. */
static void a_bare_digest_is_asked_for_as_a_configs_first(void **state)
{
	CLEANUP(question_release) struct question question;
	struct side declared = side_of("amd"), running = side_of("bare c-other");
	struct digest other = image_world_digest("c-other");
	const struct snapshot *snapshot = &question.world.snapshot;

	(void)state;
	question_init(&question);
	ask(&question, &declared, &running, "linux/amd64");
	assert_int_equal(question.verdict.answer, VERDICT_DRIFT);
	assert_int_equal(question.world.asked, 3); /* amd, c-other, c-amd */
	assert_null(snapshot_find_digest(snapshot, WORLD_HOST, WORLD_REPOSITORY, &other,
					 false));
	assert_non_null(snapshot_find_digest(snapshot, WORLD_HOST, WORLD_REPOSITORY,
					     &other, true));
}

static void silence_is_told(void **state)
{
	CLEANUP(question_release) struct question question;
	struct side declared = side_of("both"), running = side_of("others");

	(void)state;
	question_init(&question);
	question.world.silent = WORLD_HOST;
	ask(&question, &declared, &running, "linux/amd64");
	assert_int_equal(question.verdict.answer, VERDICT_UNKNOWN);
	assert_true(question.verdict.silent);
}

static void every_answer_and_how_has_a_word(void **state)
{
	(void)state;
	for (int i = VERDICT_NONE; i <= VERDICT_LATER; i++)
		assert_non_null(verdict_answer_name((enum verdict_answer)i));
	for (int i = HOW_NONE; i <= HOW_OTHER_PLATFORM; i++)
		assert_non_null(verdict_how_name((enum verdict_how)i));
	assert_string_equal(verdict_answer_name(VERDICT_DRIFT), "drift");
	assert_string_equal(verdict_how_name(HOW_OTHER_PLATFORM), "other-platform");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step_gives_its_verdict),
		cmocka_unit_test(what_the_store_knows_gives_the_same_verdict_at_once),
		cmocka_unit_test(two_bare_digests_are_compared_too),
		cmocka_unit_test(a_digest_of_no_image_is_never_asked_for),
		cmocka_unit_test(a_config_match_of_the_node_asks_for_one_manifest),
		cmocka_unit_test(a_bare_digest_is_asked_for_as_a_configs_first),
		cmocka_unit_test(silence_is_told),
		cmocka_unit_test(every_answer_and_how_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
