/*
 * Any bytes, as files of each kind that is pinned and unpinned: what unpinning makes of
 * the pinned text is what it makes of the text itself, and without a pin in it, the text.
 */
#include "commands/pin_edits.h"
#include "source/kube_manifest.h"

#define BYTES ((size_t)1024 * 1024)
#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
	if (!condition)
		abort();
}

static bool same(const struct buf *a, const struct buf *b)
{
	return a->length == b->length && memcmp(buf_text(a), buf_text(b), a->length) == 0;
}

/* Every tag that the text names resolves to one digest. */
static void answer(struct snapshot *facts, const char *name, const struct buf *text)
{
	static struct image image = { .digest = { DIGEST }, .media_type = "" };
	CLEANUP(snapshot_release) struct snapshot declared;
	struct error ignored = ERROR_INIT;

	snapshot_init(&declared, 0);
	image_set_add(&facts->images, &image);
	if (!kube_manifest_read_text(&declared, name, text, &ignored))
		ignored.code = ERROR_NONE;
	for (size_t i = 0; i < declared.declared_count; i++) {
		const struct image_ref *ref = &declared.declared[i].image.ref;
		struct tag_fact fact = { .state = FACT_FOUND, .digest = { DIGEST } };

		if (declared.declared[i].image.state != REFERENCE_OK)
			continue;
		fact.registry = arena_strdup(&facts->arena, ref->registry);
		fact.repository = arena_strdup(&facts->arena, ref->repository);
		fact.tag = arena_strdup(&facts->arena, image_ref_tag(ref));
		fact.reason = "";
		snapshot_add_tag(facts, &fact);
	}
}

static bool edit(struct buf *after, const struct snapshot *facts, const char *name,
		 const struct buf *before, struct pin_wish wish)
{
	CLEANUP(pin_plan_release)
	struct pin_plan plan = { .wish = wish, .facts = facts };
	const struct pin_file file = { name, name };
	struct error err = ERROR_INIT;
	bool ok = pin_edits_make(&plan, &file, before, after, &err);

	check(ok || (err.code != ERROR_NONE && plan.edit_count == 0));
	check(!ok || plan.edit_count > 0 || same(before, after));
	if (ok) {
		CLEANUP(buf_release) struct buf diff = BUF_INIT(8 * BYTES);
		struct edit_list list = { buf_text(before), before->length, plan.edits,
					  plan.edit_count };

		check(edit_diff(&diff, name, &list, &err));
	}
	return ok;
}

static bool holds(const struct buf *text, const char *word)
{
	return memmem(buf_text(text), text->length, word, strlen(word)) != NULL;
}

static void pin_and_unpin(const char *name, const struct buf *text)
{
	static const struct pin_wish pin = { .update = false }, unpin = { .unpin = true };
	CLEANUP(buf_release) struct buf pinned = BUF_INIT(BYTES), back = BUF_INIT(BYTES);
	CLEANUP(buf_release) struct buf plain = BUF_INIT(BYTES);
	CLEANUP(snapshot_release) struct snapshot facts;

	snapshot_init(&facts, 0);
	answer(&facts, name, text);
	if (edit(&pinned, &facts, name, text, pin) &&
	    edit(&plain, &facts, name, text, unpin)) {
		check(edit(&back, &facts, name, &pinned, unpin));
		/* A key that waits for a digest may go, or be written in another way. */
		if (holds(text, "digest") || holds(text, "sha"))
			return;
		check(same(&back, &plain));
		check(holds(text, "@") || same(&back, text));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "fuzz.yaml", "values.yaml",
					     "kustomization.yaml", "compose.yaml",
					     "Dockerfile" };
	CLEANUP(buf_release) struct buf text = BUF_INIT(BYTES);

	buf_add(&text, data, size);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		pin_and_unpin(names[i], &text);
	return 0;
}
