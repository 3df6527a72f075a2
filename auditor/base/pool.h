/*
 * pool.h - texts that are kept once
 *
 * Names, images and digests come up again and again in what a cluster says.  Equal
 * texts get one address, so that they can be compared and hashed by it.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/memory.h"
#include "base/table.h"

struct pool {
	struct arena *arena; /* where the texts are kept: it may outlive the pool */
	struct table texts;
};

#define POOL_INIT(arena_pointer)                                                         \
	{                                                                                \
		(arena_pointer), TABLE_INIT                                              \
	}

/* The one copy of `text`. */
const char *pool_keep(struct pool *pool, const char *text);

/* Forget which texts there are; they stay in the arena. */
void pool_release(struct pool *pool);

#endif
