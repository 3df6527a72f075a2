/* The rules that look at a manifest alone. */
#include "drift/predicates.h"

/* Whether a kustomization that was evaluated takes the digest of its base away. */
static bool drops_pin(const struct declared_use *declared)
{
	return declared->overlay && declared->overlay->dropped_pin[0];
}

/* What tells the uses that several kustomizations make of one text from each other. */
static const char *through(struct drift *drift, const struct declared_use *declared)
{
	const struct overlay *overlay = declared->overlay;

	if (!overlay || strcmp(overlay->path, declared->path) == 0)
		return "";
	return arena_printf(drift->texts, " (deployed through %s)", overlay->path);
}

enum answer rule_unpinned(struct drift *drift, const struct declared_use *declared,
			  struct finding *finding)
{
	const struct image_ref *ref = &declared->image.ref;
	const char *tag;

	if (declared->image.state != REFERENCE_OK || declared->overrides ||
	    drops_pin(declared))
		return ANSWER_NONE; /* kustomize-unpins has the last word on entries */
	if (digest_known(&ref->digest))
		return ANSWER_NO;
	if (ref->tag[0] == '\0')
		tag = "no tag either, so latest is implied";
	else if (strcmp(ref->tag, "latest") == 0)
		tag = "its tag is latest";
	else
		tag = arena_printf(drift->texts, "only the tag %s", ref->tag);
	finding->message =
		arena_printf(drift->texts, "%s has no digest: %s%s", declared->image.text,
			     tag, through(drift, declared));
	return ANSWER_YES;
}

enum answer rule_bad_reference(struct drift *drift, const struct declared_use *declared,
			       struct finding *finding)
{
	if (declared->image.state == REFERENCE_PLACEHOLDER)
		return ANSWER_NONE;
	if (declared->image.state == REFERENCE_OK)
		return ANSWER_NO;
	if (declared->image.state == REFERENCE_EMPTY)
		finding->message = declared->image.class == CLASS_IMAGE_VOLUME
					   ? "the volume names no image"
					   : "the container names no image";
	else
		finding->message =
			arena_printf(drift->texts, "'%s' is not an image reference: %s",
				     declared->image.text, declared->image.problem);
	return ANSWER_YES;
}

enum answer rule_placeholder_digest(struct drift *drift,
				    const struct declared_use *declared,
				    struct finding *finding)
{
	const struct digest *digest = &declared->image.ref.digest;
	struct digest of_nothing;
	char name[DIGEST_SHORT_SIZE];

	if (declared->image.state != REFERENCE_OK || !digest_known(digest))
		return ANSWER_NONE;
	if (!digest_is_placeholder(digest))
		return ANSWER_NO;
	of_nothing = digest_compute("", 0, digest);
	finding->declared = digest->text;
	finding->message = arena_printf(
		drift->texts, "%s names no image: it is %s", digest_short(name, digest),
		digest_equal(digest, &of_nothing) ? "the digest of the empty input"
						  : "one digit repeated");
	return ANSWER_YES;
}

/* An entry that sets neither tag nor digest is no declared use. */
enum answer rule_kustomize_unpins(struct drift *drift,
				  const struct declared_use *declared,
				  struct finding *finding)
{
	const struct image_ref *ref = &declared->image.ref;
	bool changed = declared->overrides || declared->overlay;

	if (!changed || declared->image.state != REFERENCE_OK)
		return ANSWER_NONE;
	if (digest_known(&ref->digest))
		return ANSWER_NO;
	if (drops_pin(declared)) {
		finding->message =
			arena_printf(drift->texts,
				     "%s: without a digest, it takes away "
				     "the pin of %s%s",
				     declared->image.text, declared->overlay->dropped_pin,
				     through(drift, declared));
		return ANSWER_YES;
	}
	if (!declared->overrides)
		return ANSWER_NONE; /* nothing was pinned */
	finding->message = arena_printf(drift->texts,
					"%s: newTag without a digest takes the pin away "
					"from what it changes",
					declared->image.text);
	return ANSWER_YES;
}

enum answer rule_duplicate_key(struct drift *drift, const struct declared_use *declared,
			       struct finding *finding)
{
	uint32_t one = declared->line, other = declared->duplicate_line;

	if (!other)
		return ANSWER_NO;
	if (one == other)
		finding->message = arena_printf(drift->texts,
						"the mapping has two image keys on "
						"line %u",
						(unsigned)one);
	else
		finding->message =
			arena_printf(drift->texts,
				     "the mapping has two image keys, on lines %u and %u",
				     (unsigned)(one < other ? one : other),
				     (unsigned)(one < other ? other : one));
	return ANSWER_YES;
}
