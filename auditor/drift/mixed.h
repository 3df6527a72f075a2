/*
 * mixed.h - do the pods of one workload run different images for one container?
 */
#ifndef DRIFT_MIXED_H
#define DRIFT_MIXED_H

#include "drift/drift.h"
#include "drift/join_places.h"

struct mixed {
	enum answer answer;
	const struct use_row *one, *other; /* ANSWER_YES: proved to differ */
	const struct use_row *open; /* a row whose digest cannot be resolved, or NULL */
	struct verdict verdict;     /* of that row, against another */
};

/*
 * Compare what the rows of a use run, each digest once.  Nodes of two platforms rightly
 * run two manifests; what counts is proved for one platform.
 */
struct mixed mixed_evaluate(struct drift *drift, const struct use *use);

/* Compare what the uses of one declaration run in different clusters, in the same way. */
struct mixed mixed_evaluate_clusters(struct drift *drift,
				     const struct use_places *places);

#endif
