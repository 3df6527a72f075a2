#include "store/store_private.h"

#include <openssl/sha.h>

void span_key_add(struct buf *key, const char *text)
{
	buf_add(key, text, strlen(text) + 1); /* the NUL ends it: no text holds one */
}

/*
 * A key has hundreds of bytes, and there is one for each thing that runs: its hash
 * stands for it.
 */
struct span_hash {
	unsigned char bytes[SHA256_DIGEST_LENGTH];
};

static struct span_hash hash_of(const struct buf *key)
{
	struct span_hash hash;

	SHA256((const unsigned char *)buf_text(key), key->length, hash.bytes);
	return hash;
}

void *span_find(const struct table *table, const struct buf *key)
{
	const struct span_hash hash = hash_of(key);

	return table_find(table, (const char *)hash.bytes, sizeof(hash.bytes));
}

void **span_slot(struct table *table, const struct buf *key, struct arena *arena)
{
	const struct span_hash hash = hash_of(key);
	const char *bytes = (const char *)hash.bytes, **kept;
	void **slot = table_slot(table, bytes, sizeof(hash.bytes), &kept);

	if (!*slot)
		*kept = arena_strndup(arena, bytes, sizeof(hash.bytes));
	return slot;
}
