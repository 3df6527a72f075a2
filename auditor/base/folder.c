#include "base/folder.h"

#include "base/file.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Neither waits for a FIFO nor takes a terminal over. */
#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY)

#define FOLDER_DEPTH 100 /* most folders within each other */
#define PATH_BYTES 65536 /* more than FOLDER_DEPTH names and a root */
#define OPEN_TRIES 8     /* of openat2(2), which gives up while a folder is moved */

struct walk {
	struct buf path;    /* where the walk is: the root, "/", the rest */
	size_t root_length; /* with the slash */
	int descriptor;     /* of the root */
	bool (*takes)(const char *name);
	bool (*visit)(const struct folder_entry *entry, void *user);
	void *user;
};

/* A name in a folder, as readdir(3) and fstatat(2) have it. */
struct name {
	char *text;
	mode_t type; /* of what it names in the end; 0 for a link that names nothing */
	bool through_link;
};

struct names {
	struct name *items;
	size_t count;
};

/*
 * Where the kernel has no openat2(2) (before 5.6, or under an old seccomp filter): one
 * part of the path after the other, and no symbolic links at all.
 */
static int open_by_parts(int root, const char *beneath, int flags)
{
	char *copy CLEANUP(free_pointer) = xstrdup(beneath);
	int folder = dup(root);
	char *part = copy;

	for (char *slash; folder >= 0 && (slash = strchr(part, '/')); part = slash + 1) {
		int outer = folder;

		*slash = '\0';
		folder = openat(outer, part,
				O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(outer);
	}
	if (folder >= 0) {
		int outer = folder;

		folder = openat(outer, part, flags | O_NOFOLLOW);
		close(outer);
	}
	return folder;
}

/* As openat(2), but nothing outside of `root` is opened.  `beneath` holds no "..". */
static int open_beneath(int root, const char *beneath, int flags)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long descriptor = -1;

	for (int i = 0; i < OPEN_TRIES && descriptor < 0; i++) {
		descriptor = syscall(SYS_openat2, root, beneath, &how, sizeof(how));
		if (descriptor < 0 && errno != EAGAIN && errno != EINTR)
			break;
	}
	if (descriptor < 0 && (errno == ENOSYS || errno == EPERM))
		return open_by_parts(root, beneath, flags | O_CLOEXEC);
	return (int)descriptor;
}

/* Why open_beneath() failed. */
static bool fail_beneath(struct error *err, int error_number)
{
	if (error_number == EXDEV)
		return error_set(err, ERROR_DENIED,
				 "a link that leads out of the folder");
	if (error_number == ELOOP)
		return error_set(err, ERROR_DENIED, "a link that cannot be followed");
	return file_fail(err, error_number);
}

static const char *beneath_of(const struct walk *walk)
{
	return buf_text(&walk->path) + walk->root_length;
}

static bool show(const struct walk *walk, const char *problem)
{
	struct folder_entry entry = { buf_text(&walk->path), beneath_of(walk), problem };

	return walk->visit(&entry, walk->user);
}

static void names_release(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i].text);
	free(names->items);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

/* Not every filesystem tells the type in its listing, and none tells that of a target. */
static void find_type(struct name *name, int folder, const struct dirent *entry)
{
	struct stat status;

	name->type = (mode_t)DTTOIF(entry->d_type);
	if (entry->d_type == DT_UNKNOWN) {
		name->type = 0;
		if (fstatat(folder, name->text, &status, AT_SYMLINK_NOFOLLOW) == 0)
			name->type = status.st_mode & S_IFMT;
	}
	name->through_link = S_ISLNK(name->type);
	if (name->through_link) {
		name->type = 0;
		if (fstatat(folder, name->text, &status, 0) == 0)
			name->type = status.st_mode & S_IFMT;
	}
}

/* The names in an open folder, sorted.  Errors: ERROR_SYSTEM. */
static bool list_names(struct names *names, DIR *folder, struct error *err)
{
	struct dirent *entry;

	errno = 0;
	while ((entry = readdir(folder)) != NULL) {
		struct name name = { .text = entry->d_name };

		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			find_type(&name, dirfd(folder), entry);
			name.text = xstrdup(entry->d_name);
			names->items = array_grow(names->items, names->count,
						  sizeof(*names->items));
			names->items[names->count++] = name;
		}
		errno = 0;
	}
	if (errno)
		return file_fail(err, errno);
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items), compare_names);
	return true;
}

/* The names in the folder where the walk is. */
static bool open_names(const struct walk *walk, struct names *names, struct error *err)
{
	const char *beneath = beneath_of(walk);
	int descriptor = open_beneath(walk->descriptor, beneath[0] ? beneath : ".",
				      O_RDONLY | O_DIRECTORY);
	DIR *folder = descriptor < 0 ? NULL : fdopendir(descriptor);
	bool ok;

	if (!folder)
		return fail_beneath(err, errno);
	ok = list_names(names, folder, err);
	closedir(folder);
	return ok;
}

bool folder_has_manifest_name(const char *name)
{
	static const char *const extensions[] = { ".yaml", ".yml", ".json" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < ARRAY_LENGTH(extensions); i++) {
		if (strcmp(dot, extensions[i]) == 0)
			return true;
	}
	return false;
}

/* What a symbolic link names is beneath the root, too. */
static bool link_stays(const struct walk *walk, struct error *err)
{
	int descriptor = open_beneath(walk->descriptor, beneath_of(walk), OPEN_FLAGS);

	if (descriptor < 0)
		return fail_beneath(err, errno);
	close(descriptor);
	return true;
}

/* A file, a link, or something odd.  False: stop. */
static bool visit_file(const struct walk *walk, const struct name *name)
{
	struct error err = ERROR_INIT;

	if (name->through_link && !link_stays(walk, &err))
		return show(walk, err.text);
	if (S_ISDIR(name->type))
		return true; /* a link to what is visited under its own name */
	return show(walk, file_oddity(name->type));
}

static bool walk_names(struct walk *walk, const struct names *names, unsigned depth);

/* The folder where the walk is; those in it by recursion.  False: stop. */
static bool walk_folder(struct walk *walk, unsigned depth)
{
	struct names names CLEANUP(names_release) = { NULL, 0 };
	struct error err = ERROR_INIT;

	if (depth > FOLDER_DEPTH)
		return show(walk, "too many folders within each other");
	if (!open_names(walk, &names, &err))
		return show(walk, err.text);
	return walk_names(walk, &names, depth);
}

/* Step to one name after the other. */
static bool walk_names(struct walk *walk, const struct names *names, unsigned depth)
{
	size_t length = walk->path.length;
	bool go_on = true;

	for (size_t i = 0; i < names->count && go_on; i++) {
		const struct name *name = &names->items[i];
		bool is_folder = S_ISDIR(name->type);

		buf_printf(&walk->path, "%s%s", depth ? "/" : "", name->text);
		if (is_folder && !name->through_link) {
			if (strcmp(name->text, ".git") != 0)
				go_on = walk_folder(walk, depth + 1);
		} else if (is_folder || walk->takes(name->text)) {
			go_on = visit_file(walk, name);
		}
		walk->path.length = length;
	}
	return go_on;
}

/* Everything but the root itself, whose errors are the caller's, is visited. */
static bool walk_root(struct walk *walk, struct error *err)
{
	struct names names CLEANUP(names_release) = { NULL, 0 };

	if (!open_names(walk, &names, err))
		return false;
	walk_names(walk, &names, 0);
	return true;
}

static int open_root(const char *root)
{
	return open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

bool folder_walk(const char *root, bool (*takes)(const char *name),
		 bool (*visit)(const struct folder_entry *entry, void *user), void *user,
		 struct error *err)
{
	struct walk walk = {
		.path = BUF_INIT(PATH_BYTES),
		.descriptor = open_root(root),
		.takes = takes,
		.visit = visit,
		.user = user,
	};
	size_t length = strlen(root);
	bool ok;

	if (walk.descriptor < 0)
		return file_fail(err, errno);
	buf_printf(&walk.path, "%s%s", root,
		   length && root[length - 1] == '/' ? "" : "/");
	walk.root_length = walk.path.length;
	ok = walk_root(&walk, err);
	close(walk.descriptor);
	buf_release(&walk.path);
	return ok;
}

bool folder_open(int *folder, const char *root, struct error *err)
{
	*folder = open_root(root);
	return *folder >= 0 || file_fail(err, errno);
}

bool folder_read_at(struct buf *buf, int folder, const char *beneath, struct error *err)
{
	int descriptor = open_beneath(folder, beneath, OPEN_FLAGS);

	if (descriptor < 0)
		return fail_beneath(err, errno);
	return file_read_regular(buf, descriptor, err);
}

bool folder_read(struct buf *buf, const char *root, const char *beneath,
		 struct error *err)
{
	int folder;
	bool ok;

	if (!folder_open(&folder, root, err))
		return false;
	ok = folder_read_at(buf, folder, beneath, err);
	close(folder);
	return ok;
}
