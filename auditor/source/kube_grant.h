/*
 * kube_grant.h - how to grant what the API server refused
 *
 * Kubernetes, RBAC: a Role (ClusterRole for the whole cluster) and its binding, as the
 * two kubectl commands that make them.
 */
#ifndef SOURCE_KUBE_GRANT_H
#define SOURCE_KUBE_GRANT_H

#include "base/memory.h"

/*
 * "kubectl create role … --resource=pods,jobs.batch; kubectl create rolebinding …
 * --user=jane", in `arena`.  `namespace` "": of the cluster.  `refusal` is the server's
 * message, which says who may not; where it does not, or says it with characters that a
 * shell would read, it is "USER".
 */
const char *kube_grant_list(const char *namespace, const char *resources,
			    const char *refusal, struct arena *arena);

#endif
