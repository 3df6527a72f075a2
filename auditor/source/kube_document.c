#include "source/kube_document.h"

#include "model/workload.h"

#define KUSTOMIZE_GROUP "kustomize.config.k8s.io"

/* What says what an object is.  Borrowed from its nodes. */
struct head {
	const char *api_version, *kind;
};

void kube_file_gap(const struct kube_file *file, enum gap_kind kind, uint32_t line,
		   const char *reason)
{
	struct arena *arena = &file->snapshot->arena;
	const char *subject =
		line ? arena_printf(arena, "%s:%u", file->name, line) : file->name;

	snapshot_add_gap(file->snapshot, kind, subject, reason, file->scope);
}

/*
 * A group of custom resources: a domain with at least one dot (apiextensions.k8s.io
 * validation), and none that the API server itself serves (kubernetes/api).  The
 * latter's kinds hold images nowhere but in the PodSpecs of model/workload.h.
 */
static bool is_custom(const char *api_group)
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

/* The first image-like scalar in a custom resource, or NULL. */
static const struct node *find_image(const struct node *node)
{
	const struct node *found = NULL;

	if (node->kind == NODE_SEQUENCE) {
		for (size_t i = 0; i < node->length && !found; i++)
			found = find_image(node->items[i]);
	} else if (node->kind == NODE_MAPPING) {
		for (size_t i = 0; i < node->length && !found; i++)
			found = names_image(&node->members[i])
					? node->members[i].value
					: find_image(node->members[i].value);
	}
	return found;
}

static void read_custom(const struct kube_file *file, const struct head *head,
			const struct node *object)
{
	const struct node *image = find_image(object);

	if (!image)
		return;
	kube_file_gap(file, GAP_UNKNOWN_KIND, image->place.line,
		      arena_printf(&file->snapshot->arena,
				   "%s (%s): which of its fields name images is not "
				   "known, and '%.200s' looks like one",
				   head->kind, head->api_version, image->text));
}

/* The line of another key of the same name in the mapping that holds the field, or 0. */
static uint32_t duplicate_line(const struct image_field *field)
{
	const char *key = strrchr(field->path, '.') + 1;
	const struct node_member *counted = NULL;

	for (size_t i = field->owner->length; i-- > 0;) {
		const struct node_member *member = &field->owner->members[i];

		if (strcmp(member->key, key) != 0)
			continue;
		if (counted)
			return member->key_place.line;
		counted = member;
	}
	return 0;
}

/* `image: {{ .Values.image }}` is YAML: a mapping whose key is a mapping. */
static bool is_template(const struct kube_file *file, const struct node *value)
{
	return value->kind >= NODE_SEQUENCE &&
	       strncmp(file->text + value->place.begin, "{{", 2) == 0;
}

/* `use` is filled in as far as all fields of its object share it. */
static void read_field(struct kube_file *file, struct declared_use use,
		       const char *pod_spec, const struct image_field *field)
{
	struct arena *arena = &file->snapshot->arena;
	const struct node *scalar = field->scalar;

	if (!scalar)
		return; /* nothing is declared: a patch leaves the image to its base */
	if (is_template(file, scalar)) {
		kube_file_gap(file, GAP_HELM_TEMPLATE, scalar->place.line,
			      "the image is a template: check what it renders to");
		return;
	}
	use.line = scalar->place.line;
	use.column = scalar->place.column;
	use.begin = file->offset + scalar->place.begin;
	use.end = file->offset + scalar->place.end;
	use.field = arena_printf(arena, "%s%s", pod_spec, field->path);
	use.image = field->image;
	use.duplicate_line = duplicate_line(field);
	snapshot_add_declared(file->snapshot, &use);
	file->image_count++;
	if (use.image.state == REFERENCE_PLACEHOLDER)
		kube_file_gap(file, GAP_PARAMETER, use.line,
			      arena_printf(arena,
					   "'%s' is to be filled in: check the result",
					   use.image.text));
}

static void read_workload(struct kube_file *file, const struct workload_kind *kind,
			  const struct node *object)
{
	struct arena *arena = &file->snapshot->arena;
	const struct node *metadata = node_get(object, "metadata"), *pod_spec = object;
	struct declared_use use = {
		.file = file->name,
		.path = file->path,
		.cluster = "",
		.object = { .api_group = kind->api_group, .kind = kind->kind },
		.workload = kind->makes_pods,
	};
	const char *path = "";
	struct image_field *fields;
	size_t count;

	for (size_t i = 0; kind->pod_spec[i]; i++) {
		pod_spec = node_get(pod_spec, kind->pod_spec[i]);
		path = arena_printf(arena, "%s%s.", path, kind->pod_spec[i]);
	}
	fields = pod_spec_images(pod_spec, arena, &count);
	use.namespace = arena_strdup(arena, node_text(metadata, "namespace"));
	use.object.name = arena_strdup(arena, node_text(metadata, "name"));
	for (size_t i = 0; i < count; i++)
		read_field(file, use, path, &fields[i]);
}

static void read_object(struct kube_file *file, const struct node *object,
			const struct head *item);

/* The API server's own lists (PodList) leave the heads of their items out. */
static void read_items(struct kube_file *file, const struct head *list,
		       struct node *const *items, size_t count)
{
	size_t length = strlen(list->kind) - strlen("List");
	struct head item = {
		.api_version = list->api_version,
		.kind = arena_strndup(&file->snapshot->arena, list->kind, length),
	};

	for (size_t i = 0; i < count && file->object_count <= KUBE_FILE_OBJECTS; i++)
		read_object(file, items[i], &item);
}

static bool is_list(const struct head *head)
{
	size_t length = strlen(head->kind);

	return length >= strlen("List") && strcmp(head->kind + length - 4, "List") == 0;
}

static void read_kind(struct kube_file *file, const struct head *head,
		      const struct node *object)
{
	struct arena *arena = &file->snapshot->arena;
	const char *group = api_group_of(head->api_version, arena);
	const struct workload_kind *kind = workload_kind_find(group, head->kind);
	size_t count;
	struct node **items = node_items(object, "items", &count);

	if (is_list(head) && items)
		read_items(file, head, items, count);
	else if (kind)
		read_workload(file, kind, object);
	else if (is_custom(group) && strcmp(group, KUSTOMIZE_GROUP) != 0)
		read_custom(file, head, object);
}

/*
 * An object has an apiVersion and a kind; other mappings are none.  `item`: what those
 * are where the object leaves both out, or NULL.  Recursion over lists is as deep as
 * the document.
 */
static void read_object(struct kube_file *file, const struct node *object,
			const struct head *item)
{
	struct head head = { node_text(object, "apiVersion"), node_text(object, "kind") };

	if (item && !head.api_version[0] && !head.kind[0])
		head = *item;
	if (!head.api_version[0] || !head.kind[0])
		return;
	if (++file->object_count <= KUBE_FILE_OBJECTS)
		read_kind(file, &head, object);
	else
		kube_file_gap(file, GAP_TOO_LARGE, 0, "more than 10,000 objects");
}

static bool is_kustomization(const struct kube_file *file, const struct node *document)
{
	const char *slash = strrchr(file->name, '/');
	const char *name = slash ? slash + 1 : file->name;
	const char *api_version = node_text(document, "apiVersion");

	return strcmp(name, "kustomization.yaml") == 0 ||
	       strcmp(name, "kustomization.yml") == 0 ||
	       strncmp(api_version, KUSTOMIZE_GROUP "/", strlen(KUSTOMIZE_GROUP "/")) ==
		       0;
}

/* `images:` changes references elsewhere: they are not what they look like. */
static void read_kustomization(const struct kube_file *file, const struct node *document)
{
	size_t count;

	node_items(document, "images", &count);
	if (count > 0)
		kube_file_gap(file, GAP_KUSTOMIZE, 0,
			      "its images: change what is deployed: check what it builds "
			      "(kustomize build ... | pindrift check -)");
}

void kube_document_read(struct kube_file *file, const struct node *document)
{
	if (is_kustomization(file, document))
		read_kustomization(file, document);
	if (document->kind == NODE_MAPPING)
		read_object(file, document, NULL);
}
