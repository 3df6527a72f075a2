/*
 * waiver.h - what somebody accepted: a rule or a gap, where, why, and until when
 *
 * Waivers come from the policy file and from trailing comments in manifests.  Strings
 * live in the snapshot's arena and are never NULL; "" in a scope is "any".
 */
#ifndef MODEL_WAIVER_H
#define MODEL_WAIVER_H

#include "base/base.h"

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
	bool in_tree;  /* anyone who may change the tree may have written it */
	uint32_t used; /* findings and gaps of this run that it covers */
};

#endif
