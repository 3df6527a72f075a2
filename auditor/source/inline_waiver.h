/*
 * inline_waiver.h - waivers that stand in kube manifests, as comments
 *
 *	image: nginx:1.27 # pindrift:ignore unpinned until=2027-01-31 reason=a test image
 *
 * YAML alone has comments, and its reader drops them: they are looked for in the text of
 * the file.  Not every "#" begins one: the places of all scalars are collected from the
 * trees of the documents, and what lies within a scalar is its text.
 */
#ifndef SOURCE_INLINE_WAIVER_H
#define SOURCE_INLINE_WAIVER_H

#include "base/node.h"
#include "source/kube_file.h"

#define INLINE_WAIVERS 10000 /* most that count, of a file */

/* Where a file's scalars are.  All zero: nothing is collected. */
struct scalar_spans {
	bool wanted; /* the file may hold waivers */
	struct scalar_span *items;
	size_t count;
};

/* Begin with a file's text; most files hold no waiver, and cost a search alone. */
struct scalar_spans scalar_spans_begin(const char *text, size_t length);
void scalar_spans_add(struct scalar_spans *spans, const char *text,
		      const struct node *document);
void scalar_spans_release(struct scalar_spans *spans);

/*
 * Find the waivers among the first `length` bytes of the file's text, which have been
 * read whole, and add them to the snapshot; or count them, where it wants no inline ones.
 * One that cannot be read has its `problem`: it is never passed over in silence.
 */
void inline_waivers_read(const struct kube_file *file, struct scalar_spans *spans,
			 size_t length);

/* What stands behind "pindrift:ignore", to the end of the line; the texts in `arena`. */
struct waiver inline_waiver_parse(const char *text, size_t length, int64_t now,
				  struct arena *arena);

#endif
