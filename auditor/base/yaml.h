/*
 * yaml.h - YAML text to nodes, by libyaml's event parser
 *
 * A stream holds documents; each becomes a tree of its own.  Anchors and aliases
 * are resolved, `<<` stays an ordinary key (node_get() follows it), places are
 * always filled in, in bytes of the file (libyaml counts characters).
 *
 * Limits (design.md, section 10): depth YAML_DEPTH, YAML_DOCUMENT_BYTES a document,
 * YAML_TEXT_BYTES of its scalars, with those behind an alias counted each time,
 * YAML_DOCUMENTS a stream, 64 lines that begin with "%" (libyaml is quadratic in
 * them).  An alias inside its own anchor is an error.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/buf.h"
#include "base/node.h"

#define YAML_DEPTH 64
#define YAML_DOCUMENTS 10000
#define YAML_DOCUMENT_BYTES ((size_t)8 * 1024 * 1024)
#define YAML_TEXT_BYTES (2 * YAML_DOCUMENT_BYTES)

struct yaml_stream;

/* `text` is borrowed until yaml_stream_free().  Errors: ERROR_SYNTAX (UTF-16),
 * ERROR_LIMIT. */
MUST_CHECK struct yaml_stream *yaml_stream_new(const char *text, size_t length,
					       struct error *err);

/*
 * Read the next document into `arena`; `*document` is NULL at the end of the stream.
 * An empty document is a node of kind NODE_NULL.  After an error the stream is over:
 * libyaml cannot go on behind it.
 * Errors: ERROR_SYNTAX with line and column, ERROR_LIMIT.
 */
MUST_CHECK bool yaml_stream_next(struct yaml_stream *stream, struct arena *arena,
				 struct node **document, struct error *err);

void yaml_stream_free(struct yaml_stream **stream);

/*
 * Show `visit` each document of a text, one after the other: none outlives its turn.
 * Errors: as above; those before it have been shown.
 */
MUST_CHECK bool yaml_each_document(const struct buf *text,
				   void (*visit)(void *user, const struct node *document),
				   void *user, struct error *err);

#endif
