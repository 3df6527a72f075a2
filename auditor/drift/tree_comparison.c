#include "drift/tree_comparison.h"

#include "drift/image_tree.h"

/* What there is to compare for one platform. */
enum pairing {
	PAIR_JUDGED,  /* one manifest on either side: the verdict is theirs */
	PAIR_OPEN,    /* something is wanted, or not to be had: the verdict says so */
	PAIR_SEVERAL, /* more than one fits: the verdict is unknown */
	PAIR_NOT_DECLARED, /* only what runs has something for it */
	PAIR_NOT_RUNNING,  /* only what is declared has */
	PAIR_NONE,
};

static bool is_index(const struct image *image)
{
	return image->kind == IMAGE_INDEX;
}

static void conclude_unknown(struct comparison *c, const char *reason)
{
	comparison_conclude(c, VERDICT_UNKNOWN, HOW_NONE, reason);
}

static void conclude_missing(struct comparison *c, const char *whose,
			     const struct platform *platform)
{
	char text[PLATFORM_TEXT_SIZE];

	comparison_conclude(c, VERDICT_DRIFT, HOW_LAYERS,
			    arena_printf(c->inquiry->arena,
					 "the %s image index has no image for %s", whose,
					 platform_format(text, platform)));
}

static bool same_leaves(const struct leaf_list *a, const struct leaf_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (!leaf_list_has(b, &a->items[i]))
			return false;
	}
	return true;
}

/* Both sides have something for a platform. */
static enum pairing judge_pair(struct comparison *c, const struct leaf_list *a,
			       const struct leaf_list *b, const struct platform *platform)
{
	if (same_leaves(a, b)) {
		comparison_prove(c, c->declared);
		comparison_prove(c, c->running);
		comparison_conclude(c, VERDICT_MATCH, HOW_PLATFORM, "");
		return PAIR_JUDGED;
	}
	if (a->count > 1 || b->count > 1) {
		conclude_unknown(c, "several images of an image index fit the platform");
		return PAIR_SEVERAL;
	}
	comparison_of_digests(c, &a->items[0], &b->items[0]);
	if (c->verdict->answer == VERDICT_DRIFT && platform_known(platform))
		c->verdict->one_platform = true;
	return PAIR_JUDGED;
}

static enum pairing pair_for(struct comparison *c, const struct platform *platform)
{
	struct leaf_list a, b;
	enum found found_a = image_tree_select(c->inquiry, c->declared_side, c->declared,
					       platform, &a);
	enum found found_b =
		image_tree_select(c->inquiry, c->running_side, c->running, platform, &b);

	if (found_a == FOUND_LATER || found_b == FOUND_LATER) {
		comparison_conclude(c, VERDICT_LATER, HOW_NONE, "");
		return PAIR_OPEN;
	}
	if (found_a == FOUND_UNSURE || found_b == FOUND_UNSURE) {
		conclude_unknown(c, "not all of the image index can be resolved");
		return PAIR_OPEN;
	}
	if (found_a == FOUND_NO)
		return found_b == FOUND_NO ? PAIR_NONE : PAIR_NOT_DECLARED;
	if (found_b == FOUND_NO)
		return PAIR_NOT_RUNNING;
	return judge_pair(c, &a, &b, platform);
}

/* How many platforms came to each answer. */
struct tally {
	size_t answers[VERDICT_LATER + 1];
	size_t shared; /* of all: those that both sides hold */
};

static void tally_platform(struct comparison *c, struct tally *tally,
			   const struct platform *platform)
{
	switch (pair_for(c, platform)) {
	case PAIR_JUDGED:
	case PAIR_OPEN:
	case PAIR_SEVERAL:
		tally->shared++;
		tally->answers[c->verdict->answer]++;
		break;
	case PAIR_NOT_DECLARED:
	case PAIR_NOT_RUNNING:
	case PAIR_NONE:
		break;
	}
}

static void conclude_partly(struct comparison *c)
{
	conclude_unknown(c, "the platform is not known for sure, and the images are the "
			    "same for some platforms only");
	c->verdict->partly = true;
}

static void conclude_tally(struct comparison *c, const struct tally *tally)
{
	if (tally->answers[VERDICT_LATER])
		comparison_conclude(c, VERDICT_LATER, HOW_NONE, "");
	else if (tally->answers[VERDICT_UNKNOWN])
		conclude_unknown(c,
				 "the platform is not known for sure, and not all that "
				 "it may be can be compared");
	else if (tally->shared == 0)
		comparison_conclude(c, VERDICT_DRIFT, HOW_LAYERS,
				    "they hold no platform in common");
	else if (tally->answers[VERDICT_MATCH] != tally->shared &&
		 tally->answers[VERDICT_DRIFT] != tally->shared)
		conclude_partly(c);
}

/*
 * Two indexes, for every platform that both hold, and that `node` fits unless it is NULL.
 * They match, or drift, only where all of those do.
 */
static void compare_shared(struct comparison *c, const struct platform *node)
{
	const struct platform unnamed = platform_make("", "", "");
	struct platform_list ours, theirs;
	struct tally tally = { .shared = 0 };
	enum found found_a =
		image_tree_platforms(c->inquiry, c->declared_side, c->declared, &ours);
	enum found found_b =
		image_tree_platforms(c->inquiry, c->running_side, c->running, &theirs);

	if (found_a == FOUND_LATER || found_b == FOUND_LATER)
		tally.answers[VERDICT_LATER]++;
	if (found_a == FOUND_UNSURE || found_b == FOUND_UNSURE)
		tally.answers[VERDICT_UNKNOWN]++;
	for (size_t i = 0; i < theirs.count; i++) {
		if (!node || platform_fits(&theirs.items[i], node))
			tally_platform(c, &tally, &theirs.items[i]);
	}
	if (ours.unnamed && theirs.unnamed)
		tally_platform(c, &tally, &unnamed);
	else if (ours.unnamed || theirs.unnamed)
		tally.answers[VERDICT_UNKNOWN]++;
	conclude_tally(c, &tally);
}

/* What a lone manifest is for, as its config says; unknown where there is no such config.
 */
static enum known manifest_platform(struct comparison *c, const struct side *where,
				    const struct image *manifest,
				    struct platform *platform)
{
	const struct image *config;
	enum known known;

	*platform = platform_make("", "", "");
	if (!image_is_config_type(manifest->config.media_type))
		return KNOWN_YES;
	known = inquiry_config(c->inquiry, where, &manifest->config.digest, &config);
	if (known == KNOWN_YES)
		*platform = config->platform;
	return known;
}

/* A match of the image of `platform`, which the node may not be of. */
static void note_mismatch(struct comparison *c, const struct platform *platform)
{
	c->verdict->platform_mismatch = c->verdict->answer == VERDICT_MATCH &&
					platform_known(c->platform) &&
					!platform_fits(platform, c->platform);
}

/* A declared manifest is all that may run of a running index, or is it? */
static void check_alone(struct comparison *c)
{
	struct leaf_list leaves;

	if (c->verdict->answer != VERDICT_MATCH || platform_known(c->platform) ||
	    is_index(c->declared))
		return;
	if (image_tree_leaves(c->inquiry, c->running_side, c->running, &leaves) !=
		    FOUND_YES ||
	    leaves.count > 1)
		conclude_unknown(c, "the node's platform is not known, and the running "
				    "image index holds more than the declared image");
}

/* One side is a lone manifest, which says itself what it is for. */
static void compare_by_manifest(struct comparison *c)
{
	bool declared = !is_index(c->declared);
	const struct image *manifest = declared ? c->declared : c->running;
	struct platform platform;
	enum known known = manifest_platform(
		c, declared ? c->declared_side : c->running_side, manifest, &platform);

	if (known != KNOWN_YES) {
		comparison_conclude_unknown(c, known, &manifest->config.digest);
		return;
	}
	switch (pair_for(c, &platform)) {
	case PAIR_JUDGED:
		note_mismatch(c, &platform);
		check_alone(c);
		break;
	case PAIR_OPEN:
	case PAIR_SEVERAL:
		break;
	case PAIR_NOT_DECLARED:
	case PAIR_NOT_RUNNING:
	case PAIR_NONE:
		if (platform_known(&platform))
			conclude_missing(c, declared ? "running" : "declared", &platform);
		else
			conclude_unknown(c, "the manifest does not say what platform it "
					    "is for");
		break;
	}
}

/*
 * The same for the node's platform; for the other platforms that both indexes hold, are
 * they the same too?  What cannot be learnt about those changes nothing.
 */
static void compare_elsewhere(struct comparison *c)
{
	struct verdict here = *c->verdict;
	struct platform_list platforms;
	bool later = false;

	image_tree_platforms(c->inquiry, c->running_side, c->running, &platforms);
	for (size_t i = 0; i < platforms.count; i++) {
		if (platform_fits(&platforms.items[i], c->platform) ||
		    pair_for(c, &platforms.items[i]) != PAIR_JUDGED)
			continue;
		if (c->verdict->answer == VERDICT_DRIFT) {
			comparison_conclude(c, VERDICT_DRIFT, HOW_OTHER_PLATFORM, "");
			return;
		}
		later |= c->verdict->answer == VERDICT_LATER;
	}
	*c->verdict = here;
	if (later)
		comparison_conclude(c, VERDICT_LATER, HOW_NONE, "");
}

/* Another image than the node would select; perhaps one that is declared for another. */
static void compare_emulated(struct comparison *c)
{
	struct verdict here = *c->verdict;
	struct platform platform;
	enum pairing pairing;

	if (manifest_platform(c, c->running_side, c->running, &platform) != KNOWN_YES ||
	    !platform_known(&platform) || platform_fits(&platform, c->platform))
		return;
	pairing = pair_for(c, &platform);
	if (pairing == PAIR_NOT_DECLARED ||
	    (pairing == PAIR_JUDGED && c->verdict->answer == VERDICT_DRIFT))
		*c->verdict = here;
	note_mismatch(c, &platform);
}

/* Of two sides, at least one is an index, and the node's platform is known. */
static void compare_here(struct comparison *c)
{
	bool indexes = is_index(c->declared) && is_index(c->running);

	switch (pair_for(c, c->platform)) {
	case PAIR_JUDGED:
		if (indexes && c->verdict->answer == VERDICT_MATCH)
			compare_elsewhere(c);
		else if (!is_index(c->running) && c->verdict->answer == VERDICT_DRIFT)
			compare_emulated(c);
		break;
	case PAIR_OPEN:
		break;
	case PAIR_SEVERAL:
		if (indexes)
			compare_shared(c, c->platform);
		else if (!is_index(c->running))
			compare_by_manifest(c);
		break;
	case PAIR_NOT_DECLARED:
		if (indexes)
			conclude_missing(c, "declared", c->platform);
		else
			compare_by_manifest(c);
		break;
	case PAIR_NOT_RUNNING:
	case PAIR_NONE:
		if (!indexes) {
			compare_by_manifest(c);
			break;
		}
		compare_shared(c, NULL);
		c->verdict->platform_mismatch = c->verdict->answer == VERDICT_MATCH;
		break;
	}
}

void tree_comparison(struct comparison *c)
{
	comparison_prove(c, c->declared);
	comparison_prove(c, c->running);
	if (!is_index(c->declared) && !is_index(c->running))
		comparison_of_manifests(c, c->declared, c->running);
	else if (platform_known(c->platform))
		compare_here(c);
	else if (is_index(c->declared) && is_index(c->running))
		compare_shared(c, NULL);
	else
		compare_by_manifest(c);
}
