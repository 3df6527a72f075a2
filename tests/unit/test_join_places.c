#include "drift/join_places.h"

#include "tests/unit/drift_world.h"

static void a_declaration_is_in_every_place_that_has_it(void **state)
{
	struct drift_world world;
	struct join join;
	struct use_places places;

	(void)state;
	drift_world_init(&world, NULL, 0);
	for (int i = 0; i < 3; i++) {
		drift_world_declare(&world, "shop/Deployment/web/app", "web:1");
		snapshot_add_cluster(world.snapshot, &world.snapshot->clusters[0]);
	}
	for (uint32_t cluster = 0; cluster < 4; cluster++)
		drift_world_run(&world, "shop/Deployment/web/app", "web:1", "one")
			->cluster = cluster;
	join_make(&join, world.snapshot, WORLD_NOW);
	places = join_find_places(&join, &world.snapshot->declared[0]);
	assert_int_equal(places.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_ptr_equal(places.items[i]->cluster, &world.snapshot->clusters[i]);
	assert_int_equal(join_find_places(&join, &world.snapshot->declared[1]).count, 0);
	join_release(&join);
	drift_world_release(&world);
}

static void with_one_cluster_there_are_none(void **state)
{
	struct drift_world world;
	struct join join;

	(void)state;
	drift_world_init(&world, NULL, 0);
	drift_world_declare(&world, "shop/Deployment/web/app", "web:1");
	drift_world_run(&world, "shop/Deployment/web/app", "web:1", "one");
	join_make(&join, world.snapshot, WORLD_NOW);
	assert_int_equal(join_find_places(&join, &world.snapshot->declared[0]).count, 0);
	join_release(&join);
	drift_world_release(&world);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_declaration_is_in_every_place_that_has_it),
		cmocka_unit_test(with_one_cluster_there_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
