#include "drift/verdict.h"

#include "drift/comparison.h"
#include "drift/image_tree.h"
#include "drift/tree_comparison.h"

static const char *const answer_names[] = {
	[VERDICT_NONE] = "none",     [VERDICT_MATCH] = "match",
	[VERDICT_DRIFT] = "drift",   [VERDICT_UNKNOWN] = "unknown",
	[VERDICT_LATER] = "unknown",
};

static const char *const how_names[] = {
	[HOW_NONE] = "",
	[HOW_EXACT] = "exact",
	[HOW_PLATFORM] = "platform",
	[HOW_CONFIG] = "config",
	[HOW_BOUND] = "bound",
	[HOW_LAYERS] = "layers",
	[HOW_CONFIG_ONLY] = "config-only",
	[HOW_OTHER_PLATFORM] = "other-platform",
};

const char *verdict_answer_name(enum verdict_answer answer)
{
	return answer_names[answer];
}

const char *verdict_how_name(enum verdict_how how)
{
	return how_names[how];
}

static void conclude_later(struct comparison *c)
{
	comparison_conclude(c, VERDICT_LATER, HOW_NONE, "");
}

/* A match by the image of another platform than the node's. */
static void note_mismatch(struct comparison *c, const struct digest *manifest)
{
	c->verdict->platform_mismatch =
		platform_known(c->platform) &&
		image_tree_is_for_other(c->inquiry, c->declared_side, c->declared,
					manifest, c->platform);
}

/* Step 3, where the platform is not known: does the running index hold anything else? */
static void conclude_only_child(struct comparison *c)
{
	struct leaf_list leaves;
	enum found found =
		image_tree_leaves(c->inquiry, c->running_side, c->running, &leaves);

	if (found == FOUND_LATER) {
		conclude_later(c);
	} else if (found == FOUND_YES && leaves.count == 1) {
		comparison_conclude(c, VERDICT_MATCH, HOW_PLATFORM, "");
		c->verdict->pin_platform = true;
	} else {
		comparison_conclude(c, VERDICT_UNKNOWN, HOW_NONE,
				    "the node's platform is not known, and the running "
				    "image index holds more than the declared manifest");
	}
}

/* Step 3: what runs is an index that leads to the declared manifest. */
static bool conclude_parent(struct comparison *c)
{
	const struct digest *declared = &c->declared_side->digest;
	struct leaf_list leaves;

	switch (image_tree_find(c->inquiry, c->running_side, c->running, declared)) {
	case FOUND_YES:
		break;
	case FOUND_LATER:
		conclude_later(c);
		return true;
	case FOUND_NO:
	case FOUND_UNSURE:
		return false;
	}
	comparison_prove(c, c->running);
	if (!platform_known(c->platform)) {
		conclude_only_child(c);
		return true;
	}
	if (image_tree_select(c->inquiry, c->running_side, c->running, c->platform,
			      &leaves) != FOUND_YES ||
	    leaves.count != 1 || !leaf_list_has(&leaves, declared))
		return false;
	comparison_conclude(c, VERDICT_MATCH, HOW_PLATFORM, "");
	c->verdict->pin_platform = true;
	return true;
}

/* Steps 3, 5 and 6: both contents are known, and the running one is no config. */
static void compare_running(struct comparison *c)
{
	if (c->declared->kind == IMAGE_INDEX || c->running->kind != IMAGE_INDEX ||
	    !conclude_parent(c))
		tree_comparison(c);
}

/* Step 4: does one of these manifests of the declared image have the bare digest? */
static enum found match_config(struct comparison *c, const struct leaf_list *leaves)
{
	enum found found = FOUND_NO;

	for (size_t i = 0; i < leaves->count; i++) {
		const struct image *manifest;
		enum known known = inquiry_manifest(c->inquiry, c->declared_side,
						    &leaves->items[i], &manifest);

		if (known == KNOWN_LATER) {
			found = FOUND_LATER;
		} else if (known == KNOWN_NO || !digest_known(&manifest->config.digest)) {
			found = found == FOUND_LATER ? found : FOUND_UNSURE;
		} else if (digest_equal(&manifest->config.digest,
					&c->running_side->digest)) {
			comparison_prove(c, manifest);
			comparison_conclude(c, VERDICT_MATCH, HOW_CONFIG, "");
			note_mismatch(c, &manifest->digest);
			return FOUND_YES;
		}
	}
	return found;
}

/* The same for the node's platform, and only then for all the others. */
static enum found find_config(struct comparison *c)
{
	struct leaf_list leaves;
	enum found found, all;

	if (platform_known(c->platform)) {
		found = image_tree_select(c->inquiry, c->declared_side, c->declared,
					  c->platform, &leaves);
		if (found == FOUND_YES)
			found = match_config(c, &leaves);
		if (found == FOUND_YES || found == FOUND_LATER)
			return found;
	}
	all = image_tree_leaves(c->inquiry, c->declared_side, c->declared, &leaves);
	if (all == FOUND_LATER)
		return all;
	found = match_config(c, &leaves);
	return found == FOUND_NO && all == FOUND_UNSURE ? all : found;
}

/* The config that is declared for the platform of the running config, or NULL. */
static enum known declared_config(struct comparison *c, const struct image *running,
				  const struct image **config)
{
	const struct image *manifest;
	struct leaf_list leaves;
	enum known known;

	if (image_tree_select(c->inquiry, c->declared_side, c->declared,
			      &running->platform, &leaves) != FOUND_YES ||
	    leaves.count != 1)
		return KNOWN_NO;
	known = inquiry_manifest(c->inquiry, c->declared_side, &leaves.items[0],
				 &manifest);
	if (known != KNOWN_YES)
		return known;
	return inquiry_config(c->inquiry, c->declared_side, &manifest->config.digest,
			      config);
}

/* The bare digest is proved to be the config of another image. */
static void conclude_other_config(struct comparison *c, const struct image *running)
{
	const struct image *declared;
	enum known known = declared_config(c, running, &declared);

	comparison_prove(c, c->declared);
	comparison_prove(c, running);
	if (known == KNOWN_LATER)
		conclude_later(c);
	else if (known == KNOWN_YES && declared->kind == IMAGE_CONFIG)
		comparison_of_configs(c, declared, running);
	else
		comparison_conclude(c, VERDICT_DRIFT, HOW_LAYERS, "");
}

/* The bare digest is a config's, and no declared manifest is known to have that. */
static void compare_config(struct comparison *c, enum found found)
{
	if (found == FOUND_UNSURE)
		comparison_conclude(c, VERDICT_UNKNOWN, HOW_NONE,
				    "the bare image ID may be a config of the declared "
				    "image, not all of which can be resolved");
	else
		conclude_other_config(c, c->running);
}

/*
 * The content of a bare digest.  It is asked for as a config's first, which it usually
 * is; what it turns out to be does not depend on the question.
 */
static enum known find_bare(struct comparison *c, const struct side *side,
			    const struct image **content)
{
	enum known known = inquiry_config(c->inquiry, side, &side->digest, content);

	if (known != KNOWN_NO)
		return known;
	return inquiry_manifest(c->inquiry, side, &side->digest, content);
}

/* Step 4: a bare digest may be a config's, a manifest's or an index's. */
static void compare_bare(struct comparison *c)
{
	enum found found = find_config(c);
	enum known known;

	if (found == FOUND_YES)
		return;
	if (found == FOUND_LATER) {
		conclude_later(c);
		return;
	}
	known = find_bare(c, c->running_side, &c->running);
	if (known != KNOWN_YES)
		comparison_conclude_unknown(c, known, &c->running_side->digest);
	else if (c->running->kind == IMAGE_CONFIG)
		compare_config(c, found);
	else if (c->running->kind == IMAGE_OTHER)
		comparison_conclude_unread(c, c->running);
	else
		compare_running(c);
}

/* Two bare digests of one container, of which the first is a config's. */
static void compare_bare_pair(struct comparison *c)
{
	const struct digest *digest = &c->running_side->digest;
	const struct image *config;
	enum known known = inquiry_config(c->inquiry, c->running_side, digest, &config);

	if (known != KNOWN_YES)
		comparison_conclude_unknown(c, known, digest);
	else if (config->kind != IMAGE_CONFIG)
		comparison_conclude_unread(c, config);
	else
		comparison_of_configs(c, c->declared, config);
}

/* Where both digests are bare, the first may be a config's as well. */
static enum known find_declared(struct comparison *c)
{
	const struct side *side = c->declared_side;

	if (side->bare)
		return find_bare(c, side, &c->declared);
	return inquiry_manifest(c->inquiry, side, &side->digest, &c->declared);
}

/* The declared content is an index or a manifest; what runs is known by a reference. */
static void compare_reference(struct comparison *c)
{
	const struct digest *digest = &c->running_side->digest;
	enum known known =
		inquiry_manifest(c->inquiry, c->running_side, digest, &c->running);

	if (known != KNOWN_YES)
		comparison_conclude_unknown(c, known, digest);
	else if (c->running->kind == IMAGE_CONFIG || c->running->kind == IMAGE_OTHER)
		comparison_conclude_unread(c, c->running);
	else
		compare_running(c);
}

/* Steps 2 to 6, in order; the declared content is known. */
static void compare_content(struct comparison *c)
{
	switch (image_tree_find(c->inquiry, c->declared_side, c->declared,
				&c->running_side->digest)) {
	case FOUND_YES:
		comparison_prove(c, c->declared);
		comparison_conclude(c, VERDICT_MATCH, HOW_PLATFORM, "");
		note_mismatch(c, &c->running_side->digest);
		break;
	case FOUND_LATER:
		conclude_later(c);
		break;
	case FOUND_NO:
	case FOUND_UNSURE:
		if (c->running_side->bare)
			compare_bare(c);
		else
			compare_reference(c);
		break;
	}
}

static void compare(struct comparison *c)
{
	enum known known = find_declared(c);

	if (known != KNOWN_YES)
		comparison_conclude_unknown(c, known, &c->declared_side->digest);
	else if (c->declared->kind == IMAGE_CONFIG && c->declared_side->bare &&
		 c->running_side->bare)
		compare_bare_pair(c);
	else if (c->declared->kind == IMAGE_CONFIG || c->declared->kind == IMAGE_OTHER)
		comparison_conclude_unread(c, c->declared);
	else
		compare_content(c);
}

struct verdict verdict_compare(struct inquiry *inquiry, const struct side *declared,
			       const struct side *running,
			       const struct platform *platform)
{
	struct verdict verdict = { .reason = "" };
	struct comparison c = {
		.inquiry = inquiry,
		.declared_side = declared,
		.running_side = running,
		.platform = platform,
		.verdict = &verdict,
	};

	if (digest_equal(&declared->digest, &running->digest))
		comparison_conclude(&c, VERDICT_MATCH, HOW_EXACT, "");
	else if (!digest_known(&running->digest) || !digest_known(&declared->digest))
		comparison_conclude(&c, VERDICT_UNKNOWN, HOW_NONE,
				    "its image ID names no digest");
	else
		compare(&c);
	return verdict;
}

struct verdict verdict_compare_peers(struct inquiry *inquiry, const struct side *a,
				     const struct side *b,
				     const struct platform *platform)
{
	bool swap = a->bare && !b->bare;
	struct verdict one =
		verdict_compare(inquiry, swap ? b : a, swap ? a : b, platform);
	struct verdict other;

	if (one.answer != VERDICT_UNKNOWN || a->bare || b->bare)
		return one;
	other = verdict_compare(inquiry, b, a, platform);
	return other.answer != VERDICT_UNKNOWN ? other : one;
}
