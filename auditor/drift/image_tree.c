#include "drift/image_tree.h"

/* What is read of one tree for one question; a hostile registry may serve endless ones.
 */
#define NESTING 4                                  /* indexes within indexes */
#define NESTED_MOST 16                             /* nested indexes */
#define CHILDREN_MOST (2 * (size_t)IMAGE_CHILDREN) /* children, over all of them */

static bool is_index_type(const char *media_type)
{
	return strcmp(media_type, "application/vnd.oci.image.index.v1+json") == 0 ||
	       strcmp(media_type,
		      "application/vnd.docker.distribution.manifest.list.v2+json") == 0;
}

/* One visit of every runnable child below a root, in order. */
struct walk {
	struct inquiry *inquiry;
	const struct side *where;
	/* Returns true to stop: what was looked for is found. */
	bool (*visit)(struct walk *walk, const struct descriptor *child);
	void *user;
	size_t nested_count, child_count; /* so far */
	bool later, unsure;
};

/* The content of a nested index; NULL where it is not there (yet). */
static const struct image *nested_index(struct walk *walk, const struct digest *digest)
{
	const struct image *nested = NULL;
	enum known known = KNOWN_NO;

	if (walk->nested_count++ < NESTED_MOST)
		known = inquiry_manifest(walk->inquiry, walk->where, digest, &nested);
	if (known == KNOWN_YES && nested->kind == IMAGE_INDEX)
		return nested;
	if (known == KNOWN_LATER)
		walk->later = true;
	else
		walk->unsure = true;
	return NULL;
}

static bool walk_index(struct walk *walk, const struct image *index, int nesting)
{
	for (size_t i = 0; i < index->child_count; i++) {
		const struct descriptor *child = &index->children[i];
		const struct image *nested = NULL;

		if (walk->child_count++ == CHILDREN_MOST) {
			walk->unsure = true;
			return false;
		}
		if (child->attestation)
			continue;
		if (walk->visit(walk, child))
			return true;
		if (!is_index_type(child->media_type))
			continue;
		if (nesting < NESTING)
			nested = nested_index(walk, &child->digest);
		else
			walk->unsure = true;
		if (nested && walk_index(walk, nested, nesting + 1))
			return true;
	}
	return false;
}

/* FOUND_YES where a visit stopped it; else whether all of the tree was seen. */
static enum found walk_tree(struct walk *walk, const struct image *root)
{
	if (root->kind == IMAGE_INDEX && walk_index(walk, root, 0))
		return FOUND_YES;
	return walk->later ? FOUND_LATER : walk->unsure ? FOUND_UNSURE : FOUND_NO;
}

static struct walk walk_of(struct inquiry *inquiry, const struct side *where,
			   bool (*visit)(struct walk *, const struct descriptor *),
			   void *user)
{
	return (struct walk){
		.inquiry = inquiry,
		.where = where,
		.visit = visit,
		.user = user,
	};
}

bool leaf_list_has(const struct leaf_list *list, const struct digest *digest)
{
	for (size_t i = 0; i < list->count; i++) {
		if (digest_equal(&list->items[i], digest))
			return true;
	}
	return false;
}

/* A digest of an algorithm that is not ours names a manifest that cannot be compared. */
static void leaf_add(struct walk *walk, struct leaf_list *list,
		     const struct digest *digest)
{
	if (leaf_list_has(list, digest))
		return;
	if (!digest_known(digest) || list->count == TREE_LEAVES)
		walk->unsure = true;
	else
		list->items[list->count++] = *digest;
}

static bool visit_digest(struct walk *walk, const struct descriptor *child)
{
	return digest_equal(&child->digest, walk->user);
}

enum found image_tree_find(struct inquiry *inquiry, const struct side *where,
			   const struct image *root, const struct digest *digest)
{
	struct digest wanted = *digest;
	struct walk walk = walk_of(inquiry, where, visit_digest, &wanted);

	return walk_tree(&walk, root);
}

struct selection {
	const struct platform *platform;
	struct leaf_list *fitting, *unnamed;
};

static bool visit_platform(struct walk *walk, const struct descriptor *child)
{
	const struct selection *selection = walk->user;

	if (is_index_type(child->media_type))
		return false;
	if (!platform_known(&child->platform))
		leaf_add(walk, selection->unnamed, &child->digest);
	else if (platform_fits(&child->platform, selection->platform))
		leaf_add(walk, selection->fitting, &child->digest);
	return false;
}

enum found image_tree_select(struct inquiry *inquiry, const struct side *where,
			     const struct image *root, const struct platform *platform,
			     struct leaf_list *leaves)
{
	struct leaf_list unnamed = { .count = 0 };
	struct selection selection = { platform, leaves, &unnamed };
	struct walk walk = walk_of(inquiry, where, visit_platform, &selection);
	enum found found;

	if (root->kind != IMAGE_INDEX)
		return image_tree_leaves(inquiry, where, root, leaves);
	leaves->count = 0;
	found = walk_tree(&walk, root);
	if (leaves->count == 0)
		*leaves = unnamed;
	return found == FOUND_NO && leaves->count > 0 ? FOUND_YES : found;
}

/* What is said of one manifest below a root. */
struct mentions {
	const struct digest *digest;
	const struct platform *platform;
	bool for_other, for_this;
};

static bool visit_mention(struct walk *walk, const struct descriptor *child)
{
	struct mentions *mentions = walk->user;

	if (is_index_type(child->media_type) ||
	    !digest_equal(&child->digest, mentions->digest))
		return false;
	if (platform_known(&child->platform) &&
	    !platform_fits(&child->platform, mentions->platform))
		mentions->for_other = true;
	else
		mentions->for_this = true;
	return mentions->for_this;
}

bool image_tree_is_for_other(struct inquiry *inquiry, const struct side *where,
			     const struct image *root, const struct digest *digest,
			     const struct platform *platform)
{
	struct mentions mentions = { digest, platform, false, false };
	struct walk walk = walk_of(inquiry, where, visit_mention, &mentions);

	walk_tree(&walk, root);
	return mentions.for_other && !mentions.for_this;
}

static bool visit_leaf(struct walk *walk, const struct descriptor *child)
{
	if (!is_index_type(child->media_type))
		leaf_add(walk, walk->user, &child->digest);
	return false;
}

enum found image_tree_leaves(struct inquiry *inquiry, const struct side *where,
			     const struct image *root, struct leaf_list *leaves)
{
	struct walk walk = walk_of(inquiry, where, visit_leaf, leaves);
	enum found found;

	leaves->count = 0;
	if (root->kind != IMAGE_INDEX) {
		leaves->items[leaves->count++] = root->digest;
		return FOUND_YES;
	}
	found = walk_tree(&walk, root);
	return found == FOUND_NO && leaves->count > 0 ? FOUND_YES : found;
}

static bool visit_named(struct walk *walk, const struct descriptor *child)
{
	struct platform_list *list = walk->user;

	if (is_index_type(child->media_type))
		return false;
	if (!platform_known(&child->platform)) {
		list->unnamed = true;
		return false;
	}
	for (size_t i = 0; i < list->count; i++) {
		if (platform_equal(&list->items[i], &child->platform))
			return false;
	}
	if (list->count < TREE_LEAVES)
		list->items[list->count++] = child->platform;
	else
		walk->unsure = true;
	return false;
}

enum found image_tree_platforms(struct inquiry *inquiry, const struct side *where,
				const struct image *root, struct platform_list *platforms)
{
	struct walk walk = walk_of(inquiry, where, visit_named, platforms);
	enum found found;

	platforms->count = 0;
	platforms->unnamed = root->kind != IMAGE_INDEX;
	found = walk_tree(&walk, root);
	if (found != FOUND_NO)
		return found;
	return platforms->count > 0 || platforms->unnamed ? FOUND_YES : FOUND_NO;
}
