/*
 * join_places.h - where a declaration runs, of several clusters
 */
#ifndef DRIFT_JOIN_PLACES_H
#define DRIFT_JOIN_PLACES_H

#include "drift/join.h"

/*
 * The uses of one declaration: one a cluster that has it, or of a custom resource one a
 * container.
 */
struct use_places {
	struct use *const *items;
	size_t count;
};

/* By declaration, once the uses are in their places. */
void join_collect_places(struct join *join);

/* None where only one cluster was scanned. */
struct use_places join_find_places(const struct join *join,
				   const struct declared_use *declared);

#endif
