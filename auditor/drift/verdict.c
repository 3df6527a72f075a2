#include "drift/verdict.h"

#include "drift/image_tree.h"

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

/* Two trees of images that are compared, and where their parts can be fetched. */
struct comparison {
	struct inquiry *inquiry;
	const struct side *declared_side, *running_side;
	const struct image *declared, *running; /* content; NULL while not known */
	const struct platform *platform;        /* of the node, may be unknown */
	struct verdict *verdict;
};

static void prove(struct verdict *verdict, const struct digest *digest)
{
	for (size_t i = 0; i < verdict->proof_count; i++) {
		if (digest_equal(&verdict->proof[i], digest))
			return;
	}
	if (verdict->proof_count < PROOF_MOST)
		verdict->proof[verdict->proof_count++] = *digest;
}

static void conclude(struct verdict *verdict, enum verdict_answer answer,
		     enum verdict_how how, const char *reason)
{
	verdict->answer = answer;
	verdict->how = how;
	verdict->reason = reason;
}

/* What is not known: to be learnt first, or not to be had at all. */
static void conclude_unknown(struct comparison *c, enum known known,
			     const struct digest *digest)
{
	char name[DIGEST_SHORT_SIZE];

	if (known == KNOWN_LATER) {
		conclude(c->verdict, VERDICT_LATER, HOW_NONE, "");
		return;
	}
	conclude(c->verdict, VERDICT_UNKNOWN, HOW_NONE,
		 arena_printf(c->inquiry->arena, "%s cannot be resolved: %s",
			      digest_short(name, digest), c->inquiry->reason));
}

static bool same_digests(const struct digest *a, size_t a_count, const struct digest *b,
			 size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++) {
		if (!digest_equal(&a[i], &b[i]))
			return false;
	}
	return true;
}

static bool same_layers(const struct image *a, const struct image *b)
{
	if (a->layer_count != b->layer_count)
		return false;
	for (size_t i = 0; i < a->layer_count; i++) {
		if (!digest_equal(&a->layers[i].digest, &b->layers[i].digest))
			return false;
	}
	return true;
}

/* A config proves an image only if it lists one diff_id for each layer. */
static bool config_describes(const struct image *config, const struct image *manifest)
{
	return config->kind == IMAGE_CONFIG &&
	       image_is_config_type(manifest->config.media_type) &&
	       config->diff_id_count == manifest->layer_count;
}

/* Two manifests with one config digest: twins, unless the config proves nothing. */
static void compare_twins(struct comparison *c, const struct image *a,
			  const struct image *b)
{
	const struct image *config;
	enum known known;

	if (same_layers(a, b)) {
		conclude(c->verdict, VERDICT_MATCH, HOW_CONFIG, "");
		return;
	}
	known = inquiry_config(c->inquiry, c->declared_side, &a->config.digest, &config);
	if (known == KNOWN_NO)
		known = inquiry_config(c->inquiry, c->running_side, &b->config.digest,
				       &config);
	if (known != KNOWN_YES) {
		conclude_unknown(c, known, &a->config.digest);
		return;
	}
	prove(c->verdict, &config->digest);
	if (config_describes(config, a) && config_describes(config, b))
		conclude(c->verdict, VERDICT_MATCH, HOW_CONFIG, "");
	else
		conclude(c->verdict, VERDICT_DRIFT, HOW_LAYERS, "");
}

/* Two manifests with different configs are different images; how different? */
static void grade(struct comparison *c, const struct image *a, const struct image *b)
{
	const struct image *config_a, *config_b;
	enum known known_a, known_b;
	bool same;

	known_a = inquiry_config(c->inquiry, c->declared_side, &a->config.digest,
				 &config_a);
	known_b =
		inquiry_config(c->inquiry, c->running_side, &b->config.digest, &config_b);
	if (known_a == KNOWN_LATER || known_b == KNOWN_LATER) {
		conclude(c->verdict, VERDICT_LATER, HOW_NONE, "");
		return;
	}
	same = same_layers(a, b);
	if (known_a == KNOWN_YES && known_b == KNOWN_YES) {
		prove(c->verdict, &config_a->digest);
		prove(c->verdict, &config_b->digest);
		same = same_digests(config_a->diff_ids, config_a->diff_id_count,
				    config_b->diff_ids, config_b->diff_id_count);
	}
	conclude(c->verdict, VERDICT_DRIFT, same ? HOW_CONFIG_ONLY : HOW_LAYERS, "");
}

/* Steps 5 and 6 for two image manifests: `a` declared, `b` running. */
static void compare_manifests(struct comparison *c, const struct image *a,
			      const struct image *b)
{
	prove(c->verdict, &a->digest);
	prove(c->verdict, &b->digest);
	if (digest_equal(&a->digest, &b->digest))
		conclude(c->verdict, VERDICT_MATCH, HOW_PLATFORM, "");
	else if (a->kind != IMAGE_MANIFEST || b->kind != IMAGE_MANIFEST)
		conclude(c->verdict, same_layers(a, b) ? VERDICT_MATCH : VERDICT_DRIFT,
			 same_layers(a, b) ? HOW_CONFIG : HOW_LAYERS, "");
	else if (digest_equal(&a->config.digest, &b->config.digest))
		compare_twins(c, a, b);
	else
		grade(c, a, b);
}

/* compare_manifests() for two digests whose content may still be wanted. */
static void compare_digests(struct comparison *c, const struct digest *a,
			    const struct digest *b)
{
	const struct image *image_a, *image_b;
	enum known known_a = inquiry_manifest(c->inquiry, c->declared_side, a, &image_a);
	enum known known_b;

	if (known_a == KNOWN_NO) {
		conclude_unknown(c, known_a, a);
		return;
	}
	known_b = inquiry_manifest(c->inquiry, c->running_side, b, &image_b);
	if (known_b != KNOWN_YES)
		conclude_unknown(c, known_b, b);
	else if (known_a != KNOWN_YES)
		conclude_unknown(c, known_a, a);
	else
		compare_manifests(c, image_a, image_b);
}

/* What both sides hold for one platform; false where one of them holds nothing. */
static bool compare_for_platform(struct comparison *c, const struct platform *platform)
{
	struct digest a, b;
	enum found found_a = image_tree_select(c->inquiry, c->declared_side, c->declared,
					       platform, &a);
	enum found found_b =
		image_tree_select(c->inquiry, c->running_side, c->running, platform, &b);

	if (found_a == FOUND_LATER || found_b == FOUND_LATER) {
		conclude(c->verdict, VERDICT_LATER, HOW_NONE, "");
		return true;
	}
	if (found_a != FOUND_YES || found_b != FOUND_YES)
		return false;
	if (digest_equal(&a, &b)) {
		prove(c->verdict, &c->declared->digest);
		prove(c->verdict, &c->running->digest);
		conclude(c->verdict, VERDICT_MATCH, HOW_PLATFORM, "");
	} else {
		compare_digests(c, &a, &b);
	}
	return true;
}

/*
 * The platform is not known: compare for every platform that both sides hold.  It is
 * a match or drift only if all of them say so.
 */
static void compare_for_all(struct comparison *c)
{
	struct platform_list platforms;
	size_t count[VERDICT_LATER + 1] = { 0 };
	size_t shared = 0;

	if (image_tree_platforms(c->inquiry, c->running_side, c->running, &platforms) ==
	    FOUND_LATER) {
		conclude(c->verdict, VERDICT_LATER, HOW_NONE, "");
		return;
	}
	for (size_t i = 0; i < platforms.count; i++) {
		if (!compare_for_platform(c, &platforms.items[i]))
			continue;
		shared++;
		count[c->verdict->answer]++;
	}
	if (count[VERDICT_LATER])
		conclude(c->verdict, VERDICT_LATER, HOW_NONE, "");
	else if (shared == 0)
		conclude(c->verdict, VERDICT_DRIFT, HOW_LAYERS,
			 "they hold no platform in common");
	else if (count[VERDICT_UNKNOWN])
		conclude(c->verdict, VERDICT_UNKNOWN, HOW_NONE,
			 "the node's platform is not known, and the image of some "
			 "platform cannot be resolved");
	else if (count[VERDICT_MATCH] != shared && count[VERDICT_DRIFT] != shared)
		conclude(c->verdict, VERDICT_UNKNOWN, HOW_NONE,
			 "the node's platform is not known, and the images are the same "
			 "for some platforms only");
}

/*
 * The same for the node's platform; for the other platforms that both indexes hold, are
 * they the same too?  What cannot be learnt about those changes nothing.
 */
static void compare_elsewhere(struct comparison *c)
{
	struct verdict here = *c->verdict;
	struct platform_list platforms;

	image_tree_platforms(c->inquiry, c->running_side, c->running, &platforms);
	for (size_t i = 0; i < platforms.count; i++) {
		if (platform_fits(&platforms.items[i], c->platform) ||
		    !compare_for_platform(c, &platforms.items[i]))
			continue;
		if (c->verdict->answer == VERDICT_LATER)
			return;
		if (c->verdict->answer == VERDICT_DRIFT) {
			conclude(c->verdict, VERDICT_DRIFT, HOW_OTHER_PLATFORM,
				 "the same image for the node's platform; the image "
				 "indexes differ for others");
			return;
		}
	}
	*c->verdict = here;
}

/* The platform that a lone manifest is for, as its config says. */
static enum known manifest_platform(struct comparison *c, const struct side *where,
				    const struct image *manifest,
				    struct platform *platform)
{
	const struct image *config;
	enum known known =
		inquiry_config(c->inquiry, where, &manifest->config.digest, &config);

	*platform = platform_make("", "", "");
	if (known == KNOWN_YES)
		*platform = config->platform;
	return known;
}

/*
 * One side is an index that has nothing for the node's platform, or the platform is not
 * known: the lone manifest on the other side says itself what it is for.
 */
static void compare_by_manifest(struct comparison *c, const struct side *where,
				const struct image *manifest)
{
	struct platform platform;
	enum known known = manifest_platform(c, where, manifest, &platform);

	if (known != KNOWN_YES) {
		conclude_unknown(c, known, &manifest->config.digest);
		return;
	}
	if (!compare_for_platform(c, &platform))
		conclude(c->verdict, VERDICT_DRIFT, HOW_LAYERS,
			 "the image index has no image for the manifest's platform");
}

/* Steps 5 and 6: both sides are known. */
static void compare_trees(struct comparison *c)
{
	bool indexes =
		c->declared->kind == IMAGE_INDEX && c->running->kind == IMAGE_INDEX;

	prove(c->verdict, &c->declared->digest);
	prove(c->verdict, &c->running->digest);
	if (c->declared->kind != IMAGE_INDEX && c->running->kind != IMAGE_INDEX) {
		compare_manifests(c, c->declared, c->running);
	} else if (platform_known(c->platform) && compare_for_platform(c, c->platform)) {
		if (indexes && c->verdict->answer == VERDICT_MATCH)
			compare_elsewhere(c);
	} else if (c->running->kind == IMAGE_MANIFEST) {
		compare_by_manifest(c, c->running_side, c->running);
	} else if (c->declared->kind == IMAGE_MANIFEST) {
		compare_by_manifest(c, c->declared_side, c->declared);
	} else if (!platform_known(c->platform)) {
		compare_for_all(c);
	} else {
		conclude(c->verdict, VERDICT_DRIFT, HOW_LAYERS,
			 "one of them has no image for the node's platform");
	}
}

/* The declared index has another manifest for the node's platform than `runs`. */
static void note_mismatch(struct comparison *c, const struct digest *runs)
{
	struct digest selected;

	if (platform_known(c->platform) &&
	    image_tree_select(c->inquiry, c->declared_side, c->declared, c->platform,
			      &selected) == FOUND_YES)
		c->verdict->platform_mismatch = !digest_equal(&selected, runs);
}

/* Step 2: the declared index leads to what runs. */
static void conclude_child(struct comparison *c)
{
	prove(c->verdict, &c->declared->digest);
	conclude(c->verdict, VERDICT_MATCH, HOW_PLATFORM, "");
	if (image_tree_is_leaf(c->declared, &c->running_side->digest))
		note_mismatch(c, &c->running_side->digest);
}

/* Step 3: what runs is an index that leads to the declared manifest. */
static bool conclude_parent(struct comparison *c)
{
	struct digest selected;
	enum found found = image_tree_find(c->inquiry, c->running_side, c->running,
					   &c->declared_side->digest);

	if (found != FOUND_YES)
		return false;
	prove(c->verdict, &c->running->digest);
	if (!platform_known(c->platform)) {
		bool only = image_tree_is_only(c->running, &c->declared_side->digest);

		conclude(c->verdict, only ? VERDICT_MATCH : VERDICT_UNKNOWN,
			 only ? HOW_PLATFORM : HOW_NONE,
			 only ? ""
			      : "the node's platform is not known, and the running image "
				"index holds more than the declared manifest");
		c->verdict->pin_platform = only;
		return true;
	}
	if (image_tree_select(c->inquiry, c->running_side, c->running, c->platform,
			      &selected) != FOUND_YES ||
	    !digest_equal(&selected, &c->declared_side->digest))
		return false;
	conclude(c->verdict, VERDICT_MATCH, HOW_PLATFORM, "");
	c->verdict->pin_platform = true;
	return true;
}

/* What runs is known by a reference, or its bare digest proved to be a manifest's. */
static void compare_running(struct comparison *c)
{
	if (c->declared->kind == IMAGE_INDEX || c->running->kind != IMAGE_INDEX ||
	    !conclude_parent(c))
		compare_trees(c);
}

/* Step 4: is the bare digest the config of what was declared? */
static enum found find_config(struct comparison *c)
{
	struct platform_list platforms;
	const struct image *manifest;
	enum found found = image_tree_platforms(c->inquiry, c->declared_side, c->declared,
						&platforms);

	if (found == FOUND_LATER)
		return found;
	found = FOUND_NO;
	for (size_t i = 0; i < platforms.leaf_count; i++) {
		enum known known = inquiry_manifest(c->inquiry, c->declared_side,
						    &platforms.leaves[i], &manifest);

		if (known == KNOWN_LATER) {
			found = FOUND_LATER;
		} else if (known == KNOWN_NO) {
			found = found == FOUND_LATER ? found : FOUND_UNSURE;
		} else if (digest_equal(&manifest->config.digest,
					&c->running_side->digest)) {
			prove(c->verdict, &manifest->digest);
			note_mismatch(c, &manifest->digest);
			return FOUND_YES;
		}
	}
	return found;
}

/* The bare digest is no config of the declared image: is it proved to be another's? */
static void compare_config(struct comparison *c, enum found found)
{
	const struct image *config;
	enum known known = inquiry_config(c->inquiry, c->running_side,
					  &c->running_side->digest, &config);

	if (known != KNOWN_YES) {
		conclude_unknown(c, known, &c->running_side->digest);
	} else if (config->kind != IMAGE_CONFIG || found == FOUND_UNSURE) {
		conclude(c->verdict, VERDICT_UNKNOWN, HOW_NONE,
			 "the bare image ID names nothing that can be compared");
	} else {
		prove(c->verdict, &c->declared->digest);
		prove(c->verdict, &config->digest);
		conclude(c->verdict, VERDICT_DRIFT, HOW_LAYERS,
			 "the bare image ID is the config of another image");
	}
}

static void compare_bare(struct comparison *c)
{
	enum found found = find_config(c);
	enum known known;

	if (found == FOUND_YES) {
		conclude(c->verdict, VERDICT_MATCH, HOW_CONFIG, "");
		return;
	}
	if (found == FOUND_LATER) {
		conclude(c->verdict, VERDICT_LATER, HOW_NONE, "");
		return;
	}
	known = inquiry_manifest(c->inquiry, c->running_side, &c->running_side->digest,
				 &c->running);
	if (known == KNOWN_LATER)
		conclude_unknown(c, known, &c->running_side->digest);
	else if (known == KNOWN_YES && c->running->kind != IMAGE_CONFIG)
		compare_running(c);
	else
		compare_config(c, found);
}

/* Steps 2 to 6, in order. */
static void compare(struct comparison *c)
{
	enum known known = inquiry_manifest(c->inquiry, c->declared_side,
					    &c->declared_side->digest, &c->declared);
	enum found found;

	if (known != KNOWN_YES) {
		conclude_unknown(c, known, &c->declared_side->digest);
		return;
	}
	found = image_tree_find(c->inquiry, c->declared_side, c->declared,
				&c->running_side->digest);
	if (found == FOUND_YES) {
		conclude_child(c);
		return;
	}
	if (found == FOUND_LATER) {
		conclude(c->verdict, VERDICT_LATER, HOW_NONE, "");
		return;
	}
	if (c->running_side->bare) {
		compare_bare(c);
		return;
	}
	known = inquiry_manifest(c->inquiry, c->running_side, &c->running_side->digest,
				 &c->running);
	if (known != KNOWN_YES)
		conclude_unknown(c, known, &c->running_side->digest);
	else
		compare_running(c);
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

	inquiry->silent = false;
	if (digest_equal(&declared->digest, &running->digest))
		conclude(&verdict, VERDICT_MATCH, HOW_EXACT, "");
	else if (digest_is_placeholder(&declared->digest))
		conclude(&verdict, VERDICT_UNKNOWN, HOW_NONE,
			 "the declared digest names no image");
	else
		compare(&c);
	verdict.silent = inquiry->silent;
	return verdict;
}
