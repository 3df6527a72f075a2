/*
 * image.h - what a digest names: image index, image manifest or image config
 *
 * OCI Image Specification, image-index.md, manifest.md, config.md; Docker's
 * manifest list and manifest v2 schema 2 have the same shape.  Content is known
 * only by bytes that were hashed: who makes a `struct image` has verified them.
 */
#ifndef MODEL_IMAGE_H
#define MODEL_IMAGE_H

#include "base/memory.h"
#include "base/table.h"
#include "model/digest.h"
#include "model/platform.h"

#define IMAGE_BODY_BYTES ((size_t)4 * 1024 * 1024) /* most bytes of a body */
#define IMAGE_CHILDREN 10000                       /* most children of an index */

enum image_kind {
	IMAGE_OTHER, /* bytes of a type that we do not read (schema 1, unknown types) */
	IMAGE_INDEX, /* image index, manifest list */
	IMAGE_MANIFEST, /* image manifest */
	IMAGE_ARTIFACT, /* a manifest with an artifactType or without an image config */
	IMAGE_CONFIG,   /* image config: has diff_ids */
};

/* A descriptor inside an index, a manifest's config, or a layer. */
struct descriptor {
	const char *media_type;
	struct digest digest;
	int64_t size;             /* bytes */
	struct platform platform; /* of an index's children; often unknown */
	bool attestation;         /* BuildKit's: runs nowhere */
};

struct image {
	struct digest digest;
	const char *media_type; /* "" for a config fetched as a blob */
	enum image_kind kind;
	int64_t size;                /* bytes of the body */
	struct descriptor *children; /* IMAGE_INDEX: manifests[] */
	size_t child_count;
	struct descriptor config; /* IMAGE_MANIFEST, IMAGE_ARTIFACT */
	struct descriptor *layers;
	size_t layer_count;
	const char *artifact_type;
	struct digest *diff_ids; /* IMAGE_CONFIG: rootfs.diff_ids */
	size_t diff_id_count;
	struct platform platform; /* IMAGE_CONFIG: os, architecture, variant */
	int64_t fetched_at;       /* Unix seconds, UTC */
	const char *fetched_from; /* registry/repository */
	const char *body;         /* the bytes themselves, `size` of them, while they are
				     not in the store yet; else NULL */
};

/* What to read an image from; borrowed. */
struct image_source {
	const char *body;
	size_t length;
	/*
	 * The Content-Type without parameters, or the parent descriptor's; "" where that
	 * says nothing (a blob, application/json): then the body's own `mediaType` or its
	 * shape decides.
	 */
	const char *media_type;
};

/*
 * Read a body whose digest was verified by the caller.  `digest`, `body` and the
 * fetched_… fields are left to the caller.
 *
 * Errors: ERROR_SYNTAX (no JSON object, a digest in it that is none, a `mediaType` in the
 * body that contradicts), ERROR_LIMIT.
 */
MUST_CHECK bool image_parse(struct image *image, struct arena *arena,
			    const struct image_source *source, struct error *err);

/* True for the media types of image configs. */
bool image_is_config_type(const char *media_type);

/* All the content that is known, by digest. */
struct image_set {
	struct table by_digest; /* digest text to struct image */
};

/* Borrowed; NULL where the content is not known. */
struct image *image_set_find(const struct image_set *set, const struct digest *digest);
/* The image and all in it must live as long as the set.  An equal digest is replaced. */
void image_set_add(struct image_set *set, struct image *image);
void image_set_release(struct image_set *set);

#endif
