/*
 * kustomize_tree.h - the files that kustomizations name, each read once
 *
 * Most were asked for, and have been read before.  The others may lie outside of that,
 * but within the work tree: they are read beneath its root (base/folder.h), or beneath a
 * folder that the user named.
 */
#ifndef SOURCE_KUSTOMIZE_TREE_H
#define SOURCE_KUSTOMIZE_TREE_H

#include "base/buf.h"
#include "base/table.h"
#include "source/kube_text.h"
#include "source/kustomization.h"

/* A folder that files may be read beneath. */
struct kustomize_root {
	const char *path;   /* relative to the work tree's root; "" is that root */
	const char *folder; /* for the file system */
};

/* A file that was asked for, or that a kustomization names. */
struct kustomize_file {
	const char *path;    /* relative to the work tree's root */
	const char *name;    /* as the user would write it; NULL while it is not read */
	const char *problem; /* why it cannot be used, or NULL */
	struct kustomization *kustomization; /* NULL where its name is not that of one */
	const struct declared_use *uses;     /* what it declares */
	size_t use_count;
	bool asked;    /* the user asked for it */
	bool listed;   /* so is whatever beside it has the name of a manifest, or of a
			  kustomization */
	bool missing;  /* there is no such file */
	bool busy;     /* a kustomization: it is being built */
	bool deployed; /* a kustomization: what it builds is judged */
	bool replaced; /* reached by one that was built: judged through that one */
	bool stands;   /* named by one that was not: judged as it stands */
};

/* What was found in a file that was not asked for; it begins where the one before ends.
 */
struct kustomize_extent {
	const struct kustomize_file *file;
	size_t gap_end, waiver_end;
	uint32_t ignored_waiver_end;
};

struct kustomize_tree {
	struct snapshot *snapshot;
	struct table *files;                /* path to struct kustomize_file */
	const struct kustomize_root *roots; /* the first that holds a path counts */
	size_t root_count;
	const struct kustomize_root *opened; /* the newest, or NULL; ... */
	int folder;                          /* ... and its descriptor */
	struct kube_text from;               /* the newest file that was not asked for */
	struct snapshot outside; /* what those files declare, their gaps and waivers */
	struct kustomize_extent *extents;
	size_t extent_count;
	struct buf path, name; /* where somebody looks */
};

/* All but the tree itself is borrowed until kustomize_tree_finish(). */
void kustomize_tree_init(struct kustomize_tree *tree, struct snapshot *snapshot,
			 struct table *files, const struct kustomize_root *roots,
			 size_t root_count);

/* Keep what came of reading a file; `err`: why it could not be read, or NULL. */
void kustomize_file_keep(struct kustomize_file *file, const struct kube_file *reader,
			 const struct error *err);

/* What `entry` means in the folder of `file`, tidied: "../c" in "a/b.yaml" is "c". */
void kustomize_join(struct buf *path, const char *file, const char *entry);

/*
 * What an entry of a kustomization means: the kustomization of a folder, or else a file;
 * look at `problem`.  NULL where it names the file of a kustomization itself.
 */
struct kustomize_file *kustomize_tree_find(struct kustomize_tree *tree,
					   const struct kustomize_file *in,
					   struct kustomization_entry *entry);

/*
 * The kustomization of the folder that `entry` means in the folder of `in`; NULL where
 * there is none, one with a `problem` where there are several.
 */
struct kustomize_file *kustomize_tree_folder(struct kustomize_tree *tree,
					     const struct kustomize_file *in,
					     const char *entry);

/*
 * Gaps and waivers of replaced files that were not asked for become the snapshot's, and
 * so do all strings.
 */
void kustomize_tree_finish(struct kustomize_tree *tree);

#endif
