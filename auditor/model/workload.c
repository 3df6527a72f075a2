#include "model/workload.h"

#include "base/utf8.h"

#define NAME_BYTES 253

const struct workload_kind workload_kinds[] = {
	{ "", "Pod", { "spec" }, true },
	{ "", "PodTemplate", { "template", "spec" }, false },
	{ "", "ReplicationController", { "spec", "template", "spec" }, true },
	{ "apps", "Deployment", { "spec", "template", "spec" }, true },
	{ "apps", "ReplicaSet", { "spec", "template", "spec" }, true },
	{ "apps", "StatefulSet", { "spec", "template", "spec" }, true },
	{ "apps", "DaemonSet", { "spec", "template", "spec" }, true },
	{ "batch", "Job", { "spec", "template", "spec" }, true },
	{ "batch",
	  "CronJob",
	  { "spec", "jobTemplate", "spec", "template", "spec" },
	  true },
	{ "argoproj.io", "Rollout", { "spec", "template", "spec" }, true },
	{ NULL, NULL, { NULL }, false },
};

const char *api_group_of(const char *api_version, struct arena *arena)
{
	const char *slash = strchr(api_version, '/');

	return slash ? arena_strndup(arena, api_version, (size_t)(slash - api_version))
		     : "";
}

/* "extensions" served what is now in apps and batch, up to Kubernetes 1.15. */
static bool group_serves(const struct workload_kind *kind, const char *api_group)
{
	if (strcmp(api_group, "extensions") == 0)
		return strcmp(kind->api_group, "apps") == 0 ||
		       strcmp(kind->api_group, "batch") == 0;
	return strcmp(api_group, kind->api_group) == 0;
}

const struct workload_kind *workload_kind_find(const char *api_group, const char *kind)
{
	for (const struct workload_kind *row = workload_kinds; row->kind; row++) {
		if (strcmp(row->kind, kind) == 0 && group_serves(row, api_group))
			return row;
	}
	return NULL;
}

const char *object_name_keep(struct arena *arena, const char *name)
{
	return arena_strndup(arena, name, utf8_front(name, NAME_BYTES));
}

void container_image_read(struct container_image *image, struct arena *arena,
			  const char *text)
{
	struct error err = ERROR_INIT;

	text = arena_strndup(arena, text, utf8_front(text, IMAGE_TEXT_BYTES));
	image->text = text;
	image->ref = (struct image_ref)IMAGE_REF_INIT;
	image->problem = "";
	if (text[0] == '\0') {
		image->state = REFERENCE_EMPTY;
	} else if (image_ref_parse(&image->ref, arena, text, &err)) {
		image->state = REFERENCE_OK;
	} else if (image_ref_is_placeholder(text)) {
		image->state = REFERENCE_PLACEHOLDER;
	} else {
		image->state = REFERENCE_BAD;
		image->problem = arena_strdup(arena, err.text);
	}
}

/* The lists of a PodSpec whose items hold an image, and where in an item. */
static const struct image_list {
	const char *key;
	enum container_class class;
	const char *source; /* the mapping that holds the image; NULL: the item itself */
	const char *field;
} image_lists[] = {
	{ "containers", CLASS_CONTAINER, NULL, "image" },
	{ "initContainers", CLASS_INIT, NULL, "image" },
	{ "ephemeralContainers", CLASS_EPHEMERAL, NULL, "image" },
	/* KEP-4639; an `image` elsewhere in a volume (rbd) is none of a registry's. */
	{ "volumes", CLASS_IMAGE_VOLUME, "image", "reference" },
};

/* restartPolicy Always makes an init container one that runs beside the others. */
static enum container_class class_of(const struct image_list *list,
				     const struct node *container)
{
	bool always = strcmp(node_text(container, "restartPolicy"), "Always") == 0;

	return list->class == CLASS_INIT && always ? CLASS_SIDECAR : list->class;
}

static const char *path_of(const struct image_list *list, size_t index,
			   struct arena *arena)
{
	return arena_printf(arena, "%s[%zu].%s%s%s", list->key, index,
			    list->source ? list->source : "", list->source ? "." : "",
			    list->field);
}

void image_field_read(struct image_field *field, const struct node *owner,
		      const char *key, struct arena *arena)
{
	container_image_read(&field->image, arena, node_text(owner, key));
	field->owner = owner;
	field->scalar = node_get(owner, key);
	if (field->scalar && field->scalar->kind >= NODE_SEQUENCE) {
		field->image.state = REFERENCE_BAD;
		field->image.problem = "it is a list or mapping, not a text";
	}
}

/* The mapping in an item that holds its image, or NULL. */
static const struct node *owner_of(const struct image_list *list, const struct node *item)
{
	const struct node *owner = list->source ? node_get(item, list->source) : item;

	return owner && owner->kind == NODE_MAPPING ? owner : NULL;
}

bool pod_images_next(struct pod_images *images)
{
	for (; images->list < ARRAY_LENGTH(image_lists); images->list++, images->at = 0) {
		const struct image_list *list = &image_lists[images->list];
		size_t count;
		struct node **items = node_items(images->pod_spec, list->key, &count);

		while (images->at < count) {
			const struct node *item = items[images->at++];

			images->owner = owner_of(list, item);
			if (!images->owner)
				continue;
			images->class = class_of(list, item);
			images->container = node_text(item, "name");
			images->field = list->field;
			return true;
		}
	}
	return false;
}

static size_t count_fields(const struct node *pod_spec)
{
	struct pod_images images = { .pod_spec = pod_spec };
	size_t count = 0;

	while (pod_images_next(&images))
		count++;
	return count;
}

struct image_field *pod_spec_images(const struct node *pod_spec, struct arena *arena,
				    size_t *count)
{
	struct pod_images images = { .pod_spec = pod_spec };
	struct image_field *fields, *field;

	*count = count_fields(pod_spec);
	if (*count == 0)
		return NULL;
	field = fields = arena_alloc(arena, *count * sizeof(*fields));
	for (; pod_images_next(&images); field++) {
		field->path = path_of(&image_lists[images.list], images.at - 1, arena);
		field->image.class = images.class;
		field->image.container = object_name_keep(arena, images.container);
		image_field_read(field, images.owner, images.field, arena);
	}
	return fields;
}
