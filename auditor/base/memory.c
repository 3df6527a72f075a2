#include "base/memory.h"

#include <stdalign.h>
#include <stdarg.h>

#define CHUNK_SIZE ((size_t)64 * 1024) /* bytes */
#define EXIT_FATAL 4
#define GROW_FROM 8 /* items */

struct arena_chunk {
	struct arena_chunk *older;
	size_t size; /* bytes in data */
	alignas(max_align_t) char data[];
};

static void *checked(void *memory)
{
	if (!memory) {
		fputs("pindrift: out of memory\n", stderr);
		exit(EXIT_FATAL);
	}
	return memory;
}

void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *memory, size_t size)
{
	return checked(realloc(memory, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return checked(strdup(text));
}

void free_pointer(void *pointer_to_pointer)
{
	void **pointer = pointer_to_pointer;

	free(*pointer);
	*pointer = NULL;
}

/* The new capacity where `count` items fill the old one, else 0. */
static size_t grown_capacity(size_t count, size_t size)
{
	size_t capacity;

	if (count != 0 && (count < GROW_FROM || (count & (count - 1)) != 0))
		return 0;
	capacity = count == 0 ? GROW_FROM : count * 2;
	if (capacity > SIZE_MAX / 2 / size)
		checked(NULL);
	return capacity;
}

void *array_grow(void *items, size_t count, size_t size)
{
	size_t capacity = grown_capacity(count, size);

	return capacity ? xrealloc(items, capacity * size) : items;
}

/* A chunk with room for `size` bytes: one that is kept, if the next one will do. */
static struct arena_chunk *chunk_get(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->spare;

	if (chunk && chunk->size >= size) {
		arena->spare = chunk->older;
		return chunk;
	}
	if (size > SIZE_MAX - sizeof(*chunk))
		checked(NULL);
	chunk = xmalloc(sizeof(*chunk) + size);
	chunk->size = size;
	return chunk;
}

static struct arena_chunk *chunk_new(struct arena *arena, size_t least)
{
	size_t size = least > CHUNK_SIZE ? least : CHUNK_SIZE;
	struct arena_chunk *chunk = chunk_get(arena, size);

	chunk->older = arena->chunk;
	arena->chunk = chunk;
	arena->used = 0;
	arena->total += chunk->size;
	return chunk;
}

static size_t align(size_t size)
{
	return (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

/* Memory that is not zeroed. */
static char *arena_take(struct arena *arena, size_t size)
{
	size_t aligned = align(size);
	struct arena_chunk *chunk = arena->chunk;
	char *memory;

	if (aligned < size)
		checked(NULL);
	if (!chunk || aligned > chunk->size - arena->used)
		chunk = chunk_new(arena, aligned);
	memory = chunk->data + arena->used;
	arena->used += aligned;
	return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(arena_take(arena, size), 0, size);
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_take(arena, length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	size_t room = arena->chunk ? arena->chunk->size - arena->used : 0;
	char *text = room ? arena->chunk->data + arena->used : NULL;
	va_list args, again;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(text, room, format, args);
	va_end(args);
	if (length < 0)
		checked(NULL);
	if ((size_t)length < room) {
		arena->used += align((size_t)length + 1);
	} else {
		text = arena_take(arena, (size_t)length + 1);
		vsnprintf(text, (size_t)length + 1, format, again);
	}
	va_end(again);
	return text;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t size)
{
	size_t capacity = grown_capacity(count, size);
	void *grown;

	if (!capacity)
		return items;
	grown = arena_alloc(arena, capacity * size);
	if (count)
		memcpy(grown, items, count * size);
	return grown;
}

static void chunks_free(struct arena_chunk *chunk)
{
	while (chunk) {
		struct arena_chunk *older = chunk->older;

		free(chunk);
		chunk = older;
	}
}

void arena_clear(struct arena *arena)
{
	if (!arena->chunk)
		return;
	chunks_free(arena->chunk->older);
	arena->chunk->older = NULL;
	arena->used = 0;
	arena->total = arena->chunk->size;
}

void arena_empty(struct arena *arena)
{
	struct arena_chunk **oldest = &arena->chunk;

	while (*oldest)
		oldest = &(*oldest)->older;
	*oldest = arena->spare;
	arena->spare = arena->chunk;
	arena->chunk = NULL;
	arena->used = 0;
	arena->total = 0;
}

/* Behind the newest chunk, which goes on being filled. */
void arena_adopt(struct arena *arena, struct arena *other)
{
	struct arena_chunk **oldest = &arena->chunk;

	if (!arena->chunk)
		arena->used = other->used;
	else
		oldest = &arena->chunk->older;
	if (other->chunk) {
		struct arena_chunk *last = other->chunk;

		while (last->older)
			last = last->older;
		last->older = *oldest;
		*oldest = other->chunk;
	}
	arena->total += other->total;
	chunks_free(other->spare);
	*other = (struct arena)ARENA_INIT;
}

void arena_release(struct arena *arena)
{
	chunks_free(arena->chunk);
	chunks_free(arena->spare);
	*arena = (struct arena)ARENA_INIT;
}
