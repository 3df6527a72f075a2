/*
 * gaps.h - what the questions about images left open
 */
#ifndef DRIFT_GAPS_H
#define DRIFT_GAPS_H

#include "drift/drift.h"

/*
 * Add to the snapshot what its verdicts and facts leave: `unreachable` and `unauthorized`
 * where a registry did not answer, `unresolved` where an answer does not tell.
 */
void gaps_add(struct drift *drift);

#endif
