#include "source/kustomize_tree.h"

#include "base/folder.h"
#include "base/yaml.h"
#include "model/scope.h"
#include "source/kube_text.h"

#define PATH_BYTES ((size_t)64 * 1024) /* no file has a longer one */

static const char *const kustomization_names[] = { "kustomization.yaml",
						   "kustomization.yml", "Kustomization" };

bool kustomize_is_named(const char *path)
{
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; i < ARRAY_LENGTH(kustomization_names); i++) {
		if (strcmp(slash ? slash + 1 : path, kustomization_names[i]) == 0)
			return true;
	}
	return false;
}

static const char *parent(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return "";
	return slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
}

struct kustomize_name kustomize_folder_of(const struct kustomize_name *file,
					  struct arena *arena)
{
	return (struct kustomize_name){ parent(file->name, arena),
					parent(file->path, arena) };
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

static void go_up(struct buf *path)
{
	size_t length = path->length;

	while (length > 1 && path->data[length - 1] != '/')
		length--;
	if (length > 1 || path->data[0] != '/')
		length--;
	path->length = length;
	path->data[length] = '\0';
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

static const char *join(const char *folder, const char *entry, struct arena *arena)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_BYTES);
	const char *const texts[] = { folder, entry };

	if (folder[0] == '/')
		buf_putc(&path, '/');
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		for (const char *part = texts[i]; *part;) {
			size_t length = strcspn(part, "/");

			add_part(&path, part, length);
			part += length;
			part += *part == '/';
		}
	}
	return arena_strdup(arena, buf_text(&path));
}

struct kustomize_name kustomize_join(const struct kustomize_name *folder,
				     const char *entry, struct arena *arena)
{
	return (struct kustomize_name){ join(folder->name, entry, arena),
					join(folder->path, entry, arena) };
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

/* The file of a path; `*is_new` where it has not been read. */
static struct kustomize_file *find_file(struct kustomize_tree *tree,
					const struct kustomize_name *at, bool *is_new)
{
	struct arena *arena = &tree->snapshot->arena;
	const char **key_kept;
	void **slot = table_slot(&tree->files, at->path, strlen(at->path), &key_kept);
	const char *name = table_find(tree->asked, at->path, strlen(at->path));
	struct kustomize_file *file = *slot;

	*is_new = !file;
	if (file)
		return file;
	file = *slot = arena_alloc(arena, sizeof(*file));
	file->at.path = *key_kept = arena_strdup(arena, at->path);
	file->in_scope = name && name[0];
	file->at.name = file->in_scope ? name : arena_strdup(arena, at->name);
	snapshot_part(&file->part, tree->snapshot);
	return file;
}

static void fail(struct kustomize_file *file, const struct error *err)
{
	file->missing = err->code == ERROR_NOT_FOUND;
	file->problem = arena_strdup(&file->part.arena, err->text);
}

struct kustomize_file *kustomize_tree_resource(struct kustomize_tree *tree,
					       const struct kustomize_name *at)
{
	CLEANUP(kube_text_release) struct kube_text from = KUBE_TEXT_INIT;
	struct error err = ERROR_INIT;
	bool is_new;
	struct kustomize_file *file = find_file(tree, at, &is_new);
	struct kube_file reader = {
		.snapshot = &file->part,
		.name = file->at.name,
		.path = file->at.path,
	};

	if (!is_new)
		return file;
	reader.scope = scope_of_path(&file->part.arena, file->part.tree, file->at.path);
	if (!fetch(&from.text, tree, file->at.path, &err) ||
	    !kube_text_read(&from, &reader, &err))
		fail(file, &err);
	return file;
}

/* kustomize takes one document. */
static bool read_document(struct kustomize_file *file, const struct buf *text,
			  struct arena *nodes, struct error *err)
{
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream = yaml_stream_new(buf_text(text), text->length, err);
	struct node *document, *next = NULL;

	if (!stream || !yaml_stream_next(stream, nodes, &document, err) ||
	    (document && !yaml_stream_next(stream, nodes, &next, err)))
		return false;
	if (!document || document->kind != NODE_MAPPING)
		return error_set(err, ERROR_SYNTAX, "it is no mapping");
	if (next)
		return error_set(err, ERROR_SYNTAX, "it has more than one document");
	file->document = document;
	return true;
}

struct kustomize_file *kustomize_tree_kustomization(struct kustomize_tree *tree,
						    const struct kustomize_name *at)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(YAML_DOCUMENT_BYTES);
	struct error err = ERROR_INIT;
	bool is_new;
	struct kustomize_file *file = find_file(tree, at, &is_new);

	if (is_new && (!fetch(&text, tree, file->at.path, &err) ||
		       !read_document(file, &text, &tree->nodes, &err)))
		fail(file, &err);
	return file;
}

struct kustomize_file *kustomize_tree_folder(struct kustomize_tree *tree,
					     const struct kustomize_name *folder)
{
	struct kustomize_file *found = NULL;

	for (size_t i = 0; i < ARRAY_LENGTH(kustomization_names); i++) {
		struct kustomize_name at = kustomize_join(folder, kustomization_names[i],
							  &tree->snapshot->arena);
		struct kustomize_file *file = kustomize_tree_kustomization(tree, &at);

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

void kustomize_tree_finish(struct kustomize_tree *tree)
{
	for (size_t i = 0; i < tree->files.count; i++) {
		struct kustomize_file *file = tree->files.entries[i].value;
		struct snapshot *part = &file->part;

		part->declared_count = 0;
		part->file_count = 0;
		part->ignored_count = 0;
		if (file->in_scope || !file->replaced) {
			part->gap_count = 0;
			part->waiver_count = 0;
			part->ignored_waiver_count = 0;
		}
		snapshot_merge(tree->snapshot, part, 1);
	}
	table_release(&tree->files);
	arena_release(&tree->nodes);
}
