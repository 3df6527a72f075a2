#include "drift/waivers.h"

#include "base/option.h"
#include "drift/environment.h"
#include "drift/predicates.h"
#include "model/scope.h"

#include <fnmatch.h>

#define IDS_MOST 128 /* rules and gaps; there are not half as many */

/* "" is any. */
static bool matches(const char *glob, const char *text)
{
	return glob[0] == '\0' || fnmatch(glob, text, 0) == 0;
}

static bool path_matches(const char *glob, const char *path)
{
	return glob[0] == '\0' || (path[0] && policy_path_matches(glob, path));
}

static bool object_matches(const struct waiver *waiver, const struct object_id *object)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	return waiver->object[0] == '\0' ||
	       matches(waiver->object,
		       arena_printf(&arena, "%s/%s", object->kind, object->name));
}

static bool covers(const struct waiver *waiver, const struct finding *finding,
		   int64_t now)
{
	/* Every finding meets every waiver: the number goes first, as most differ. */
	if (waiver->only_line && waiver->only_line != finding->line)
		return false;
	if (waiver->of_gap || strcmp(waiver->id, finding->rule) != 0 ||
	    !waiver_holds(waiver, now))
		return false;
	if (waiver->only_line)
		return strcmp(waiver->path, finding->path) == 0;
	return path_matches(waiver->path, finding->path) &&
	       matches(waiver->cluster, finding->cluster) &&
	       matches(waiver->namespace, finding->namespace) &&
	       object_matches(waiver, &finding->object) &&
	       matches(waiver->container, finding->container) &&
	       matches(waiver->image, finding->reference);
}

const struct waiver *waivers_cover(struct drift *drift, const struct finding *finding)
{
	struct snapshot *snapshot = drift->snapshot;
	const struct waiver *first = NULL;

	if (finding->subject == SUBJECT_WAIVER)
		return NULL; /* nobody waives that a waiver is over */
	for (size_t i = 0; i < snapshot->waiver_count; i++) {
		struct waiver *waiver = &snapshot->waivers[i];

		if (!covers(waiver, finding, drift->now))
			continue;
		waiver->used++;
		if (!first)
			first = waiver;
	}
	return first;
}

/* Whether a text is "FILE:LINE". */
static bool is_place(const char *text, const char *file, uint32_t line)
{
	char digits[sizeof(":4294967295")];
	size_t length = strlen(file);

	snprintf(digits, sizeof(digits), ":%u", (unsigned)line);
	return strncmp(text, file, length) == 0 && strcmp(text + length, digits) == 0;
}

/* An inline one is for the gap at its own line. */
static bool covers_line(const struct drift *drift, const struct waiver *waiver,
			const struct gap *gap)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	return is_place(gap->subject, waiver->file, waiver->only_line) &&
	       strcmp(gap->scope,
		      scope_of_path(&arena, drift->snapshot->tree, waiver->path)) == 0;
}

/* The name of the cluster that a gap is about; of the one that was scanned else. */
static const char *cluster_of(const struct snapshot *snapshot, const struct gap *gap)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		const struct cluster_identity *cluster = &snapshot->clusters[i].identity;

		if (snapshot->cluster_count == 1 ||
		    scope_within(gap->scope,
				 scope_of_namespace(&arena, cluster->key, "")))
			return cluster->name;
	}
	return "";
}

static bool covers_gap(const struct drift *drift, const struct waiver *waiver,
		       const struct gap *gap)
{
	if (!waiver->of_gap || strcmp(waiver->id, gap_name(gap->kind)) != 0 ||
	    !waiver_holds(waiver, drift->now))
		return false;
	if (waiver->only_line)
		return covers_line(drift, waiver, gap);
	return waiver->object[0] == '\0' && waiver->container[0] == '\0' &&
	       path_matches(waiver->path, scope_path(gap->scope)) &&
	       matches(waiver->cluster, cluster_of(drift->snapshot, gap)) &&
	       matches(waiver->namespace, scope_namespace(gap->scope)) &&
	       matches(waiver->image, gap->subject);
}

void waivers_cover_gaps(struct drift *drift)
{
	struct snapshot *snapshot = drift->snapshot;

	for (size_t i = 0; i < snapshot->gap_count; i++) {
		for (size_t j = 0; j < snapshot->waiver_count; j++) {
			struct gap *gap = &snapshot->gaps[i];
			struct waiver *waiver = &snapshot->waivers[j];

			if (!covers_gap(drift, waiver, gap))
				continue;
			waiver->used++;
			gap->waived = true;
			if (!gap->waiver)
				gap->waiver = waiver;
		}
	}
}

/* The part of a glob in front of its first special character, up to a "/". */
static const char *literal_folder(struct arena *arena, const char *glob)
{
	size_t length = strcspn(glob, "*?[\\"), slash = 0;

	for (size_t i = 0; i < length; i++)
		slash = glob[i] == '/' ? i + 1 : slash;
	return arena_strndup(arena, glob + (glob[0] == '/'),
			     slash > 0 && glob[0] == '/' ? slash - 1 : slash);
}

/* Whether the run saw every manifest that the waiver may be for. */
static bool saw_manifests(const struct drift *drift, const struct waiver *waiver)
{
	const struct snapshot *snapshot = drift->snapshot;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char *folder;

	if (waiver->only_line)
		return sight_observed(
			&drift->join.sight,
			scope_of_path(&arena, snapshot->tree, waiver->path));
	folder = literal_folder(&arena, waiver->path);
	return sight_observed_whole(&drift->join.sight,
				    scope_of_path(&arena, snapshot->tree, folder));
}

/* Whether the waiver is for a cluster that was asked. */
static bool is_for_scanned(const struct snapshot *snapshot, const struct waiver *waiver)
{
	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		if (matches(waiver->cluster, snapshot->clusters[i].identity.name))
			return true;
	}
	return false;
}

/* Whether it saw all of every cluster that the waiver is for. */
static bool saw_clusters(const struct drift *drift, const struct waiver *waiver)
{
	const struct snapshot *snapshot = drift->snapshot;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		const struct cluster_identity *cluster = &snapshot->clusters[i].identity;

		if (matches(waiver->cluster, cluster->name) &&
		    !sight_observed_whole(&drift->join.sight,
					  scope_of_namespace(&arena, cluster->key, "")))
			return false;
	}
	return snapshot->cluster_count > 0 && !drift->join.sight.selective;
}

/* Gaps that come and go with what answers: a waiver for one waits for the next time. */
static const bool comes_and_goes[GAP_KIND_COUNT] = {
	[GAP_FORBIDDEN] = true,    [GAP_UNREACHABLE] = true, [GAP_UNRESOLVED] = true,
	[GAP_UNAUTHORIZED] = true, [GAP_NOT_IN_DUMP] = true,
};

static bool registries_answered(const struct drift *drift)
{
	for (size_t i = 0; i < drift->snapshot->gap_count; i++) {
		if (comes_and_goes[drift->snapshot->gaps[i].kind])
			return false;
	}
	return !drift->offline;
}

/* Gaps in manifests that only the comparison with a cluster finds. */
static const bool needs_cluster[GAP_KIND_COUNT] = {
	[GAP_NAMESPACE_UNKNOWN] = true,
	[GAP_AMBIGUOUS_DECLARATION] = true,
};

static bool is_gap_of(const bool kinds[GAP_KIND_COUNT], const char *id)
{
	for (int kind = 0; kind < GAP_KIND_COUNT; kind++) {
		if (kinds[kind] && strcmp(id, gap_name((enum gap_kind)kind)) == 0)
			return true;
	}
	return false;
}

/* Whether it may be for manifests that are meant for another cluster: they were not
 * compared with this one. */
static bool is_for_other(const struct drift *drift, const struct waiver *waiver)
{
	const struct snapshot *snapshot = drift->snapshot;

	for (size_t i = 0; i < snapshot->declared_count; i++) {
		const struct declared_use *declared = &snapshot->declared[i];

		if (environment_concerns(snapshot, declared))
			continue;
		if (waiver->only_line ? strcmp(waiver->path, declared->path) == 0
				      : path_matches(waiver->path, declared->path))
			return true;
	}
	return false;
}

/* Whether what it names was looked for everywhere that it may be for; `rule` is NULL
 * where that is a gap. */
static bool is_settled(const struct drift *drift, const struct waiver *waiver,
		       const struct rule *rule)
{
	bool across = !waiver->of_gap && rule->across_clusters;
	bool compared = waiver->of_gap ? is_gap_of(needs_cluster, waiver->id)
				       : across || rule->subject != SUBJECT_DECLARATION;

	if ((compared || waiver->cluster[0] || waiver->namespace[0]) &&
	    !saw_clusters(drift, waiver))
		return false;
	if (across && drift->snapshot->cluster_count < 2)
		return false; /* it waits for a scan that can compare */
	if (waiver->cluster[0] && !is_for_scanned(drift->snapshot, waiver))
		return false; /* it waits for a scan of that one */
	if (waiver->of_gap && is_gap_of(comes_and_goes, waiver->id))
		return false;
	if (compared && (!registries_answered(drift) || is_for_other(drift, waiver)))
		return false;
	return saw_manifests(drift, waiver);
}

static const char *unknown_id(struct drift *drift, const char *id)
{
	const char *names[IDS_MOST] = { NULL };
	const char *nearest;
	size_t count = 0;

	for (const struct rule *rule = rules; rule->id && count < IDS_MOST - 1; rule++)
		names[count++] = rule->id;
	for (int kind = 0; kind < GAP_KIND_COUNT && count < IDS_MOST - 1; kind++)
		names[count++] = gap_name((enum gap_kind)kind);
	nearest = option_nearest(id, names);
	return arena_printf(drift->texts, "there is no rule or gap '%.60s'%s%s%s", id,
			    nearest ? "; did you mean '" : "", nearest ? nearest : "",
			    nearest ? "'?" : "");
}

/* What is wrong with it, or NULL. */
static const char *problem_of(struct drift *drift, const struct waiver *waiver)
{
	const struct rule *rule = waiver->of_gap ? NULL : rule_find(waiver->id);

	if (waiver->problem)
		return waiver->problem;
	if (!waiver->of_gap && !rule)
		return unknown_id(drift, waiver->id);
	if (rule && rule->subject == SUBJECT_WAIVER)
		return "what is said of waivers cannot be waived";
	return NULL;
}

enum answer rule_waiver_expired(struct drift *drift, const struct waiver *waiver,
				struct finding *finding)
{
	if (problem_of(drift, waiver) || drift->now < waiver->until)
		return ANSWER_NO;
	finding->message = arena_printf(
		drift->texts, "the waiver for %s ended with %s, and covers nothing: %s",
		waiver->id, waiver->until_text, waiver->reason);
	return ANSWER_YES;
}

enum answer rule_waiver_unused(struct drift *drift, const struct waiver *waiver,
			       struct finding *finding)
{
	const char *problem = problem_of(drift, waiver);

	if (problem) {
		finding->message = arena_printf(drift->texts,
						"the waiver covers nothing: %s", problem);
		return ANSWER_YES;
	}
	if (waiver->used || drift->now >= waiver->until)
		return ANSWER_NO;
	if (!is_settled(drift, waiver, waiver->of_gap ? NULL : rule_find(waiver->id)))
		return ANSWER_UNKNOWN;
	finding->message = arena_printf(
		drift->texts, "the waiver for %s covers nothing %s", waiver->id,
		waiver->only_line
			? "on this line: it stands behind the image that it is for"
			: "that was found");
	return ANSWER_YES;
}
