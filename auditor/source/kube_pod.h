/*
 * kube_pod.h - pods, folded into running uses
 *
 * core/v1 Pod.  A container's status is joined by name (the kubelet sorts statuses by
 * name, not by the order of the spec).  What a use is equal in: namespace, owner,
 * container, class, image, imageID, platform, state, revision, generation and whether it
 * is ending; memory follows the number of distinct uses, not of pods.
 *
 * An image volume has no status of its own until the runtime reports its digest
 * (KEP-5365, containerStatuses[].volumeMounts[].volumeStatus); without one it is
 * pending: nothing can be asked about it.
 */
#ifndef SOURCE_KUBE_POD_H
#define SOURCE_KUBE_POD_H

#include "source/kube_owner.h"
#include "source/pull_secrets.h"

#define KUBE_POD_IMAGES 256 /* most of one pod */

struct kube_pods {
	struct pool *pool;             /* where texts are kept: in the snapshot's arena */
	const struct table *platforms; /* node name to "linux/amd64" */
	bool all_phases;               /* ended pods too */
	int64_t now;                   /* of the observation, Unix seconds */
	/*
	 * Nodes may come behind their pods: until the end, pods of different nodes are
	 * different uses then.  To be set before the first pod.
	 */
	bool late_nodes;
	struct pull_secrets *pull_secrets; /* learns what pods name; NULL: unwanted */
	struct arena rows_arena;
	struct table rows; /* key to struct pod_row */
	struct arena scratch;
	uint32_t count;       /* pods seen */
	uint32_t ended_count; /* left out of them: Succeeded, Failed */
};

void kube_pods_init(struct kube_pods *pods, struct pool *pool,
		    const struct table *platforms, bool all_phases);
void kube_pods_release(struct kube_pods *pods);

/* Errors: ERROR_LIMIT (a pod with too many images), ERROR_SYNTAX (with none at all). */
MUST_CHECK bool kube_pods_fold(struct kube_pods *pods, const struct node *pod,
			       struct error *err);

/* "3 pods", "15 pods, 2 ended ones left out"; in `arena`. */
const char *kube_pods_words(uint32_t count, uint32_t ended_count, struct arena *arena);

/* Forget all pods. */
void kube_pods_forget(struct kube_pods *pods);

/* Add the uses to the snapshot, with their owner chains. */
void kube_pods_finish(struct kube_pods *pods, const struct kube_owners *owners,
		      struct snapshot *snapshot);

/* All pods are in the snapshot: put the uses into a stable order, each one once. */
void kube_pods_settle(struct snapshot *snapshot);

#endif
