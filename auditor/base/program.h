/*
 * program.h - which program a name means, and the environment that it gets
 *
 * What execvp(3) does, with one difference: folders of PATH that are not absolute ("."
 * and the empty one among them) are passed over, since the current folder may be a
 * checkout of somebody else's files.
 */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include "base/buf.h"
#include "base/error.h"

/*
 * Put the path of the program that `name` means into `path`: `name` itself where it
 * holds a slash, else the first executable file of that name in PATH.
 * Errors: ERROR_NOT_FOUND, which says where it was looked for; ERROR_DENIED: the file is
 * there, and this user may not run it; ERROR_USAGE: the name is empty, or longer than any
 * path.
 */
MUST_CHECK bool program_find(struct buf *path, const char *name, struct error *err);

/*
 * Our environment with `added` ("NAME=value", ends with NULL; NULL: nothing), which wins
 * over what is there.  Of two additions of one name the last counts.  The array, which
 * ends with NULL, is the caller's to free; its texts are borrowed from both.
 */
char **program_environment(const char *const *added);

#endif
