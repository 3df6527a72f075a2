/*
 * compose.h - the images of Compose files
 *
 * compose-spec: 05-services.md (`image`, `volumes` of type image), 12-interpolation.md.
 * What is to be interpolated (`${TAG}`, with a default too: the environment decides) is a
 * placeholder.  The `image` of a service that is built here is the name of the result:
 * nothing is pulled by it, and it declares nothing.
 */
#ifndef SOURCE_COMPOSE_H
#define SOURCE_COMPOSE_H

#include "source/kube_file.h"

/* By the name of its file and the mapping `services`. */
bool compose_is_file(const struct kube_file *file, const struct node *document);
void compose_read(struct kube_file *file, const struct node *document);

#endif
