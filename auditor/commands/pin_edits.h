/*
 * pin_edits.h - which bytes of a kube manifest `pindrift pin` replaces
 *
 * Works on a text and on what registries have said; neither reads nor writes a file.
 * Only bytes of references are replaced, and the result is read again: where that does
 * not show exactly the references that were meant, nothing is edited.
 */
#ifndef COMMANDS_PIN_EDITS_H
#define COMMANDS_PIN_EDITS_H

#include "commands/pin_plan.h"

/* A file as it is called, which decides how it is read, and within its work tree. */
struct pin_file {
	const char *name, *path;
};

/*
 * Plan the edits of a file's text; `after` becomes the text as they leave it.  On failure
 * there are none. Errors: ERROR_SYNTAX and ERROR_LIMIT: the text is not read to its end,
 * before or after.
 */
MUST_CHECK bool pin_edits_make(struct pin_plan *plan, const struct pin_file *file,
			       const struct buf *before, struct buf *after,
			       struct error *err);

#endif
