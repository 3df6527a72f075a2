#include "drift/evaluate.h"

#include "drift/mixed.h"

const struct image_ref *evaluate_pinned(const struct use *use)
{
	if (!use->declared || use->unclear ||
	    use->declared->image.state != REFERENCE_OK ||
	    !digest_known(&use->declared->image.ref.digest))
		return NULL;
	return &use->declared->image.ref;
}

bool evaluate_asks(const struct use_row *row)
{
	return row->running->state == RUNNING_STARTED && !row->rolling_out;
}

struct side evaluate_side(const struct use_row *row, const struct image_ref *declared)
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

static struct side side_of_ref(const struct image_ref *ref, const struct digest *digest)
{
	struct side side = { .digest = *digest };

	side_add_place(&side, ref->registry, ref->repository);
	return side;
}

/*
 * Step 7: what cannot be told is still bound to the declared digest if the node pulled by
 * it: the pod's reference and its revision's template both carry it.
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
	struct side running = evaluate_side(row, ref);

	return verdict_compare(&drift->inquiry, &declared, &running,
			       &row->running->platform);
}

static void evaluate_use(struct drift *drift, struct use *use)
{
	const struct image_ref *declared = evaluate_pinned(use);
	struct pin_subject *pin =
		declared ? subjects_find_pin(&drift->subjects, declared) : NULL;

	for (size_t i = 0; i < use->row_count; i++) {
		struct use_row *row = &use->rows[i];

		row->verdict = (struct verdict){ .reason = "" };
		if (!declared || !evaluate_asks(row))
			continue;
		row->verdict = judge_row(drift, row, declared, &declared->digest);
		try_bound(row, declared, &row->verdict);
		pin->runs_index |= row->verdict.pin_platform;
	}
}

/*
 * The tag's image against the digest beside the tag.  No node is asked about: another
 * image for some platform is another image.
 */
static struct verdict judge_pin(struct drift *drift, const struct image_ref *ref,
				const struct digest *resolved)
{
	struct platform unknown = platform_make("", "", "");
	struct side tag = side_of_ref(ref, resolved);
	struct side pin = side_of_ref(ref, &ref->digest);
	struct verdict verdict = { .reason = "" };

	if (digest_is_placeholder(&ref->digest))
		return verdict;
	verdict = verdict_compare_peers(&drift->inquiry, &tag, &pin, &unknown);
	if (verdict.partly) {
		verdict.answer = VERDICT_DRIFT;
		verdict.how = HOW_LAYERS;
	}
	return verdict;
}

static struct verdict judge_mention(struct drift *drift,
				    const struct tag_mention *mention,
				    const struct digest *resolved)
{
	const struct image_ref *ref = &tag_mention_image(mention)->ref;

	if (digest_known(&ref->digest))
		return judge_pin(drift, ref, resolved);
	if (!mention->row || !evaluate_asks(mention->row))
		return (struct verdict){ .reason = "" };
	return judge_row(drift, mention->row, ref, resolved);
}

/* What a mirror resolves the tag to against what its registry does, on all platforms. */
static struct verdict judge_mirror(struct drift *drift, const struct tag_subject *tag,
				   const struct digest *mirrored)
{
	struct platform unknown = platform_make("", "", "");
	struct side upstream = { .digest = tag->fact->digest };
	struct side mirror = { .digest = *mirrored };
	struct verdict verdict;

	side_add_place(&upstream, tag->registry, tag->repository);
	side_add_place(&mirror, tag->registry, tag->repository);
	verdict = verdict_compare_peers(&drift->inquiry, &upstream, &mirror, &unknown);
	if (verdict.partly) {
		verdict.answer = VERDICT_DRIFT;
		verdict.how = HOW_LAYERS;
	}
	return verdict;
}

/* The first mirror that is proved to differ; else the first that cannot be told. */
static void evaluate_mirrors(struct drift *drift, struct tag_subject *tag)
{
	tag->mirror = NULL;
	for (size_t i = 0; i < tag->fact->mirror_count; i++) {
		const struct mirror_fact *mirror = &tag->fact->mirrors[i];
		struct verdict verdict;

		if (mirror->state != FACT_FOUND ||
		    digest_equal(&mirror->digest, &tag->fact->digest))
			continue;
		verdict = judge_mirror(drift, tag, &mirror->digest);
		if (verdict.answer == VERDICT_MATCH ||
		    (tag->mirror && verdict.answer != VERDICT_DRIFT))
			continue;
		tag->mirror = mirror;
		tag->mirror_verdict = verdict;
		if (verdict.answer == VERDICT_DRIFT)
			return;
	}
}

static void evaluate_tag(struct drift *drift, struct tag_subject *tag)
{
	inquiry_tag(&drift->inquiry, tag->registry, tag->repository, tag->tag,
		    &tag->fact);
	if (tag->fact && tag->fact->state == FACT_FOUND)
		evaluate_mirrors(drift, tag);
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
	pin->runs_index = false;
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

static void evaluate_clusters(struct drift *drift)
{
	const struct join *join = &drift->join;
	struct use_places places;

	for (size_t i = 0; i < join->place_count; i += places.count) {
		places = join_find_places(join, join->places[i]->declared);
		mixed_evaluate_clusters(drift, &places);
	}
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

		evaluate_use(drift, use);
		mixed_evaluate(drift, use);
	}
	evaluate_clusters(drift);
}
