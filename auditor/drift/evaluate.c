#include "drift/evaluate.h"

const struct image_ref *evaluate_pinned(const struct use *use)
{
	if (!use->declared || use->rival || use->declared->image.state != REFERENCE_OK ||
	    !digest_known(&use->declared->image.ref.digest))
		return NULL;
	return &use->declared->image.ref;
}

static struct side side_of_ref(const struct image_ref *ref, const struct digest *digest)
{
	struct side side = { .digest = *digest };

	side_add_place(&side, ref->registry, ref->repository);
	return side;
}

/*
 * Where a running digest may be found: in the repository that the runtime shows, which
 * may be another one, in the one that the pod names, in the declared one.
 */
static struct side side_of_row(const struct use_row *row,
			       const struct image_ref *declared)
{
	const struct running_use *running = row->running;
	struct side side = {
		.digest = running->image_id.digest,
		.bare = running->image_id.form == IMAGE_ID_BARE,
	};

	side_add_place(&side, running->image_id.registry, running->image_id.repository);
	if (running->image.state == REFERENCE_OK)
		side_add_place(&side, running->image.ref.registry,
			       running->image.ref.repository);
	if (declared)
		side_add_place(&side, declared->registry, declared->repository);
	return side;
}

/* A question is asked of what has started, and not while it is being replaced. */
static bool is_asked(const struct use_row *row)
{
	return row->running->state == RUNNING_STARTED && !row->rolling_out;
}

/*
 * Step 7: what cannot be resolved is still bound to the declared digest if the node
 * pulled by it: the pod's reference and its revision's template both carry it.
 */
static void try_bound(const struct use_row *row, const struct image_ref *declared,
		      struct verdict *verdict)
{
	const struct container_image *image = &row->running->image;

	if (verdict->answer != VERDICT_UNKNOWN || !row->from_template ||
	    image->state != REFERENCE_OK ||
	    !digest_equal(&image->ref.digest, &declared->digest) ||
	    digest_is_placeholder(&declared->digest))
		return;
	verdict->answer = VERDICT_MATCH;
	verdict->how = HOW_BOUND;
}

static struct verdict judge_row(struct drift *drift, const struct use_row *row,
				const struct image_ref *ref, const struct digest *digest)
{
	struct side declared = side_of_ref(ref, digest);
	struct side running = side_of_row(row, ref);

	if (!digest_known(&running.digest))
		return (struct verdict){
			.answer = VERDICT_UNKNOWN,
			.reason = "its imageID names no digest",
		};
	return verdict_compare(&drift->inquiry, &declared, &running,
			       &row->running->platform);
}

static void evaluate_pinned_use(struct drift *drift, struct use *use)
{
	const struct image_ref *declared = evaluate_pinned(use);

	for (size_t i = 0; i < use->row_count; i++) {
		struct use_row *row = &use->rows[i];

		row->verdict = (struct verdict){ .reason = "" };
		if (!declared || !is_asked(row))
			continue;
		row->verdict = judge_row(drift, row, declared, &declared->digest);
		try_bound(row, declared, &row->verdict);
	}
}

/* The tag's image against a pin beside the tag. */
static struct verdict judge_pin(struct drift *drift, const struct image_ref *ref,
				const struct digest *resolved)
{
	struct platform unknown = platform_make("", "", "");
	struct side tag = side_of_ref(ref, resolved);
	struct side pin = side_of_ref(ref, &ref->digest);

	return verdict_compare(&drift->inquiry, &tag, &pin, &unknown);
}

static struct verdict judge_mention(struct drift *drift,
				    const struct tag_mention *mention,
				    const struct digest *resolved)
{
	const struct container_image *image = mention->declared
						      ? &mention->declared->image
						      : &mention->row->running->image;

	if (digest_known(&image->ref.digest))
		return judge_pin(drift, &image->ref, resolved);
	if (!mention->row || !is_asked(mention->row))
		return (struct verdict){ .reason = "" };
	return judge_row(drift, mention->row, &image->ref, resolved);
}

static void evaluate_tag(struct drift *drift, struct tag_subject *tag)
{
	inquiry_tag(&drift->inquiry, tag->registry, tag->repository, tag->tag,
		    &tag->fact);
	for (size_t i = 0; i < tag->mention_count; i++) {
		struct tag_mention *mention = &tag->mentions[i];

		mention->verdict = (struct verdict){ .reason = "" };
		if (tag->fact && tag->fact->state == FACT_FOUND)
			mention->verdict =
				judge_mention(drift, mention, &tag->fact->digest);
	}
}

/* A pin beside a tag is asked for only once the tag has not shown it. */
static bool waits_for_tag(const struct drift *drift, const struct pin_subject *pin)
{
	for (size_t i = 0; i < pin->mention_count; i++) {
		const struct image_ref *ref = &pin->mentions[i]->image.ref;

		if (ref->tag[0] != '\0' &&
		    !snapshot_find_tag(drift->snapshot, ref->registry, ref->repository,
				       ref->tag))
			return true;
	}
	return false;
}

static void evaluate_pin(struct drift *drift, struct pin_subject *pin)
{
	pin->fact = NULL;
	if (!digest_is_placeholder(&pin->ref.digest) && !waits_for_tag(drift, pin))
		inquiry_presence(&drift->inquiry, &pin->ref, &pin->fact);
}

/*
 * A verdict must not ask for a digest that a tag of this round is about to show: the
 * tags come first, with the pins that stand beside none.
 */
static bool tags_are_known(const struct drift *drift)
{
	for (size_t i = 0; i < drift->subjects.tag_count; i++) {
		if (!drift->subjects.tags[i].fact)
			return false;
	}
	return true;
}

void evaluate_all(struct drift *drift)
{
	struct subjects *subjects = &drift->subjects;

	for (size_t i = 0; i < subjects->tag_count; i++)
		evaluate_tag(drift, &subjects->tags[i]);
	for (size_t i = 0; i < subjects->pin_count; i++)
		evaluate_pin(drift, &subjects->pins[i]);
	if (drift->inquiry.wants && !tags_are_known(drift))
		return;
	for (size_t i = 0; i < drift->join.use_count; i++) {
		struct use *use = &drift->join.uses[i];
		const struct use_row *one, *other;

		evaluate_pinned_use(drift, use);
		evaluate_mixed(drift, use, &one, &other);
	}
}

#define MIXED_MOST 16 /* distinct rows of one use that are compared with each other */

/*
 * Whether one platform can be asked about at all: nodes of two platforms rightly run two
 * manifests, but of two image indexes each holds something for both.
 */
static enum answer are_comparable(struct drift *drift, const struct side *a,
				  const struct side *b)
{
	const struct side *sides[] = { a, b };
	enum answer answer = ANSWER_NO;

	for (size_t i = 0; i < ARRAY_LENGTH(sides); i++) {
		const struct image *image;
		enum known known = inquiry_manifest(&drift->inquiry, sides[i],
						    &sides[i]->digest, &image);

		if (known == KNOWN_YES && image->kind == IMAGE_INDEX)
			return ANSWER_YES;
		if (known != KNOWN_YES)
			answer = ANSWER_UNKNOWN;
	}
	return answer;
}

static enum answer compare_rows(struct drift *drift, const struct use_row *one,
				const struct use_row *other)
{
	struct side a = side_of_row(one, NULL), b = side_of_row(other, NULL);
	struct platform platform = one->running->platform;
	enum answer comparable;
	struct verdict verdict;

	if (!digest_known(&a.digest) || !digest_known(&b.digest))
		return ANSWER_UNKNOWN;
	if (!platform_equal(&platform, &other->running->platform)) {
		if (digest_equal(&a.digest, &b.digest))
			return ANSWER_NO;
		comparable = are_comparable(drift, &a, &b);
		if (comparable != ANSWER_YES)
			return comparable;
		platform = platform_make("", "", "");
	}
	if (a.bare && !b.bare) {
		struct side swap = a;

		a = b;
		b = swap;
	}
	verdict = verdict_compare(&drift->inquiry, &a, &b, &platform);
	if (verdict.answer == VERDICT_MATCH || verdict.how == HOW_OTHER_PLATFORM)
		return ANSWER_NO;
	return verdict.answer == VERDICT_DRIFT ? ANSWER_YES : ANSWER_UNKNOWN;
}

enum answer evaluate_mixed(struct drift *drift, const struct use *use,
			   const struct use_row **one, const struct use_row **other)
{
	enum answer answer = ANSWER_NO;
	size_t count = use->row_count < MIXED_MOST ? use->row_count : MIXED_MOST;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++) {
			enum answer pair;

			if (!is_asked(&use->rows[i]) || !is_asked(&use->rows[j]))
				continue;
			pair = compare_rows(drift, &use->rows[i], &use->rows[j]);
			if (pair == ANSWER_YES && answer != ANSWER_YES) {
				*one = &use->rows[i];
				*other = &use->rows[j];
				answer = ANSWER_YES;
			} else if (pair == ANSWER_UNKNOWN && answer == ANSWER_NO) {
				answer = ANSWER_UNKNOWN;
			}
		}
	}
	return answer;
}

/* Why a digest that runs says nothing, and where to look. */
static void add_unresolved(struct drift *drift, const struct use *use,
			   const struct use_row *row, const struct verdict *verdict)
{
	struct snapshot *snapshot = drift->snapshot;
	const struct running_use *running = row->running;
	const char *subject;

	if (verdict->answer != VERDICT_UNKNOWN || verdict->silent || use->rival)
		return;
	if (use->declared && digest_is_placeholder(&use->declared->image.ref.digest))
		return;
	subject = arena_printf(&snapshot->arena, "%s/%s/%s %s", use->namespace,
			       use->object.name, use->container, running->image_id_text);
	snapshot_add_gap(snapshot, GAP_UNRESOLVED, subject,
			 arena_printf(&snapshot->arena, "%s (pod %s)", verdict->reason,
				      running->pod),
			 "");
}

/* One gap a registry and reason: five hundred images of a dead one are one line. */
static void add_silence(struct drift *drift, enum fact_state state, const char *registry,
			const char *repository, const char *reason)
{
	struct snapshot *snapshot = drift->snapshot;

	if (state == FACT_UNKNOWN)
		snapshot_add_gap(snapshot, GAP_UNREACHABLE,
				 arena_printf(&snapshot->arena, "registry %s", registry),
				 reason, "");
	else if (state == FACT_DENIED)
		snapshot_add_gap(
			snapshot, GAP_UNAUTHORIZED,
			arena_printf(&snapshot->arena, "%s/%s", registry, repository),
			reason, "");
}

void evaluate_gaps(struct drift *drift)
{
	const struct snapshot *snapshot = drift->snapshot;

	for (size_t i = 0; i < snapshot->tag_count; i++)
		add_silence(drift, snapshot->tags[i].state, snapshot->tags[i].registry,
			    snapshot->tags[i].repository, snapshot->tags[i].reason);
	for (size_t i = 0; i < snapshot->digest_count; i++) {
		const struct digest_fact *fact = &snapshot->digests[i];

		if (!fact->mismatch)
			add_silence(drift, fact->state, fact->registry, fact->repository,
				    fact->reason);
	}
	for (size_t i = 0; i < drift->join.use_count; i++) {
		const struct use *use = &drift->join.uses[i];

		for (size_t j = 0; j < use->row_count; j++)
			add_unresolved(drift, use, &use->rows[j], &use->rows[j].verdict);
	}
	for (size_t i = 0; i < drift->subjects.tag_count; i++) {
		const struct tag_subject *tag = &drift->subjects.tags[i];

		for (size_t j = 0; j < tag->mention_count; j++) {
			const struct tag_mention *mention = &tag->mentions[j];

			/* Of a pin that is not to be had, pin-gone tells. */
			if (mention->row &&
			    !digest_known(&mention->row->running->image.ref.digest))
				add_unresolved(drift, mention->use, mention->row,
					       &mention->verdict);
		}
	}
}
