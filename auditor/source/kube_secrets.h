/*
 * kube_secrets.h - getting the pull secrets that pods name from the API server
 */
#ifndef SOURCE_KUBE_SECRETS_H
#define SOURCE_KUBE_SECRETS_H

#include "source/kube_client.h"
#include "source/pull_secrets.h"

/*
 * Get each of them by its name.  What may not be had is said once, on standard error; a
 * secret that is not there is passed over, as the kubelet does.
 */
void kube_secrets_get(struct kube_client *client, struct pull_secrets *secrets);

#endif
