/*
 * kustomize_image.h - what an `images` entry of a kustomization makes of a reference
 *
 * kustomize: api/internal/image/image.go (which references, and their parts) and
 * api/filters/imagetag/updater.go (what replaces them).
 */
#ifndef SOURCE_KUSTOMIZE_IMAGE_H
#define SOURCE_KUSTOMIZE_IMAGE_H

#include "base/memory.h"

/* An entry; "" is "not there". */
struct kustomize_image {
	const char *name, *new_name, *new_tag, *digest, *tag_suffix;
};

/*
 * Whether it is certain which references an entry matches: its name becomes part of a
 * regular expression.  Of its special characters only "." is known here.
 */
bool kustomize_image_is_plain(const struct kustomize_image *entry);

/* Whether the entry is for a reference, as it is written: "nginx" is not
 * "docker.io/nginx". */
bool kustomize_image_matches(const struct kustomize_image *entry, const char *reference);

/*
 * A reference that matches, changed: `newTag` alone takes its digest away, `digest` alone
 * its tag.  A `tagSuffix` is left to the caller: versions of kustomize differ in what it
 * does.  In `arena`.
 */
const char *kustomize_image_apply(const struct kustomize_image *entry,
				  const char *reference, struct arena *arena);

#endif
