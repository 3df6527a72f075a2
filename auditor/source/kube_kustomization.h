/*
 * kube_kustomization.h - the `images` entries of kustomizations
 *
 * An entry changes references in other files: `newTag` alone takes an existing digest
 * out, `digest` alone a tag, both together give name:tag@digest (kustomize:
 * api/filters/imagetag/updater.go).  An entry that sets one of them is a declared use of
 * what it makes.  One that sets neither leaves the pin to the other file.
 */
#ifndef SOURCE_KUBE_KUSTOMIZATION_H
#define SOURCE_KUBE_KUSTOMIZATION_H

#include "source/kube_file.h"
#include "source/kustomization.h"

#define KUBE_KUSTOMIZE_GROUP "kustomize.config.k8s.io"

/* By the name of its file, or by its apiVersion. */
bool kube_is_kustomization(const struct kube_file *file, const struct node *document);

/* The document is an object of the file, even where it has no head. */
void kube_kustomization_read(struct kube_file *file, const struct node *document);

/*
 * Where it is not evaluated: a gap for what it does to other files, and one for each of
 * its resources that is not read: what is no local path, since nothing is fetched; and
 * where a folder was asked for, what is not there or outside of it.
 */
void kube_kustomization_tell(const struct kube_file *file,
			     const struct kustomization *kustomization);

/* Flux's Kustomization has the same entries in its spec. */
bool kube_is_flux_kustomization(const char *api_group, const char *kind);
void kube_flux_kustomization_read(struct kube_file *file, const struct node *object);

#endif
