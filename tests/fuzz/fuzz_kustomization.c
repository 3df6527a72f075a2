/*
 * fuzz_kustomization - kustomizations and patches of anybody's making: what is kept of
 * one is bounded, and says of an image where it stands; no patch that holds an image is
 * harmless to a workload.
 */
#include "base/yaml.h"
#include "source/kube_file.h"
#include "source/kustomization.h"
#include "source/kustomize_patch.h"

#define ARENA_BYTES ((size_t)32 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
	if (!condition)
		abort();
}

static void check_lists(const struct kustomization *kustomization)
{
	for (size_t k = 0; k < KUSTOMIZATION_LISTS; k++) {
		const struct kustomization_list *list = &kustomization->lists[k];

		check(!list->is_other || list->count == 0);
		for (size_t i = 0; i < list->count; i++) {
			const struct kustomization_entry *entry = &list->items[i];

			check(entry->text || (!entry->is_path && !entry->is_remote));
			check(!entry->is_path || entry->text[0] != '\0');
			check(entry->line > 0 && !entry->file);
		}
	}
}

static void check_images(const struct kustomization *kustomization, size_t size)
{
	for (size_t i = 0; i < kustomization->image_count; i++) {
		const struct kustomization_image *entry = &kustomization->images[i];
		bool decides = entry->image.new_tag[0] || entry->image.digest[0];

		check(decides == (entry->place.line > 0));
		check(entry->place.begin <= entry->place.end && entry->place.end <= size);
	}
}

static void check_kustomization(const struct kustomization *kustomization, size_t size)
{
	check_lists(kustomization);
	check_images(kustomization, size);
	check(!kustomization->problem || !kustomization_names_files(kustomization));
	check(strlen(kustomization->unevaluated) <= strlen(kustomization->effects));
}

/* A patch of a Deployment that names an image is not harmless. */
static void check_patch(const struct node *patch, const struct node *target,
			struct arena *arena)
{
	const struct node *value = node_get(patch, "image");
	bool workload = strcmp(node_text(patch, "kind"), "Deployment") == 0 &&
			strcmp(node_text(patch, "apiVersion"), "apps/v1") == 0;

	check(!kustomize_patch_is_harmless(patch, NULL, arena) || !workload || !value);
	(void)kustomize_patch_is_harmless(patch, target, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = ERROR_INIT;
	struct arena nodes = ARENA_INIT;
	struct snapshot snapshot;
	struct kube_file file = { .snapshot = &snapshot, .name = "-", .path = "-" };
	struct yaml_stream *stream = yaml_stream_new((const char *)data, size, &err);
	struct kustomization *kustomization;
	struct node *document, *first = NULL;

	snapshot_init(&snapshot, 0);
	kustomization = kustomization_new(&snapshot.arena);
	while (stream && yaml_stream_next(stream, &nodes, &document, &err) && document) {
		kustomization_read(kustomization, &file, document);
		first = first ? first : document;
		check_patch(document, first, &nodes);
	}
	check_kustomization(kustomization, size);
	check(snapshot.arena.total <= ARENA_BYTES);
	yaml_stream_free(&stream);
	arena_release(&nodes);
	snapshot_release(&snapshot);
	return 0;
}
