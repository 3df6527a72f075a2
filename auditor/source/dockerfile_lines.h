/*
 * dockerfile_lines.h - the instructions of a Dockerfile, one logical line each
 *
 * As BuildKit's parser has them (moby/buildkit: frontend/dockerfile/parser): parser
 * directives, comments, continuations, heredocs.  A place within a logical line leads
 * back to the bytes of the file.
 */
#ifndef SOURCE_DOCKERFILE_LINES_H
#define SOURCE_DOCKERFILE_LINES_H

#include "base/buf.h"
#include "base/node.h"

#define DOCKERFILE_BYTES ((size_t)1024 * 1024)

/* Bytes of a logical line that follow one another in the file. */
struct dockerfile_piece {
	size_t at;   /* in the logical line */
	size_t from; /* in the file */
	uint32_t line;
	size_t line_begin; /* byte of the file */
};

/* A file while it is read; the text is borrowed. */
struct dockerfile_lines {
	const char *text;
	size_t length;
	size_t at;      /* how far it is read */
	uint32_t count; /* physical lines before that */
	char escape;
	const char
		*frontend; /* where the value of `# syntax=` begins in `text`, or NULL */
	size_t frontend_length;
	struct dockerfile_piece frontend_piece;
	struct buf joined; /* the logical line */
	struct dockerfile_piece *pieces;
	size_t piece_count;
};

/*
 * Begin to read; the parser directives are read at once.
 * Errors: ERROR_LIMIT (larger than 1 MiB), ERROR_SYNTAX (no UTF-8, a NUL).
 */
MUST_CHECK bool dockerfile_lines_init(struct dockerfile_lines *lines,
				      const struct buf *text, struct error *err);

/*
 * The next instruction, in `lines->joined`, comments and continuations taken out; the
 * heredocs that RUN, COPY and ADD begin are passed by.  `*more` is false at the end.
 * Errors: ERROR_SYNTAX (a heredoc without an end).
 */
MUST_CHECK bool dockerfile_lines_next(struct dockerfile_lines *lines, bool *more,
				      struct error *err);

/* Where bytes of the logical line stand in the file. */
struct node_place dockerfile_lines_place(const struct dockerfile_lines *lines,
					 size_t begin, size_t end);
/* Where the value of `# syntax=` stands. */
struct node_place dockerfile_lines_frontend(const struct dockerfile_lines *lines);

void dockerfile_lines_release(struct dockerfile_lines *lines);

#endif
