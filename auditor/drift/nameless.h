/*
 * nameless.h - the namespace of declarations that name none
 *
 * Where all namespaces are scanned, such a declaration is meant for the lone workload of
 * its kind and name, if that is of the same repository.  Otherwise nobody can tell.
 */
#ifndef DRIFT_NAMELESS_H
#define DRIFT_NAMELESS_H

#include "model/snapshot.h"

struct nameless {
	struct arena arena;
	struct table
		workloads; /* objects that are declared so: to what runs of that name */
	struct table containers; /* of those: to their images */
	struct table objects;    /* the same objects, by file: to how they compare */
};

/* Look for what the snapshot's nameless declarations may be meant for in a cluster. */
void nameless_make(struct nameless *nameless, const struct snapshot *snapshot,
		   const struct scanned_cluster *cluster);
void nameless_release(struct nameless *nameless);

/*
 * The namespace of one of them: "" where the cluster has no such workload, NULL where it
 * cannot be told which one is meant.
 */
const char *nameless_namespace(const struct nameless *nameless,
			       const struct declared_use *use);

#endif
