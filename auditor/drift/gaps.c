#include "drift/gaps.h"

#include "drift/evaluate.h"
#include "drift/mixed.h"

#define NOT_ASKED "it was not asked for within the limits of a scan"

/* One gap a registry: five hundred images of a dead one are one line. */
static void add_silence(struct snapshot *snapshot, enum fact_state state,
			const char *registry, const char *repository, const char *reason)
{
	struct arena *arena = &snapshot->arena;

	if (state == FACT_UNKNOWN)
		snapshot_add_gap(snapshot, GAP_UNREACHABLE,
				 arena_printf(arena, "registry %s", registry), reason,
				 "");
	else if (state == FACT_DENIED)
		snapshot_add_gap(snapshot, GAP_UNAUTHORIZED,
				 arena_printf(arena, "%s/%s", registry, repository),
				 reason, "");
}

/* One gap a mirror; that it has no such tag (404) is an answer. */
static void add_mirror_gaps(struct snapshot *snapshot, const struct tag_subject *tag)
{
	const struct tag_fact *fact = tag->fact;
	struct arena *arena = &snapshot->arena;

	for (size_t i = 0; i < fact->mirror_count; i++) {
		const struct mirror_fact *mirror = &fact->mirrors[i];

		if (mirror->state == FACT_UNKNOWN || mirror->state == FACT_DENIED)
			snapshot_add_gap(snapshot,
					 mirror->state == FACT_DENIED ? GAP_UNAUTHORIZED
								      : GAP_UNREACHABLE,
					 arena_printf(arena, "mirror %s of %s",
						      mirror->host, tag->registry),
					 mirror->reason, "");
	}
	if (tag->mirror && tag->mirror_verdict.answer != VERDICT_DRIFT)
		snapshot_add_gap(snapshot, GAP_UNRESOLVED,
				 arena_printf(arena, "%s/%s:%s", tag->registry,
					      tag->repository, tag->tag),
				 arena_printf(arena,
					      "it cannot be compared with what the "
					      "mirror %s resolves it to: %s",
					      tag->mirror->host,
					      tag->mirror_verdict.reason),
				 "");
}

static void add_tag_gaps(struct drift *drift, const struct tag_subject *tag)
{
	struct snapshot *snapshot = drift->snapshot;

	if (tag->fact) {
		add_silence(snapshot, tag->fact->state, tag->registry, tag->repository,
			    tag->fact->reason);
		add_mirror_gaps(snapshot, tag);
	} else {
		snapshot_add_gap(snapshot, GAP_UNRESOLVED,
				 arena_printf(&snapshot->arena, "%s/%s:%s", tag->registry,
					      tag->repository, tag->tag),
				 NOT_ASKED, "");
	}
}

/* Wrong bytes are no silence: registry-mismatch tells. */
static void add_pin_gaps(struct drift *drift, const struct pin_subject *pin)
{
	struct snapshot *snapshot = drift->snapshot;

	if (digest_is_placeholder(&pin->ref.digest))
		return;
	if (!pin->fact)
		snapshot_add_gap(snapshot, GAP_UNRESOLVED,
				 image_ref_format(&pin->ref, &snapshot->arena), NOT_ASKED,
				 "");
	else if (!pin->fact->mismatch)
		add_silence(snapshot, pin->fact->state, pin->ref.registry,
			    pin->ref.repository, pin->fact->reason);
}

/* Content that one place would not give and another one gave is no gap. */
static void add_digest_gaps(struct drift *drift, const struct digest_fact *fact)
{
	if (!fact->mismatch && !image_set_find(&drift->snapshot->images, &fact->digest))
		add_silence(drift->snapshot, fact->state, fact->registry,
			    fact->repository, fact->reason);
}

/* True where a verdict is open for another reason than a registry's silence. */
static bool is_open(const struct verdict *verdict)
{
	return verdict->answer == VERDICT_UNKNOWN && !verdict->silent;
}

/* Why a digest that runs says nothing, and where to look. */
static void add_row_gap(struct drift *drift, const struct use *use,
			const struct use_row *row, const struct verdict *verdict)
{
	struct snapshot *snapshot = drift->snapshot;
	struct arena *arena = &snapshot->arena;

	if (is_open(verdict) && !use->unclear)
		snapshot_add_gap(snapshot, GAP_UNRESOLVED,
				 arena_printf(arena, "%s/%s/%s %s", use->namespace,
					      use->object.name, use->container,
					      row->running->image_id_text),
				 arena_printf(arena, "%s (pod %s)", verdict->reason,
					      row->running->pod),
				 "");
}

/* Of a declared digest that names no image, placeholder-digest tells. */
static void add_use_gaps(struct drift *drift, const struct use *use)
{
	const struct image_ref *declared = evaluate_pinned(use);
	struct mixed mixed = mixed_evaluate(drift, use);

	if (mixed.open)
		add_row_gap(drift, use, mixed.open, &mixed.verdict);
	if (!declared || digest_is_placeholder(&declared->digest))
		return;
	for (size_t i = 0; i < use->row_count; i++)
		add_row_gap(drift, use, &use->rows[i], &use->rows[i].verdict);
}

/*
 * The digest beside a tag that cannot be compared with what the tag names.  Where it is
 * gone from its registry, or served wrong, that says all (pin-gone, registry-mismatch).
 */
static void add_beside_gap(struct drift *drift, const struct tag_subject *tag,
			   const struct image_ref *ref, const struct verdict *verdict)
{
	struct snapshot *snapshot = drift->snapshot;
	const struct digest_fact *fact = snapshot_find_digest(
		snapshot, ref->registry, ref->repository, &ref->digest, false);

	if (!is_open(verdict) || (fact && (fact->state == FACT_ABSENT || fact->mismatch)))
		return;
	snapshot_add_gap(
		snapshot, GAP_UNRESOLVED, image_ref_format(ref, &snapshot->arena),
		arena_printf(&snapshot->arena,
			     "it cannot be compared with what %s resolves to: %s",
			     tag->tag, verdict->reason),
		"");
}

static void add_mention_gap(struct drift *drift, const struct tag_subject *tag,
			    const struct tag_mention *mention)
{
	const struct image_ref *ref = &tag_mention_image(mention)->ref;

	if (digest_known(&ref->digest))
		add_beside_gap(drift, tag, ref, &mention->verdict);
	else if (mention->row)
		add_row_gap(drift, mention->use, mention->row, &mention->verdict);
}

void gaps_add(struct drift *drift)
{
	const struct snapshot *snapshot = drift->snapshot;
	const struct subjects *subjects = &drift->subjects;

	for (size_t i = 0; i < subjects->tag_count; i++)
		add_tag_gaps(drift, &subjects->tags[i]);
	for (size_t i = 0; i < subjects->pin_count; i++)
		add_pin_gaps(drift, &subjects->pins[i]);
	for (size_t i = 0; i < snapshot->digest_count; i++)
		add_digest_gaps(drift, &snapshot->digests[i]);
	for (size_t i = 0; i < drift->join.use_count; i++)
		add_use_gaps(drift, &drift->join.uses[i]);
	for (size_t i = 0; i < subjects->tag_count; i++) {
		const struct tag_subject *tag = &subjects->tags[i];

		for (size_t j = 0; j < tag->mention_count; j++)
			add_mention_gap(drift, tag, &tag->mentions[j]);
	}
}
