/*
 * image_tree.h - what an image index leads to
 *
 * An image index may nest others (OCI image-index.md); attestations among its
 * children run nowhere and are passed over.  An image manifest is a tree of one leaf.
 */
#ifndef DRIFT_IMAGE_TREE_H
#define DRIFT_IMAGE_TREE_H

#include "drift/inquiry.h"

#define TREE_LEAVES 256 /* most runnable children that are looked at */

enum found {
	FOUND_YES,
	FOUND_NO,
	FOUND_LATER,  /* a nested index is wanted first */
	FOUND_UNSURE, /* a nested index is not to be had */
};

/* Whether `root` is an index that leads to `digest`, a manifest's or a nested index's. */
enum found image_tree_find(struct inquiry *inquiry, const struct side *where,
			   const struct image *root, const struct digest *digest);

/*
 * The manifest that a node of this platform selects: the first that fits, else the only
 * one that does not say what it is for.  A manifest selects itself.
 */
enum found image_tree_select(struct inquiry *inquiry, const struct side *where,
			     const struct image *root, const struct platform *platform,
			     struct digest *manifest);

/* True if `digest` is a manifest among the direct children of the index `root`. */
bool image_tree_is_leaf(const struct image *root, const struct digest *digest);

/* True if `digest` is the only runnable child of the index `root`. */
bool image_tree_is_only(const struct image *root, const struct digest *digest);

/* The runnable manifests below a root, and the platforms that they name, each once. */
struct platform_list {
	struct digest leaves[TREE_LEAVES];
	size_t leaf_count;
	struct platform items[TREE_LEAVES];
	size_t count;
};

enum found image_tree_platforms(struct inquiry *inquiry, const struct side *where,
				const struct image *root, struct platform_list *list);

#endif
