#include "drift/inquiry.h"

#include "tests/unit/image_world.h"

static const char *const lines[] = { "manifest one c1 l1", "config c1 linux/amd64 d1" };

struct asking {
	struct image_world world;
	struct wants wants;
	struct inquiry inquiry;
	struct side side;
};

static void asking_init(struct asking *asking)
{
	image_world_init(&asking->world, lines, ARRAY_LENGTH(lines));
	asking->wants = (struct wants){ .arena = &asking->world.arena };
	asking->inquiry = (struct inquiry){
		.snapshot = &asking->world.snapshot,
		.wants = &asking->wants,
		.arena = &asking->world.arena,
		.reason = "",
	};
	asking->side = (struct side){ .place_count = 0 };
}

static void asking_release(struct asking *asking)
{
	wants_release(&asking->wants);
	image_world_release(&asking->world);
}

/* Answer what is wanted, and ask anew. */
static void next_round(struct asking *asking)
{
	image_world_answer(&asking->world, &asking->wants);
	wants_release(&asking->wants);
	asking->wants = (struct wants){ .arena = &asking->world.arena };
}

static void a_side_keeps_different_places_in_order(void **state)
{
	struct side side = { .place_count = 0 };

	(void)state;
	side_add_place(&side, "", "shop/web");
	side_add_place(&side, "a", "");
	side_add_place(&side, "a", "shop/web");
	side_add_place(&side, "a", "shop/web");
	side_add_place(&side, "a", "shop/api");
	side_add_place(&side, "b", "shop/web");
	side_add_place(&side, "c", "beyond the most");
	assert_int_equal(side.place_count, PLACES_MOST);
	assert_string_equal(side.places[0].repository, "shop/web");
	assert_string_equal(side.places[1].repository, "shop/api");
	assert_string_equal(side.places[2].registry, "b");
}

static void nothing_is_wanted_twice(void **state)
{
	CLEANUP(asking_release) struct asking asking;
	struct want want = {
		.kind = WANT_TAG, .registry = "a", .repository = "web", .tag = "1.0"
	};

	(void)state;
	asking_init(&asking);
	wants_add(&asking.wants, &want);
	wants_add(&asking.wants, &want);
	assert_int_equal(asking.wants.count, 1);
	want.tag = "1.1";
	wants_add(&asking.wants, &want);
	want.repository = "web2";
	wants_add(&asking.wants, &want);
	want.kind = WANT_PRESENCE;
	wants_add(&asking.wants, &want);
	want.digest = image_world_digest("x");
	wants_add(&asking.wants, &want);
	assert_int_equal(asking.wants.count, 5);
	assert_string_equal(asking.wants.items[2].repository, "web2");
}

static void content_is_asked_for_once_and_then_known(void **state)
{
	CLEANUP(asking_release) struct asking asking;
	struct digest one = image_world_digest("one"), c1 = image_world_digest("c1");
	const struct image *image;

	(void)state;
	asking_init(&asking);
	side_add_place(&asking.side, WORLD_HOST, WORLD_REPOSITORY);
	assert_int_equal(inquiry_manifest(&asking.inquiry, &asking.side, &one, &image),
			 KNOWN_LATER);
	assert_int_equal(inquiry_config(&asking.inquiry, &asking.side, &c1, &image),
			 KNOWN_LATER);
	assert_int_equal(asking.wants.count, 2);
	assert_int_equal(asking.wants.items[0].kind, WANT_MANIFEST);
	assert_int_equal(asking.wants.items[1].kind, WANT_BLOB);
	next_round(&asking);
	assert_int_equal(inquiry_manifest(&asking.inquiry, &asking.side, &one, &image),
			 KNOWN_YES);
	assert_int_equal(image->kind, IMAGE_MANIFEST);
	assert_int_equal(inquiry_config(&asking.inquiry, &asking.side, &c1, &image),
			 KNOWN_YES);
	assert_int_equal(asking.wants.count, 0);
}

static void the_next_place_is_asked_only_where_the_last_has_it_not(void **state)
{
	CLEANUP(asking_release) struct asking asking;
	struct digest one = image_world_digest("one");
	const struct image *image;

	(void)state;
	asking_init(&asking);
	asking.world.silent = "mirror.example.com";
	side_add_place(&asking.side, "mirror.example.com", "web");
	side_add_place(&asking.side, WORLD_HOST, WORLD_REPOSITORY);
	assert_int_equal(inquiry_manifest(&asking.inquiry, &asking.side, &one, &image),
			 KNOWN_LATER);
	assert_int_equal(asking.wants.count, 1);
	assert_string_equal(asking.wants.items[0].registry, "mirror.example.com");
	next_round(&asking);
	assert_int_equal(inquiry_manifest(&asking.inquiry, &asking.side, &one, &image),
			 KNOWN_LATER);
	assert_string_equal(asking.wants.items[0].registry, WORLD_HOST);
	next_round(&asking);
	assert_int_equal(inquiry_manifest(&asking.inquiry, &asking.side, &one, &image),
			 KNOWN_YES);
	assert_false(asking.inquiry.silent);
}

static void in_the_end_it_is_said_why_something_is_not_to_be_had(void **state)
{
	CLEANUP(asking_release) struct asking asking;
	struct digest none = image_world_digest("none"), other = { "" }, zeros;
	struct error err = ERROR_INIT;
	const struct image *image;

	(void)state;
	asking_init(&asking);
	assert_int_equal(inquiry_manifest(&asking.inquiry, &asking.side, &none, &image),
			 KNOWN_NO);
	assert_string_equal(asking.inquiry.reason,
			    "no repository is known that could hold it");
	side_add_place(&asking.side, WORLD_HOST, WORLD_REPOSITORY);
	assert_int_equal(inquiry_manifest(&asking.inquiry, &asking.side, &none, &image),
			 KNOWN_LATER);
	next_round(&asking);
	assert_int_equal(inquiry_manifest(&asking.inquiry, &asking.side, &none, &image),
			 KNOWN_NO);
	assert_string_equal(asking.inquiry.reason, "404");
	assert_false(asking.inquiry.silent);
	assert_int_equal(inquiry_manifest(&asking.inquiry, &asking.side, &other, &image),
			 KNOWN_NO);
	assert_true(digest_parse(&zeros,
				 "sha256:000000000000000000000000000000000000000000000000"
				 "0000000000000000",
				 &err));
	assert_int_equal(inquiry_manifest(&asking.inquiry, &asking.side, &zeros, &image),
			 KNOWN_NO);
	asking.inquiry.wants = NULL;
	none = image_world_digest("never asked for");
	assert_int_equal(inquiry_manifest(&asking.inquiry, &asking.side, &none, &image),
			 KNOWN_NO);
	assert_false(asking.inquiry.silent);
	assert_int_equal(asking.wants.count, 0);
}

static const struct {
	const char *label;
	enum fact_state first, second;
	bool mismatch; /* of the first */
	bool silent;
	const char *reason;
} failure_cases[] = {
	{ "no answer", FACT_UNKNOWN, FACT_ABSENT, false, true, "first" },
	{ "denied", FACT_DENIED, FACT_ABSENT, false, true, "first" },
	{ "no answer at last", FACT_ABSENT, FACT_UNKNOWN, false, true, "second" },
	{ "absent from both", FACT_ABSENT, FACT_ABSENT, false, false, "second" },
	{ "wrong bytes leave no gap of a registry", FACT_UNKNOWN, FACT_ABSENT, true,
	  false, "second" },
	{ "there, but nothing that can be read", FACT_ABSENT, FACT_FOUND, false, false,
	  "its registry holds it, in a form that is not read" },
};

static void silence_is_told_from_a_plain_no(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(failure_cases); i++) {
		CLEANUP(asking_release) struct asking asking;
		struct digest digest = image_world_digest("none");
		struct digest_fact fact = { "a",    "web",
					    digest, failure_cases[i].first,
					    false,  failure_cases[i].mismatch,
					    "first" };
		const struct image *image;

		asking_init(&asking);
		side_add_place(&asking.side, "a", "web");
		side_add_place(&asking.side, "b", "web");
		snapshot_add_digest(&asking.world.snapshot, &fact);
		fact = (struct digest_fact){ "b",     "web",
					     digest,  failure_cases[i].second,
					     false,   false,
					     "second" };
		snapshot_add_digest(&asking.world.snapshot, &fact);
		CHECK(failure_cases[i].label,
		      inquiry_manifest(&asking.inquiry, &asking.side, &digest, &image) ==
			      KNOWN_NO);
		CHECK(failure_cases[i].label,
		      asking.inquiry.silent == failure_cases[i].silent);
		CHECK_TEXT(failure_cases[i].label, asking.inquiry.reason,
			   failure_cases[i].reason);
	}
}

static void a_tag_is_asked_for_until_there_is_a_fact(void **state)
{
	CLEANUP(asking_release) struct asking asking;
	struct digest one = image_world_digest("one");
	const struct tag_fact *fact;

	(void)state;
	asking_init(&asking);
	image_world_tag(&asking.world, "shop/web", "1.0", "one");
	assert_int_equal(
		inquiry_tag(&asking.inquiry, WORLD_HOST, "shop/web", "1.0", &fact),
		KNOWN_LATER);
	assert_int_equal(asking.wants.items[0].kind, WANT_TAG);
	next_round(&asking);
	assert_int_equal(
		inquiry_tag(&asking.inquiry, WORLD_HOST, "shop/web", "1.0", &fact),
		KNOWN_YES);
	assert_true(digest_equal(&fact->digest, &one));
	asking.inquiry.wants = NULL;
	assert_int_equal(
		inquiry_tag(&asking.inquiry, WORLD_HOST, "shop/web", "2.0", &fact),
		KNOWN_NO);
	assert_null(fact);
}

static void presence_is_asked_for_by_a_head_where_the_content_is_known(void **state)
{
	CLEANUP(asking_release) struct asking asking;
	struct image_ref ref = { WORLD_HOST, "shop/web", "", image_world_digest("one") };
	const struct digest_fact *fact;

	(void)state;
	asking_init(&asking);
	assert_int_equal(inquiry_presence(&asking.inquiry, &ref, &fact), KNOWN_LATER);
	assert_int_equal(asking.wants.items[0].kind, WANT_MANIFEST);
	image_world_learn(&asking.world);
	assert_int_equal(inquiry_presence(&asking.inquiry, &ref, &fact), KNOWN_LATER);
	assert_int_equal(asking.wants.items[1].kind, WANT_PRESENCE);
	next_round(&asking);
	assert_int_equal(inquiry_presence(&asking.inquiry, &ref, &fact), KNOWN_YES);
	assert_int_equal(fact->state, FACT_FOUND);
	ref.registry = "other.example.com";
	assert_int_equal(inquiry_presence(&asking.inquiry, &ref, &fact), KNOWN_LATER);
	next_round(&asking);
	assert_int_equal(inquiry_presence(&asking.inquiry, &ref, &fact), KNOWN_YES);
	assert_int_equal(fact->state, FACT_ABSENT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_side_keeps_different_places_in_order),
		cmocka_unit_test(nothing_is_wanted_twice),
		cmocka_unit_test(content_is_asked_for_once_and_then_known),
		cmocka_unit_test(the_next_place_is_asked_only_where_the_last_has_it_not),
		cmocka_unit_test(in_the_end_it_is_said_why_something_is_not_to_be_had),
		cmocka_unit_test(silence_is_told_from_a_plain_no),
		cmocka_unit_test(a_tag_is_asked_for_until_there_is_a_fact),
		cmocka_unit_test(
			presence_is_asked_for_by_a_head_where_the_content_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
