#include "model/platform.h"

/* Copy as much as there is room for. */
static void copy_cut(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text);
}

struct platform platform_make(const char *os, const char *architecture,
			      const char *variant)
{
	struct platform platform = { "", "", "" };

	copy_cut(platform.os, sizeof(platform.os), os);
	copy_cut(platform.architecture, sizeof(platform.architecture), architecture);
	copy_cut(platform.variant, sizeof(platform.variant), variant);
	return platform;
}

bool platform_known(const struct platform *platform)
{
	return platform->os[0] != '\0' && platform->architecture[0] != '\0';
}

bool platform_fits(const struct platform *offered, const struct platform *node)
{
	if (!platform_known(offered) || !platform_known(node))
		return false;
	if (strcmp(offered->os, node->os) != 0 ||
	    strcmp(offered->architecture, node->architecture) != 0)
		return false;
	return offered->variant[0] == '\0' || node->variant[0] == '\0' ||
	       strcmp(offered->variant, node->variant) == 0;
}

bool platform_equal(const struct platform *a, const struct platform *b)
{
	return strcmp(a->os, b->os) == 0 &&
	       strcmp(a->architecture, b->architecture) == 0 &&
	       strcmp(a->variant, b->variant) == 0;
}

const char *platform_format(char text[PLATFORM_TEXT_SIZE],
			    const struct platform *platform)
{
	text[0] = '\0';
	if (platform_known(platform))
		snprintf(text, PLATFORM_TEXT_SIZE, "%s/%s%s%s", platform->os,
			 platform->architecture, platform->variant[0] ? "/" : "",
			 platform->variant);
	return text;
}

/*
 * Move the part before the next "/" (or all of `*text`) into `out`.  False where it
 * is empty or too long; `*text` is NULL behind the last part.
 */
static bool take_part(const char **text, char *out, size_t size)
{
	size_t length = *text ? strcspn(*text, "/") : 0;

	if (length == 0 || length >= size)
		return false;
	memcpy(out, *text, length);
	out[length] = '\0';
	*text = (*text)[length] ? *text + length + 1 : NULL;
	return true;
}

struct platform platform_parse(const char *text)
{
	static const struct platform unknown;
	struct platform platform = unknown;

	if (!take_part(&text, platform.os, sizeof(platform.os)) ||
	    !take_part(&text, platform.architecture, sizeof(platform.architecture)))
		return unknown;
	if (text &&
	    (!take_part(&text, platform.variant, sizeof(platform.variant)) || text))
		return unknown;
	return platform;
}
