/*
 * judgement.h - the answers of all rules about all subjects of a scan
 */
#ifndef DRIFT_JUDGEMENT_H
#define DRIFT_JUDGEMENT_H

#include "drift/drift.h"
#include "drift/settle.h"

struct judgement {
	struct drift *drift;
	struct arena *arena;       /* of all texts: the outcome's */
	struct arena findings;     /* that judged ones show */
	struct judged_list judged; /* on the heap */
	struct table watched;      /* rules of earlier findings */
	struct table ordinals; /* subjects that there may be several of, to how many */
	struct table paths, claimed; /* scopes that were made already */
	struct table *namespaces;    /* the same, one table a cluster */
};

/*
 * Ask every rule.  What is not so, or cannot be told, is kept only for rules of which
 * there are earlier findings.
 */
void judgement_make(struct judgement *judgement, struct drift *drift,
		    const struct earlier_finding *earlier, size_t earlier_count);
void judgement_release(struct judgement *judgement);

#endif
