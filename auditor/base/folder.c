#include "base/folder.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"

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
#define FOLDERS_A_THREAD 64
#define OPEN_TRIES 8 /* of openat2(2), which gives up while a folder is moved */

/* A name in a folder, as readdir(3) and fstatat(2) have it. */
struct name {
	char *text;
	mode_t type; /* of what it names in the end; 0 for a link that names nothing */
	bool through_link;
	size_t listing; /* number of that of the folder, or 0 where it is not entered */
};

/* What is in a folder: the names that are of interest, sorted. */
struct listing {
	char *beneath; /* path of the folder, relative to the root; "" is the root */
	struct name *names;
	size_t count;
	int error_number; /* errno(3), where it cannot be listed; else 0 */
};

/*
 * First all folders are listed, those of the same depth on all processors; then what
 * they hold is visited in order.
 */
struct walk {
	int descriptor; /* of the root */
	bool (*takes)(const char *name);
	struct listing *listings; /* the root's first, less deep ones before others */
	size_t listing_count;
	size_t listed;      /* those that are listed already */
	struct buf path;    /* where the walk is: the root, "/", the rest */
	size_t root_length; /* with the slash */
	bool (*visit)(const struct folder_entry *entry, void *user);
	void *user;
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

static long open_resolved(int root, const char *beneath, int flags, unsigned resolve)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = resolve,
	};

	for (int i = 1;; i++) {
		long descriptor = syscall(SYS_openat2, root, beneath, &how, sizeof(how));

		if (descriptor >= 0 || i == OPEN_TRIES ||
		    (errno != EAGAIN && errno != EINTR))
			return descriptor;
	}
}

/* Of such a path only a symbolic link leads out. */
static bool goes_down(const char *path)
{
	return path[0] != '/' && !strstr(path, "..");
}

/*
 * As openat(2), but nothing outside of `root` is opened.  That there is no symbolic link
 * is cheaper to ask for than that none leads out.
 */
static int open_beneath(int root, const char *beneath, int flags)
{
	long descriptor = -1;

	errno = ELOOP;
	if (goes_down(beneath))
		descriptor = open_resolved(root, beneath, flags, RESOLVE_NO_SYMLINKS);
	if (descriptor < 0 && errno == ELOOP)
		descriptor = open_resolved(root, beneath, flags,
					   RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
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

static void walk_release(struct walk *walk)
{
	for (size_t i = 0; i < walk->listing_count; i++) {
		struct listing *listing = &walk->listings[i];

		for (size_t k = 0; k < listing->count; k++)
			free(listing->names[k].text);
		free(listing->names);
		free(listing->beneath);
	}
	free(walk->listings);
	buf_release(&walk->path);
	close(walk->descriptor);
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

static void add_name(struct listing *listing, const struct name *name)
{
	listing->names =
		array_grow(listing->names, listing->count, sizeof(*listing->names));
	listing->names[listing->count] = *name;
	listing->names[listing->count++].text = xstrdup(name->text);
}

static void list_names(struct listing *listing, DIR *folder,
		       bool (*takes)(const char *name))
{
	struct dirent *entry;

	errno = 0;
	while ((entry = readdir(folder)) != NULL) {
		struct name name = { .text = entry->d_name };

		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			find_type(&name, dirfd(folder), entry);
			if (S_ISDIR(name.type) || takes(entry->d_name))
				add_name(listing, &name);
		}
		errno = 0;
	}
	listing->error_number = errno;
	if (listing->count)
		qsort(listing->names, listing->count, sizeof(*listing->names),
		      compare_names);
}

/* One of the folders of a level; others are listed at the same time. */
static void list_folder(size_t number, void *user)
{
	const struct walk *walk = user;
	struct listing *listing = &walk->listings[walk->listed + number];
	int descriptor = open_beneath(walk->descriptor,
				      listing->beneath[0] ? listing->beneath : ".",
				      O_RDONLY | O_DIRECTORY);
	DIR *folder = descriptor < 0 ? NULL : fdopendir(descriptor);

	if (!folder) {
		listing->error_number = errno;
		return;
	}
	list_names(listing, folder, walk->takes);
	closedir(folder);
}

static char *path_beneath(const char *folder, const char *name)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_BYTES);

	buf_printf(&path, "%s%s%s", folder, folder[0] ? "/" : "", name);
	return buf_detach(&path);
}

/* The number of a new listing, of a folder within another. */
static size_t add_listing(struct walk *walk, const char *outer, const char *name)
{
	walk->listings =
		array_grow(walk->listings, walk->listing_count, sizeof(*walk->listings));
	walk->listings[walk->listing_count] =
		(struct listing){ .beneath = path_beneath(outer, name) };
	return walk->listing_count++;
}

/* The folders in one that is listed are to be listed next. */
static void add_inner(struct walk *walk, size_t number)
{
	const struct listing outer = walk->listings[number];

	for (size_t i = 0; i < outer.count; i++) {
		struct name *name = &outer.names[i];

		if (S_ISDIR(name->type) && !name->through_link &&
		    strcmp(name->text, ".git") != 0)
			name->listing = add_listing(walk, outer.beneath, name->text);
	}
}

static void list_all(struct walk *walk)
{
	unsigned processors = parallel_processors();

	add_listing(walk, "", ""); /* the root */
	for (unsigned depth = 0; walk->listed < walk->listing_count; depth++) {
		size_t first = walk->listed, end = walk->listing_count;
		size_t threads = (end - first) / FOLDERS_A_THREAD + 1;

		parallel_run(end - first,
			     threads < processors ? (unsigned)threads : processors,
			     list_folder, walk);
		for (size_t i = first; i < end && depth < FOLDER_DEPTH; i++)
			add_inner(walk, i);
		walk->listed = end;
	}
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

/* The folder where the walk is, and those in it by recursion.  False: stop. */
static bool walk_folder(struct walk *walk, const struct listing *listing)
{
	size_t length = walk->path.length;
	struct error err = ERROR_INIT;
	bool go_on = true;

	if (listing->error_number) {
		fail_beneath(&err, listing->error_number);
		return show(walk, err.text);
	}
	for (size_t i = 0; i < listing->count && go_on; i++) {
		const struct name *name = &listing->names[i];

		buf_puts(&walk->path, listing->beneath[0] ? "/" : "");
		buf_puts(&walk->path, name->text);
		if (name->listing)
			go_on = walk_folder(walk, &walk->listings[name->listing]);
		else if (!S_ISDIR(name->type) || name->through_link)
			go_on = visit_file(walk, name);
		else if (strcmp(name->text, ".git") != 0)
			go_on = show(walk, "too many folders within each other");
		walk->path.length = length;
	}
	return go_on;
}

static int open_root(const char *root)
{
	return open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

bool folder_walk(const char *root, bool (*takes)(const char *name),
		 bool (*visit)(const struct folder_entry *entry, void *user), void *user,
		 struct error *err)
{
	CLEANUP(walk_release)
	struct walk walk = {
		.descriptor = open_root(root),
		.takes = takes,
		.path = BUF_INIT(PATH_BYTES),
		.visit = visit,
		.user = user,
	};
	size_t length = strlen(root);

	if (walk.descriptor < 0)
		return file_fail(err, errno);
	buf_printf(&walk.path, "%s%s", root,
		   length && root[length - 1] == '/' ? "" : "/");
	walk.root_length = walk.path.length;
	list_all(&walk);
	if (walk.listings[0].error_number)
		return fail_beneath(err, walk.listings[0].error_number);
	walk_folder(&walk, &walk.listings[0]);
	return true;
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
