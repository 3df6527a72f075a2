/*
 * kube_dump.h - what runs in a cluster, from what kubectl printed of it
 *
 * The output of `kubectl get pods,nodes,deployments,… -A -o json` (or `-o yaml`): a List
 * whose items carry kind and apiVersion.  JSON is read as it streams by, one object at a
 * time, so memory follows the number of distinct uses; YAML has the limits of yaml.h.
 *
 * A dump does not say what it was asked for.  It counts for the whole cluster if the user
 * says so, or if it has the list of namespaces and objects of more than one of them; else
 * for the namespaces of its objects alone.
 */
#ifndef SOURCE_KUBE_DUMP_H
#define SOURCE_KUBE_DUMP_H

#include "model/snapshot.h"

/* What kubectl is to be asked for. */
#define KUBE_DUMP_COMMAND                                                                \
	"kubectl get nodes,namespaces,pods,deployments,replicasets,statefulsets,"        \
	"daemonsets,replicationcontrollers,cronjobs,jobs -A -o json --show-managed-fields"

struct kube_dump {
	const char *file;      /* "-" for standard input */
	const char *namespace; /* the only one that counts; "" for all that are there */
	bool whole;            /* it is of all namespaces */
	bool all_phases;       /* ended pods too */
	const char *cluster_name; /* --cluster-name, or "" */
};

/*
 * Fill in the snapshot's cluster, running and live parts, coverage and gaps.
 * Errors: ERROR_USAGE: no such file, nobody says which cluster it is, nothing of that
 * namespace in it; ERROR_SYNTAX and ERROR_LIMIT; ERROR_DENIED and ERROR_SYSTEM.
 */
MUST_CHECK bool kube_dump_observe(const struct kube_dump *dump, struct snapshot *snapshot,
				  struct error *err);

#endif
