/*
 * scripts.h - programs for a test to run: shell scripts in its own folder
 *
 * In a test of WITH_SCRIPTS() that folder is the current one (scratch.h), and PATH is put
 * back behind it.
 */
#ifndef TESTS_UNIT_SCRIPTS_H
#define TESTS_UNIT_SCRIPTS_H

#include "tests/unit/scratch.h"

#define WITH_SCRIPTS(test)                                                               \
	cmocka_unit_test_setup_teardown(test, scripts_enter, scripts_leave)

static char *scripts_path_before;

static inline int scripts_enter(void **state)
{
	scripts_path_before = strdup(getenv("PATH"));
	return scratch_enter(state);
}

static inline int scripts_leave(void **state)
{
	setenv("PATH", scripts_path_before, 1);
	free(scripts_path_before);
	return scratch_leave(state);
}

/* An executable file. */
static inline void script_write_raw(const char *name, const char *text)
{
	scratch_write(name, text, strlen(text));
	assert_int_equal(chmod(name, 0700), 0);
}

/* An executable shell script. */
static inline void script_write(const char *name, const char *body)
{
	char text[8192];
	int length = snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", body);

	assert_in_range(length, 1, sizeof(text) - 1);
	script_write_raw(name, text);
}

/* From now on names are looked for in the folder of the test first. */
static inline void scripts_on_path(void **state)
{
	const struct scratch *scratch = *state;
	char path[16384];

	snprintf(path, sizeof(path), "%s:%s", scratch->path, scripts_path_before);
	setenv("PATH", path, 1);
}

#endif
