#include "drift/sight.h"

#include "model/scope.h"

/* What coverage and gaps say of one area. */
struct area {
	bool asked;
	bool missed; /* asked, and not observed */
	bool hidden; /* by a gap */
};

static struct area *area_of(struct sight *sight, const char *scope)
{
	const char **key;
	void **slot = table_slot(&sight->areas, scope, strlen(scope), &key);

	if (!*slot) {
		*key = arena_strdup(&sight->arena, scope);
		*slot = arena_alloc(&sight->arena, sizeof(struct area));
	}
	return *slot;
}

void sight_make(struct sight *sight, const struct snapshot *snapshot)
{
	*sight = (struct sight){
		.arena = ARENA_INIT,
		.areas = TABLE_INIT,
		.selective = snapshot->selector[0] != '\0',
		.no_inline_waivers = snapshot->no_inline_waivers,
		.policy_file = snapshot->policy.file ? snapshot->policy.file : "",
	};
	for (size_t i = 0; i < snapshot->coverage_count; i++) {
		struct area *area = area_of(sight, snapshot->coverage[i].scope);

		area->asked = true;
		area->missed |= !snapshot->coverage[i].observed;
	}
	for (size_t i = 0; i < snapshot->gap_count; i++) {
		if (snapshot->gaps[i].scope[0] != '\0')
			area_of(sight, snapshot->gaps[i].scope)->hidden = true;
	}
}

void sight_release(struct sight *sight)
{
	table_release(&sight->areas);
	arena_release(&sight->arena);
}

/* What is said of the areas that hold a scope. */
static struct area area_around(const struct sight *sight, const char *scope)
{
	struct area around = { false, false, false };

	/* From the narrowest: "a/b" and, as a folder, "a/" may be areas of their own. */
	for (size_t length = strlen(scope); length > 0; length--) {
		const struct area *area;

		if (scope[length] != '\0' && scope[length] != '/' &&
		    scope[length - 1] != '/')
			continue;
		area = table_find(&sight->areas, scope, length);
		if (!area)
			continue;
		around.hidden |= area->hidden;
		if (area->asked && !around.asked)
			around.missed = area->missed;
		around.asked |= area->asked;
	}
	return around;
}

bool sight_asked(const struct sight *sight, const char *scope)
{
	return area_around(sight, scope).asked;
}

bool sight_observed(const struct sight *sight, const char *scope)
{
	struct area around = area_around(sight, scope);

	return around.asked && !around.missed && !around.hidden;
}

bool sight_observed_whole(const struct sight *sight, const char *area)
{
	if (!sight_observed(sight, area))
		return false;
	for (size_t i = 0; i < sight->areas.count; i++) {
		const struct table_entry *entry = &sight->areas.entries[i];
		const struct area *part = entry->value;

		if ((part->hidden || part->missed) && scope_within(entry->key, area))
			return false;
	}
	return true;
}

bool sight_leaves_out(const struct sight *sight, const char *scope)
{
	return sight->selective && strncmp(scope, "cluster/", strlen("cluster/")) == 0;
}
