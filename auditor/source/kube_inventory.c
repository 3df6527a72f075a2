#include "source/kube_inventory.h"

#include "source/kube_shape.h"

const struct kube_resource kube_resources[KUBE_RESOURCE_COUNT] = {
	[KUBE_PODS] = { "pods", "", "v1", "pods", "Pod", kube_pod_shape, false, false },
	[KUBE_DEPLOYMENTS] = { "deployments.apps", "apps", "v1", "deployments",
			       "Deployment", kube_workload_shape, false, false },
	[KUBE_STATEFULSETS] = { "statefulsets.apps", "apps", "v1", "statefulsets",
				"StatefulSet", kube_workload_shape, false, false },
	[KUBE_DAEMONSETS] = { "daemonsets.apps", "apps", "v1", "daemonsets", "DaemonSet",
			      kube_workload_shape, false, false },
	[KUBE_CRONJOBS] = { "cronjobs.batch", "batch", "v1", "cronjobs", "CronJob",
			    kube_workload_shape, false, false },
	[KUBE_REPLICATIONCONTROLLERS] = { "replicationcontrollers", "", "v1",
					  "replicationcontrollers",
					  "ReplicationController", kube_workload_shape,
					  false, true },
	[KUBE_REPLICASETS] = { "replicasets.apps", "apps", "v1", "replicasets",
			       "ReplicaSet", kube_metadata_shape, true, true },
	[KUBE_JOBS] = { "jobs.batch", "batch", "v1", "jobs", "Job", kube_metadata_shape,
			true, true },
	[KUBE_ROLLOUTS] = { "rollouts.argoproj.io", "argoproj.io", "v1alpha1", "rollouts",
			    "Rollout", kube_workload_shape, false, false },
};

void kube_inventory_init(struct kube_inventory *inventory, struct pool *pool,
			 const struct table *platforms, bool all_phases)
{
	*inventory = (struct kube_inventory){ .pool = pool };
	kube_pods_init(&inventory->pods, pool, platforms, all_phases);
}

void kube_inventory_release(struct kube_inventory *inventory)
{
	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++)
		free(inventory->found[i].items);
	kube_pods_release(&inventory->pods);
}

bool kube_inventory_fold(struct kube_inventory *inventory, enum kube_resource_name name,
			 const struct node *item, struct error *err)
{
	const struct kube_resource *resource = &kube_resources[name];
	struct kube_found *found = &inventory->found[name];

	if (name == KUBE_PODS)
		return kube_pods_fold(&inventory->pods, item, err);
	found->items = array_grow(found->items, found->count, sizeof(*found->items));
	found->items[found->count++] = kube_workload_read(
		item, resource->group, resource->kind, inventory->pool);
	return true;
}

void kube_inventory_forget(struct kube_inventory *inventory, enum kube_resource_name name)
{
	if (name == KUBE_PODS)
		kube_pods_forget(&inventory->pods);
	inventory->found[name].count = 0;
}

/* What only stands between counts where nobody controls it. */
static void add_live(const struct kube_inventory *inventory, struct snapshot *snapshot)
{
	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		const struct kube_found *found = &inventory->found[i];

		for (size_t j = 0; j < found->count; j++) {
			if (!kube_resources[i].between ||
			    !found->items[j].controller.kind[0])
				snapshot_add_live(snapshot, &found->items[j].live);
		}
	}
}

/* The workload whose template a Rollout takes, or NULL. */
static const struct live_workload *find_lender(const struct kube_inventory *inventory,
					       const struct kube_workload *rollout)
{
	const struct kube_found *found = &inventory->found[KUBE_DEPLOYMENTS];
	const struct kube_reference *lender = &rollout->template_of;

	if (strcmp(lender->kind, "Deployment") != 0)
		return NULL;
	for (size_t i = 0; i < found->count; i++) {
		const struct live_workload *live = &found->items[i].live;

		if (strcmp(live->namespace, rollout->live.namespace) == 0 &&
		    strcmp(live->object.name, lender->name) == 0)
			return live;
	}
	return NULL;
}

/* A Rollout may have the template of a Deployment, and its revisions for itself. */
static void borrow_templates(struct kube_inventory *inventory)
{
	struct kube_found *found = &inventory->found[KUBE_ROLLOUTS];

	for (size_t i = 0; i < found->count; i++) {
		struct live_workload *live = &found->items[i].live;
		const struct live_workload *lender =
			live->has_template ? NULL
					   : find_lender(inventory, &found->items[i]);

		if (!lender)
			continue;
		live->has_template = lender->has_template;
		live->images = lender->images;
		live->image_count = lender->image_count;
	}
}

void kube_inventory_finish(struct kube_inventory *inventory, struct snapshot *snapshot)
{
	CLEANUP(kube_owners_release) struct kube_owners owners = { TABLE_INIT };

	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		struct kube_found *found = &inventory->found[i];

		for (size_t j = 0; j < found->count; j++)
			kube_owners_add(&owners, &found->items[j]);
	}
	kube_owners_finish(&owners);
	borrow_templates(inventory);
	add_live(inventory, snapshot);
	kube_pods_finish(&inventory->pods, &owners, snapshot);
}

bool kube_inventory_is_needed(const struct snapshot *snapshot, size_t first,
			      enum kube_resource_name name)
{
	const struct kube_resource *resource = &kube_resources[name];

	for (size_t i = first; i < snapshot->running_count; i++) {
		const struct running_use *use = &snapshot->running[i];
		const struct object_id *last = &use->owners[use->owner_count - 1];

		if (strcmp(last->kind, resource->kind) == 0 &&
		    strcmp(last->api_group, resource->group) == 0)
			return true;
	}
	return false;
}

static int compare_live(const void *a, const void *b)
{
	const struct live_workload *x = a, *y = b;
	int order = strcmp(x->namespace, y->namespace);

	return order ? order : object_id_compare(&x->object, &y->object);
}

void kube_inventory_settle(struct snapshot *snapshot)
{
	if (snapshot->live_count)
		qsort(snapshot->live, snapshot->live_count, sizeof(*snapshot->live),
		      compare_live);
	kube_pods_settle(snapshot);
}

void kube_platforms_fold(struct table *platforms, struct pool *pool,
			 const struct node *item)
{
	const struct node *info = node_get(node_get(item, "status"), "nodeInfo");
	const struct platform platform = platform_make(
		node_text(info, "operatingSystem"), node_text(info, "architecture"), "");
	const char *name = pool_keep(pool, node_text(node_get(item, "metadata"), "name"));
	char text[PLATFORM_TEXT_SIZE];

	*table_slot(platforms, name, strlen(name), NULL) =
		(void *)pool_keep(pool, platform_format(text, &platform));
}
