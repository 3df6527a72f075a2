/*
 * reference.h - do two references name the same?
 *
 * Of a declaration, a live template and a pod, each may say more or less than another:
 * tools drop a tag beside a digest, clusters add a digest to a tag.
 */
#ifndef DRIFT_REFERENCE_H
#define DRIFT_REFERENCE_H

#include "model/snapshot.h"

/* True if both say the same in normal form, or, where one cannot be read, verbatim. */
bool reference_same(const struct container_image *a, const struct container_image *b);

/*
 * The part in which a live reference contradicts the declared one: "repository", "tag"
 * or "digest"; NULL where it does not.  One that says less contradicts nothing.
 */
const char *reference_difference(const struct image_ref *declared,
				 const struct image_ref *live);

/*
 * A reference as an admission webhook makes it, by the first of the policy's rewrites
 * whose prefix it has; itself where none has.  In `arena`.
 */
struct image_ref reference_rewrite(const struct policy *policy, struct arena *arena,
				   const struct image_ref *ref);

#endif
