#include "source/kustomization.h"

#include "base/yaml.h"
#include "source/kustomize_effects.h"

#define FIELDS_BYTES 1000 /* most of the names of fields */
#define PATH_BYTES 4096   /* PATH_MAX of Linux */

/*
 * What is kept of a document, entries and texts, is bounded as the document is: its
 * aliases may stand for far more.
 */
#define KEPT_BYTES YAML_DOCUMENT_BYTES

/* A kustomization while it is read. */
struct reader {
	struct kustomization *kustomization;
	struct arena *arena;
	size_t left; /* of KEPT_BYTES; 0: it was not enough */
};

const char *const kustomization_names[KUSTOMIZATION_NAMES] = { "kustomization.yaml",
							       "kustomization.yml",
							       "Kustomization" };

const char *const kustomization_lists[KUSTOMIZATION_LISTS] = { "resources", "bases",
							       "components" };

bool kustomization_is_named(const char *path)
{
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; i < ARRAY_LENGTH(kustomization_names); i++) {
		if (strcmp(slash ? slash + 1 : path, kustomization_names[i]) == 0)
			return true;
	}
	return false;
}

void kustomization_refuse(struct kustomization *kustomization, const char *problem)
{
	*kustomization = (struct kustomization){
		.problem = problem,
		.document_count = kustomization->document_count,
		.kind = "",
		.namespace = "",
		.name_prefix = "",
		.name_suffix = "",
		.effects = "",
		.unevaluated = "",
	};
}

struct kustomization *kustomization_new(struct arena *arena)
{
	struct kustomization *kustomization = arena_alloc(arena, sizeof(*kustomization));

	kustomization_refuse(kustomization, "it is no mapping");
	return kustomization;
}

bool kustomization_is_component(const struct kustomization *kustomization)
{
	return strcmp(kustomization->kind, "Component") == 0;
}

bool kustomization_names_files(const struct kustomization *kustomization)
{
	for (size_t i = 0; i < KUSTOMIZATION_LISTS; i++) {
		const struct kustomization_list *list = &kustomization->lists[i];

		if (list->count > 0 || list->is_other)
			return true;
	}
	return false;
}

/* Whether there is room for more. */
static bool charge(struct reader *reader, size_t size)
{
	reader->left = size < reader->left ? reader->left - size : 0;
	return reader->left > 0;
}

static const char *keep(struct reader *reader, const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || !charge(reader, length + 1))
		return "";
	return arena_strndup(reader->arena, text, length);
}

static const char *keep_member(struct reader *reader, const struct node *node,
			       const char *key)
{
	return keep(reader, node_text(node, key));
}

static bool is_remote(const char *text)
{
	return strstr(text, "://") || strstr(text, "?ref=") ||
	       strncmp(text, "github.com/", strlen("github.com/")) == 0 ||
	       strncmp(text, "git@", strlen("git@")) == 0 ||
	       strncmp(text, "git::", strlen("git::")) == 0;
}

static struct kustomization_entry read_entry(struct reader *reader,
					     const struct node *node)
{
	struct kustomization_entry entry = { .line = node->place.line };

	if (!node_is_scalar(node))
		return entry;
	entry.text = keep(reader, node->text);
	entry.is_remote = is_remote(entry.text);
	entry.is_path = node->length > 0 && node->length < PATH_BYTES &&
			strlen(node->text) == node->length;
	return entry;
}

static void read_list(struct reader *reader, struct kustomization_list *list,
		      const struct node *node)
{
	list->is_other = node && node->kind != NODE_NULL && node->kind != NODE_SEQUENCE;
	if (!node || node->kind != NODE_SEQUENCE ||
	    !charge(reader, node->length * sizeof(*list->items)))
		return;
	list->count = node->length;
	list->items = arena_alloc(reader->arena, list->count * sizeof(*list->items));
	for (size_t i = 0; i < list->count; i++)
		list->items[i] = read_entry(reader, node->items[i]);
}

static struct node_place deciding_place(const struct kube_file *file,
					const struct node *entry)
{
	static const char *const keys[] = { "digest", "newTag" };
	struct node_place place = { 0 };

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (!node_text(entry, keys[i])[0])
			continue;
		place = node_get(entry, keys[i])->place;
		place.begin += file->offset;
		place.end += file->offset;
		break;
	}
	return place;
}

static void read_images(struct reader *reader, const struct kube_file *file,
			const struct node *node)
{
	struct kustomization *kustomization = reader->kustomization;
	struct kustomization_image *images;

	if (!node || node->kind == NODE_NULL)
		return;
	kustomization->images_unread =
		node->kind != NODE_SEQUENCE || node->length > KUSTOMIZATION_IMAGES;
	if (kustomization->images_unread)
		return;
	images = arena_alloc(reader->arena, node->length * sizeof(*images));
	for (size_t i = 0; i < node->length; i++) {
		const struct node *entry = node->items[i];

		images[i].image = (struct kustomize_image){
			.name = keep_member(reader, entry, "name"),
			.new_name = keep_member(reader, entry, "newName"),
			.new_tag = keep_member(reader, entry, "newTag"),
			.digest = keep_member(reader, entry, "digest"),
			.tag_suffix = keep_member(reader, entry, "tagSuffix"),
		};
		images[i].place = deciding_place(file, entry);
	}
	kustomization->images = images;
	kustomization->image_count = node->length;
}

static const char *field_names(struct reader *reader, const struct buf *fields)
{
	return fields->overflowed ? "fields" : keep(reader, buf_text(fields));
}

static bool has_patches(const struct node *document)
{
	static const char *const keys[] = { "patches", "patchesJson6902",
					    "patchesStrategicMerge" };

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		const struct node *list = node_get(document, keys[i]);

		if (list && list->kind != NODE_NULL && list->length > 0)
			return true;
	}
	return false;
}

static void read_effects(struct reader *reader, const struct kube_file *file,
			 const struct node *document)
{
	CLEANUP(buf_release) struct buf effects = BUF_INIT(FIELDS_BYTES);
	CLEANUP(buf_release) struct buf unevaluated = BUF_INIT(FIELDS_BYTES);

	reader->kustomization->has_patches = has_patches(document);
	kustomize_effects_list(&effects, &unevaluated, file, document);
	reader->kustomization->effects = field_names(reader, &effects);
	reader->kustomization->unevaluated = field_names(reader, &unevaluated);
}

static void read_fields(struct reader *reader, const struct kube_file *file,
			const struct node *document)
{
	struct kustomization *kustomization = reader->kustomization;

	kustomization->problem = NULL;
	kustomization->kind = keep_member(reader, document, "kind");
	kustomization->namespace = keep_member(reader, document, "namespace");
	kustomization->name_prefix = keep_member(reader, document, "namePrefix");
	kustomization->name_suffix = keep_member(reader, document, "nameSuffix");
	for (size_t i = 0; i < KUSTOMIZATION_LISTS; i++)
		read_list(reader, &kustomization->lists[i],
			  node_get(document, kustomization_lists[i]));
	read_images(reader, file, node_get(document, "images"));
	read_effects(reader, file, document);
	if (reader->left > 0)
		return;
	kustomization_refuse(kustomization, NULL);
	kustomization->effects = kustomization->unevaluated = "fields";
}

void kustomization_read(struct kustomization *kustomization, const struct kube_file *file,
			const struct node *document)
{
	struct reader reader = {
		.kustomization = kustomization,
		.arena = &file->snapshot->arena,
		.left = KEPT_BYTES,
	};

	kustomization->document_count++;
	if (kustomization->document_count == 1 && document->kind == NODE_MAPPING)
		read_fields(&reader, file, document);
	else if (!kustomization->problem)
		kustomization_refuse(kustomization, "it has more than one document");
}
