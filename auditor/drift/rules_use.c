/* The rules that look at a container of a workload: declared, live, running. */
#include "drift/predicates.h"

#include "base/timestamp.h"
#include "drift/environment.h"
#include "drift/mixed.h"
#include "drift/reference.h"
#include "model/scope.h"
#include "model/workload.h"

/* Evidence that all rules of a row share. */
static void show_row(struct drift *drift, struct finding *finding,
		     const struct use_row *row)
{
	char platform[PLATFORM_TEXT_SIZE];

	finding->running = row->running->image_id.digest.text;
	finding->platform = arena_strdup(
		drift->texts, platform_format(platform, &row->running->platform));
}

static uint32_t count_pods(const struct use *use)
{
	uint32_t count = 0;

	for (size_t i = 0; i < use->row_count; i++)
		count += use->rows[i].running->pod_count;
	return count;
}

/* The rows of a use that something is true of. */
struct choice {
	const struct use_row *first; /* NULL where there is none */
	uint32_t pods;               /* of all of them */
};

static struct choice choose(const struct use *use,
			    bool (*is_so)(const struct use_row *row))
{
	struct choice choice = { NULL, 0 };

	for (size_t i = 0; i < use->row_count; i++) {
		if (!is_so(&use->rows[i]))
			continue;
		if (!choice.first)
			choice.first = &use->rows[i];
		choice.pods += use->rows[i].running->pod_count;
	}
	return choice;
}

/*
 * Pods are there, and none of them can be asked: they start, wait, or are being replaced.
 * What was found before is then neither so nor mended.
 */
static bool cannot_be_asked(const struct use *use)
{
	return use->row_count > 0 && !choose(use, evaluate_asks).first;
}

/* The answer where nothing was found. */
static enum answer found_nothing(const struct use *use)
{
	return cannot_be_asked(use) ? ANSWER_UNKNOWN : ANSWER_NO;
}

/* "1 pod runs", "3 pods run" */
static const char *pods_do(struct drift *drift, uint32_t count, const char *verb)
{
	return arena_printf(drift->texts, "%u pod%s %s%s", (unsigned)count,
			    count == 1 ? "" : "s", verb, count == 1 ? "s" : "");
}

static bool is_unknown(const struct use_row *row)
{
	return row->verdict.answer == VERDICT_UNKNOWN;
}

static bool is_drift(const struct use_row *row)
{
	return row->verdict.answer == VERDICT_DRIFT &&
	       row->verdict.how != HOW_OTHER_PLATFORM;
}

static bool is_drift_elsewhere(const struct use_row *row)
{
	return row->verdict.answer == VERDICT_DRIFT &&
	       row->verdict.how == HOW_OTHER_PLATFORM;
}

static const char *difference(const struct verdict *verdict)
{
	if (verdict->reason[0] != '\0')
		return verdict->reason;
	return verdict->how == HOW_LAYERS ? "its layers differ"
					  : "its layers are the same, its config differs";
}

/* Drift for the node's own platform; several images may run instead of the declared one.
 */
static const char *drift_message(struct drift *drift, const struct digest *declared,
				 const struct choice *differing, bool several)
{
	const struct use_row *row = differing->first;
	const char *do_run = pods_do(drift, differing->pods, "run");
	char names[2][DIGEST_SHORT_SIZE];

	digest_short(names[0], &row->running->image_id.digest);
	digest_short(names[1], declared);
	if (several)
		return arena_printf(
			drift->texts,
			"%s other images than the declared %s, such as %s (%s)", do_run,
			names[1], names[0], difference(&row->verdict));
	return arena_printf(drift->texts,
			    "%s %s, another image than the declared %s (%s)", do_run,
			    names[0], names[1], difference(&row->verdict));
}

/* The node runs what is declared for it; nodes of other platforms would not. */
static const char *elsewhere_message(struct drift *drift, const struct digest *declared,
				     const struct choice *differing, const char *platform)
{
	char names[2][DIGEST_SHORT_SIZE];

	return arena_printf(
		drift->texts,
		"%s %s, which is the declared %s for %s and another image for "
		"other platforms",
		pods_do(drift, differing->pods, "run"),
		digest_short(names[0], &differing->first->running->image_id.digest),
		digest_short(names[1], declared), platform);
}

static bool differ(const struct use *use, const struct use_row *first,
		   bool (*is_so)(const struct use_row *row))
{
	for (size_t i = 0; i < use->row_count; i++) {
		if (is_so(&use->rows[i]) &&
		    !digest_equal(&use->rows[i].running->image_id.digest,
				  &first->running->image_id.digest))
			return true;
	}
	return false;
}

enum answer rule_running_differs(struct drift *drift, const struct use *use,
				 struct finding *finding)
{
	const struct image_ref *declared = evaluate_pinned(use);
	struct choice differing;

	if (!declared)
		return use->unclear ? ANSWER_UNKNOWN : ANSWER_NONE;
	if (!use->observed)
		return ANSWER_UNKNOWN;
	differing = choose(use, is_drift);
	if (differing.first) {
		show_row(drift, finding, differing.first);
		finding->message = drift_message(drift, &declared->digest, &differing,
						 differ(use, differing.first, is_drift));
	} else {
		differing = choose(use, is_drift_elsewhere);
		if (!differing.first)
			return choose(use, is_unknown).first ? ANSWER_UNKNOWN
							     : found_nothing(use);
		finding->level = LEVEL_NOTE;
		show_row(drift, finding, differing.first);
		finding->message = elsewhere_message(drift, &declared->digest, &differing,
						     finding->platform);
	}
	finding->pod_count = differing.pods;
	return ANSWER_YES;
}

static bool is_current(const struct use_row *row)
{
	return !row->rolling_out;
}

/* What the live object names: its template, else its pods' own spec. */
static const struct container_image *live_image(const struct use *use)
{
	const struct use_row *row = choose(use, is_current).first;

	if (use->template)
		return use->template;
	if (!row && use->row_count > 0)
		row = &use->rows[0];
	return row ? &row->running->image : NULL;
}

/* Both references of a use that can be compared; false where one of them is missing. */
static bool both_references(const struct use *use, const struct image_ref **declared,
			    const struct container_image **live)
{
	if (!use->declared || use->unclear || use->declared->image.state != REFERENCE_OK)
		return false;
	*live = live_image(use);
	*declared = &use->declared->image.ref;
	return *live && (*live)->state == REFERENCE_OK;
}

/* The part that differs, unless the policy says that the cluster makes it so. */
static const char *unexpected_difference(struct drift *drift,
					 const struct image_ref *declared,
					 const struct image_ref *live)
{
	const char *part = reference_difference(declared, live);
	struct image_ref rewritten;

	if (!part)
		return NULL;
	rewritten = reference_rewrite(&drift->snapshot->policy, drift->texts, declared);
	return reference_difference(&rewritten, live) ? part : NULL;
}

enum answer rule_spec_differs(struct drift *drift, const struct use *use,
			      struct finding *finding)
{
	const struct container_image *live;
	const struct image_ref *declared;
	const char *part;

	if (!use->declared)
		return ANSWER_NONE;
	if (!use->observed || use->unclear)
		return ANSWER_UNKNOWN;
	if (!both_references(use, &declared, &live))
		return ANSWER_NONE;
	part = unexpected_difference(drift, declared, &live->ref);
	if (!part)
		return ANSWER_NO;
	finding->pod_count = count_pods(use);
	finding->message = arena_printf(
		drift->texts, "the live object names %s: another %s than declared",
		live->text, part);
	return ANSWER_YES;
}

/* A workload that wants no pods now is where it should be. */
static bool is_idle(const struct use *use)
{
	return (use->live && use->live->idle) || strcmp(use->object.kind, "Job") == 0;
}

enum answer rule_pin_not_applied(struct drift *drift, const struct use *use,
				 struct finding *finding)
{
	const struct container_image *live;
	const struct image_ref *declared;

	if (!use->declared)
		return ANSWER_NONE;
	if (!use->observed || use->unclear)
		return ANSWER_UNKNOWN;
	if (!both_references(use, &declared, &live) || !digest_known(&declared->digest))
		return ANSWER_NONE;
	if (use->row_count == 0 && !is_idle(use))
		return ANSWER_NO; /* nothing runs without the pin: not-running tells */
	if (digest_known(&live->ref.digest) || reference_difference(declared, &live->ref))
		return ANSWER_NO;
	finding->pod_count = count_pods(use);
	finding->message = arena_printf(drift->texts,
					"declared with a digest, live as %s, without one",
					live->text);
	return ANSWER_YES;
}

enum answer rule_mixed_digests(struct drift *drift, const struct use *use,
			       struct finding *finding)
{
	char names[2][DIGEST_SHORT_SIZE];
	struct mixed mixed;

	if (!use->observed)
		return ANSWER_UNKNOWN;
	if (use->row_count == 0)
		return ANSWER_NONE;
	mixed = mixed_evaluate(drift, use);
	if (mixed.answer != ANSWER_YES)
		return mixed.answer == ANSWER_NO ? found_nothing(use) : mixed.answer;
	finding->pod_count = count_pods(use);
	show_row(drift, finding, mixed.one);
	finding->message = arena_printf(
		drift->texts, "pod %s runs %s, and pod %s %s, another image",
		mixed.one->running->pod,
		digest_short(names[0], &mixed.one->running->image_id.digest),
		mixed.other->running->pod,
		digest_short(names[1], &mixed.other->running->image_id.digest));
	return ANSWER_YES;
}

/* Whether every cluster that a declaration is meant for was seen, and runs it alone. */
static bool can_compare(const struct drift *drift, const struct declared_use *declared,
			const struct use_places *places)
{
	const struct snapshot *snapshot = drift->snapshot;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < places->count; i++) {
		if (!places->items[i]->observed || places->items[i]->unclear)
			return false;
	}
	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		const struct scanned_cluster *cluster = &snapshot->clusters[i];

		if (environment_includes(cluster, declared) &&
		    !sight_observed(&drift->join.sight,
				    scope_of_namespace(&arena, cluster->identity.key,
						       declared->namespace)))
			return false;
	}
	return true;
}

enum answer rule_clusters_differ(struct drift *drift, const struct declared_use *declared,
				 struct finding *finding)
{
	const struct use_places places = join_find_places(&drift->join, declared);
	const struct scanned_cluster *clusters = drift->snapshot->clusters;
	char names[2][DIGEST_SHORT_SIZE];
	struct mixed mixed;

	if (drift->snapshot->cluster_count < 2)
		return ANSWER_NONE;
	if (!can_compare(drift, declared, &places))
		return ANSWER_UNKNOWN;
	mixed = mixed_evaluate_clusters(drift, &places);
	if (mixed.answer != ANSWER_YES)
		return mixed.answer;
	show_row(drift, finding, mixed.one);
	finding->message = arena_printf(
		drift->texts, "cluster %s runs %s, and cluster %s %s, another image",
		clusters[mixed.one->running->cluster].identity.name,
		digest_short(names[0], &mixed.one->running->image_id.digest),
		clusters[mixed.other->running->cluster].identity.name,
		digest_short(names[1], &mixed.other->running->image_id.digest));
	return ANSWER_YES;
}

static bool is_unpinned(const struct use_row *row)
{
	const struct container_image *image = &row->running->image;

	return evaluate_asks(row) && image->state == REFERENCE_OK &&
	       !digest_known(&image->ref.digest);
}

enum answer rule_running_unpinned(struct drift *drift, const struct use *use,
				  struct finding *finding)
{
	struct choice unpinned;

	if (!use->observed)
		return ANSWER_UNKNOWN;
	unpinned = choose(use, is_unpinned);
	if (!unpinned.first)
		return found_nothing(use);
	finding->pod_count = unpinned.pods;
	show_row(drift, finding, unpinned.first);
	finding->message = arena_printf(drift->texts, "%s as %s, without a digest",
					pods_do(drift, unpinned.pods, "run"),
					unpinned.first->running->image.text);
	return ANSWER_YES;
}

static bool is_failing(const struct use_row *row)
{
	return row->running->state == RUNNING_FAILING;
}

enum answer rule_image_pull_failing(struct drift *drift, const struct use *use,
				    struct finding *finding)
{
	struct choice failing;

	if (!use->observed)
		return ANSWER_UNKNOWN;
	failing = choose(use, is_failing);
	if (!failing.first)
		return found_nothing(use);
	finding->pod_count = failing.pods;
	finding->message = arena_printf(
		drift->texts, "%s in %s for %s", pods_do(drift, failing.pods, "wait"),
		failing.first->running->reason, failing.first->running->image.text);
	return ANSWER_YES;
}

static bool is_mismatch(const struct use_row *row)
{
	return row->verdict.platform_mismatch;
}

enum answer rule_platform_mismatch(struct drift *drift, const struct use *use,
				   struct finding *finding)
{
	struct choice mismatch;

	if (!evaluate_pinned(use))
		return use->unclear ? ANSWER_UNKNOWN : ANSWER_NONE;
	if (!use->observed)
		return ANSWER_UNKNOWN;
	mismatch = choose(use, is_mismatch);
	if (!mismatch.first)
		return choose(use, is_unknown).first ? ANSWER_UNKNOWN
						     : found_nothing(use);
	finding->pod_count = mismatch.pods;
	show_row(drift, finding, mismatch.first);
	finding->message =
		arena_printf(drift->texts, "%s another platform's image on %s",
			     pods_do(drift, mismatch.pods, "run"), finding->platform);
	return ANSWER_YES;
}

/*
 * Whether what is missing in the manifests may be declared all the same: in one that
 * could not be read, or by a custom resource whose images nobody knows.
 */
static bool may_be_declared(const struct drift *drift, const struct use *use)
{
	bool custom = !workload_kind_find(use->object.api_group, use->object.kind);

	return drift->unread_manifests || (custom && drift->unread_kinds);
}

/* What `undeclared` and `injected` share: something runs that no manifest declares. */
static enum answer judge_extra(struct drift *drift, const struct use *use,
			       struct finding *finding, const char *what)
{
	if (use->declared)
		return ANSWER_NO;
	if (!use->observed || may_be_declared(drift, use))
		return ANSWER_UNKNOWN;
	if (use->row_count == 0)
		return ANSWER_NO;
	finding->pod_count = count_pods(use);
	show_row(drift, finding, &use->rows[0]);
	finding->message = arena_printf(drift->texts, "%s %s: %s",
					pods_do(drift, finding->pod_count, "run"),
					use->rows[0].running->image.text, what);
	return ANSWER_YES;
}

enum answer rule_undeclared(struct drift *drift, const struct use *use,
			    struct finding *finding)
{
	if (!use->claimed)
		return ANSWER_NONE;
	if (use->object_declared)
		return ANSWER_NO;
	return judge_extra(drift, use, finding, "no manifest declares it");
}

enum answer rule_injected(struct drift *drift, const struct use *use,
			  struct finding *finding)
{
	if (!use->claimed)
		return ANSWER_NONE;
	if (!use->containers_declared)
		return ANSWER_NO; /* an operator makes the pods of what is declared */
	return judge_extra(drift, use, finding,
			   "the manifest of the workload has no such container");
}

/* Why nothing of a declared container runs. */
static const char *absence(const struct use *use)
{
	if (!use->cluster)
		return "the workload is in none of the clusters that it may be meant for";
	if (use->custom)
		return use->custom->has_pods
			       ? "no container of its pods is known to run it"
			       : "nothing in the cluster is known to be its pod";
	if (!use->live)
		return "the workload is not in the cluster";
	if (use->live->has_template && !use->template)
		return "the workload in the cluster has no such container";
	return "the workload is in the cluster, and has no pods";
}

enum answer rule_not_running(struct drift *drift, const struct use *use,
			     struct finding *finding)
{
	char when[TIMESTAMP_SIZE];

	if (!use->declared)
		return ANSWER_NONE;
	if (use->row_count > 0)
		return ANSWER_NO;
	if (!use->observed)
		return ANSWER_UNKNOWN;
	if (drift->snapshot->selector[0] != '\0')
		return ANSWER_NONE;
	if (use->unclear && use->custom)
		return ANSWER_UNKNOWN;
	if (is_idle(use))
		return ANSWER_NO;
	finding->message = absence(use);
	if (use->last_running_at)
		finding->message = arena_printf(
			drift->texts, "%s; last seen running %s", finding->message,
			timestamp_format(when, use->last_running_at));
	return ANSWER_YES;
}
