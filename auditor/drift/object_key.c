#include "drift/object_key.h"

#include "model/workload.h"

struct object_id object_normal(const struct object_id *object)
{
	const struct workload_kind *kind =
		workload_kind_find(object->api_group, object->kind);
	struct object_id normal = *object;

	if (kind)
		normal.api_group = kind->api_group;
	return normal;
}

struct buf object_key(const char *place, const struct object_id *object)
{
	struct object_id normal = object_normal(object);
	struct buf key = BUF_KEY_INIT;

	buf_add_part(&key, place);
	buf_add_part(&key, normal.api_group);
	buf_add_part(&key, normal.kind);
	buf_add_part(&key, normal.name);
	return key;
}

void **object_slot(struct table *table, struct arena *arena, const struct buf *key)
{
	const char **kept;
	void **slot = table_slot(table, key->data, key->length, &kept);

	if (!*slot)
		*kept = arena_strndup(arena, key->data, key->length);
	return slot;
}

void *object_find(const struct table *table, const char *place,
		  const struct object_id *object)
{
	CLEANUP(buf_release) struct buf key = object_key(place, object);

	return table_find(table, key.data, key.length);
}
