#include "store/store_private.h"

/* What was read of a file with such a gap is not all that it declares. */
static const bool hides_a_file[GAP_KIND_COUNT] = {
	[GAP_NOT_YAML] = true,
	[GAP_TOO_LARGE] = true,
	[GAP_UNREADABLE] = true,
	[GAP_HELM_TEMPLATE] = true,
};

void coverage_take(struct areas *covered, const struct coverage *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		areas_ask(covered, items[i].scope, items[i].observed);
}

void coverage_take_gaps(struct areas *covered, const struct gap *gaps, size_t gap_count)
{
	for (size_t i = 0; i < gap_count; i++) {
		if (hides_a_file[gaps[i].kind] && gaps[i].scope[0] != '\0')
			areas_ask(covered, gaps[i].scope, false);
	}
}

bool coverage_observed(const struct areas *covered, const char *scope)
{
	struct area around = areas_around(covered, scope);

	return around.asked && !around.missed;
}

static bool coverage_asked(const struct areas *covered, const char *scope)
{
	return areas_around(covered, scope).asked;
}

/* True if `holds` for one of `scopes`, each ended by "\n" (`any`), or for all of them. */
static bool scopes_hold(const struct areas *covered, const char *scopes, bool any,
			bool (*holds)(const struct areas *, const char *))
{
	char *copy CLEANUP(free_pointer) = xstrdup(scopes);
	char *rest = copy, *scope;

	while ((scope = strsep(&rest, "\n"))) {
		if (scope[0] != '\0' && holds(covered, scope) == any)
			return any;
	}
	return !any;
}

bool coverage_observed_any(const struct areas *covered, const char *scopes)
{
	return scopes_hold(covered, scopes, true, coverage_observed);
}

bool coverage_asked_for(const struct areas *covered, const char *scopes, bool any)
{
	return scopes_hold(covered, scopes, any, coverage_asked);
}

bool coverage_memo_observed(struct coverage_memo *memo, const char *rest)
{
	static bool yes = true, no = false;
	const char **key;
	void **known = table_slot(&memo->known, rest, strlen(rest), &key);

	if (!*known) {
		const char *scope = memo->scope(&memo->arena, memo->key, rest);

		*key = arena_strdup(&memo->arena, rest);
		*known = coverage_observed(memo->covered, scope) ? &yes : &no;
	}
	return *known == &yes;
}

void coverage_memo_release(struct coverage_memo *memo)
{
	table_release(&memo->known);
	arena_release(&memo->arena);
}
