#include "commands/tree_policy.h"

#include "drift/rules.h"
#include "model/scope.h"
#include "source/policy_file.h"

/* The ids of all rules, ending with NULL, in the arena. */
static const char *const *rule_names(struct arena *arena)
{
	const char **names = NULL;
	size_t count = 0;

	for (const struct rule *rule = rules; rule->id; rule++) {
		names = arena_grow(arena, names, count, sizeof(*names));
		names[count++] = rule->id;
	}
	names = arena_grow(arena, names, count, sizeof(*names));
	names[count] = NULL;
	return names;
}

static void tell_level(struct snapshot *snapshot, const struct policy_level *level)
{
	struct arena *arena = &snapshot->arena;
	enum level usual = rule_find(level->rule)->level;

	if (level->level == usual)
		return;
	snapshot_add_coverage(
		snapshot, scope_of_policy(arena, snapshot->policy.file, level->rule),
		true,
		arena_printf(arena, "%s: %s is %s here, not %s", snapshot->policy.file,
			     level->rule, level_name(level->level), level_name(usual)));
}

bool tree_policy_read(struct snapshot *snapshot, const struct settings *settings,
		      const struct option_list *operands, struct error *err)
{
	if (operands->count == 0 && !settings->policy && !settings->files_from0)
		return true;
	if (!policy_file_load(snapshot, settings->policy, operands->items,
			      operands->count, rule_names(&snapshot->arena), err))
		return false;
	for (size_t i = 0; i < snapshot->policy.level_count; i++)
		tell_level(snapshot, &snapshot->policy.levels[i]);
	return true;
}
