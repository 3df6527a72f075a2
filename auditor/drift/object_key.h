/*
 * object_key.h - objects of a cluster, and things kept by them
 */
#ifndef DRIFT_OBJECT_KEY_H
#define DRIFT_OBJECT_KEY_H

#include "base/buf.h"
#include "model/snapshot.h"

/* Old groups that served the same objects; they are one object under today's group. */
struct object_id object_normal(const struct object_id *object);

/* Key of an object in some place (a namespace, a file), to which parts may be added. */
struct buf object_key(const char *place, const struct object_id *object);

/* The place of a value under a key, of which a new one is kept in the arena. */
void **object_slot(struct table *table, struct arena *arena, const struct buf *key);

/* The value that was put under object_key() itself, or NULL. */
void *object_find(const struct table *table, const char *place,
		  const struct object_id *object);

#endif
