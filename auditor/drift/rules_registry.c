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
	const struct image_ref *ref = &tag_mention_image(mention)->ref;

	if (digest_known(&ref->digest) || !mention->row)
		return &ref->digest;
	return &mention->row->running->image_id.digest;
}

enum answer rule_tag_moved(struct drift *drift, const struct tag_subject *tag,
			   struct finding *finding)
{
	const struct tag_mention *mention = tag_subject_evidence(tag);
	char names[2][DIGEST_SHORT_SIZE];

	if (tag_unknown(tag))
		return ANSWER_UNKNOWN;
	if (tag->fact->state == FACT_ABSENT)
		return ANSWER_NONE;
	if (mention->verdict.answer != VERDICT_DRIFT) {
		for (size_t i = 0; i < tag->mention_count; i++) {
			if (tag->mentions[i].verdict.answer == VERDICT_UNKNOWN)
				return ANSWER_UNKNOWN;
		}
		return ANSWER_NO;
	}
	finding->resolved = tag->fact->digest.text;
	if (mention->declared)
		finding->declared = mentioned_digest(mention)->text;
	else
		finding->running = mentioned_digest(mention)->text;
	if (mention->verdict.how == HOW_OTHER_PLATFORM)
		finding->level = LEVEL_NOTE;
	finding->message = arena_printf(
		drift->texts,
		"the tag %s now resolves to %s, another image than the %s %s%s", tag->tag,
		digest_short(names[0], &tag->fact->digest),
		digest_known(&tag_mention_image(mention)->ref.digest) ? "pinned"
								      : "running",
		digest_short(names[1], mentioned_digest(mention)),
		mention->verdict.how == HOW_OTHER_PLATFORM ? " for other platforms" : "");
	return ANSWER_YES;
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

enum answer rule_tag_flapping(struct drift *drift, const struct tag_subject *tag,
			      struct finding *finding)
{
	if (tag_unknown(tag))
		return ANSWER_UNKNOWN;
	if (tag->fact->moves < TAG_FLAPPING_MOVES)
		return ANSWER_NO;
	finding->resolved = tag->fact->digest.text;
	finding->message = arena_printf(drift->texts,
					"the tag %s was seen to move %u times within "
					"seven days",
					tag->tag, tag->fact->moves);
	return ANSWER_YES;
}

/* A mirror of which nothing was learnt hides what an earlier scan found. */
static bool mirror_is_silent(const struct tag_fact *fact)
{
	for (size_t i = 0; i < fact->mirror_count; i++) {
		enum fact_state state = fact->mirrors[i].state;

		if (state == FACT_UNKNOWN || state == FACT_DENIED)
			return true;
	}
	return false;
}

enum answer rule_mirror_differs(struct drift *drift, const struct tag_subject *tag,
				struct finding *finding)
{
	char names[2][DIGEST_SHORT_SIZE];

	/* A scan that names no mirror says nothing about what another one saw there. */
	if (tag_unknown(tag) || tag->fact->mirror_count == 0)
		return ANSWER_UNKNOWN;
	if (tag->fact->state != FACT_FOUND)
		return ANSWER_NONE;
	if (!tag->mirror)
		return mirror_is_silent(tag->fact) ? ANSWER_UNKNOWN : ANSWER_NO;
	if (tag->mirror_verdict.answer != VERDICT_DRIFT)
		return ANSWER_UNKNOWN;
	finding->resolved = tag->fact->digest.text;
	if (tag->mirror_verdict.how == HOW_OTHER_PLATFORM)
		finding->level = LEVEL_NOTE;
	finding->message = arena_printf(
		drift->texts,
		"the mirror %s resolves %s to %s, another image than its registry's %s",
		tag->mirror->host, tag->tag, digest_short(names[0], &tag->mirror->digest),
		digest_short(names[1], &tag->fact->digest));
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
	if (!pin->fact)
		return ANSWER_UNKNOWN;
	if (pin->fact->mismatch) {
		finding->message = arena_strdup(drift->texts, pin->fact->reason);
		return ANSWER_YES;
	}
	return pin->fact->state == FACT_FOUND || pin->fact->state == FACT_ABSENT
		       ? ANSWER_NO
		       : ANSWER_UNKNOWN;
}

/* Whether the tag beside a pin is an image index that leads to the pinned manifest. */
static enum answer tag_leads_to_pin(struct drift *drift, const struct image_ref *ref)
{
	const struct snapshot *snapshot = drift->snapshot;
	const struct tag_fact *tag =
		snapshot_find_tag(snapshot, ref->registry, ref->repository, ref->tag);
	const struct image *index,
		*pinned = image_set_find(&snapshot->images, &ref->digest);
	struct side where = { .digest = ref->digest };

	if (!tag || tag->state == FACT_UNKNOWN || tag->state == FACT_DENIED)
		return ANSWER_UNKNOWN;
	if (tag->state != FACT_FOUND || digest_equal(&tag->digest, &ref->digest) ||
	    (pinned && pinned->kind == IMAGE_INDEX))
		return ANSWER_NO;
	index = image_set_find(&snapshot->images, &tag->digest);
	if (!index)
		return ANSWER_UNKNOWN;
	side_add_place(&where, ref->registry, ref->repository);
	switch (image_tree_find(&drift->inquiry, &where, index, &ref->digest)) {
	case FOUND_YES:
		return ANSWER_YES;
	case FOUND_NO:
		return ANSWER_NO;
	case FOUND_LATER:
	case FOUND_UNSURE:
		break;
	}
	return ANSWER_UNKNOWN;
}

enum answer rule_pin_platform(struct drift *drift, const struct pin_subject *pin,
			      struct finding *finding)
{
	enum answer answer = pin->runs_index ? ANSWER_YES : ANSWER_NO;
	char name[DIGEST_SHORT_SIZE];

	if (drift->offline || digest_is_placeholder(&pin->ref.digest))
		return ANSWER_NONE;
	for (size_t i = 0; i < pin->mention_count && answer != ANSWER_YES; i++) {
		const struct image_ref *ref = &pin->mentions[i]->image.ref;
		enum answer one =
			ref->tag[0] == '\0' ? ANSWER_NO : tag_leads_to_pin(drift, ref);

		if (one == ANSWER_YES)
			finding_show_declared(finding, pin->mentions[i]);
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
		finding_show_declared(finding, pin->mentions[i]);
		finding->message = arena_printf(drift->texts,
						"%s has no tag beside it that says which "
						"version it is",
						digest_short(name, &pin->ref.digest));
		return ANSWER_YES;
	}
	return ANSWER_NO;
}
