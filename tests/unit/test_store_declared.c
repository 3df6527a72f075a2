#include "tests/unit/store_world.h"

#include "model/scope.h"

#define OPEN "SELECT count(*) FROM declared_span WHERE ended_scan IS NULL"
#define TOTAL "SELECT count(*) FROM declared_span"

/* Two files, one image each; scan 1. */
static void scan_two_files(struct store *store)
{
	CLEANUP(world_release) struct world world;

	world_init(&world);
	world_declare(&world, "deploy/web.yaml", "web", "web:1");
	world_declare(&world, "deploy/api.yaml", "api", "api:1");
	world_scan(&world, store);
}

static void check_counts(struct store *store, int64_t total, int64_t open)
{
	assert_int_equal(world_number(store, TOTAL), total);
	assert_int_equal(world_number(store, OPEN), open);
}

static size_t reported(struct store *store, int64_t scan)
{
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;

	report_init(&report);
	assert_true(store_load_report(store, scan, &report, &err));
	return report.declared_count;
}

static void a_declaration_comes_back(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;
	const struct declared_use *use;
	struct declared_use *made;

	world_init(&world);
	made = world_declare(&world, "deploy/web.yaml", "web", "r.io/web:1@" DIGEST_A);
	made->image.class = CLASS_IMAGE_VOLUME;
	made->cluster = "prod";
	world_scan(&world, store);
	report_init(&report);
	assert_true(store_load_report(store, 0, &report, &err));
	assert_int_equal(report.declared_count, 1);
	use = &report.declared[0];
	assert_string_equal(use->file, "shop/deploy/web.yaml");
	assert_string_equal(use->path, "deploy/web.yaml");
	assert_int_equal(use->line, 17);
	assert_int_equal(use->column, 16);
	assert_string_equal(use->cluster, "prod");
	assert_string_equal(use->namespace, "shop");
	assert_string_equal(use->object.api_group, "apps");
	assert_string_equal(use->object.kind, "Deployment");
	assert_string_equal(use->object.name, "web");
	assert_string_equal(use->field, made->field);
	assert_string_equal(use->image.container, "app");
	assert_int_equal(use->image.class, CLASS_IMAGE_VOLUME);
	assert_string_equal(use->image.text, "r.io/web:1@" DIGEST_A);
	assert_int_equal(use->image.state, REFERENCE_OK);
	assert_string_equal(use->image.ref.digest.text, DIGEST_A);
	assert_true(use->workload);
	assert_null(use->overlay);
}

static void a_changed_image_ends_a_span_and_begins_one(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_two_files(store);
	world_init(&world);
	world_declare(&world, "deploy/web.yaml", "web", "web:2");
	world_declare(&world, "deploy/api.yaml", "api", "api:1");
	world_scan(&world, store);
	check_counts(store, 3, 2);
	assert_int_equal(reported(store, 1), 2);
	assert_int_equal(reported(store, 2), 2);
}

static void another_line_is_the_same_declaration(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;
	struct declared_use *use;

	scan_two_files(store);
	world_init(&world);
	use = world_declare(&world, "deploy/web.yaml", "web", "web:1");
	use->line = 99;
	use->file = "./web.yaml";
	world_declare(&world, "deploy/api.yaml", "api", "api:1");
	world_scan(&world, store);
	check_counts(store, 2, 2);
	assert_int_equal(world_number(store, "SELECT count(*) FROM declared_now "
					     "WHERE line = 99"),
			 1);
	assert_int_equal(world_number(store, "SELECT count(*) FROM kube_manifest "
					     "WHERE file = './web.yaml'"),
			 1);
}

/* One image, deployed through these overlays in this order. */
static void scan_overlays(struct store *store, const char *first, const char *second)
{
	const struct overlay overlays[] = { { first, "" },
					    { second, "base/web.yaml:3" } };
	CLEANUP(world_release) struct world world;

	world_init(&world);
	for (size_t i = 0; i < ARRAY_LENGTH(overlays); i++)
		world_declare(&world, "base/web.yaml", "web", "web:1")->overlay =
			&overlays[i];
	world_scan(&world, store);
}

static void an_image_is_declared_once_an_overlay(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;

	scan_overlays(store, "dev/kustomization.yaml", "prod/kustomization.yaml");
	scan_overlays(store, "prod/kustomization.yaml", "dev/kustomization.yaml");
	check_counts(store, 2, 2);
	report_init(&report);
	assert_true(store_load_report(store, 1, &report, &err));
	assert_int_equal(report.declared_count, 2);
	assert_string_equal(report.declared[0].overlay->path, "dev/kustomization.yaml");
	assert_string_equal(report.declared[1].overlay->path, "prod/kustomization.yaml");
	assert_int_equal(world_number(store, "SELECT count(*) FROM declared_now "
					     "WHERE overlay = 'dev/kustomization.yaml'"),
			 1);
	scan_overlays(store, "dev/kustomization.yaml", "eu/kustomization.yaml");
	check_counts(store, 3, 2);
}

static void only_what_was_covered_ends(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_two_files(store);
	world_init(&world);
	world_clear(&world);
	world_cover_path(&world, "deploy/web.yaml", true);
	world_scan(&world, store);
	check_counts(store, 2, 1);
	assert_int_equal(reported(store, 2), 0); /* api.yaml was not asked for */
}

static void a_file_that_is_not_observed_ends_nothing(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_two_files(store);
	world_init(&world);
	world_cover_path(&world, "deploy/web.yaml", false);
	world_scan(&world, store);
	check_counts(store, 2, 1);
	assert_int_equal(reported(store, 2), 0); /* nor is it shown as if it were seen */
}

static void hide_file(struct world *world, const char *path)
{
	snapshot_add_gap(&world->snapshot, GAP_NOT_YAML, path, "line 90: no YAML",
			 scope_of_path(&world->snapshot.arena, WORLD_TREE, path));
}

static void what_was_read_of_a_broken_file_counts(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	world_init(&world);
	world_declare(&world, "all.yaml", "web", "web:1");
	world_declare(&world, "all.yaml", "api", "api:1");
	world_declare(&world, "all.yaml", "job", "job:1");
	world_scan(&world, store);
	world_clear(&world);
	world_cover_path(&world, "", true);
	hide_file(&world, "all.yaml");
	world_declare(&world, "all.yaml", "web", "web:2");
	world_declare(&world, "all.yaml", "api", "api:1");
	world_scan(&world, store);
	/* web was replaced, api was seen, and nobody knows of job. */
	check_counts(store, 4, 3);
	assert_int_equal(reported(store, 2), 2);
	assert_int_equal(reported(store, 1), 3);
}

static void equal_declarations_are_told_apart_by_their_order(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	world_init(&world);
	for (int i = 0; i < 3; i++)
		world_declare(&world, "all.yaml", "web", "web:1");
	world_scan(&world, store);
	check_counts(store, 3, 3);
	world_scan(&world, store);
	check_counts(store, 3, 3);
	world.snapshot.declared_count = 1;
	world_scan(&world, store);
	check_counts(store, 3, 1);
	assert_int_equal(reported(store, 2), 3);
	assert_int_equal(reported(store, 3), 1);
}

static void trees_do_not_mix(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_two_files(store);
	world_init(&world);
	world_clear(&world);
	world.snapshot.tree = "https://git.example.com/other.git";
	world_cover_path(&world, "", true);
	world_declare(&world, "deploy/web.yaml", "web", "web:1");
	world_scan(&world, store);
	check_counts(store, 3, 3);
	assert_int_equal(reported(store, 2), 1);
}

static void a_declaration_that_comes_back_is_a_new_span(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
	CLEANUP(world_release) struct world world;

	scan_two_files(store);
	world_init(&world);
	world_scan(&world, store);
	scan_two_files(store);
	check_counts(store, 4, 2);
	assert_int_equal(reported(store, 1), 2);
	assert_int_equal(reported(store, 2), 0);
	assert_int_equal(reported(store, 3), 2);
}

static void every_state_of_a_reference_is_kept(void **state)
{
	static const struct {
		const char *text;
		enum reference_state state;
	} cases[] = {
		{ "", REFERENCE_EMPTY },
		{ "$(params.image)", REFERENCE_PLACEHOLDER },
		{ "NOT//VALID", REFERENCE_BAD },
		{ "nginx", REFERENCE_OK },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);
		CLEANUP(world_release) struct world world;
		CLEANUP(report_release) struct report report;
		struct error err = ERROR_INIT;

		world_init(&world);
		world_declare(&world, "web.yaml", "web", cases[i].text);
		world_scan(&world, store);
		report_init(&report);
		assert_true(store_load_report(store, 0, &report, &err));
		assert_int_equal(report.declared_count, 1);
		CHECK_TEXT(cases[i].text, report.declared[0].image.text, cases[i].text);
		CHECK(cases[i].text, report.declared[0].image.state == cases[i].state);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(a_declaration_comes_back),
		WORLD_TEST(a_changed_image_ends_a_span_and_begins_one),
		WORLD_TEST(another_line_is_the_same_declaration),
		WORLD_TEST(an_image_is_declared_once_an_overlay),
		WORLD_TEST(only_what_was_covered_ends),
		WORLD_TEST(a_file_that_is_not_observed_ends_nothing),
		WORLD_TEST(what_was_read_of_a_broken_file_counts),
		WORLD_TEST(equal_declarations_are_told_apart_by_their_order),
		WORLD_TEST(trees_do_not_mix),
		WORLD_TEST(a_declaration_that_comes_back_is_a_new_span),
		WORLD_TEST(every_state_of_a_reference_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
