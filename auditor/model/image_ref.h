/*
 * image_ref.h - references to images: registry/repository:tag@digest
 *
 * Grammar and normal form are distribution/reference's (regexp.go, normalize.go):
 * `nginx` is docker.io/library/nginx, `index.docker.io` is docker.io.  Tag and
 * digest are both kept.  `latest` is not added: "no tag" stays visible, and
 * image_ref_tag() says what a pull would use.
 */
#ifndef MODEL_IMAGE_REF_H
#define MODEL_IMAGE_REF_H

#include "base/memory.h"
#include "model/digest.h"

/* Strings live in the arena given to image_ref_parse(); "" means absent. */
struct image_ref {
	const char *registry;   /* host[:port] as written; "docker.io" */
	const char *repository; /* path: "library/nginx" */
	const char *tag;
	struct digest digest; /* unknown where absent */
};

#define IMAGE_REF_INIT                                                                   \
	{                                                                                \
		"", "", "",                                                              \
		{                                                                        \
			""                                                               \
		}                                                                        \
	}

/*
 * Read a reference from the whole of `text`.
 * Errors: ERROR_SYNTAX, with a text that says which part is wrong and why; `*ref` is
 * then empty.
 */
MUST_CHECK bool image_ref_parse(struct image_ref *ref, struct arena *arena,
				const char *text, struct error *err);

/* The normal form: "docker.io/library/nginx:1.25@sha256:…". */
const char *image_ref_format(const struct image_ref *ref, struct arena *arena);

/* The tag that a pull without a digest uses: "latest" where tag and digest are absent. */
const char *image_ref_tag(const struct image_ref *ref);

/*
 * A valid reference as its author spells it, with `digest` for a digest: "nginx:1.25"
 * becomes "nginx:1.25@sha256:…".  An unknown digest takes out the one that is there, and
 * without `with_tag` the tag goes.
 */
const char *image_ref_respell(const char *text, const struct digest *digest,
			      bool with_tag, struct arena *arena);

bool image_ref_same_repository(const struct image_ref *a, const struct image_ref *b);

/*
 * A text that a tool is to fill in, no reference yet: `$(params.image)`, `${IMAGE}`,
 * `{{ … }}`, `<image>`, `%IMAGE%`, a single space (OpenShift).
 */
bool image_ref_is_placeholder(const char *text);

/* Whether a text begins with a host: a name with a dot or a port, or localhost. */
bool image_ref_begins_with_host(const char *text);

#endif
