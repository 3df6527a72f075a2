/*
 * tree_comparison.h - two trees of images held against each other
 *
 * What counts is what a node of the platform selects from either tree.  Where the
 * platform is not known, every platform that both hold is compared.
 */
#ifndef DRIFT_TREE_COMPARISON_H
#define DRIFT_TREE_COMPARISON_H

#include "drift/comparison.h"

/* Both contents are known: `c->declared` and `c->running`, indexes or manifests. */
void tree_comparison(struct comparison *c);

#endif
