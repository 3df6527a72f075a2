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

/* Without the "/" at its end: "mirror.example.com/" and "mirror.example.com" are one. */
static size_t prefix_length(const char *prefix)
{
	size_t length = strlen(prefix);

	return length > 0 && prefix[length - 1] == '/' ? length - 1 : length;
}

/* What stands behind a prefix, from its "/" on; NULL where the name has another one. */
static const char *behind_prefix(const char *name, const char *prefix)
{
	size_t length = prefix_length(prefix);

	if (strncmp(name, prefix, length) != 0)
		return NULL;
	return name[length] == '/' || name[length] == '\0' ? name + length : NULL;
}

struct image_ref reference_rewrite(const struct policy *policy, struct arena *arena,
				   const struct image_ref *ref)
{
	const char *name = arena_printf(arena, "%s/%s", ref->registry, ref->repository);
	struct image_ref rewritten = *ref;

	for (size_t i = 0; i < policy->rewrite_count; i++) {
		const struct policy_rewrite *rewrite = &policy->rewrites[i];
		const char *rest = behind_prefix(name, rewrite->from);
		const char *slash;

		if (!rest)
			continue;
		name = arena_printf(arena, "%.*s%s", (int)prefix_length(rewrite->to),
				    rewrite->to, rest);
		slash = strchr(name, '/');
		if (!slash)
			return *ref; /* a registry alone is no repository */
		rewritten.registry = arena_strndup(arena, name, (size_t)(slash - name));
		rewritten.repository = slash + 1;
		break;
	}
	return rewritten;
}
