#include "source/kustomize_tree.h"

#include "base/folder.h"
#include "source/kube_text.h"

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

static bool fetch(struct buf *text, const struct kustomize_tree *tree, const char *path,
		  struct error *err)
{
	for (size_t i = 0; i < tree->root_count; i++) {
		const char *rest = beneath(tree->roots[i].path, path);

		if (rest)
			return folder_read(text, tree->roots[i].folder, rest, err);
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

static bool read_text(const struct kustomize_tree *tree, struct kustomize_file *file,
		      struct kube_file *reader, struct error *err)
{
	CLEANUP(kube_text_release) struct kube_text from = KUBE_TEXT_INIT;

	if (!fetch(&from.text, tree, file->path, err))
		return false;
	reader->snapshot = file->part = xmalloc(sizeof(*file->part));
	snapshot_part(file->part, tree->snapshot);
	return kube_text_read(&from, reader, err);
}

/* A file that was not asked for. */
static void read_file(const struct kustomize_tree *tree, struct kustomize_file *file)
{
	struct error err = ERROR_INIT;
	struct kube_file reader = {
		.snapshot = tree->snapshot,
		.name = file->name,
		.path = file->path,
	};
	bool ok;

	if (kustomization_is_named(file->path))
		reader.kustomization = kustomization_new(&tree->snapshot->arena);
	ok = read_text(tree, file, &reader, &err);
	kustomize_file_keep(file, &reader, ok ? NULL : &err);
	file->missing = !file->part && err.code == ERROR_NOT_FOUND;
	if (file->part)
		file->uses = file->part->declared;
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

void kustomize_tree_finish(struct kustomize_tree *tree)
{
	for (size_t i = 0; i < tree->files->count; i++) {
		const struct kustomize_file *file = tree->files->entries[i].value;
		struct snapshot *part = file->part;

		if (!part)
			continue;
		part->declared_count = 0;
		part->file_count = 0;
		part->ignored_count = 0;
		if (!file->replaced) {
			part->gap_count = 0;
			part->waiver_count = 0;
			part->ignored_waiver_count = 0;
		}
		snapshot_merge(tree->snapshot, part, 1);
		free(part);
	}
	buf_release(&tree->path);
	buf_release(&tree->name);
}
