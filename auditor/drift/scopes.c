#include "drift/scopes.h"

void scope_set_add(struct scope_set *set, const char *scope)
{
	const char **key;
	void **slot = table_slot(&set->scopes, scope, strlen(scope), &key);

	if (*slot)
		return;
	*key = scope;
	*slot = set;
}

void scope_set_add_lines(struct scope_set *set, struct arena *arena, const char *lines)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");

		scope_set_add(set, arena_strndup(arena, lines, length));
		lines += length + (lines[length] == '\n');
	}
}

static int compare_scopes(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

const char *scope_set_text(const struct scope_set *set, struct arena *arena)
{
	const char **sorted CLEANUP(free_pointer) = NULL;
	size_t count = set->scopes.count, length = 0;
	char *text, *end;

	sorted = xcalloc(count, sizeof(*sorted));
	for (size_t i = 0; i < count; i++) {
		sorted[i] = set->scopes.entries[i].key;
		length += set->scopes.entries[i].length + 1;
	}
	if (count > 1)
		qsort(sorted, count, sizeof(*sorted), compare_scopes);
	text = end = arena_alloc(arena, length + 1);
	for (size_t i = 0; i < count; i++) {
		end = stpcpy(end, sorted[i]);
		*end++ = '\n';
	}
	return text;
}

void scope_set_release(struct scope_set *set)
{
	table_release(&set->scopes);
}
