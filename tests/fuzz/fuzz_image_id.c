/*
 * fuzz_image_id - whatever a runtime may report as imageID
 */
#include "model/image_id.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char *text = arena_strndup(&arena, (const char *)data, size);
	struct image_id id = image_id_parse(text, &arena);
	bool named = id.form == IMAGE_ID_REFERENCE || id.form == IMAGE_ID_BARE;

	if (named != digest_known(&id.digest))
		abort();
	if ((id.repository[0] != '\0') != (id.form == IMAGE_ID_REFERENCE))
		abort();
	return 0;
}
