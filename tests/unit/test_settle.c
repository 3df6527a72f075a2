/* What becomes of earlier findings: judged again, gone, hidden, or not looked at. */
#include "check.h"

#include "drift/settle.h"

#define SHOP "cluster/c/namespace/shop\n"
#define BANK "cluster/c/namespace/bank\n"
#define WEB "tree/t/path/deploy/web.yaml\n"
#define OTHER "tree/t/path/other/x.yaml\n"

/* One scan: what it covered, what it was hidden from, what it concludes. */
struct scene {
	struct snapshot snapshot;
	struct outcome outcome;
};

static const struct rule use_rule = { .id = "r", .subject = SUBJECT_USE };
static const struct rule declaration_rule = { .id = "r", .subject = SUBJECT_DECLARATION };
static const struct rule pin_rule = { .id = "r", .subject = SUBJECT_PIN };
static const struct rule tag_rule = { .id = "r", .subject = SUBJECT_TAG };
static const struct rule registry_rule = {
	.id = "r",
	.subject = SUBJECT_TAG,
	.by_registry = true,
};

static struct scene scene_new(const char *area, bool observed)
{
	struct scene scene = { .snapshot = { .observed_at = 1 } };

	snapshot_init(&scene.snapshot, 1);
	outcome_init(&scene.outcome);
	if (area)
		snapshot_add_coverage(&scene.snapshot, area, observed, "");
	return scene;
}

static void scene_release(struct scene *scene)
{
	outcome_release(&scene->outcome);
	snapshot_release(&scene->snapshot);
}

static struct finding finding_of(enum subject_kind subject)
{
	struct finding finding = finding_blank();

	finding.rule = "r";
	finding.subject = subject;
	finding.fingerprint = "f1";
	return finding;
}

static void settle_all(struct scene *scene, struct judged *judged, size_t count,
		       const struct earlier_finding *earlier, size_t earlier_count)
{
	const struct judged_list list = { judged, count };
	struct sight sight;

	sight_make(&sight, &scene->snapshot);
	settle(&sight, &list, earlier, earlier_count, &scene->outcome);
	sight_release(&sight);
}

/* What a scan makes of one earlier finding that it did not meet, or judged so. */
static const struct judged_finding *settle_one(struct scene *scene,
					       enum subject_kind subject,
					       const char *scopes, struct judged *judged)
{
	struct earlier_finding earlier = { 7, finding_of(subject), scopes };

	settle_all(scene, judged, judged ? 1 : 0, &earlier, 1);
	assert_true(scene->outcome.finding_count <= 1);
	return scene->outcome.finding_count ? &scene->outcome.findings[0] : NULL;
}

enum { NOTHING = -1 };

static const struct {
	const char *label;
	enum subject_kind subject;
	const char *scopes; /* of the earlier finding */
	const char *area;   /* that the scan covered */
	bool observed;
	const char *hidden; /* by a gap within the area, or NULL */
	int state;          /* what becomes of it; NOTHING: the scan says nothing */
	const char *left;   /* its scopes then */
} absent_cases[] = {
	{ "seen, and no more", SUBJECT_USE, SHOP, "cluster/c", true, NULL, FINDING_FIXED,
	  SHOP },
	{ "another namespace", SUBJECT_USE, BANK, "cluster/c/namespace/shop", true, NULL,
	  NOTHING, NULL },
	{ "a namespace whose name begins alike", SUBJECT_USE,
	  "cluster/c/namespace/shopping\n", "cluster/c/namespace/shop", true, NULL,
	  NOTHING, NULL },
	{ "another cluster", SUBJECT_USE, SHOP, "cluster/d", true, NULL, NOTHING, NULL },
	{ "forbidden", SUBJECT_USE, SHOP, "cluster/c", false, NULL, FINDING_UNKNOWN,
	  SHOP },
	{ "hidden by a gap", SUBJECT_USE, SHOP, "cluster/c", true,
	  "cluster/c/namespace/shop", FINDING_UNKNOWN, SHOP },
	{ "no manifest was looked at", SUBJECT_USE, SHOP WEB, "cluster/c", true, NULL,
	  NOTHING, NULL },
	{ "a file that vanished", SUBJECT_DECLARATION, WEB, "tree/t/path/deploy/", true,
	  NULL, FINDING_FIXED, WEB },
	{ "a file of another folder", SUBJECT_DECLARATION, OTHER, "tree/t/path/deploy/",
	  true, NULL, NOTHING, NULL },
	{ "a file that cannot be read", SUBJECT_DECLARATION, WEB, "tree/t/path/deploy/",
	  true, "tree/t/path/deploy/web.yaml", FINDING_UNKNOWN, WEB },
	{ "a tag that nobody names any more", SUBJECT_TAG, SHOP, "cluster/c", true, NULL,
	  FINDING_FIXED, SHOP },
	{ "a tag that stands elsewhere too", SUBJECT_TAG, BANK SHOP,
	  "cluster/c/namespace/shop", true, NULL, FINDING_OPEN, BANK },
	{ "a tag of elsewhere", SUBJECT_TAG, BANK, "cluster/c/namespace/shop", true, NULL,
	  NOTHING, NULL },
	{ "a pin whose namespace is hidden", SUBJECT_PIN, SHOP, "cluster/c", false, NULL,
	  FINDING_UNKNOWN, SHOP },
};

static void what_was_not_met_is_fixed_only_where_all_of_it_was_seen(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(absent_cases); i++) {
		const char *label = absent_cases[i].label;
		struct scene scene =
			scene_new(absent_cases[i].area, absent_cases[i].observed);
		const struct judged_finding *left;

		if (absent_cases[i].hidden)
			snapshot_add_gap(&scene.snapshot, GAP_FORBIDDEN, "it", "no",
					 absent_cases[i].hidden);
		left = settle_one(&scene, absent_cases[i].subject, absent_cases[i].scopes,
				  NULL);
		CHECK(label, (left != NULL) == (absent_cases[i].state != NOTHING));
		if (left) {
			CHECK(label, (int)left->finding.state == absent_cases[i].state);
			CHECK(label, left->earlier_id == 7);
			CHECK_TEXT(label, left->scopes, absent_cases[i].left);
		}
		scene_release(&scene);
	}
}

static const struct {
	const char *label;
	const struct rule *rule;
	enum answer answer;
	const char *scopes, *earlier_scopes;
	int state;
	const char *left;
} judged_cases[] = {
	{ "still so", &use_rule, ANSWER_YES, SHOP, SHOP, FINDING_OPEN, SHOP },
	{ "no more", &use_rule, ANSWER_NO, SHOP, SHOP, FINDING_FIXED, SHOP },
	{ "cannot be told", &use_rule, ANSWER_UNKNOWN, SHOP, SHOP, FINDING_UNKNOWN,
	  SHOP },
	{ "a tag still so here, and maybe there", &tag_rule, ANSWER_YES, SHOP, BANK,
	  FINDING_OPEN, BANK SHOP },
	{ "a tag no more so here, but maybe there", &tag_rule, ANSWER_NO, SHOP, BANK SHOP,
	  FINDING_OPEN, BANK },
	{ "a tag that is there again is there for all", &registry_rule, ANSWER_NO, SHOP,
	  BANK SHOP, FINDING_FIXED, BANK SHOP },
};

static void what_was_judged_has_its_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(judged_cases); i++) {
		const char *label = judged_cases[i].label;
		struct scene scene = scene_new("cluster/c/namespace/shop", true);
		struct finding finding = finding_of(judged_cases[i].rule->subject);
		struct judged judged = {
			.rule = judged_cases[i].rule,
			.answer = judged_cases[i].answer,
			.fingerprint = "f1",
			.reference = "",
			.finding = &finding,
			.scopes = judged_cases[i].scopes,
		};
		const struct judged_finding *left =
			settle_one(&scene, judged_cases[i].rule->subject,
				   judged_cases[i].earlier_scopes, &judged);

		CHECK(label, left != NULL);
		CHECK(label, (int)left->finding.state == judged_cases[i].state);
		CHECK_TEXT(label, left->scopes, judged_cases[i].left);
		scene_release(&scene);
	}
}

static void a_selector_leaves_the_rest_of_the_cluster_alone(void **state)
{
	struct scene scene = scene_new("cluster/c", true);

	(void)state;
	scene.snapshot.selector = "app=web";
	assert_null(settle_one(&scene, SUBJECT_USE, SHOP, NULL));
	assert_null(settle_one(&scene, SUBJECT_TAG, SHOP, NULL));
	scene_release(&scene);
}

static void what_was_not_there_before_is_new(void **state)
{
	struct scene scene = scene_new("cluster/c", true);
	struct finding finding = finding_of(SUBJECT_USE);
	struct judged judged[] = {
		{ &use_rule, ANSWER_YES, "f1", "", &finding, SHOP },
		{ &use_rule, ANSWER_NO, "f2", "", NULL, SHOP },
		{ &use_rule, ANSWER_UNKNOWN, "f3", "", NULL, SHOP },
	};

	(void)state;
	settle_all(&scene, judged, 3, NULL, 0);
	assert_int_equal(scene.outcome.finding_count, 1);
	assert_int_equal(scene.outcome.findings[0].finding.state, FINDING_NEW);
	assert_int_equal(scene.outcome.findings[0].earlier_id, 0);
	scene_release(&scene);
}

static void a_tag_that_stands_elsewhere_is_not_this_scans_to_tell(void **state)
{
	struct scene scene = scene_new("cluster/c/namespace/shop", true);
	const struct judged_finding *left;

	(void)state;
	left = settle_one(&scene, SUBJECT_TAG, BANK SHOP, NULL);
	assert_true(left->elsewhere);
	scene_release(&scene);
	scene = scene_new("cluster/c", true);
	left = settle_one(&scene, SUBJECT_TAG, BANK SHOP, NULL);
	assert_false(left->elsewhere);
	scene_release(&scene);
}

/* Two work trees may have files of one name. */
static void a_declaration_is_known_by_its_tree_as_well(void **state)
{
	struct scene scene = scene_new("tree/u", true);
	struct finding finding = finding_of(SUBJECT_DECLARATION);
	struct earlier_finding earlier = { 7, finding, WEB };
	struct judged judged[] = {
		{ &declaration_rule, ANSWER_YES, "f1", "", &finding,
		  "tree/u/path/deploy/web.yaml\n" },
	};

	(void)state;
	settle_all(&scene, judged, 1, &earlier, 1);
	assert_int_equal(scene.outcome.finding_count, 1);
	assert_int_equal(scene.outcome.findings[0].finding.state, FINDING_NEW);
	judged[0].answer = ANSWER_NO;
	scene.outcome.finding_count = 0;
	settle_all(&scene, judged, 1, &earlier, 1);
	assert_int_equal(scene.outcome.finding_count, 0);
	scene_release(&scene);
}

#define HEX "7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b"
#define PIN_1 "nginx:1.25@sha256:" HEX
#define PIN_1_ALONE "docker.io/library/nginx@sha256:" HEX
#define PIN_2 "nginx:1.26@sha512:" HEX HEX

/* The ordinal of a pin among those of its repository is not what it is. */
static void a_pin_is_known_by_its_digest_whatever_its_ordinal(void **state)
{
	struct scene scene = scene_new("tree/t/path/deploy/", true);
	struct finding finding = finding_of(SUBJECT_PIN);
	struct earlier_finding earlier = { 7, finding, OTHER };
	struct judged judged[] = {
		{ &pin_rule, ANSWER_NO, "f1", PIN_2, &finding, WEB },
		{ &pin_rule, ANSWER_YES, "f2", PIN_1_ALONE, &finding, WEB },
	};

	(void)state;
	earlier.finding.reference = PIN_1;
	settle_all(&scene, judged, 1, &earlier, 1);
	assert_int_equal(scene.outcome.finding_count, 0);
	settle_all(&scene, judged, 2, &earlier, 1);
	assert_int_equal(scene.outcome.finding_count, 1);
	assert_int_equal(scene.outcome.findings[0].finding.state, FINDING_OPEN);
	assert_int_equal(scene.outcome.findings[0].earlier_id, 7);
	assert_string_equal(scene.outcome.findings[0].scopes, WEB OTHER);
	scene_release(&scene);
}

static void a_finding_that_is_there_twice_is_settled_once(void **state)
{
	struct scene scene = scene_new("cluster/c", true);
	struct finding finding = finding_of(SUBJECT_USE);
	struct earlier_finding earlier[] = { { 7, finding, SHOP }, { 8, finding, SHOP } };
	struct judged judged = { &use_rule, ANSWER_YES, "f1", "", &finding, SHOP };

	(void)state;
	settle_all(&scene, &judged, 1, earlier, 2);
	assert_int_equal(scene.outcome.finding_count, 2);
	assert_int_equal(scene.outcome.findings[0].finding.state, FINDING_OPEN);
	assert_int_equal(scene.outcome.findings[1].finding.state, FINDING_FIXED);
	assert_int_equal(scene.outcome.findings[1].earlier_id, 8);
	scene_release(&scene);
}

static void a_comment_that_was_not_heeded_may_still_be_there(void **state)
{
	static const struct {
		const char *file, *policy;
		bool heeded;
		enum finding_state state;
	} cases[] = {
		{ "deploy/web.yaml", NULL, true, FINDING_FIXED },
		{ "deploy/web.yaml", NULL, false, FINDING_UNKNOWN },
		{ "deploy/web.yaml", ".pindrift.yaml", false, FINDING_UNKNOWN },
		{ ".pindrift.yaml", ".pindrift.yaml", false, FINDING_FIXED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct scene scene = scene_new("tree/t/path/deploy/", true);
		struct earlier_finding earlier = { 7, finding_of(SUBJECT_WAIVER), WEB };

		earlier.finding.file = cases[i].file;
		scene.snapshot.policy.file = cases[i].policy;
		scene.snapshot.no_inline_waivers = !cases[i].heeded;
		settle_all(&scene, NULL, 0, &earlier, 1);
		assert_int_equal(scene.outcome.finding_count, 1);
		assert_int_equal(scene.outcome.findings[0].finding.state, cases[i].state);
		scene_release(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_not_met_is_fixed_only_where_all_of_it_was_seen),
		cmocka_unit_test(what_was_judged_has_its_answer),
		cmocka_unit_test(a_selector_leaves_the_rest_of_the_cluster_alone),
		cmocka_unit_test(what_was_not_there_before_is_new),
		cmocka_unit_test(a_tag_that_stands_elsewhere_is_not_this_scans_to_tell),
		cmocka_unit_test(a_declaration_is_known_by_its_tree_as_well),
		cmocka_unit_test(a_pin_is_known_by_its_digest_whatever_its_ordinal),
		cmocka_unit_test(a_finding_that_is_there_twice_is_settled_once),
		cmocka_unit_test(a_comment_that_was_not_heeded_may_still_be_there),
	};

	return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
