#include "base/program.h"

#include "base/memory.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

/* 0 where `path` can be executed, else why it cannot, as an errno. */
static int program_problem(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return errno;
	if (!S_ISREG(status.st_mode))
		return ENOENT;
	return access(path, X_OK) == 0 ? 0 : errno;
}

static bool not_found(const char *folders, struct error *err)
{
	if (!folders[0])
		return error_set(err, ERROR_NOT_FOUND, "not found: PATH is empty");
	return error_set(err, ERROR_NOT_FOUND, "not found in PATH (%.300s)", folders);
}

/* "FOLDER/NAME"; false for a folder that is not absolute, or where it is too long. */
static bool join(struct buf *path, const char *folder, size_t length, const char *name)
{
	buf_clear(path);
	return folder[0] == '/' && buf_add(path, folder, length) && buf_putc(path, '/') &&
	       buf_puts(path, name);
}

static bool find_in(struct buf *path, const char *folders, const char *name,
		    struct error *err)
{
	struct error denied = ERROR_INIT;
	size_t length;

	for (const char *rest = folders; *rest; rest += length + (rest[length] == ':')) {
		int problem = ENOENT;

		length = strcspn(rest, ":");
		if (join(path, rest, length, name))
			problem = program_problem(buf_text(path));
		if (problem == 0)
			return true;
		if (problem == EACCES && denied.code == ERROR_NONE)
			error_set(&denied, ERROR_DENIED, "%s: %s", buf_text(path),
				  strerror(problem));
	}
	if (denied.code == ERROR_NONE)
		return not_found(folders, err);
	*err = denied;
	return false;
}

bool program_find(struct buf *path, const char *name, struct error *err)
{
	const char *folders = getenv("PATH");

	buf_clear(path);
	if (!name[0])
		return error_set(err, ERROR_USAGE, "the name of a program is empty");
	if (!strchr(name, '/'))
		return find_in(path, folders ? folders : "", name, err);
	if (!buf_puts(path, name))
		return error_set(err, ERROR_USAGE, "the name of a program is too long");
	return true;
}

/* True if both say the value of one name. */
static bool same_name(const char *a, const char *b)
{
	size_t length = strcspn(a, "=");

	return strncmp(a, b, length) == 0 && b[length] == '=';
}

static bool is_overridden(const char *entry, const char *const *by)
{
	for (; *by; by++) {
		if (same_name(entry, *by))
			return true;
	}
	return false;
}

char **program_environment(const char *const *added)
{
	static const char *const nothing[] = { NULL };
	const char **entries = NULL;
	size_t count = 0;

	if (!added)
		added = nothing;
	for (char **entry = environ; entry && *entry; entry++) {
		if (is_overridden(*entry, added))
			continue;
		entries = array_grow(entries, count, sizeof(*entries));
		entries[count++] = *entry;
	}
	for (; *added; added++) {
		if (is_overridden(*added, added + 1))
			continue;
		entries = array_grow(entries, count, sizeof(*entries));
		entries[count++] = *added;
	}
	entries = array_grow(entries, count, sizeof(*entries));
	entries[count] = NULL;
	return (char **)entries;
}
