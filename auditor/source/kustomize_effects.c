#include "source/kustomize_effects.h"

#include "base/folder.h"
#include "base/yaml.h"
#include "source/kustomize_patch.h"

#define PATCH_FILES 100 /* most that are read for one kustomization */

/* A kustomization whose patches are looked at. */
struct patches {
	const struct kube_file *file;
	struct arena nodes; /* of the patches */
	size_t file_count;
};

const char *kustomize_folder(const struct kube_file *file)
{
	const char *slash = strrchr(file->name, '/');
	size_t length = slash ? (size_t)(slash - file->name) : 0;

	if (!slash)
		return ".";
	return arena_strndup(&file->snapshot->arena, file->name, length ? length : 1);
}

static bool text_is_harmless(struct patches *patches, const struct node *target,
			     const char *text, size_t length)
{
	struct error err = ERROR_INIT;
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream = yaml_stream_new(text, length, &err);
	struct node *document;

	if (!stream)
		return false;
	do {
		if (!yaml_stream_next(stream, &patches->nodes, &document, &err))
			return false;
		if (document &&
		    !kustomize_patch_is_harmless(document, target, &patches->nodes))
			return false;
	} while (document);
	return true;
}

static bool file_is_harmless(struct patches *patches, const struct node *target,
			     const char *path)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(YAML_DOCUMENT_BYTES);
	struct error err = ERROR_INIT;

	if (strcmp(patches->file->name, "-") == 0 || ++patches->file_count > PATCH_FILES)
		return false;
	if (!folder_read(&text, kustomize_folder(patches->file), path, &err))
		return false;
	return text_is_harmless(patches, target, buf_text(&text), text.length);
}

/* `patches` and `patchesJson6902`; options let a patch change names and kinds. */
static bool entry_is_harmless(struct patches *patches, const struct node *entry)
{
	const struct node *target = node_get(entry, "target");
	const char *path = node_text(entry, "path");
	const char *text = node_text(entry, "patch");

	if (node_get(entry, "options"))
		return false;
	if (text[0] && !path[0])
		return text_is_harmless(patches, target, text, strlen(text));
	return path[0] && !text[0] && file_is_harmless(patches, target, path);
}

/* `patchesStrategicMerge`: the path of a file, or a patch. */
static bool merge_is_harmless(struct patches *patches, const struct node *entry)
{
	if (!node_is_scalar(entry))
		return false;
	if (strpbrk(entry->text, ":\n{"))
		return text_is_harmless(patches, NULL, entry->text, entry->length);
	return file_is_harmless(patches, NULL, entry->text);
}

/*
 * What a field of a kustomization can do.  NULL: nothing to images and names.  A field
 * without a row has an effect where it holds anything.
 */
static const struct {
	const char *key;
	bool (*is_harmless)(struct patches *patches, const struct node *entry);
} fields_known[] = {
	{ "apiVersion", NULL },
	{ "kind", NULL },
	{ "metadata", NULL },
	{ "resources", NULL }, /* those that are not local are told one by one */
	{ "bases", NULL },
	{ "components", NULL },
	{ "namespace", NULL }, /* a lone workload of another namespace is still found */
	{ "commonLabels", NULL },
	{ "labels", NULL },
	{ "commonAnnotations", NULL },
	{ "buildMetadata", NULL },
	{ "replicas", NULL }, /* the count of a workload's pods */
	{ "configMapGenerator", NULL },
	{ "secretGenerator", NULL },
	{ "generatorOptions", NULL },
	{ "sortOptions", NULL },
	{ "crds", NULL },
	{ "openapi", NULL }, /* how lists of custom resources merge */
	{ "validators", NULL },
	{ "patches", entry_is_harmless },
	{ "patchesJson6902", entry_is_harmless },
	{ "patchesStrategicMerge", merge_is_harmless },
};

static bool is_empty(const struct node *value)
{
	return value->kind == NODE_NULL || value->length == 0;
}

static bool has_effect(struct patches *patches, const char *key, const struct node *value)
{
	size_t row = 0;

	if (is_empty(value))
		return false;
	while (row < ARRAY_LENGTH(fields_known) &&
	       strcmp(fields_known[row].key, key) != 0)
		row++;
	if (row == ARRAY_LENGTH(fields_known))
		return true;
	if (!fields_known[row].is_harmless)
		return false;
	if (value->kind != NODE_SEQUENCE)
		return true;
	for (size_t i = 0; i < value->length; i++) {
		if (!fields_known[row].is_harmless(patches, value->items[i]))
			return true;
	}
	return false;
}

void kustomize_effects_list(struct buf *fields, const struct kube_file *file,
			    const struct node *kustomization)
{
	struct patches patches = { .file = file, .nodes = ARENA_INIT };

	if (kustomization->kind != NODE_MAPPING)
		return;
	for (size_t i = 0; i < kustomization->length; i++) {
		const struct node_member *member = &kustomization->members[i];

		if (has_effect(&patches, member->key, member->value))
			buf_printf(fields, "%s%s", fields->length ? ", " : "",
				   member->key);
	}
	arena_release(&patches.nodes);
}

/* As people write them; kustomize itself tries the file system first. */
bool kustomize_is_remote(const char *resource)
{
	return strstr(resource, "://") || strstr(resource, "?ref=") ||
	       strncmp(resource, "github.com/", strlen("github.com/")) == 0 ||
	       strncmp(resource, "git@", strlen("git@")) == 0 ||
	       strncmp(resource, "git::", strlen("git::")) == 0;
}

/*
 * A resource as `listed` has it; its leading ".." parts are followed.  NULL: above all
 * paths.
 */
static const char *listed_path(const struct kube_file *file, const char *resource)
{
	struct arena *arena = &file->snapshot->arena;
	char *folder = arena_strdup(arena, file->path);
	char *slash = strrchr(folder, '/');
	size_t length;

	/* Only the file system knows where symbolic links lead. */
	if (file->tree->root[0])
		return worktree_relative(
			file->tree,
			arena_printf(arena, "%s/%s", kustomize_folder(file), resource),
			arena);
	*(slash ? slash : folder) = '\0';
	while (resource[0] == '.' && strchr("./", resource[1])) {
		bool up = strncmp(resource, "..", 2) == 0;

		if (up && (!folder[0] || (resource[2] && resource[2] != '/')))
			return NULL;
		slash = strrchr(folder, '/');
		if (up)
			*(slash ? slash : folder) = '\0';
		resource += up ? 2 : 1;
		resource += strspn(resource, "/");
	}
	length = strlen(resource);
	while (length > 0 && resource[length - 1] == '/')
		length--;
	return arena_printf(arena, "%s%s%.*s", folder, folder[0] && length ? "/" : "",
			    (int)length, resource);
}

/* Whether a file is read, or a folder's kustomization is. */
static bool is_listed(const struct kube_file *file, const char *resource)
{
	static const char *const names[] = { "", "kustomization.yaml",
					     "kustomization.yml", "Kustomization" };
	const char *path = listed_path(file, resource);

	for (size_t i = 0; path && i < ARRAY_LENGTH(names); i++) {
		const char *name = arena_printf(&file->snapshot->arena, "%s%s%s", path,
						path[0] && i > 0 ? "/" : "", names[i]);

		if (table_find(file->listed, name, strlen(name)))
			return true;
	}
	return false;
}

/* Why a resource is not read; NULL where it is. */
static const char *unread_reason(const struct kube_file *file, const char *resource)
{
	if (kustomize_is_remote(resource))
		return "is remote and not read";
	if (!file->listed || is_listed(file, resource))
		return NULL;
	return "is not there, or outside of what was asked for, and not read";
}

static void tell_unread(const struct kube_file *file, const struct node *resource)
{
	const char *reason =
		node_is_scalar(resource) ? unread_reason(file, resource->text) : NULL;

	if (reason)
		kube_file_gap(file, GAP_KUSTOMIZE, resource->place.line,
			      arena_printf(&file->snapshot->arena,
					   "'%s' %s: check what is built (kubectl "
					   "kustomize %s | pindrift check -)",
					   resource->text, reason,
					   kustomize_folder(file)));
}

void kustomize_remotes_tell(const struct kube_file *file,
			    const struct node *kustomization)
{
	static const char *const keys[] = { "resources", "bases", "components" };

	for (size_t k = 0; k < ARRAY_LENGTH(keys); k++) {
		size_t count;
		struct node **items = node_items(kustomization, keys[k], &count);

		for (size_t i = 0; i < count; i++)
			tell_unread(file, items[i]);
	}
}
