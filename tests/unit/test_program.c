#include "base/program.h"

#include "base/memory.h"

#include "tests/unit/scripts.h"

#include <limits.h>

static bool find(struct buf *path, const char *name, struct error *err)
{
	*err = (struct error)ERROR_INIT;
	return program_find(path, name, err);
}

static void a_name_is_looked_for_in_path(void **state)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_MAX);
	const struct scratch *scratch = *state;
	struct error err;

	script_write("tool", "");
	setenv("PATH", "/usr/bin:/bin", 1);
	assert_false(find(&path, "tool", &err));
	assert_int_equal(err.code, ERROR_NOT_FOUND);
	assert_non_null(strstr(err.text, "/usr/bin:/bin"));
	scripts_on_path(state);
	assert_true(find(&path, "tool", &err));
	assert_memory_equal(buf_text(&path), scratch->path, strlen(scratch->path));
	assert_string_equal(buf_text(&path) + strlen(scratch->path), "/tool");
	assert_true(find(&path, "sh", &err));
}

static void a_name_with_a_slash_is_a_path(void **state)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_MAX);
	struct error err;

	(void)state;
	assert_true(find(&path, "./no/such/tool", &err));
	assert_string_equal(buf_text(&path), "./no/such/tool");
}

/* The current folder may be a checkout that somebody else has written to. */
static void folders_that_are_not_absolute_are_passed_over(void **state)
{
	static const char *const paths[] = { "",   ":",  ".",  "./", ":/nowhere",
					     "..", "a:", "::", NULL };
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_MAX);
	struct error err;

	(void)state;
	script_write("tool", "");
	for (size_t i = 0; paths[i]; i++) {
		setenv("PATH", paths[i], 1);
		CHECK(paths[i], !find(&path, "tool", &err));
		CHECK(paths[i], err.code == ERROR_NOT_FOUND);
	}
	unsetenv("PATH");
	assert_false(find(&path, "tool", &err));
}

static void what_cannot_be_executed_is_passed_over_and_named(void **state)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_MAX);
	const struct scratch *scratch = *state;
	struct error err;

	scripts_on_path(state);
	scratch_write("sh", "no script", strlen("no script"));
	assert_true(find(&path, "sh", &err));
	assert_null(strstr(buf_text(&path), scratch->path));
	scratch_write("pindrift-no-such-tool", "no script", strlen("no script"));
	assert_false(find(&path, "pindrift-no-such-tool", &err));
	assert_int_equal(err.code, ERROR_DENIED);
	assert_non_null(strstr(err.text, "/pindrift-no-such-tool"));
}

static void a_folder_is_no_program(void **state)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_MAX);
	struct error err;

	(void)state; /* whose tear-down puts PATH back */
	setenv("PATH", "/", 1);
	assert_false(find(&path, "proc", &err));
	assert_int_equal(err.code, ERROR_NOT_FOUND);
}

static void names_that_can_be_none_are_refused(void **state)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_MAX);
	CLEANUP(free_pointer) char *endless = xcalloc(1, PATH_MAX + 2);
	struct error err;

	(void)state;
	assert_false(find(&path, "", &err));
	assert_int_equal(err.code, ERROR_USAGE);
	memset(endless, 'a', PATH_MAX + 1);
	assert_false(find(&path, endless, &err));
	assert_int_equal(err.code, ERROR_NOT_FOUND);
	endless[0] = '/';
	assert_false(find(&path, endless, &err));
	assert_int_equal(err.code, ERROR_USAGE);
}

static size_t count_entries(char *const *environment, const char *entry)
{
	size_t count = 0;

	for (; *environment; environment++)
		count += strcmp(*environment, entry) == 0;
	return count;
}

static void additions_win_over_the_environment_and_later_ones_over_earlier(void **state)
{
	static const char *const added[] = { "PINDRIFT_A=new", "PINDRIFT_B=1",
					     "PINDRIFT_B=2", "PINDRIFT_EMPTY=", NULL };
	CLEANUP(free_pointer) char **environment = NULL;

	(void)state;
	setenv("PINDRIFT_A", "old", 1);
	setenv("PINDRIFT_AA", "kept", 1);
	environment = program_environment(added);
	assert_int_equal(count_entries(environment, "PINDRIFT_A=new"), 1);
	assert_int_equal(count_entries(environment, "PINDRIFT_A=old"), 0);
	assert_int_equal(count_entries(environment, "PINDRIFT_AA=kept"), 1);
	assert_int_equal(count_entries(environment, "PINDRIFT_B=1"), 0);
	assert_int_equal(count_entries(environment, "PINDRIFT_B=2"), 1);
	assert_int_equal(count_entries(environment, "PINDRIFT_EMPTY="), 1);
	unsetenv("PINDRIFT_A");
	unsetenv("PINDRIFT_AA");
}

static void without_additions_it_is_our_environment(void **state)
{
	CLEANUP(free_pointer) char **environment = program_environment(NULL);
	size_t count = 0;

	(void)state;
	for (; environment[count]; count++)
		assert_ptr_equal(environment[count], environ[count]);
	assert_null(environ[count]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_SCRIPTS(a_name_is_looked_for_in_path),
		cmocka_unit_test(a_name_with_a_slash_is_a_path),
		WITH_SCRIPTS(folders_that_are_not_absolute_are_passed_over),
		WITH_SCRIPTS(what_cannot_be_executed_is_passed_over_and_named),
		WITH_SCRIPTS(a_folder_is_no_program),
		cmocka_unit_test(names_that_can_be_none_are_refused),
		cmocka_unit_test(
			additions_win_over_the_environment_and_later_ones_over_earlier),
		cmocka_unit_test(without_additions_it_is_our_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
