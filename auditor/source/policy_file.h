/*
 * policy_file.h - .pindrift.yaml: find it and read it (docs/policy.md)
 *
 * It stands at the root of the work tree that holds the first path, outside of a work
 * tree in the path itself, or where --policy says.  It holds policy and no trust: whoever
 * can change the tree can change it.
 */
#ifndef SOURCE_POLICY_FILE_H
#define SOURCE_POLICY_FILE_H

#include "base/buf.h"
#include "model/snapshot.h"

#define POLICY_FILE_NAME ".pindrift.yaml"
#define POLICY_FILE_BYTES ((size_t)1024 * 1024)

/*
 * Fill snapshot->policy and append to snapshot->waivers.  `named` is what --policy says,
 * or NULL: then no file is no policy.  `rules` are the ids of all rules, and end with
 * NULL.  snapshot->observed_at has to be set: waivers are measured by it.
 * Errors: ERROR_USAGE, with the file, the line and what to do.
 */
MUST_CHECK bool policy_file_load(struct snapshot *snapshot, const char *named,
				 const char *const *paths, size_t path_count,
				 const char *const *rules, struct error *err);

/* As above, from a text; `shown` names it in errors, policy->file is set already. */
MUST_CHECK bool policy_file_parse(struct snapshot *snapshot, const char *shown,
				  const struct buf *text, const char *const *rules,
				  struct error *err);

#endif
