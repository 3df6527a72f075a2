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

static bool are_harmless(struct patches *patches, const struct node *list,
			 bool (*is_harmless)(struct patches *patches,
					     const struct node *entry))
{
	for (size_t i = 0; list->kind == NODE_SEQUENCE && i < list->length; i++) {
		if (!is_harmless(patches, list->items[i]))
			return false;
	}
	return list->kind == NODE_SEQUENCE;
}

static bool patches_are_harmless(struct patches *patches, const struct node *value)
{
	return are_harmless(patches, value, entry_is_harmless);
}

static bool merges_are_harmless(struct patches *patches, const struct node *value)
{
	return are_harmless(patches, value, merge_is_harmless);
}

/* One takes objects out of what is built. */
static bool annotations_are_harmless(struct patches *patches, const struct node *value)
{
	(void)patches;
	return value->kind == NODE_MAPPING && !node_get(value, KUBE_LOCAL_CONFIG);
}

/*
 * What a field of a kustomization can do.  NULL: nothing to images and names.  A field
 * without a row has an effect where it holds anything.
 */
static const struct {
	const char *key;
	bool (*is_harmless)(struct patches *patches, const struct node *value);
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
	{ "commonAnnotations", annotations_are_harmless },
	{ "buildMetadata", NULL },
	{ "replicas", NULL }, /* the count of a workload's pods */
	{ "configMapGenerator", NULL },
	{ "secretGenerator", NULL },
	{ "generatorOptions", NULL },
	{ "sortOptions", NULL },
	{ "crds", NULL },
	{ "openapi", NULL }, /* how lists of custom resources merge */
	{ "validators", NULL },
	{ "patches", patches_are_harmless },
	{ "patchesJson6902", patches_are_harmless },
	{ "patchesStrategicMerge", merges_are_harmless },
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
	return fields_known[row].is_harmless &&
	       !fields_known[row].is_harmless(patches, value);
}

/* Those that source/kustomize_build.h follows. */
static bool is_evaluated(const char *key)
{
	static const char *const keys[] = { "images", "namePrefix", "nameSuffix" };

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (strcmp(keys[i], key) == 0)
			return true;
	}
	return false;
}

static void add_name(struct buf *fields, const char *key)
{
	buf_printf(fields, "%s%s", fields->length ? ", " : "", key);
}

void kustomize_effects_list(struct buf *fields, struct buf *unevaluated,
			    const struct kube_file *file,
			    const struct node *kustomization)
{
	struct patches patches = { .file = file, .nodes = ARENA_INIT };

	for (size_t i = 0; i < kustomization->length; i++) {
		const struct node_member *member = &kustomization->members[i];

		if (!has_effect(&patches, member->key, member->value))
			continue;
		add_name(fields, member->key);
		if (!is_evaluated(member->key))
			add_name(unevaluated, member->key);
	}
	arena_release(&patches.nodes);
}
