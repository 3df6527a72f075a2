/*
 * kustomize_tree.h - the files that kustomizations name, each read once
 *
 * They may lie outside of what the user asked for, but within the work tree: they are
 * read beneath its root (base/folder.h), or beneath a folder that the user named.
 */
#ifndef SOURCE_KUSTOMIZE_TREE_H
#define SOURCE_KUSTOMIZE_TREE_H

#include "base/node.h"
#include "base/table.h"
#include "model/snapshot.h"

/* A folder that files may be read beneath. */
struct kustomize_root {
	const char *path;   /* relative to the work tree's root; "" is that root */
	const char *folder; /* for the file system */
};

/* A file or folder by both of its names. */
struct kustomize_name {
	const char *name; /* as the user would write it */
	const char *path; /* relative to the work tree's root */
};

struct kustomize_file {
	struct kustomize_name at;
	bool in_scope;               /* the user asked for it */
	bool missing;                /* there is no such file */
	const char *problem;         /* why it cannot be used, or NULL */
	const struct node *document; /* of a kustomization */
	struct snapshot part;        /* what a resource declares; gaps, waivers */
	bool busy;                   /* a kustomization: it is being built */
	bool deployed;               /* a kustomization: what it builds is judged */
	bool replaced; /* reached by one that was built: judged through that one */
	bool stands;   /* named by one that was not: judged as it stands */
};

struct kustomize_tree {
	struct snapshot *snapshot;
	const struct kustomize_root *roots; /* the first that holds a path counts */
	size_t root_count;
	const struct table *asked; /* path to name of each file that was asked for */
	struct arena nodes;
	struct table files; /* path to struct kustomize_file */
};

/* Whether a file is called as kustomize looks for in a folder. */
bool kustomize_is_named(const char *path);

/* The folder that a file is in. */
struct kustomize_name kustomize_folder_of(const struct kustomize_name *file,
					  struct arena *arena);
/* What a kustomization in `folder` means by `entry`, tidied: "a/../b" is "b". */
struct kustomize_name kustomize_join(const struct kustomize_name *folder,
				     const char *entry, struct arena *arena);

/* A file with Kubernetes objects, or a kustomization.  Never NULL; look at `problem`. */
struct kustomize_file *kustomize_tree_resource(struct kustomize_tree *tree,
					       const struct kustomize_name *at);
struct kustomize_file *kustomize_tree_kustomization(struct kustomize_tree *tree,
						    const struct kustomize_name *at);

/*
 * The kustomization of a folder, or NULL where there is none, as where `folder` is a
 * file.  One with a `problem` where there are several.
 */
struct kustomize_file *kustomize_tree_folder(struct kustomize_tree *tree,
					     const struct kustomize_name *folder);

/*
 * Gaps and waivers of replaced files that were not asked for become the snapshot's, and
 * so do all strings.
 */
void kustomize_tree_finish(struct kustomize_tree *tree);

#endif
