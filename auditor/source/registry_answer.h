/*
 * registry_answer.h - reading what a registry sent: types, bytes, complaints
 */
#ifndef SOURCE_REGISTRY_ANSWER_H
#define SOURCE_REGISTRY_ANSWER_H

#include "model/image.h"
#include "source/http.h"

/* Every manifest type that we can name; leaving one out yields wrong digests or false
 * 404s. */
#define MANIFEST_ACCEPT                                                                  \
	"Accept: application/vnd.oci.image.index.v1+json, "                              \
	"application/vnd.oci.image.manifest.v1+json, "                                   \
	"application/vnd.docker.distribution.manifest.list.v2+json, "                    \
	"application/vnd.docker.distribution.manifest.v2+json, "                         \
	"application/vnd.docker.distribution.manifest.v1+prettyjws, "                    \
	"application/vnd.docker.distribution.manifest.v1+json"

/* True for types of images and those that say nothing; false for a login page's. */
bool answer_has_registry_type(const struct http_response *response);

/* The digest that Docker-Content-Digest names; unknown where it names none that could be.
 */
struct digest answer_digest(const struct http_response *response);

/* What content was asked for. */
struct content_wanted {
	struct digest digest; /* that it must have; unknown for a tag */
	bool blob;            /* asked for under /blobs/, not /manifests/ */
};

/*
 * Read the content of a 200 answer to GET into `image`, in `arena`.  Under /blobs/ that
 * is whatever has the digest: IMAGE_OTHER where it is no image. Errors: ERROR_MISMATCH
 * (content of the right kind with another digest), ERROR_SYNTAX (no manifest, whatever it
 * is: a login page is one of these), ERROR_LIMIT.
 */
MUST_CHECK bool answer_content(struct image *image, struct arena *arena,
			       const struct http_response *response,
			       const struct content_wanted *wanted, struct error *err);

/*
 * What the body of a refusal says, as " (code: message)" or " (text)"; "" where it says
 * nothing that can be shown, or was said by another host than the registry: what that
 * may be is the registry's choice, and might be read off the report.
 */
const char *answer_complaint(const struct http_response *response, struct arena *arena);

#endif
