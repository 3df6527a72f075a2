#include "source/kube_custom.h"

#include "base/table.h"
#include "model/field_rules.h"
#include "source/helm_values.h"
#include "source/image_like.h"

/*
 * A group of custom resources: a domain with at least one dot (apiextensions.k8s.io
 * validation), and none that the API server itself serves (kubernetes/api).
 */
bool kube_is_custom(const char *api_group)
{
	static const char *const built_in[] = {
		"admissionregistration.k8s.io",
		"apiextensions.k8s.io",
		"apiregistration.k8s.io",
		"authentication.k8s.io",
		"authorization.k8s.io",
		"certificates.k8s.io",
		"coordination.k8s.io",
		"discovery.k8s.io",
		"events.k8s.io",
		"flowcontrol.apiserver.k8s.io",
		"imagepolicy.k8s.io",
		"internal.apiserver.k8s.io",
		"networking.k8s.io",
		"node.k8s.io",
		"rbac.authorization.k8s.io",
		"resource.k8s.io",
		"scheduling.k8s.io",
		"settings.k8s.io",
		"storage.k8s.io",
		"storagemigration.k8s.io",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(built_in); i++) {
		if (strcmp(api_group, built_in[i]) == 0)
			return false;
	}
	return strchr(api_group, '.') != NULL;
}

/*
 * Whether a kind of the API server's own groups may hold what only looks like an image:
 * text of others, names of disks (rbd), what nodes have.
 */
static bool is_imageless(const char *kind)
{
	static const char *const kinds[] = {
		"ConfigMap",        "CustomResourceDefinition", "Event",  "Node",
		"PersistentVolume", "PersistentVolumeClaim",    "Secret", "StorageClass",
		"VolumeAttachment",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	}
	return false;
}

bool kube_holds_images(const char *api_group, const char *kind)
{
	static const char *const without_dot[] = { "",      "apps",       "autoscaling",
						   "batch", "extensions", "policy" };

	if (kube_is_custom(api_group))
		return true;
	if (strchr(api_group, '.'))
		return !is_imageless(kind);
	for (size_t i = 0; i < ARRAY_LENGTH(without_dot); i++) {
		if (strcmp(api_group, without_dot[i]) == 0)
			return !is_imageless(kind);
	}
	return false;
}

static void add_gap(const struct kube_file *file, const struct kube_head *head,
		    const struct node *node, const char *reason)
{
	kube_file_gap(file, GAP_UNKNOWN_KIND, node->place.line,
		      arena_printf(&file->snapshot->arena, "%.100s (%.100s): %s",
				   head->kind, head->api_version, reason));
}

static void read_fields(struct kube_file *file, const struct kube_head *head,
			const struct ruled_fields *fields, struct declared_use use)
{
	for (size_t i = 0; i < fields->count; i++) {
		const struct ruled_field *field = &fields->items[i];

		use.named = field->named;
		if (!field->open)
			kube_file_declare(file, use, "", &field->image);
		else if (field->open[0])
			add_gap(file, head, field->image.scalar, field->open);
	}
}

/* What the rules did not cover; the status of a kind that they know declares nothing. */
static void read_rest(const struct kube_file *file, const struct kube_head *head,
		      const struct node *object, const struct ruled_fields *fields)
{
	CLEANUP(table_release) struct table seen = TABLE_INIT;
	const struct node *status = fields->known ? node_get(object, "status") : NULL;
	struct arena *arena = &file->snapshot->arena;
	const struct node *image;

	for (size_t i = 0; i < fields->count; i++)
		image_like_see(&seen, arena, fields->items[i].image.scalar);
	if (status)
		image_like_see(&seen, arena, status);
	image = image_like_find(object, &seen, LIKENESS_ANY);
	if (image)
		add_gap(file, head, image,
			arena_printf(arena,
				     "which of its fields name images is not known, and "
				     "'%.200s' looks like one",
				     image->text));
}

void kube_custom_read(struct kube_file *file, const struct kube_head *head,
		      const struct node *object)
{
	struct arena *arena = &file->snapshot->arena;
	const char *group = api_group_of(head->api_version, arena);
	struct ruled_fields fields = field_rules_find(object, group, head->kind,
						      &file->snapshot->policy, arena);
	struct declared_use use =
		kube_file_use(file, object, group, object_name_keep(arena, head->kind));

	read_fields(file, head, &fields, use);
	helm_values_object_read(file, &use, object);
	read_rest(file, head, object, &fields);
}
