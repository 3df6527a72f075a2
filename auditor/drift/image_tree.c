#include "drift/image_tree.h"

#define NESTING 4 /* most indexes within indexes that are followed */

static bool is_index_type(const char *media_type)
{
	return strcmp(media_type, "application/vnd.oci.image.index.v1+json") == 0 ||
	       strcmp(media_type,
		      "application/vnd.docker.distribution.manifest.list.v2+json") == 0;
}

/* One visit of every runnable manifest below a root, in order. */
struct walk {
	struct inquiry *inquiry;
	const struct side *where;
	/* Returns true to stop: what was looked for is found. */
	bool (*visit)(struct walk *walk, const struct descriptor *child);
	void *user;
	bool later, unsure;
};

static bool walk_index(struct walk *walk, const struct image *index, int nesting)
{
	for (size_t i = 0; i < index->child_count; i++) {
		const struct descriptor *child = &index->children[i];
		const struct image *nested;
		enum known known;

		if (child->attestation)
			continue;
		if (walk->visit(walk, child))
			return true;
		if (!is_index_type(child->media_type))
			continue;
		known = nesting < NESTING ? inquiry_manifest(walk->inquiry, walk->where,
							     &child->digest, &nested)
					  : KNOWN_NO;
		walk->later |= known == KNOWN_LATER;
		walk->unsure |= known == KNOWN_NO;
		if (known == KNOWN_YES && walk_index(walk, nested, nesting + 1))
			return true;
	}
	return false;
}

static enum found walk_tree(struct walk *walk, const struct image *root)
{
	if (root->kind == IMAGE_INDEX && walk_index(walk, root, 0))
		return FOUND_YES;
	return walk->later ? FOUND_LATER : walk->unsure ? FOUND_UNSURE : FOUND_NO;
}

static bool visit_digest(struct walk *walk, const struct descriptor *child)
{
	return digest_equal(&child->digest, walk->user);
}

enum found image_tree_find(struct inquiry *inquiry, const struct side *where,
			   const struct image *root, const struct digest *digest)
{
	struct digest wanted = *digest;
	struct walk walk = { inquiry, where, visit_digest, &wanted, false, false };

	return walk_tree(&walk, root);
}

struct selection {
	const struct platform *platform;
	struct digest chosen;
	struct digest unnamed; /* the first that does not say what it is for */
	size_t unnamed_count;
};

static bool visit_platform(struct walk *walk, const struct descriptor *child)
{
	struct selection *selection = walk->user;

	if (is_index_type(child->media_type))
		return false;
	if (!platform_known(&child->platform)) {
		if (selection->unnamed_count++ == 0)
			selection->unnamed = child->digest;
		return false;
	}
	if (!platform_fits(&child->platform, selection->platform))
		return false;
	selection->chosen = child->digest;
	return true;
}

enum found image_tree_select(struct inquiry *inquiry, const struct side *where,
			     const struct image *root, const struct platform *platform,
			     struct digest *manifest)
{
	struct selection selection = { .platform = platform };
	struct walk walk = { inquiry, where, visit_platform, &selection, false, false };
	enum found found;

	*manifest = root->digest;
	if (root->kind != IMAGE_INDEX)
		return FOUND_YES;
	found = walk_tree(&walk, root);
	if (found == FOUND_NO && selection.unnamed_count == 1) {
		*manifest = selection.unnamed;
		return FOUND_YES;
	}
	*manifest = selection.chosen;
	return found;
}

bool image_tree_is_leaf(const struct image *root, const struct digest *digest)
{
	for (size_t i = 0; i < root->child_count; i++) {
		if (digest_equal(&root->children[i].digest, digest))
			return !is_index_type(root->children[i].media_type);
	}
	return false;
}

bool image_tree_is_only(const struct image *root, const struct digest *digest)
{
	for (size_t i = 0; i < root->child_count; i++) {
		if (!root->children[i].attestation &&
		    !digest_equal(&root->children[i].digest, digest))
			return false;
	}
	return true;
}

static bool visit_leaf(struct walk *walk, const struct descriptor *child)
{
	struct platform_list *list = walk->user;

	if (is_index_type(child->media_type))
		return false;
	if (list->leaf_count < TREE_LEAVES)
		list->leaves[list->leaf_count++] = child->digest;
	else
		walk->unsure = true;
	for (size_t i = 0; i < list->count; i++) {
		if (platform_equal(&list->items[i], &child->platform))
			return false;
	}
	if (platform_known(&child->platform) && list->count < TREE_LEAVES)
		list->items[list->count++] = child->platform;
	return false;
}

enum found image_tree_platforms(struct inquiry *inquiry, const struct side *where,
				const struct image *root, struct platform_list *list)
{
	struct walk walk = { inquiry, where, visit_leaf, list, false, false };

	list->count = list->leaf_count = 0;
	if (root->kind != IMAGE_INDEX) {
		list->leaves[list->leaf_count++] = root->digest;
		return FOUND_YES;
	}
	return walk_tree(&walk, root);
}
