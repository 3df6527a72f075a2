#include "drift/evaluate.h"

#include "tests/unit/drift_world.h"

static const char *const images[] = {
	"config c-amd linux/amd64 d1", "config c-other linux/amd64 d9",
	"manifest amd c-amd l1",       "manifest arm c-arm l2",
	"manifest other c-other l9",   "index front amd=linux/amd64 arm=linux/arm64",
};

#define GONE                                                                             \
	"=" WORLD_HOST "/shop/web@sha256:"                                               \
	"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccd"

/* One pod of Deployment web, declared as web:1@front. */
static const struct {
	const char *label;
	const char *live, *image, *image_id;
	const char *revision; /* of the pod; the live one is "2" */
	const char *row;      /* drift_world_rows(), without the name */
	const char *gaps;
} bound_cases[] = {
	{ "resolved", "web:1@front", "web:1@front", "amd", "2", "match platform", "" },
	{ "another image is drift, whatever the references say", "web:1@front",
	  "web:1@front", "other", "2", "drift layers", "" },
	{ "bound: the pod and its template carry the digest", "web:1@front",
	  "web:1@front", GONE, "2", "match bound", "" },
	{ "the template carries another", "web:1@other", "web:1@front", GONE, "2",
	  "unknown", "unresolved" },
	{ "the template carries none", "web:1", "web:1@front", GONE, "2", "unknown",
	  "unresolved" },
	{ "the pod carries none", "web:1", "web:1", GONE, "2", "unknown", "unresolved" },
	{ "the pod was patched in place", "web:1", "web:1@front", GONE, "2", "unknown",
	  "unresolved" },
	{ "the pod is of an older revision", "web:1@front", "web:1@front", GONE, "1",
	  "unknown", "unresolved" },
	{ "an image ID that cannot be read, bound", "web:1@front", "web:1@front",
	  "=containerd://x", "2", "match bound", "" },
	{ "an image ID that cannot be read", "web:1", "web:1", "=containerd://x", "2",
	  "unknown", "unresolved" },
	{ "not started", "web:1@front", "web:1@front", "", "2", "pending", "" },
};

static void what_cannot_be_resolved_is_bound_or_unknown(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bound_cases); i++) {
		const char *label = bound_cases[i].label;
		CLEANUP(drift_world_release) struct drift_world world;
		struct live_workload *live;

		drift_world_init(&world, images, ARRAY_LENGTH(images));
		image_world_tag(&world.images, "web", "1", "front");
		drift_world_declare(&world, "shop/Deployment/web/app", "web:1@front");
		live = drift_world_live(&world, "shop/Deployment/web/app",
					bound_cases[i].live);
		live->revision = "2";
		drift_world_run(&world, "shop/Deployment/web/app", bound_cases[i].image,
				bound_cases[i].image_id)
			->revision = bound_cases[i].revision;
		drift_world_judge(&world, NULL, 0);
		CHECK_TEXT(label, drift_world_rows(&world),
			   arena_printf(&world.images.arena, "web/app %s\n",
					bound_cases[i].row));
		CHECK(label, (bound_cases[i].gaps[0] != '\0') ==
				     (world.snapshot->gap_count > 0));
		CHECK(label, strncmp(drift_world_gaps(&world), bound_cases[i].gaps,
				     strlen(bound_cases[i].gaps)) == 0);
	}
}

/* It has no template that its reference could equal. */
static void a_bare_pod_is_never_bound(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_declare(&world, "shop/Pod/web/app", "web@front");
	drift_world_run(&world, "shop/Pod/web/app", "web@front", GONE);
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(drift_world_rows(&world), "web/app unknown\n");
}

static void a_silent_registry_stays_a_gap_beside_a_bound_match(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	world.images.silent = WORLD_HOST;
	drift_world_declare(&world, "shop/Deployment/web/app", "web@front");
	drift_world_live(&world, "shop/Deployment/web/app", "web@front");
	drift_world_run(&world, "shop/Deployment/web/app", "web@front", GONE);
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(drift_world_rows(&world), "web/app match bound\n");
	assert_string_equal(drift_world_gaps(&world),
			    "unreachable: registry " WORLD_HOST "\n");
}

/* The kind of the nth want, and what it names, of one round. */
static const struct want *want_of(const struct wants *wants, enum want_kind kind)
{
	for (size_t i = 0; i < wants->count; i++) {
		if (wants->items[i].kind == kind)
			return &wants->items[i];
	}
	return NULL;
}

static void a_pin_that_its_tag_shows_is_not_asked_for(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	image_world_tag(&world.images, "web", "1", "front");
	drift_world_declare(&world, "shop/Deployment/web/app", "web:1@front");
	drift_world_run(&world, "shop/Deployment/web/app", "web:1@front", "front");
	drift_world_judge(&world, NULL, 0);
	assert_int_equal(world.images.asked, 1);
	assert_int_equal(world.rounds, 1);
}

static void a_known_pin_costs_one_head(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;
	CLEANUP(wants_release) struct wants wants = { .arena = NULL };

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	image_world_learn(&world.images);
	drift_world_declare(&world, "shop/Deployment/web/app", "web@front");
	drift_world_run(&world, "shop/Deployment/web/app", "web@front", "amd");
	drift_init(&world.drift, world.snapshot, WORLD_NOW, false);
	assert_true(drift_wanted(&world.drift, &wants));
	assert_int_equal(wants.count, 1);
	assert_non_null(want_of(&wants, WANT_PRESENCE));
}

static void a_digest_of_no_image_is_never_asked_for(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;
	CLEANUP(wants_release) struct wants wants = { .arena = NULL };
	static const char zeros[] =
		"=" WORLD_HOST "/web:1@sha256:"
		"00000000000000000000000000000000000000000000000000000000"
		"00000000";

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	image_world_tag(&world.images, "web", "1", "front");
	drift_world_declare(&world, "shop/Deployment/web/app", zeros);
	drift_world_live(&world, "shop/Deployment/web/app", zeros);
	drift_world_run(&world, "shop/Deployment/web/app", "web:1", "front");
	drift_world_run(&world, "shop/Deployment/web/app", zeros, GONE);
	drift_init(&world.drift, world.snapshot, WORLD_NOW, false);
	assert_true(drift_wanted(&world.drift, &wants));
	assert_int_equal(wants.count, 1);
	assert_non_null(want_of(&wants, WANT_TAG));
	drift_world_judge(&world, NULL, 0);
	assert_int_equal(world.snapshot->digest_count, 3); /* front, and GONE twice */
	assert_string_equal(drift_world_rows(&world),
			    "web/app unknown\nweb/app unknown\n");
}

static void a_placeholder_is_never_asked_for(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_declare(&world, "shop/Deployment/web/app", "=${IMAGE}");
	drift_world_declare(&world, "shop/Deployment/api/app", "=Bad::Name");
	drift_world_judge(&world, NULL, 0);
	assert_int_equal(world.images.asked, 0);
}

static void a_pod_that_is_being_replaced_is_not_compared(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;
	struct live_workload *live;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	drift_world_declare(&world, "shop/Deployment/web/app", "web@front");
	live = drift_world_live(&world, "shop/Deployment/web/app", "web@front");
	live->revision = "2";
	live->progress_at = WORLD_NOW - 60;
	drift_world_run(&world, "shop/Deployment/web/app", "web@other", "other")
		->revision = "1";
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(drift_world_rows(&world), "web/app rolling-out\n");
	assert_string_equal(drift_world_findings(&world),
			    "pin-without-tag none new web@front\n");
}

/* The imageID's repository is one that only the node can reach. */
static void a_digest_that_another_place_holds_leaves_no_gap(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;
	struct digest digest = image_world_digest("amd");
	const char *id;

	(void)state;
	drift_world_init(&world, images, ARRAY_LENGTH(images));
	world.images.silent = "mirror.example.com";
	drift_world_declare(&world, "shop/Deployment/web/app", "web@arm");
	id = arena_printf(&world.images.arena, "=mirror.example.com/web@%s", digest.text);
	drift_world_run(&world, "shop/Deployment/web/app", "web@arm", id);
	drift_world_judge(&world, NULL, 0);
	assert_string_equal(drift_world_rows(&world), "web/app drift layers\n");
	assert_string_equal(drift_world_gaps(&world), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_resolved_is_bound_or_unknown),
		cmocka_unit_test(a_bare_pod_is_never_bound),
		cmocka_unit_test(a_silent_registry_stays_a_gap_beside_a_bound_match),
		cmocka_unit_test(a_pin_that_its_tag_shows_is_not_asked_for),
		cmocka_unit_test(a_known_pin_costs_one_head),
		cmocka_unit_test(a_digest_of_no_image_is_never_asked_for),
		cmocka_unit_test(a_placeholder_is_never_asked_for),
		cmocka_unit_test(a_pod_that_is_being_replaced_is_not_compared),
		cmocka_unit_test(a_digest_that_another_place_holds_leaves_no_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
