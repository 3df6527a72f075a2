#include "source/worktree.h"

#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

/* Write a text, and the folders it needs. */
static void put(const char *path, const char *text)
{
	char folder[200];

	for (const char *slash = strchr(path, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
		mkdir(folder, 0700);
	}
	scratch_write(path, text, strlen(text));
}

static const struct {
	const char *label, *config, *remote;
} remote_cases[] = {
	{ "git's own form",
	  "[core]\n\tbare = false\n[remote \"origin\"]\n"
	  "\turl = https://github.com/o/r.git\n\tfetch = +refs/heads/*\n",
	  "https://github.com/o/r.git" },
	{ "scp form", "[remote \"origin\"]\nurl=git@github.com:o/r.git",
	  "git@github.com:o/r.git" },
	{ "one line", "[remote \"origin\"] url = /srv/r.git # here\n", "/srv/r.git" },
	{ "capitals", "[REMOTE \"origin\"]\n\tURL = a\n", "a" },
	{ "quotes", "[remote \"origin\"]\n\turl = \"a;b c\" ; not this\n", "a;b c" },
	{ "CR LF", "[remote \"origin\"]\r\n\turl = a\r\n", "a" },
	{ "the first of two", "[remote \"origin\"]\n\turl = a\n\turl = b\n", "a" },
	{ "another remote first",
	  "[remote \"other\"]\n\turl = b\n[remote \"origin\"]\n\turl = a\n", "a" },
	{ "no origin", "[remote \"other\"]\n\turl = b\n[core]\n\turl = c\n", "" },
	{ "capitals in its name", "[remote \"Origin\"]\n\turl = b\n", "" },
	{ "a longer key", "[remote \"origin\"]\n\turls = b\n\tpushurl = c\n", "" },
	{ "a comment", "[remote \"origin\"]\n\t# url = b\n", "" },
	{ "nothing", "", "" },
	{ "a header that does not end", "[remote \"origin\"", "" },
	{ "a token", "[remote \"origin\"]\n\turl = https://secret@github.com/o/r\n",
	  "https://github.com/o/r" },
	{ "a user and password",
	  "[remote \"origin\"]\n\turl = https://u:p@w@h.io:8443/o/r\n",
	  "https://h.io:8443/o/r" },
	{ "an @ in the path", "[remote \"origin\"]\n\turl = https://h.io/o@2/r\n",
	  "https://h.io/o@2/r" },
	{ "ssh", "[remote \"origin\"]\n\turl = ssh://git@h.io/o/r\n", "ssh://h.io/o/r" },
};

static void remote_is_origins_url_without_credentials(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(remote_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct worktree tree;

		put("tree/.git/config", remote_cases[i].config);
		tree = worktree_find("tree", &arena);
		CHECK(remote_cases[i].label, tree.root[0] == '/');
		CHECK_TEXT(remote_cases[i].label, tree.remote, remote_cases[i].remote);
	}
}

static void paths_are_relative_to_the_root(void **state)
{
	static const struct {
		const char *path, *relative;
	} cases[] = {
		{ "tree", "" },
		{ "tree/", "" },
		{ "./tree/.", "" },
		{ "tree/deploy", "deploy" },
		{ "tree/deploy/", "deploy" },
		{ "tree//deploy/../deploy/web.yaml", "deploy/web.yaml" },
		{ "tree/deploy/absent.yaml", "deploy/absent.yaml" },
		{ "tree/link.yaml", "link.yaml" },
		{ "link/web.yaml", "deploy/web.yaml" },
		{ "./outside//x.yaml", "outside/x.yaml" },
		{ "outside/", "outside" },
		{ ".", "" },
		{ "../x.yaml", "../x.yaml" },
		{ "tree2/x.yaml", "tree2/x.yaml" },
	};
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct worktree tree;

	(void)state;
	put("tree/.git/config", "");
	put("tree/deploy/web.yaml", "");
	put("outside/x.yaml", "");
	put("tree2/x.yaml", "");
	assert_int_equal(symlink("../outside/x.yaml", "tree/link.yaml"), 0);
	assert_int_equal(symlink("tree/deploy", "link"), 0);
	tree = worktree_find("tree/deploy/web.yaml", &arena);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		CHECK_TEXT(cases[i].path, worktree_relative(&tree, cases[i].path, &arena),
			   cases[i].relative);
}

static void innermost_work_tree_counts(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct worktree tree;

	(void)state;
	put("outer/.git/config", "[remote \"origin\"]\nurl = outer\n");
	put("outer/vendor/inner/.git/config", "[remote \"origin\"]\nurl = inner\n");
	put("outer/vendor/inner/a/b/x.yaml", "");
	tree = worktree_find("outer/vendor/inner/a/b/x.yaml", &arena);
	assert_string_equal(tree.remote, "inner");
	tree = worktree_find("outer/vendor", &arena);
	assert_string_equal(tree.remote, "outer");
}

static void
linked_work_trees_and_submodules_have_their_configuration_elsewhere(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	(void)state;
	put("main/.git/config", "[remote \"origin\"]\nurl = main\n");
	put("main/.git/worktrees/linked/commondir", "../..\n");
	put("linked/.git", "gitdir: ../main/.git/worktrees/linked\n");
	put("main/.git/modules/sub/config", "[remote \"origin\"]\nurl = sub\n");
	put("main/sub/.git", "gitdir: ../.git/modules/sub\n");
	put("odd/.git", "no git file");
	assert_string_equal(worktree_find("linked", &arena).remote, "main");
	assert_string_equal(worktree_find("main/sub", &arena).remote, "sub");
	assert_string_equal(worktree_find("odd", &arena).remote, "");
	assert_string_not_equal(worktree_find("odd", &arena).root, "");
}

static void outside_of_a_work_tree_there_is_no_root(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct worktree tree = worktree_find("absent/x.yaml", &arena);

	(void)state;
	assert_string_equal(tree.root, "");
	assert_string_equal(tree.remote, "");
	tree = worktree_find("/", &arena);
	assert_string_equal(tree.root, "");
	assert_string_equal(worktree_relative(&tree, "/a//b", &arena), "/a/b");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCRATCH(remote_is_origins_url_without_credentials),
		IN_SCRATCH(paths_are_relative_to_the_root),
		IN_SCRATCH(innermost_work_tree_counts),
		IN_SCRATCH(
			linked_work_trees_and_submodules_have_their_configuration_elsewhere),
		IN_SCRATCH(outside_of_a_work_tree_there_is_no_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
