/*
 * rollout.h - is a pod of an older revision about to be replaced?
 *
 * Kubernetes, apps/v1: a pod carries its revision as a label (pod-template-hash,
 * controller-revision-hash, rollouts-pod-template-hash, pod-template-generation); its
 * workload says which one is current, and until when a rollout may take.
 */
#ifndef DRIFT_ROLLOUT_H
#define DRIFT_ROLLOUT_H

#include "model/snapshot.h"

/* True unless the workload is known to have another revision by now. */
bool rollout_is_current(const struct running_use *running,
			const struct live_workload *live);

/*
 * True if the pods are of an older revision and the progress deadline (else an hour)
 * since the last sign of progress has not passed.  `live` may be NULL.
 */
bool rollout_in_progress(const struct snapshot *snapshot,
			 const struct running_use *running,
			 const struct live_workload *live, int64_t now);

#endif
