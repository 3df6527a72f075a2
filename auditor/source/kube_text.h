/*
 * kube_text.h - the text of one file into what it declares
 *
 * Reads from what it is given alone and writes to the file's part of the snapshot alone,
 * so that several files may be read at the same time.
 */
#ifndef SOURCE_KUBE_TEXT_H
#define SOURCE_KUBE_TEXT_H

#include "base/buf.h"
#include "source/kube_file.h"

#define KUBE_TEXT_BYTES ((size_t)256 * 1024 * 1024) /* of a file or stream */

/* A file's text, and room to read it in; good for one file after the other. */
struct kube_text {
	struct buf text;
	struct arena nodes; /* of one document */
};

#define KUBE_TEXT_INIT                                                                   \
	{                                                                                \
		BUF_INIT(KUBE_TEXT_BYTES), ARENA_INIT                                    \
	}

/*
 * The text of a file, which may be JSON under any name: YAML takes most of that, but
 * not the surrogate pairs in its strings.
 *
 * Errors: ERROR_SYNTAX, ERROR_LIMIT; the documents before the error have been read.
 */
MUST_CHECK bool kube_text_read(struct kube_text *from, struct kube_file *file,
			       struct error *err);

/* Make ready for another file; the memory of a large one is given back. */
void kube_text_reuse(struct kube_text *from);
void kube_text_release(struct kube_text *from);

#endif
