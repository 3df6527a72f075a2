#include "model/policy.h"

#include <fnmatch.h>
#include <limits.h>

/* The length of a path's first name. */
static size_t name_length(const char *path)
{
	return strcspn(path, "/");
}

/* What follows the first name of a path. */
static const char *next_name(const char *path)
{
	path += name_length(path);
	return *path == '/' ? path + 1 : path;
}

/* The first name of a path against the first of a glob.  Longer names match nothing. */
static bool name_matches(const char *glob, const char *path)
{
	char pattern[NAME_MAX + 1], name[NAME_MAX + 1];
	size_t pattern_length = name_length(glob), length = name_length(path);

	if (pattern_length > NAME_MAX || length > NAME_MAX)
		return false;
	memcpy(pattern, glob, pattern_length);
	pattern[pattern_length] = '\0';
	memcpy(name, path, length);
	name[length] = '\0';
	return fnmatch(pattern, name, 0) == 0;
}

static bool is_any_depth(const char *glob)
{
	return name_length(glob) == 2 && strncmp(glob, "**", 2) == 0;
}

/*
 * Name by name from the root.  After a mismatch the last "**" takes one name more: the
 * work is bounded by the product of both lengths.
 */
static bool names_match(const char *glob, const char *path)
{
	const char *retry_glob = NULL, *retry_path = NULL;

	while (*glob) {
		if (is_any_depth(glob)) {
			glob = next_name(glob);
			if (!*glob)
				return *path != '\0';
			retry_glob = glob;
			retry_path = path;
		} else if (*path && name_matches(glob, path)) {
			glob = next_name(glob);
			path = next_name(path);
		} else if (retry_path && *retry_path) {
			glob = retry_glob;
			retry_path = next_name(retry_path);
			path = retry_path;
		} else {
			return false;
		}
	}
	return true;
}

bool policy_path_matches(const char *glob, const char *path)
{
	size_t length = strlen(glob);

	/* "name" and "name/" are for any depth, "/name" for the root alone. */
	if (name_length(glob) + 1 < length || glob[0] == '/')
		return names_match(glob + (glob[0] == '/'), path);
	for (const char *rest = path; *rest; rest = next_name(rest)) {
		if (length > 0 && name_matches(glob, rest))
			return true;
	}
	return false;
}

/* As policy_path_matches() of the first `length` bytes of a path. */
static bool head_matches(const char *glob, const char *path, size_t length)
{
	char head[PATH_MAX];

	if (length >= sizeof(head))
		return policy_path_matches(glob, path);
	memcpy(head, path, length);
	head[length] = '\0';
	return policy_path_matches(glob, head);
}

static size_t matching_length(const char *glob, const char *path)
{
	size_t length = strspn(path, "/"); /* of a path outside of any work tree */

	if (!policy_path_matches(glob, path))
		return 0;
	do {
		length += path[length] == '/';
		length += name_length(path + length);
	} while (!head_matches(glob, path, length));
	return length;
}

size_t policy_excluded_length(const struct policy *policy, const char *path)
{
	size_t shortest = 0;

	for (size_t i = 0; i < policy->excluded_count; i++) {
		size_t length = matching_length(policy->excluded[i], path);

		if (length > 0 && (shortest == 0 || length < shortest))
			shortest = length;
	}
	return shortest;
}

enum level policy_level_of(const struct policy *policy, const char *rule,
			   enum level usual)
{
	for (size_t i = 0; i < policy->level_count; i++) {
		if (strcmp(policy->levels[i].rule, rule) == 0)
			return policy->levels[i].level;
	}
	return usual;
}

const struct policy_environment *policy_environment_of(const struct policy *policy,
						       const char *path)
{
	for (size_t i = 0; i < policy->environment_count; i++) {
		const struct policy_environment *environment = &policy->environments[i];

		for (size_t j = 0; j < environment->path_count; j++) {
			if (policy_path_matches(environment->paths[j], path))
				return environment;
		}
	}
	return NULL;
}
