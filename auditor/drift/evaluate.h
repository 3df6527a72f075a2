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

/* The reference whose digest a use is held to: declared and pinned, no rival. NULL: none.
 */
const struct image_ref *evaluate_pinned(const struct use *use);

/* Whether two rows of a use are proved to run different images on one platform. */
enum answer evaluate_mixed(struct drift *drift, const struct use *use,
			   const struct use_row **one, const struct use_row **other);

/* Add the gaps that the verdicts and facts leave: unresolved, unreachable, unauthorized.
 */
void evaluate_gaps(struct drift *drift);

#endif
