#include "drift/sight.h"

void sight_make(struct sight *sight, const struct snapshot *snapshot)
{
	*sight = (struct sight){
		.areas = AREAS_INIT,
		.selective = snapshot->selector[0] != '\0',
		.no_inline_waivers = snapshot->no_inline_waivers,
		.policy_file = snapshot->policy.file ? snapshot->policy.file : "",
	};
	for (size_t i = 0; i < snapshot->coverage_count; i++)
		areas_ask(&sight->areas, snapshot->coverage[i].scope,
			  snapshot->coverage[i].observed);
	for (size_t i = 0; i < snapshot->gap_count; i++) {
		if (snapshot->gaps[i].scope[0] != '\0')
			areas_hide(&sight->areas, snapshot->gaps[i].scope);
	}
}

void sight_release(struct sight *sight)
{
	areas_release(&sight->areas);
}

bool sight_asked(const struct sight *sight, const char *scope)
{
	return areas_around(&sight->areas, scope).asked;
}

bool sight_observed(const struct sight *sight, const char *scope)
{
	struct area around = areas_around(&sight->areas, scope);

	return around.asked && !around.missed && !around.hidden;
}

bool sight_observed_whole(const struct sight *sight, const char *area)
{
	return sight_observed(sight, area) && !areas_have_hole(&sight->areas, area);
}

bool sight_leaves_out(const struct sight *sight, const char *scope)
{
	return sight->selective && strncmp(scope, "cluster/", strlen("cluster/")) == 0;
}
