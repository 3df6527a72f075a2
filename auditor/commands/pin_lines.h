/*
 * pin_lines.h - the digest of a reference that a mapping holds in parts
 *
 * `repository: a` and `tag: 1` in values get a `digest:` beside them: what is there is
 * filled in, else a line is added behind that of the tag.  Only bytes of the digest and
 * of such a line are touched; what cannot be done so is refused.
 */
#ifndef COMMANDS_PIN_LINES_H
#define COMMANDS_PIN_LINES_H

#include "base/buf.h"
#include "base/edit.h"
#include "base/node.h"

/* A scalar that is looked for, the mapping that holds it, and the digest there. */
struct pin_line {
	size_t begin;   /* of the scalar, in the text: this is given */
	uint32_t times; /* that the mapping was met: aliases lead to one many times */
	bool flow;      /* the mapping stands in braces */
	struct node_place scalar, key;
	bool has_digest; /* a member `digest`, or `sha`, whether empty or not */
	bool plain;      /* that is not quoted */
	bool bare;       /* that is `sha`: digits alone */
	bool added;      /* its line looks like one that pin_line_edit() adds */
	struct node_place digest, digest_key;
};

/*
 * Find the mappings of `count` scalars, in the order of the text; those that are not
 * there are met no times.  Errors: as yaml_stream_next().
 */
MUST_CHECK bool pin_lines_find(struct pin_line *lines, size_t count,
			       const struct buf *text, struct error *err);

/* A digest on its way into the mapping of a line. */
struct pin_writing {
	const struct pin_line *line;
	const struct buf *text;
	const char *digest;  /* "" takes out the one that is there */
	struct arena *arena; /* of the edit's text */
};

/* The edit that writes it.  Errors: ERROR_SYNTAX: why not. */
MUST_CHECK bool pin_line_edit(struct edit *edit, const struct pin_writing *writing,
			      struct error *err);

#endif
