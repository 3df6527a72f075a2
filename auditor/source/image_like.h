/*
 * image_like.h - what looks like an image where nothing says what the fields mean
 *
 * By its key, which has the word "image" in it, and by its text, a reference.  Labels,
 * annotations, selectors and schemas are left out: what stands there is no image that
 * somebody runs.
 */
#ifndef SOURCE_IMAGE_LIKE_H
#define SOURCE_IMAGE_LIKE_H

#include "base/node.h"
#include "base/table.h"

/* How much has to speak for it. */
enum likeness {
	LIKENESS_ANY,   /* the key `image` is enough for a text without a tag */
	LIKENESS_TAGGED /* a tag or a digest: plain words and placeholders do not count */
};

/* Add a node to those that need no second look.  The table keeps what lies in `arena`. */
void image_like_see(struct table *seen, struct arena *arena, const struct node *node);

/*
 * The first scalar beneath `node`, itself aside, that looks like an image and was not
 * seen, nor anything above it; NULL where there is none.  Recursion is as deep as the
 * document.
 */
const struct node *image_like_find(const struct node *node, const struct table *seen,
				   enum likeness likeness);

#endif
