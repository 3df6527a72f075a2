#include "drift/tree_comparison.h"

#include "tests/unit/image_world.h"

static const char *const lines[] = {
	"config c-amd linux/amd64 d1",
	"config c-arm linux/arm64 d2",
	"config c-s390 linux/s390x d3",
	"config c-v6 linux/arm/v6 d4",
	"config c-v7 linux/arm/v7 d5",
	"config c-other-amd linux/amd64 d8",
	"config c-other-arm linux/arm64 d9",
	"config c-unsaid - d1",
	"manifest amd c-amd l1",
	"manifest amd-twin c-amd p1",
	"manifest arm c-arm l2",
	"manifest arm-twin c-arm p2",
	"manifest s390 c-s390 l3",
	"manifest s390-twin c-s390 p3",
	"manifest v6 c-v6 l4",
	"manifest v7 c-v7 l5",
	"manifest v7-twin c-v7 p5",
	"manifest other-amd c-other-amd l8",
	"manifest other-arm c-other-arm l9",
	"manifest unsaid c-unsaid l1",
	"manifest lost-config c-lost p1",
	"index both amd=linux/amd64 arm=linux/arm64",
	"index both-attested amd=linux/amd64 arm=linux/arm64 !att",
	"index twins amd-twin=linux/amd64 arm-twin=linux/arm64",
	"index others other-amd=linux/amd64 other-arm=linux/arm64",
	"index arm-rebuilt amd=linux/amd64 other-arm=linux/arm64",
	"index arm-lost amd=linux/amd64 lost-arm=linux/arm64",
	"index twins-and-more amd-twin=linux/amd64 arm-twin=linux/arm64 s390=linux/s390x",
	"index amd-only amd=linux/amd64",
	"index amd-twin-only amd-twin=linux/amd64",
	"index s390-only s390=linux/s390x",
	"index s390-and-amd s390-twin=linux/s390x amd-twin=linux/amd64",
	"index variants v6=linux/arm/v6 v7=linux/arm/v7",
	"index variants-twins v6=linux/arm/v6 v7-twin=linux/arm/v7",
	"index variants-other v6=linux/arm/v6 other-arm=linux/arm/v7",
	"index variants-others other-amd=linux/arm/v6 other-arm=linux/arm/v7",
	"index windows amd=windows/amd64 arm=windows/amd64",
	"index windows-again arm=windows/amd64 amd=windows/amd64 !att",
	"index windows-rebuilt amd-twin=windows/amd64 arm-twin=windows/amd64",
	"index unnamed amd",
	"index unnamed-twin amd-twin",
	"index unnamed-two amd arm",
	"index torn *lost amd-twin=linux/amd64",
	"index deep both",
	"index deep-twins twins",
	"index empty",
	"artifact chart a1",
};

static const struct {
	const char *label, *declared, *running, *platform;
	enum verdict_answer answer;
	enum verdict_how how;
	bool mismatch, one_platform;
} cases[] = {
	/* The platform is known. */
	{ "the same manifest in two indexes", "both", "both-attested", "linux/amd64",
	  VERDICT_MATCH, HOW_PLATFORM, false, false },
	{ "twins in two indexes", "both", "twins", "linux/arm64", VERDICT_MATCH,
	  HOW_CONFIG, false, false },
	{ "twins in an index within the declared one", "deep", "twins", "linux/amd64",
	  VERDICT_MATCH, HOW_CONFIG, false, false },
	{ "twins in an index within the running one", "both", "deep-twins", "linux/amd64",
	  VERDICT_MATCH, HOW_CONFIG, false, false },
	{ "other images in two indexes", "both", "others", "linux/amd64", VERDICT_DRIFT,
	  HOW_LAYERS, false, true },
	{ "other for another platform only", "both", "arm-rebuilt", "linux/amd64",
	  VERDICT_DRIFT, HOW_OTHER_PLATFORM, false, false },
	{ "the other way round", "both", "arm-rebuilt", "linux/arm64", VERDICT_DRIFT,
	  HOW_LAYERS, false, true },
	{ "what is not to be had elsewhere changes nothing", "both", "arm-lost",
	  "linux/amd64", VERDICT_MATCH, HOW_PLATFORM, false, false },
	{ "a platform more is no difference", "both", "twins-and-more", "linux/amd64",
	  VERDICT_MATCH, HOW_CONFIG, false, false },
	{ "declared has nothing for the node", "amd-only", "both", "linux/arm64",
	  VERDICT_DRIFT, HOW_LAYERS, false, false },
	{ "running has nothing for the node, and a twin for another", "both",
	  "amd-twin-only", "linux/arm64", VERDICT_MATCH, HOW_CONFIG, true, false },
	{ "neither has anything for the node, and they are twins", "both", "twins",
	  "linux/s390x", VERDICT_MATCH, HOW_CONFIG, true, false },
	{ "neither has anything for the node, and they differ", "both", "others",
	  "linux/s390x", VERDICT_DRIFT, HOW_LAYERS, false, true },
	{ "no platform in common", "both", "s390-only", "linux/amd64", VERDICT_DRIFT,
	  HOW_LAYERS, false, false },
	{ "a twin of the node's child", "both", "amd-twin", "linux/amd64", VERDICT_MATCH,
	  HOW_CONFIG, false, false },
	{ "a twin of another child", "both", "arm-twin", "linux/amd64", VERDICT_MATCH,
	  HOW_CONFIG, true, false },
	{ "another manifest", "both", "other-amd", "linux/amd64", VERDICT_DRIFT,
	  HOW_LAYERS, false, true },
	{ "another manifest for another platform", "both", "other-arm", "linux/amd64",
	  VERDICT_DRIFT, HOW_LAYERS, false, true },
	{ "a manifest for a platform that nobody declared", "both", "s390", "linux/s390x",
	  VERDICT_DRIFT, HOW_LAYERS, false, false },
	{ "a twin for a node that nobody declared", "amd-only", "amd-twin", "linux/s390x",
	  VERDICT_MATCH, HOW_CONFIG, true, false },
	{ "a manifest against an index with its twin", "amd", "twins", "linux/amd64",
	  VERDICT_MATCH, HOW_CONFIG, false, false },
	{ "a manifest for another platform than what runs", "arm", "twins", "linux/amd64",
	  VERDICT_DRIFT, HOW_LAYERS, false, true },
	{ "a manifest against an index without the node's", "amd", "amd-twin-only",
	  "linux/s390x", VERDICT_MATCH, HOW_CONFIG, true, false },
	{ "two manifests", "amd", "amd-twin", "linux/amd64", VERDICT_MATCH, HOW_CONFIG,
	  false, false },
	{ "variants that a node does not tell, all the same", "variants",
	  "variants-twins", "linux/arm", VERDICT_MATCH, HOW_CONFIG, false, false },
	{ "variants of which one differs", "variants", "variants-other", "linux/arm",
	  VERDICT_UNKNOWN, HOW_NONE, false, false },
	{ "variants that all differ", "variants", "variants-others", "linux/arm",
	  VERDICT_DRIFT, HOW_LAYERS, false, true },
	{ "a twin of one variant", "variants", "v7-twin", "linux/arm", VERDICT_MATCH,
	  HOW_CONFIG, false, false },
	{ "a variant against an index of several", "v7-twin", "variants", "linux/arm",
	  VERDICT_UNKNOWN, HOW_NONE, false, false },
	{ "versions of an operating system, the same", "windows", "windows-again",
	  "windows/amd64", VERDICT_MATCH, HOW_PLATFORM, false, false },
	{ "versions of an operating system, rebuilt", "windows", "windows-rebuilt",
	  "windows/amd64", VERDICT_UNKNOWN, HOW_NONE, false, false },
	{ "children that do not say what they are for", "unnamed", "unnamed-twin",
	  "linux/amd64", VERDICT_MATCH, HOW_CONFIG, false, false },
	{ "part of the index is lost", "both", "torn", "linux/amd64", VERDICT_UNKNOWN,
	  HOW_NONE, false, false },

	/* The platform is not known. */
	{ "all platforms the same", "both", "both-attested", "", VERDICT_MATCH,
	  HOW_PLATFORM, false, false },
	{ "all platforms twins", "both", "twins-and-more", "", VERDICT_MATCH, HOW_CONFIG,
	  false, false },
	{ "all platforms twins, deep within", "deep", "deep-twins", "", VERDICT_MATCH,
	  HOW_CONFIG, false, false },
	{ "all platforms other", "both", "others", "", VERDICT_DRIFT, HOW_LAYERS, false,
	  true },
	{ "some platforms other", "both", "arm-rebuilt", "", VERDICT_UNKNOWN, HOW_NONE,
	  false, false },
	{ "some platforms lost", "both", "arm-lost", "", VERDICT_UNKNOWN, HOW_NONE, false,
	  false },
	{ "no platform in common either", "both", "s390-only", "", VERDICT_DRIFT,
	  HOW_LAYERS, false, false },
	{ "an empty index", "both", "empty", "", VERDICT_DRIFT, HOW_LAYERS, false,
	  false },
	{ "the only child of either", "unnamed", "unnamed-twin", "", VERDICT_MATCH,
	  HOW_CONFIG, false, false },
	{ "one of them does not say", "both", "unnamed-twin", "", VERDICT_UNKNOWN,
	  HOW_NONE, false, false },
	{ "several do not say", "unnamed-two", "unnamed-twin", "", VERDICT_UNKNOWN,
	  HOW_NONE, false, false },
	{ "part of an index is lost", "both", "torn", "", VERDICT_UNKNOWN, HOW_NONE,
	  false, false },
	{ "a manifest says what it is for", "both", "arm-twin", "", VERDICT_MATCH,
	  HOW_CONFIG, false, false },
	{ "a manifest of another image", "both", "other-arm", "", VERDICT_DRIFT,
	  HOW_LAYERS, false, true },
	{ "a manifest for what is not declared", "both", "s390", "", VERDICT_DRIFT,
	  HOW_LAYERS, false, false },
	{ "a manifest that does not say", "both", "unsaid", "", VERDICT_UNKNOWN, HOW_NONE,
	  false, false },
	{ "a manifest whose config is lost", "both", "lost-config", "", VERDICT_UNKNOWN,
	  HOW_NONE, false, false },
	{ "an artifact against an index", "both", "chart", "", VERDICT_UNKNOWN, HOW_NONE,
	  false, false },
	{ "a manifest against an index of its twin alone", "amd", "amd-twin-only", "",
	  VERDICT_MATCH, HOW_CONFIG, false, false },
	{ "a manifest against an index of its twin and others", "amd", "twins", "",
	  VERDICT_UNKNOWN, HOW_NONE, false, false },
	{ "a manifest against an index of other images", "amd", "others", "",
	  VERDICT_DRIFT, HOW_LAYERS, false, true },
	{ "a manifest against an index without its platform", "amd", "s390-only", "",
	  VERDICT_DRIFT, HOW_LAYERS, false, false },
	{ "a platform that both hold, and one that each lacks", "both", "s390-and-amd",
	  "", VERDICT_MATCH, HOW_CONFIG, false, false },
};

struct trees {
	struct image_world world;
	struct wants wants;
	struct inquiry inquiry;
	struct side side;
	struct verdict verdict;
	int rounds;
};

static void trees_release(struct trees *trees)
{
	wants_release(&trees->wants);
	image_world_release(&trees->world);
}

static const struct image *root_of(struct trees *trees, const char *name)
{
	struct digest digest = image_world_digest(name);
	struct image *image = image_set_find(&trees->world.held, &digest);

	assert_non_null(image);
	image_set_add(&trees->world.snapshot.images, image);
	return image;
}

/* Compare two roots, and learn what is wanted until nothing is. */
static void compare_names(struct trees *trees, const char *declared, const char *running,
			  const char *platform_text)
{
	struct platform platform = platform_parse(platform_text);
	struct comparison c = {
		.inquiry = &trees->inquiry,
		.declared_side = &trees->side,
		.running_side = &trees->side,
		.platform = &platform,
		.verdict = &trees->verdict,
	};

	*trees = (struct trees){ .rounds = 0 };
	image_world_init(&trees->world, lines, ARRAY_LENGTH(lines));
	side_add_place(&trees->side, WORLD_HOST, WORLD_REPOSITORY);
	trees->inquiry = (struct inquiry){
		.snapshot = &trees->world.snapshot,
		.wants = &trees->wants,
		.arena = &trees->world.arena,
		.reason = "",
	};
	c.declared = root_of(trees, declared);
	c.running = root_of(trees, running);
	for (;; trees->rounds++) {
		trees->wants.arena = &trees->world.arena;
		trees->verdict = (struct verdict){ .reason = "" };
		tree_comparison(&c);
		if (trees->verdict.answer != VERDICT_LATER)
			return;
		assert_true(trees->wants.count > 0);
		image_world_answer(&trees->world, &trees->wants);
		wants_release(&trees->wants);
		trees->wants = (struct wants){ .arena = NULL };
	}
}

static void trees_are_compared_by_what_a_node_selects(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *label = cases[i].label;
		CLEANUP(trees_release) struct trees trees;

		compare_names(&trees, cases[i].declared, cases[i].running,
			      cases[i].platform);
		CHECK(label, trees.rounds <= (strstr(label, "within") ? 5 : 4));
		CHECK(label, trees.verdict.answer == cases[i].answer);
		CHECK(label, trees.verdict.how == cases[i].how);
		CHECK(label, trees.verdict.platform_mismatch == cases[i].mismatch);
		CHECK(label, trees.verdict.one_platform == cases[i].one_platform);
		CHECK(label, trees.verdict.proof_count >= 2);
		CHECK(label, trees.verdict.partly ==
				     (strstr(label, "of which one differs") ||
				      strcmp(label, "some platforms other") == 0));
		CHECK(label, cases[i].answer != VERDICT_UNKNOWN ||
				     trees.verdict.reason[0] != '\0');
	}
}

static void other_platforms_are_asked_about_at_once(void **state)
{
	CLEANUP(trees_release) struct trees trees;

	(void)state;
	compare_names(&trees, "both", "twins-and-more", "linux/amd64");
	assert_int_equal(trees.rounds, 4);
	/* Four manifests and two configs: the s390x child is nobody's concern. */
	assert_int_equal(trees.world.asked, 6);
}

static void identical_children_need_no_question(void **state)
{
	CLEANUP(trees_release) struct trees trees;

	(void)state;
	compare_names(&trees, "both", "both-attested", "");
	assert_int_equal(trees.rounds, 0);
	assert_int_equal(trees.world.asked, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_are_compared_by_what_a_node_selects),
		cmocka_unit_test(other_platforms_are_asked_about_at_once),
		cmocka_unit_test(identical_children_need_no_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
