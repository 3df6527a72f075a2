#include "source/kube_manifest.h"

#include "base/file.h"
#include "base/folder.h"
#include "base/parallel.h"
#include "base/table.h"
#include "model/scope.h"
#include "source/dockerfile.h"
#include "source/helm_chart.h"
#include "source/helm_template.h"
#include "source/kube_text.h"
#include "source/kustomize.h"
#include "source/worktree.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define STANDARD_INPUT "-"
#define BATCHES_A_THREAD 8 /* so that none waits long for the last */
#define BATCH_LEAST 16     /* files: fewer are not worth a thread */
#define BATCH_MOST 64      /* files: the last batch is read by one thread alone */

/* One of the paths that the user named. */
struct operand {
	const char *name;     /* as the user named it */
	const char *relative; /* to the root of the work tree */
	bool is_folder;
	size_t image_count, file_count;
};

/* What reads one file after the other: a thread has its own. */
struct reader {
	struct kube_text from;
	const char *root; /* of the newest file, NULL while there is none, ... */
	int folder;       /* ... and its descriptor: most files are beneath the same */
};

/* A file that is to be read, and what came of it. */
struct manifest {
	struct kustomize_file *file;
	bool (*fetch)(struct reader *reader, const struct manifest *manifest,
		      struct error *err);
	const char *root, *beneath; /* fetch_beneath(): the folder and the rest */
	const char *problem;        /* fetch_nothing(): why */
	size_t operand;             /* number of that which led to it */
};

/* What the policy keeps from being looked at: a file, or all below a folder. */
struct exclusion {
	bool is_folder;
	uint32_t file_count;
};

/*
 * All paths, while they are read: first they are listed in a stable order, then read in
 * batches, on several processors, then merged in that order.
 */
struct reading {
	struct snapshot *snapshot;
	struct worktree tree;
	struct table seen; /* paths of manifests to struct kustomize_file */
	bool has_input;
	bool as_written;
	struct table excluded; /* paths that the policy excludes, to struct exclusion */
	bool (*takes)(const char *name); /* which files of folders and lists are read */
	struct operand *operands;
	size_t operand_count;
	struct manifest *manifests;
	size_t manifest_count;
	struct snapshot *parts; /* what a batch of manifests declares */
	size_t batch_size;
};

static void reading_release(struct reading *reading)
{
	table_release(&reading->seen);
	table_release(&reading->excluded);
	free(reading->operands);
	free(reading->manifests);
	free(reading->parts);
}

static void reader_release(struct reader *reader)
{
	kube_text_release(&reader->from);
	if (reader->root)
		close(reader->folder);
	reader->root = NULL;
}

static bool fetch_input(struct reader *reader, const struct manifest *manifest,
			struct error *err)
{
	(void)manifest;
	return file_read_descriptor(&reader->from.text, STDIN_FILENO, err);
}

static bool fetch_named(struct reader *reader, const struct manifest *manifest,
			struct error *err)
{
	const char *name = manifest->file->name;

	/* What a shell makes of `<(helm template …)`.  Other FIFOs may never be written
	 * to. */
	if (strncmp(name, "/dev/fd/", strlen("/dev/fd/")) == 0)
		return file_read_any(&reader->from.text, name, err);
	return file_read(&reader->from.text, name, err);
}

/* Have the folder `root` open. */
static bool enter(struct reader *reader, const char *root, struct error *err)
{
	if (reader->root && strcmp(reader->root, root) == 0)
		return true;
	if (reader->root)
		close(reader->folder);
	reader->root = folder_open(&reader->folder, root, err) ? root : NULL;
	return reader->root != NULL;
}

static bool fetch_beneath(struct reader *reader, const struct manifest *manifest,
			  struct error *err)
{
	return enter(reader, manifest->root, err) &&
	       folder_read_at(&reader->from.text, reader->folder, manifest->beneath, err);
}

static bool fetch_nothing(struct reader *reader, const struct manifest *manifest,
			  struct error *err)
{
	(void)reader;
	return error_set(err, ERROR_SYSTEM, "%s", manifest->problem);
}

static struct kube_file file_new(struct snapshot *part, const char *name,
				 const char *path)
{
	return (struct kube_file){
		.snapshot = part,
		.name = name,
		.path = path,
		.chart = helm_chart_of(name, &part->arena),
	};
}

/* A file that could not be opened or read whole. */
static void unreadable(const struct kube_file *file, const struct error *err)
{
	kube_file_gap(file, err->code == ERROR_LIMIT ? GAP_TOO_LARGE : GAP_UNREADABLE, 0,
		      err->text);
}

static bool is_template(const struct buf *text)
{
	return memmem(buf_text(text), text->length, "{{", 2) != NULL;
}

/* What can be read of a template of a chart that does not parse; false: it is none. */
static bool read_template(struct kube_file *file, const struct buf *text,
			  const struct error *err)
{
	if (err->code == ERROR_LIMIT || !file->chart || !is_template(text))
		return false;
	helm_template_read(file, text, file->read);
	return true;
}

/* A text that does not parse, from some place on. */
static void unparsable(const struct kube_file *file, const struct buf *text,
		       const struct error *err)
{
	bool template = is_template(text);

	if (err->code == ERROR_LIMIT)
		kube_file_gap(file, GAP_TOO_LARGE, 0, err->text);
	else if (!template)
		kube_file_gap(file, GAP_NOT_YAML, 0, err->text);
	else
		helm_chart_gap(file, 0,
			       arena_printf(&file->snapshot->arena,
					    "%s; a template: check what it renders to "
					    "(helm template ... | pindrift check -)",
					    err->text));
}

/* False, and a gap, where not all of it could be read. */
static bool read_file(const struct manifest *manifest, struct kube_file *file,
		      struct reader *reader, struct error *err)
{
	struct kube_text *from = &reader->from;

	if (!manifest->fetch(reader, manifest, err)) {
		unreadable(file, err);
		return false;
	}
	if (kube_text_read(from, file, err))
		return true;
	unparsable(file, &from->text, err);
	read_template(file, &from->text, err);
	return false;
}

/*
 * One file into its part of the snapshot.  Touches nothing else: other files are read at
 * the same time.
 */
static void read_manifest(const struct reading *reading, const struct manifest *manifest,
			  struct snapshot *part, struct reader *reader)
{
	struct kustomize_file *kept = manifest->file;
	struct kube_file file = file_new(part, kept->name, kept->path);
	struct error err = ERROR_INIT;
	bool ok;

	if (reading->operands[manifest->operand].is_folder) {
		file.listed = &reading->seen;
		file.tree = &reading->tree;
	}
	if (!reading->as_written && kustomization_is_named(kept->path))
		file.kustomization = kustomization_new(&part->arena);
	ok = read_file(manifest, &file, reader, &err);
	if (file.object_count > 0)
		part->file_count++;
	else if (ok)
		part->ignored_count++;
	kustomize_file_keep(kept, &file, ok ? NULL : &err);
}

static void read_batch(size_t number, void *user)
{
	struct reading *reading = user;
	struct snapshot *part = &reading->parts[number];
	CLEANUP(reader_release) struct reader reader = { .from = KUBE_TEXT_INIT };
	size_t first = number * reading->batch_size;
	size_t count = reading->manifest_count - first;

	snapshot_part(part, reading->snapshot);
	for (size_t i = 0; i < count && i < reading->batch_size; i++) {
		read_manifest(reading, &reading->manifests[first + i], part, &reader);
		kube_text_reuse(&reader.from);
	}
}

static size_t batch_size_for(size_t manifest_count, unsigned threads)
{
	size_t size = manifest_count / ((size_t)threads * BATCHES_A_THREAD);

	if (size < BATCH_LEAST)
		return BATCH_LEAST;
	return size < BATCH_MOST ? size : BATCH_MOST;
}

/* What a file declares stands behind what those before it do. */
static void find_uses(struct reading *reading)
{
	struct snapshot *snapshot = reading->snapshot;
	size_t first = snapshot->declared_count;

	for (size_t i = reading->manifest_count; i-- > 0;) {
		struct kustomize_file *file = reading->manifests[i].file;

		first -= file->use_count;
		if (file->use_count)
			file->uses = &snapshot->declared[first];
	}
}

static void read_manifests(struct reading *reading, unsigned threads)
{
	size_t size = batch_size_for(reading->manifest_count, threads);
	size_t batch_count = (reading->manifest_count + size - 1) / size;

	reading->batch_size = size;
	reading->parts = xcalloc(batch_count, sizeof(*reading->parts));
	parallel_run(batch_count, threads, read_batch, reading);
	snapshot_merge(reading->snapshot, reading->parts, batch_count);
	find_uses(reading);
}

/* Count a file that the policy excludes; false where it does not. */
static bool exclude(struct reading *reading, const char *path)
{
	struct arena *arena = &reading->snapshot->arena;
	size_t length = policy_excluded_length(&reading->snapshot->policy, path);
	struct exclusion *exclusion;
	const char **key_kept;
	void **slot;

	if (length == 0)
		return false;
	slot = table_slot(&reading->excluded, path, length, &key_kept);
	if (!*slot) {
		*slot = arena_alloc(arena, sizeof(struct exclusion));
		*key_kept = arena_strndup(arena, path, length);
	}
	exclusion = *slot;
	exclusion->is_folder = path[length] == '/';
	exclusion->file_count++;
	return true;
}

/* The file that decides is no manifest, even where its name is one. */
static bool is_policy(const struct reading *reading, const char *path)
{
	const struct policy *policy = &reading->snapshot->policy;

	return policy->file && policy->in_tree && strcmp(path, policy->file) == 0;
}

/* That which is being listed. */
static const struct operand *newest_operand(const struct reading *reading)
{
	return &reading->operands[reading->operand_count - 1];
}

static void append_manifest(struct reading *reading, struct kustomize_file *file,
			    const struct manifest *manifest)
{
	struct manifest *added;

	reading->manifests = array_grow(reading->manifests, reading->manifest_count,
					sizeof(*reading->manifests));
	added = &reading->manifests[reading->manifest_count++];
	*added = *manifest;
	added->operand = reading->operand_count - 1;
	added->file = file;
	file->asked = true;
}

/*
 * List a manifest, whose file is still to be filled in.  A path may be named twice, or
 * lie in a folder that is.
 */
static void add_manifest(struct reading *reading, const char *name, const char *path,
			 const struct manifest *manifest)
{
	const char **key_kept;
	void **slot = table_slot(&reading->seen, path, strlen(path), &key_kept);
	struct kustomize_file *file = *slot;
	bool is_new = !file;

	if (is_new) {
		file = *slot = arena_alloc(&reading->snapshot->arena, sizeof(*file));
		file->path = *key_kept = path;
	}
	file->listed |= newest_operand(reading)->is_folder;
	if (!is_new || is_policy(reading, path) || exclude(reading, path))
		return;
	file->name = name;
	append_manifest(reading, file, manifest);
}

/* The path of what lies `beneath` a folder; most often it is the end of its `name`. */
static const char *path_in(const struct operand *folder, const char *name,
			   const char *beneath, struct arena *arena)
{
	size_t length = strlen(folder->relative), root = (size_t)(beneath - name);

	if (length == 0)
		return beneath;
	if (root > length && memcmp(beneath - 1 - length, folder->relative, length) == 0)
		return beneath - 1 - length;
	return arena_printf(arena, "%s/%s", folder->relative, beneath);
}

static bool visit_entry(const struct folder_entry *entry, void *user)
{
	struct reading *reading = user;
	const struct operand *operand = newest_operand(reading);
	struct arena *arena = &reading->snapshot->arena;
	const char *name = arena_strdup(arena, entry->path);
	const char *beneath = name + (entry->beneath - entry->path);
	const char *path = path_in(operand, name, beneath, arena);
	struct manifest manifest = {
		.fetch = entry->problem ? fetch_nothing : fetch_beneath,
		.root = operand->name,
		.beneath = beneath,
	};

	if (entry->problem)
		manifest.problem = arena_strdup(arena, entry->problem);
	add_manifest(reading, name, path, &manifest);
	return true;
}

static bool is_manifest(const char *name)
{
	return folder_has_manifest_name(name) || kustomization_is_named(name);
}

static bool is_manifest_or_dockerfile(const char *name)
{
	return is_manifest(name) || dockerfile_is_name(name);
}

static void list_folder(struct reading *reading)
{
	const struct operand *operand = newest_operand(reading);
	struct error err = ERROR_INIT;

	if (!folder_walk(operand->name, reading->takes, visit_entry, reading, &err)) {
		struct kube_file folder =
			file_new(reading->snapshot, operand->name, operand->relative);

		unreadable(&folder, &err);
	}
}

static void add_operand(struct reading *reading, const struct operand *operand)
{
	reading->operands = array_grow(reading->operands, reading->operand_count,
				       sizeof(*reading->operands));
	reading->operands[reading->operand_count++] = *operand;
}

/* No path leads to it: it is in no table. */
static void list_input(struct reading *reading)
{
	struct kustomize_file *file;

	add_operand(reading, &(struct operand){ .name = STANDARD_INPUT,
						.relative = STANDARD_INPUT });
	if (reading->has_input)
		return;
	reading->has_input = true;
	file = arena_alloc(&reading->snapshot->arena, sizeof(*file));
	file->path = file->name = STANDARD_INPUT;
	append_manifest(reading, file, &(struct manifest){ .fetch = fetch_input });
}

static bool list_path(struct reading *reading, const char *name, struct error *err)
{
	struct stat status;
	int failed = stat(name, &status);
	struct arena *arena = &reading->snapshot->arena;
	struct operand operand = { .name = name };

	if (failed != 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, ERROR_USAGE, "%s: %s", name, strerror(errno));
	operand.is_folder = failed == 0 && S_ISDIR(status.st_mode);
	operand.name = arena_strdup(arena, name);
	operand.relative = worktree_relative(&reading->tree, name, arena);
	add_operand(reading, &operand);
	if (operand.is_folder)
		list_folder(reading);
	else
		add_manifest(reading, operand.name, operand.relative,
			     &(struct manifest){ .fetch = fetch_named });
	return true;
}

/* Names in a list may come from strangers: no link among them leads out of here. */
static bool stays_beneath(const char *name)
{
	return name[0] != '/' && strcmp(name, "..") != 0 &&
	       strncmp(name, "../", 3) != 0 && !strstr(name, "/../");
}

/* A line of a list of files, most of which may be of other kinds. */
static bool list_listed(struct reading *reading, const char *name, struct error *err)
{
	struct stat status;
	struct arena *arena = &reading->snapshot->arena;
	struct operand operand = { .name = arena_strdup(arena, name) };

	if (!reading->takes(name))
		return true;
	if (lstat(name, &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(
			err, ERROR_USAGE,
			"--files-from0: %.200s: %s (git diff lists deleted files "
			"unless it is given --diff-filter=d)",
			name, strerror(errno));
	operand.relative = worktree_relative(&reading->tree, name, arena);
	add_operand(reading, &operand);
	add_manifest(reading, operand.name, operand.relative,
		     &(struct manifest){
			     .fetch = stays_beneath(name) ? fetch_beneath : fetch_named,
			     .root = ".",
			     .beneath = operand.name,
		     });
	return true;
}

static bool list_all(struct reading *reading, const struct kube_manifest_paths *paths,
		     struct error *err)
{
	for (size_t i = 0; i < paths->count; i++) {
		if (strcmp(paths->items[i], STANDARD_INPUT) == 0)
			list_input(reading);
		else if (!list_path(reading, paths->items[i], err))
			return false;
	}
	for (size_t i = 0; i < paths->listed_count; i++) {
		if (!list_listed(reading, paths->listed[i], err))
			return false;
	}
	return true;
}

/* The folder that a file is in. */
static const char *parent(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return "";
	return slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
}

/* Where kustomizations may read: beneath what was asked for, and in the work tree. */
static void evaluate(struct reading *reading)
{
	struct arena *arena = &reading->snapshot->arena;
	struct kustomize_root *roots =
		arena_alloc(arena, (reading->operand_count + 1) * sizeof(*roots));
	size_t count = 0;

	for (size_t i = 0; i < reading->operand_count; i++) {
		const struct operand *operand = &reading->operands[i];
		const char *name = operand->name, *path = operand->relative;

		if (!operand->is_folder) {
			name = parent(name, arena);
			path = parent(path, arena);
		}
		roots[count++] = (struct kustomize_root){ path, name[0] ? name : "." };
	}
	if (reading->tree.root[0])
		roots[count++] = (struct kustomize_root){ "", reading->tree.root };
	kustomize_evaluate(reading->snapshot, &reading->seen, roots, count);
}

static void count_images(struct reading *reading)
{
	for (size_t i = 0; i < reading->manifest_count; i++) {
		const struct manifest *manifest = &reading->manifests[i];
		struct operand *operand = &reading->operands[manifest->operand];
		size_t image_count = manifest->file->use_count;

		operand->image_count += image_count;
		operand->file_count += image_count > 0;
	}
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* What was asked for is covered; what could not be read of it stands in the gaps. */
static void add_coverage(struct snapshot *snapshot, const struct operand *operand)
{
	struct arena *arena = &snapshot->arena;
	const char *name = operand->name, *relative = operand->relative;
	size_t length = strlen(name);
	bool has_slash = length > 0 && name[length - 1] == '/';

	if (operand->is_folder && relative[0])
		relative = arena_printf(arena, "%s/", relative);
	if (strcmp(name, STANDARD_INPUT) == 0)
		name = "standard input";
	snapshot_add_coverage(
		snapshot, scope_of_path(arena, snapshot->tree, relative), true,
		arena_printf(arena, "%s%s: %zu image%s in %zu file%s", name,
			     operand->is_folder && !has_slash ? "/" : "",
			     operand->image_count, plural(operand->image_count),
			     operand->file_count, plural(operand->file_count)));
}

/* What was asked for and not looked at, because the policy says so. */
static void add_exclusions(const struct reading *reading)
{
	struct snapshot *snapshot = reading->snapshot;
	struct arena *arena = &snapshot->arena;

	for (size_t i = 0; i < reading->excluded.count; i++) {
		const char *path = reading->excluded.entries[i].key;
		const struct exclusion *exclusion = reading->excluded.entries[i].value;

		if (exclusion->is_folder)
			path = arena_printf(arena, "%s/", path);
		snapshot_add_coverage(
			snapshot, scope_of_path(arena, snapshot->tree, path), false,
			arena_printf(arena, "%s: excluded by %s, %u file%s", path,
				     snapshot->policy.file, exclusion->file_count,
				     plural(exclusion->file_count)));
	}
}

bool kube_manifest_read_text(struct snapshot *snapshot, const char *name,
			     const struct buf *text, struct error *err)
{
	struct kube_text from = {
		.text = *text, /* lent: nothing here changes it */
		.nodes = ARENA_INIT,
	};
	const char *kept = arena_strdup(&snapshot->arena, name);
	struct kube_file file = file_new(snapshot, kept, kept);
	struct error why = ERROR_INIT;
	bool ok = kube_text_read(&from, &file, &why) || read_template(&file, text, &why);

	arena_release(&from.nodes);
	if (!ok)
		*err = why;
	return ok;
}

/* The work tree of the first path that is in the file system. */
static struct worktree find_worktree(const struct kube_manifest_paths *paths,
				     struct arena *arena)
{
	const char *path = ".";

	for (size_t i = paths->count; i-- > 0;) {
		if (strcmp(paths->items[i], STANDARD_INPUT) != 0)
			path = paths->items[i];
	}
	return worktree_find(path, arena);
}

bool kube_manifest_read(struct snapshot *snapshot,
			const struct kube_manifest_paths *paths, struct error *err)
{
	CLEANUP(reading_release)
	struct reading reading = {
		.snapshot = snapshot,
		.tree = find_worktree(paths, &snapshot->arena),
		.seen = TABLE_INIT,
		.excluded = TABLE_INIT,
		.takes = paths->dockerfiles ? is_manifest_or_dockerfile : is_manifest,
		.as_written = paths->as_written,
	};

	snapshot->tree = reading.tree.remote;
	if (!list_all(&reading, paths, err))
		return false;
	read_manifests(&reading, paths->threads ? paths->threads : parallel_processors());
	if (!paths->as_written)
		evaluate(&reading);
	count_images(&reading);
	for (size_t i = 0; i < reading.operand_count; i++)
		add_coverage(snapshot, &reading.operands[i]);
	add_exclusions(&reading);
	return true;
}
