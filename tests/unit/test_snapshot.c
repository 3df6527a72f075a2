#include "model/snapshot.h"

#include "tests/unit/check.h"

#define DIGEST_A "sha256:7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b"
#define DIGEST_B "sha256:6422bbd36e91e9d7ae51b37c3fddae29641134168a593b92bab5819d76706121"

static struct digest digest_of(const char *text)
{
	struct error err = ERROR_INIT;
	struct digest digest;

	assert_true(digest_parse(&digest, text, &err));
	return digest;
}

static void lists_grow_in_the_order_of_additions(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot, 7);
	for (uint32_t i = 0; i < 100; i++) {
		snapshot_add_declared(&snapshot, &(struct declared_use){ .line = i });
		snapshot_extend_running(&snapshot, 1)->pod_count = i;
		snapshot_add_live(&snapshot, &(struct live_workload){ .image_count = i });
		snapshot_add_coverage(&snapshot, "tree/t", i % 2 == 0, "");
	}
	assert_int_equal(snapshot.observed_at, 7);
	assert_int_equal(snapshot.declared_count, 100);
	assert_int_equal(snapshot.running_count, 100);
	assert_int_equal(snapshot.live_count, 100);
	assert_int_equal(snapshot.coverage_count, 100);
	assert_int_equal(snapshot.declared[99].line, 99);
	assert_int_equal(snapshot.running[64].pod_count, 64);
	assert_int_equal(snapshot.live[8].image_count, 8);
	assert_false(snapshot.coverage[7].observed);
}

static void a_gap_is_kept_once_for_its_kind_and_subject(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	char subject[] = "namespace shop";

	(void)state;
	snapshot_init(&snapshot, 0);
	snapshot_add_gap(&snapshot, GAP_FORBIDDEN, subject, "first", "cluster/k");
	subject[0] = 'N';
	snapshot_add_gap(&snapshot, GAP_FORBIDDEN, "namespace shop", "second", "");
	snapshot_add_gap(&snapshot, GAP_UNREACHABLE, "namespace shop", "third", "");
	snapshot_add_gap(&snapshot, GAP_FORBIDDEN, "namespace shop2", "fourth", "");
	assert_int_equal(snapshot.gap_count, 3);
	assert_string_equal(snapshot.gaps[0].subject, "namespace shop");
	assert_string_equal(snapshot.gaps[0].reason, "first");
	assert_string_equal(snapshot.gaps[0].scope, "cluster/k");
	assert_string_equal(snapshot.gaps[1].reason, "third");
	assert_string_equal(snapshot.gaps[2].reason, "fourth");
}

static void a_later_fact_replaces_the_earlier_one_about_the_same_tag(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	struct tag_fact fact = { "host", "shop/web", "1.0", FACT_UNKNOWN,
				 { "" }, "silent",   0,     NULL,
				 0 };

	(void)state;
	snapshot_init(&snapshot, 0);
	snapshot_add_tag(&snapshot, &fact);
	fact.tag = "2.0";
	snapshot_add_tag(&snapshot, &fact);
	fact = (struct tag_fact){
		"host", "shop/web", "1.0", FACT_FOUND, digest_of(DIGEST_A), "", 0, NULL, 0
	};
	snapshot_add_tag(&snapshot, &fact);
	assert_int_equal(snapshot.tag_count, 2);
	assert_int_equal(snapshot_find_tag(&snapshot, "host", "shop/web", "1.0")->state,
			 FACT_FOUND);
	assert_int_equal(snapshot_find_tag(&snapshot, "host", "shop/web", "2.0")->state,
			 FACT_UNKNOWN);
	assert_null(snapshot_find_tag(&snapshot, "host", "shop", "web/1.0"));
	assert_null(snapshot_find_tag(&snapshot, "hos", "tshop/web", "1.0"));
}

static void a_digest_is_one_thing_as_manifest_and_another_as_blob(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	struct digest a = digest_of(DIGEST_A), b = digest_of(DIGEST_B);
	struct digest_fact fact = { "host", "shop/web", a,    FACT_ABSENT,
				    false,  false,      "404" };

	(void)state;
	snapshot_init(&snapshot, 0);
	snapshot_add_digest(&snapshot, &fact);
	fact.blob = true;
	fact.state = FACT_FOUND;
	snapshot_add_digest(&snapshot, &fact);
	assert_int_equal(snapshot.digest_count, 2);
	assert_int_equal(
		snapshot_find_digest(&snapshot, "host", "shop/web", &a, false)->state,
		FACT_ABSENT);
	assert_int_equal(
		snapshot_find_digest(&snapshot, "host", "shop/web", &a, true)->state,
		FACT_FOUND);
	assert_null(snapshot_find_digest(&snapshot, "host", "shop/web", &b, false));
	assert_null(snapshot_find_digest(&snapshot, "host", "shop/api", &a, false));
}

static void names_of_any_length_stay_apart(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	char *host CLEANUP(free_pointer) = xmalloc(10001);
	char *other CLEANUP(free_pointer) = NULL;

	(void)state;
	memset(host, 'h', 10000);
	host[10000] = '\0';
	other = xstrdup(host);
	other[9999] = 'o';
	snapshot_init(&snapshot, 0);
	snapshot_add_tag(&snapshot,
			 &(struct tag_fact){
				 host, "web", "1", FACT_FOUND, { "" }, "", 0, NULL, 0 });
	assert_non_null(snapshot_find_tag(&snapshot, host, "web", "1"));
	assert_null(snapshot_find_tag(&snapshot, other, "web", "1"));
}

static void the_requests_of_one_host_are_counted_together(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	char host[] = "a.example";

	(void)state;
	snapshot_init(&snapshot, 0);
	snapshot_requests(&snapshot, host)->made = 1;
	host[0] = 'b';
	snapshot_requests(&snapshot, host)->made = 5;
	snapshot_requests(&snapshot, "a.example")->made++;
	assert_int_equal(snapshot.request_count, 2);
	assert_string_equal(snapshot.requests[0].host, "a.example");
	assert_int_equal(snapshot.requests[0].made, 2);
	assert_int_equal(snapshot.requests[1].made, 5);
}

static void a_new_key_of_the_cluster_reaches_coverage_and_gaps(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot, 0);
	snapshot_add_cluster(&snapshot,
			     &(struct scanned_cluster){ .identity = { .key = "server:1" },
							.namespace = "" });
	snapshot_add_coverage(&snapshot, "cluster/server:1", true, "");
	snapshot_add_coverage(&snapshot, "tree/t", true, "");
	snapshot_add_gap(&snapshot, GAP_FORBIDDEN, "a", "",
			 "cluster/server:1/namespace/a");
	snapshot_add_gap(&snapshot, GAP_FORBIDDEN, "b", "", "cluster/server:12");
	snapshot_add_gap(&snapshot, GAP_UNRESOLVED, "c", "", "");
	snapshot_set_cluster_key(&snapshot, &snapshot.clusters[0], "uid:2");
	assert_string_equal(snapshot.clusters[0].identity.key, "uid:2");
	assert_string_equal(snapshot.coverage[0].scope, "cluster/uid:2");
	assert_string_equal(snapshot.coverage[1].scope, "tree/t");
	assert_string_equal(snapshot.gaps[0].scope, "cluster/uid:2/namespace/a");
	assert_string_equal(snapshot.gaps[1].scope, "cluster/server:12");
	assert_string_equal(snapshot.gaps[2].scope, "");
}

static const struct {
	const char *label, *a[3], *b[3];
	int order;
} order_cases[] = {
	{ "equal", { "apps", "Deployment", "web" }, { "apps", "Deployment", "web" }, 0 },
	{ "kind first", { "z", "CronJob", "z" }, { "a", "Deployment", "a" }, -1 },
	{ "then name", { "z", "Job", "a" }, { "a", "Job", "b" }, -1 },
	{ "then group", { "apps", "Job", "a" }, { "batch", "Job", "a" }, -1 },
};

static void objects_are_ordered_by_kind_name_and_group(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(order_cases); i++) {
		const char *const *a = order_cases[i].a, *const *b = order_cases[i].b;
		struct object_id one = { a[0], a[1], a[2] }, other = { b[0], b[1], b[2] };
		int order = object_id_compare(&one, &other);

		CHECK(order_cases[i].label,
		      (order > 0) - (order < 0) == order_cases[i].order);
		order = object_id_compare(&other, &one);
		CHECK(order_cases[i].label,
		      (order < 0) - (order > 0) == order_cases[i].order);
		CHECK(order_cases[i].label,
		      object_id_equal(&one, &other) == (order_cases[i].order == 0));
	}
}

static void every_gap_and_class_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < GAP_KIND_COUNT; i++) {
		assert_non_null(gap_name((enum gap_kind)i));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(gap_name((enum gap_kind)i),
						gap_name((enum gap_kind)j));
	}
	for (int i = 0; i <= CLASS_IMAGE_VOLUME; i++) {
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
				container_class_name((enum container_class)i),
				container_class_name((enum container_class)j));
	}
}

static void parts_are_merged_in_their_order(void **state)
{
	CLEANUP(snapshot_release) struct snapshot whole;
	static const char *const names[] = { "a", "b", "c" };
	struct snapshot parts[ARRAY_LENGTH(names)];
	struct waiver waivers[ARRAY_LENGTH(names)];

	(void)state;
	snapshot_init(&whole, 7);
	whole.tree = "tree";
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		struct snapshot *part = &parts[i];
		struct declared_use use;

		waivers[i] = (struct waiver){ .only_line = (uint32_t)i };
		snapshot_part(part, &whole);
		assert_string_equal(part->tree, "tree");
		assert_int_equal(part->observed_at, 7);
		use = (struct declared_use){ .file = arena_strdup(&part->arena,
								  names[i]) };
		snapshot_add_declared(part, &use);
		snapshot_add_gap(part, GAP_NOT_YAML, i == 1 ? "x" : "y", names[i], "");
		part->waivers = &waivers[i];
		part->waiver_count = 1;
		part->file_count = 2;
		part->ignored_count = 3;
	}
	snapshot_merge(&whole, parts, 1);
	snapshot_merge(&whole, parts + 1, ARRAY_LENGTH(parts) - 1);
	snapshot_merge(&whole, parts, 0);
	assert_int_equal(whole.declared_count, 3);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		assert_string_equal(whole.declared[i].file, names[i]);
		assert_int_equal(whole.waivers[i].only_line, i);
	}
	assert_int_equal(whole.gap_count, 2); /* the first of equal ones stays */
	assert_string_equal(whole.gaps[0].reason, "a");
	assert_string_equal(whole.gaps[1].reason, "b");
	assert_int_equal(whole.file_count, 6);
	assert_int_equal(whole.ignored_count, 9);
}

static void a_cluster_is_called_by_its_name_its_context_or_a_key(void **state)
{
	const struct cluster_identity cluster = {
		.key = "uid:1f0e",
		.name = "prod",
		.context = "admin@prod",
		.server = "https://10.0.0.1",
		.alias = "",
	};

	(void)state;
	assert_true(cluster_is_called(&cluster, "prod"));
	assert_true(cluster_is_called(&cluster, "admin@prod"));
	assert_true(cluster_is_called(&cluster, "uid:1f0e"));
	assert_false(cluster_is_called(&cluster, "pro"));
	assert_false(cluster_is_called(&cluster, "https://10.0.0.1"));
	assert_false(cluster_is_called(&cluster, "")); /* though it has no alias */
}

static void clusters_are_one_by_uid_else_by_any_key_they_share(void **state)
{
	static const struct {
		const char *label, *key, *alias, *other_key, *other_alias;
		bool same;
	} cases[] = {
		{ "one uid", "uid:1", "server:a", "uid:1", "server:b", true },
		{ "two uids behind one server", "uid:1", "server:a", "uid:2", "server:a",
		  false },
		{ "one hides its uid", "uid:1", "server:a", "server:a", "", true },
		{ "both hide it", "server:a", "", "server:a", "", true },
		{ "two servers", "server:a", "", "server:b", "", false },
		{ "two without another key", "uid:1", "", "server:a", "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct cluster_identity one = { .key = cases[i].key,
						      .alias = cases[i].alias };
		const struct cluster_identity other = { .key = cases[i].other_key,
							.alias = cases[i].other_alias };

		CHECK(cases[i].label, cluster_is_same(&one, &other) == cases[i].same);
		CHECK(cases[i].label, cluster_is_same(&other, &one) == cases[i].same);
	}
}

static void merged_clusters_are_numbered_and_keep_their_parts(void **state)
{
	CLEANUP(snapshot_release) struct snapshot whole;

	(void)state;
	snapshot_init(&whole, 0);
	for (uint32_t n = 0; n < 3; n++) {
		struct snapshot part;

		snapshot_part(&part, &whole);
		snapshot_add_cluster(
			&part,
			&(struct scanned_cluster){
				.identity = { .key = arena_printf(&part.arena, "uid:%u",
								  (unsigned)n) },
				.namespace = "" });
		for (uint32_t i = 0; i < 20; i++)
			snapshot_extend_running(&part, 1)->pod_count = n + 1;
		snapshot_add_live(&part, &(struct live_workload){ .revision = "r" });
		snapshot_add_gap(&part, GAP_FORBIDDEN, part.clusters[0].identity.key, "",
				 "");
		snapshot_add_coverage(&part, "cluster/x", true, "");
		part.pod_count = 20;
		snapshot_merge_cluster(&whole, &part);
	}
	assert_int_equal(whole.cluster_count, 3);
	assert_string_equal(whole.clusters[2].identity.key, "uid:2");
	assert_int_equal(whole.running_count, 60);
	for (uint32_t i = 0; i < 60; i++) {
		assert_int_equal(whole.running[i].cluster, i / 20);
		assert_int_equal(whole.running[i].pod_count, i / 20 + 1);
	}
	assert_int_equal(whole.live_count, 3);
	assert_int_equal(whole.live[2].cluster, 2);
	assert_int_equal(whole.gap_count, 3);
	assert_int_equal(whole.coverage_count, 3);
	assert_int_equal(whole.pod_count, 60);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_merged_in_their_order),
		cmocka_unit_test(a_cluster_is_called_by_its_name_its_context_or_a_key),
		cmocka_unit_test(lists_grow_in_the_order_of_additions),
		cmocka_unit_test(a_gap_is_kept_once_for_its_kind_and_subject),
		cmocka_unit_test(
			a_later_fact_replaces_the_earlier_one_about_the_same_tag),
		cmocka_unit_test(a_digest_is_one_thing_as_manifest_and_another_as_blob),
		cmocka_unit_test(names_of_any_length_stay_apart),
		cmocka_unit_test(the_requests_of_one_host_are_counted_together),
		cmocka_unit_test(a_new_key_of_the_cluster_reaches_coverage_and_gaps),
		cmocka_unit_test(objects_are_ordered_by_kind_name_and_group),
		cmocka_unit_test(every_gap_and_class_has_a_name_of_its_own),
		cmocka_unit_test(clusters_are_one_by_uid_else_by_any_key_they_share),
		cmocka_unit_test(merged_clusters_are_numbered_and_keep_their_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
