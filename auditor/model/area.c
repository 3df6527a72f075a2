#include "model/area.h"

#include "model/scope.h"

static struct area *area_at(struct areas *areas, const char *scope)
{
	const char **key;
	void **slot = table_slot(&areas->by_scope, scope, strlen(scope), &key);

	if (!*slot) {
		*key = arena_strdup(&areas->arena, scope);
		*slot = arena_alloc(&areas->arena, sizeof(struct area));
	}
	return *slot;
}

void areas_ask(struct areas *areas, const char *scope, bool observed)
{
	struct area *area = area_at(areas, scope);

	area->asked = true;
	area->missed |= !observed;
}

void areas_hide(struct areas *areas, const char *scope)
{
	area_at(areas, scope)->hidden = true;
}

void areas_release(struct areas *areas)
{
	table_release(&areas->by_scope);
	arena_release(&areas->arena);
}

struct area areas_around(const struct areas *areas, const char *scope)
{
	struct area around = { false, false, false };

	/* From the narrowest: "a/b" and, as a folder, "a/" may be areas of their own. */
	for (size_t length = strlen(scope); length > 0; length--) {
		const struct area *area;

		if (scope[length] != '\0' && scope[length] != '/' &&
		    scope[length - 1] != '/')
			continue;
		area = table_find(&areas->by_scope, scope, length);
		if (!area)
			continue;
		around.hidden |= area->hidden;
		if (area->asked && !around.asked)
			around.missed = area->missed;
		around.asked |= area->asked;
	}
	return around;
}

bool areas_have_hole(const struct areas *areas, const char *scope)
{
	for (size_t i = 0; i < areas->by_scope.count; i++) {
		const struct table_entry *entry = &areas->by_scope.entries[i];
		const struct area *part = entry->value;

		if ((part->hidden || part->missed) && scope_within(entry->key, scope))
			return true;
	}
	return false;
}
