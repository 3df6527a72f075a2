#include "source/kustomize_patch.h"

#include "model/workload.h"
#include "source/kube_custom.h"
#include "source/kube_file.h"

/* What a patch is for. */
enum patched {
	PATCHED_WORKLOAD, /* built in, with a PodSpec */
	PATCHED_IMAGELESS,
	PATCHED_UNKNOWN,
};

/* A list that ends with NULL. */
static bool is_among(const char *const *words, const char *word, size_t length)
{
	for (; *words; words++) {
		if (strlen(*words) == length && memcmp(*words, word, length) == 0)
			return true;
	}
	return false;
}

static enum patched patched_object(const struct node *object, struct arena *arena)
{
	const char *kind = node_text(object, "kind");
	const char *api_version = node_text(object, "apiVersion");
	const char *group = api_group_of(api_version, arena);
	size_t length = strlen(kind);

	if (!kind[0] || !api_version[0] || kube_is_custom(group))
		return PATCHED_UNKNOWN;
	if (length >= 4 && strcmp(kind + length - 4, "List") == 0)
		return PATCHED_UNKNOWN;
	return workload_kind_find(group, kind) ? PATCHED_WORKLOAD : PATCHED_IMAGELESS;
}

/*
 * The parts of a selector are regular expressions, and most leave the group out: a kind
 * is known where its plain name is.
 */
static enum patched patched_target(const struct node *target)
{
	static const char *const imageless[] = {
		"ClusterRole",
		"ClusterRoleBinding",
		"ConfigMap",
		"CustomResourceDefinition",
		"HorizontalPodAutoscaler",
		"Ingress",
		"MutatingWebhookConfiguration",
		"Namespace",
		"NetworkPolicy",
		"PersistentVolume",
		"PersistentVolumeClaim",
		"PodDisruptionBudget",
		"Role",
		"RoleBinding",
		"Secret",
		"ServiceAccount",
		"StorageClass",
		"ValidatingWebhookConfiguration",
		NULL,
	};
	const char *kind = node_text(target, "kind");

	if (kube_is_custom(node_text(target, "group")))
		return PATCHED_UNKNOWN;
	if (is_among(imageless, kind, strlen(kind)))
		return PATCHED_IMAGELESS;
	for (const struct workload_kind *row = workload_kinds; row->kind; row++) {
		if (strcmp(row->kind, kind) == 0 && !kube_is_custom(row->api_group))
			return PATCHED_WORKLOAD;
	}
	return PATCHED_UNKNOWN;
}

/* Recursion is as deep as the document. */
static bool has_image_key(const struct node *node)
{
	if (node && node->kind == NODE_SEQUENCE) {
		for (size_t i = 0; i < node->length; i++) {
			if (has_image_key(node->items[i]))
				return true;
		}
	}
	if (node && node->kind == NODE_MAPPING) {
		for (size_t i = 0; i < node->length; i++) {
			if (strcmp(node->members[i].key, "image") == 0 ||
			    has_image_key(node->members[i].value))
				return true;
		}
	}
	return false;
}

/*
 * A directive ($patch), a null or an empty list on the way to a container or a volume:
 * those take images away.  What stands inside of them, such as `env`, holds none.
 */
static bool takes_away(const struct node *node)
{
	static const char *const telling[] = { "metadata",
					       "spec",
					       "template",
					       "jobTemplate",
					       "containers",
					       "initContainers",
					       "ephemeralContainers",
					       "volumes",
					       NULL };

	if (node->kind == NODE_NULL)
		return true;
	if (node->kind == NODE_SEQUENCE) {
		for (size_t i = 0; i < node->length; i++) {
			if (takes_away(node->items[i]))
				return true;
		}
		return node->length == 0;
	}
	for (size_t i = 0; node->kind == NODE_MAPPING && i < node->length; i++) {
		const char *key = node->members[i].key;

		if (key[0] == '$' || (is_among(telling, key, strlen(key)) &&
				      takes_away(node->members[i].value)))
			return true;
	}
	return false;
}

/* A name or a namespace in it says what is patched; kustomize puts them back. */
static bool is_metadata_only(const struct node *object)
{
	static const char *const head[] = { "apiVersion", "kind", "metadata", NULL };

	for (size_t i = 0; i < object->length; i++) {
		const char *key = object->members[i].key;

		if (!is_among(head, key, strlen(key)))
			return false;
	}
	return !takes_away(object);
}

/* The annotation takes an object out of what is built, or puts it in again. */
static bool is_about_local(const struct node *object)
{
	const struct node *metadata = node_get(object, "metadata");

	return node_get(node_get(metadata, "annotations"), KUBE_LOCAL_CONFIG) != NULL;
}

static bool merge_is_harmless(const struct node *object, enum patched patched)
{
	if (patched == PATCHED_IMAGELESS)
		return true;
	if (is_about_local(object))
		return false;
	if (patched == PATCHED_WORKLOAD)
		return !has_image_key(object) && !takes_away(object);
	return is_metadata_only(object);
}

/* The next segment of a JSON pointer (RFC 6901); NULL behind the last. */
static const char *next_segment(const char **pointer, size_t *length)
{
	const char *segment = *pointer;

	*length = 0;
	if (*segment != '/')
		return NULL;
	segment++;
	*length = strcspn(segment, "/");
	*pointer = segment + *length;
	return segment;
}

/* Of an item of a list in a PodSpec: `add` puts one in, the rest is about a field. */
static bool item_is_harmless(const char *op, const char *pointer)
{
	static const char *const telling[] = { "image", "name", NULL };
	size_t length;
	const char *segment = next_segment(&pointer, &length);

	if (!segment)
		return false;
	segment = next_segment(&pointer, &length);
	if (!segment)
		return strcmp(op, "add") == 0;
	return !is_among(telling, segment, length);
}

/* Of a field of a workload, where `pointer` is the rest behind `spec` or the like. */
static bool field_is_harmless(const char *op, const char *pointer)
{
	static const char *const above[] = { "spec", "template", "jobTemplate", NULL };
	static const char *const lists[] = { "containers", "initContainers",
					     "ephemeralContainers", "volumes", NULL };
	size_t length;
	const char *segment = next_segment(&pointer, &length);

	while (segment && is_among(above, segment, length))
		segment = next_segment(&pointer, &length);
	if (!segment)
		return false;
	if (is_among(lists, segment, length))
		return item_is_harmless(op, pointer);
	return true;
}

/* A field of metadata, behind which `pointer` goes on; is_about_local() likewise. */
static bool metadata_is_harmless(const struct node *operation, const char *pointer)
{
	static const char *const names[] = { "name", "namespace", "generateName", NULL };
	size_t length;
	const char *segment = next_segment(&pointer, &length);

	return segment && !is_among(names, segment, length) &&
	       strcmp(pointer, "/config.kubernetes.io~1local-config") != 0 &&
	       !node_get(node_get(operation, "value"), KUBE_LOCAL_CONFIG);
}

static bool operation_is_harmless(const struct node *operation, enum patched patched)
{
	static const char *const known[] = { "add", "remove", "replace", NULL };
	static const char *const above[] = { "spec", "template", NULL };
	const char *op = node_text(operation, "op");
	const char *pointer = node_text(operation, "path"), *rest = pointer;
	size_t length;
	const char *segment = next_segment(&rest, &length);

	if (patched == PATCHED_IMAGELESS)
		return true;
	if (!segment || !is_among(known, op, strlen(op)))
		return false;
	if (length == strlen("metadata") && memcmp(segment, "metadata", length) == 0)
		return metadata_is_harmless(operation, rest);
	return patched == PATCHED_WORKLOAD && is_among(above, segment, length) &&
	       !has_image_key(node_get(operation, "value")) &&
	       field_is_harmless(op, pointer);
}

bool kustomize_patch_is_harmless(const struct node *document, const struct node *target,
				 struct arena *arena)
{
	enum patched patched =
		target ? patched_target(target) : patched_object(document, arena);

	if (document->kind == NODE_MAPPING)
		return merge_is_harmless(document, patched);
	if (document->kind != NODE_SEQUENCE || !target)
		return document->kind == NODE_NULL;
	for (size_t i = 0; i < document->length; i++) {
		if (!operation_is_harmless(document->items[i], patched))
			return false;
	}
	return true;
}
