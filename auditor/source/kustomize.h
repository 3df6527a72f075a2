/*
 * kustomize.h - what is deployed through the kustomizations that were read
 *
 * A base that one of them reaches is judged only through it: what it declares by itself
 * is replaced by one declared use an overlay.  A kustomization that cannot be wholly
 * evaluated is a gap, and what it names is judged as it stands.
 */
#ifndef SOURCE_KUSTOMIZE_H
#define SOURCE_KUSTOMIZE_H

#include "source/kustomize_tree.h"

/*
 * Evaluate each kustomization among the files that were asked for (`files`: path to
 * struct kustomize_file), which have been read into the snapshot; those that
 * kustomizations name besides are added.
 */
void kustomize_evaluate(struct snapshot *snapshot, struct table *files,
			const struct kustomize_root *roots, size_t root_count);

#endif
