#include "source/kustomize_image.h"

#include <ctype.h>

/* The parts of a reference, as image.Split() has them. */
struct parts {
	const char *name, *tag, *digest;
};

bool kustomize_image_is_plain(const struct kustomize_image *entry)
{
	for (const char *c = entry->name; *c; c++) {
		if ((unsigned char)*c >= 0x80 || strchr("\\[](){}*+?|^$\n", *c))
			return false;
	}
	return entry->name[0] != '\0';
}

/* Behind as many of [a-zA-Z0-9_.{}-] as there are. */
static const char *skip_word(const char *text)
{
	while (isalnum((unsigned char)*text) || (*text && strchr("_.{}-", *text)))
		text++;
	return text;
}

bool kustomize_image_matches(const struct kustomize_image *entry, const char *reference)
{
	static const char algorithm[] = "@sha256:";
	const char *rest = reference;

	for (const char *c = entry->name; *c; c++, rest++) {
		if (*rest == '\0' || *rest == '\n' || (*c != '.' && *c != *rest))
			return false;
	}
	if (*rest == ':')
		rest = skip_word(rest + 1);
	if (strncmp(rest, algorithm, strlen(algorithm)) == 0)
		rest = skip_word(rest + strlen(algorithm));
	return *rest == '\0';
}

static struct parts split(const char *reference, struct arena *arena)
{
	const char *slash = strchr(reference, '/');
	const char *from = slash ? slash : reference; /* behind the port of a host */
	const char *at = strchr(from, '@');
	const char *end = at ? at : from + strlen(from);
	const char *colon = memchr(from, ':', (size_t)(end - from));
	const char *name_end = colon ? colon : end;

	return (struct parts){
		.name = arena_strndup(arena, reference, (size_t)(name_end - reference)),
		.tag = colon ? arena_strndup(arena, colon + 1, (size_t)(end - colon - 1))
			     : "",
		.digest = at ? at + 1 : "",
	};
}

const char *kustomize_image_apply(const struct kustomize_image *entry,
				  const char *reference, struct arena *arena)
{
	struct parts parts = split(reference, arena);

	if (entry->new_name[0])
		parts.name = entry->new_name;
	if (entry->new_tag[0] || entry->digest[0]) {
		parts.tag = entry->new_tag;
		parts.digest = entry->digest;
	}
	return arena_printf(arena, "%s%s%s%s%s", parts.name, parts.tag[0] ? ":" : "",
			    parts.tag, parts.digest[0] ? "@" : "", parts.digest);
}
