/*
 * kustomize_patch.h - whether a patch can change what image runs where
 *
 * Only what is certain counts as harmless: a patch of an object that holds no images, and
 * one of a workload of Kubernetes that leaves its images and its containers' names alone.
 * Lists of custom resources are replaced as a whole, and nobody knows where their images
 * stand: of those, only metadata is harmless.
 */
#ifndef SOURCE_KUSTOMIZE_PATCH_H
#define SOURCE_KUSTOMIZE_PATCH_H

#include "base/memory.h"
#include "base/node.h"

/*
 * A document of a patch: a strategic merge patch (a mapping), or a JSON patch (RFC 6902,
 * a sequence).  `target`: the selector of what it is for, or NULL.
 */
bool kustomize_patch_is_harmless(const struct node *document, const struct node *target,
				 struct arena *arena);

#endif
