/*
 * clusters.h - the clusters of a scan, from their contexts to what runs in them
 */
#ifndef COMMANDS_CLUSTERS_H
#define COMMANDS_CLUSTERS_H

#include "commands/commands.h"
#include "source/kube_api.h"
#include "store/store.h"

/* One a context that was asked for; the current one where none was named. */
struct clusters {
	const struct settings *settings;
	struct kube_config *configs;
	size_t count;
};

/*
 * Read --context, or --all-contexts, and see for each whether its credential program may
 * be started.  To be released whether or not it succeeds.  Errors: ERROR_USAGE.
 */
MUST_CHECK bool clusters_configure(struct clusters *clusters,
				   const struct settings *settings,
				   const struct option_list *paths, struct error *err);

/*
 * Ask them all side by side, and add to `snapshot` what they answer.  `scope` is as for
 * one of them, without a namespace.  One that says nothing at all is a gap as long as
 * there is something else to look at.  Contexts that lead to one cluster are one.
 * Errors: as of kube_api_start() and kube_api_conclude(); ERROR_USAGE: two contexts lead
 * to one cluster, and their namespaces differ; ERROR_STORE.
 */
MUST_CHECK bool clusters_observe(const struct clusters *clusters, struct http *http,
				 const struct kube_scope *scope, struct store *store,
				 struct snapshot *snapshot, struct error *err);

void clusters_release(struct clusters *clusters);

#endif
