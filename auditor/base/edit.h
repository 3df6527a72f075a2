/*
 * edit.h - a text with some of its bytes replaced, and the difference for people
 *
 * Edits are data: nothing is written here.  The bytes between them stay what they are,
 * whatever they are.
 */
#ifndef BASE_EDIT_H
#define BASE_EDIT_H

#include "base/buf.h"
#include "base/error.h"

/* The bytes from `begin` up to `end` become `text`. */
struct edit {
	size_t begin, end;
	const char *text; /* NUL-terminated, borrowed */
};

/* A text and what changes in it.  Borrows all. */
struct edit_list {
	const char *text;
	size_t length;
	const struct edit *items; /* in the order of the text, none overlapping another */
	size_t count;
};

/*
 * Add the text as the edits leave it to `out`.
 * Errors: ERROR_SYNTAX (edits that overlap or lie outside), ERROR_LIMIT of `out`.
 */
MUST_CHECK bool edit_apply(struct buf *out, const struct edit_list *edits,
			   struct error *err);

/*
 * Add what changes to `out`, as a unified diff with three lines of context that
 * git-apply(1) takes: `path` behind a/ and b/, quoted where git quotes it.  Nothing is
 * added where nothing is edited.
 * Errors: as edit_apply().
 */
MUST_CHECK bool edit_diff(struct buf *out, const char *path,
			  const struct edit_list *edits, struct error *err);

#endif
