#include "drift/judgement.h"

#include "tests/unit/drift_world.h"

static const char *const images[] = { "manifest one c-one l1", "manifest two c-two l2" };

/* A world's judgement, made after its questions are answered. */
struct judged_world {
	struct drift_world world;
	struct judgement judgement;
};

static void judged_release(struct judged_world *judged)
{
	judgement_release(&judged->judgement);
	drift_world_release(&judged->world);
}

static void judged_init(struct judged_world *judged)
{
	*judged = (struct judged_world){ .judgement = { .drift = NULL } };
	drift_world_init(&judged->world, images, ARRAY_LENGTH(images));
}

static void make(struct judged_world *judged, const char *watched)
{
	struct earlier_finding earlier = { .finding = { .rule = watched } };

	drift_world_judge(&judged->world, NULL, 0);
	judgement_make(&judged->judgement, &judged->world.drift, &earlier,
		       watched ? 1 : 0);
}

/* The nth answer of a rule. */
static const struct judged *find(const struct judged_world *judged, const char *rule,
				 size_t n)
{
	const struct judged_list *list = &judged->judgement.judged;

	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i].rule->id, rule) == 0 && n-- == 0)
			return &list->items[i];
	}
	return NULL;
}

static void what_is_not_so_is_kept_only_where_it_was_so_before(void **state)
{
	CLEANUP(judged_release) struct judged_world first, second;

	(void)state;
	judged_init(&first);
	drift_world_declare(&first.world, "shop/Deployment/web/app", "web:1@one");
	make(&first, NULL);
	assert_null(find(&first, "unpinned", 0));
	for (size_t i = 0; i < first.judgement.judged.count; i++)
		assert_int_equal(first.judgement.judged.items[i].answer, ANSWER_YES);
	judged_init(&second);
	drift_world_declare(&second.world, "shop/Deployment/web/app", "web:1@one");
	make(&second, "unpinned");
	assert_int_equal(find(&second, "unpinned", 0)->answer, ANSWER_NO);
	assert_null(find(&second, "unpinned", 0)->finding);
	assert_int_equal(second.judgement.judged.count, first.judgement.judged.count + 1);
}

static void a_finding_says_where_it_is(void **state)
{
	CLEANUP(judged_release) struct judged_world judged;
	const struct finding *finding;
	struct digest one = image_world_digest("one");

	(void)state;
	judged_init(&judged);
	drift_world_declare(&judged.world, "shop/Deployment/web/init:app", "web:1@one");
	make(&judged, NULL);
	finding = find(&judged, "not-running", 0)->finding;
	assert_string_equal(finding->cluster, "prod");
	assert_string_equal(finding->namespace, "shop");
	assert_string_equal(finding->object.kind, "Deployment");
	assert_string_equal(finding->container, "app");
	assert_string_equal(finding->class, "init");
	assert_string_equal(finding->path, "deploy/web.yaml");
	assert_int_equal(finding->line, 1);
	assert_string_equal(finding->declared, one.text);
	assert_int_equal(finding->level, LEVEL_NOTE);
	assert_int_equal(finding->first_seen_at, WORLD_NOW);
	finding = find(&judged, "tag-gone", 0)->finding;
	assert_string_equal(finding->reference, WORLD_HOST "/web:1");
	assert_string_equal(finding->declared, "");
	assert_string_equal(finding->cluster, "");
}

static void a_tag_shows_who_differs_from_it(void **state)
{
	CLEANUP(judged_release) struct judged_world judged;
	const struct finding *finding;

	(void)state;
	judged_init(&judged);
	image_world_tag(&judged.world.images, "web", "1", "one");
	drift_world_declare(&judged.world, "shop/Deployment/fine/app", "web:1@one");
	drift_world_declare(&judged.world, "shop/Deployment/moved/app", "web:1@two");
	make(&judged, NULL);
	finding = find(&judged, "tag-moved", 0)->finding;
	assert_string_equal(finding->object.name, "moved");
	assert_string_equal(finding->path, "deploy/moved.yaml");
}

/* A digest that stands beside a tag elsewhere is shown where it stands alone. */
static void a_pin_shows_the_mention_that_is_meant(void **state)
{
	CLEANUP(judged_release) struct judged_world judged;
	const struct finding *finding;

	(void)state;
	judged_init(&judged);
	image_world_tag(&judged.world.images, "web", "1", "one");
	drift_world_declare(&judged.world, "shop/Deployment/fine/app", "web:1@one");
	drift_world_declare(&judged.world, "shop/Deployment/alone/app", "web@one");
	make(&judged, NULL);
	finding = find(&judged, "pin-without-tag", 0)->finding;
	assert_string_equal(finding->path, "deploy/alone.yaml");
	assert_string_equal(finding->object.name, "alone");
	assert_non_null(strstr(finding->reference, "/web@sha256:"));
}

#define SHOP "cluster/uid:1f0e/namespace/shop\n"
#define TREE "tree/https:%2F%2Fgit.example.com%2Fshop.git"

static void a_finding_rests_on_all_that_it_follows_from(void **state)
{
	CLEANUP(judged_release) struct judged_world judged;

	(void)state;
	judged_init(&judged);
	image_world_tag(&judged.world.images, "other", "1", "one");
	drift_world_declare(&judged.world, "shop/Deployment/web/app", "web@one");
	drift_world_declare(&judged.world, "shop/Deployment/api/app", "web@one");
	drift_world_run(&judged.world, "shop/Pod/debug/app", "other:2", "one");
	drift_world_run(&judged.world, "bank/Pod/debug/app", "other:2", "one");
	drift_world_run(&judged.world, "shop/Deployment/web/app", "web", "one");
	make(&judged, NULL);
	/* Of a use: the namespace, and the manifest. */
	assert_string_equal(find(&judged, "pin-not-applied", 0)->scopes,
			    SHOP TREE "/path/deploy/web.yaml\n");
	/* Of what is in no manifest: all manifests that were read. */
	assert_string_equal(find(&judged, "undeclared", 0)->scopes,
			    SHOP TREE "/path/deploy/\n");
	/* Where nothing is claimed: the namespace alone. */
	assert_string_equal(find(&judged, "running-unpinned", 0)->scopes,
			    "cluster/uid:1f0e/namespace/bank\n");
	/* Of a tag or pin: whoever mentions it. */
	assert_string_equal(find(&judged, "tag-gone", 0)->scopes,
			    "cluster/uid:1f0e/namespace/bank\n" SHOP);
	assert_string_equal(find(&judged, "pin-without-tag", 0)->scopes, TREE
			    "/path/deploy/api.yaml\n" TREE "/path/deploy/web.yaml\n");
}

/* The fingerprint of the first `unpinned` of a lone declaration, changed by `change`. */
static void fingerprint_of(char fingerprint[64], void (*change)(struct declared_use *use))
{
	CLEANUP(judged_release) struct judged_world judged;
	struct declared_use *use;

	judged_init(&judged);
	use = drift_world_declare(&judged.world, "shop/Deployment/web/app", "web:1");
	if (change)
		change(use);
	make(&judged, NULL);
	snprintf(fingerprint, 64, "%s", find(&judged, "unpinned", 0)->fingerprint);
	assert_int_equal(strspn(fingerprint, "0123456789abcdef"), 32);
	assert_int_equal(strlen(fingerprint), 32);
}

static void move_line(struct declared_use *use)
{
	use->line = 99;
	use->column = 9;
	use->field = "spec.containers[7].image";
}

static void change_tag(struct declared_use *use)
{
	use->image.ref.tag = "2";
	use->image.text = "web:2";
}

static void change_namespace(struct declared_use *use)
{
	use->namespace = "bank";
}

static void change_container(struct declared_use *use)
{
	use->image.container = "other";
}

static void change_class(struct declared_use *use)
{
	use->image.class = CLASS_INIT;
}

static void change_path(struct declared_use *use)
{
	use->path = "deploy/other.yaml";
}

static void change_kind(struct declared_use *use)
{
	use->object.kind = "StatefulSet";
}

static const struct {
	const char *label;
	void (*change)(struct declared_use *use);
	bool same;
} fingerprint_cases[] = {
	{ "nothing", NULL, true },
	{ "the place in the file", move_line, true },
	{ "the reference", change_tag, true },
	{ "the namespace that was joined", change_namespace, true },
	{ "the container", change_container, false },
	{ "the class", change_class, false },
	{ "the file", change_path, false },
	{ "the kind", change_kind, false },
};

static void a_fingerprint_is_of_rule_and_subject_alone(void **state)
{
	char first[64], other[64];

	(void)state;
	fingerprint_of(first, NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(fingerprint_cases); i++) {
		fingerprint_of(other, fingerprint_cases[i].change);
		CHECK(fingerprint_cases[i].label,
		      (strcmp(first, other) == 0) == fingerprint_cases[i].same);
	}
}

static void duplicates_have_ordinals(void **state)
{
	CLEANUP(judged_release) struct judged_world one, two;

	(void)state;
	judged_init(&one);
	drift_world_declare(&one.world, "shop/Deployment/web/app", "web:1");
	make(&one, NULL);
	judged_init(&two);
	drift_world_declare(&two.world, "shop/Deployment/web/app", "web:1");
	drift_world_declare(&two.world, "bank/Deployment/web/app", "web:1");
	drift_world_declare(&two.world, "shop/Deployment/web/app", "web:1");
	make(&two, NULL);
	assert_string_equal(find(&two, "unpinned", 0)->fingerprint,
			    find(&one, "unpinned", 0)->fingerprint);
	assert_string_not_equal(find(&two, "unpinned", 1)->fingerprint,
				find(&two, "unpinned", 0)->fingerprint);
	assert_string_not_equal(find(&two, "unpinned", 2)->fingerprint,
				find(&two, "unpinned", 1)->fingerprint);
}

static void the_digest_of_a_pin_is_not_in_its_fingerprint(void **state)
{
	CLEANUP(judged_release) struct judged_world one, two;

	(void)state;
	judged_init(&one);
	drift_world_declare(&one.world, "shop/Deployment/web/app", "web@one");
	make(&one, NULL);
	judged_init(&two);
	drift_world_declare(&two.world, "shop/Deployment/web/app", "web@two");
	drift_world_declare(&two.world, "shop/Deployment/api/app", "web@one");
	make(&two, NULL);
	assert_string_equal(find(&two, "pin-without-tag", 0)->fingerprint,
			    find(&one, "pin-without-tag", 0)->fingerprint);
	assert_string_not_equal(find(&two, "pin-without-tag", 1)->fingerprint,
				find(&two, "pin-without-tag", 0)->fingerprint);
}

/* Pods that a selector passed over may say otherwise. */
static void with_a_selector_no_use_is_cleared(void **state)
{
	CLEANUP(judged_release) struct judged_world judged;

	(void)state;
	judged_init(&judged);
	judged.world.snapshot->selector = "app=web";
	drift_world_run(&judged.world, "shop/Pod/web/app", "web@one", "one");
	drift_world_run(&judged.world, "shop/Pod/api/app", "web:1", "one");
	make(&judged, "running-unpinned");
	assert_int_equal(find(&judged, "running-unpinned", 0)->answer, ANSWER_YES);
	assert_null(find(&judged, "running-unpinned", 1));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_so_is_kept_only_where_it_was_so_before),
		cmocka_unit_test(a_finding_says_where_it_is),
		cmocka_unit_test(a_tag_shows_who_differs_from_it),
		cmocka_unit_test(a_pin_shows_the_mention_that_is_meant),
		cmocka_unit_test(a_finding_rests_on_all_that_it_follows_from),
		cmocka_unit_test(a_fingerprint_is_of_rule_and_subject_alone),
		cmocka_unit_test(duplicates_have_ordinals),
		cmocka_unit_test(the_digest_of_a_pin_is_not_in_its_fingerprint),
		cmocka_unit_test(with_a_selector_no_use_is_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
