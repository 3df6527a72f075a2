/*
 * environment.h - where the policy says that manifests are meant to run
 *
 * `environments` of the policy give the files of some paths a cluster, and a namespace
 * to the manifests that name none.  What is meant for another cluster than a scanned
 * one is not compared with it: that it does not run there is no drift.
 */
#ifndef DRIFT_ENVIRONMENT_H
#define DRIFT_ENVIRONMENT_H

#include "model/snapshot.h"

/* Give each declared use its cluster and namespace, as far as the policy has them. */
void environment_place(struct snapshot *snapshot);

/*
 * As environment_place(), of a scan: what is for none of the scanned clusters, or for
 * none of the scanned namespaces, is counted in the note of the first one's coverage.
 */
void environment_apply(struct snapshot *snapshot);

/* Append to the note of the first cluster's coverage; `text` is kept. */
void environment_tell(struct snapshot *snapshot, const char *text);

/* Whether a use is meant for that cluster, or for any. */
bool environment_includes(const struct scanned_cluster *cluster,
			  const struct declared_use *declared);

/* Whether it is meant for one of the scanned clusters at least, or for any. */
bool environment_concerns(const struct snapshot *snapshot,
			  const struct declared_use *declared);

/*
 * Whether any declared use is meant for a scanned cluster and namespace.  Where none is,
 * nothing was compared: perhaps the policy misspells the cluster, or -A was forgotten.
 */
bool environment_includes_any(const struct snapshot *snapshot);

#endif
