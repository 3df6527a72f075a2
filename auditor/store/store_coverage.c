#include "store/store_private.h"

#include "model/scope.h"

/* What was read of a file with such a gap is not all that it declares. */
static const bool hides_a_file[GAP_KIND_COUNT] = {
	[GAP_NOT_YAML] = true,
	[GAP_TOO_LARGE] = true,
	[GAP_UNREADABLE] = true,
	[GAP_HELM_TEMPLATE] = true,
};

struct coverage_list coverage_with_gaps(struct arena *arena,
					const struct coverage_list *coverage,
					const struct gap *gaps, size_t gap_count)
{
	struct coverage_list all = { NULL, 0 };

	all.items =
		arena_alloc(arena, (coverage->count + gap_count) * sizeof(*all.items));
	for (size_t i = 0; i < coverage->count; i++)
		all.items[all.count++] = coverage->items[i];
	for (size_t i = 0; i < gap_count; i++) {
		if (hides_a_file[gaps[i].kind] && gaps[i].scope[0] != '\0')
			all.items[all.count++] =
				(struct coverage){ gaps[i].scope, false, "" };
	}
	return all;
}

bool coverage_observed(const struct coverage_list *coverage, const char *scope)
{
	const struct coverage *nearest = NULL;
	size_t nearest_length = 0;

	for (size_t i = 0; i < coverage->count; i++) {
		const struct coverage *item = &coverage->items[i];
		size_t length = strlen(item->scope);
		bool nearer = !nearest || length > nearest_length;

		/* Of two entries for one area, "not observed" counts. */
		if (!nearer && length == nearest_length)
			nearer = !item->observed;
		if (!nearer || !scope_within(scope, item->scope))
			continue;
		nearest = item;
		nearest_length = length;
	}
	return nearest && nearest->observed;
}

static bool coverage_asked(const struct coverage_list *coverage, const char *scope)
{
	for (size_t i = 0; i < coverage->count; i++) {
		if (scope_within(scope, coverage->items[i].scope))
			return true;
	}
	return false;
}

/* True if `holds` for one of `scopes`, each ended by "\n" (`any`), or for all of them. */
static bool scopes_hold(const struct coverage_list *coverage, const char *scopes,
			bool any,
			bool (*holds)(const struct coverage_list *, const char *))
{
	char *copy CLEANUP(free_pointer) = xstrdup(scopes);
	char *rest = copy, *scope;

	while ((scope = strsep(&rest, "\n"))) {
		if (scope[0] != '\0' && holds(coverage, scope) == any)
			return any;
	}
	return !any;
}

bool coverage_observed_any(const struct coverage_list *coverage, const char *scopes)
{
	return scopes_hold(coverage, scopes, true, coverage_observed);
}

bool coverage_asked_for(const struct coverage_list *coverage, const char *scopes,
			bool any)
{
	return scopes_hold(coverage, scopes, any, coverage_asked);
}

bool coverage_memo_observed(struct coverage_memo *memo, const char *rest)
{
	static bool yes = true, no = false;
	const char **key;
	void **known = table_slot(&memo->known, rest, strlen(rest), &key);

	if (!*known) {
		const char *scope = memo->scope(&memo->arena, memo->key, rest);

		*key = arena_strdup(&memo->arena, rest);
		*known = coverage_observed(&memo->coverage, scope) ? &yes : &no;
	}
	return *known == &yes;
}

void coverage_memo_release(struct coverage_memo *memo)
{
	table_release(&memo->known);
	arena_release(&memo->arena);
}
