/*
 * scope.h - where a finding rests, and what a scan covered, as text
 *
 * A scope is a path of parts joined by "/": "cluster/KEY/namespace/NAME",
 * "tree/TREE/path/FILE".  An area is a scope that stands for all below it: "cluster/KEY",
 * "tree/TREE", "tree/TREE/path/deploy/" (a folder).
 *
 * "%", control characters and bytes that are no UTF-8 are percent-escaped, and "/" in
 * KEY, TREE and NAME, so that a scope is one line of text whatever a file is called.
 */
#ifndef MODEL_SCOPE_H
#define MODEL_SCOPE_H

#include "base/memory.h"

/* A namespace of a cluster; all of the cluster where `namespace` is "". */
const char *scope_of_namespace(struct arena *arena, const char *cluster_key,
			       const char *namespace);

/* A file of a work tree, a folder where `path` ends with "/", all of it where it is "".
 */
const char *scope_of_path(struct arena *arena, const char *tree, const char *path);

/* The namespace that a scope names, borrowed; "" for other scopes. */
const char *scope_namespace(const char *scope);
/* The file or folder that a scope names, borrowed; "" for other scopes. */
const char *scope_path(const char *scope);
/* What a policy file decided about a rule: no area of anything that is observed. */
const char *scope_of_policy(struct arena *arena, const char *file, const char *rule);

/* True if `scope` is `area` or lies below it. */
bool scope_within(const char *scope, const char *area);

#endif
