/*
 * Any text: a reference that parses has a normal form, which is its own normal form and
 * means the same; and it is no placeholder.
 */
#include "model/image_ref.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
	if (!condition)
		abort();
}

static void check_normal_form(const struct image_ref *ref, struct arena *arena)
{
	const char *normal = image_ref_format(ref, arena);
	struct error err = ERROR_INIT;
	struct image_ref again;

	check(image_ref_parse(&again, arena, normal, &err));
	check(strcmp(image_ref_format(&again, arena), normal) == 0);
	check(image_ref_same_repository(&again, ref));
	check(strcmp(image_ref_tag(&again), image_ref_tag(ref)) == 0);
	check(digest_equal(&again.digest, &ref->digest) == digest_known(&ref->digest));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char *text = arena_strndup(&arena, (const char *)data, size);
	struct error err = ERROR_INIT;
	struct image_ref ref;

	if (image_ref_parse(&ref, &arena, text, &err)) {
		check(!image_ref_is_placeholder(text));
		check_normal_form(&ref, &arena);
	} else {
		check(err.code == ERROR_SYNTAX && err.text[0] != '\0');
		check(ref.registry[0] == '\0' && ref.repository[0] == '\0');
		image_ref_is_placeholder(text);
	}
	return 0;
}
