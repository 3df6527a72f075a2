#include "source/registry_answer.h"

#include <jansson.h>

#include <ctype.h>

#define MEDIA_TYPE_SIZE 160
#define OTHER_TYPE "application/octet-stream"
#define COMPLAINT_LENGTH 160 /* bytes of a server's words that a reason holds */

/* The Content-Type without parameters, in lower case; "" where there is none. */
static const char *content_type(char text[MEDIA_TYPE_SIZE],
				const struct http_response *response)
{
	const char *header = http_header(response, "Content-Type");
	size_t length = header ? strcspn(header, "; \t") : 0;

	if (length >= MEDIA_TYPE_SIZE)
		length = MEDIA_TYPE_SIZE - 1;
	for (size_t i = 0; i < length; i++)
		text[i] = (char)tolower((unsigned char)header[i]);
	text[length] = '\0';
	return text;
}

struct digest answer_digest(const struct http_response *response)
{
	const char *header = http_header(response, "Docker-Content-Digest");
	struct error ignored = ERROR_INIT;
	struct digest digest = { "" };

	if (header && !digest_parse(&digest, header, &ignored))
		digest = (struct digest){ "" };
	return digest;
}

/* Types that registries and proxies put on manifests and blobs without a thought. */
static bool is_vague(const char *media_type)
{
	static const char *const vague[] = { "", "application/json", "text/plain",
					     OTHER_TYPE, "binary/octet-stream" };

	for (size_t i = 0; i < ARRAY_LENGTH(vague); i++)
		if (strcmp(media_type, vague[i]) == 0)
			return true;
	return false;
}

static bool is_registry_type(const char *media_type)
{
	static const char prefix[] = "application/vnd.";

	return strncmp(media_type, prefix, strlen(prefix)) == 0;
}

/*
 * Signed manifests of schema 1 have a digest that is not of their bytes
 * (distribution, docs/spec/manifest-v2-1.md).
 */
static bool is_schema_1(const char *media_type)
{
	static const char prefix[] = "application/vnd.docker.distribution.manifest.v1+";

	return strncmp(media_type, prefix, strlen(prefix)) == 0;
}

static bool check_type(const char *media_type, struct error *err)
{
	if (is_schema_1(media_type))
		return error_set(err, ERROR_SYNTAX,
				 "an image of Docker's schema 1, whose digest cannot be "
				 "verified by its bytes");
	if (!is_vague(media_type) && !is_registry_type(media_type))
		return error_set(
			err, ERROR_SYNTAX,
			"answered with %.100s, which is no image: a login page, or "
			"no registry",
			media_type);
	return true;
}

bool answer_has_registry_type(const struct http_response *response)
{
	char type[MEDIA_TYPE_SIZE];

	content_type(type, response);
	return is_vague(type) || is_registry_type(type);
}

/* What may be named by a tag or under /manifests/. */
static bool is_manifest_kind(const struct image *image)
{
	return image->kind == IMAGE_INDEX || image->kind == IMAGE_MANIFEST ||
	       image->kind == IMAGE_ARTIFACT;
}

/*
 * Bytes that were asked for by their digest, and are no image that we read: a layer, say.
 * They are the registry's answer all the same.
 */
static bool read_as_other(struct image *image, struct arena *arena,
			  const struct image_source *source, struct error *err)
{
	const struct digest digest = image->digest;
	const struct image_source other = { source->body, source->length, OTHER_TYPE };

	if (!image_parse(image, arena, &other, err))
		return false;
	image->digest = digest;
	return true;
}

bool answer_content(struct image *image, struct arena *arena,
		    const struct http_response *response,
		    const struct content_wanted *wanted, struct error *err)
{
	char type[MEDIA_TYPE_SIZE];
	const struct digest *asked = &wanted->digest;
	const struct digest named = answer_digest(response);
	struct error problem = ERROR_INIT;
	struct image_source source = { buf_text(&response->body), response->body.length,
				       "" };
	bool parsed, plausible;

	if (!check_type(content_type(type, response), err))
		return false;
	if (!wanted->blob && !is_vague(type))
		source.media_type = type;
	parsed = image_parse(image, arena, &source, &problem);
	image->digest = digest_compute(source.body, source.length,
				       digest_known(asked) ? asked : &named);
	plausible = wanted->blob || source.media_type[0] ||
		    (parsed && is_manifest_kind(image));
	if (plausible && digest_known(asked) && !digest_equal(asked, &image->digest))
		return error_set(err, ERROR_MISMATCH,
				 "the registry sent content whose digest is %s",
				 image->digest.text);
	if (!parsed && wanted->blob)
		return read_as_other(image, arena, &source, err);
	if (!parsed)
		return error_set(err, problem.code, "%s", problem.text);
	return plausible || error_set(err, ERROR_SYNTAX,
				      "answered with something that is no image "
				      "manifest");
}

/* "code: message" of the first of OCI's errors. */
static const char *json_complaint(const struct http_response *response,
				  struct arena *arena)
{
	json_t *root =
		json_loadb(buf_text(&response->body), response->body.length, 0, NULL);
	const json_t *first = json_array_get(json_object_get(root, "errors"), 0);
	const char *code = json_string_value(json_object_get(first, "code"));
	const char *message = json_string_value(json_object_get(first, "message"));
	const char *text = "";

	if (code || message)
		text = arena_printf(arena, " (%.40s%s%.*s)", code ? code : "",
				    code && message ? ": " : "", COMPLAINT_LENGTH,
				    message ? message : "");
	json_decref(root);
	return text;
}

const char *answer_complaint(const struct http_response *response, struct arena *arena)
{
	char type[MEDIA_TYPE_SIZE];
	const char *text = buf_text(&response->body);
	size_t length = strcspn(text, "\r\n");

	if (response->elsewhere)
		return "";
	content_type(type, response);
	if (text[0] == '{')
		return json_complaint(response, arena);
	if (length == 0 || strcmp(type, "text/plain") != 0)
		return "";
	if (length > COMPLAINT_LENGTH)
		length = COMPLAINT_LENGTH;
	return arena_printf(arena, " (%.*s)", (int)length, text);
}
