#include "model/image.h"

#include <jansson.h>

#define OCI "application/vnd.oci.image."
#define DOCKER "application/vnd.docker."

/* The media types that we read (OCI media-types.md and its Docker twins). */
static const struct media_type {
	const char *name;
	enum image_kind kind;
} media_types[] = {
	{ OCI "index.v1+json", IMAGE_INDEX },
	{ DOCKER "distribution.manifest.list.v2+json", IMAGE_INDEX },
	{ OCI "manifest.v1+json", IMAGE_MANIFEST },
	{ DOCKER "distribution.manifest.v2+json", IMAGE_MANIFEST },
	{ OCI "config.v1+json", IMAGE_CONFIG },
	{ DOCKER "container.image.v1+json", IMAGE_CONFIG },
};

static enum image_kind kind_of_type(const char *media_type)
{
	for (size_t i = 0; i < ARRAY_LENGTH(media_types); i++)
		if (strcmp(media_types[i].name, media_type) == 0)
			return media_types[i].kind;
	return IMAGE_OTHER;
}

bool image_is_config_type(const char *media_type)
{
	return kind_of_type(media_type) == IMAGE_CONFIG;
}

/* A string member, or "" where there is none; borrowed from `object`. */
static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* descriptor.md, "Digests": an algorithm that is not ours, with an encoded part. */
static bool is_of_other_algorithm(const char *text)
{
	size_t algorithm = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789+._-");
	const char *encoded = text + algorithm + 1;

	if (algorithm == 0 || text[algorithm] != ':' ||
	    strncmp(text, "sha256:", 7) == 0 || strncmp(text, "sha512:", 7) == 0)
		return false;
	return encoded[0] != '\0' &&
	       encoded[strspn(encoded,
			      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789=_-")] == '\0';
}

/* Digests of algorithms that we do not have stay unknown: they must not be an error. */
static bool read_digest(struct digest *digest, const json_t *value, struct error *err)
{
	const char *text = json_string_value(value);

	if (!text)
		return error_set(err, ERROR_SYNTAX, "a digest is missing");
	if (is_of_other_algorithm(text))
		return true;
	return digest_parse(digest, text, err);
}

/*
 * BuildKit, attestation-storage.md: an annotation, and a platform that no node has.
 * Either tells: indexes that were copied or filtered may have lost the other.
 */
static bool is_attestation(const json_t *descriptor, const struct platform *platform)
{
	const json_t *annotations = json_object_get(descriptor, "annotations");

	return strcmp(text_of(annotations, "vnd.docker.reference.type"),
		      "attestation-manifest") == 0 ||
	       (strcmp(platform->os, "unknown") == 0 &&
		strcmp(platform->architecture, "unknown") == 0);
}

static struct platform read_platform(const json_t *object)
{
	return platform_make(text_of(object, "os"), text_of(object, "architecture"),
			     text_of(object, "variant"));
}

static bool read_descriptor(struct descriptor *descriptor, struct arena *arena,
			    const json_t *value, struct error *err)
{
	if (!json_is_object(value))
		return error_set(err, ERROR_SYNTAX, "a descriptor is no object");
	descriptor->media_type = arena_strdup(arena, text_of(value, "mediaType"));
	descriptor->size = json_integer_value(json_object_get(value, "size"));
	descriptor->platform = read_platform(json_object_get(value, "platform"));
	descriptor->attestation = is_attestation(value, &descriptor->platform);
	return read_digest(&descriptor->digest, json_object_get(value, "digest"), err);
}

/* An array that may be absent or null (Go writes empty slices so), of limited length. */
static bool read_list(const json_t **list, const json_t *object, const char *key,
		      struct error *err)
{
	*list = json_object_get(object, key);
	if (!*list || json_is_null(*list)) {
		*list = NULL;
		return true;
	}
	if (!json_is_array(*list))
		return error_set(err, ERROR_SYNTAX, "'%s' is no list", key);
	if (json_array_size(*list) > IMAGE_CHILDREN)
		return error_set(err, ERROR_LIMIT, "'%s' has more than %d items", key,
				 IMAGE_CHILDREN);
	return true;
}

static bool read_descriptors(struct descriptor **items, size_t *count,
			     struct arena *arena, const json_t *list, struct error *err)
{
	size_t length = json_array_size(list);

	*items = arena_alloc(arena, length * sizeof(**items));
	for (*count = 0; *count < length; (*count)++)
		if (!read_descriptor(&(*items)[*count], arena,
				     json_array_get(list, *count), err))
			return false;
	return true;
}

static bool read_index(struct image *image, struct arena *arena, const json_t *body,
		       struct error *err)
{
	const json_t *list;

	if (json_object_get(body, "config") || json_object_get(body, "layers"))
		return error_set(err, ERROR_SYNTAX,
				 "an image index that is an image manifest as well");
	return read_list(&list, body, "manifests", err) &&
	       read_descriptors(&image->children, &image->child_count, arena, list, err);
}

static bool read_manifest(struct image *image, struct arena *arena, const json_t *body,
			  struct error *err)
{
	const json_t *list;

	if (json_object_get(body, "manifests"))
		return error_set(err, ERROR_SYNTAX,
				 "an image manifest that is an image index as well");
	image->artifact_type = arena_strdup(arena, text_of(body, "artifactType"));
	if (!read_descriptor(&image->config, arena, json_object_get(body, "config"), err))
		return error_wrap(err, "config");
	if (image->artifact_type[0] || !image_is_config_type(image->config.media_type))
		image->kind = IMAGE_ARTIFACT;
	return read_list(&list, body, "layers", err) &&
	       read_descriptors(&image->layers, &image->layer_count, arena, list, err);
}

static bool read_config(struct image *image, struct arena *arena, const json_t *body,
			struct error *err)
{
	const json_t *list;
	size_t length;

	if (!read_list(&list, json_object_get(body, "rootfs"), "diff_ids", err))
		return false;
	length = json_array_size(list);
	image->diff_ids = arena_alloc(arena, length * sizeof(*image->diff_ids));
	for (; image->diff_id_count < length; image->diff_id_count++)
		if (!read_digest(&image->diff_ids[image->diff_id_count],
				 json_array_get(list, image->diff_id_count), err))
			return error_wrap(err, "diff_ids");
	image->platform = read_platform(body);
	return true;
}

/* What a body without a known Content-Type is: by its own word, else by its shape. */
static enum image_kind kind_of_body(const json_t *body)
{
	const char *media_type = text_of(body, "mediaType");

	if (media_type[0])
		return kind_of_type(media_type);
	if (json_object_get(json_object_get(body, "rootfs"), "diff_ids"))
		return IMAGE_CONFIG;
	if (json_integer_value(json_object_get(body, "schemaVersion")) != 2)
		return IMAGE_OTHER;
	return json_object_get(body, "manifests") ? IMAGE_INDEX
	       : json_object_get(body, "config")  ? IMAGE_MANIFEST
						  : IMAGE_OTHER;
}

/* media-types.md: a `mediaType` in the body must not contradict what it was sent as. */
static bool check_media_type(const json_t *body, const char *media_type,
			     struct error *err)
{
	const char *own = text_of(body, "mediaType");

	if (own[0] && strcmp(own, media_type) != 0)
		return error_set(err, ERROR_SYNTAX, "sent as %.100s, calls itself %.100s",
				 media_type, own);
	return true;
}

static bool read_body(struct image *image, struct arena *arena, const json_t *body,
		      struct error *err)
{
	switch (image->kind) {
	case IMAGE_INDEX:
		return read_index(image, arena, body, err);
	case IMAGE_MANIFEST:
	case IMAGE_ARTIFACT:
		return read_manifest(image, arena, body, err);
	case IMAGE_CONFIG:
		return read_config(image, arena, body, err);
	case IMAGE_OTHER:
		return true;
	}
	return true;
}

static void value_release(json_t **value)
{
	json_decref(*value);
}

bool image_parse(struct image *image, struct arena *arena,
		 const struct image_source *source, struct error *err)
{
	const char *media_type = source->media_type;
	CLEANUP(value_release) json_t *value = NULL;
	json_error_t bad;

	*image = (struct image){
		.media_type = arena_strdup(arena, media_type),
		.kind = kind_of_type(media_type),
		.size = (int64_t)source->length,
		.config.media_type = "",
		.artifact_type = "",
		.fetched_from = "",
	};
	if (source->length > IMAGE_BODY_BYTES)
		return error_set(err, ERROR_LIMIT, "more than %zu bytes",
				 IMAGE_BODY_BYTES);
	if (image->kind == IMAGE_OTHER && media_type[0])
		return true;
	value = json_loadb(source->body, source->length, JSON_REJECT_DUPLICATES, &bad);
	if (!json_is_object(value))
		return error_set(err, ERROR_SYNTAX, "no JSON object: %s",
				 value ? "another kind of value" : bad.text);
	if (!media_type[0]) {
		image->kind = kind_of_body(value);
		image->media_type = arena_strdup(arena, text_of(value, "mediaType"));
	} else if (!check_media_type(value, media_type, err)) {
		return false;
	}
	return read_body(image, arena, value, err);
}

struct image *image_set_find(const struct image_set *set, const struct digest *digest)
{
	return table_find(&set->by_digest, digest->text, strlen(digest->text));
}

void image_set_add(struct image_set *set, struct image *image)
{
	const char **key;
	void **slot = table_slot(&set->by_digest, image->digest.text,
				 strlen(image->digest.text), &key);

	*key = image->digest.text;
	*slot = image;
}

void image_set_release(struct image_set *set)
{
	table_release(&set->by_digest);
}
