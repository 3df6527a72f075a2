/*
 * kube_config.h - where the cluster is, and how to be known to it
 *
 * kubeconfig files as kubectl reads them (client-go, tools/clientcmd), else the
 * service account of a pod ("in-cluster").  Nothing is started here: a user whose
 * credentials come from a program (`exec`) is read as such.  An `auth-provider` is an
 * error.
 */
#ifndef SOURCE_KUBE_CONFIG_H
#define SOURCE_KUBE_CONFIG_H

#include "base/memory.h"
#include "source/http.h"
#include "source/kube_exec.h"
#include "source/kube_impersonation.h"

#define KUBE_TOKEN_BYTES ((size_t)64 * 1024) /* most bytes of a token */
#define KUBE_PEM_BYTES                                                                   \
	((size_t)1024 * 1024) /* most bytes of a certificate or key file                 \
			       */

/* Strings are never NULL: "" is "not there". */
struct kube_config {
	struct arena arena;
	const char *server;    /* URL without a final slash */
	const char *context;   /* name, or "in-cluster" */
	const char *cluster;   /* the kubeconfig's name of the cluster */
	const char *namespace; /* of the context; "default" where it names none */
	struct http_trust trust;
	const char
		*token; /* what token_file held when it was last read, if there is one */
	const char
		*token_file; /* re-read when it is older than a minute; wins over token */
	const char *username, *password; /* basic authentication */
	int64_t certificate_expires_at;  /* of the client certificate; 0: there is none */
	struct kube_exec exec;           /* where the credentials come from a program */
	struct kube_impersonation impersonation;
	bool disable_compression; /* never ask for gzip */
};

#define KUBE_CONFIG_INIT                                                                 \
	{                                                                                \
		.arena = ARENA_INIT, .server = "", .context = "", .cluster = "",         \
		.namespace = "", .token = "", .token_file = "", .username = "",          \
		.password = "", .impersonation = {                                       \
			.user = ""                                                       \
		}                                                                        \
	}

/* To be called whether or not loading succeeded. */
void kube_config_release(struct kube_config *config);

/*
 * `file`: --kubeconfig, NULL: $KUBECONFIG, else ~/.kube/config, else in-cluster.
 * `context`: NULL: the current one.
 * Tokens and passwords are made known to log_add_secret().  A user's credentials are left
 * out where the server is spoken to without TLS, as client-go does; impersonation is not.
 * Errors: ERROR_USAGE, with the file, the field and what to do.
 */
MUST_CHECK bool kube_config_load(struct kube_config *config, const char *file,
				 const char *context, struct error *err);

/* The names of all contexts, sorted, in `arena`.  Errors: ERROR_USAGE; where there are
 * none, too. */
MUST_CHECK bool kube_config_contexts(const char *file, struct arena *arena,
				     const char *const **names, size_t *count,
				     struct error *err);

/* Read a token file, without the white space around it, into `arena`; known as a secret.
 */
MUST_CHECK const char *kube_token_read(const char *path, struct arena *arena,
				       struct error *err);

/* Read a PEM file, into `arena`. */
MUST_CHECK const char *kube_pem_read(const char *path, struct arena *arena,
				     struct error *err);

#endif
