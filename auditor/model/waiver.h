/*
 * waiver.h - what somebody accepted: a rule or a gap, where, why, and until when
 *
 * Waivers come from the policy file and from trailing comments in manifests.  Strings
 * live in the snapshot's arena and are never NULL; "" in a scope is "any".
 */
#ifndef MODEL_WAIVER_H
#define MODEL_WAIVER_H

#include "base/error.h"

#define WAIVER_DAYS 366 /* most days from now to its last day */

struct waiver {
	const char *id; /* of a rule or of a gap */
	bool of_gap;
	/* Its scope: globs, all of which have to match. */
	const char *path;    /* relative to the work tree's root */
	const char *cluster; /* name of a cluster */
	const char *namespace;
	const char *object; /* "Deployment/web" */
	const char *container;
	const char *image;      /* the reference; of a gap: its subject */
	uint32_t only_line;     /* an inline waiver: of `path`, as it stands; else 0 */
	int64_t until;          /* the first second that it no longer holds: the midnight,
				   UTC, behind its last day */
	const char *until_text; /* "2027-01-31" */
	const char *reason;
	const char *file; /* where it stands, as the user named it */
	uint32_t line, column;
	bool in_tree; /* anyone who may change the tree may have written it */
	const char
		*problem; /* what is wrong with it, so that it waives nothing; or NULL */
	uint32_t used;    /* findings and gaps of this run that it covers */
};

/*
 * The last day of a waiver, "2027-01-31", as struct waiver has it in `until`; `now` is in
 * Unix seconds.  Errors: ERROR_SYNTAX, ERROR_LIMIT where it is more than WAIVER_DAYS off.
 */
MUST_CHECK bool waiver_until_parse(int64_t *until, const char *text, int64_t now,
				   struct error *err);

/* True while it can cover something: nothing is wrong with it, and its time is not over.
 */
bool waiver_holds(const struct waiver *waiver, int64_t now);

#endif
