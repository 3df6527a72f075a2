/*
 * image_world.h - images made by hand, and a registry that holds them
 *
 * A world's registry holds what its lines describe, one image a line:
 *
 *	config NAME PLATFORM DIFF_ID...		"-" for a platform that is not said
 *	manifest NAME CONFIG LAYER...
 *	artifact NAME LAYER...			with the empty config of OCI
 *	index NAME CHILD[=PLATFORM]...		"!CHILD" is an attestation, "*CHILD" an
 *						index that the registry need not hold
 *	other NAME				of a type that is not read
 *
 * The digest of anything is the digest of its name; "?NAME" stands for a digest of an
 * algorithm that is not ours.  Helpers fail the test where a line cannot be read.
 */
#ifndef TESTS_UNIT_IMAGE_WORLD_H
#define TESTS_UNIT_IMAGE_WORLD_H

#include "drift/inquiry.h"

#include "tests/unit/check.h"

#define WORLD_HOST "registry.example.com"
#define WORLD_REPOSITORY "shop/web"

struct image_world {
	struct snapshot snapshot;
	struct arena arena;    /* of what the registry holds */
	struct image_set held; /* by the registry */
	struct table tags;     /* "repository:tag" to struct digest */
	struct table names;    /* digest to the name of what the registry holds */
	const char *silent;    /* a host that gives no usable answer, or "" */
	size_t asked;          /* questions so far */
};

void image_world_init(struct image_world *world, const char *const *lines, size_t count);
void image_world_release(struct image_world *world);

struct digest image_world_digest(const char *name);
/* The name of an image of the registry; the digest itself where there is none. */
const char *image_world_name(const struct image_world *world,
			     const struct digest *digest);

/* A tag of the registry's (in any repository of that name) names an image. */
void image_world_tag(struct image_world *world, const char *repository, const char *tag,
		     const char *name);

/* The snapshot knows all that the registry holds. */
void image_world_learn(struct image_world *world);

/*
 * Answer as registries and the store do: facts, and the content of what is found.  The
 * registry holds its images in every repository of WORLD_HOST; another host has none.
 */
void image_world_answer(struct image_world *world, const struct wants *wants);

#endif
