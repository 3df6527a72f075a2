/*
 * file.h - files: read with a limit, written whole or not at all
 *
 * Error texts say what is wrong and leave the name of the file to the caller, who
 * knows what the user calls it.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/error.h"

/*
 * Read a whole regular file into `buf`, up to the buffer's limit.
 * Errors: ERROR_NOT_FOUND, ERROR_DENIED, ERROR_LIMIT, ERROR_SYSTEM (a folder,
 * FIFO, socket or device is refused without waiting for it).
 */
MUST_CHECK bool file_read(struct buf *buf, const char *path, struct error *err);

/*
 * As file_read(), for what an option names: a pipe, as a shell makes of `<(command)`, and
 * /dev/null too.  Waits for whoever writes to the pipe.
 */
MUST_CHECK bool file_read_any(struct buf *buf, const char *path, struct error *err);

/* Read all of an open descriptor (standard input).  Errors: ERROR_LIMIT, ERROR_SYSTEM. */
MUST_CHECK bool file_read_descriptor(struct buf *buf, int descriptor, struct error *err);

/* As file_read() for a descriptor, which is closed. */
MUST_CHECK bool file_read_regular(struct buf *buf, int descriptor, struct error *err);

/* Set an error by errno: ERROR_NOT_FOUND, ERROR_DENIED or ERROR_SYSTEM.  Returns false.
 */
bool file_fail(struct error *err, int error_number);

/* What a file is that is not regular, by its st_mode: "a folder", "a FIFO"; else NULL. */
const char *file_oddity(unsigned mode);

/*
 * A file that appears under its name only when it is complete: a temporary one
 * beside it, mode 0600, is written, synced and renamed.  An existing file keeps its
 * mode; of a symbolic link the target is replaced.  A device or FIFO is no file to
 * replace: it is written to as it comes.
 */
struct atomic_file {
	FILE *stream;    /* write here; NULL after commit or release */
	char *path;      /* final name */
	char *temporary; /* name while it is written; NULL for a device */
};

#define ATOMIC_FILE_INIT                                                                 \
	{                                                                                \
		NULL, NULL, NULL                                                         \
	}

/* Errors: ERROR_NOT_FOUND, ERROR_DENIED, ERROR_SYSTEM. */
MUST_CHECK bool atomic_file_open(struct atomic_file *file, const char *path,
				 struct error *err);
/* Errors: ERROR_SYSTEM for whatever went wrong since it was opened (disk full). */
MUST_CHECK bool atomic_file_commit(struct atomic_file *file, struct error *err);
/* Remove the temporary file unless it was committed. */
void atomic_file_release(struct atomic_file *file);

/*
 * Replace what a regular file holds: atomically, and only where it holds `before` still
 * and may be written to (a rename alone would not ask).  Mode and, as far as the process
 * may, owner stay.
 * Errors: ERROR_DENIED (read-only), ERROR_NOT_FOUND, ERROR_SYSTEM (it was changed, disk
 * full); the file is then whole.
 */
MUST_CHECK bool file_replace(const char *path, const struct buf *before,
			     const struct buf *after, struct error *err);

#endif
