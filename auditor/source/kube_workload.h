/*
 * kube_workload.h - one controller as the API server shows it
 *
 * Deployments, StatefulSets, DaemonSets, CronJobs and Rollouts with their templates;
 * ReplicaSets and Jobs by their metadata alone, since ownerReferences are metadata.
 * Kubernetes API: apps/v1, batch/v1; argoproj.io/v1alpha1.
 */
#ifndef SOURCE_KUBE_WORKLOAD_H
#define SOURCE_KUBE_WORKLOAD_H

#include "base/node.h"
#include "base/pool.h"
#include "model/snapshot.h"

/* The ownerReference that has `controller: true`; all "" where there is none. */
struct kube_reference {
	const char *api_version;
	const char *kind;
	const char *name;
	const char *uid;
};

/* Borrowed from the node. */
struct kube_reference kube_reference_of(const struct node *metadata);

struct kube_reference kube_reference_copy(const struct kube_reference *reference,
					  struct pool *pool);

struct kube_workload {
	const char *uid;
	struct kube_reference controller;  /* its own */
	struct kube_reference template_of; /* Rollout: spec.workloadRef; kind "": none */
	const char *pod_hash;              /* ReplicaSet: label pod-template-hash */
	const char *number;                /* Deployment, ReplicaSet: annotation
					      deployment.kubernetes.io/revision */
	struct live_workload live;
};

/*
 * What pods have for a revision while the controller has not looked at the newest
 * template: none of theirs is it.
 */
#define KUBE_REVISION_UNMADE "(not made yet)"

/*
 * Read an item of a list of `kind`; the texts are kept in `pool`.
 * A Deployment's revision is left to kube_owners_finish(): its ReplicaSets know it.
 */
struct kube_workload kube_workload_read(const struct node *item, const char *api_group,
					const char *kind, struct pool *pool);

/* With texts that are kept in `pool`. */
struct container_image kube_image_copy(const struct container_image *image,
				       struct pool *pool);

#endif
