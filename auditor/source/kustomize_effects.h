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
 * Append the fields with such an effect, "images, patches", to `fields`; nothing where
 * there are none.  Files of patches are read: beneath the kustomization's folder only, as
 * kustomize does, and one that cannot be read has an effect.
 */
void kustomize_effects_list(struct buf *fields, const struct kube_file *file,
			    const struct node *kustomization);

/*
 * A gap for each of its resources that is not read: what is no local path, since nothing
 * is fetched; and where a folder was asked for, what is not there or outside of it.
 */
void kustomize_remotes_tell(const struct kube_file *file,
			    const struct node *kustomization);

/* Whether an entry of its resources looks remote. */
bool kustomize_is_remote(const char *resource);

/* The folder of a file, "." where its name has none.  Into the snapshot's arena. */
const char *kustomize_folder(const struct kube_file *file);

#endif
