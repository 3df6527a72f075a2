#include "commands/pin_plan.h"

#include "source/dockerfile.h"

void pin_plan_release(struct pin_plan *plan)
{
	arena_release(&plan->arena);
}

void pin_plan_refuse(struct pin_plan *plan, enum pin_obstacle obstacle, const char *text)
{
	struct pin_refusal refusal = { obstacle, arena_strdup(&plan->arena, text) };

	plan->refusals = arena_grow(&plan->arena, plan->refusals, plan->refusal_count,
				    sizeof(*plan->refusals));
	plan->refusals[plan->refusal_count++] = refusal;
}

void pin_plan_refuse_use(struct pin_plan *plan, enum pin_obstacle obstacle,
			 const struct declared_use *use, const char *reason)
{
	pin_plan_refuse(
		plan, obstacle,
		arena_printf(&plan->arena, "%s:%u:%u: could not %s %s: %s", use->file,
			     use->line, use->column, plan->wish.unpin ? "unpin" : "pin",
			     use->image.text[0] ? use->image.text : "''", reason));
}

/* An ARG is part of the image of a FROM. */
static bool is_of_arg(const struct declared_use *use)
{
	return use->composed && strcmp(use->object.kind, DOCKERFILE_KIND) == 0;
}

bool pin_in_parts(const struct declared_use *use)
{
	return use->composed || use->overrides;
}

bool pin_takes_digest(const struct declared_use *use)
{
	return !is_of_arg(use) && use->image.state == REFERENCE_OK &&
	       !use->duplicate_line;
}

/* Whether the reference is to get the digest that its tag has now. */
static bool follows_tag(const struct pin_wish *wish, const struct declared_use *use)
{
	if (wish->unpin || !pin_takes_digest(use))
		return false;
	return !digest_known(&use->image.ref.digest) ||
	       (wish->update && use->image.ref.tag[0]);
}

void pin_plan_want(const struct pin_plan *plan, const struct declared_use *use,
		   struct wants *wants)
{
	const struct image_ref *ref = &use->image.ref;
	struct want want = { .kind = WANT_TAG };

	if (plan->running && use->overrides)
		return;
	if (plan->running && pin_takes_digest(use)) {
		pin_running_choose(plan->running, use, plan->facts, wants);
		return;
	}
	if (!follows_tag(&plan->wish, use))
		return;
	want.registry = ref->registry;
	want.repository = ref->repository;
	want.tag = image_ref_tag(ref);
	wants_add(wants, &want);
}

/* What keeps a use from being touched whatever is wished; NULL for nothing. */
static const char *use_problem(struct pin_plan *plan, const struct declared_use *use)
{
	if (use->image.state == REFERENCE_EMPTY)
		return "no image is named";
	if (use->image.state == REFERENCE_BAD)
		return use->image.problem;
	if (is_of_arg(use))
		return "an ARG is part of it: pin the ARG's default by hand";
	if (pin_in_parts(use) && plan->wish.unpin && !use->image.ref.tag[0])
		return use->overrides
			       ? "it has no newTag: its base would decide"
			       : "it has no tag: without a digest its chart decides";
	if (use->duplicate_line)
		return arena_printf(&plan->arena,
				    "line %u has the same key again, and readers differ "
				    "on which one counts",
				    use->duplicate_line);
	return NULL;
}

/* The digest that the tag has now, by bytes that were hashed in this run. */
static const struct digest *tag_digest(struct pin_plan *plan,
				       const struct declared_use *use)
{
	const struct image_ref *ref = &use->image.ref;
	const struct tag_fact *fact = snapshot_find_tag(
		plan->facts, ref->registry, ref->repository, image_ref_tag(ref));

	if (!fact) {
		pin_plan_refuse_use(plan, PIN_UNANSWERED, use,
				    "the file changed meanwhile");
		return NULL;
	}
	if (fact->state != FACT_FOUND) {
		pin_plan_refuse_use(
			plan, fact->state == FACT_ABSENT ? PIN_OWN_SAKE : PIN_UNANSWERED,
			use, fact->reason);
		return NULL;
	}
	if (!image_set_find(&plan->facts->images, &fact->digest)) {
		pin_plan_refuse_use(plan, PIN_UNANSWERED, use,
				    "its content could not be fetched");
		return NULL;
	}
	return &fact->digest;
}

/* The digest of what runs. */
static const struct digest *running_digest(struct pin_plan *plan,
					   const struct declared_use *use)
{
	struct pin_choice choice =
		pin_running_choose(plan->running, use, plan->facts, NULL);
	struct digest *digest;

	if (choice.state == PIN_LATER)
		pin_plan_refuse_use(plan, PIN_UNANSWERED, use,
				    "the file changed meanwhile");
	else if (choice.state != PIN_CHOSEN)
		pin_plan_refuse_use(
			plan, choice.state == PIN_SILENT ? PIN_UNANSWERED : PIN_OWN_SAKE,
			use, choice.reason);
	if (choice.state != PIN_CHOSEN)
		return NULL;
	if (choice.moved)
		pin_plan_refuse(plan, PIN_NOTE,
				arena_printf(&plan->arena,
					     "%s:%u:%u: %s is another image by now than "
					     "the one that runs, which is pinned",
					     use->file, use->line, use->column,
					     use->image.text));
	digest = arena_alloc(&plan->arena, sizeof(*digest));
	*digest = choice.digest;
	return digest;
}

const char *pin_plan_text(struct pin_plan *plan, const struct declared_use *use)
{
	const struct digest none = { "" }, *digest = &use->image.ref.digest;
	const char *problem = use_problem(plan, use), *text;

	if (use->image.state == REFERENCE_PLACEHOLDER ||
	    (use->overrides && plan->running))
		return NULL; /* a gap says so; what runs is no kustomization's */
	if (pin_in_parts(use) && use->image.state == REFERENCE_OK && !plan->wish.update &&
	    digest_known(&use->image.ref.digest) != plan->wish.unpin)
		return NULL; /* as wished already */
	if (problem) {
		pin_plan_refuse_use(plan, PIN_OWN_SAKE, use, problem);
		return NULL;
	}
	if (plan->wish.unpin)
		digest = &none;
	else if (plan->running)
		digest = running_digest(plan, use);
	else if (follows_tag(&plan->wish, use))
		digest = tag_digest(plan, use);
	else if (plan->wish.update)
		pin_plan_refuse_use(plan, PIN_NOTE, use,
				    "it has a digest and no tag to follow");
	if (!digest)
		return NULL;
	text = image_ref_respell(use->image.text, digest,
				 !plan->wish.drop_tag || pin_in_parts(use), &plan->arena);
	return strcmp(text, use->image.text) == 0 ? NULL : text;
}
