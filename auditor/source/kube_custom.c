#include "source/kube_custom.h"

#include "base/table.h"
#include "model/field_rules.h"
#include "source/helm_values.h"

/*
 * A group of custom resources: a domain with at least one dot (apiextensions.k8s.io
 * validation), and none that the API server itself serves (kubernetes/api).  The
 * latter's kinds hold images nowhere but in the PodSpecs of model/workload.h.
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

/* Whether a member of a custom resource looks as if it named an image. */
static bool names_image(const struct node_member *member)
{
	static const char suffix[] = "Image";
	struct arena arena CLEANUP(arena_release) = ARENA_INIT;
	struct container_image image = { 0 };
	size_t length = strlen(member->key), suffix_length = strlen(suffix);
	bool exactly = strcmp(member->key, "image") == 0;
	bool similar = length > suffix_length &&
		       strcmp(member->key + length - suffix_length, suffix) == 0;

	if (!(exactly || similar) || !node_is_scalar(member->value))
		return false;
	container_image_read(&image, &arena, member->value->text);
	if (exactly)
		return image.state == REFERENCE_OK ||
		       image.state == REFERENCE_PLACEHOLDER;
	/* A plain word under such a key is more likely a name of something else. */
	return image.state == REFERENCE_OK && strpbrk(image.text, ":@/");
}

/* Nodes that need no second look: a table from the pointers' own bytes. */
static bool is_seen(const struct table *seen, const struct node *const *node)
{
	return table_find(seen, (const char *)node, sizeof(*node)) != NULL;
}

static void see(struct table *seen, const struct node *const *node)
{
	const char **key;
	void **slot = table_slot(seen, (const char *)node, sizeof(*node), &key);

	*key = (const char *)node;
	*slot = seen;
}

/* A member of a mapping that names an image, if its key counts and was not seen. */
static const struct node *find_named(const struct table *seen, const struct node *mapping,
				     const struct node_member *member)
{
	const struct node *value;

	if (!names_image(member))
		return NULL;
	value = node_get(mapping, member->key); /* of equal keys the last */
	return is_seen(seen, &value) ? NULL : value;
}

/* The first image-like scalar that was not seen, or NULL. */
static const struct node *find_image(const struct table *seen, const struct node *node)
{
	const struct node *found = NULL;

	if (is_seen(seen, &node))
		return NULL;
	if (node->kind == NODE_SEQUENCE) {
		for (size_t i = 0; i < node->length && !found; i++)
			found = find_image(seen, node->items[i]);
	} else if (node->kind == NODE_MAPPING) {
		for (size_t i = 0; i < node->length && !found; i++) {
			found = find_named(seen, node, &node->members[i]);
			if (!found)
				found = find_image(seen, node->members[i].value);
		}
	}
	return found;
}

static void add_gap(const struct kube_file *file, const struct kube_head *head,
		    const struct node *node, const char *reason)
{
	kube_file_gap(file, GAP_UNKNOWN_KIND, node->place.line,
		      arena_printf(&file->snapshot->arena, "%s (%s): %s", head->kind,
				   head->api_version, reason));
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
	const struct node *image;

	for (size_t i = 0; i < fields->count; i++)
		see(&seen, &fields->items[i].image.scalar);
	if (status)
		see(&seen, &status);
	image = find_image(&seen, object);
	if (image)
		add_gap(file, head, image,
			arena_printf(&file->snapshot->arena,
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
		kube_file_use(file, object, group, arena_strdup(arena, head->kind));

	read_fields(file, head, &fields, use);
	helm_values_object_read(file, &use, object);
	read_rest(file, head, object, &fields);
}
