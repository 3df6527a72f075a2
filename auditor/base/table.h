/*
 * table.h - a hash table from byte strings to pointers
 *
 * Keys are borrowed: whoever puts one in keeps it alive (an arena does).
 * Values are never freed here.  The hash is seeded once a process, since keys
 * come from strangers.  Iteration order is insertion order.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/base.h"

struct table_entry {
	const char *key;
	size_t length; /* bytes in key */
	uint64_t hash;
	void *value;
};

struct table {
	struct table_entry *entries; /* count items, in insertion order */
	size_t count;
	uint32_t *slots;   /* entry number + 1; 0: empty */
	size_t slot_count; /* 0 or a power of two */
};

#define TABLE_INIT                                                                       \
	{                                                                                \
		NULL, 0, NULL, 0                                                         \
	}

/* The value under `key`, or NULL. */
void *table_find(const struct table *table, const char *key, size_t length);

/*
 * The place of the value under `key`, made (NULL) if it is new.
 * Where `*value` comes back NULL, the caller sets it, and sets `*key_kept`
 * (unless it is NULL itself) to a copy of the key that lives as long as the table.
 * Both pointers are good until the next call.
 */
void **table_slot(struct table *table, const char *key, size_t length,
		  const char ***key_kept);

void table_release(struct table *table);

#endif
