#include "source/kube_kustomization.h"

#include "source/kustomize_effects.h"

#define EFFECTS_BYTES 1000 /* the names of all of its fields, and more */
#define FLUX_GROUP "kustomize.toolkit.fluxcd.io"

bool kube_is_kustomization(const struct kube_file *file, const struct node *document)
{
	const char *api_version = node_text(document, "apiVersion");

	return file->kustomization || kustomization_is_named(file->name) ||
	       strncmp(api_version, KUBE_KUSTOMIZE_GROUP "/",
		       strlen(KUBE_KUSTOMIZE_GROUP "/")) == 0;
}

bool kube_is_flux_kustomization(const char *api_group, const char *kind)
{
	return strcmp(api_group, FLUX_GROUP) == 0 && strcmp(kind, "Kustomization") == 0;
}

/* A reference of what an entry sets; it stands where the part stands that decides. */
static void read_entry(struct kube_file *file, struct declared_use use,
		       const struct node *entry)
{
	struct arena *arena = &file->snapshot->arena;
	const char *name = node_text(entry, "newName");
	const char *tag = node_text(entry, "newTag");
	const char *digest = node_text(entry, "digest");
	const char *text;

	if (!name[0])
		name = node_text(entry, "name");
	if (!name[0] || (!tag[0] && !digest[0]))
		return;
	text = arena_printf(arena, "%s%s%s%s%s", name, tag[0] ? ":" : "", tag,
			    digest[0] ? "@" : "", digest);
	use.image.container = "";
	container_image_read(&use.image, arena, text);
	kube_file_add(file, &use, node_get(entry, digest[0] ? "digest" : "newTag"));
}

static void read_images(struct kube_file *file, struct declared_use *use,
			const struct node *holder, const char *above)
{
	size_t count;
	struct node **entries = node_items(holder, "images", &count);

	use->overrides = true;
	for (size_t i = 0; i < count; i++) {
		use->field =
			arena_printf(&file->snapshot->arena, "%simages[%zu]", above, i);
		read_entry(file, *use, entries[i]);
	}
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

static bool is_in_list(const struct kube_file *file, const char *path)
{
	return table_find(file->listed, path, strlen(path)) != NULL;
}

/* Whether a file is read, or a folder's kustomization is. */
static bool is_listed(const struct kube_file *file, const char *resource)
{
	const char *path = listed_path(file, resource);

	if (!path || is_in_list(file, path))
		return path != NULL;
	for (size_t i = 0; i < KUSTOMIZATION_NAMES; i++) {
		if (is_in_list(file,
			       arena_printf(&file->snapshot->arena, "%s%s%s", path,
					    path[0] ? "/" : "", kustomization_names[i])))
			return true;
	}
	return false;
}

/* Why a resource is not read; NULL where it is. */
static const char *unread_reason(const struct kube_file *file,
				 const struct kustomization_entry *resource)
{
	if (resource->is_remote)
		return "is remote and not read";
	if (!resource->text || !file->listed || is_listed(file, resource->text))
		return NULL;
	return "is not there, or outside of what was asked for, and not read";
}

static void tell_unread(const struct kube_file *file,
			const struct kustomization_entry *resource)
{
	const char *reason = unread_reason(file, resource);

	if (reason)
		kube_file_gap(file, GAP_KUSTOMIZE, resource->line,
			      arena_printf(&file->snapshot->arena,
					   "'%s' %s: check what is built (kubectl "
					   "kustomize %s | pindrift check -)",
					   resource->text, reason,
					   kustomize_folder(file)));
}

void kube_kustomization_tell(const struct kube_file *file,
			     const struct kustomization *kustomization)
{
	/* A component is built with those that include it. */
	const char *folder = kustomization_is_component(kustomization)
				     ? "..."
				     : kustomize_folder(file);

	if (kustomization->effects[0])
		kube_file_gap(file, GAP_KUSTOMIZE, 0,
			      arena_printf(&file->snapshot->arena,
					   "its %s: change what is deployed: check what "
					   "it builds (kubectl kustomize %s | pindrift "
					   "check -)",
					   kustomization->effects, folder));
	for (size_t k = 0; k < KUSTOMIZATION_LISTS; k++) {
		const struct kustomization_list *list = &kustomization->lists[k];

		for (size_t i = 0; i < list->count; i++)
			tell_unread(file, &list->items[i]);
	}
}

/* What it does to other files is told now, or evaluated when all of them are read. */
static void read_effects(const struct kube_file *file, const struct node *document)
{
	struct kustomization *kustomization = file->kustomization;

	if (kustomization) {
		kustomization_read(kustomization, file, document);
		return;
	}
	kustomization = kustomization_new(&file->snapshot->arena);
	kustomization_read(kustomization, file, document);
	kube_kustomization_tell(file, kustomization);
}

void kube_kustomization_read(struct kube_file *file, const struct node *document)
{
	const char *kind = node_text(document, "kind");
	struct declared_use use =
		kube_file_use(file, document, KUBE_KUSTOMIZE_GROUP,
			      kind[0] ? object_name_keep(&file->snapshot->arena, kind)
				      : "Kustomization");

	/* kustomize fills in the head that a file leaves out. */
	if (!(kind[0] && node_text(document, "apiVersion")[0]) &&
	    node_get(document, "images"))
		file->object_count++;
	read_images(file, &use, document, "");
	read_effects(file, document);
}

/* What Flux puts into the kustomization that it builds, and changes images or names by.
 */
static struct node flux_changes(const struct node *spec, struct arena *arena)
{
	static const char *const keys[] = { "images",          "patches",
					    "patchesJson6902", "patchesStrategicMerge",
					    "namePrefix",      "nameSuffix" };
	struct node changes = { .kind = NODE_MAPPING };

	changes.members =
		arena_alloc(arena, ARRAY_LENGTH(keys) * sizeof(*changes.members));
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		struct node *value = node_get(spec, keys[i]);

		if (value)
			changes.members[changes.length++] =
				(struct node_member){ .key = keys[i], .value = value };
	}
	return changes;
}

void kube_flux_kustomization_read(struct kube_file *file, const struct node *object)
{
	struct declared_use use =
		kube_file_use(file, object, FLUX_GROUP, "Kustomization");
	struct arena *arena = &file->snapshot->arena;
	const struct node *spec = node_get(object, "spec");
	struct node changes = flux_changes(spec, arena);
	CLEANUP(buf_release) struct buf fields = BUF_INIT(EFFECTS_BYTES);
	CLEANUP(buf_release) struct buf unevaluated = BUF_INIT(EFFECTS_BYTES);

	read_images(file, &use, spec, "spec.");
	kustomize_effects_list(&fields, &unevaluated, file, &changes);
	if (fields.length > 0)
		kube_file_gap(file, GAP_KUSTOMIZE, object->place.line,
			      arena_printf(arena,
					   "its %s: change what is deployed: check what "
					   "it builds (flux build kustomization ... | "
					   "pindrift check -)",
					   buf_text(&fields)));
}
