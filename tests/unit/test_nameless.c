#include "drift/nameless.h"

#include "tests/unit/drift_world.h"

/* What is declared of Deployment web without a namespace, and where one of that name is.
 */
static const struct {
	const char *label;
	const char *declared[3]; /* "container image" */
	const char *cluster[4];  /* "namespace container image" */
	const char *namespace;   /* NULL: cannot be told */
} cases[] = {
	{ "nowhere", { "app web:1" }, { NULL }, "" },
	{ "in one namespace", { "app web:1" }, { "shop app web:2" }, "shop" },
	{ "of another repository", { "app web:1" }, { "shop app other:1" }, NULL },
	{ "in two namespaces",
	  { "app web:1" },
	  { "shop app web:1", "bank app web:1" },
	  NULL },
	{ "with other containers alone", { "app web:1" }, { "shop db web:1" }, NULL },
	{ "with one container more in the cluster",
	  { "app web:1" },
	  { "shop app web:1", "shop proxy envoy:1" },
	  "shop" },
	{ "with one container more in the manifest",
	  { "app web:1", "proxy envoy:1" },
	  { "shop app web:1" },
	  "shop" },
	{ "with one container of another repository",
	  { "app web:1", "proxy envoy:1" },
	  { "shop app web:1", "shop proxy other:1" },
	  NULL },
	{ "a reference that cannot be read decides nothing",
	  { "app web:1", "proxy =$(IMAGE)" },
	  { "shop app web:1", "shop proxy envoy:1" },
	  "shop" },
	{ "nothing that can be read", { "app =$(IMAGE)" }, { "shop app web:1" }, NULL },
};

static void a_repository_that_the_cluster_rewrites_is_the_same(void **state)
{
	static struct policy_rewrite rewrites[] = {
		{ WORLD_HOST "/web", "mirror.example.com/web" },
	};
	CLEANUP(drift_world_release) struct drift_world world;
	CLEANUP(nameless_release) struct nameless nameless;
	const struct declared_use *use;

	(void)state;
	drift_world_init(&world, NULL, 0);
	use = drift_world_declare(&world, "/Deployment/web/app", "web:1");
	drift_world_live(&world, "shop/Deployment/web/app", "=mirror.example.com/web:1");
	nameless_make(&nameless, world.snapshot, &world.snapshot->clusters[0]);
	assert_null(nameless_namespace(&nameless, use));
	nameless_release(&nameless);
	world.snapshot->policy.rewrites = rewrites;
	world.snapshot->policy.rewrite_count = 1;
	nameless_make(&nameless, world.snapshot, &world.snapshot->clusters[0]);
	assert_string_equal(nameless_namespace(&nameless, use), "shop");
}

static const char *where_of(struct drift_world *world, const char *text)
{
	const char *space = strchr(text, ' ');

	return arena_printf(&world->images.arena, "%.*s/Deployment/web/%.*s",
			    (int)(space - text), text, (int)strcspn(space + 1, " "),
			    space + 1);
}

static void fill(struct drift_world *world, const char *const *declared,
		 const char *const *cluster, bool live)
{
	for (; *declared; declared++)
		drift_world_declare(world,
				    arena_printf(&world->images.arena,
						 "/Deployment/web/%.*s",
						 (int)strcspn(*declared, " "), *declared),
				    strchr(*declared, ' ') + 1);
	for (; *cluster; cluster++) {
		const char *where = where_of(world, *cluster);
		const char *image = strrchr(*cluster, ' ') + 1;

		if (live)
			drift_world_live(world, where, image);
		else
			drift_world_run(world, where, image, "one");
	}
}

/* Templates and pods tell the same. */
static void the_lone_workload_of_the_repository_is_meant(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LENGTH(cases); i++) {
		size_t n = i / 2;
		CLEANUP(drift_world_release) struct drift_world world;
		CLEANUP(nameless_release) struct nameless nameless;
		const char *namespace;

		drift_world_init(&world, NULL, 0);
		fill(&world, cases[n].declared, cases[n].cluster, i % 2);
		nameless_make(&nameless, world.snapshot, &world.snapshot->clusters[0]);
		for (size_t j = 0; j < world.snapshot->declared_count; j++) {
			namespace = nameless_namespace(&nameless,
						       &world.snapshot->declared[j]);
			CHECK(cases[n].label, !namespace == !cases[n].namespace);
			if (namespace)
				CHECK_TEXT(cases[n].label, namespace, cases[n].namespace);
		}
	}
}

static void an_old_api_group_is_no_other_workload(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;
	CLEANUP(nameless_release) struct nameless nameless;
	struct declared_use *declared;

	(void)state;
	drift_world_init(&world, NULL, 0);
	declared = drift_world_declare(&world, "/Deployment/web/app", "web:1");
	declared->object.api_group = "extensions";
	drift_world_run(&world, "shop/Deployment/web/app", "web:1", "one");
	nameless_make(&nameless, world.snapshot, &world.snapshot->clusters[0]);
	assert_string_equal(nameless_namespace(&nameless, declared), "shop");
}

static void each_file_is_compared_for_itself(void **state)
{
	CLEANUP(drift_world_release) struct drift_world world;
	CLEANUP(nameless_release) struct nameless nameless;
	const struct declared_use *declared;

	(void)state;
	drift_world_init(&world, NULL, 0);
	drift_world_declare(&world, "/Deployment/web/app", "web:1");
	drift_world_declare(&world, "/Deployment/web/app", "other:1")->path =
		"other.yaml";
	drift_world_live(&world, "shop/Deployment/web/app", "web:1");
	nameless_make(&nameless, world.snapshot, &world.snapshot->clusters[0]);
	declared = world.snapshot->declared;
	assert_string_equal(nameless_namespace(&nameless, &declared[0]), "shop");
	assert_null(nameless_namespace(&nameless, &declared[1]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_repository_that_the_cluster_rewrites_is_the_same),
		cmocka_unit_test(the_lone_workload_of_the_repository_is_meant),
		cmocka_unit_test(an_old_api_group_is_no_other_workload),
		cmocka_unit_test(each_file_is_compared_for_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
