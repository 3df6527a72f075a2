#include "drift/image_tree.h"

#include "tests/unit/image_world.h"

static const char *const lines[] = {
	"manifest amd64 c1 l1",
	"manifest arm64 c2 l2",
	"manifest v6 c3 l3",
	"manifest v7 c4 l4",
	"index plain amd64=linux/amd64 arm64=linux/arm64",
	"index attested amd64=linux/amd64 !amd64-att",
	"index variants v6=linux/arm/v6 v7=linux/arm/v7",
	"index nested plain v7=linux/arm/v7",
	"index deep nested",
	"index deeper deep",
	"index deepest deeper",
	"index bottomless deepest",
	"index unnamed amd64",
	"index unnamed-two amd64 arm64",
	"index half amd64 arm64=linux/arm64",
	"index torn *lost amd64=linux/amd64",
	"index other-algorithm ?blake amd64=linux/amd64",
	"index doubled amd64=linux/amd64 v6=linux/amd64 arm64=linux/arm64",
	"index twice amd64=linux/amd64 amd64=linux/arm64",
	"index empty",
	"index liar *amd64",
};

struct tree {
	struct image_world world;
	struct inquiry inquiry;
	struct side where;
};

/* All is known but what the registry does not hold, which it was asked for. */
static void tree_init(struct tree *tree)
{
	image_world_init(&tree->world, lines, ARRAY_LENGTH(lines));
	image_world_learn(&tree->world);
	tree->where = (struct side){ .place_count = 0 };
	tree->inquiry = (struct inquiry){
		.snapshot = &tree->world.snapshot,
		.arena = &tree->world.arena,
		.reason = "",
	};
}

static void tree_release(struct tree *tree)
{
	image_world_release(&tree->world);
}

static const struct image *image(const struct tree *tree, const char *name)
{
	struct digest digest = image_world_digest(name);
	const struct image *found = image_set_find(&tree->world.held, &digest);

	assert_non_null(found);
	return found;
}

static const struct {
	const char *label, *root, *digest;
	enum found found;
} find_cases[] = {
	{ "a child", "plain", "arm64", FOUND_YES },
	{ "no child", "plain", "v7", FOUND_NO },
	{ "an attestation leads nowhere", "attested", "amd64-att", FOUND_NO },
	{ "a child of a nested index", "nested", "arm64", FOUND_YES },
	{ "a nested index itself", "nested", "plain", FOUND_YES },
	{ "four indexes down", "deepest", "arm64", FOUND_YES },
	{ "five indexes down is not followed", "bottomless", "arm64", FOUND_UNSURE },
	{ "a manifest leads nowhere", "amd64", "amd64", FOUND_NO },
	{ "a nested index is lost", "torn", "v7", FOUND_UNSURE },
	{ "what is seen counts", "torn", "amd64", FOUND_YES },
	{ "an index without children", "empty", "amd64", FOUND_NO },
	{ "a manifest that was called an index", "liar", "arm64", FOUND_UNSURE },
};

static void find_follows_indexes_and_passes_attestations_over(void **state)
{
	CLEANUP(tree_release) struct tree tree;

	(void)state;
	tree_init(&tree);
	for (size_t i = 0; i < ARRAY_LENGTH(find_cases); i++) {
		struct digest digest = image_world_digest(find_cases[i].digest);

		CHECK(find_cases[i].label,
		      image_tree_find(&tree.inquiry, &tree.where,
				      image(&tree, find_cases[i].root),
				      &digest) == find_cases[i].found);
	}
}

static const struct {
	const char *label, *root, *platform;
	enum found found;
	const char *leaves[3]; /* in order */
} select_cases[] = {
	{ "the one that fits", "plain", "linux/arm64", FOUND_YES, { "arm64" } },
	{ "none fits", "plain", "linux/s390x", FOUND_NO, { NULL } },
	{ "a manifest is for all", "amd64", "linux/s390x", FOUND_YES, { "amd64" } },
	{ "in a nested index", "nested", "linux/arm64", FOUND_YES, { "arm64" } },
	{ "two variants", "variants", "linux/arm", FOUND_YES, { "v6", "v7" } },
	{ "one variant", "variants", "linux/arm/v7", FOUND_YES, { "v7" } },
	{ "the one that does not say", "unnamed", "linux/arm64", FOUND_YES, { "amd64" } },
	{ "two that do not say",
	  "unnamed-two",
	  "linux/arm64",
	  FOUND_YES,
	  { "amd64", "arm64" } },
	{ "one says, and counts before one that does not",
	  "half",
	  "linux/arm64",
	  FOUND_YES,
	  { "arm64" } },
	{ "none that says fits", "half", "linux/amd64", FOUND_YES, { "amd64" } },
	{ "a nested index is lost, and might hold another",
	  "torn",
	  "linux/amd64",
	  FOUND_UNSURE,
	  { "amd64" } },
	{ "a digest that cannot be read is passed over",
	  "other-algorithm",
	  "linux/amd64",
	  FOUND_UNSURE,
	  { "amd64" } },
	{ "the platform is not known", "plain", "", FOUND_NO, { NULL } },
	{ "one manifest for two platforms",
	  "twice",
	  "linux/arm64",
	  FOUND_YES,
	  { "amd64" } },
};

static void select_gives_all_that_a_node_may_choose(void **state)
{
	CLEANUP(tree_release) struct tree tree;

	(void)state;
	tree_init(&tree);
	for (size_t i = 0; i < ARRAY_LENGTH(select_cases); i++) {
		const char *label = select_cases[i].label;
		struct platform platform = platform_parse(select_cases[i].platform);
		struct leaf_list leaves;
		size_t count = 0;

		CHECK(label,
		      image_tree_select(&tree.inquiry, &tree.where,
					image(&tree, select_cases[i].root), &platform,
					&leaves) == select_cases[i].found);
		for (; select_cases[i].leaves[count]; count++) {
			struct digest leaf =
				image_world_digest(select_cases[i].leaves[count]);

			CHECK(label, count < leaves.count);
			CHECK(label, digest_equal(&leaves.items[count], &leaf));
		}
		CHECK(label, leaves.count == count);
	}
}

static const struct {
	const char *label, *root, *digest, *platform;
	bool other;
} other_cases[] = {
	{ "the other child", "plain", "amd64", "linux/arm64", true },
	{ "the child", "plain", "arm64", "linux/arm64", false },
	{ "a variant of the node's", "variants", "v7", "linux/arm", false },
	{ "in a nested index", "nested", "amd64", "linux/arm64", true },
	{ "listed for both", "twice", "amd64", "linux/arm64", false },
	{ "it does not say", "unnamed", "amd64", "linux/arm64", false },
	{ "a nested index", "nested", "plain", "linux/s390x", false },
	{ "not there at all", "plain", "v7", "linux/arm64", false },
};

static void a_manifest_is_for_another_platform_only_if_it_says_so(void **state)
{
	CLEANUP(tree_release) struct tree tree;

	(void)state;
	tree_init(&tree);
	for (size_t i = 0; i < ARRAY_LENGTH(other_cases); i++) {
		struct platform platform = platform_parse(other_cases[i].platform);
		struct digest digest = image_world_digest(other_cases[i].digest);

		CHECK(other_cases[i].label,
		      image_tree_is_for_other(&tree.inquiry, &tree.where,
					      image(&tree, other_cases[i].root), &digest,
					      &platform) == other_cases[i].other);
	}
}

static const struct {
	const char *label, *root;
	enum found leaves_found, platforms_found;
	size_t leaf_count, platform_count;
	bool unnamed;
} list_cases[] = {
	{ "two", "plain", FOUND_YES, FOUND_YES, 2, 2, false },
	{ "nested ones too", "nested", FOUND_YES, FOUND_YES, 3, 3, false },
	{ "without attestations", "attested", FOUND_YES, FOUND_YES, 1, 1, false },
	{ "a manifest is its own leaf", "amd64", FOUND_YES, FOUND_YES, 1, 0, true },
	{ "two for one platform", "doubled", FOUND_YES, FOUND_YES, 3, 2, false },
	{ "one for two platforms", "twice", FOUND_YES, FOUND_YES, 1, 2, false },
	{ "some do not say", "half", FOUND_YES, FOUND_YES, 2, 1, true },
	{ "some is lost", "torn", FOUND_UNSURE, FOUND_UNSURE, 1, 1, false },
	{ "none", "empty", FOUND_NO, FOUND_NO, 0, 0, false },
};

static void leaves_and_platforms_are_listed_once(void **state)
{
	CLEANUP(tree_release) struct tree tree;

	(void)state;
	tree_init(&tree);
	for (size_t i = 0; i < ARRAY_LENGTH(list_cases); i++) {
		const struct image *root = image(&tree, list_cases[i].root);
		struct leaf_list leaves;
		struct platform_list platforms;

		CHECK(list_cases[i].label,
		      image_tree_leaves(&tree.inquiry, &tree.where, root, &leaves) ==
			      list_cases[i].leaves_found);
		CHECK(list_cases[i].label, leaves.count == list_cases[i].leaf_count);
		CHECK(list_cases[i].label,
		      image_tree_platforms(&tree.inquiry, &tree.where, root,
					   &platforms) == list_cases[i].platforms_found);
		CHECK(list_cases[i].label,
		      platforms.count == list_cases[i].platform_count);
		CHECK(list_cases[i].label, platforms.unnamed == list_cases[i].unnamed);
	}
}

static void a_nested_index_that_is_not_known_yet_is_wanted(void **state)
{
	CLEANUP(tree_release) struct tree tree;
	CLEANUP(wants_release) struct wants wants = { .arena = NULL };
	struct digest amd64 = image_world_digest("amd64"),
		      lost = image_world_digest("lost");
	struct digest v7 = image_world_digest("v7");

	(void)state;
	tree_init(&tree);
	wants.arena = &tree.world.arena;
	tree.inquiry.wants = &wants;
	side_add_place(&tree.where, WORLD_HOST, WORLD_REPOSITORY);
	assert_int_equal(
		image_tree_find(&tree.inquiry, &tree.where, image(&tree, "torn"), &v7),
		FOUND_LATER);
	assert_int_equal(wants.count, 1);
	assert_int_equal(wants.items[0].kind, WANT_MANIFEST);
	assert_true(digest_equal(&wants.items[0].digest, &lost));
	image_world_answer(&tree.world, &wants);
	assert_int_equal(
		image_tree_find(&tree.inquiry, &tree.where, image(&tree, "torn"), &v7),
		FOUND_UNSURE);
	assert_int_equal(
		image_tree_find(&tree.inquiry, &tree.where, image(&tree, "torn"), &amd64),
		FOUND_YES);
}

/* An index of `count` children, made in `arena`; each is the index `child`, or a leaf. */
static struct image *wide_index(struct arena *arena, const char *name, const char *child,
				size_t count)
{
	struct image *index = arena_alloc(arena, sizeof(*index));

	*index = (struct image){ .digest = image_world_digest(name),
				 .kind = IMAGE_INDEX,
				 .child_count = count };
	index->children = arena_alloc(arena, count * sizeof(*index->children));
	for (size_t i = 0; i < count; i++) {
		const char *leaf = arena_printf(arena, "%s-%zu", name, i);

		index->children[i] = (struct descriptor){
			.media_type =
				child ? "application/vnd.oci.image.index.v1+json" : "",
			.digest = image_world_digest(child ? child : leaf),
			.platform = platform_make("linux", "amd64", ""),
		};
	}
	return index;
}

static void indexes_that_repeat_each_other_end(void **state)
{
	CLEANUP(tree_release) struct tree tree;
	static const char *const names[] = { "w1", "w2", "w3", "w4" };
	struct platform platform = platform_make("linux", "amd64", "");
	struct digest none = image_world_digest("none");
	const struct image *root = NULL;
	struct leaf_list leaves;

	(void)state;
	tree_init(&tree);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		struct image *index = wide_index(&tree.world.arena, names[i],
						 i ? names[i - 1] : NULL, IMAGE_CHILDREN);

		image_set_add(&tree.world.snapshot.images, index);
		root = index;
	}
	/* 10,000 times 10,000 times 10,000 children, but for the limits. */
	assert_int_equal(image_tree_find(&tree.inquiry, &tree.where, root, &none),
			 FOUND_UNSURE);
	assert_int_equal(
		image_tree_select(&tree.inquiry, &tree.where, root, &platform, &leaves),
		FOUND_UNSURE);
	assert_int_equal(leaves.count, TREE_LEAVES);
}

static void a_digest_is_found_among_ten_thousand_children(void **state)
{
	CLEANUP(tree_release) struct tree tree;
	struct digest last = image_world_digest("wide-9999");
	struct leaf_list leaves;
	const struct image *index;

	(void)state;
	tree_init(&tree);
	index = wide_index(&tree.world.arena, "wide", NULL, IMAGE_CHILDREN);
	assert_int_equal(image_tree_find(&tree.inquiry, &tree.where, index, &last),
			 FOUND_YES);
	assert_int_equal(image_tree_leaves(&tree.inquiry, &tree.where, index, &leaves),
			 FOUND_UNSURE);
	assert_int_equal(leaves.count, TREE_LEAVES);
}

static void more_platforms_than_are_listed_make_it_unsure(void **state)
{
	CLEANUP(tree_release) struct tree tree;
	struct platform_list platforms;
	struct image *index;

	(void)state;
	tree_init(&tree);
	index = wide_index(&tree.world.arena, "wide", NULL, TREE_LEAVES + 1);
	for (size_t i = 0; i < index->child_count; i++)
		index->children[i].platform = platform_make(
			"linux", arena_printf(&tree.world.arena, "a%zu", i), "");
	assert_int_equal(
		image_tree_platforms(&tree.inquiry, &tree.where, index, &platforms),
		FOUND_UNSURE);
	assert_int_equal(platforms.count, TREE_LEAVES);
	index->child_count--;
	assert_int_equal(
		image_tree_platforms(&tree.inquiry, &tree.where, index, &platforms),
		FOUND_YES);
	assert_int_equal(platforms.count, TREE_LEAVES);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(find_follows_indexes_and_passes_attestations_over),
		cmocka_unit_test(select_gives_all_that_a_node_may_choose),
		cmocka_unit_test(a_manifest_is_for_another_platform_only_if_it_says_so),
		cmocka_unit_test(leaves_and_platforms_are_listed_once),
		cmocka_unit_test(a_nested_index_that_is_not_known_yet_is_wanted),
		cmocka_unit_test(indexes_that_repeat_each_other_end),
		cmocka_unit_test(a_digest_is_found_among_ten_thousand_children),
		cmocka_unit_test(more_platforms_than_are_listed_make_it_unsure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
