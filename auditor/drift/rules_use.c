/* The rules that look at a container of a workload: declared, live, running. */
#include "drift/predicates.h"

#include "base/timestamp.h"

/* Evidence that all rules of a row share. */
static void show_row(struct drift *drift, struct finding *finding,
		     const struct use_row *row)
{
	char platform[PLATFORM_TEXT_SIZE];

	finding->running = row->running->image_id.digest;
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

/* "1 pod", "3 pods" */
static const char *pods(struct drift *drift, uint32_t count)
{
	return arena_printf(drift->texts, "%u pod%s", (unsigned)count,
			    count == 1 ? "" : "s");
}

enum answer rule_running_differs(struct drift *drift, const struct use *use,
				 struct finding *finding)
{
	const struct image_ref *declared = evaluate_pinned(use);
	enum answer answer = ANSWER_NO;
	const struct use_row *worst = NULL;
	char names[2][DIGEST_SHORT_SIZE];
	uint32_t count = 0;

	if (!declared)
		return use->rival ? ANSWER_UNKNOWN : ANSWER_NONE;
	if (!use->observed)
		return ANSWER_UNKNOWN;
	for (size_t i = 0; i < use->row_count; i++) {
		const struct use_row *row = &use->rows[i];

		if (row->verdict.answer == VERDICT_UNKNOWN && answer == ANSWER_NO)
			answer = ANSWER_UNKNOWN;
		if (row->verdict.answer != VERDICT_DRIFT)
			continue;
		answer = ANSWER_YES;
		count += row->running->pod_count;
		if (!worst || worst->verdict.how == HOW_OTHER_PLATFORM)
			worst = row;
	}
	if (answer != ANSWER_YES)
		return answer;
	if (worst->verdict.how == HOW_OTHER_PLATFORM)
		finding->level = LEVEL_NOTE;
	finding->pod_count = count;
	show_row(drift, finding, worst);
	finding->message = arena_printf(
		drift->texts, "%s run%s %s, another image than the declared %s (%s)",
		pods(drift, count), count == 1 ? "s" : "",
		digest_short(names[0], &worst->running->image_id.digest),
		digest_short(names[1], &declared->digest),
		worst->verdict.reason[0] != '\0'
			? worst->verdict.reason
			: arena_printf(drift->texts, "differs in %s",
				       worst->verdict.how == HOW_LAYERS
					       ? "its layers"
					       : "its config only"));
	return ANSWER_YES;
}

/* What the live object names: its template, else its pods' own spec. */
static const struct container_image *live_image(const struct use *use)
{
	if (use->template)
		return use->template;
	return use->row_count > 0 ? &use->rows[0].running->image : NULL;
}

/* The part in which a live reference differs from the declared one, or NULL. */
static const char *differing_part(const struct image_ref *declared,
				  const struct image_ref *live)
{
	bool digests = digest_known(&declared->digest) && digest_known(&live->digest);

	if (!image_ref_same_repository(declared, live))
		return "repository";
	if (digests && !digest_equal(&declared->digest, &live->digest))
		return "digest";
	if (digests && (declared->tag[0] == '\0' || live->tag[0] == '\0'))
		return NULL; /* tools drop the tag beside a digest */
	if (strcmp(image_ref_tag(declared), image_ref_tag(live)) == 0)
		return NULL;
	if (declared->tag[0] == '\0' && digest_known(&declared->digest))
		return NULL; /* a pin without a tag, live with a tag alone:
				pin-not-applied */
	if (live->tag[0] == '\0' && digest_known(&live->digest))
		return NULL; /* a tag, live with a digest alone: the cluster pinned it */
	return "tag";
}

/* Both references of a use that can be compared; false where one of them is missing. */
static bool both_references(const struct use *use, const struct image_ref **declared,
			    const struct container_image **live)
{
	if (!use->declared || use->rival || use->declared->image.state != REFERENCE_OK)
		return false;
	*live = live_image(use);
	*declared = &use->declared->image.ref;
	return *live && (*live)->state == REFERENCE_OK;
}

enum answer rule_spec_differs(struct drift *drift, const struct use *use,
			      struct finding *finding)
{
	const struct container_image *live;
	const struct image_ref *declared;
	const char *part;

	if (!use->declared)
		return ANSWER_NONE;
	if (!use->observed || use->rival)
		return ANSWER_UNKNOWN;
	if (!both_references(use, &declared, &live))
		return ANSWER_NONE;
	part = differing_part(declared, &live->ref);
	if (!part)
		return ANSWER_NO;
	finding->pod_count = count_pods(use);
	finding->message = arena_printf(
		drift->texts, "the live object names %s: another %s than declared",
		live->text, part);
	return ANSWER_YES;
}

enum answer rule_pin_not_applied(struct drift *drift, const struct use *use,
				 struct finding *finding)
{
	const struct container_image *live;
	const struct image_ref *declared;

	if (!use->declared)
		return ANSWER_NONE;
	if (!use->observed || use->rival)
		return ANSWER_UNKNOWN;
	if (!both_references(use, &declared, &live) || !digest_known(&declared->digest))
		return ANSWER_NONE;
	if (use->row_count == 0)
		return ANSWER_NO; /* nothing runs without the pin: not-running tells */
	if (digest_known(&live->ref.digest) || differing_part(declared, &live->ref))
		return ANSWER_NO;
	finding->pod_count = count_pods(use);
	finding->message = arena_printf(drift->texts,
					"declared with a digest, live as %s", live->text);
	return ANSWER_YES;
}

enum answer rule_mixed_digests(struct drift *drift, const struct use *use,
			       struct finding *finding)
{
	const struct use_row *one = NULL, *other = NULL;
	char names[2][DIGEST_SHORT_SIZE];
	enum answer answer;

	if (!use->observed)
		return ANSWER_UNKNOWN;
	if (use->row_count == 0)
		return ANSWER_NONE;
	answer = evaluate_mixed(drift, use, &one, &other);
	if (answer != ANSWER_YES)
		return answer;
	finding->pod_count = count_pods(use);
	show_row(drift, finding, one);
	finding->message = arena_printf(
		drift->texts, "%s (such as %s) and %s (such as %s) are different images",
		digest_short(names[0], &one->running->image_id.digest), one->running->pod,
		digest_short(names[1], &other->running->image_id.digest),
		other->running->pod);
	return ANSWER_YES;
}

enum answer rule_running_unpinned(struct drift *drift, const struct use *use,
				  struct finding *finding)
{
	const struct use_row *unpinned = NULL;
	uint32_t count = 0;

	if (!use->observed)
		return ANSWER_UNKNOWN;
	for (size_t i = 0; i < use->row_count; i++) {
		const struct use_row *row = &use->rows[i];

		if (row->running->state != RUNNING_STARTED || row->rolling_out ||
		    row->running->image.state != REFERENCE_OK ||
		    digest_known(&row->running->image.ref.digest))
			continue;
		count += row->running->pod_count;
		unpinned = row;
	}
	if (!unpinned)
		return ANSWER_NO;
	finding->pod_count = count;
	show_row(drift, finding, unpinned);
	finding->message = arena_printf(drift->texts, "%s run%s as %s, without a digest",
					pods(drift, count), count == 1 ? "s" : "",
					unpinned->running->image.text);
	return ANSWER_YES;
}

enum answer rule_image_pull_failing(struct drift *drift, const struct use *use,
				    struct finding *finding)
{
	const struct use_row *failing = NULL;
	uint32_t count = 0;

	if (!use->observed)
		return ANSWER_UNKNOWN;
	for (size_t i = 0; i < use->row_count; i++) {
		if (use->rows[i].running->state != RUNNING_FAILING)
			continue;
		failing = &use->rows[i];
		count += failing->running->pod_count;
	}
	if (!failing)
		return ANSWER_NO;
	finding->pod_count = count;
	finding->message =
		arena_printf(drift->texts, "%s wait%s in %s for %s", pods(drift, count),
			     count == 1 ? "s" : "", failing->running->reason,
			     failing->running->image.text);
	return ANSWER_YES;
}

enum answer rule_platform_mismatch(struct drift *drift, const struct use *use,
				   struct finding *finding)
{
	char platform[PLATFORM_TEXT_SIZE];

	if (!use->observed)
		return ANSWER_UNKNOWN;
	for (size_t i = 0; i < use->row_count; i++) {
		const struct use_row *row = &use->rows[i];

		if (!row->verdict.platform_mismatch)
			continue;
		finding->pod_count = row->running->pod_count;
		show_row(drift, finding, row);
		finding->message = arena_printf(
			drift->texts,
			"runs the image of another platform than %s, its node's",
			platform_format(platform, &row->running->platform));
		return ANSWER_YES;
	}
	return ANSWER_NO;
}

/*
 * Whether every manifest that was named could be read: what is missing in one that could
 * not may well be declared there.
 */
static bool all_manifests_read(const struct snapshot *snapshot)
{
	static const enum gap_kind hiding[] = {
		GAP_NOT_YAML,  GAP_TOO_LARGE,     GAP_UNREADABLE,
		GAP_KUSTOMIZE, GAP_HELM_TEMPLATE, GAP_NAMESPACE_UNKNOWN,
	};

	for (size_t i = 0; i < snapshot->gap_count; i++) {
		for (size_t j = 0; j < ARRAY_LENGTH(hiding); j++) {
			if (snapshot->gaps[i].kind == hiding[j])
				return false;
		}
	}
	return true;
}

/* What `undeclared` and `injected` share: something runs that no manifest declares. */
static enum answer judge_extra(struct drift *drift, const struct use *use,
			       struct finding *finding, const char *what)
{
	if (drift->snapshot->declared_count == 0 || !use->claimed)
		return ANSWER_NONE;
	if (use->declared)
		return ANSWER_NO;
	if (!use->observed || !all_manifests_read(drift->snapshot))
		return ANSWER_UNKNOWN;
	if (use->row_count == 0)
		return ANSWER_NO;
	finding->pod_count = count_pods(use);
	show_row(drift, finding, &use->rows[0]);
	finding->message = arena_printf(drift->texts, "%s run%s %s: %s",
					pods(drift, finding->pod_count),
					finding->pod_count == 1 ? "s" : "",
					use->rows[0].running->image.text, what);
	return ANSWER_YES;
}

enum answer rule_undeclared(struct drift *drift, const struct use *use,
			    struct finding *finding)
{
	if (use->object_declared && !use->declared)
		return ANSWER_NO;
	return judge_extra(drift, use, finding, "no manifest declares it");
}

enum answer rule_injected(struct drift *drift, const struct use *use,
			  struct finding *finding)
{
	if (!use->object_declared)
		return ANSWER_NO;
	return judge_extra(drift, use, finding,
			   "the manifest of the workload has no such container");
}

/* A workload that wants no pods now is where it should be. */
static bool is_idle(const struct use *use)
{
	return (use->live && use->live->idle) || strcmp(use->object.kind, "Job") == 0;
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
	if (is_idle(use))
		return ANSWER_NO;
	finding->message = use->live ? "the workload is in the cluster, and has no pods"
				     : "the workload is not in the cluster";
	if (use->last_running_at)
		finding->message = arena_printf(
			drift->texts, "%s; last seen running %s", finding->message,
			timestamp_format(when, use->last_running_at));
	return ANSWER_YES;
}
