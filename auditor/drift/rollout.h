/*
 * rollout.h - is a pod about to be replaced?
 *
 * Kubernetes, apps/v1: a pod carries its revision as a label (pod-template-hash,
 * controller-revision-hash, rollouts-pod-template-hash, pod-template-generation); its
 * workload says which one is current, and until when a rollout may take.  The pods of a
 * CronJob carry none: they are of an older revision where they name another image than
 * its template does now.
 */
#ifndef DRIFT_ROLLOUT_H
#define DRIFT_ROLLOUT_H

#include "model/snapshot.h"

/* What a live template says of a container; NULL where it says nothing. */
const struct container_image *rollout_template_image(const struct live_workload *live,
						     enum container_class class,
						     const char *container);

/* True unless the workload, which may be NULL, is known to have another revision by now.
 */
bool rollout_is_current(const struct running_use *running,
			const struct live_workload *live);

/*
 * True if the pods are of an older revision and the progress deadline (else an hour)
 * since the last sign of progress has not passed; if the workload says that it goes on;
 * or if they are ending anyway.  `newest_pod_at`: creation of the youngest pod of the
 * current revision, 0 where there is none.  `live` may be NULL.
 */
bool rollout_in_progress(const struct running_use *running,
			 const struct live_workload *live, int64_t newest_pod_at,
			 int64_t now);

/* Whether what began then has not had the time that a rollout may take by default. */
bool rollout_is_recent(int64_t begun_at, int64_t now);

#endif
