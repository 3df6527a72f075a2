#include "drift/inquiry.h"

void wants_add(struct wants *wants, const struct want *want)
{
	CLEANUP(buf_release) struct buf key = BUF_KEY_INIT;
	const char **key_kept;
	void **slot;

	buf_printf(&key, "%d", (int)want->kind);
	buf_add_part(&key, want->registry);
	buf_add_part(&key, want->repository);
	buf_add_part(&key, want->tag);
	buf_add_part(&key, want->digest.text);
	slot = table_slot(&wants->keys, buf_text(&key), key.length, &key_kept);
	if (*slot)
		return;
	*key_kept = arena_strndup(wants->arena, buf_text(&key), key.length);
	*slot = wants;
	wants->items =
		arena_grow(wants->arena, wants->items, wants->count, sizeof(*want));
	wants->items[wants->count++] = *want;
}

void wants_release(struct wants *wants)
{
	table_release(&wants->keys);
}

void side_add_place(struct side *side, const char *registry, const char *repository)
{
	if (registry[0] == '\0' || repository[0] == '\0')
		return;
	for (size_t i = 0; i < side->place_count; i++) {
		if (strcmp(side->places[i].registry, registry) == 0 &&
		    strcmp(side->places[i].repository, repository) == 0)
			return;
	}
	if (side->place_count < PLACES_MOST)
		side->places[side->place_count++] =
			(struct place){ registry, repository };
}

/* Remember why something was not to be had; silence explains more than a plain no. */
static void note_failure(struct inquiry *inquiry, const struct digest_fact *fact)
{
	bool silent = !fact->mismatch &&
		      (fact->state == FACT_UNKNOWN || fact->state == FACT_DENIED);

	if (silent || !inquiry->silent)
		inquiry->reason = fact->state == FACT_FOUND
					  ? "its registry holds it, in a form that is "
					    "not read"
					  : fact->reason;
	inquiry->silent |= silent;
}

/*
 * Ask one place after the other, the next one only where the last did not have it:
 * most digests are where their reference says.
 */
static enum known ask_places(struct inquiry *inquiry, enum want_kind kind,
			     const struct side *where, const struct digest *digest)
{
	bool blob = kind == WANT_BLOB;

	inquiry->reason = "no repository is known that could hold it";
	for (size_t i = 0; i < where->place_count; i++) {
		const struct place *place = &where->places[i];
		const struct digest_fact *fact =
			snapshot_find_digest(inquiry->snapshot, place->registry,
					     place->repository, digest, blob);

		if (fact) {
			note_failure(inquiry, fact);
			continue;
		}
		if (!inquiry->wants) {
			inquiry->reason =
				"it was not asked for within the limits of a scan";
			return KNOWN_NO;
		}
		wants_add(inquiry->wants, &(struct want){ .kind = kind,
							  .registry = place->registry,
							  .repository = place->repository,
							  .tag = "",
							  .digest = *digest });
		return KNOWN_LATER;
	}
	return KNOWN_NO;
}

static enum known inquiry_content(struct inquiry *inquiry, enum want_kind kind,
				  const struct side *where, const struct digest *digest,
				  const struct image **image)
{
	inquiry->silent = false;
	if (!digest_known(digest)) {
		inquiry->reason = "it is a digest of an algorithm that is not read";
		return KNOWN_NO;
	}
	*image = image_set_find(&inquiry->snapshot->images, digest);
	if (*image)
		return KNOWN_YES;
	if (digest_is_placeholder(digest)) {
		inquiry->reason = "it is the digest of no image";
		return KNOWN_NO;
	}
	return ask_places(inquiry, kind, where, digest);
}

enum known inquiry_manifest(struct inquiry *inquiry, const struct side *where,
			    const struct digest *digest, const struct image **image)
{
	return inquiry_content(inquiry, WANT_MANIFEST, where, digest, image);
}

enum known inquiry_config(struct inquiry *inquiry, const struct side *where,
			  const struct digest *digest, const struct image **image)
{
	return inquiry_content(inquiry, WANT_BLOB, where, digest, image);
}

enum known inquiry_tag(struct inquiry *inquiry, const char *registry,
		       const char *repository, const char *tag,
		       const struct tag_fact **fact)
{
	*fact = snapshot_find_tag(inquiry->snapshot, registry, repository, tag);
	if (*fact)
		return KNOWN_YES;
	if (!inquiry->wants)
		return KNOWN_NO;
	wants_add(inquiry->wants, &(struct want){ .kind = WANT_TAG,
						  .registry = registry,
						  .repository = repository,
						  .tag = tag });
	return KNOWN_LATER;
}

enum known inquiry_presence(struct inquiry *inquiry, const struct image_ref *ref,
			    const struct digest_fact **fact)
{
	bool content = image_set_find(&inquiry->snapshot->images, &ref->digest) != NULL;

	*fact = snapshot_find_digest(inquiry->snapshot, ref->registry, ref->repository,
				     &ref->digest, false);
	if (*fact)
		return KNOWN_YES;
	if (!inquiry->wants)
		return KNOWN_NO;
	wants_add(inquiry->wants,
		  &(struct want){ .kind = content ? WANT_PRESENCE : WANT_MANIFEST,
				  .registry = ref->registry,
				  .repository = ref->repository,
				  .tag = "",
				  .digest = ref->digest });
	return KNOWN_LATER;
}
