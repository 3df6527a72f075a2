#include "model/image_id.h"

#include "model/image_ref.h"

#define HEX_DIGITS "0123456789abcdef"
#define SHA256_DIGITS 64

/* What dockershim and cri-dockerd put before an ID; other runtimes put nothing there. */
static const char *without_scheme(const char *text)
{
	static const char *const schemes[] = { "docker-pullable://", "docker://" };

	for (size_t i = 0; i < ARRAY_LENGTH(schemes); i++) {
		if (strncmp(text, schemes[i], strlen(schemes[i])) == 0)
			return text + strlen(schemes[i]);
	}
	return text;
}

/* CRI-O's form: the hex digits of a sha256 without its name. */
static bool is_raw_hex(const char *text)
{
	return strspn(text, HEX_DIGITS) == SHA256_DIGITS && text[SHA256_DIGITS] == '\0';
}

/* "sha256:…", or the same without its algorithm. */
static bool read_bare(struct digest *digest, const char *text)
{
	char whole[DIGEST_SIZE];
	struct error ignored = ERROR_INIT;

	if (!is_raw_hex(text))
		return digest_parse(digest, text, &ignored);
	snprintf(whole, sizeof(whole), "sha256:%s", text);
	return digest_parse(digest, whole, &ignored);
}

/*
 * "ref@digest".  The digest is what counts: where the rest is no reference (Docker's
 * "<none>@sha256:…"), the digest stands as if it were alone.
 */
static struct image_id read_reference(const char *text, struct arena *arena)
{
	struct image_id id = { IMAGE_ID_UNREADABLE, "", "", { "" } };
	const char *at = strrchr(text, '@');
	struct error ignored = ERROR_INIT;
	struct image_ref ref;

	if (!at || !digest_parse(&id.digest, at + 1, &ignored))
		return id;
	id.form = IMAGE_ID_BARE;
	if (image_ref_parse(&ref, arena, text, &ignored)) {
		id.form = IMAGE_ID_REFERENCE;
		id.registry = ref.registry;
		id.repository = ref.repository;
	}
	return id;
}

struct image_id image_id_parse(const char *text, struct arena *arena)
{
	struct image_id id = { IMAGE_ID_EMPTY, "", "", { "" } };
	const char *rest = without_scheme(text);

	if (text[0] == '\0')
		return id;
	if (!read_bare(&id.digest, rest))
		return read_reference(rest, arena);
	id.form = IMAGE_ID_BARE;
	return id;
}
