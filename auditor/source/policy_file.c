#include "source/policy_file.h"

#include "base/file.h"
#include "base/folder.h"
#include "base/yaml.h"
#include "source/policy_sections.h"
#include "source/policy_waivers.h"
#include "source/worktree.h"

#include <errno.h>
#include <libgen.h>
#include <sys/stat.h>

static const struct {
	const char *key;
	bool (*read)(const struct policy_reader *reader, const struct node *node,
		     struct error *err);
} sections[] = {
	{ "levels", policy_levels_read },
	{ "exclude", policy_excluded_read },
	{ "environments", policy_environments_read },
	{ "rewrites", policy_rewrites_read },
	{ "fields", policy_fields_read },
	{ "waivers", policy_waivers_read },
};

static bool read_sections(const struct policy_reader *reader, const struct node *root,
			  struct error *err)
{
	const char *keys[ARRAY_LENGTH(sections) + 1] = { NULL };

	if (root->kind == NODE_NULL)
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(sections); i++)
		keys[i] = sections[i].key;
	if (!policy_check_keys(reader, root, "a policy", keys, err))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(sections); i++) {
		const struct node *node = node_get(root, sections[i].key);

		if (node && !sections[i].read(reader, node, err))
			return false;
	}
	return true;
}

/* The one document of a text; NULL where there is none. */
static bool read_document(struct arena *nodes, const struct buf *text,
			  struct node **document, struct error *err)
{
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream = yaml_stream_new(buf_text(text), text->length, err);
	struct node *second = NULL;

	*document = NULL;
	if (!stream || !yaml_stream_next(stream, nodes, document, err) ||
	    (*document && !yaml_stream_next(stream, nodes, &second, err)))
		return false;
	if (second)
		return error_set(err, ERROR_SYNTAX,
				 "line %u: a second document: a policy is one",
				 second->place.line);
	return true;
}

bool policy_file_parse(struct snapshot *snapshot, const char *shown,
		       const struct buf *text, const char *const *rules,
		       struct error *err)
{
	const struct policy_reader reader = { snapshot, shown, rules };
	CLEANUP(arena_release) struct arena nodes = ARENA_INIT;
	struct node *document;

	if (!read_document(&nodes, text, &document, err)) {
		err->code = ERROR_USAGE;
		return error_wrap(err, "%.200s", shown);
	}
	return !document || read_sections(&reader, document, err);
}

/* The first path that is in the file system: as kube_manifest_read() has it. */
static const char *first_path(const char *const *paths, size_t path_count)
{
	for (size_t i = 0; i < path_count; i++) {
		if (strcmp(paths[i], "-") != 0)
			return paths[i];
	}
	return ".";
}

/*
 * The folder that the tree's own policy would stand in.  Outside of a work tree `*base`
 * is how the paths of manifests in it begin.
 */
static const char *find_folder(const char *path, const char **base, struct arena *arena)
{
	struct worktree tree = worktree_find(path, arena);
	struct stat status;

	*base = "";
	if (tree.root[0])
		return tree.root;
	if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
		path = dirname(arena_strdup(arena, path));
	*base = worktree_relative(&tree, path, arena);
	return path;
}

/* Without a policy, unless one is there and cannot be read: then nothing is judged. */
static bool load_own(struct snapshot *snapshot, const char *path,
		     const char *const *rules, struct error *err)
{
	struct policy *policy = &snapshot->policy;
	const char *base, *folder = find_folder(path, &base, &snapshot->arena);
	CLEANUP(buf_release) struct buf text = BUF_INIT(POLICY_FILE_BYTES);
	const char *shown =
		arena_printf(&snapshot->arena, "%s/%s", folder, POLICY_FILE_NAME);
	struct stat status;

	if (lstat(shown, &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (!folder_read(&text, folder, POLICY_FILE_NAME, err)) {
		err->code = ERROR_USAGE;
		return error_wrap(err, "%.200s", shown);
	}
	policy->base = base;
	policy->file = arena_printf(&snapshot->arena, "%s%s" POLICY_FILE_NAME, base,
				    base[0] ? "/" : "");
	policy->in_tree = true;
	return policy_file_parse(snapshot, shown, &text, rules, err);
}

static bool load_named(struct snapshot *snapshot, const char *named,
		       const char *const *rules, struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(POLICY_FILE_BYTES);

	if (!file_read_any(&text, named, err)) {
		err->code = ERROR_USAGE;
		return error_wrap(err, "--policy %.200s", named);
	}
	snapshot->policy.file = arena_strdup(&snapshot->arena, named);
	return policy_file_parse(snapshot, named, &text, rules, err);
}

bool policy_file_load(struct snapshot *snapshot, const char *named,
		      const char *const *paths, size_t path_count,
		      const char *const *rules, struct error *err)
{
	const char *path = first_path(paths, path_count);

	if (named)
		return load_named(snapshot, named, rules, err);
	return load_own(snapshot, path, rules, err);
}
