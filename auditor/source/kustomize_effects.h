/*
 * kustomize_effects.h - what in a kustomization changes images or the names of workloads
 *
 * Labels, annotations, replicas, generated ConfigMaps and Secrets leave both alone.  What
 * does not, and every field that nobody here knows, is not evaluated (kubernetes-sigs/
 * kustomize: api/types/kustomization.go lists the fields).
 */
#ifndef SOURCE_KUSTOMIZE_EFFECTS_H
#define SOURCE_KUSTOMIZE_EFFECTS_H

#include "base/buf.h"
#include "source/kube_file.h"

/*
 * Append the fields of a mapping with such an effect, "images, patches", to `fields`;
 * nothing where there are none.  Those that are not evaluated go to `unevaluated` too.
 * Files of patches are read: beneath the kustomization's folder only, as kustomize does,
 * and one that cannot be read has an effect.
 */
void kustomize_effects_list(struct buf *fields, struct buf *unevaluated,
			    const struct kube_file *file,
			    const struct node *kustomization);

/* The folder of a file, "." where its name has none.  Into the snapshot's arena. */
const char *kustomize_folder(const struct kube_file *file);

#endif
