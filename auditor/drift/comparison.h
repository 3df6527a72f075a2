/*
 * comparison.h - two images held against each other
 *
 * The steps of docs/verdicts.md that look at content: what verdict.h starts, and
 * tree_comparison.h continues for whole image indexes.
 */
#ifndef DRIFT_COMPARISON_H
#define DRIFT_COMPARISON_H

#include "drift/verdict.h"

/* Two trees of images that are compared, and where their parts can be fetched. */
struct comparison {
	struct inquiry *inquiry;
	const struct side *declared_side, *running_side;
	const struct image *declared, *running; /* content; NULL while not known */
	const struct platform *platform;        /* of the node, may be unknown */
	struct verdict *verdict;
};

void comparison_conclude(struct comparison *c, enum verdict_answer answer,
			 enum verdict_how how, const char *reason);

/* What is not known (KNOWN_LATER, KNOWN_NO): to be learnt first, or not to be had. */
void comparison_conclude_unknown(struct comparison *c, enum known known,
				 const struct digest *digest);

/* Content that holds nothing which can be compared: schema 1, unknown media types. */
void comparison_conclude_unread(struct comparison *c, const struct image *image);

/* Remember content that the verdict rests on; borrowed. */
void comparison_prove(struct comparison *c, const struct image *image);

/* Two manifests, `a` declared and `b` running: the same image, or how different? */
void comparison_of_manifests(struct comparison *c, const struct image *a,
			     const struct image *b);

/* Two different image configs are two images; how different? */
void comparison_of_configs(struct comparison *c, const struct image *a,
			   const struct image *b);

/* comparison_of_manifests() for two digests whose content may still be wanted. */
void comparison_of_digests(struct comparison *c, const struct digest *a,
			   const struct digest *b);

#endif
