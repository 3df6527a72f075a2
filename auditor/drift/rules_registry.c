/* The rules that look at what a registry holds: tags and pins. */
#include "drift/predicates.h"

#include "drift/image_tree.h"

/* A tag that could not be asked for, or answered. */
static bool tag_unknown(const struct tag_subject *tag)
{
	return !tag->fact || tag->fact->state == FACT_UNKNOWN ||
	       tag->fact->state == FACT_DENIED;
}

/* What a mention of a tag holds against the tag's image. */
static const struct digest *mentioned_digest(const struct tag_mention *mention)
{
	const struct container_image *image = mention->declared
						      ? &mention->declared->image
						      : &mention->row->running->image;

	if (digest_known(&image->ref.digest))
		return &image->ref.digest;
	return mention->row ? &mention->row->running->image_id.digest
			    : &image->ref.digest;
}

enum answer rule_tag_moved(struct drift *drift, const struct tag_subject *tag,
			   struct finding *finding)
{
	enum answer answer = ANSWER_NO;
	char names[2][DIGEST_SHORT_SIZE];

	if (tag_unknown(tag))
		return ANSWER_UNKNOWN;
	if (tag->fact->state == FACT_ABSENT)
		return ANSWER_NONE;
	for (size_t i = 0; i < tag->mention_count; i++) {
		const struct tag_mention *mention = &tag->mentions[i];
		const struct verdict *verdict = &mention->verdict;

		if (verdict->answer == VERDICT_UNKNOWN)
			answer = ANSWER_UNKNOWN;
		if (verdict->answer != VERDICT_DRIFT)
			continue;
		finding->resolved = tag->fact->digest;
		if (mention->declared)
			finding->declared = *mentioned_digest(mention);
		else
			finding->running = *mentioned_digest(mention);
		finding->message = arena_printf(
			drift->texts,
			"%s now resolves to %s, another image than the %s %s", tag->tag,
			digest_short(names[0], &tag->fact->digest),
			mention->declared ? "pinned" : "running",
			digest_short(names[1], mentioned_digest(mention)));
		return ANSWER_YES;
	}
	return answer;
}

enum answer rule_tag_gone(struct drift *drift, const struct tag_subject *tag,
			  struct finding *finding)
{
	if (tag_unknown(tag))
		return ANSWER_UNKNOWN;
	if (tag->fact->state != FACT_ABSENT)
		return ANSWER_NO;
	finding->message = arena_printf(drift->texts, "%s/%s has no tag %s",
					tag->registry, tag->repository, tag->tag);
	return ANSWER_YES;
}

enum answer rule_pin_gone(struct drift *drift, const struct pin_subject *pin,
			  struct finding *finding)
{
	char name[DIGEST_SHORT_SIZE];

	if (drift->offline || digest_is_placeholder(&pin->ref.digest))
		return ANSWER_NONE;
	if (!pin->fact || pin->fact->state == FACT_UNKNOWN ||
	    pin->fact->state == FACT_DENIED)
		return ANSWER_UNKNOWN;
	if (pin->fact->state != FACT_ABSENT)
		return ANSWER_NO;
	finding->message =
		arena_printf(drift->texts, "%s/%s no longer holds %s", pin->ref.registry,
			     pin->ref.repository, digest_short(name, &pin->ref.digest));
	return ANSWER_YES;
}

enum answer rule_registry_mismatch(struct drift *drift, const struct pin_subject *pin,
				   struct finding *finding)
{
	if (drift->offline || digest_is_placeholder(&pin->ref.digest))
		return ANSWER_NONE;
	if (!pin->fact || (pin->fact->state != FACT_FOUND && !pin->fact->mismatch))
		return ANSWER_UNKNOWN;
	if (!pin->fact->mismatch)
		return ANSWER_NO;
	finding->message = arena_printf(drift->texts, "%s", pin->fact->reason);
	return ANSWER_YES;
}

/* Whether the tag beside a pin is an image index that leads to the pinned manifest. */
static enum answer tag_leads_to_pin(struct drift *drift, const struct image_ref *ref)
{
	const struct snapshot *snapshot = drift->snapshot;
	const struct tag_fact *tag =
		snapshot_find_tag(snapshot, ref->registry, ref->repository, ref->tag);
	const struct image *index;
	struct side where = { .digest = ref->digest };

	if (!tag || tag->state == FACT_UNKNOWN || tag->state == FACT_DENIED)
		return ANSWER_UNKNOWN;
	if (tag->state != FACT_FOUND || digest_equal(&tag->digest, &ref->digest))
		return ANSWER_NO;
	index = image_set_find(&snapshot->images, &tag->digest);
	if (!index)
		return ANSWER_UNKNOWN;
	side_add_place(&where, ref->registry, ref->repository);
	return image_tree_find(&drift->inquiry, &where, index, &ref->digest) == FOUND_YES
		       ? ANSWER_YES
		       : ANSWER_NO;
}

/* Whether some container that is declared with the pin runs the index around it. */
static bool runs_the_index(const struct drift *drift, const struct pin_subject *pin)
{
	for (size_t i = 0; i < drift->join.use_count; i++) {
		const struct use *use = &drift->join.uses[i];
		const struct image_ref *declared = evaluate_pinned(use);

		if (!declared || !digest_equal(&declared->digest, &pin->ref.digest) ||
		    !image_ref_same_repository(declared, &pin->ref))
			continue;
		for (size_t j = 0; j < use->row_count; j++) {
			if (use->rows[j].verdict.pin_platform)
				return true;
		}
	}
	return false;
}

enum answer rule_pin_platform(struct drift *drift, const struct pin_subject *pin,
			      struct finding *finding)
{
	enum answer answer = ANSWER_NO;
	char name[DIGEST_SHORT_SIZE];

	if (drift->offline || digest_is_placeholder(&pin->ref.digest))
		return ANSWER_NONE;
	if (runs_the_index(drift, pin))
		answer = ANSWER_YES;
	for (size_t i = 0; i < pin->mention_count && answer != ANSWER_YES; i++) {
		const struct image_ref *ref = &pin->mentions[i]->image.ref;
		enum answer one =
			ref->tag[0] == '\0' ? ANSWER_NO : tag_leads_to_pin(drift, ref);

		if (one != ANSWER_NO)
			answer = one;
	}
	if (answer == ANSWER_YES)
		finding->message = arena_printf(
			drift->texts, "%s is one platform's manifest of an image index",
			digest_short(name, &pin->ref.digest));
	return answer;
}

enum answer rule_pin_without_tag(struct drift *drift, const struct pin_subject *pin,
				 struct finding *finding)
{
	char name[DIGEST_SHORT_SIZE];

	for (size_t i = 0; i < pin->mention_count; i++) {
		if (pin->mentions[i]->image.ref.tag[0] != '\0')
			continue;
		finding->message = arena_printf(drift->texts,
						"%s has no tag beside it that says which "
						"version it is",
						digest_short(name, &pin->ref.digest));
		return ANSWER_YES;
	}
	return ANSWER_NO;
}
