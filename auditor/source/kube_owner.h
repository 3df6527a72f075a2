/*
 * kube_owner.h - who owns whom: from a pod up its chain of controllers
 *
 * Pod, ReplicaSet, Deployment, and whatever custom resource made that; Pod, Job,
 * CronJob.  References are followed by uid; a name says nothing about its owner.
 */
#ifndef SOURCE_KUBE_OWNER_H
#define SOURCE_KUBE_OWNER_H

#include "base/table.h"
#include "source/kube_workload.h"

struct kube_owners {
	struct table by_uid; /* to struct kube_workload, which is borrowed */
};

void kube_owners_add(struct kube_owners *owners, struct kube_workload *workload);
void kube_owners_release(struct kube_owners *owners);

/*
 * All were added: give each Deployment the revision of its pods.  It is the hash of that
 * ReplicaSet of its own which has the same revision number
 * (k8s, pkg/controller/deployment/util).
 */
void kube_owners_finish(struct kube_owners *owners);

/*
 * The owners from `reference` up, at most OWNER_CHAIN, nearest first; returns how many.
 * An owner that no list showed (a custom controller) is the last one.
 */
size_t kube_owners_chain(const struct kube_owners *owners,
			 const struct kube_reference *reference, struct pool *pool,
			 struct object_id chain[OWNER_CHAIN]);

#endif
