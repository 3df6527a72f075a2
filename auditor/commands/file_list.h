/*
 * file_list.h - --files-from0: the files to look at, by a list
 *
 * Each name ends with a NUL, as `git diff -z --name-only` and `find -print0` write them.
 */
#ifndef COMMANDS_FILE_LIST_H
#define COMMANDS_FILE_LIST_H

#include "commands/commands.h"
#include "model/snapshot.h"

/*
 * kube_manifest_read() of the operands and of the files that the list names, if one was
 * given; `as_written` as there.  Errors: ERROR_USAGE, also for a list that cannot be
 * read, or is none.
 */
MUST_CHECK bool file_list_manifests(struct snapshot *snapshot,
				    const struct settings *settings,
				    const struct option_list *operands, bool as_written,
				    struct error *err);

#endif
