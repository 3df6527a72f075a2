/*
 * kube_impersonation.h - to ask the API server in another user's name
 *
 * `as`, `as-uid`, `as-groups` and `as-user-extra` of a kubeconfig's user, as the headers
 * of client-go, transport/round_trippers.go (Kubernetes docs, "User impersonation").
 */
#ifndef SOURCE_KUBE_IMPERSONATION_H
#define SOURCE_KUBE_IMPERSONATION_H

#include "base/node.h"

#define KUBE_IMPERSONATION_HEADERS 256 /* most of one user */

struct kube_impersonation {
	const char *user;           /* "" for nobody else */
	const char *const *headers; /* header_count items "Impersonate-User: jane" */
	size_t header_count;
};

/*
 * Read it from the body of a user; texts live in `arena`.
 * Errors: ERROR_USAGE: a uid, groups or extra without a user (client-go,
 * tools/clientcmd/validation.go), a field of another shape, what can be no header.
 */
MUST_CHECK bool kube_impersonation_read(struct kube_impersonation *impersonation,
					const struct node *user, struct arena *arena,
					struct error *err);

#endif
