/*
 * policy.h - what the people of a work tree decided, as plain data
 *
 * Read from .pindrift.yaml, or from the file that --policy names (docs/policy.md).  It
 * holds no trust: no credentials, hosts, programs or output paths.  All zero: no policy.
 * Strings live in the snapshot's arena and are never NULL in an item that exists: "" is
 * "not said".  Globs match paths relative to the work tree's root as
 * policy_path_matches() has it.
 */
#ifndef MODEL_POLICY_H
#define MODEL_POLICY_H

#include "model/level.h"

/* `levels`: a rule's level from here on; LEVEL_NONE silences it, and reports say so. */
struct policy_level {
	const char *rule;
	enum level level;
};

/* `environments`: where the manifests of these paths are meant to run.  First match. */
struct policy_environment {
	const char *const *paths; /* globs */
	size_t path_count;
	const char *cluster;   /* name or key of a cluster; "" for any */
	const char *namespace; /* of manifests that name none; "" for unknown */
};

/* `rewrites`: what an admission webhook makes of references, by prefix.  First match. */
struct policy_rewrite {
	const char *from; /* prefix of registry/repository, normalised, ends at a "/" or
			     at the end of it */
	const char *to;
};

/* `fields`: where the images of a custom resource stand (model/field_rules.h). */
struct policy_field {
	const char *api_group;
	const char *kind;
	const char *const *images; /* paths of images */
	size_t image_count;
};

struct policy {
	const char *file; /* as named to people; NULL: there is none */
	const char *base; /* folder that its paths count from, as those of manifests are
			     written; NULL: the root of the work tree, or theirs */
	bool in_tree;     /* anyone who may change the tree may change it */
	struct policy_level *levels;
	size_t level_count;
	const char *const *excluded; /* globs of paths that are not looked at */
	size_t excluded_count;
	struct policy_environment *environments;
	size_t environment_count;
	struct policy_rewrite *rewrites;
	size_t rewrite_count;
	struct policy_field *fields;
	size_t field_count;
};

/*
 * Whether a path, or a folder above it, matches a glob as git's attributes have it
 * (gitignore(5)): without a "/" the glob is for names at any depth, `*` stays within a
 * name, "**" does not.
 */
bool policy_path_matches(const char *glob, const char *path);

/*
 * The length of the shortest path at the head of `path` that a glob of `exclude` matches:
 * all of it, or a folder above; 0 where it is not excluded.
 */
size_t policy_excluded_length(const struct policy *policy, const char *path);

/* The level of a rule: `usual`, unless the policy has another. */
enum level policy_level_of(const struct policy *policy, const char *rule,
			   enum level usual);

/* The first environment that has the path; NULL where none has. */
const struct policy_environment *policy_environment_of(const struct policy *policy,
						       const char *path);

#endif
