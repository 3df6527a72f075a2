#include "base/pool.h"

const char *pool_keep(struct pool *pool, const char *text)
{
	size_t length = strlen(text);
	const char **key;
	void **slot;

	if (length == 0)
		return "";
	slot = table_slot(&pool->texts, text, length, &key);
	if (!*slot)
		*key = *slot = arena_strndup(pool->arena, text, length);
	return *slot;
}

void pool_release(struct pool *pool)
{
	table_release(&pool->texts);
}
