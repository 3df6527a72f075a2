#include "drift/subjects.h"

/* The number of a subject, from 1; `*is_new` where it was not there yet. */
static void **subject_slot(struct subjects *subjects, struct arena *arena, char kind,
			   const struct image_ref *ref, const char *name)
{
	CLEANUP(buf_release) struct buf key = BUF_INIT(8192);
	const char **key_kept;
	void **slot;

	buf_printf(&key, "%c%s/%s %s", kind, ref->registry, ref->repository, name);
	slot = table_slot(&subjects->index, buf_text(&key), key.length, &key_kept);
	if (!*slot)
		*key_kept = arena_strndup(arena, buf_text(&key), key.length);
	return slot;
}

static struct tag_subject *tag_of(struct subjects *subjects, struct arena *arena,
				  const struct image_ref *ref)
{
	const char *tag = image_ref_tag(ref);
	void **slot = subject_slot(subjects, arena, 't', ref, tag);

	if (!*slot) {
		subjects->tags = arena_grow(arena, subjects->tags, subjects->tag_count,
					    sizeof(*subjects->tags));
		subjects->tags[subjects->tag_count++] = (struct tag_subject){
			.registry = ref->registry,
			.repository = ref->repository,
			.tag = tag,
		};
		*slot = (void *)(uintptr_t)subjects->tag_count;
	}
	return &subjects->tags[(size_t)(uintptr_t)*slot - 1];
}

static void mention_tag(struct subjects *subjects, struct arena *arena,
			const struct container_image *image,
			const struct tag_mention *mention)
{
	struct tag_subject *tag;

	if (image->state != REFERENCE_OK || image_ref_tag(&image->ref)[0] == '\0')
		return;
	tag = tag_of(subjects, arena, &image->ref);
	tag->mentions = arena_grow(arena, tag->mentions, tag->mention_count,
				   sizeof(*tag->mentions));
	tag->mentions[tag->mention_count++] = *mention;
}

static void mention_pin(struct subjects *subjects, struct arena *arena,
			const struct declared_use *declared)
{
	const struct image_ref *ref = &declared->image.ref;
	struct pin_subject *pin;
	void **slot;

	if (declared->image.state != REFERENCE_OK || !digest_known(&ref->digest))
		return;
	slot = subject_slot(subjects, arena, 'p', ref, ref->digest.text);
	if (!*slot) {
		subjects->pins = arena_grow(arena, subjects->pins, subjects->pin_count,
					    sizeof(*subjects->pins));
		subjects->pins[subjects->pin_count++] =
			(struct pin_subject){ .ref = *ref };
		*slot = (void *)(uintptr_t)subjects->pin_count;
	}
	pin = &subjects->pins[(size_t)(uintptr_t)*slot - 1];
	pin->mentions = arena_grow(arena, pin->mentions, pin->mention_count,
				   sizeof(*pin->mentions));
	pin->mentions[pin->mention_count++] = declared;
}

void subjects_make(struct subjects *subjects, struct arena *arena,
		   const struct snapshot *snapshot, const struct join *join)
{
	*subjects = (struct subjects){ .tags = NULL };
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		const struct declared_use *declared = &snapshot->declared[i];

		mention_tag(subjects, arena, &declared->image,
			    &(struct tag_mention){ .declared = declared });
		mention_pin(subjects, arena, declared);
	}
	for (size_t i = 0; i < join->use_count; i++) {
		const struct use *use = &join->uses[i];

		for (size_t j = 0; j < use->row_count; j++)
			mention_tag(subjects, arena, &use->rows[j].running->image,
				    &(struct tag_mention){ .use = use,
							   .row = &use->rows[j] });
	}
}

void subjects_release(struct subjects *subjects)
{
	table_release(&subjects->index);
}
