#include "tests/unit/store_world.h"

static int64_t reference(struct store *store, const char *text)
{
	struct error err = ERROR_INIT;
	int64_t id;

	if (!name_reference(store, text, &id, &err))
		fail_msg("%s", err.text);
	return id;
}

static void an_equal_name_has_one_row(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	struct error err = ERROR_INIT;
	int64_t first, second, other;
	struct report_use *use;

	world_init(&world);
	use = world_run(&world, "shop", "web", "");
	assert_true(query_execute(store, "INSERT INTO cluster VALUES (1, 'k', 'n', 's')",
				  &err));
	assert_true(name_container(store, 1, use, &first, &err));
	assert_true(name_container(store, 1, use, &second, &err));
	assert_int_equal(first, second);
	use->class = "init";
	assert_true(name_container(store, 1, use, &other, &err));
	assert_int_not_equal(first, other);
	assert_int_equal(world_number(store, "SELECT count(*) FROM workload"), 1);
	use->namespace = "billing";
	assert_true(name_container(store, 1, use, &other, &err));
	assert_int_equal(world_number(store, "SELECT count(*) FROM workload"), 2);
}

static const struct {
	const char *text, *registry, *repository, *tag, *digest;
} references[] = {
	{ "nginx", "docker.io", "library/nginx", "", "" },
	{ "nginx:1.25", "docker.io", "library/nginx", "1.25", "" },
	{ "r.io/a/b:1@" DIGEST_A, "r.io", "a/b", "1", DIGEST_A },
	{ "r.io/a/b@" DIGEST_A, "r.io", "a/b", "", DIGEST_A },
	{ "$(params.image)", "", "", "", "" },
	{ "", "", "", "", "" },
};

static void a_reference_is_kept_verbatim_with_its_parts(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	for (size_t i = 0; i < ARRAY_LENGTH(references); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct query query = query_start(
			store, "SELECT f.text, r.registry, r.name, f.tag, f.digest "
			       "FROM reference f LEFT JOIN repository r "
			       "ON r.id = f.repository WHERE f.id = ?");
		struct error err = ERROR_INIT;

		query_add_number(&query, reference(store, references[i].text));
		assert_true(query_row(&query));
		CHECK_TEXT("text", query_text(&query, &arena), references[i].text);
		CHECK_TEXT("registry", query_text(&query, &arena),
			   references[i].registry);
		CHECK_TEXT("name", query_text(&query, &arena), references[i].repository);
		CHECK_TEXT("tag", query_text(&query, &arena), references[i].tag);
		CHECK_TEXT("digest", query_text(&query, &arena), references[i].digest);
		assert_true(query_finish(&query, &err));
	}
	assert_int_equal(reference(store, "nginx"), 1);
}

static void a_manifest_keeps_how_it_was_last_named(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	struct declared_use use = { .path = "deploy/web.yaml", .file = "web.yaml" };
	struct error err = ERROR_INIT;
	int64_t first, second;

	assert_true(name_manifest(store, "t", &use, &first, &err));
	use.file = "../deploy/web.yaml";
	assert_true(name_manifest(store, "t", &use, &second, &err));
	assert_int_equal(first, second);
	assert_int_equal(world_number(store, "SELECT count(*) FROM kube_manifest "
					     "WHERE file = '../deploy/web.yaml'"),
			 1);
	assert_true(name_manifest(store, "u", &use, &second, &err));
	assert_int_not_equal(first, second);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(an_equal_name_has_one_row),
		WORLD_TEST(a_reference_is_kept_verbatim_with_its_parts),
		WORLD_TEST(a_manifest_keeps_how_it_was_last_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
