/*
 * image_tree.h - what an image index leads to
 *
 * An image index may nest others (OCI image-index.md); attestations among its children
 * run nowhere and are passed over.  An image manifest is a tree of one leaf, itself.
 */
#ifndef DRIFT_IMAGE_TREE_H
#define DRIFT_IMAGE_TREE_H

#include "drift/inquiry.h"

#define TREE_LEAVES 64 /* most manifests of one tree that are compared one by one */

enum found {
	FOUND_YES,
	FOUND_NO,
	FOUND_LATER,  /* a nested index is wanted first */
	FOUND_UNSURE, /* a nested index is not to be had, or there is too much of it */
};

/* Runnable manifests below a root, each once. */
struct leaf_list {
	struct digest items[TREE_LEAVES];
	size_t count;
};

bool leaf_list_has(const struct leaf_list *list, const struct digest *digest);

/* Whether `root` is an index that leads to `digest`, a manifest's or a nested index's. */
enum found image_tree_find(struct inquiry *inquiry, const struct side *where,
			   const struct image *root, const struct digest *digest);

/*
 * The manifests that a node of this platform may select: those that fit it, else those
 * that do not say what they are for.  There are several where variants or versions of an
 * operating system, which a node does not report, tell them apart.
 */
enum found image_tree_select(struct inquiry *inquiry, const struct side *where,
			     const struct image *root, const struct platform *platform,
			     struct leaf_list *leaves);

/*
 * True if the manifest `digest` stands below the index `root`, and only for platforms
 * that are not `platform`.
 */
bool image_tree_is_for_other(struct inquiry *inquiry, const struct side *where,
			     const struct image *root, const struct digest *digest,
			     const struct platform *platform);

/* Every manifest below a root. */
enum found image_tree_leaves(struct inquiry *inquiry, const struct side *where,
			     const struct image *root, struct leaf_list *leaves);

/* The platforms that the manifests below an index are for, each once. */
struct platform_list {
	struct platform items[TREE_LEAVES];
	size_t count;
	bool unnamed; /* some manifest does not say what it is for */
};

enum found image_tree_platforms(struct inquiry *inquiry, const struct side *where,
				const struct image *root,
				struct platform_list *platforms);

#endif
