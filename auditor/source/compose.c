#include "source/compose.h"

#include "base/table.h"

bool compose_is_file(const struct kube_file *file, const struct node *document)
{
	static const char *const names[] = { "compose.", "compose-", "docker-compose.",
					     "docker-compose-" };
	const char *slash = strrchr(file->name, '/');
	const char *name = slash ? slash + 1 : file->name;
	const struct node *services = node_get(document, "services");

	if (!services || services->kind != NODE_MAPPING)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return true;
	}
	return false;
}

/* `$$` is a dollar sign, which no reference has. */
static void read_field(struct kube_file *file, const struct declared_use *use,
		       const struct node *owner, const char *key)
{
	struct image_field field = { .path = key };
	const char *above = use->field;

	image_field_read(&field, owner, key, &file->snapshot->arena);
	field.image.container = use->image.container;
	field.image.class = use->image.class;
	if (field.scalar && strchr(field.image.text, '$'))
		field.image.state = REFERENCE_PLACEHOLDER;
	kube_file_declare(file, *use, above, &field);
}

static void read_volumes(struct kube_file *file, struct declared_use use,
			 const struct node *service)
{
	size_t count;
	struct node **volumes = node_items(service, "volumes", &count);
	const char *above = use.field;

	use.image.class = CLASS_IMAGE_VOLUME;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(node_text(volumes[i], "type"), "image") != 0)
			continue;
		use.field =
			arena_printf(&file->snapshot->arena, "%svolumes[%zu].", above, i);
		read_field(file, &use, volumes[i], "source");
	}
}

/*
 * What is built is not pulled, unless `pull_policy` says so (compose-spec: build.md,
 * "Using build and image").  An empty `build` builds nothing.
 */
static bool is_pulled(const struct node *service)
{
	const struct node *build = node_get(service, "build");
	const char *policy = node_text(service, "pull_policy");

	return !build || build->kind == NODE_NULL ||
	       (policy[0] && strcmp(policy, "build") != 0 &&
		strcmp(policy, "never") != 0);
}

static void read_service(struct kube_file *file, const struct node_member *member)
{
	struct arena *arena = &file->snapshot->arena;
	struct declared_use use = kube_file_use(file, NULL, "", "Compose");

	use.image.container = object_name_keep(arena, member->key);
	use.field = arena_printf(arena, "services.%s.", use.image.container);
	if (is_pulled(member->value))
		read_field(file, &use, member->value, "image");
	read_volumes(file, use, member->value);
}

/* The services that a mapping has itself, and those that it merges: one or a list. */
static void read_services(struct kube_file *file, const struct table *services,
			  const struct node *node)
{
	for (size_t i = 0; node->kind == NODE_SEQUENCE && i < node->length; i++)
		read_services(file, services, node->items[i]);
	for (size_t i = 0; node->kind == NODE_MAPPING && i < node->length; i++) {
		const struct node_member *member = &node->members[i];

		if (file->image_count >= KUBE_FILE_IMAGES)
			return;
		if (strcmp(member->key, "<<") == 0)
			read_services(file, services, member->value);
		else if (member->value->kind == NODE_MAPPING &&
			 table_find(services, member->key, strlen(member->key)) ==
				 member->value)
			read_service(file, member);
	}
}

void compose_read(struct kube_file *file, const struct node *document)
{
	const struct node *services = node_get(document, "services");
	CLEANUP(table_release) struct table index = node_index(services);

	file->object_count++;
	read_services(file, &index, services);
	if (file->image_count >= KUBE_FILE_IMAGES)
		kube_file_gap(file, GAP_TOO_LARGE, 0, "10,000 images or more");
}
