/*
 * kube_secrets.h - getting the pull secrets that pods name from the API server
 */
#ifndef SOURCE_KUBE_SECRETS_H
#define SOURCE_KUBE_SECRETS_H

#include "source/kube_client.h"
#include "source/pull_secrets.h"

/* Those of one cluster, while they are got. */
struct kube_secrets {
	struct kube_client *client;
	struct pull_secrets *secrets;
	struct kube_secret_request *requests; /* heap, one for each */
	size_t refused, failed;
	const struct pull_secret *first_refused, *first_failed;
	struct error err; /* why the first one failed */
};

/*
 * Ask for each of them by its name; the parts are borrowed.  False where none is to be
 * asked for.
 */
bool kube_secrets_start(struct kube_secrets *getting, struct kube_client *client,
			struct pull_secrets *secrets);

/*
 * http_run() has ended: what may not be had is said once, on standard error; a secret
 * that is not there is passed over, as the kubelet does.
 */
void kube_secrets_say(const struct kube_secrets *getting);

void kube_secrets_release(struct kube_secrets *getting);

#endif
