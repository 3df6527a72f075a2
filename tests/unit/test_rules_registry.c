/* The rules that look at what a registry holds: tags and pins. */
#include "drift/predicates.h"

#include "tests/unit/drift_world.h"

#define WHERE "shop/Deployment/web/app"
#define HELD "shop/web:1"

static const char *const images[] = {
	"config c-one linux/amd64 d1",
	"config c-one-arm linux/arm64 d2",
	"config c-two linux/amd64 d3",
	"config c-two-arm linux/arm64 d4",
	"manifest one c-one l1",
	"manifest one-arm c-one-arm l2",
	"manifest two c-two l3",
	"manifest two-arm c-two-arm l4",
	"index both one=linux/amd64 one-arm=linux/arm64",
	"index half one=linux/amd64 two-arm=linux/arm64",
	"index others two=linux/amd64 two-arm=linux/arm64",
	"index outer both",
	"index torn *lost two=linux/amd64",
	"other relic",
};

static void init_world(struct drift_world *world, const char *tag)
{
	drift_world_init(world, images, ARRAY_LENGTH(images));
	if (tag)
		image_world_tag(&world->images, WORLD_REPOSITORY, "1", tag);
}

/* A registry that will not say, by a fact about the tag or one about a digest. */
static void deny_tag(struct drift_world *world)
{
	snapshot_add_tag(world->snapshot,
			 &(struct tag_fact){ .registry = WORLD_HOST,
					     .repository = WORLD_REPOSITORY,
					     .tag = "1",
					     .state = FACT_DENIED,
					     .reason = "denied" });
}

static void add_pin_fact(struct drift_world *world, const char *name,
			 enum fact_state state, bool mismatch, const char *reason)
{
	snapshot_add_digest(world->snapshot,
			    &(struct digest_fact){ .registry = WORLD_HOST,
						   .repository = WORLD_REPOSITORY,
						   .digest = image_world_digest(name),
						   .state = state,
						   .mismatch = mismatch,
						   .reason = reason });
}

static void deny_pin(struct drift_world *world)
{
	add_pin_fact(world, "one", FACT_DENIED, false, "denied");
}

static void serve_wrong_bytes(struct drift_world *world)
{
	add_pin_fact(world, "one", FACT_UNKNOWN, true, "it served other bytes");
}

static void silence(struct drift_world *world)
{
	world->images.silent = WORLD_HOST;
}

static void keep_index_from_us(struct drift_world *world)
{
	snapshot_add_tag(world->snapshot,
			 &(struct tag_fact){ .registry = WORLD_HOST,
					     .repository = WORLD_REPOSITORY,
					     .tag = "1",
					     .state = FACT_FOUND,
					     .digest = image_world_digest("unseen"),
					     .reason = "" });
}

/* A container, where it is declared, and where it runs; of either, NULL is not. */
struct tag_case {
	const char *label, *tag, *declared, *running, *image_id;
	void (*change)(struct drift_world *world);
	enum answer moved;
	enum level level;
	const char *says;
	enum answer gone;
};

static const struct tag_case tag_cases[] = {
	{ "the pin", "both", "shop/web:1@both", NULL, NULL, NULL, ANSWER_NO, LEVEL_NONE,
	  "", ANSWER_NO },
	{ "the index around the pin", "both", "shop/web:1@one", NULL, NULL, NULL,
	  ANSWER_NO, LEVEL_NONE, "", ANSWER_NO },
	{ "moved from its pin", "two", "shop/web:1@one", NULL, NULL, NULL, ANSWER_YES,
	  LEVEL_WARNING, "1 now resolves to sha256:", ANSWER_NO },
	{ "moved from its pin, said so", "two", "shop/web:1@one", NULL, NULL, NULL,
	  ANSWER_YES, LEVEL_WARNING, "another image than the pinned sha256:", ANSWER_NO },
	{ "moved for every platform", "others", "shop/web:1@both", NULL, NULL, NULL,
	  ANSWER_YES, LEVEL_WARNING, "another image than the pinned", ANSWER_NO },
	{ "moved for some platform", "half", "shop/web:1@both", NULL, NULL, NULL,
	  ANSWER_YES, LEVEL_WARNING, "another image than the pinned", ANSWER_NO },
	{ "moved from what runs", "two", NULL, HELD, "one", NULL, ANSWER_YES,
	  LEVEL_WARNING, "another image than the running sha256:", ANSWER_NO },
	{ "moved for other platforms than the node's", "half", NULL, HELD, "both", NULL,
	  ANSWER_YES, LEVEL_NOTE, "for other platforms", ANSWER_NO },
	{ "what runs", "both", NULL, HELD, "one", NULL, ANSWER_NO, LEVEL_NONE, "",
	  ANSWER_NO },
	{ "declared alone, without a pin", "two", HELD, NULL, NULL, NULL, ANSWER_NO,
	  LEVEL_NONE, "", ANSWER_NO },
	{ "not started", "two", NULL, HELD, "", NULL, ANSWER_NO, LEVEL_NONE, "",
	  ANSWER_NO },
	{ "a running digest that is nowhere", "two", NULL, HELD, "gone", NULL,
	  ANSWER_UNKNOWN, LEVEL_NONE, "", ANSWER_NO },
	{ "a pin that is nowhere", "two", "shop/web:1@gone", NULL, NULL, NULL,
	  ANSWER_UNKNOWN, LEVEL_NONE, "", ANSWER_NO },
	{ "proved by one mention, not by the other", "two", "shop/web:1@gone", HELD,
	  "one", NULL, ANSWER_YES, LEVEL_WARNING, "running", ANSWER_NO },
	{ "no more", NULL, "shop/web:1@one", NULL, NULL, NULL, ANSWER_NONE, LEVEL_NONE,
	  "", ANSWER_YES },
	{ "a registry that is silent", "two", "shop/web:1@one", NULL, NULL, silence,
	  ANSWER_UNKNOWN, LEVEL_NONE, "", ANSWER_UNKNOWN },
	{ "a registry that denies", "two", "shop/web:1@one", NULL, NULL, deny_tag,
	  ANSWER_UNKNOWN, LEVEL_NONE, "", ANSWER_UNKNOWN },
	{ "a placeholder for a pin", "two",
	  "=" WORLD_HOST "/shop/web:1@sha256:"
	  "1111111111111111111111111111111111111111111111111111111111111111",
	  NULL, NULL, NULL, ANSWER_NO, LEVEL_NONE, "", ANSWER_NO },
};

static const struct tag_subject *lone_tag(const struct drift_world *world)
{
	assert_int_equal(world->drift.subjects.tag_count, 1);
	return &world->drift.subjects.tags[0];
}

static void judge_tag_case(struct drift_world *world, const struct tag_case *one)
{
	init_world(world, one->tag);
	if (one->declared)
		drift_world_declare(world, WHERE, one->declared);
	if (one->running)
		drift_world_run(world, WHERE, one->running, one->image_id);
	if (one->change)
		one->change(world);
	drift_world_judge(world, NULL, 0);
}

static void a_tag_has_moved_only_where_another_image_is_proved(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(tag_cases); i++) {
		const struct tag_case *one = &tag_cases[i];
		struct finding finding = { .level = LEVEL_WARNING, .message = "" };
		struct drift_world world;

		judge_tag_case(&world, one);
		CHECK(one->label, rule_tag_moved(&world.drift, lone_tag(&world),
						 &finding) == one->moved);
		CHECK(one->label, strstr(finding.message, one->says));
		if (one->moved == ANSWER_YES)
			CHECK(one->label, finding.level == one->level);
		drift_world_release(&world);
	}
}

static void a_tag_is_gone_where_its_registry_says_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(tag_cases); i++) {
		const struct tag_case *one = &tag_cases[i];
		struct finding finding = { .message = "" };
		struct drift_world world;

		judge_tag_case(&world, one);
		CHECK(one->label, rule_tag_gone(&world.drift, lone_tag(&world),
						&finding) == one->gone);
		if (one->gone == ANSWER_YES)
			CHECK_TEXT(one->label, finding.message,
				   WORLD_HOST "/shop/web has no tag 1");
		drift_world_release(&world);
	}
}

static void a_tag_flaps_from_five_moves_on(void **state)
{
	static const struct {
		const char *label, *tag;
		uint32_t moves;
		void (*change)(struct drift_world *world);
		enum answer answer;
	} cases[] = {
		{ "never moved", "one", 0, NULL, ANSWER_NO },
		{ "four", "one", 4, NULL, ANSWER_NO },
		{ "five", "one", 5, NULL, ANSWER_YES },
		{ "many", "one", 4000000000, NULL, ANSWER_YES },
		{ "gone at last", NULL, 5, NULL, ANSWER_YES },
		{ "a registry that is silent", "one", 5, silence, ANSWER_UNKNOWN },
		{ "a registry that denies", NULL, 5, deny_tag, ANSWER_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct finding finding = { .message = "" };
		struct drift_world world;

		init_world(&world, cases[i].tag);
		drift_world_declare(&world, WHERE, "shop/web:1@one");
		if (cases[i].change)
			cases[i].change(&world);
		drift_world_judge(&world, NULL, 0);
		world.snapshot->tags[0].moves = cases[i].moves;
		CHECK(cases[i].label, rule_tag_flapping(&world.drift, lone_tag(&world),
							&finding) == cases[i].answer);
		if (cases[i].moves == 5 && cases[i].answer == ANSWER_YES)
			CHECK_TEXT(cases[i].label, finding.message,
				   "the tag 1 was seen to move 5 times within seven "
				   "days");
		drift_world_release(&world);
	}
}

static void a_moved_tag_shows_what_it_was_and_what_it_is(void **state)
{
	struct digest one = image_world_digest("one"), two = image_world_digest("two");

	(void)state;
	for (int declared = 0; declared < 2; declared++) {
		struct finding finding = { .message = "", .declared = "", .running = "" };
		struct drift_world world;

		init_world(&world, "two");
		if (declared)
			drift_world_declare(&world, WHERE, "shop/web:1@one");
		else
			drift_world_run(&world, WHERE, HELD, "one");
		drift_world_judge(&world, NULL, 0);
		assert_int_equal(rule_tag_moved(&world.drift, lone_tag(&world), &finding),
				 ANSWER_YES);
		assert_string_equal(finding.resolved, two.text);
		assert_string_equal(declared ? finding.declared : finding.running,
				    one.text);
		assert_string_equal(declared ? finding.running : finding.declared, "");
		drift_world_release(&world);
	}
}

/* What one mirror says of the tag; a NULL digest has a reason. */
static void add_mirror(struct drift_world *world, enum fact_state state,
		       const char *image)
{
	static struct mirror_fact mirrors[3];
	struct tag_fact *fact = &world->snapshot->tags[0];
	struct mirror_fact *mirror = &mirrors[fact->mirror_count++];

	*mirror = (struct mirror_fact){ .host = "mirror.test",
					.state = state,
					.reason = "it does not say" };
	if (image)
		mirror->digest = image_world_digest(image);
	fact->mirrors = mirrors;
}

static void a_mirror_differs_only_where_another_image_is_proved(void **state)
{
	static const struct {
		const char *label, *tag;
		enum fact_state first;
		const char *first_image;
		enum fact_state second;
		const char *second_image;
		enum answer answer;
	} cases[] = {
		{ "the same digest", "both", FACT_FOUND, "both", FACT_ABSENT, NULL,
		  ANSWER_NO },
		{ "the same image in another wrapping", "both", FACT_FOUND, "outer",
		  FACT_ABSENT, NULL, ANSWER_NO },
		{ "another image", "one", FACT_FOUND, "two", FACT_ABSENT, NULL,
		  ANSWER_YES },
		{ "another image for one platform", "both", FACT_FOUND, "half",
		  FACT_ABSENT, NULL, ANSWER_YES },
		{ "the second of two", "one", FACT_FOUND, "one", FACT_FOUND, "two",
		  ANSWER_YES },
		{ "a mirror that has no such tag", "one", FACT_ABSENT, NULL, FACT_ABSENT,
		  NULL, ANSWER_NO },
		{ "a mirror that is silent", "one", FACT_UNKNOWN, NULL, FACT_ABSENT, NULL,
		  ANSWER_UNKNOWN },
		{ "a mirror that denies, beside one that agrees", "one", FACT_FOUND,
		  "one", FACT_DENIED, NULL, ANSWER_UNKNOWN },
		{ "a mirror that is silent, beside one that differs", "one", FACT_UNKNOWN,
		  NULL, FACT_FOUND, "two", ANSWER_YES },
		{ "an image that nobody has", "one", FACT_FOUND, "gone", FACT_ABSENT,
		  NULL, ANSWER_UNKNOWN },
		{ "an image that nobody has, beside one that differs", "one", FACT_FOUND,
		  "gone", FACT_FOUND, "two", ANSWER_YES },
		{ "a tag that its registry has no more", NULL, FACT_FOUND, "one",
		  FACT_ABSENT, NULL, ANSWER_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct finding finding = { .level = LEVEL_WARNING, .message = "" };
		struct drift_world world;

		init_world(&world, cases[i].tag);
		drift_world_declare(&world, WHERE, HELD);
		drift_world_judge(&world, NULL, 0);
		add_mirror(&world, cases[i].first, cases[i].first_image);
		add_mirror(&world, cases[i].second, cases[i].second_image);
		drift_world_judge(&world, NULL, 0);
		CHECK(cases[i].label, rule_mirror_differs(&world.drift, lone_tag(&world),
							  &finding) == cases[i].answer);
		if (cases[i].answer == ANSWER_YES)
			CHECK(cases[i].label,
			      strstr(finding.message,
				     "the mirror mirror.test resolves 1 to sha256:"));
		drift_world_release(&world);
	}
}

static void without_mirrors_nothing_is_said_of_them(void **state)
{
	static void (*const changes[])(struct drift_world *) = { NULL, silence };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(changes); i++) {
		struct finding finding = { .message = "" };
		struct drift_world world;

		init_world(&world, "one");
		drift_world_declare(&world, WHERE, HELD);
		if (changes[i])
			changes[i](&world);
		drift_world_judge(&world, NULL, 0);
		CHECK("no mirror", rule_mirror_differs(&world.drift, lone_tag(&world),
						       &finding) == ANSWER_UNKNOWN);
		drift_world_release(&world);
	}
}

struct pin_case {
	const char *label, *tag, *declared, *image_id;
	void (*change)(struct drift_world *world);
	enum answer gone, mismatch, platform, alone;
};

#define EMPTY_PIN                                                                        \
	"=" WORLD_HOST "/shop/web:1@"                                                    \
	"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const struct pin_case pin_cases[] = {
	{ "the tag's own", "one", "shop/web:1@one", NULL, NULL, ANSWER_NO, ANSWER_NO,
	  ANSWER_NO, ANSWER_NO },
	{ "the tag's own index", "both", "shop/web:1@both", NULL, NULL, ANSWER_NO,
	  ANSWER_NO, ANSWER_NO, ANSWER_NO },
	{ "a child of the tag's index", "both", "shop/web:1@one", NULL, NULL, ANSWER_NO,
	  ANSWER_NO, ANSWER_YES, ANSWER_NO },
	{ "an index below the tag's", "outer", "shop/web:1@both", NULL, NULL, ANSWER_NO,
	  ANSWER_NO, ANSWER_NO, ANSWER_NO },
	{ "another than the tag's", "both", "shop/web:1@two", NULL, NULL, ANSWER_NO,
	  ANSWER_NO, ANSWER_NO, ANSWER_NO },
	{ "perhaps in a part of the tag's index that is lost", "torn", "shop/web:1@one",
	  NULL, NULL, ANSWER_NO, ANSWER_NO, ANSWER_UNKNOWN, ANSWER_NO },
	{ "beside a tag whose content is not had", NULL, "shop/web:1@one", NULL,
	  keep_index_from_us, ANSWER_NO, ANSWER_NO, ANSWER_UNKNOWN, ANSWER_NO },
	{ "beside a tag that is gone", NULL, "shop/web:1@one", NULL, NULL, ANSWER_NO,
	  ANSWER_NO, ANSWER_NO, ANSWER_NO },
	{ "beside a tag that is denied", NULL, "shop/web:1@one", NULL, deny_tag,
	  ANSWER_NO, ANSWER_NO, ANSWER_UNKNOWN, ANSWER_NO },
	{ "a digest alone", NULL, "shop/web@one", NULL, NULL, ANSWER_NO, ANSWER_NO,
	  ANSWER_NO, ANSWER_YES },
	{ "a digest alone, around which an index runs", NULL, "shop/web@one", "both",
	  NULL, ANSWER_NO, ANSWER_NO, ANSWER_YES, ANSWER_YES },
	{ "a digest alone that runs", NULL, "shop/web@one", "one", NULL, ANSWER_NO,
	  ANSWER_NO, ANSWER_NO, ANSWER_YES },
	{ "no more", "one", "shop/web:1@gone", NULL, NULL, ANSWER_YES, ANSWER_NO,
	  ANSWER_NO, ANSWER_NO },
	{ "of a registry that is silent", "one", "shop/web:1@one", NULL, silence,
	  ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_NO },
	{ "of a registry that denies it", NULL, "shop/web@one", NULL, deny_pin,
	  ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES },
	{ "of a registry that serves other bytes", NULL, "shop/web@one", NULL,
	  serve_wrong_bytes, ANSWER_UNKNOWN, ANSWER_YES, ANSWER_NO, ANSWER_YES },
	{ "a placeholder", "both", EMPTY_PIN, NULL, NULL, ANSWER_NONE, ANSWER_NONE,
	  ANSWER_NONE, ANSWER_NO },
};

static const struct pin_subject *lone_pin(const struct drift_world *world)
{
	assert_int_equal(world->drift.subjects.pin_count, 1);
	return &world->drift.subjects.pins[0];
}

/* What one rule says of one pin, beside what is expected. */
struct pin_rule {
	const char *name;
	enum answer (*ask)(struct drift *drift, const struct pin_subject *pin,
			   struct finding *finding);
	enum answer expected;
	const char *says;
};

static void check_pin_rule(struct drift_world *world, const char *label,
			   const struct pin_rule *rule)
{
	struct finding finding = { .message = "" };
	enum answer answer = rule->ask(&world->drift, lone_pin(world), &finding);

	if (answer != rule->expected)
		fail_msg("%s: %s answers %d, not %d", label, rule->name, (int)answer,
			 (int)rule->expected);
	if (answer == ANSWER_YES && !strstr(finding.message, rule->says))
		fail_msg("%s: %s says '%s'", label, rule->name, finding.message);
}

static void check_pin_case(struct drift_world *world, const struct pin_case *one)
{
	const struct pin_rule asked[] = {
		{ "pin-gone", rule_pin_gone, one->gone,
		  WORLD_HOST "/shop/web no longer holds sha256:" },
		{ "registry-mismatch", rule_registry_mismatch, one->mismatch,
		  "it served other bytes" },
		{ "pin-platform", rule_pin_platform, one->platform,
		  "is one platform's manifest of an image index" },
		{ "pin-without-tag", rule_pin_without_tag, one->alone,
		  "has no tag beside it" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(asked); i++)
		check_pin_rule(world, one->label, &asked[i]);
}

static void a_pin_breaks_the_rules_that_its_registry_shows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(pin_cases); i++) {
		const struct pin_case *one = &pin_cases[i];
		struct drift_world world;

		init_world(&world, one->tag);
		drift_world_declare(&world, WHERE, one->declared);
		if (one->image_id)
			drift_world_run(&world, WHERE, HELD, one->image_id);
		if (one->change)
			one->change(&world);
		drift_world_judge(&world, NULL, 0);
		check_pin_case(&world, one);
		drift_world_release(&world);
	}
}

/* Of several mentions, one suffices. */
static void a_pin_is_judged_by_all_that_mention_it(void **state)
{
	static const struct pin_case one = {
		.label = "beside two tags and none",
		.gone = ANSWER_NO,
		.mismatch = ANSWER_NO,
		.platform = ANSWER_YES,
		.alone = ANSWER_YES,
	};
	struct drift_world world;

	(void)state;
	init_world(&world, "one");
	image_world_tag(&world.images, WORLD_REPOSITORY, "2", "both");
	drift_world_declare(&world, WHERE, "shop/web:1@one");
	drift_world_declare(&world, "shop/Deployment/api/app", "shop/web:2@one");
	drift_world_declare(&world, "shop/Deployment/job/app", "shop/web@one");
	drift_world_judge(&world, NULL, 0);
	check_pin_case(&world, &one);
	drift_world_release(&world);
}

/* Where no registry is asked, only what the manifests show can be told. */
static void offline_only_a_missing_tag_is_told(void **state)
{
	static const struct pin_case one = {
		.label = "offline",
		.gone = ANSWER_NONE,
		.mismatch = ANSWER_NONE,
		.platform = ANSWER_NONE,
		.alone = ANSWER_YES,
	};
	struct drift_world world;

	(void)state;
	init_world(&world, NULL);
	drift_world_declare(&world, WHERE, "shop/web@one");
	drift_init(&world.drift, world.snapshot, WORLD_NOW, true);
	drift_judge(&world.drift, NULL, 0, &world.outcome);
	check_pin_case(&world, &one);
	drift_world_release(&world);
}

/* Not asked within the limits of a scan. */
static void what_was_not_asked_is_unknown(void **state)
{
	static const struct pin_case one = {
		.label = "not asked",
		.gone = ANSWER_UNKNOWN,
		.mismatch = ANSWER_UNKNOWN,
		.platform = ANSWER_UNKNOWN,
		.alone = ANSWER_NO,
	};
	struct finding finding = { .message = "" };
	struct drift_world world;

	(void)state;
	init_world(&world, "one");
	drift_world_declare(&world, WHERE, "shop/web:1@one");
	drift_init(&world.drift, world.snapshot, WORLD_NOW, false);
	drift_judge(&world.drift, NULL, 0, &world.outcome);
	check_pin_case(&world, &one);
	assert_int_equal(rule_tag_moved(&world.drift, lone_tag(&world), &finding),
			 ANSWER_UNKNOWN);
	assert_int_equal(rule_tag_gone(&world.drift, lone_tag(&world), &finding),
			 ANSWER_UNKNOWN);
	drift_world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tag_has_moved_only_where_another_image_is_proved),
		cmocka_unit_test(a_tag_is_gone_where_its_registry_says_so),
		cmocka_unit_test(a_tag_flaps_from_five_moves_on),
		cmocka_unit_test(a_moved_tag_shows_what_it_was_and_what_it_is),
		cmocka_unit_test(a_mirror_differs_only_where_another_image_is_proved),
		cmocka_unit_test(without_mirrors_nothing_is_said_of_them),
		cmocka_unit_test(a_pin_breaks_the_rules_that_its_registry_shows),
		cmocka_unit_test(a_pin_is_judged_by_all_that_mention_it),
		cmocka_unit_test(offline_only_a_missing_tag_is_told),
		cmocka_unit_test(what_was_not_asked_is_unknown),
	};

	return cmocka_run_group_tests_name("rules_registry", tests, NULL, NULL);
}
