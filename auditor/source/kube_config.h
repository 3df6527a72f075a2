/*
 * kube_config.h - where the cluster is, and how to be known to it
 *
 * kubeconfig files as kubectl reads them (client-go, tools/clientcmd), else the
 * service account of a pod ("in-cluster").
 */
#ifndef SOURCE_KUBE_CONFIG_H
#define SOURCE_KUBE_CONFIG_H

#include "base/memory.h"
#include "source/http.h"

struct kube_config {
	struct arena arena;
	const char *server;    /* URL without a final slash */
	const char *context;   /* name, or "in-cluster" */
	const char *cluster;   /* the kubeconfig's name of the cluster */
	const char *namespace; /* of the context; "default" where it names none */
	struct http_trust trust;
	const char *token; /* "" where there is none */
	const char
		*token_file; /* re-read when it is older than a minute; wins over token */
	const char *username, *password; /* basic authentication, or "" */
};

void kube_config_release(struct kube_config *config);

/*
 * `file`: --kubeconfig, NULL: $KUBECONFIG, else ~/.kube/config, else in-cluster.
 * `context`: NULL: the current one.
 * Errors: ERROR_USAGE, with the file, the field and what to do.
 */
MUST_CHECK bool kube_config_load(struct kube_config *config, const char *file,
				 const char *context, struct error *err);

#endif
