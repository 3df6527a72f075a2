#include "source/kube_exec_trust.h"

#include <libgen.h>
#include <sys/stat.h>

static bool is_named(const struct kube_exec_rules *rules, const char *command)
{
	for (size_t i = 0; i < rules->allowed_count; i++) {
		if (strcmp(rules->allowed[i], command) == 0)
			return true;
	}
	return false;
}

static bool is_beneath(const char *path, const char *root)
{
	size_t length = strlen(root);

	if (length > 0 && root[length - 1] == '/')
		length--; /* of the root folder itself */
	return strncmp(path, root, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

/* The root that holds one of the two places; NULL where none does. */
static const char *root_of(const struct kube_exec_rules *rules,
			   const struct kube_exec_origin *origin)
{
	for (size_t i = 0; i < rules->root_count; i++) {
		if (is_beneath(origin->target, rules->roots[i]) ||
		    is_beneath(origin->folder, rules->roots[i]))
			return rules->roots[i];
	}
	return NULL;
}

bool kube_exec_allowed(const struct kube_exec_rules *rules,
		       const struct kube_exec_origin *origin, const char *command,
		       struct error *err)
{
	const char *root = root_of(rules, origin);

	if (is_named(rules, command))
		return true;
	if (root)
		error_set(
			err, ERROR_USAGE,
			"the file lies in %.120s, which is scanned, and may be anybody's",
			root);
	else if (origin->owner != rules->user && origin->owner != 0)
		error_set(err, ERROR_USAGE, "the file belongs to user %u", origin->owner);
	else if (origin->mode & (S_IWGRP | S_IWOTH))
		error_set(err, ERROR_USAGE,
			  "others than its owner may write to the file (chmod go-w)");
	else
		return true;
	return error_wrap(err,
			  "kubeconfig %.120s: the program '%.80s' is not started for its "
			  "credentials (--allow-exec %.80s says it may be)",
			  origin->file, command, command);
}

static const char *real_path(const char *path, struct arena *arena)
{
	CLEANUP(free_pointer) char *real = realpath(path, NULL);

	return real ? arena_strdup(arena, real) : NULL;
}

static bool look_at(struct kube_exec_origin *origin, const char *file,
		    struct arena *arena, struct error *err)
{
	struct stat status;

	*origin = (struct kube_exec_origin){
		.file = file,
		.target = real_path(file, arena),
		.folder = real_path(dirname(arena_strdup(arena, file)), arena),
	};
	if (!origin->target || !origin->folder || stat(origin->target, &status) != 0) {
		error_set(err, ERROR_USAGE, "kubeconfig %s: has gone away", file);
		return false;
	}
	origin->owner = status.st_uid;
	origin->mode = status.st_mode & 07777;
	return true;
}

bool kube_exec_check(const struct kube_exec_rules *rules, const struct kube_exec *exec,
		     struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct kube_exec_rules resolved = *rules;
	const char **roots = arena_alloc(&arena, rules->root_count * sizeof(*roots));
	struct kube_exec_origin origin;

	resolved.roots = roots;
	resolved.root_count = 0;
	for (size_t i = 0; i < rules->root_count; i++) {
		const char *root = real_path(rules->roots[i], &arena);

		if (root)
			roots[resolved.root_count++] = root;
	}
	return look_at(&origin, exec->file, &arena, err) &&
	       kube_exec_allowed(&resolved, &origin, exec->command, err);
}
