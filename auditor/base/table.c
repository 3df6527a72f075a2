#include "base/table.h"

#include "base/memory.h"

#include <stdatomic.h>
#include <sys/random.h>

#define FIRST_SLOTS 64

/*
 * Random once a process: names chosen by strangers must not choose their slots.  Of
 * threads that are first at the same time one wins.
 */
static uint64_t hash_seed(void)
{
	static _Atomic uint64_t kept;
	uint64_t seed = atomic_load_explicit(&kept, memory_order_relaxed), none = 0;

	if (seed)
		return seed;
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uint64_t)(uintptr_t)&kept;
	seed |= 1;
	return atomic_compare_exchange_strong(&kept, &none, seed) ? seed : none;
}

/* Every bit of the word comes to depend on those below it, then on those above. */
static uint64_t mix(uint64_t word)
{
	word *= 0x9e3779b97f4a7c15u; /* 2^64 / golden ratio, odd */
	return word ^ (word >> 32);
}

/* Seeded, eight bytes at a time: keys are paths and names of some length. */
static uint64_t hash_bytes(const char *key, size_t length)
{
	uint64_t hash = hash_seed() ^ length, word;

	for (; length >= sizeof(word); length -= sizeof(word), key += sizeof(word)) {
		memcpy(&word, key, sizeof(word));
		hash = mix(hash ^ word);
	}
	word = 0;
	memcpy(&word, key, length);
	return mix(mix(hash ^ word));
}

/* The slot that holds the key, or the empty one where it belongs. */
static size_t slot_of(const struct table *table, const char *key, size_t length,
		      uint64_t hash)
{
	size_t mask = table->slot_count - 1;
	size_t slot = (size_t)hash & mask;

	while (table->slots[slot]) {
		const struct table_entry *entry = &table->entries[table->slots[slot] - 1];

		if (entry->hash == hash && entry->length == length &&
		    memcmp(entry->key, key, length) == 0)
			break;
		slot = (slot + 1) & mask;
	}
	return slot;
}

static void table_grow(struct table *table)
{
	size_t mask;

	table->slot_count = table->slot_count ? table->slot_count * 2 : FIRST_SLOTS;
	free(table->slots);
	table->slots = xcalloc(table->slot_count, sizeof(*table->slots));
	mask = table->slot_count - 1;
	for (size_t i = 0; i < table->count; i++) {
		size_t slot = (size_t)table->entries[i].hash & mask;

		while (table->slots[slot])
			slot = (slot + 1) & mask;
		table->slots[slot] = (uint32_t)i + 1;
	}
}

void *table_find(const struct table *table, const char *key, size_t length)
{
	size_t slot;

	if (!table->slot_count)
		return NULL;
	slot = slot_of(table, key, length, hash_bytes(key, length));
	return table->slots[slot] ? table->entries[table->slots[slot] - 1].value : NULL;
}

void **table_slot(struct table *table, const char *key, size_t length,
		  const char ***key_kept)
{
	uint64_t hash = hash_bytes(key, length);
	struct table_entry *entry;
	size_t slot;

	if (table->count * 2 >= table->slot_count)
		table_grow(table);
	slot = slot_of(table, key, length, hash);
	if (!table->slots[slot]) {
		table->entries =
			array_grow(table->entries, table->count, sizeof(*table->entries));
		table->entries[table->count] =
			(struct table_entry){ key, length, hash, NULL };
		table->slots[slot] = (uint32_t)++table->count;
	}
	entry = &table->entries[table->slots[slot] - 1];
	if (key_kept)
		*key_kept = &entry->key;
	return &entry->value;
}

void table_release(struct table *table)
{
	free(table->entries);
	free(table->slots);
	*table = (struct table)TABLE_INIT;
}
