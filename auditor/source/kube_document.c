#include "source/kube_document.h"

#include "model/workload.h"
#include "source/compose.h"
#include "source/helm_chart.h"
#include "source/helm_values.h"
#include "source/kube_custom.h"
#include "source/kube_kustomization.h"

static void read_workload(struct kube_file *file, const struct workload_kind *kind,
			  const struct node *object)
{
	struct arena *arena = &file->snapshot->arena;
	const struct node *pod_spec = object;
	struct declared_use use =
		kube_file_use(file, object, kind->api_group, kind->kind);
	const char *path = "";
	struct image_field *fields;
	size_t count;

	for (size_t i = 0; kind->pod_spec[i]; i++) {
		pod_spec = node_get(pod_spec, kind->pod_spec[i]);
		path = arena_printf(arena, "%s%s.", path, kind->pod_spec[i]);
	}
	fields = pod_spec_images(pod_spec, arena, &count);
	use.workload = kind->makes_pods;
	for (size_t i = 0; i < count; i++)
		kube_file_declare(file, use, path, &fields[i]);
}

static void read_object(struct kube_file *file, const struct node *object,
			const struct kube_head *item);

/* The API server's own lists (PodList) leave the heads of their items out. */
static void read_items(struct kube_file *file, const struct kube_head *list,
		       struct node *const *items, size_t count)
{
	size_t length = strlen(list->kind) - strlen("List");
	struct kube_head item = {
		.api_version = list->api_version,
		.kind = arena_strndup(&file->snapshot->arena, list->kind, length),
	};

	for (size_t i = 0; i < count && file->object_count <= KUBE_FILE_OBJECTS; i++)
		read_object(file, items[i], &item);
}

static bool is_list(const struct kube_head *head)
{
	size_t length = strlen(head->kind);

	return length >= strlen("List") && strcmp(head->kind + length - 4, "List") == 0;
}

static void read_kind(struct kube_file *file, const struct kube_head *head,
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
	else if (kube_is_flux_kustomization(group, head->kind))
		kube_flux_kustomization_read(file, object);
	else if (kube_holds_images(group, head->kind) &&
		 strcmp(group, KUBE_KUSTOMIZE_GROUP) != 0)
		kube_custom_read(file, head, object);
}

/*
 * An object has an apiVersion and a kind; other mappings are none.  `item`: what those
 * are where the object leaves both out, or NULL.  Recursion over lists is as deep as
 * the document.
 */
static void read_object(struct kube_file *file, const struct node *object,
			const struct kube_head *item)
{
	struct kube_head head = { node_text(object, "apiVersion"),
				  node_text(object, "kind") };

	if (item && !head.api_version[0] && !head.kind[0])
		head = *item;
	if (!head.api_version[0] || !head.kind[0])
		return;
	if (++file->object_count <= KUBE_FILE_OBJECTS)
		read_kind(file, &head, object);
	else
		kube_file_gap(file, GAP_TOO_LARGE, 0, "more than 10,000 objects");
}

void kube_document_read(struct kube_file *file, const struct node *document)
{
	static const struct {
		bool (*takes)(const struct kube_file *file, const struct node *document);
		void (*read)(struct kube_file *file, const struct node *document);
	} others[] = {
		{ helm_is_chart, helm_chart_read },
		{ compose_is_file, compose_read },
		{ helm_is_values, helm_values_file_read },
	};
	bool is_object =
		node_text(document, "apiVersion")[0] && node_text(document, "kind")[0];

	if (kube_is_kustomization(file, document))
		kube_kustomization_read(file, document);
	if (document->kind == NODE_MAPPING)
		read_object(file, document, NULL);
	for (size_t i = 0; !is_object && i < ARRAY_LENGTH(others); i++) {
		if (others[i].takes(file, document)) {
			others[i].read(file, document);
			break;
		}
	}
}
