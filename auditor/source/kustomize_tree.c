#include "source/kustomize_tree.h"

#include "base/folder.h"

#include <unistd.h>

#define PATH_BYTES ((size_t)64 * 1024) /* no file has a longer one */

void kustomize_tree_init(struct kustomize_tree *tree, struct snapshot *snapshot,
			 struct table *files, const struct kustomize_root *roots,
			 size_t root_count)
{
	*tree = (struct kustomize_tree){
		.snapshot = snapshot,
		.files = files,
		.roots = roots,
		.root_count = root_count,
		.from = KUBE_TEXT_INIT,
		.path = BUF_INIT(PATH_BYTES),
		.name = BUF_INIT(PATH_BYTES),
	};
	snapshot_part(&tree->outside, snapshot);
}

/* Whether there is something in `path` that a ".." takes away. */
static bool can_go_up(const struct buf *path)
{
	const char *text = buf_text(path);
	size_t length = path->length;

	if (length == 0 || (length == 1 && text[0] == '/'))
		return false;
	return !(length >= 2 && strcmp(text + length - 2, "..") == 0 &&
		 (length == 2 || text[length - 3] == '/'));
}

static void cut(struct buf *path, size_t length)
{
	if (length == path->length)
		return;
	path->length = length;
	path->data[length] = '\0';
}

static void go_up(struct buf *path)
{
	size_t length = path->length;

	while (length > 1 && path->data[length - 1] != '/')
		length--;
	if (length > 1 || path->data[0] != '/')
		length--;
	cut(path, length);
}

static void add_part(struct buf *path, const char *part, size_t length)
{
	if (length == 0 || (length == 1 && part[0] == '.'))
		return;
	if (length == 2 && memcmp(part, "..", 2) == 0 && can_go_up(path)) {
		go_up(path);
		return;
	}
	if (path->length > 0 && buf_text(path)[path->length - 1] != '/')
		buf_putc(path, '/');
	buf_add(path, part, length);
}

static void add_parts(struct buf *path, const char *parts, const char *end)
{
	while (parts < end) {
		const char *slash = memchr(parts, '/', (size_t)(end - parts));
		const char *part_end = slash ? slash : end;

		add_part(path, parts, (size_t)(part_end - parts));
		parts = part_end + 1;
	}
}

void kustomize_join(struct buf *path, const char *file, const char *entry)
{
	const char *slash = strrchr(file, '/');

	buf_clear(path);
	if (file[0] == '/')
		buf_putc(path, '/');
	add_parts(path, file, slash ? slash : file);
	add_parts(path, entry, entry + strlen(entry));
}

/* The rest of a path beneath a root, or NULL where it is not there. */
static const char *beneath(const char *root, const char *path)
{
	size_t length = strlen(root);

	if (length == 0)
		return path[0] == '/' || strncmp(path, "../", 3) == 0 ? NULL : path;
	return strncmp(path, root, length) == 0 && path[length] == '/' ? path + length + 1
								       : NULL;
}

/* Have the folder of a root open. */
static bool enter(struct kustomize_tree *tree, const struct kustomize_root *root,
		  struct error *err)
{
	if (tree->opened == root)
		return true;
	if (tree->opened)
		close(tree->folder);
	tree->opened = folder_open(&tree->folder, root->folder, err) ? root : NULL;
	return tree->opened != NULL;
}

static bool fetch(struct kustomize_tree *tree, const char *path, struct error *err)
{
	for (size_t i = 0; i < tree->root_count; i++) {
		const char *rest = beneath(tree->roots[i].path, path);

		if (rest)
			return enter(tree, &tree->roots[i], err) &&
			       folder_read_at(&tree->from.text, tree->folder, rest, err);
	}
	return error_set(err, ERROR_DENIED, "it lies outside of the work tree");
}

void kustomize_file_keep(struct kustomize_file *file, const struct kube_file *reader,
			 const struct error *err)
{
	file->kustomization = reader->kustomization;
	file->use_count = reader->image_count;
	if (err)
		file->problem = arena_strdup(&reader->snapshot->arena, err->text);
	if (err && file->kustomization)
		kustomization_refuse(file->kustomization, file->problem);
	else if (file->kustomization)
		file->problem = file->kustomization->problem;
}

static void add_extent(struct kustomize_tree *tree, const struct kustomize_file *file)
{
	tree->extents =
		array_grow(tree->extents, tree->extent_count, sizeof(*tree->extents));
	tree->extents[tree->extent_count++] = (struct kustomize_extent){
		.file = file,
		.gap_end = tree->outside.gap_count,
		.waiver_end = tree->outside.waiver_count,
		.ignored_waiver_end = tree->outside.ignored_waiver_count,
	};
}

/* A file that was not asked for. */
static void read_file(struct kustomize_tree *tree, struct kustomize_file *file)
{
	struct snapshot *outside = &tree->outside;
	struct error err = ERROR_INIT;
	struct kube_file reader = { .snapshot = outside,
				    .name = file->name,
				    .path = file->path };
	size_t first = outside->declared_count;
	bool there, ok;

	if (kustomization_is_named(file->path))
		reader.kustomization = kustomization_new(&outside->arena);
	there = fetch(tree, file->path, &err);
	ok = there && kube_text_read(&tree->from, &reader, &err);
	kube_text_reuse(&tree->from);
	kustomize_file_keep(file, &reader, ok ? NULL : &err);
	file->missing = !there && err.code == ERROR_NOT_FOUND;
	if (file->use_count) /* they stay there when more are added */
		file->uses = &outside->declared[first];
	add_extent(tree, file);
}

/* The file of the tree's path, or NULL. */
static struct kustomize_file *known(const struct kustomize_tree *tree)
{
	return table_find(tree->files, buf_text(&tree->path), tree->path.length);
}

/*
 * The file of the tree's path, which is what `entry` means in the folder of `in`, and
 * `base` in that.  Read where it has not been.
 */
static struct kustomize_file *get(struct kustomize_tree *tree,
				  const struct kustomize_file *in, const char *entry,
				  const char *base)
{
	struct arena *arena = &tree->snapshot->arena;
	const char **key_kept;
	void **slot = table_slot(tree->files, buf_text(&tree->path), tree->path.length,
				 &key_kept);
	struct kustomize_file *file = *slot;

	if (file && file->name)
		return file;
	if (!file) {
		file = *slot = arena_alloc(arena, sizeof(*file));
		file->path = *key_kept = arena_strdup(arena, buf_text(&tree->path));
	}
	kustomize_join(&tree->name, in->name, entry);
	add_part(&tree->name, base, strlen(base));
	file->name = arena_strdup(arena, buf_text(&tree->name));
	read_file(tree, file);
	return file;
}

/* Go to another file of the folder whose path has this length. */
static void go_to(struct kustomize_tree *tree, size_t folder_length, const char *base)
{
	cut(&tree->path, folder_length);
	add_part(&tree->path, base, strlen(base));
}

/* Whether all kustomizations of such a folder are known. */
static bool is_listed(struct kustomize_tree *tree, size_t folder_length)
{
	for (size_t i = 0; i < KUSTOMIZATION_NAMES; i++) {
		const struct kustomize_file *file;

		go_to(tree, folder_length, kustomization_names[i]);
		file = known(tree);
		if (file && file->listed)
			return true;
	}
	return false;
}

struct kustomize_file *kustomize_tree_folder(struct kustomize_tree *tree,
					     const struct kustomize_file *in,
					     const char *entry)
{
	struct kustomize_file *found = NULL;
	size_t length;
	bool listed;

	kustomize_join(&tree->path, in->path, entry);
	length = tree->path.length;
	listed = is_listed(tree, length);
	for (size_t i = 0; i < KUSTOMIZATION_NAMES; i++) {
		struct kustomize_file *file;

		go_to(tree, length, kustomization_names[i]);
		if (listed && !known(tree))
			continue;
		file = get(tree, in, entry, kustomization_names[i]);
		if (file->missing)
			continue;
		if (file->problem)
			return file;
		if (found)
			found->problem = file->problem =
				"its folder has more than one kustomization";
		else
			found = file;
	}
	return found;
}

static struct kustomize_file *find(struct kustomize_tree *tree,
				   const struct kustomize_file *in, const char *entry)
{
	struct kustomize_file *file, *folder;

	kustomize_join(&tree->path, in->path, entry);
	file = known(tree);
	folder = file && file->asked ? NULL : kustomize_tree_folder(tree, in, entry);
	if (folder)
		return folder;
	kustomize_join(&tree->path, in->path, entry);
	return kustomization_is_named(buf_text(&tree->path)) ? NULL
							     : get(tree, in, entry, "");
}

struct kustomize_file *kustomize_tree_find(struct kustomize_tree *tree,
					   const struct kustomize_file *in,
					   struct kustomization_entry *entry)
{
	if (!entry->file)
		entry->file = find(tree, in, entry->text);
	return entry->file;
}

/* Of what was found outside, that of replaced files counts. */
static void keep_replaced(struct kustomize_tree *tree)
{
	struct snapshot *outside = &tree->outside;
	struct kustomize_extent begin = { 0 }, kept = { 0 };

	for (size_t i = 0; i < tree->extent_count; i++) {
		const struct kustomize_extent *end = &tree->extents[i];
		bool replaced = end->file->replaced;

		for (size_t g = begin.gap_end; replaced && g < end->gap_end; g++)
			outside->gaps[kept.gap_end++] = outside->gaps[g];
		for (size_t w = begin.waiver_end; replaced && w < end->waiver_end; w++)
			outside->waivers[kept.waiver_end++] = outside->waivers[w];
		if (replaced)
			kept.ignored_waiver_end +=
				end->ignored_waiver_end - begin.ignored_waiver_end;
		begin = *end;
	}
	outside->gap_count = kept.gap_end;
	outside->waiver_count = kept.waiver_end;
	outside->ignored_waiver_count = kept.ignored_waiver_end;
}

void kustomize_tree_finish(struct kustomize_tree *tree)
{
	keep_replaced(tree);
	tree->outside.declared_count = 0;
	tree->outside.file_count = 0;
	tree->outside.ignored_count = 0;
	snapshot_merge(tree->snapshot, &tree->outside, 1);
	free(tree->extents);
	kube_text_release(&tree->from);
	if (tree->opened)
		close(tree->folder);
	buf_release(&tree->path);
	buf_release(&tree->name);
}
