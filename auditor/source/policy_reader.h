/*
 * policy_reader.h - what the sections of a policy file share: strict reading
 *
 * Whatever is not understood is an error that names the file, the line and what to do: a
 * misspelt waiver that waives nothing, or a misspelt rule, must not pass in silence.
 * Every error is ERROR_USAGE.
 */
#ifndef SOURCE_POLICY_READER_H
#define SOURCE_POLICY_READER_H

#include "base/node.h"
#include "model/snapshot.h"

#define POLICY_TEXT_BYTES 1024 /* of one text */
#define POLICY_ITEMS 10000     /* of one list or mapping */

struct policy_reader {
	struct snapshot *snapshot;
	const char *shown;        /* the file, in errors */
	const char *const *rules; /* ids that there are; ends with NULL */
};

/* "FILE:LINE: " and the text.  Returns false. */
bool policy_fail(const struct policy_reader *reader, const struct node_place *place,
		 struct error *err, const char *format, ...) PRINTF_LIKE(4, 5);

/* A mapping with no key but those of `keys` (ends with NULL), and none of them twice. */
MUST_CHECK bool policy_check_keys(const struct policy_reader *reader,
				  const struct node *mapping, const char *what,
				  const char *const *keys, struct error *err);

/* A key is once in its mapping; which keys there are is not asked. */
MUST_CHECK bool policy_check_once(const struct policy_reader *reader,
				  const struct node *mapping, const char *what,
				  struct error *err);

/* A list of at least one and at most POLICY_ITEMS items. */
MUST_CHECK bool policy_check_list(const struct policy_reader *reader,
				  const struct node *list, const char *what,
				  struct error *err);

/*
 * A text of one line that is not empty, copied to the snapshot's arena; white space at
 * its end is taken off.
 */
MUST_CHECK bool policy_read_text(const struct policy_reader *reader,
				 const struct node *node, const char *what,
				 const char **text, struct error *err);

/* As policy_read_text() for a member; "" where there is none. */
MUST_CHECK bool policy_read_member(const struct policy_reader *reader,
				   const struct node *mapping, const char *key,
				   const char **text, struct error *err);

/* A member that has to be there. */
MUST_CHECK bool policy_need_member(const struct policy_reader *reader,
				   const struct node *mapping, const char *key,
				   const char **text, struct error *err);

/* A glob; `is_path`: of paths, relative to the work tree's root. */
MUST_CHECK bool policy_check_glob(const struct policy_reader *reader,
				  const struct node *node, const char *glob, bool is_path,
				  struct error *err);

/* A glob of paths that counts from the policy's folder, as one of manifests' paths. */
const char *policy_place_glob(const struct policy_reader *reader, const char *glob);

/* A list of globs of paths. */
MUST_CHECK bool policy_read_globs(const struct policy_reader *reader,
				  const struct node *list, const char *what,
				  const char *const **globs, size_t *count,
				  struct error *err);

/* `id` is one of `names` (ends with NULL), which are of `what`. */
MUST_CHECK bool policy_check_name(const struct policy_reader *reader,
				  const struct node_place *place, const char *what,
				  const char *id, const char *const *names,
				  struct error *err);

#endif
