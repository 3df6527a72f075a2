/*
 * evaluate.h - ask every question about images that the rules will need answered
 */
#ifndef DRIFT_EVALUATE_H
#define DRIFT_EVALUATE_H

#include "drift/drift.h"

/*
 * Set every verdict and fact of the join's rows and of the subjects.  With
 * `drift->inquiry.wants`, what is missing is added there.
 */
void evaluate_all(struct drift *drift);

/* The reference whose digest a use is held to: declared and pinned, no rival.  Or NULL.
 */
const struct image_ref *evaluate_pinned(const struct use *use);

/* A question is asked of what has started, and not while it is being replaced. */
bool evaluate_asks(const struct use_row *row);

/*
 * The digest that a row runs, and where that may be found: in the repository that the
 * runtime shows, which may be another one, in the one that the pod names, and in the one
 * that `declared` (or NULL) names.
 */
struct side evaluate_side(const struct use_row *row, const struct image_ref *declared);

#endif
