#include "store/store_private.h"

void span_key_add(struct buf *key, const char *text)
{
	buf_add(key, text, strlen(text) + 1); /* the NUL ends it: no text holds one */
}

void **span_slot(struct table *table, const struct buf *key, struct arena *arena)
{
	const char **kept;
	void **slot = table_slot(table, buf_text(key), key->length, &kept);

	if (!*slot)
		*kept = arena_strndup(arena, buf_text(key), key->length);
	return slot;
}
