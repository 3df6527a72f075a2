/*
 * file.h - files: read with a limit, written whole or not at all, walked beneath a root
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/memory.h"

/*
 * Read a whole regular file into `buf`, up to the buffer's limit.
 * Errors: ERROR_NOT_FOUND, ERROR_DENIED, ERROR_LIMIT, ERROR_SYSTEM (a folder,
 * FIFO, socket or device is refused without waiting for it).
 */
MUST_CHECK bool file_read(struct buf *buf, const char *path, struct error *err);

/* Read all of an open descriptor (standard input).  Errors: ERROR_LIMIT, ERROR_SYSTEM. */
MUST_CHECK bool file_read_descriptor(struct buf *buf, int descriptor, struct error *err);

/*
 * A file that appears under its name only when it is complete: a temporary one
 * beside it, mode 0600, is written, synced and renamed.  An existing file keeps its mode.
 */
struct atomic_file {
	FILE *stream;	 /* write here; NULL after commit or release */
	char *path;	 /* final name */
	char *temporary; /* name while it is written */
};

#define ATOMIC_FILE_INIT                                                                 \
	{                                                                                \
		NULL, NULL, NULL                                                         \
	}

MUST_CHECK bool atomic_file_open(struct atomic_file *file, const char *path,
				 struct error *err);
/* Errors: ERROR_SYSTEM for whatever went wrong since it was opened (disk full). */
MUST_CHECK bool atomic_file_commit(struct atomic_file *file, struct error *err);
/* Remove the temporary file unless it was committed. */
void atomic_file_release(struct atomic_file *file);

/* What file_walk() met. */
struct walk_entry {
	const char
		*path; /* as the user would write it: the root as given, "/", the rest */
	const char *beneath; /* the rest: relative to the root */
	const char *problem; /* NULL, or why it cannot be read: "a FIFO", "leaves the
				folder", … */
};

/*
 * Call `visit` for each file below the folder `root` whose name ends in .yaml, .yml or
 * .json, sorted by bytes within each folder, depth first; `.git` is not entered.
 * What could not be entered or is no regular file is visited with a `problem`;
 * symbolic links are followed as long as they stay beneath the root and are not to
 * a folder that holds them.  `visit` returns false to stop.
 * Errors: ERROR_NOT_FOUND, ERROR_DENIED, ERROR_SYSTEM for the root itself.
 */
MUST_CHECK bool file_walk(const char *root,
			  bool (*visit)(const struct walk_entry *entry, void *user),
			  void *user, struct error *err);

/* As file_read(), for a walk_entry: opened beneath `root` (openat2, RESOLVE_BENEATH). */
MUST_CHECK bool file_read_beneath(struct buf *buf, const char *root, const char *beneath,
				  struct error *err);

#endif
