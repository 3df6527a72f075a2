/*
 * kube_manifest.h - the images that kube manifests declare
 *
 * Files, folders and standard input; YAML (many documents) and JSON; `List` kinds;
 * Dockerfiles by their name.
 * Makes no connection and starts no process.
 *
 * A container without an `image` key declares nothing, since patches leave it out; an
 * empty one is declared, and empty.  Kustomizations are evaluated (source/kustomize.h);
 * entries of those that cannot be are declared uses too.
 * Image-like fields of custom resources that no rule knows are gaps.
 */
#ifndef SOURCE_KUBE_MANIFEST_H
#define SOURCE_KUBE_MANIFEST_H

#include "base/buf.h"
#include "model/snapshot.h"

/* What to read. */
struct kube_manifest_paths {
	const char *const *items; /* files, folders, "-" for standard input */
	size_t count;
	const char *const *listed; /* files; those that a folder's walk would pass by are
				      passed by */
	size_t listed_count;
	bool dockerfiles; /* of folders and lists, too; those in `items` always are */
	bool as_written;  /* kustomizations are not evaluated: for those who edit files */
	unsigned threads; /* that read; 0: as many as there are processors */
};

/*
 * Read `paths` into the snapshot: declared uses, counts of files, gaps, coverage, the
 * same whatever the number of threads.  Also sets snapshot->tree.  A file that cannot be
 * read is a gap; one that several paths lead to is read once.
 * Errors: ERROR_USAGE where a path does not exist.
 */
MUST_CHECK bool kube_manifest_read(struct snapshot *snapshot,
				   const struct kube_manifest_paths *paths,
				   struct error *err);

/*
 * Read the text of one file, which may have been edited: declared uses and gaps as above,
 * under `name`; no coverage, no counts of files.
 * Errors: ERROR_SYNTAX, ERROR_LIMIT; the uses before that have been read.
 */
MUST_CHECK bool kube_manifest_read_text(struct snapshot *snapshot, const char *name,
					const struct buf *text, struct error *err);

#endif
