/*
 * fuzz_image - whatever a registry may send as an image; the first byte chooses its type
 */
#include "model/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const media_types[] = {
	"",
	"application/vnd.oci.image.index.v1+json",
	"application/vnd.oci.image.manifest.v1+json",
	"application/vnd.oci.image.config.v1+json",
	"application/vnd.docker.distribution.manifest.list.v2+json",
	"application/vnd.docker.distribution.manifest.v2+json",
	"application/vnd.docker.container.image.v1+json",
	"text/html",
};

static void check_descriptor(const struct descriptor *descriptor)
{
	struct digest again;
	struct error err = ERROR_INIT;

	if (!descriptor->media_type)
		abort();
	if (digest_known(&descriptor->digest) &&
	    !digest_parse(&again, descriptor->digest.text, &err))
		abort();
}

static void check_image(const struct image *image, size_t size)
{
	for (size_t i = 0; i < image->child_count; i++)
		check_descriptor(&image->children[i]);
	for (size_t i = 0; i < image->layer_count; i++)
		check_descriptor(&image->layers[i]);
	check_descriptor(&image->config);
	if (!image->media_type || !image->artifact_type || image->size != (int64_t)size)
		abort();
	if (image->child_count && image->kind != IMAGE_INDEX)
		abort();
	if (image->diff_id_count && image->kind != IMAGE_CONFIG)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct image_source source;
	struct error err = ERROR_INIT;
	struct image image;

	if (size == 0)
		return 0;
	source.body = (const char *)data + 1;
	source.length = size - 1;
	source.media_type = media_types[data[0] % ARRAY_LENGTH(media_types)];
	if (image_parse(&image, &arena, &source, &err))
		check_image(&image, size - 1);
	else if (err.code != ERROR_SYNTAX && err.code != ERROR_LIMIT)
		abort();
	return 0;
}
