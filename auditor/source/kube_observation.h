/*
 * kube_observation.h - the conversation with one API server, and what came of it
 *
 * For kube_api.c alone, which draws the conclusions.
 */
#ifndef SOURCE_KUBE_OBSERVATION_H
#define SOURCE_KUBE_OBSERVATION_H

#include "source/kube_api.h"
#include "source/kube_list.h"
#include "source/kube_pod.h"

enum kube_list_name {
	KUBE_LIST_NODES,
	KUBE_LIST_PODS,
	KUBE_LIST_DEPLOYMENTS,
	KUBE_LIST_STATEFULSETS,
	KUBE_LIST_DAEMONSETS,
	KUBE_LIST_CRONJOBS,
	KUBE_LIST_REPLICASETS,
	KUBE_LIST_JOBS,
	KUBE_LIST_ROLLOUTS,
	KUBE_LIST_COUNT,
};

struct kube_resource {
	const char *name; /* for people, as RBAC has it */
	const char *group, *version, *plural;
	const char *kind; /* of controllers */
	bool metadata_only;
};

extern const struct kube_resource kube_resources[KUBE_LIST_COUNT];

struct observation;

/* A list, and what came of it where it is one of controllers. */
struct observed_list {
	struct kube_list list;
	const struct kube_resource *resource;
	struct observation *observation;
	struct kube_workload *workloads;
	size_t workload_count;
};

struct observation {
	struct kube_client client;
	const struct kube_scope *scope;
	struct snapshot *snapshot;
	struct observed_list lists[KUBE_LIST_COUNT];
	unsigned token_number;  /* of the token that the newest single request carried */
	struct pool pool;       /* of the texts that go into the snapshot */
	struct table platforms; /* node name to "linux/amd64" */
	struct kube_pods pods;
	const char *uid; /* of namespace kube-system; "" where it could not be had */
	bool started;    /* we have what credentials there are to be had */
	bool accepted;   /* the server answered us with something else than 401 */
	enum kube_outcome discovery; /* of /apis */
	struct error err;            /* why the server could not be asked, or /apis not */
};

/*
 * Prepare to ask; the parts are borrowed until observation_release().  The observation
 * must not move from then on.
 */
void observation_init(struct observation *observation, struct http *http,
		      const struct kube_config *config, const struct kube_scope *scope,
		      struct snapshot *snapshot);

/* Ask for everything; returns when all was answered or failed. */
void observation_run(struct observation *observation);

void observation_release(struct observation *observation);

#endif
