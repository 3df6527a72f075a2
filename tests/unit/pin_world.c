#include "tests/unit/pin_world.h"

#include "source/kube_manifest.h"

static enum fact_state state_of(const char *tag)
{
	if (strcmp(tag, "gone") == 0)
		return FACT_ABSENT;
	return strcmp(tag, "silent") == 0 ? FACT_UNKNOWN : FACT_FOUND;
}

static void add_tag(struct snapshot *facts, const struct image_ref *ref)
{
	const char *tag = image_ref_tag(ref);
	struct tag_fact fact = {
		.registry = ref->registry,
		.repository = ref->repository,
		.tag = tag,
		.state = state_of(tag),
		.digest = { PIN_WORLD_DIGEST },
		.reason = strcmp(tag, "gone") == 0 ? "404" : "no answer",
	};

	if (strcmp(tag, "unread") == 0)
		fact.digest.text[strlen("sha256:")] = 'f';
	snapshot_add_tag(facts, &fact);
}

void pin_world_init(struct pin_world *world, const char *name, const char *text,
		    struct pin_wish wish)
{
	static struct image image = { .digest = { PIN_WORLD_DIGEST }, .media_type = "" };
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(1024 * 1024);
	struct snapshot *facts = &world->facts;
	struct error err = ERROR_INIT;

	buf_puts(&bytes, text);
	snapshot_init(facts, 0);
	image_set_add(&facts->images, &image);
	if (!kube_manifest_read_text(facts, name, &bytes, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < facts->declared_count; i++) {
		if (facts->declared[i].image.state == REFERENCE_OK)
			add_tag(facts, &facts->declared[i].image.ref);
	}
	world->plan = (struct pin_plan){ .wish = wish, .facts = facts };
}

void pin_world_release(struct pin_world *world)
{
	pin_plan_release(&world->plan);
	snapshot_release(&world->facts);
}

void pin_world_list_refusals(struct buf *out, const struct pin_world *world)
{
	static const char *const names[] = {
		[PIN_NOTE] = "note",
		[PIN_OWN_SAKE] = "own-sake",
		[PIN_UNANSWERED] = "unanswered",
	};

	for (size_t i = 0; i < world->plan.refusal_count; i++)
		buf_printf(out, "%s %s\n", names[world->plan.refusals[i].obstacle],
			   world->plan.refusals[i].text);
}
