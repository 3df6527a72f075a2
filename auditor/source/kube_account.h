/*
 * kube_account.h - the service account of the pod that pindrift runs in
 *
 * client-go, rest/config.go (InClusterConfig): the API server's address comes from the
 * environment, token, CA and namespace from files that the kubelet mounts.
 */
#ifndef SOURCE_KUBE_ACCOUNT_H
#define SOURCE_KUBE_ACCOUNT_H

#include "source/kube_config.h"

#define KUBE_ACCOUNT_FOLDER "/var/run/secrets/kubernetes.io/serviceaccount"

/* True in a pod: $KUBERNETES_SERVICE_HOST and …_PORT are set, `folder` holds a token. */
bool kube_account_exists(const char *folder);

/*
 * Fill in `config` from the environment and the files in `folder`.
 * Errors: ERROR_USAGE, naming the file that cannot be read.
 */
MUST_CHECK bool kube_account_load(struct kube_config *config, const char *folder,
				  struct error *err);

#endif
