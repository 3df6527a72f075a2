/*
 * kube_document.h - what one document of a kube manifest declares
 *
 * Takes the tree of a YAML or JSON document and finds the Kubernetes objects in it and
 * the images in these.  Lists are looked through; what is no object is passed by.
 */
#ifndef SOURCE_KUBE_DOCUMENT_H
#define SOURCE_KUBE_DOCUMENT_H

#include "source/kube_file.h"

#define KUBE_FILE_OBJECTS 10000 /* most objects of a file */

/* Find the objects of a document: declared uses and gaps go into the snapshot. */
void kube_document_read(struct kube_file *file, const struct node *document);

#endif
