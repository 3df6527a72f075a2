/*
 * pull_secrets.h - credentials that stand in the pull secrets of pods, as the kubelet
 * uses them
 *
 * k8s, pkg/credentialprovider: secrets/secrets.go (types kubernetes.io/dockerconfigjson
 * and kubernetes.io/dockercfg) and keyring.go.  A key is a host, each label of which may
 * be a glob of `*` and `?`, with the same port, and perhaps a path, which is a plain
 * prefix: "quay.io/foo" is for quay.io/foobar too.  The longest keys come first; several
 * credentials for one image are tried in turn.  Identity tokens and helpers are not
 * looked at.
 *
 * A secret is for the images of the pods of its own namespace, in its own cluster, and
 * for no others.
 */
#ifndef SOURCE_PULL_SECRETS_H
#define SOURCE_PULL_SECRETS_H

#include "base/table.h"
#include "model/snapshot.h"
#include "source/docker_config.h"

#define PULL_SECRETS_MOST 10000 /* distinct ones of one scan */
#define PULL_SECRET_TRIES 16    /* credentials for one image */

/* One that pods name. */
struct pull_secret {
	const char *namespace, *name;
};

/* One entry of one of them. */
struct pull_key {
	const char *key; /* "quay.io/team", "*.example.com:5000" */
	const char *namespace;
	struct docker_login login;
};

struct pull_secrets {
	struct arena arena;
	struct table named;  /* "shop/regcred" to struct pull_secret */
	struct table images; /* "shop quay.io/team/app": what pods run where */
	struct pull_key *keys;
	size_t key_count;
	uint32_t merged; /* clusters whose secrets these are */
};

#define PULL_SECRETS_INIT                                                                \
	{                                                                                \
		.arena = ARENA_INIT, .named = TABLE_INIT, .images = TABLE_INIT           \
	}

void pull_secrets_release(struct pull_secrets *secrets);

/* A pod names it.  What can be no name of an object is passed over. */
void pull_secrets_name(struct pull_secrets *secrets, const char *namespace,
		       const char *name);

/*
 * Take in a Secret as the API server shows it.  Other types are passed over.
 * Passwords are made known to log_add_secret().
 * Errors: ERROR_SYNTAX, ERROR_LIMIT; never with its text.
 */
MUST_CHECK bool pull_secrets_add(struct pull_secrets *secrets,
				 const struct pull_secret *secret, const char *text,
				 size_t length, struct error *err);

/* All were added, and the snapshot has the pods: which images run in which namespace. */
void pull_secrets_settle(struct pull_secrets *secrets, const struct snapshot *snapshot);

/* Take in those of one more cluster, which were settled; `part` is empty then. */
void pull_secrets_merge(struct pull_secrets *whole, struct pull_secrets *part);

/*
 * The credentials for a repository ("docker.io", "library/nginx") that are to be tried
 * at that place, from 0.  Equal ones count once.  False where there are no more.
 */
bool pull_secrets_find(const struct pull_secrets *secrets, const char *registry,
		       const char *repository, size_t place, struct docker_login *login);

#endif
