#include "source/kube_manifest.h"

#include "base/file.h"
#include "base/folder.h"
#include "base/json.h"
#include "base/table.h"
#include "base/yaml.h"
#include "model/scope.h"
#include "source/kube_document.h"
#include "source/worktree.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST_BYTES ((size_t)256 * 1024 * 1024) /* of a file or stream */
#define STANDARD_INPUT "-"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* All paths, while they are read. */
struct reading {
	struct snapshot *snapshot;
	struct worktree tree;
	struct arena nodes; /* of one document */
	struct buf text;    /* of one file */
	struct table seen;  /* paths of files that were read */
};

/* One of the paths that the user named. */
struct operand {
	struct reading *reading;
	const char *name;     /* as the user named it */
	const char *relative; /* to the root of the work tree */
	size_t image_count, file_count;
};

static struct kube_file file_new(struct reading *reading, const char *name,
				 const char *path)
{
	struct arena *arena = &reading->snapshot->arena;

	return (struct kube_file){
		.snapshot = reading->snapshot,
		.name = arena_strdup(arena, name),
		.path = arena_strdup(arena, path),
		.scope = scope_of_path(arena, reading->snapshot->tree, path),
	};
}

/* True the first time only: a path may be named twice, or lie in a folder that is. */
static bool is_new(struct reading *reading, const char *path)
{
	const char **key_kept;
	void **slot = table_slot(&reading->seen, path, strlen(path), &key_kept);

	if (*slot)
		return false;
	*key_kept = arena_strdup(&reading->snapshot->arena, path);
	*slot = reading;
	return true;
}

/* A file that could not be opened or read whole. */
static void unreadable(const struct kube_file *file, const struct error *err)
{
	kube_file_gap(file, err->code == ERROR_LIMIT ? GAP_TOO_LARGE : GAP_UNREADABLE, 0,
		      err->text);
}

/* A text that does not parse, from some place on. */
static void unparsable(const struct kube_file *file, const struct buf *text,
		       const struct error *err)
{
	bool template = memmem(text->data, text->length, "{{", 2) != NULL;

	if (err->code == ERROR_LIMIT)
		kube_file_gap(file, GAP_TOO_LARGE, 0, err->text);
	else if (!template)
		kube_file_gap(file, GAP_NOT_YAML, 0, err->text);
	else
		kube_file_gap(file, GAP_HELM_TEMPLATE, 0,
			      arena_printf(&file->snapshot->arena,
					   "%s; a template: check what it renders to "
					   "(helm template ... | pindrift check -)",
					   err->text));
}

/* Errors: as json_read(). */
static bool read_json(struct reading *reading, struct kube_file *file, struct error *err)
{
	const struct buf *text = &reading->text;
	struct json_source source = { .with_places = true };
	struct node *document;

	if (text->length >= 3 && memcmp(text->data, BYTE_ORDER_MARK, 3) == 0)
		file->offset = 3;
	file->text = text->data + file->offset;
	if (text->length > YAML_DOCUMENT_BYTES)
		return error_set(err, ERROR_LIMIT, "document is larger than 8 MiB");
	arena_clear(&reading->nodes);
	source.text = file->text;
	source.length = text->length - file->offset;
	if (!json_read(&document, &reading->nodes, &source, err))
		return false;
	kube_document_read(file, document);
	return true;
}

/* Errors: as yaml_stream_next(); the documents before the error have been read. */
static bool read_yaml(struct reading *reading, struct kube_file *file, struct error *err)
{
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream =
		yaml_stream_new(reading->text.data, reading->text.length, err);
	struct node *document;

	if (!stream)
		return false;
	file->text = reading->text.data;
	file->offset = 0;
	do {
		arena_clear(&reading->nodes);
		if (!yaml_stream_next(stream, &reading->nodes, &document, err))
			return false;
		if (document)
			kube_document_read(file, document);
	} while (document);
	return true;
}

static bool is_blank(const struct buf *text)
{
	return strspn(buf_text(text), " \t\r\n") == text->length;
}

static bool is_json_name(const char *name)
{
	size_t length = strlen(name);

	return length >= 5 && strcmp(name + length - 5, ".json") == 0;
}

/*
 * The text of a file, which may be JSON under any name: YAML takes most of that, but
 * not the surrogate pairs in its strings.
 */
static bool read_text(struct reading *reading, struct kube_file *file, struct error *err)
{
	const struct buf *text = &reading->text;
	struct error ignored = ERROR_INIT;

	if (is_blank(text))
		return true;
	if (is_json_name(file->name))
		return read_json(reading, file, err);
	if (text->data[strspn(text->data, " \t\r\n")] == '{' &&
	    read_json(reading, file, &ignored))
		return true;
	return read_yaml(reading, file, err);
}

/* What stands in reading->text. */
static void read_file_text(struct operand *operand, struct kube_file *file)
{
	struct reading *reading = operand->reading;
	struct snapshot *snapshot = reading->snapshot;
	struct error err = ERROR_INIT;
	bool ok = read_text(reading, file, &err);

	if (!ok)
		unparsable(file, &reading->text, &err);
	if (file->object_count > 0)
		snapshot->file_count++;
	else if (ok)
		snapshot->ignored_count++;
	operand->image_count += file->image_count;
	operand->file_count += file->image_count > 0;
}

static bool visit_entry(const struct folder_entry *entry, void *user)
{
	struct operand *operand = user;
	struct reading *reading = operand->reading;
	struct arena *arena = &reading->snapshot->arena;
	const char *path = arena_printf(arena, "%s%s%s", operand->relative,
					operand->relative[0] ? "/" : "", entry->beneath);
	struct error err = ERROR_INIT;
	struct kube_file file;

	if (!is_new(reading, path))
		return true;
	file = file_new(reading, entry->path, path);
	buf_clear(&reading->text);
	if (entry->problem)
		kube_file_gap(&file, GAP_UNREADABLE, 0, entry->problem);
	else if (folder_read(&reading->text, operand->name, entry->beneath, &err))
		read_file_text(operand, &file);
	else
		unreadable(&file, &err);
	return true;
}

static void read_one(struct operand *operand,
		     bool (*read)(struct buf *text, const char *name, struct error *err))
{
	struct reading *reading = operand->reading;
	struct kube_file file;
	struct error err = ERROR_INIT;

	if (!is_new(reading, operand->relative))
		return;
	file = file_new(reading, operand->name, operand->relative);
	buf_clear(&reading->text);
	if (read(&reading->text, operand->name, &err))
		read_file_text(operand, &file);
	else
		unreadable(&file, &err);
}

static bool read_standard_input(struct buf *text, const char *name, struct error *err)
{
	(void)name;
	return file_read_descriptor(text, STDIN_FILENO, err);
}

static void read_folder(struct operand *operand)
{
	struct error err = ERROR_INIT;

	if (!folder_walk(operand->name, visit_entry, operand, &err)) {
		struct kube_file folder =
			file_new(operand->reading, operand->name, operand->relative);

		unreadable(&folder, &err);
	}
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* What was asked for is covered; what could not be read of it stands in the gaps. */
static void add_coverage(const struct operand *operand, bool is_folder)
{
	struct snapshot *snapshot = operand->reading->snapshot;
	struct arena *arena = &snapshot->arena;
	const char *name = operand->name, *relative = operand->relative;
	size_t length = strlen(name);
	bool has_slash = length > 0 && name[length - 1] == '/';

	if (is_folder && relative[0])
		relative = arena_printf(arena, "%s/", relative);
	if (strcmp(name, STANDARD_INPUT) == 0)
		name = "standard input";
	snapshot_add_coverage(
		snapshot, scope_of_path(arena, snapshot->tree, relative), true,
		arena_printf(arena, "%s%s: %zu image%s in %zu file%s", name,
			     is_folder && !has_slash ? "/" : "", operand->image_count,
			     plural(operand->image_count), operand->file_count,
			     plural(operand->file_count)));
}

static bool read_path(struct operand *operand, struct error *err)
{
	struct stat status;
	int failed = stat(operand->name, &status);
	bool is_folder = failed == 0 && S_ISDIR(status.st_mode);

	if (failed != 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, ERROR_USAGE, "%s: %s", operand->name,
				 strerror(errno));
	if (is_folder)
		read_folder(operand);
	else
		read_one(operand, file_read);
	add_coverage(operand, is_folder);
	return true;
}

static bool read_operand(struct reading *reading, const char *name, struct error *err)
{
	struct arena *arena = &reading->snapshot->arena;
	struct operand operand = { .reading = reading, .name = name, .relative = name };

	if (strcmp(name, STANDARD_INPUT) == 0) {
		read_one(&operand, read_standard_input);
		add_coverage(&operand, false);
		return true;
	}
	operand.relative = worktree_relative(&reading->tree, name, arena);
	return read_path(&operand, err);
}

bool kube_manifest_read_text(struct snapshot *snapshot, const char *name,
			     const struct buf *text, struct error *err)
{
	struct reading reading = {
		.snapshot = snapshot,
		.nodes = ARENA_INIT,
		.text = *text, /* lent: nothing here changes it */
	};
	struct kube_file file = file_new(&reading, name, name);
	bool ok = read_text(&reading, &file, err);

	arena_release(&reading.nodes);
	return ok;
}

/* The work tree of the first path that is in the file system. */
static struct worktree find_worktree(const char *const *paths, size_t path_count,
				     struct arena *arena)
{
	const char *path = ".";

	for (size_t i = path_count; i-- > 0;) {
		if (strcmp(paths[i], STANDARD_INPUT) != 0)
			path = paths[i];
	}
	return worktree_find(path, arena);
}

bool kube_manifest_read(struct snapshot *snapshot, const char *const *paths,
			size_t path_count, struct error *err)
{
	struct reading reading = {
		.snapshot = snapshot,
		.tree = find_worktree(paths, path_count, &snapshot->arena),
		.nodes = ARENA_INIT,
		.text = BUF_INIT(MANIFEST_BYTES),
		.seen = TABLE_INIT,
	};
	bool ok = true;

	snapshot->tree = reading.tree.remote;
	for (size_t i = 0; i < path_count && ok; i++)
		ok = read_operand(&reading, paths[i], err);
	table_release(&reading.seen);
	buf_release(&reading.text);
	arena_release(&reading.nodes);
	return ok;
}
