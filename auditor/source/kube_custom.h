/*
 * kube_custom.h - the images that custom resources declare
 *
 * Those of the table in model/field_rules.h are declared uses.  Whatever else looks like
 * an image in a custom resource is the gap unknown-kind.
 */
#ifndef SOURCE_KUBE_CUSTOM_H
#define SOURCE_KUBE_CUSTOM_H

#include "source/kube_file.h"

/* Whether the objects of a group are custom resources. */
bool kube_is_custom(const char *api_group);

/*
 * Whether an object without a row in model/workload.h may hold images: a custom resource,
 * or what the API server's own groups do not have, such as a Deployment of v1.  Groups
 * without a dot are none of Kubernetes' (skaffold/v4).
 */
bool kube_holds_images(const char *api_group, const char *kind);

void kube_custom_read(struct kube_file *file, const struct kube_head *head,
		      const struct node *object);

#endif
