/*
 * inquiry.h - what judging asks about images
 *
 * Judging is pure: what it needs to know comes from the snapshot.  What is missing
 * there is noted as wanted; the caller learns it (store, registries) and judges
 * again, until nothing is wanted.
 */
#ifndef DRIFT_INQUIRY_H
#define DRIFT_INQUIRY_H

#include "base/buf.h"
#include "model/snapshot.h"

/* What is wanted, each thing once. */
struct wants {
	struct arena *arena; /* of the items and keys */
	struct want *items;
	size_t count;
	struct table keys;
};

void wants_add(struct wants *wants, const struct want *want);
void wants_release(struct wants *wants);

/* A repository. */
struct place {
	const char *registry, *repository;
};

#define PLACES_MOST 3

/* A digest, and the repositories it may be found in, the likeliest first. */
struct side {
	struct digest digest;
	bool bare; /* may be a config's digest as well */
	struct place places[PLACES_MOST];
	size_t place_count;
};

/* Add a repository unless it is there already or unknown. */
void side_add_place(struct side *side, const char *registry, const char *repository);

enum known {
	KNOWN_YES,
	KNOWN_NO,    /* asked, and not to be had */
	KNOWN_LATER, /* wanted, and not asked yet */
};

struct inquiry {
	const struct snapshot *snapshot;
	struct wants *wants; /* NULL: the last judgement, nothing more is asked */
	struct arena *arena; /* of the reasons */
	const char *reason;  /* why the last KNOWN_NO was not to be had */
	bool silent; /* because a registry gave no usable answer: its facts say so */
};

/* The content of a manifest or index. */
enum known inquiry_manifest(struct inquiry *inquiry, const struct side *where,
			    const struct digest *digest, const struct image **image);

/* The content of a config. */
enum known inquiry_config(struct inquiry *inquiry, const struct side *where,
			  const struct digest *digest, const struct image **image);

/* What a tag resolves to: KNOWN_YES with the fact, whatever its state. */
enum known inquiry_tag(struct inquiry *inquiry, const char *registry,
		       const char *repository, const char *tag,
		       const struct tag_fact **fact);

/* Whether a repository holds a declared digest: KNOWN_YES with the fact, whatever its
 * state. */
enum known inquiry_presence(struct inquiry *inquiry, const struct image_ref *ref,
			    const struct digest_fact **fact);

#endif
