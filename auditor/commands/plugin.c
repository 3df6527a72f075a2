#include "commands/plugin.h"

#include "source/kube_exec_trust.h"
#include "source/worktree.h"

#include <unistd.h>

#define STANDARD_INPUT "-"

static bool is_standard_input(const char *path)
{
	return strcmp(path, STANDARD_INPUT) == 0;
}

static bool reads_standard_input(const struct option_list *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		if (is_standard_input(paths->items[i]))
			return true;
	}
	return false;
}

/*
 * Who can write to one file of a work tree can write to all of it.  What comes on
 * standard input was most likely made of the files around.
 */
static const char *tree_of(const char *path, struct arena *arena)
{
	const char *place = is_standard_input(path) ? "." : path;
	struct worktree tree = worktree_find(place, arena);

	return tree.root[0] ? tree.root : place;
}

bool plugin_permit(struct kube_exec *exec, const struct settings *settings,
		   const struct option_list *paths, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char **roots = arena_alloc(&arena, paths->count * sizeof(*roots));
	const struct kube_exec_rules rules = {
		.user = geteuid(),
		.roots = roots,
		.root_count = paths->count,
		.allowed = settings->allow_exec.items,
		.allowed_count = settings->allow_exec.count,
	};

	if (!exec->command)
		return true;
	for (size_t i = 0; i < paths->count; i++)
		roots[i] = tree_of(paths->items[i], &arena);
	exec->may_ask = isatty(STDIN_FILENO) && !reads_standard_input(paths);
	return kube_exec_check(&rules, exec, err);
}
