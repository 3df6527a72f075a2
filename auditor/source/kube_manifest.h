/*
 * kube_manifest.h - the images that kube manifests declare
 *
 * Files, folders and standard input; YAML (many documents) and JSON; `List` kinds.
 * Makes no connection and starts no process.
 */
#ifndef SOURCE_KUBE_MANIFEST_H
#define SOURCE_KUBE_MANIFEST_H

#include "model/snapshot.h"

/*
 * Read `paths` into the snapshot: declared uses, counts of files, gaps, coverage.
 * Also sets snapshot->tree.  A file that cannot be read is a gap.
 * Errors: ERROR_USAGE where a path does not exist.
 */
MUST_CHECK bool kube_manifest_read(struct snapshot *snapshot, const char *const *paths,
				   size_t path_count, struct error *err);

#endif
