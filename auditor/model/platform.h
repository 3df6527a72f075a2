/*
 * platform.h - operating system and processor, by Go's names (GOOS, GOARCH)
 *
 * OCI Image Specification, image-index.md, "platform".  A plain value.
 */
#ifndef MODEL_PLATFORM_H
#define MODEL_PLATFORM_H

#include "base/base.h"

struct platform {
	char os[16];           /* "linux"; "" means unknown */
	char architecture[16]; /* "amd64" */
	char variant[8];       /* "v7"; often "" */
};

/* Too long names are cut: they equal no real platform. */
struct platform platform_make(const char *os, const char *architecture,
			      const char *variant);

bool platform_known(const struct platform *platform);

/*
 * True if an image for `offered` is what a node of platform `node` selects.
 * A node reports no variant, and an image without one fits every variant.
 */
bool platform_fits(const struct platform *offered, const struct platform *node);

bool platform_equal(const struct platform *a, const struct platform *b);

/* "linux/arm/v7"; "" where unknown.  Returns `text`. */
#define PLATFORM_TEXT_SIZE 48
const char *platform_format(char text[PLATFORM_TEXT_SIZE],
			    const struct platform *platform);
/* The reverse of platform_format(); unknown where it is not of that form. */
struct platform platform_parse(const char *text);

#endif
