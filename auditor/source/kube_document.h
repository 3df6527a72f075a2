/*
 * kube_document.h - what one document of a kube manifest declares
 *
 * Takes the tree of a YAML or JSON document and finds the Kubernetes objects in it and
 * the images in these.  Lists are looked through; what is no object is passed by.
 */
#ifndef SOURCE_KUBE_DOCUMENT_H
#define SOURCE_KUBE_DOCUMENT_H

#include "base/node.h"
#include "model/snapshot.h"

#define KUBE_FILE_OBJECTS 10000 /* most objects of a file */

/* A file while it is read.  Strings live in the snapshot's arena. */
struct kube_file {
	struct snapshot *snapshot;
	const char *name;  /* as the user named it; "-" */
	const char *path;  /* relative to the work tree's root */
	const char *scope; /* of model/scope.h */
	const char *text;  /* where the places of nodes count from */
	size_t offset;     /* bytes of the file before that */
	size_t object_count;
	size_t image_count; /* declared uses */
};

/* Find the objects of a document: declared uses and gaps go into the snapshot. */
void kube_document_read(struct kube_file *file, const struct node *document);

/* A gap whose subject is a file, or with a `line` other than 0 a line of it. */
void kube_file_gap(const struct kube_file *file, enum gap_kind kind, uint32_t line,
		   const char *reason);

#endif
