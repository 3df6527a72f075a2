#include "source/kube_area.h"

#define NAMESPACE_MOST 63 /* RFC 1123 label */

bool kube_namespace_valid(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length <= NAMESPACE_MOST &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static bool fold(const struct node *item, void *user, struct error *err)
{
	const struct kube_area_list *one = user;

	return kube_inventory_fold(&one->area->inventory, one->name, item, err);
}

static void forget(void *user)
{
	const struct kube_area_list *one = user;

	kube_inventory_forget(&one->area->inventory, one->name);
}

static void rollouts_ended(void *user)
{
	const struct kube_area_list *one = user;
	const struct kube_areas *shared = one->area->shared;

	shared->rollouts_ended(&one->list, shared->user);
}

/* "/apis/apps/v1/namespaces/shop/deployments" */
static const char *path_of(const struct kube_resource *resource, const char *namespace,
			   struct arena *arena)
{
	return arena_printf(arena, "%s%s/%s%s%s/%s",
			    resource->group[0] ? "/apis/" : "/api", resource->group,
			    resource->version, namespace[0] ? "/namespaces/" : "",
			    namespace, resource->plural);
}

static void init_list(struct kube_area *area, enum kube_resource_name name)
{
	const struct kube_areas *shared = area->shared;
	const struct kube_resource *resource = &kube_resources[name];
	struct kube_area_list *one = &area->lists[name];
	bool pods = name == KUBE_PODS;

	one->area = area;
	one->name = name;
	one->list = (struct kube_list){
		.client = shared->client,
		.path = path_of(resource, area->namespace, &shared->client->arena),
		.selector = pods ? shared->scope->selector : "",
		.field_selector = pods ? shared->scope->field_selector : "",
		.accept = resource->metadata_only ? KUBE_METADATA_ONLY : NULL,
		.shape = resource->shape,
		.worker = shared->scope->worker,
		.fold = fold,
		.forget = forget,
		.user = one,
	};
}

void kube_area_init(struct kube_area *area, const struct kube_areas *shared,
		    const char *namespace)
{
	*area = (struct kube_area){ .shared = shared, .namespace = namespace };
	kube_inventory_init(&area->inventory, shared->pool, shared->platforms,
			    shared->scope->all_phases);
	area->inventory.pods.now = shared->now;
	area->inventory.pods.pull_secrets = shared->scope->pull_secrets;
	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++)
		init_list(area, (enum kube_resource_name)i);
	area->lists[KUBE_ROLLOUTS].list.ended = rollouts_ended;
}

void kube_area_release(struct kube_area *area)
{
	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++)
		kube_list_release(&area->lists[i].list);
	kube_inventory_release(&area->inventory);
}

void kube_area_start(struct kube_area *area, enum kube_resource_name name)
{
	kube_list_start(&area->lists[name].list);
}

void kube_area_start_controllers(struct kube_area *area)
{
	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		if (i != KUBE_PODS && i != KUBE_ROLLOUTS)
			kube_list_start(&area->lists[i].list);
	}
}

enum kube_outcome kube_area_outcome(const struct kube_area *area,
				    enum kube_resource_name name)
{
	return area->lists[name].list.outcome;
}

void kube_area_finish(struct kube_area *area, struct snapshot *snapshot)
{
	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		if (area->lists[i].list.outcome != KUBE_LISTED)
			kube_inventory_forget(&area->inventory,
					      (enum kube_resource_name)i);
	}
	kube_inventory_finish(&area->inventory, snapshot);
}
