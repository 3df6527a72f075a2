#include "tests/unit/store_world.h"

#include "base/log.h"

#define INDEX_TYPE "application/vnd.oci.image.index.v1+json"
#define INDEX_BODY                                                                       \
	"{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE "\",\"manifests\":["          \
	"{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":"      \
	"\"" DIGEST_A "\",\"size\":500,"                                                 \
	"\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\"}}]}"

/* An image as a registry client adds it: with its bytes. */
static struct digest add_image(struct world *world, const char *body)
{
	struct arena *arena = &world->snapshot.arena;
	struct digest unknown = { "" };
	struct digest digest = digest_compute(body, strlen(body), &unknown);
	struct image *image = arena_alloc(arena, sizeof(*image));
	struct error err = ERROR_INIT;

	if (!image_parse(image, arena,
			 &(struct image_source){ body, strlen(body), INDEX_TYPE }, &err))
		fail_msg("%s", err.text);
	image->digest = digest;
	image->fetched_at = 1234;
	image->fetched_from = "registry.example.com/shop/web";
	image->body = body;
	image_set_add(&world->snapshot.images, image);
	return digest;
}

static struct digest keep_image(struct store *store)
{
	CLEANUP(world_release) struct world world;
	struct digest digest;

	world_init(&world);
	digest = add_image(&world, INDEX_BODY);
	world_tag(&world, "1.0", FACT_FOUND, digest.text);
	world_tag(&world, "0.9", FACT_ABSENT, NULL);
	world_scan(&world, store);
	return digest;
}

static struct image *load(struct store *store, struct snapshot *snapshot,
			  const struct want *want)
{
	struct error err = ERROR_INIT;

	assert_true(want->kind == WANT_TAG
			    ? store_load_tag_images(store, snapshot, want, 1, &err)
			    : store_load_images(store, snapshot, want, 1, &err));
	return snapshot->images.by_digest.count
		       ? snapshot->images.by_digest.entries[0].value
		       : NULL;
}

static void check_index(const struct image *image, const struct digest *digest)
{
	assert_non_null(image);
	assert_true(digest_equal(&image->digest, digest));
	assert_int_equal(image->kind, IMAGE_INDEX);
	assert_string_equal(image->media_type, INDEX_TYPE);
	assert_int_equal(image->size, strlen(INDEX_BODY));
	assert_int_equal(image->child_count, 1);
	assert_string_equal(image->children[0].digest.text, DIGEST_A);
	assert_string_equal(image->children[0].platform.architecture, "arm64");
	assert_int_equal(image->fetched_at, 1234);
	assert_string_equal(image->fetched_from, "registry.example.com/shop/web");
	assert_null(image->body);
}

static void an_image_comes_back_as_it_was_fetched(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct want want = { .kind = WANT_MANIFEST, .digest = keep_image(store) };
	CLEANUP(world_release) struct world world;

	world_init(&world);
	check_index(load(store, &world.snapshot, &want), &want.digest);
}

static void a_tag_brings_what_it_was_last_seen_to_be(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct digest digest = keep_image(store);
	struct want want = { .kind = WANT_TAG,
			     .registry = "registry.example.com",
			     .repository = "shop/web",
			     .tag = "1.0" };
	CLEANUP(world_release) struct world world;

	world_init(&world);
	check_index(load(store, &world.snapshot, &want), &digest);
}

static const struct {
	const char *label;
	struct want want;
} unknown[] = {
	{ "another digest", { .kind = WANT_MANIFEST, .digest = { DIGEST_B } } },
	{ "a blob", { .kind = WANT_BLOB, .digest = { DIGEST_B } } },
	{ "an absent tag",
	  { .kind = WANT_TAG,
	    .registry = "registry.example.com",
	    .repository = "shop/web",
	    .tag = "0.9" } },
	{ "an unknown tag",
	  { .kind = WANT_TAG,
	    .registry = "registry.example.com",
	    .repository = "shop/web",
	    .tag = "2.0" } },
	{ "another registry's",
	  { .kind = WANT_TAG,
	    .registry = "docker.io",
	    .repository = "shop/web",
	    .tag = "1.0" } },
};

static void what_is_not_known_is_not_loaded(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	keep_image(store);
	for (size_t i = 0; i < ARRAY_LENGTH(unknown); i++) {
		CLEANUP(world_release) struct world world;

		world_init(&world);
		CHECK(unknown[i].label,
		      load(store, &world.snapshot, &unknown[i].want) == NULL);
	}
}

static void the_indexes_of_one_repository_come_the_newest_first(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	struct arena arena = ARENA_INIT;
	struct digest_list digests;
	struct digest newer;
	struct error err = ERROR_INIT;

	world_init(&world);
	add_image(&world, INDEX_BODY);
	newer = add_image(&world, INDEX_BODY " ");
	image_set_find(&world.snapshot.images, &newer)->fetched_at++;
	add_image(&world, INDEX_BODY "  ");
	world_scan(&world, store);
	assert_true(store_repository_indexes(store, "registry.example.com/shop/web", 2,
					     &arena, &digests, &err));
	assert_int_equal(digests.count, 2);
	assert_true(digest_equal(&digests.items[0], &newer));
	assert_true(store_repository_indexes(store, "registry.example.com/shop", 2,
					     &arena, &digests, &err));
	assert_int_equal(digests.count, 0);
	arena_release(&arena);
}

static void each_loads_its_own_wants_only(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	const struct want wants[] = {
		{ .kind = WANT_MANIFEST, .digest = keep_image(store) },
		{ .kind = WANT_TAG,
		  .registry = "registry.example.com",
		  .repository = "shop/web",
		  .tag = "1.0" },
	};
	CLEANUP(world_release) struct world world;
	struct error err = ERROR_INIT;

	world_init(&world);
	assert_true(store_load_images(store, &world.snapshot, &wants[1], 1, &err));
	assert_true(store_load_tag_images(store, &world.snapshot, &wants[0], 1, &err));
	assert_int_equal(world.snapshot.images.by_digest.count, 0);
}

static void a_known_image_is_not_written_again(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct want want = { .kind = WANT_MANIFEST, .digest = keep_image(store) };
	char *before CLEANUP(free_pointer) = world_dump_but_scans(store);
	CLEANUP(world_release) struct world world;
	char *after CLEANUP(free_pointer) = NULL;

	world_init(&world);
	load(store, &world.snapshot, &want);
	world_scan(&world, store);
	after = world_dump_but_scans(store);
	assert_string_equal(before, after);
}

static void bytes_that_went_bad_are_not_used_and_mended(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct want want = { .kind = WANT_MANIFEST, .digest = keep_image(store) };
	CLEANUP(world_release) struct world world;
	struct error err = ERROR_INIT;

	log_set_level(LOG_ERROR);
	assert_true(query_execute(store, "UPDATE image SET body = x'7b7d'", &err));
	world_init(&world);
	assert_null(load(store, &world.snapshot, &want));
	add_image(&world, INDEX_BODY);
	world_scan(&world, store);
	world_clear(&world);
	check_index(load(store, &world.snapshot, &want), &want.digest);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(an_image_comes_back_as_it_was_fetched),
		WORLD_TEST(a_tag_brings_what_it_was_last_seen_to_be),
		WORLD_TEST(what_is_not_known_is_not_loaded),
		WORLD_TEST(the_indexes_of_one_repository_come_the_newest_first),
		WORLD_TEST(each_loads_its_own_wants_only),
		WORLD_TEST(a_known_image_is_not_written_again),
		WORLD_TEST(bytes_that_went_bad_are_not_used_and_mended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
