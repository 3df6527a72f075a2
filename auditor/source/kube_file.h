/*
 * kube_file.h - a file of kube manifests, and what is found in it
 */
#ifndef SOURCE_KUBE_FILE_H
#define SOURCE_KUBE_FILE_H

#include "base/table.h"
#include "model/snapshot.h"
#include "model/workload.h"
#include "source/worktree.h"

/* Objects with this annotation, unless it is "false", are left out by kustomize. */
#define KUBE_LOCAL_CONFIG "config.kubernetes.io/local-config"

#define KUBE_FILE_IMAGES 10000 /* most images of a file of values or services */

/* A file while it is read.  Strings live in the snapshot's arena. */
struct kube_file {
	struct snapshot *snapshot;
	const char *name;  /* as the user named it; "-" */
	const char *path;  /* relative to the work tree's root */
	const char *chart; /* folder of the Helm chart that it is part of, or NULL */
	/* Paths of all files that are read, where a folder was asked for; else NULL. */
	const struct table *listed;
	const struct worktree *tree; /* those paths are relative to; with `listed` */
	const char *text;            /* where the places of nodes count from */
	size_t offset;               /* bytes of the file before that */
	size_t read;                 /* bytes that are known to parse, where not all do */
	/* To be filled in, where source/kustomize.h has the last word; else NULL. */
	struct kustomization *kustomization;
	size_t object_count;
	size_t image_count; /* declared uses */
};

/* What says what an object is.  Borrowed from its nodes. */
struct kube_head {
	const char *api_version, *kind;
};

/* A path of the file's work tree as a scope (model/scope.h). */
const char *kube_file_scope(const struct kube_file *file, const char *path);

/* A gap whose subject is a file, or with a `line` other than 0 a line of it. */
void kube_file_gap(const struct kube_file *file, enum gap_kind kind, uint32_t line,
		   const char *reason);

/* A gap for a use whose image is a placeholder. */
void kube_file_tell_parameter(const struct kube_file *file,
			      const struct declared_use *use);

/*
 * A use as far as all images of an object share it.  `api_group` and `kind` live in the
 * snapshot's arena, or are literals.
 */
struct declared_use kube_file_use(const struct kube_file *file, const struct node *object,
				  const char *api_group, const char *kind);

/* Declare a use that is complete but for its place, which is that of `scalar`. */
void kube_file_add(struct kube_file *file, struct declared_use *use,
		   const struct node *scalar);

/*
 * Declare an image of an object: a use, or a gap, or both; nothing where the field is
 * absent.  `above` stands before the path of the field.
 */
void kube_file_declare(struct kube_file *file, struct declared_use use, const char *above,
		       const struct image_field *field);

#endif
