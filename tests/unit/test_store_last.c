#include "tests/unit/store_world.h"

static void scan_one(struct store *store, const char *namespace, const char *name)
{
	CLEANUP(world_release) struct world world;

	world_init(&world);
	if (name)
		world_run(&world, namespace, name, "x@" DIGEST_A);
	world_scan(&world, store);
}

static const struct {
	const char *label, *cluster, *namespace, *name, *container;
	enum container_class class;
	int64_t last_at;
} cases[] = {
	{ "as declared", WORLD_CLUSTER, "shop", "web", "app", CLASS_CONTAINER, 2000 },
	{ "no namespace", WORLD_CLUSTER, "", "web", "app", CLASS_CONTAINER, 2000 },
	{ "still open", WORLD_CLUSTER, "shop", "api", "app", CLASS_CONTAINER, 5000 },
	{ "elsewhere", WORLD_CLUSTER, "billing", "web", "app", CLASS_CONTAINER, 0 },
	{ "another container", WORLD_CLUSTER, "shop", "web", "side", CLASS_CONTAINER, 0 },
	{ "another class", WORLD_CLUSTER, "shop", "web", "app", CLASS_INIT, 0 },
	{ "another cluster", "uid:2", "shop", "web", "app", CLASS_CONTAINER, 0 },
	{ "no cluster", "", "shop", "web", "app", CLASS_CONTAINER, 0 },
	{ "never", WORLD_CLUSTER, "shop", "job", "app", CLASS_CONTAINER, 0 },
};

static void the_last_scan_that_saw_it_run_dates_it(void **state)
{
	CLEANUP(store_close) struct store *store = world_open(state, STORE_WRITE);

	scan_one(store, "shop", "web");
	scan_one(store, "shop", "web");
	world_scan_elsewhere(store);
	scan_one(store, "shop", "api"); /* web is gone */
	scan_one(store, "shop", "api");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct cluster_identity cluster = { .key = cases[i].cluster,
							  .alias = "" };
		const struct declared_use use = {
			.namespace = cases[i].namespace,
			.object = { "apps", "Deployment", cases[i].name },
			.image = { .container = cases[i].container,
				   .class = cases[i].class },
		};
		struct error err = ERROR_INIT;
		int64_t at = -1;

		CHECK(cases[i].label,
		      store_last_running(store, &cluster, &use, &at, &err));
		CHECK(cases[i].label, at == cases[i].last_at);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(the_last_scan_that_saw_it_run_dates_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
