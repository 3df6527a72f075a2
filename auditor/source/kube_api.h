/*
 * kube_api.h - what runs in a cluster, from its API server
 *
 * Kubernetes API concepts (chunked lists, Status errors); core/v1, apps/v1,
 * batch/v1, argoproj.io/v1alpha1.  Pods are folded into running uses as their pages
 * arrive, so memory follows the number of distinct uses, not of pods.
 *
 * A list counts when all of it was had, or not at all.  What may not be listed is one
 * gap for the whole scope, which then is not observed: without owners and templates
 * nobody can say what rolls out and what is declared.  Which kinds that is about is in
 * the snapshot's unseen kinds, so that pods that belong to others can be judged.  Nodes
 * alone are no gap: without them platforms are unknown, which makes verdicts weaker and
 * never wrong; the coverage says so.
 */
#ifndef SOURCE_KUBE_API_H
#define SOURCE_KUBE_API_H

#include "base/worker.h"
#include "model/snapshot.h"
#include "source/kube_config.h"

struct kube_scope {
	const char *namespace;             /* "" for all namespaces */
	const char *selector;              /* label selector for pods, or "" */
	const char *field_selector;        /* the same by fields */
	bool all_phases;                   /* ended pods too */
	const char *cluster_name;          /* --cluster-name, or "" */
	long request_timeout_seconds;      /* 0: the default */
	struct pull_secrets *pull_secrets; /* to be filled in; NULL: none is asked for */
	struct worker *worker; /* reads pages while others arrive; NULL: there is none */
};

struct observation;

/*
 * Ask an API server; http_run() then has the answers, of any number of servers side by
 * side, and kube_api_continue() is called until it asks no more.  `snapshot` is for this
 * cluster alone; it and the other parts are borrowed until kube_api_release().  NULL,
 * ERROR_USAGE: the namespace can be none.
 */
MUST_CHECK struct observation *kube_api_start(struct http *http,
					      const struct kube_config *config,
					      const struct kube_scope *scope,
					      struct snapshot *snapshot,
					      struct error *err);

/*
 * Take in what was answered, and ask what follows from it: each namespace where all of
 * them may not be listed at once, pull secrets.  True where http_run() is to be called
 * again.
 */
bool kube_api_continue(struct observation *observation);

/*
 * The snapshot's cluster, running and live parts, coverage, gaps and requests are there.
 * Forbidden or failed lists are gaps, and the scope's coverage is then not observed.
 * Errors: ERROR_NETWORK, ERROR_DENIED where nothing at all could be had from the
 * server (not reached, certificate, 401): the caller decides how to go on.  Which
 * cluster it would have been is in the snapshot all the same.
 */
MUST_CHECK bool kube_api_conclude(struct observation *observation, struct error *err);

/* Release it, and set the pointer to NULL. */
void kube_api_release(struct observation **observation);

#endif
