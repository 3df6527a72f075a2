#include "drift/join.h"

#include "drift/join_places.h"
#include "tests/unit/drift_world.h"

/* A join of a world; the world is released with it. */
struct joined {
	struct drift_world world;
	struct join join;
};

static void joined_release(struct joined *joined)
{
	join_release(&joined->join);
	drift_world_release(&joined->world);
}

static void joined_init(struct joined *joined)
{
	*joined = (struct joined){ .join = { .use_count = 0 } };
	drift_world_init(&joined->world, NULL, 0);
}

static void join(struct joined *joined)
{
	join_make(&joined->join, joined->world.snapshot, WORLD_NOW);
}

static struct use *find(struct joined *joined, const char *namespace, const char *name,
			const char *container)
{
	for (size_t i = 0; i < joined->join.use_count; i++) {
		struct use *use = &joined->join.uses[i];

		if (strcmp(use->namespace, namespace) == 0 &&
		    strcmp(use->object.name, name) == 0 &&
		    strcmp(use->container, container) == 0)
			return use;
	}
	return NULL;
}

static void a_declared_and_a_running_container_meet(void **state)
{
	CLEANUP(joined_release) struct joined joined;
	struct use *use;

	(void)state;
	joined_init(&joined);
	drift_world_declare(&joined.world, "shop/Deployment/web/app", "web:1@one");
	drift_world_live(&joined.world, "shop/Deployment/web/app", "web:1@one");
	drift_world_run(&joined.world, "shop/Deployment/web/app", "web:1@one", "one");
	drift_world_run(&joined.world, "shop/Deployment/web/app", "web:1", "one");
	join(&joined);
	assert_int_equal(joined.join.use_count, 1);
	use = find(&joined, "shop", "web", "app");
	assert_ptr_equal(use->declared, joined.world.snapshot->declared);
	assert_string_equal(use->object.kind, "Deployment");
	assert_int_equal(use->row_count, 2);
	assert_true(use->object_declared);
	assert_true(use->claimed);
	assert_true(use->observed);
	assert_non_null(use->template);
	assert_ptr_equal(use->rows[0].live, joined.world.snapshot->live);
	assert_true(use->rows[0].from_template);
	assert_false(use->rows[1].from_template);
	assert_false(use->rows[0].rolling_out);
}

/* Where the containers of pod web-… are joined, if these objects are declared. */
static const struct {
	const char *label;
	const char *declared[3];
	const char *kind, *name;
	bool object_declared;
} owner_cases[] = {
	{ "the topmost where none is declared", { NULL }, "Deployment", "web", false },
	{ "the declared one", { "shop/Deployment/web/app" }, "Deployment", "web", true },
	{ "the declared one below",
	  { "shop/ReplicaSet/web-1/app" },
	  "ReplicaSet",
	  "web-1",
	  true },
	{ "the nearest of two",
	  { "shop/Deployment/web/app", "shop/ReplicaSet/web-1/app" },
	  "ReplicaSet",
	  "web-1",
	  true },
	{ "declared with other containers",
	  { "shop/Deployment/web/db" },
	  "Deployment",
	  "web",
	  true },
	{ "declared in another namespace",
	  { "bank/Deployment/web/app" },
	  "Deployment",
	  "web",
	  false },
	{ "another kind of that name",
	  { "shop/StatefulSet/web/app" },
	  "Deployment",
	  "web",
	  false },
};

static void a_pod_is_joined_at_its_nearest_declared_owner(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(owner_cases); i++) {
		CLEANUP(joined_release) struct joined joined;
		const struct use *use;

		joined_init(&joined);
		for (size_t j = 0; owner_cases[i].declared[j]; j++)
			drift_world_declare(&joined.world, owner_cases[i].declared[j],
					    "web:1");
		drift_world_run(&joined.world, "shop/Deployment/web/app", "web:1", "one");
		join(&joined);
		use = find(&joined, "shop", owner_cases[i].name, "app");
		CHECK(owner_cases[i].label, use != NULL && use->row_count == 1);
		CHECK_TEXT(owner_cases[i].label, use->object.kind, owner_cases[i].kind);
		CHECK(owner_cases[i].label,
		      use->object_declared == owner_cases[i].object_declared);
	}
}

static void containers_of_one_name_and_two_classes_are_two(void **state)
{
	CLEANUP(joined_release) struct joined joined;
	const struct use *uses;

	(void)state;
	joined_init(&joined);
	drift_world_declare(&joined.world, "shop/Pod/web/app", "web:1");
	drift_world_declare(&joined.world, "shop/Pod/web/init:app", "web:1");
	drift_world_run(&joined.world, "shop/Pod/web/sidecar:app", "web:1", "one");
	drift_world_run(&joined.world, "shop/Pod/web/app", "web:1", "one");
	join(&joined);
	uses = joined.join.uses;
	assert_int_equal(joined.join.use_count, 3);
	assert_int_equal(uses[0].class, CLASS_CONTAINER);
	assert_non_null(uses[0].declared);
	assert_int_equal(uses[0].row_count, 1);
	assert_int_equal(uses[1].class, CLASS_INIT);
	assert_int_equal(uses[1].row_count, 0);
	assert_int_equal(uses[2].class, CLASS_SIDECAR);
	assert_null(uses[2].declared);
}

static void an_object_of_an_old_api_group_is_the_same(void **state)
{
	CLEANUP(joined_release) struct joined joined;
	struct running_use *running;

	(void)state;
	joined_init(&joined);
	drift_world_declare(&joined.world, "shop/Deployment/web/app", "web:1")
		->object.api_group = "extensions";
	running =
		drift_world_run(&joined.world, "shop/Deployment/web/app", "web:1", "one");
	running->owners[1].api_group = "extensions";
	drift_world_live(&joined.world, "shop/Deployment/web/app", "web:1");
	join(&joined);
	assert_int_equal(joined.join.use_count, 1);
	assert_string_equal(joined.join.uses[0].object.api_group, "apps");
	assert_non_null(joined.join.uses[0].live);
	assert_int_equal(joined.join.uses[0].row_count, 1);
}

static void an_object_of_a_group_that_is_not_ours_is_another(void **state)
{
	CLEANUP(joined_release) struct joined joined;

	(void)state;
	joined_init(&joined);
	drift_world_declare(&joined.world, "shop/Deployment/web/app", "web:1")
		->object.api_group = "apps.example.com";
	drift_world_run(&joined.world, "shop/Deployment/web/app", "web:1", "one");
	join(&joined);
	assert_int_equal(joined.join.use_count, 2);
}

static void a_narrow_scan_leaves_other_namespaces_out(void **state)
{
	CLEANUP(joined_release) struct joined joined;

	(void)state;
	joined_init(&joined);
	drift_world_declare(&joined.world, "shop/Deployment/web/app", "web:1");
	drift_world_declare(&joined.world, "bank/Deployment/web/app", "web:1");
	drift_world_declare(&joined.world, "/Deployment/api/app", "api:1");
	drift_world_narrow(&joined.world, "shop");
	join(&joined);
	assert_int_equal(joined.join.use_count, 2);
	assert_non_null(find(&joined, "shop", "web", "app"));
	assert_non_null(find(&joined, "shop", "api", "app"));
	assert_string_equal(joined.world.snapshot->declared[2].namespace, "shop");
	assert_int_equal(joined.world.snapshot->gap_count, 0);
}

static void a_declaration_without_a_namespace_finds_its_workload(void **state)
{
	CLEANUP(joined_release) struct joined joined;

	(void)state;
	joined_init(&joined);
	drift_world_declare(&joined.world, "/Deployment/web/app", "web:1");
	drift_world_declare(&joined.world, "/Deployment/gone/app", "gone:1");
	drift_world_run(&joined.world, "shop/Deployment/web/app", "web:1", "one");
	join(&joined);
	assert_int_equal(joined.join.use_count, 2);
	assert_non_null(find(&joined, "shop", "web", "app")->declared);
	assert_true(find(&joined, "", "gone", "app")->observed);
	assert_int_equal(joined.world.snapshot->gap_count, 0);
}

static void a_namespace_that_cannot_be_told_is_a_gap(void **state)
{
	CLEANUP(joined_release) struct joined joined;

	(void)state;
	joined_init(&joined);
	drift_world_declare(&joined.world, "/Deployment/web/app", "web:1");
	drift_world_declare(&joined.world, "/Deployment/web/init:prepare", "web:1");
	drift_world_run(&joined.world, "shop/Deployment/web/app", "web:1", "one");
	drift_world_run(&joined.world, "bank/Deployment/web/app", "web:1", "one");
	join(&joined);
	assert_string_equal(drift_world_gaps(&joined.world),
			    "namespace-unknown: deploy/web.yaml: Deployment web\n");
	assert_int_equal(joined.join.use_count, 2);
	assert_null(find(&joined, "shop", "web", "app")->declared);
	assert_false(
		sight_observed(&joined.join.sight, joined.world.snapshot->gaps[0].scope));
}

/* It may be in the part of the cluster that was not seen. */
static void what_is_in_no_namespace_was_looked_for_only_if_all_were_seen(void **state)
{
	CLEANUP(joined_release) struct joined joined;

	(void)state;
	joined_init(&joined);
	drift_world_declare(&joined.world, "/Deployment/web/app", "web:1");
	snapshot_add_gap(joined.world.snapshot, GAP_FORBIDDEN, "namespace bank", "403",
			 "cluster/uid:1f0e/namespace/bank");
	join(&joined);
	assert_false(find(&joined, "", "web", "app")->observed);
}

static void two_declarations_of_one_container_are_a_gap_that_names_both(void **state)
{
	CLEANUP(joined_release) struct joined joined;
	const struct gap *gap;
	struct use *use;

	(void)state;
	joined_init(&joined);
	drift_world_declare(&joined.world, "shop/Deployment/web/app", "web:1");
	drift_world_declare(&joined.world, "shop/Deployment/web/app", "web:2");
	drift_world_declare(&joined.world, "shop/Deployment/web/app", "web:3");
	drift_world_declare(&joined.world, "bank/Deployment/web/app", "web:1");
	drift_world_declare(&joined.world, "bank/Deployment/web/app", "web:2");
	join(&joined);
	assert_string_equal(drift_world_gaps(&joined.world),
			    "ambiguous-declaration: bank/web/app Deployment\n"
			    "ambiguous-declaration: shop/web/app Deployment\n");
	gap = &joined.world.snapshot->gaps[0];
	assert_non_null(strstr(gap->reason, "deploy/web.yaml:1 declares"));
	assert_non_null(strstr(gap->reason, "deploy/web.yaml:2 declares"));
	use = find(&joined, "shop", "web", "app");
	assert_int_equal(use->declared->line, 1);
	assert_int_equal(use->rival->line, 2);
}

static void two_declarations_of_the_same_image_are_one(void **state)
{
	CLEANUP(joined_release) struct joined joined;

	(void)state;
	joined_init(&joined);
	drift_world_declare(&joined.world, "shop/Deployment/web/app", "=nginx");
	drift_world_declare(&joined.world, "shop/Deployment/web/app",
			    "=docker.io/library/nginx:latest");
	join(&joined);
	assert_int_equal(joined.join.use_count, 1);
	assert_null(joined.join.uses[0].rival);
	assert_int_equal(joined.world.snapshot->gap_count, 0);
}

static void only_objects_that_make_pods_are_joined(void **state)
{
	CLEANUP(joined_release) struct joined joined;

	(void)state;
	joined_init(&joined);
	drift_world_declare(&joined.world, "shop/PodTemplate/web/app", "web:1")
		->workload = false;
	join(&joined);
	assert_int_equal(joined.join.use_count, 0);
}

static void pods_of_an_older_revision_are_rolling_out_until_it_is_late(void **state)
{
	CLEANUP(joined_release) struct joined joined;
	struct live_workload *live;
	const struct use *use;

	(void)state;
	joined_init(&joined);
	live = drift_world_live(&joined.world, "shop/Deployment/web/app", "web:2");
	live->revision = "new";
	live->deadline_seconds = 600;
	live = drift_world_live(&joined.world, "shop/Deployment/late/app", "web:2");
	live->revision = "new";
	live->deadline_seconds = 600;
	drift_world_run(&joined.world, "shop/Deployment/web/app", "web:1", "one")
		->revision = "old";
	/* A sign of progress that stands behind the row that it excuses. */
	drift_world_run(&joined.world, "shop/Deployment/web/app", "web:2", "one")
		->revision = "new";
	joined.world.snapshot->running[1].newest_pod_at = WORLD_NOW - 60;
	drift_world_run(&joined.world, "shop/Deployment/late/app", "web:1", "one")
		->revision = "old";
	join(&joined);
	use = find(&joined, "shop", "web", "app");
	assert_true(use->rows[0].rolling_out);
	assert_false(use->rows[0].from_template);
	assert_false(use->rows[1].rolling_out);
	assert_true(use->rows[1].from_template);
	assert_false(find(&joined, "shop", "late", "app")->rows[0].rolling_out);
}

static void uses_come_in_one_order(void **state)
{
	CLEANUP(joined_release) struct joined joined;
	static const char *const order[] = { "bank/Job/a/app",      "bank/Pod/a/app",
					     "shop/Pod/a/app",      "shop/Pod/a/web",
					     "shop/Pod/a/init:app", "shop/Pod/b/app" };

	(void)state;
	joined_init(&joined);
	for (size_t i = ARRAY_LENGTH(order); i-- > 0;)
		drift_world_declare(&joined.world, order[i], "web:1");
	join(&joined);
	assert_int_equal(joined.join.use_count, ARRAY_LENGTH(order));
	for (size_t i = 0; i < ARRAY_LENGTH(order); i++)
		assert_int_equal(joined.join.uses[i].declared->line,
				 ARRAY_LENGTH(order) - i);
}

static void without_a_cluster_nothing_is_joined(void **state)
{
	CLEANUP(joined_release) struct joined joined;

	(void)state;
	joined_init(&joined);
	joined.world.snapshot->cluster_count = 0;
	drift_world_declare(&joined.world, "/Deployment/web/app", "web:1");
	join(&joined);
	assert_int_equal(joined.join.use_count, 0);
	assert_int_equal(joined.world.snapshot->gap_count, 0);
	assert_true(sight_asked(&joined.join.sight,
				joined.world.snapshot->coverage[1].scope));
}

static void names_of_any_length_stay_apart(void **state)
{
	CLEANUP(joined_release) struct joined joined;
	char name[2][20000];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[0][19999] = name[1][19999] = '\0';
	name[1][19998] = 'm';
	joined_init(&joined);
	drift_world_declare(&joined.world, "shop/Pod/web/app", "web:1")->object.name =
		name[0];
	drift_world_declare(&joined.world, "shop/Pod/web/app", "web:2")->object.name =
		name[1];
	join(&joined);
	assert_int_equal(joined.join.use_count, 2);
	assert_int_equal(joined.world.snapshot->gap_count, 0);
}

static const char *const staging_paths[] = { "deploy/web.yaml" };
static struct policy_environment environments[] = {
	{ staging_paths, 1, "staging", "" },
};

static void set_environment(struct joined *joined, const char *cluster,
			    const char *namespace)
{
	environments[0].cluster = cluster;
	environments[0].namespace = namespace;
	joined->world.snapshot->policy.environments = environments;
	joined->world.snapshot->policy.environment_count = 1;
}

static void
what_is_meant_for_another_cluster_is_not_joined_and_claims_nothing(void **state)
{
	CLEANUP(joined_release) struct joined joined;
	const struct use *use;

	(void)state;
	joined_init(&joined);
	set_environment(&joined, "staging", "");
	drift_world_declare(&joined.world, "shop/Deployment/web/app", "web:1");
	drift_world_run(&joined.world, "shop/Deployment/other/app", "web:1", "one");
	join(&joined);
	assert_null(find(&joined, "shop", "web", "app"));
	use = find(&joined, "shop", "other", "app");
	assert_non_null(use);
	assert_false(use->claimed);
}

static void of_two_manifests_the_one_for_this_cluster_counts(void **state)
{
	CLEANUP(joined_release) struct joined joined;
	struct declared_use *other;
	const struct use *use;

	(void)state;
	joined_init(&joined);
	set_environment(&joined, "staging", "");
	drift_world_declare(&joined.world, "shop/Deployment/web/app", "web:1");
	other = drift_world_declare(&joined.world, "shop/Deployment/web/app", "web:2");
	other->path = "deploy/web-prod.yaml";
	join(&joined);
	use = find(&joined, "shop", "web", "app");
	assert_ptr_equal(use->declared, &joined.world.snapshot->declared[1]);
	assert_null(use->rival);
	assert_int_equal(joined.world.snapshot->gap_count, 0);
}

static void the_namespace_of_an_environment_is_joined_and_claimed(void **state)
{
	CLEANUP(joined_release) struct joined joined;
	const struct use *use;

	(void)state;
	joined_init(&joined);
	set_environment(&joined, "admin@prod", "shop");
	drift_world_declare(&joined.world, "/Deployment/web/app", "web:1");
	drift_world_run(&joined.world, "shop/Deployment/web/app", "web:1", "one");
	drift_world_run(&joined.world, "bank/Deployment/web/app", "web:1", "one");
	join(&joined);
	use = find(&joined, "shop", "web", "app");
	assert_non_null(use->declared);
	assert_int_equal(use->row_count, 1);
	assert_true(use->claimed);
	assert_false(find(&joined, "bank", "web", "app")->claimed);
	assert_int_equal(joined.world.snapshot->gap_count, 0);
}

/* A file whose manifests all name another namespace still belongs to its environment. */
static void an_environment_claims_its_namespace_by_its_files(void **state)
{
	CLEANUP(joined_release) struct joined joined;

	(void)state;
	joined_init(&joined);
	set_environment(&joined, "prod", "shop");
	drift_world_declare(&joined.world, "bank/Deployment/web/app", "web:1");
	drift_world_run(&joined.world, "shop/Deployment/api/app", "web:1", "one");
	join(&joined);
	assert_true(find(&joined, "shop", "api", "app")->claimed);
}

static void run_in_second(struct joined *joined, const char *where, const char *image)
{
	struct snapshot *snapshot = joined->world.snapshot;

	drift_world_run(&joined->world, where, image, "one");
	snapshot->running[snapshot->running_count - 1].cluster = 1;
}

static void a_declaration_meets_each_cluster_that_has_its_object(void **state)
{
	CLEANUP(joined_release) struct joined joined;

	(void)state;
	joined_init(&joined);
	drift_world_add_second(&joined.world);
	drift_world_declare(&joined.world, "shop/Deployment/web/app", "web:1");
	drift_world_run(&joined.world, "shop/Deployment/web/app", "web:1", "one");
	run_in_second(&joined, "shop/Deployment/web/app", "web:1");
	drift_world_declare(&joined.world, "shop/Deployment/api/app", "api:1");
	run_in_second(&joined, "shop/Deployment/api/app", "api:1");
	join(&joined);
	assert_int_equal(joined.join.use_count, 3);
	assert_ptr_equal(joined.join.uses[0].cluster,
			 &joined.world.snapshot->clusters[0]);
	assert_string_equal(joined.join.uses[0].object.name, "web");
	for (size_t i = 0; i < 3; i++) {
		assert_non_null(joined.join.uses[i].declared);
		assert_int_equal(joined.join.uses[i].row_count, 1);
	}
	assert_int_equal(
		join_find_places(&joined.join, &joined.world.snapshot->declared[0]).count,
		2);
	assert_int_equal(
		join_find_places(&joined.join, &joined.world.snapshot->declared[1]).count,
		1);
}

static void what_no_cluster_has_is_one_use_of_none(void **state)
{
	(void)state;
	for (int silent = 0; silent <= 1; silent++) {
		CLEANUP(joined_release) struct joined joined;

		joined_init(&joined);
		drift_world_add_second(&joined.world);
		joined.world.snapshot->coverage[joined.world.snapshot->coverage_count - 1]
			.observed = !silent;
		drift_world_declare(&joined.world, "shop/Deployment/web/app", "web:1");
		join(&joined);
		assert_int_equal(joined.join.use_count, 1);
		assert_null(joined.join.uses[0].cluster);
		assert_int_equal(joined.join.uses[0].observed, !silent);
	}
}

static void a_namespace_found_in_one_cluster_is_not_that_of_another(void **state)
{
	CLEANUP(joined_release) struct joined joined;
	const struct declared_use *declared;

	(void)state;
	joined_init(&joined);
	drift_world_add_second(&joined.world);
	declared = drift_world_declare(&joined.world, "/Deployment/web/app", "web:1");
	drift_world_run(&joined.world, "shop/Deployment/web/app", "web:1", "one");
	run_in_second(&joined, "bank/Deployment/web/app", "web:1");
	join(&joined);
	assert_int_equal(joined.join.use_count, 2);
	assert_ptr_equal(find(&joined, "shop", "web", "app")->declared, declared);
	assert_ptr_equal(find(&joined, "bank", "web", "app")->declared, declared);
	assert_string_equal(declared->namespace, "");
	assert_int_equal(joined.world.snapshot->gap_count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_declared_and_a_running_container_meet),
		cmocka_unit_test(a_pod_is_joined_at_its_nearest_declared_owner),
		cmocka_unit_test(containers_of_one_name_and_two_classes_are_two),
		cmocka_unit_test(an_object_of_an_old_api_group_is_the_same),
		cmocka_unit_test(an_object_of_a_group_that_is_not_ours_is_another),
		cmocka_unit_test(a_narrow_scan_leaves_other_namespaces_out),
		cmocka_unit_test(a_declaration_without_a_namespace_finds_its_workload),
		cmocka_unit_test(a_namespace_that_cannot_be_told_is_a_gap),
		cmocka_unit_test(
			what_is_in_no_namespace_was_looked_for_only_if_all_were_seen),
		cmocka_unit_test(
			two_declarations_of_one_container_are_a_gap_that_names_both),
		cmocka_unit_test(two_declarations_of_the_same_image_are_one),
		cmocka_unit_test(only_objects_that_make_pods_are_joined),
		cmocka_unit_test(
			pods_of_an_older_revision_are_rolling_out_until_it_is_late),
		cmocka_unit_test(uses_come_in_one_order),
		cmocka_unit_test(without_a_cluster_nothing_is_joined),
		cmocka_unit_test(names_of_any_length_stay_apart),
		cmocka_unit_test(
			what_is_meant_for_another_cluster_is_not_joined_and_claims_nothing),
		cmocka_unit_test(of_two_manifests_the_one_for_this_cluster_counts),
		cmocka_unit_test(the_namespace_of_an_environment_is_joined_and_claimed),
		cmocka_unit_test(an_environment_claims_its_namespace_by_its_files),
		cmocka_unit_test(a_declaration_meets_each_cluster_that_has_its_object),
		cmocka_unit_test(what_no_cluster_has_is_one_use_of_none),
		cmocka_unit_test(a_namespace_found_in_one_cluster_is_not_that_of_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
