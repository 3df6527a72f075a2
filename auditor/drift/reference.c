#include "drift/reference.h"

bool reference_same(const struct container_image *a, const struct container_image *b)
{
	const struct image_ref *one = &a->ref, *other = &b->ref;

	if (a->state != REFERENCE_OK || b->state != REFERENCE_OK)
		return strcmp(a->text, b->text) == 0;
	return image_ref_same_repository(one, other) &&
	       strcmp(image_ref_tag(one), image_ref_tag(other)) == 0 &&
	       strcmp(one->digest.text, other->digest.text) == 0;
}

const char *reference_difference(const struct image_ref *declared,
				 const struct image_ref *live)
{
	bool pinned = digest_known(&declared->digest),
	     fixed = digest_known(&live->digest);

	if (!image_ref_same_repository(declared, live))
		return "repository";
	if (pinned && fixed && !digest_equal(&declared->digest, &live->digest))
		return "digest";
	if (strcmp(image_ref_tag(declared), image_ref_tag(live)) == 0)
		return NULL;
	if (pinned && declared->tag[0] == '\0')
		return NULL; /* any tag may be live; pin-not-applied sees a missing digest
			      */
	if (fixed && live->tag[0] == '\0')
		return NULL; /* the digest is the declared one, or one that was added */
	return "tag";
}
