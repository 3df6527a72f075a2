/*
 * kube_exec_cluster.h - what a credential plugin is told of the cluster
 *
 * `spec.cluster` of an ExecCredential (client-go, pkg/apis/clientauthentication/v1,
 * type Cluster), given where the kubeconfig says provideClusterInfo.
 */
#ifndef SOURCE_KUBE_EXEC_CLUSTER_H
#define SOURCE_KUBE_EXEC_CLUSTER_H

#include "base/node.h"

/* Most bytes of it: it travels in one environment variable, for which Linux has 128 KiB
 * (execve(2), MAX_ARG_STRLEN). */
#define KUBE_EXEC_CLUSTER_BYTES ((size_t)120 * 1024)

/* NULL or "" is left out. */
struct kube_exec_cluster {
	const char *server;
	const char *server_name; /* tls-server-name */
	const char *ca_pem;      /* also where the kubeconfig names a file */
	const char *proxy;       /* proxy-url, as it stands in the file */
	bool insecure;
	bool disable_compression;
	/* Of the cluster's extension `client.authentication.k8s.io/exec`, or NULL. */
	const struct node *config;
};

/* That extension among the `extensions` of a cluster; NULL where there is none. */
const struct node *kube_exec_cluster_config(const struct node *cluster);

/*
 * As JSON, in `arena`.  Plain scalars of YAML become what kubectl makes of them, as far
 * as JSON has it: booleans, null, decimal numbers; all else is text.
 *
 * Errors: ERROR_LIMIT.
 */
MUST_CHECK const char *kube_exec_cluster_format(const struct kube_exec_cluster *cluster,
						struct arena *arena, struct error *err);

#endif
