/*
 * kube_inventory.h - what was found in a cluster, or in one namespace of it
 *
 * Pods and their controllers as they stream in, from an API server or from a dump; at
 * the end they become the running and live parts of a snapshot.
 */
#ifndef SOURCE_KUBE_INVENTORY_H
#define SOURCE_KUBE_INVENTORY_H

#include "base/json.h"
#include "source/kube_pod.h"
#include "source/kube_workload.h"

/* What is looked for in namespaces. */
enum kube_resource_name {
	KUBE_PODS,
	KUBE_DEPLOYMENTS,
	KUBE_STATEFULSETS,
	KUBE_DAEMONSETS,
	KUBE_CRONJOBS,
	KUBE_REPLICATIONCONTROLLERS,
	KUBE_REPLICASETS,
	KUBE_JOBS,
	KUBE_ROLLOUTS,
	KUBE_RESOURCE_COUNT,
};

struct kube_resource {
	const char *name; /* for people, as RBAC has it */
	const char *group, *version, *plural, *kind;
	const struct json_shape *shape; /* what is wanted of an object */
	bool metadata_only;             /* that is its metadata */
	/*
	 * Stands between pods and a workload that controls it; a workload of its own
	 * where nobody does.
	 */
	bool between;
};

extern const struct kube_resource kube_resources[KUBE_RESOURCE_COUNT];

/* The controllers of one resource. */
struct kube_found {
	struct kube_workload *items;
	size_t count;
};

struct kube_inventory {
	struct pool *pool;
	struct kube_pods pods;
	struct kube_found found[KUBE_RESOURCE_COUNT]; /* of KUBE_PODS: none */
};

/* `pool` keeps texts in the arena of the snapshot that all this will go into. */
void kube_inventory_init(struct kube_inventory *inventory, struct pool *pool,
			 const struct table *platforms, bool all_phases);
void kube_inventory_release(struct kube_inventory *inventory);

/* Take in one object.  Errors: those of kube_pods_fold(). */
MUST_CHECK bool kube_inventory_fold(struct kube_inventory *inventory,
				    enum kube_resource_name name, const struct node *item,
				    struct error *err);

/* Forget all objects of a resource. */
void kube_inventory_forget(struct kube_inventory *inventory,
			   enum kube_resource_name name);

/* Add what was found to the snapshot; then kube_inventory_settle(). */
void kube_inventory_finish(struct kube_inventory *inventory, struct snapshot *snapshot);

/*
 * Whether the owners of some use, from number `first` on, end at an object of that
 * resource which was not listed: then there are objects of it.
 */
bool kube_inventory_is_needed(const struct snapshot *snapshot, size_t first,
			      enum kube_resource_name name);

/* Put the running and live parts into their stable order. */
void kube_inventory_settle(struct snapshot *snapshot);

/* Keep the platform of a node, for the pods on it. */
void kube_platforms_fold(struct table *platforms, struct pool *pool,
			 const struct node *item);

#endif
