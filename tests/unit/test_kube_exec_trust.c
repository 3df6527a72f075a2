#include "source/kube_exec_trust.h"

#include "tests/unit/scratch.h"

#define ME 1000
#define ROOT 0
#define OTHER 1001

static const char *const trees[] = { "/repos/shop", "/srv/one.yaml" };
static const char *const everything[] = { "/" };
static const char *const named[] = { "aws", "./get-token" };

#define RULES                                                                            \
	{                                                                                \
		ME, trees, 2, NULL, 0                                                    \
	}
#define NAMED                                                                            \
	{                                                                                \
		ME, trees, 2, named, 2                                                   \
	}

static const struct {
	const char *label;
	struct kube_exec_rules rules;
	struct kube_exec_origin origin;
	const char *command;
	const char *why_not; /* NULL: it may */
} cases[] = {
	{ "my own file",
	  RULES,
	  { "c", "/home/me/.kube/config", "/home/me/.kube", ME, 0600 },
	  "aws",
	  NULL },
	{ "readable by all",
	  RULES,
	  { "c", "/home/me/config", "/home/me", ME, 0644 },
	  "aws",
	  NULL },
	{ "root's file",
	  RULES,
	  { "c", "/etc/kube/config", "/etc/kube", ROOT, 0644 },
	  "aws",
	  NULL },
	{ "somebody else's file",
	  RULES,
	  { "c", "/home/other/config", "/home/other", OTHER, 0600 },
	  "aws",
	  "user 1001" },
	{ "the group may write",
	  RULES,
	  { "c", "/home/me/config", "/home/me", ME, 0660 },
	  "aws",
	  "chmod go-w" },
	{ "the world may write",
	  RULES,
	  { "c", "/home/me/config", "/home/me", ME, 0602 },
	  "aws",
	  "chmod go-w" },
	{ "in the scanned tree",
	  RULES,
	  { "c", "/repos/shop/config", "/repos/shop", ME, 0600 },
	  "aws",
	  "/repos/shop" },
	{ "deep in the scanned tree",
	  RULES,
	  { "c", "/repos/shop/a/b/config", "/repos/shop/a/b", ME, 0600 },
	  "aws",
	  "/repos/shop" },
	{ "a link in the tree to my file",
	  RULES,
	  { "c", "/home/me/.kube/config", "/repos/shop/ci", ME, 0600 },
	  "./get",
	  "/repos/shop" },
	{ "a link of mine into the tree",
	  RULES,
	  { "c", "/repos/shop/config", "/home/me/.kube", ME, 0600 },
	  "aws",
	  "/repos/shop" },
	{ "beside the tree",
	  RULES,
	  { "c", "/repos/shopping", "/repos", ME, 0600 },
	  "aws",
	  NULL },
	{ "above the tree",
	  RULES,
	  { "c", "/repos/config", "/repos", ME, 0600 },
	  "aws",
	  NULL },
	{ "the scanned file itself",
	  RULES,
	  { "c", "/srv/one.yaml", "/srv", ME, 0600 },
	  "aws",
	  "/srv/one.yaml" },
	{ "all is scanned",
	  { ME, everything, 1, NULL, 0 },
	  { "c", "/home/me/config", "/home/me", ME, 0600 },
	  "aws",
	  "in /," },
	{ "nothing is scanned",
	  { ME, NULL, 0, NULL, 0 },
	  { "c", "/repos/shop/config", "/repos/shop", ME, 0600 },
	  "aws",
	  NULL },
	{ "named, in the tree",
	  NAMED,
	  { "c", "/repos/shop/config", "/repos/shop", ME, 0600 },
	  "aws",
	  NULL },
	{ "named, somebody else's",
	  NAMED,
	  { "c", "/home/o/config", "/home/o", OTHER, 0666 },
	  "./get-token",
	  NULL },
	{ "another one is named",
	  NAMED,
	  { "c", "/repos/shop/config", "/repos/shop", ME, 0600 },
	  "sh",
	  "/repos/shop" },
	{ "the same name in another place",
	  NAMED,
	  { "c", "/repos/shop/config", "/repos/shop", ME, 0600 },
	  "./aws",
	  "/repos/shop" },
	{ "the beginning of a name",
	  NAMED,
	  { "c", "/repos/shop/config", "/repos/shop", ME, 0600 },
	  "aw",
	  "/repos/shop" },
};

static void only_files_that_nobody_else_can_have_written_count(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *label = cases[i].label;
		struct error err = ERROR_INIT;
		bool ok = kube_exec_allowed(&cases[i].rules, &cases[i].origin,
					    cases[i].command, &err);

		CHECK(label, ok == !cases[i].why_not);
		CHECK(label, err.code == (ok ? ERROR_NONE : ERROR_USAGE));
		if (ok)
			continue;
		CHECK(label, strstr(err.text, cases[i].why_not));
		CHECK(label, strstr(err.text, "--allow-exec"));
		CHECK(label, strstr(err.text, cases[i].command));
	}
}

static bool check(const char *file, const char *root, struct error *err)
{
	const char *const roots[] = { "does-not-exist", root };
	const struct kube_exec_rules rules = { .user = getuid(),
					       .roots = roots,
					       .root_count = 2 };
	const struct kube_exec exec = { .file = file, .command = "aws" };

	*err = (struct error)ERROR_INIT;
	return kube_exec_check(&rules, &exec, err);
}

static void the_file_is_looked_at_through_links(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(mkdir("tree", 0700), 0);
	assert_int_equal(mkdir("home", 0700), 0);
	scratch_write("tree/config", "", 0);
	scratch_write("home/config", "", 0);
	assert_int_equal(chmod("tree/config", 0600), 0);
	assert_int_equal(chmod("home/config", 0600), 0);
	assert_int_equal(symlink("../tree/config", "home/into"), 0);
	assert_int_equal(symlink("../home/config", "tree/out"), 0);
	assert_int_equal(symlink("tree", "checkout"), 0);

	assert_true(check("home/config", "tree", &err));
	assert_true(check("home/config", "checkout", &err));
	assert_true(check("tree/../home/config", "tree", &err));
	assert_false(check("tree/config", "tree", &err));
	assert_false(check("tree/config", "checkout", &err));
	assert_false(check("checkout/config", "tree", &err));
	assert_false(check("home/into", "tree", &err));
	assert_false(check("tree/out", "tree", &err));
	assert_false(check("home/gone", "tree", &err));
	assert_int_equal(err.code, ERROR_USAGE);
	assert_int_equal(chmod("home/config", 0620), 0);
	assert_false(check("home/config", "tree", &err));
	assert_non_null(strstr(err.text, "chmod"));
}

static void a_file_without_a_folder_in_its_name_is_in_the_current_one(void **state)
{
	struct error err;

	(void)state;
	scratch_write("config", "", 0);
	assert_int_equal(chmod("config", 0600), 0);
	assert_false(check("config", ".", &err));
	assert_true(check("config", "/usr", &err));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_files_that_nobody_else_can_have_written_count),
		IN_SCRATCH(the_file_is_looked_at_through_links),
		IN_SCRATCH(a_file_without_a_folder_in_its_name_is_in_the_current_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
