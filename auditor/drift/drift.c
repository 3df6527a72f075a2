#include "drift/drift.h"

#include "base/buf.h"
#include "drift/evaluate.h"
#include "drift/gaps.h"
#include "drift/judgement.h"

/* With such a gap, what no manifest declares may be declared all the same. */
static const bool hides_declarations[GAP_KIND_COUNT] = {
	[GAP_NOT_YAML] = true,   [GAP_TOO_LARGE] = true,
	[GAP_UNREADABLE] = true, [GAP_HELM_TEMPLATE] = true,
	[GAP_KUSTOMIZE] = true,  [GAP_NAMESPACE_UNKNOWN] = true,
};

void drift_init(struct drift *drift, struct snapshot *snapshot, int64_t now, bool offline)
{
	*drift = (struct drift){
		.snapshot = snapshot,
		.now = now,
		.offline = offline,
		.arena = ARENA_INIT,
	};
	join_make(&drift->join, snapshot, now);
	for (size_t i = 0; i < snapshot->gap_count; i++) {
		enum gap_kind kind = snapshot->gaps[i].kind;

		drift->unread_manifests |= hides_declarations[kind];
		drift->unread_kinds |= kind == GAP_UNKNOWN_KIND;
	}
	subjects_make(&drift->subjects, &drift->arena, snapshot, &drift->join, !offline);
	drift->inquiry = (struct inquiry){
		.snapshot = snapshot,
		.arena = &drift->arena,
		.reason = "",
	};
}

void drift_release(struct drift *drift)
{
	subjects_release(&drift->subjects);
	join_release(&drift->join);
	arena_release(&drift->arena);
}

bool drift_wanted(struct drift *drift, struct wants *wants)
{
	*wants = (struct wants){ .arena = &drift->arena };
	drift->inquiry.wants = wants;
	evaluate_all(drift);
	drift->inquiry.wants = NULL;
	return wants->count > 0;
}

/* What a row's verdict is called in reports. */
static const char *verdict_word(const struct use *use, const struct use_row *row)
{
	if (row->running->state != RUNNING_STARTED)
		return "pending";
	if (!use->declared)
		return "undeclared";
	if (use->unclear)
		return "unknown";
	if (!evaluate_pinned(use))
		return "unpinned";
	if (row->rolling_out)
		return "rolling-out";
	return verdict_answer_name(row->verdict.answer);
}

static const char *state_word(const struct use_row *row)
{
	static const char *const words[] = {
		[RUNNING_PENDING] = "pending",
		[RUNNING_STARTED] = "started",
		[RUNNING_FAILING] = "failing",
	};

	return row->rolling_out ? "rolling-out" : words[row->running->state];
}

static const char *proof_text(struct arena *arena, const struct verdict *verdict)
{
	CLEANUP(buf_release)
	struct buf text = BUF_INIT((size_t)PROOF_MOST * DIGEST_SIZE);

	for (size_t i = 0; i < verdict->proof_count; i++)
		buf_printf(&text, "%s%s", i ? " " : "", verdict->proof[i]->text);
	return arena_strdup(arena, buf_text(&text));
}

static void add_report_use(struct outcome *outcome, const struct use *use,
			   const struct use_row *row)
{
	const struct running_use *running = row->running;
	char platform[PLATFORM_TEXT_SIZE];

	outcome->uses = arena_grow(&outcome->arena, outcome->uses, outcome->use_count,
				   sizeof(*outcome->uses));
	outcome->uses[outcome->use_count++] = (struct report_use){
		.cluster = use->cluster->identity.name,
		.cluster_key = use->cluster->identity.key,
		.namespace = use->namespace,
		.object = use->object,
		.container = use->container,
		.class = container_class_name(use->class),
		.declared = use->declared ? use->declared->image.text : "",
		.reference = running->image.text,
		.image_id = running->image_id_text,
		.platform = arena_strdup(&outcome->arena,
					 platform_format(platform, &running->platform)),
		.state = state_word(row),
		.verdict = verdict_word(use, row),
		.how = verdict_how_name(row->verdict.how),
		.reason = running->state == RUNNING_FAILING
				  ? running->reason
				  : arena_strdup(&outcome->arena, row->verdict.reason),
		.proof = proof_text(&outcome->arena, &row->verdict),
		.pod_count = running->pod_count,
	};
}

void drift_judge(struct drift *drift, const struct earlier_finding *earlier,
		 size_t earlier_count, struct outcome *outcome)
{
	CLEANUP(judgement_release) struct judgement judgement = { .drift = drift };

	drift->texts = &outcome->arena;
	drift->inquiry.wants = NULL;
	if (!drift->offline) {
		evaluate_all(drift);
		gaps_add(drift);
	}
	judgement_make(&judgement, drift, earlier, earlier_count);
	for (size_t i = 0; i < drift->join.use_count; i++) {
		const struct use *use = &drift->join.uses[i];

		for (size_t j = 0; j < use->row_count; j++)
			add_report_use(outcome, use, &use->rows[j]);
	}
	settle(&drift->join.sight, &judgement.judged, earlier, earlier_count, outcome);
}
