/*
 * dockerfile.h - the images that Dockerfiles build upon
 *
 * Docker: Dockerfile reference.  Read are `FROM`, `COPY --from=`, `RUN --mount=…from=`
 * and the frontend in `# syntax=`.  Earlier stages and `scratch` are no images.  An ARG
 * before the first FROM counts with its default; without one, what uses it is the gap
 * parameter.  Names that the build command gives another meaning are not known.
 */
#ifndef SOURCE_DOCKERFILE_H
#define SOURCE_DOCKERFILE_H

#include "base/buf.h"
#include "source/kube_file.h"

#define DOCKERFILE_KIND "Dockerfile" /* of the objects of their uses */

/* Dockerfile, Dockerfile.x, x.Dockerfile, with "-" or "_" too; Containerfile likewise; in
 * any case of letters. */
bool dockerfile_is_name(const char *name);

/*
 * Declare the images of a Dockerfile.
 * Errors: as dockerfile_lines.h; what stands before the error has been read.
 */
MUST_CHECK bool dockerfile_read(struct kube_file *file, const struct buf *text,
				struct error *err);

#endif
