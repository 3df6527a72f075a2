#include "drift/comparison.h"

void comparison_conclude(struct comparison *c, enum verdict_answer answer,
			 enum verdict_how how, const char *reason)
{
	c->verdict->answer = answer;
	c->verdict->how = how;
	c->verdict->reason = reason;
	c->verdict->silent = false;
	c->verdict->one_platform = false;
	c->verdict->partly = false;
}

void comparison_conclude_unknown(struct comparison *c, enum known known,
				 const struct digest *digest)
{
	struct inquiry *inquiry = c->inquiry;
	char name[DIGEST_SHORT_SIZE];

	if (known == KNOWN_LATER) {
		comparison_conclude(c, VERDICT_LATER, HOW_NONE, "");
		return;
	}
	comparison_conclude(c, VERDICT_UNKNOWN, HOW_NONE,
			    arena_printf(inquiry->arena, "%s cannot be resolved: %s",
					 digest_known(digest) ? digest_short(name, digest)
							      : "a digest",
					 inquiry->reason));
	c->verdict->silent = inquiry->silent;
}

void comparison_prove(struct comparison *c, const struct image *image)
{
	struct verdict *verdict = c->verdict;

	for (size_t i = 0; i < verdict->proof_count; i++) {
		if (verdict->proof[i] == &image->digest)
			return;
	}
	if (verdict->proof_count < PROOF_MOST)
		verdict->proof[verdict->proof_count++] = &image->digest;
}

void comparison_conclude_unread(struct comparison *c, const struct image *image)
{
	char name[DIGEST_SHORT_SIZE];

	comparison_conclude(c, VERDICT_UNKNOWN, HOW_NONE,
			    arena_printf(c->inquiry->arena,
					 "%s is of a kind that is not read",
					 digest_short(name, &image->digest)));
}

enum sameness { SAME, DIFFERENT, UNSURE };

/* Digests of an algorithm that is not ours are unknown, and may be anything. */
static enum sameness digest_sameness(const struct digest *a, const struct digest *b)
{
	if (!digest_known(a) || !digest_known(b))
		return UNSURE;
	return digest_equal(a, b) ? SAME : DIFFERENT;
}

static enum sameness both(enum sameness one, enum sameness other)
{
	if (one == DIFFERENT || other == DIFFERENT)
		return DIFFERENT;
	return one == UNSURE ? one : other;
}

static enum sameness layers_sameness(const struct image *a, const struct image *b)
{
	enum sameness same = a->layer_count == b->layer_count ? SAME : DIFFERENT;

	for (size_t i = 0; i < a->layer_count && same != DIFFERENT; i++)
		same = both(same,
			    digest_sameness(&a->layers[i].digest, &b->layers[i].digest));
	return same;
}

static enum sameness diff_ids_sameness(const struct image *a, const struct image *b)
{
	enum sameness same = a->diff_id_count == b->diff_id_count ? SAME : DIFFERENT;

	for (size_t i = 0; i < a->diff_id_count && same != DIFFERENT; i++)
		same = both(same, digest_sameness(&a->diff_ids[i], &b->diff_ids[i]));
	return same;
}

/* How another image differs, by what its layers hold. */
static enum verdict_how grade(enum sameness content)
{
	return content == SAME ? HOW_CONFIG_ONLY : HOW_LAYERS;
}

/* Layers are all that there is to go by. */
static void compare_layers(struct comparison *c, const struct image *a,
			   const struct image *b)
{
	enum sameness layers = layers_sameness(a, b);

	if (layers == UNSURE || (a->layer_count == 0 && b->layer_count == 0))
		comparison_conclude(c, VERDICT_UNKNOWN, HOW_NONE,
				    "the images hold nothing that can be compared");
	else if (layers == SAME)
		comparison_conclude(c, VERDICT_MATCH, HOW_CONFIG, "");
	else
		comparison_conclude(c, VERDICT_DRIFT, HOW_LAYERS, "");
}

void comparison_of_configs(struct comparison *c, const struct image *a,
			   const struct image *b)
{
	comparison_prove(c, a);
	comparison_prove(c, b);
	comparison_conclude(c, VERDICT_DRIFT, grade(diff_ids_sameness(a, b)), "");
	c->verdict->one_platform = platform_known(&a->platform) &&
				   platform_equal(&a->platform, &b->platform);
}

/* A config proves an image only if it lists one diff_id for each layer. */
static bool config_describes(const struct image *config, const struct image *manifest)
{
	return config->kind == IMAGE_CONFIG &&
	       config->diff_id_count == manifest->layer_count;
}

/* Two images whose configs, the same one or two, are known. */
static void compare_with_configs(struct comparison *c, const struct image *a,
				 const struct image *b, const struct image *config_a,
				 const struct image *config_b)
{
	bool twins = config_a == config_b;
	bool empty = config_a->diff_id_count == 0 && config_b->diff_id_count == 0;
	bool described = config_describes(config_a, a) && config_describes(config_b, b);

	comparison_prove(c, config_a);
	comparison_prove(c, config_b);
	if (described && twins)
		comparison_conclude(c, VERDICT_MATCH, HOW_CONFIG, "");
	else if (described)
		comparison_of_configs(c, config_a, config_b);
	else if (empty)
		compare_layers(c, a, b);
	else if (twins)
		comparison_conclude(c, VERDICT_UNKNOWN, HOW_NONE,
				    "both name one image config, which does not have a "
				    "diff_id for each of their layers");
	else
		comparison_conclude(c, VERDICT_DRIFT, grade(layers_sameness(a, b)), "");
}

/* One config may be had from either side's repositories. */
static enum known find_twin_config(struct comparison *c, const struct image *a,
				   const struct image **config)
{
	const struct digest *digest = &a->config.digest;
	enum known known = inquiry_config(c->inquiry, c->declared_side, digest, config);

	if (known != KNOWN_NO)
		return known;
	return inquiry_config(c->inquiry, c->running_side, digest, config);
}

/* The same config over other layers: twins, if that config tells of the layers. */
static void compare_twins(struct comparison *c, const struct image *a,
			  const struct image *b)
{
	const struct image *config;
	enum known known = find_twin_config(c, a, &config);

	if (known == KNOWN_YES)
		compare_with_configs(c, a, b, config, config);
	else
		comparison_conclude_unknown(c, known, &a->config.digest);
}

/* Other configs make other images; the configs tell how different. */
static void compare_strangers(struct comparison *c, const struct image *a,
			      const struct image *b)
{
	const struct image *config_a, *config_b;
	enum known known_a = inquiry_config(c->inquiry, c->declared_side,
					    &a->config.digest, &config_a);
	enum known known_b =
		inquiry_config(c->inquiry, c->running_side, &b->config.digest, &config_b);

	if (known_a == KNOWN_LATER || known_b == KNOWN_LATER)
		comparison_conclude(c, VERDICT_LATER, HOW_NONE, "");
	else if (known_a == KNOWN_YES && known_b == KNOWN_YES)
		compare_with_configs(c, a, b, config_a, config_b);
	else
		comparison_conclude(c, VERDICT_DRIFT, grade(layers_sameness(a, b)), "");
}

static bool is_manifest(const struct image *image)
{
	return image->kind == IMAGE_MANIFEST || image->kind == IMAGE_ARTIFACT;
}

/* Two manifests with image configs. */
static void compare_images(struct comparison *c, const struct image *a,
			   const struct image *b)
{
	enum sameness configs = digest_sameness(&a->config.digest, &b->config.digest);

	if (configs == UNSURE)
		comparison_conclude(c, VERDICT_UNKNOWN, HOW_NONE,
				    "an image config has a digest of an algorithm that "
				    "is not read");
	else if (configs == DIFFERENT)
		compare_strangers(c, a, b);
	else if (layers_sameness(a, b) == SAME)
		comparison_conclude(c, VERDICT_MATCH, HOW_CONFIG, "");
	else
		compare_twins(c, a, b);
}

void comparison_of_manifests(struct comparison *c, const struct image *a,
			     const struct image *b)
{
	bool image_a = image_is_config_type(a->config.media_type);
	bool image_b = image_is_config_type(b->config.media_type);

	comparison_prove(c, a);
	comparison_prove(c, b);
	if (digest_equal(&a->digest, &b->digest))
		comparison_conclude(c, VERDICT_MATCH, HOW_PLATFORM, "");
	else if (!is_manifest(a))
		comparison_conclude_unread(c, a);
	else if (!is_manifest(b))
		comparison_conclude_unread(c, b);
	else if (image_a && image_b)
		compare_images(c, a, b);
	else if (image_a || image_b)
		comparison_conclude(c, VERDICT_DRIFT, grade(layers_sameness(a, b)), "");
	else
		compare_layers(c, a, b);
}

void comparison_of_digests(struct comparison *c, const struct digest *a,
			   const struct digest *b)
{
	const struct image *image_a, *image_b;
	enum known known_a = inquiry_manifest(c->inquiry, c->declared_side, a, &image_a);
	enum known known_b;

	if (known_a == KNOWN_NO) {
		comparison_conclude_unknown(c, known_a, a);
		return;
	}
	known_b = inquiry_manifest(c->inquiry, c->running_side, b, &image_b);
	if (known_b != KNOWN_YES)
		comparison_conclude_unknown(c, known_b, b);
	else if (known_a != KNOWN_YES)
		comparison_conclude_unknown(c, known_a, a);
	else
		comparison_of_manifests(c, image_a, image_b);
}
