/*
 * memory.h - heap memory that never comes back NULL, and arenas
 *
 * Lack of memory is the one error that ends the program at once (exit 4).
 * An arena hands out memory that lives as long as the arena: whoever owns the
 * arena owns every string and array in it, and frees all of it in one call.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include "base/base.h"

/* As malloc and friends; free with free(). */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *memory, size_t size);
char *xstrdup(const char *text);

/* free() for CLEANUP(): `char *text CLEANUP(free_pointer)`. */
void free_pointer(void *pointer_to_pointer);

/*
 * Room for one more item behind `count` items in heap memory.
 *
 * There is no capacity to keep: memory grows where `count` is 0 or a power of
 * two from 8 on, so the array must have been filled through this call alone.
 *
 *	uses = array_grow(uses, use_count, sizeof(*uses));
 *	uses[use_count++] = use;
 */
void *array_grow(void *items, size_t count, size_t size);

struct arena_chunk;

struct arena {
	struct arena_chunk *chunk; /* newest first; NULL while empty */
	size_t used;               /* bytes used of the newest chunk */
	size_t total;              /* bytes of all chunks */
	struct arena_chunk *spare; /* from before arena_empty(), to be filled again */
};

#define ARENA_INIT                                                                       \
	{                                                                                \
		NULL, 0, 0, NULL                                                         \
	}

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
/* Copy `length` bytes and add a NUL. */
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* array_grow() for arrays that live in an arena; the outgrown copies stay behind. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t size);

/* Forget everything, keep one chunk for what comes next. */
void arena_clear(struct arena *arena);
/* Forget everything, keep all of the memory for as much again. */
void arena_empty(struct arena *arena);
/* Own all that `other` owns; that one is empty then, and can be used again. */
void arena_adopt(struct arena *arena, struct arena *other);
/* Free everything; the arena is empty and can be used again. */
void arena_release(struct arena *arena);

#endif
