#include "drift/subjects.h"

#include "base/buf.h"

const struct container_image *tag_mention_image(const struct tag_mention *mention)
{
	return mention->declared ? &mention->declared->image
				 : &mention->row->running->image;
}

const struct tag_mention *tag_subject_evidence(const struct tag_subject *tag)
{
	const struct tag_mention *evidence = NULL;

	for (size_t i = 0; i < tag->mention_count; i++) {
		const struct verdict *verdict = &tag->mentions[i].verdict;

		if (verdict->answer != VERDICT_DRIFT)
			continue;
		if (verdict->how != HOW_OTHER_PLATFORM)
			return &tag->mentions[i];
		if (!evidence)
			evidence = &tag->mentions[i];
	}
	return evidence ? evidence : &tag->mentions[0];
}

static struct buf subject_key(const char *kind, const struct image_ref *ref,
			      const char *name)
{
	struct buf key = BUF_KEY_INIT;

	buf_add_part(&key, kind);
	buf_add_part(&key, ref->registry);
	buf_add_part(&key, ref->repository);
	buf_add_part(&key, name);
	return key;
}

/* The place of the number of a subject, from 1; NULL there where it is new. */
static void **subject_slot(struct subjects *subjects, struct arena *arena,
			   const char *kind, const struct image_ref *ref,
			   const char *name)
{
	CLEANUP(buf_release) struct buf key = subject_key(kind, ref, name);
	const char **key_kept;
	void **slot = table_slot(&subjects->index, key.data, key.length, &key_kept);

	if (!*slot)
		*key_kept = arena_strndup(arena, key.data, key.length);
	return slot;
}

struct pin_subject *subjects_find_pin(const struct subjects *subjects,
				      const struct image_ref *ref)
{
	CLEANUP(buf_release) struct buf key = subject_key("pin", ref, ref->digest.text);
	const void *number = table_find(&subjects->index, key.data, key.length);

	return number ? &subjects->pins[(size_t)(uintptr_t)number - 1] : NULL;
}

static struct tag_subject *tag_of(struct subjects *subjects, struct arena *arena,
				  const struct image_ref *ref)
{
	const char *tag = image_ref_tag(ref);
	void **slot = subject_slot(subjects, arena, "tag", ref, tag);

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
	slot = subject_slot(subjects, arena, "pin", ref, ref->digest.text);
	if (!*slot) {
		subjects->pins = arena_grow(arena, subjects->pins, subjects->pin_count,
					    sizeof(*subjects->pins));
		subjects->pins[subjects->pin_count++] =
			(struct pin_subject){ .ref = *ref };
		*slot = (void *)(uintptr_t)subjects->pin_count;
	}
	pin = &subjects->pins[(size_t)(uintptr_t)*slot - 1];
	pin->mentions = arena_grow(arena, pin->mentions, pin->mention_count,
				   sizeof(const struct declared_use *));
	pin->mentions[pin->mention_count++] = declared;
}

void subjects_make(struct subjects *subjects, struct arena *arena,
		   const struct snapshot *snapshot, const struct join *join,
		   bool with_tags)
{
	*subjects = (struct subjects){ .tags = NULL };
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		const struct declared_use *declared = &snapshot->declared[i];

		if (with_tags)
			mention_tag(subjects, arena, &declared->image,
				    &(struct tag_mention){ .declared = declared });
		mention_pin(subjects, arena, declared);
	}
	for (size_t i = 0; i < join->use_count && with_tags; i++) {
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

void finding_show_declared(struct finding *finding, const struct declared_use *declared)
{
	finding->namespace = declared->namespace;
	finding->object = declared->object;
	finding->container = declared->image.container;
	finding->class = container_class_name(declared->image.class);
	finding->reference = declared->image.text;
	finding->file = declared->file;
	finding->path = declared->path;
	finding->line = declared->line;
	finding->column = declared->column;
	if (declared->image.state == REFERENCE_OK)
		finding->declared = declared->image.ref.digest.text;
}
