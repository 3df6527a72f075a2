/*
 * folder.h - files beneath a folder, and none outside of it
 *
 * For trees that strangers can write to: paths are resolved beneath the root (openat2,
 * RESOLVE_BENEATH), so that no symbolic link leads out of it.
 */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

#include "base/buf.h"
#include "base/error.h"

/* Whether a file of this name may hold manifests: .yaml, .yml, .json. */
bool folder_has_manifest_name(const char *name);

/* What folder_walk() met. */
struct folder_entry {
	const char
		*path; /* as the user would write it: the root as given, "/", the rest */
	const char *beneath; /* the rest: relative to the root */
	const char *problem; /* NULL, or why it is not looked at: "a FIFO", … */
};

/*
 * Call `visit` for each file below the folder `root` whose name (the last part of its
 * path) `takes` accepts, sorted by bytes within each folder, depth first; `.git` is not
 * entered.
 *
 * Symbolic links to files beneath the root are visited as files.  Links to folders
 * beneath it are passed by, since what these hold is visited under its own name.  What
 * leads out of the root, is no regular file, or cannot be entered is visited with a
 * `problem`.  `visit` returns false to stop.
 *
 * Folders of the same depth are listed on all processors, `takes` is called there;
 * `visit` is called by the caller's thread.
 * Errors: ERROR_NOT_FOUND, ERROR_DENIED, ERROR_SYSTEM for the root itself.
 */
MUST_CHECK bool folder_walk(const char *root, bool (*takes)(const char *name),
			    bool (*visit)(const struct folder_entry *entry, void *user),
			    void *user, struct error *err);

/* As file_read(), for what folder_walk() met; a link that leads out is ERROR_DENIED. */
MUST_CHECK bool folder_read(struct buf *buf, const char *root, const char *beneath,
			    struct error *err);

/*
 * The same for many files of one folder, which is opened once and closed by close(2).
 * Errors: ERROR_NOT_FOUND, ERROR_DENIED, ERROR_SYSTEM.
 */
MUST_CHECK bool folder_open(int *folder, const char *root, struct error *err);
MUST_CHECK bool folder_read_at(struct buf *buf, int folder, const char *beneath,
			       struct error *err);

#endif
