#include "source/kube_kustomization.h"

#include "source/kustomize_effects.h"

#define EFFECTS_BYTES 1000 /* most of the names of fields */
#define FLUX_GROUP "kustomize.toolkit.fluxcd.io"

bool kube_is_kustomization(const struct kube_file *file, const struct node *document)
{
	static const char *const names[] = { "kustomization.yaml", "kustomization.yml",
					     "Kustomization" };
	const char *slash = strrchr(file->name, '/');
	const char *name = slash ? slash + 1 : file->name;
	const char *api_version = node_text(document, "apiVersion");

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return strncmp(api_version, KUBE_KUSTOMIZE_GROUP "/",
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

/* What to build: a component is built with those that include it. */
static const char *built_folder(const struct kube_file *file, const struct node *document)
{
	return strcmp(node_text(document, "kind"), "Component") == 0
		       ? "..."
		       : kustomize_folder(file);
}

void kube_kustomization_tell(const struct kube_file *file, const struct node *document)
{
	CLEANUP(buf_release) struct buf fields = BUF_INIT(EFFECTS_BYTES);

	kustomize_effects_list(&fields, file, document);
	if (fields.length > 0 || fields.overflowed)
		kube_file_gap(
			file, GAP_KUSTOMIZE, 0,
			arena_printf(&file->snapshot->arena,
				     "its %s: change what is deployed: check what "
				     "it builds (kubectl kustomize %s | pindrift "
				     "check -)",
				     fields.overflowed ? "fields" : buf_text(&fields),
				     built_folder(file, document)));
	kustomize_remotes_tell(file, document);
}

void kube_kustomization_read(struct kube_file *file, const struct node *document)
{
	const char *kind = node_text(document, "kind");
	struct declared_use use = kube_file_use(
		file, document, KUBE_KUSTOMIZE_GROUP,
		kind[0] ? arena_strdup(&file->snapshot->arena, kind) : "Kustomization");

	/* kustomize fills in the head that a file leaves out. */
	if (!(kind[0] && node_text(document, "apiVersion")[0]) &&
	    node_get(document, "images"))
		file->object_count++;
	read_images(file, &use, document, "");
	if (!file->evaluated_later)
		kube_kustomization_tell(file, document);
}

void kube_flux_kustomization_read(struct kube_file *file, const struct node *object)
{
	struct declared_use use =
		kube_file_use(file, object, FLUX_GROUP, "Kustomization");
	size_t count;

	read_images(file, &use, node_get(object, "spec"), "spec.");
	if (node_items(node_get(object, "spec"), "images", &count) && count > 0)
		kube_file_gap(file, GAP_KUSTOMIZE, 0,
			      "its images: change what is deployed: check what it builds "
			      "(kustomize build ... | pindrift check -)");
}
