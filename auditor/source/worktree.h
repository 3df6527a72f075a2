/*
 * worktree.h - the git work tree that manifests are in
 *
 * Read as plain files, since `check` starts no process: gitrepository-layout(5),
 * git-config(1), "Syntax".  Nothing here fails: what cannot be read is not there.
 */
#ifndef SOURCE_WORKTREE_H
#define SOURCE_WORKTREE_H

#include "base/memory.h"

struct worktree {
	const char *root;   /* real path; "" outside of any work tree */
	const char *remote; /* URL of the remote "origin", without credentials; or "" */
};

/* The innermost work tree that holds `path`, a file or folder. */
struct worktree worktree_find(const char *path, struct arena *arena);

/*
 * A file or folder relative to the root: "deploy/web.yaml", "" for the root itself.
 * What is not in the tree keeps the name that the user gave it, tidied ("./a//b" is
 * "a/b").
 */
const char *worktree_relative(const struct worktree *tree, const char *path,
			      struct arena *arena);

#endif
