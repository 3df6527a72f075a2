/*
 * scratch.h - a test that runs in a temporary folder of its own
 *
 * cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave): the folder is the
 * current one while the test runs, and is removed behind it.
 */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include "tests/unit/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define IN_SCRATCH(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave)

struct scratch {
	int origin; /* the folder to go back to */
	char path[4096];
};

static inline int scratch_enter(void **state)
{
	struct scratch *scratch = malloc(sizeof(*scratch));
	const char *base = getenv("TMPDIR");

	if (!scratch)
		return -1;
	*state = scratch;
	scratch->origin = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	snprintf(scratch->path, sizeof(scratch->path), "%s/pindrift-XXXXXX",
		 base && base[0] ? base : "/tmp");
	return mkdtemp(scratch->path) ? chdir(scratch->path) : -1;
}

static inline int scratch_remove(const char *path, const struct stat *status, int flag,
				 struct FTW *walk)
{
	(void)status;
	(void)flag;
	(void)walk;
	return remove(path);
}

static inline int scratch_leave(void **state)
{
	struct scratch *scratch = *state;
	int failed = fchdir(scratch->origin);

	failed |= nftw(scratch->path, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);
	close(scratch->origin);
	free(scratch);
	return failed;
}

static inline void scratch_write(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static inline void scratch_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(bind(descriptor, (struct sockaddr *)&address, sizeof(address)),
			 0);
	close(descriptor);
}

/* What a short file holds, until the next call. */
static inline const char *scratch_text(const char *path)
{
	static char text[4096];
	FILE *file = fopen(path, "rb");
	size_t length;

	assert_non_null(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	fclose(file);
	return text;
}

/* Names in a folder. */
static inline size_t scratch_count(const char *path)
{
	DIR *folder = opendir(path);
	size_t count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count - 2; /* without . and .. */
}

#endif
