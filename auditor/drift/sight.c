#include "drift/sight.h"

#include "drift/object_key.h"
#include "model/scope.h"

/* Of a kind in a namespace of a cluster; "" for any kind, or for all namespaces. */
static struct buf unseen_key(uint32_t cluster, const char *namespace,
			     const char *api_group, const char *kind)
{
	const struct object_id object = { api_group, kind, "" };
	struct buf key = object_key(namespace, &object);

	buf_printf(&key, "%u", (unsigned)cluster);
	return key;
}

static void add_unseen(struct sight *sight, const struct unseen_kind *unseen)
{
	CLEANUP(buf_release)
	struct buf key = unseen_key(unseen->cluster, unseen->namespace, unseen->api_group,
				    unseen->kind);
	CLEANUP(buf_release)
	struct buf place = unseen_key(unseen->cluster, unseen->namespace, "", "");

	*object_slot(&sight->unseen, &sight->arena, &key) = sight;
	*object_slot(&sight->unseen, &sight->arena, &place) = sight;
}

static bool is_unseen(const struct sight *sight, const struct running_use *running,
		      const char *api_group, const char *kind)
{
	CLEANUP(buf_release)
	struct buf here =
		unseen_key(running->cluster, running->namespace, api_group, kind);
	CLEANUP(buf_release)
	struct buf anywhere = unseen_key(running->cluster, "", api_group, kind);

	return table_find(&sight->unseen, here.data, here.length) ||
	       table_find(&sight->unseen, anywhere.data, anywhere.length);
}

bool sight_tells_owners(const struct sight *sight, const struct running_use *running)
{
	if (sight->unseen.count == 0 || !is_unseen(sight, running, "", ""))
		return false;
	for (size_t i = 0; i < running->owner_count; i++) {
		if (is_unseen(sight, running, running->owners[i].api_group,
			      running->owners[i].kind))
			return false;
	}
	return true;
}

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
	for (size_t i = 0; i < snapshot->unseen_count; i++)
		add_unseen(sight, &snapshot->unseen[i]);
	for (size_t i = 0; i < snapshot->gap_count; i++) {
		if (snapshot->gaps[i].scope[0] != '\0')
			areas_hide(&sight->areas, snapshot->gaps[i].scope);
	}
}

void sight_release(struct sight *sight)
{
	areas_release(&sight->areas);
	table_release(&sight->unseen);
	arena_release(&sight->arena);
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

bool sight_observed_namespace(const struct sight *sight,
			      const struct scanned_cluster *cluster,
			      const char *namespace)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char *scope = scope_of_namespace(&arena, cluster->identity.key, namespace);

	return namespace[0] == '\0' ? sight_observed_whole(sight, scope)
				    : sight_observed(sight, scope);
}

bool sight_leaves_out(const struct sight *sight, const char *scope)
{
	return sight->selective && strncmp(scope, "cluster/", strlen("cluster/")) == 0;
}
