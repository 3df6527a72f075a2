#include "source/kustomize_tree.h"

#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

#include <sys/stat.h>

static const struct {
	const char *file, *entry, *joined;
} joins[] = {
	{ "f", "a.yaml", "a.yaml" },
	{ "f", "", "" },
	{ "overlays/dev/f", "../../base", "base" },
	{ "./overlays//dev/f", "./x/../y.yaml", "overlays/dev/y.yaml" },
	{ "a/f", "..", "" },
	{ "a/f", "../..", ".." },
	{ "a/f", "../../../b", "../../b" },
	{ "../x/f", "../y", "../y" },
	{ "/f", "../a", "/../a" }, /* no file beneath a root has such a path */
	{ "/x/f", "../a", "/a" },
	{ "/x/y/f", "z/", "/x/y/z" },
	{ "a/f", "..b", "a/..b" },
};

static void entries_are_joined_to_their_folder(void **state)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(joins); i++) {
		kustomize_join(&path, joins[i].file, joins[i].entry);
		CHECK_TEXT(joins[i].entry, buf_text(&path), joins[i].joined);
	}
}

/* Where the tree's file `path` leads by `entry`. */
static struct kustomize_file *follow(struct kustomize_tree *tree, const char *path,
				     const char *text)
{
	struct kustomize_file in = { .path = path, .name = path };
	struct kustomization_entry entry = { .text = text };

	return kustomize_tree_find(tree, &in, &entry);
}

static void put(const char *path, const char *text)
{
	scratch_write(path, text, strlen(text));
}

/* A file that was asked for; it is not there, so that reading it would fail. */
static void ask_for(struct kustomize_tree *tree, struct kustomize_file *file)
{
	*table_slot(tree->files, file->path, strlen(file->path), NULL) = file;
}

static void what_was_asked_for_is_not_read_again(void **state)
{
	static const struct kustomize_root root = { "", "." };
	struct table files = TABLE_INIT;
	struct snapshot snapshot;
	struct kustomize_tree tree;
	struct kustomize_file resource = { .path = "base/a.yaml",
					   .name = "a",
					   .asked = true };
	struct kustomize_file base = { .path = "base/kustomization.yml",
				       .name = "b",
				       .asked = true,
				       .listed = true };

	(void)state;
	snapshot_init(&snapshot, 0);
	kustomize_tree_init(&tree, &snapshot, &files, &root, 1);
	base.kustomization = kustomization_new(&snapshot.arena);
	ask_for(&tree, &resource);
	ask_for(&tree, &base);
	assert_ptr_equal(follow(&tree, "base/k", "a.yaml"), &resource);
	assert_ptr_equal(follow(&tree, "dev/k", "../base"), &base);
	assert_null(follow(&tree, "dev/k", "../base/kustomization.yml"));
	assert_int_equal(files.count, 2); /* its other names were not looked for */
	kustomize_tree_finish(&tree);
	table_release(&files);
	snapshot_release(&snapshot);
}

static void other_files_are_read_once(void **state)
{
	static const struct kustomize_root root = { "", "." };
	struct table files = TABLE_INIT;
	struct snapshot snapshot;
	struct kustomize_tree tree;
	const struct kustomize_file *file;

	(void)state;
	snapshot_init(&snapshot, 0);
	kustomize_tree_init(&tree, &snapshot, &files, &root, 1);
	mkdir("base", 0700);
	put("base/Kustomization", "resources: [pod.yaml]\n");
	put("base/pod.yaml", "{apiVersion: v1, kind: Pod, metadata: {name: p}, "
			     "spec: {containers: [{name: c, image: a:b}]}}\n");
	file = follow(&tree, "dev/k", "../base");
	assert_non_null(file->kustomization);
	assert_int_equal(file->kustomization->lists[0].count, 1);
	file = follow(&tree, "dev/k", "../base/pod.yaml");
	assert_null(file->problem);
	assert_int_equal(file->use_count, 1);
	assert_string_equal(file->uses[0].image.text, "a:b");
	assert_ptr_equal(follow(&tree, "base/k", "pod.yaml"), file);
	file = follow(&tree, "dev/k", "../none.yaml");
	assert_true(file->missing);
	assert_non_null(
		strstr(follow(&tree, "dev/k", "../../x.yaml")->problem, "outside"));
	kustomize_tree_finish(&tree);
	assert_int_equal(snapshot.declared_count, 0);
	table_release(&files);
	snapshot_release(&snapshot);
}

#define WAIVED_POD                                                                       \
	"{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [\n"        \
	"{name: c, image: $(A)} # pindrift:ignore unpinned until=2027-01-31 reason=r\n]}}\n"

static void of_other_files_only_replaced_ones_count(void **state)
{
	static const struct kustomize_root root = { "", "." };
	static const char *const names[] = { "a.yaml", "b.yaml", "c.yaml" };
	struct table files = TABLE_INIT;
	struct snapshot snapshot;
	struct kustomize_tree tree;

	(void)state;
	snapshot_init(&snapshot, 0);
	kustomize_tree_init(&tree, &snapshot, &files, &root, 1);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		put(names[i], WAIVED_POD);
		follow(&tree, "k", names[i])->replaced = i != 1;
	}
	kustomize_tree_finish(&tree);
	assert_int_equal(snapshot.declared_count, 0);
	assert_int_equal(snapshot.gap_count, 2);
	assert_string_equal(snapshot.gaps[0].subject, "a.yaml:2");
	assert_string_equal(snapshot.gaps[1].subject, "c.yaml:2");
	assert_int_equal(snapshot.waiver_count, 2);
	assert_string_equal(snapshot.waivers[1].path, "c.yaml");
	table_release(&files);
	snapshot_release(&snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_joined_to_their_folder),
		IN_SCRATCH(what_was_asked_for_is_not_read_again),
		IN_SCRATCH(other_files_are_read_once),
		IN_SCRATCH(of_other_files_only_replaced_ones_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
