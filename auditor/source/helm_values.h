/*
 * helm_values.h - the images in the values of Helm charts
 *
 * By convention only (Helm: docs/chart_best_practices/pods.md): what a value means, its
 * chart decides.  Taken for images are
 * - `repo:tag` under a key `image` or one that ends in Image, and
 * - mappings of `repository` with `tag`, `digest` or `sha`, and `registry` (under a key
 *   for an image, `name` may stand for `repository`); also `image` with `imageTag`.
 * A reference without tag and digest is left to the chart, mostly to its appVersion, and
 * is the gap helm-template.  What only looks like an image is left alone.
 */
#ifndef SOURCE_HELM_VALUES_H
#define SOURCE_HELM_VALUES_H

#include "source/kube_file.h"

/* By the name of the file: values.yaml, values-x.yaml, values.x.yaml, x-values.yaml, … */
bool helm_is_values(const struct kube_file *file, const struct node *document);
void helm_values_file_read(struct kube_file *file, const struct node *document);

/* The values in an object, such as Flux's HelmRelease; nothing where it has none. */
void helm_values_object_read(struct kube_file *file, const struct declared_use *use,
			     const struct node *object);

#endif
