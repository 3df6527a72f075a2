#include "store/store_private.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FOLDER_MODE 0700
#define FILE_MODE 0600

bool store_file_missing(const char *path, struct error *err)
{
	return error_set(err, ERROR_NOT_FOUND,
			 "%s: there is no database yet: run 'pindrift scan' first, or "
			 "choose another file with --db",
			 path);
}

/* Say what failed by errno. */
static bool file_error(const char *path, const char *what, struct error *err)
{
	int cause = errno;

	if (cause == ENOSPC || cause == EDQUOT)
		return error_set(err, ERROR_STORE,
				 "%s: %s: the disk is full: make room and run again",
				 path, what);
	if (cause == ENOENT)
		return store_file_missing(path, err);
	return error_set(
		err,
		cause == EACCES || cause == EPERM || cause == EROFS ? ERROR_DENIED
								    : ERROR_SYSTEM,
		"%s: %s: %s: choose another file with --db", path, what, strerror(cause));
}

char *store_file_beside(const char *file, const char *suffix)
{
	size_t size = strlen(file) + strlen(suffix) + 1;
	char *name = xmalloc(size);

	snprintf(name, size, "%s%s", file, suffix);
	return name;
}

static bool make_folder(const char *folder)
{
	if (mkdir(folder, FOLDER_MODE) == 0)
		return chmod(folder, FOLDER_MODE) == 0; /* whatever the umask */
	return access(folder, F_OK) == 0;
}

/* mkdir -p */
static bool make_folders(char *folder)
{
	char *end = folder;

	do {
		bool made;

		end = strchr(end + 1, '/');
		if (end)
			*end = '\0';
		made = make_folder(folder);
		if (end)
			*end = '/';
		if (!made)
			return false;
	} while (end);
	return true;
}

bool store_file_locate(char **file, const char *path, enum store_mode mode,
		       struct error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char *folder CLEANUP(free_pointer) = xstrdup(slash ? path : "./");
	char real[PATH_MAX];
	size_t size;

	if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return error_set(err, ERROR_USAGE,
				 "'%s' names no file: choose one with --db", path);
	if (slash)
		folder[name - path] = '\0';
	if (mode == STORE_WRITE && !make_folders(folder))
		return file_error(path, "its folder cannot be made", err);
	if (!realpath(folder, real))
		return file_error(path, "its folder cannot be opened", err);
	size = strlen(real) + strlen("/") + strlen(name) + 1;
	*file = xmalloc(size);
	snprintf(*file, size, "%s/%s", real, name);
	return true;
}

bool store_file_size(int64_t *size, const char *file, const char *path, struct error *err)
{
	struct stat status;

	*size = 0;
	if (lstat(file, &status) != 0)
		return errno == ENOENT || file_error(path, "cannot be looked at", err);
	if (S_ISLNK(status.st_mode))
		return error_set(err, ERROR_STORE,
				 "%s is a symbolic link, which is not followed: name the "
				 "file that it points to",
				 path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, ERROR_STORE,
				 "%s is no regular file: choose another one with --db",
				 path);
	if (status.st_mode & S_IWOTH)
		log_message(LOG_WARNING,
			    "%s can be written to by every user of this machine: "
			    "run chmod 600 on it",
			    path);
	*size = status.st_size;
	return true;
}

/*
 * The lock has a file of its own, since closing any descriptor of the database would
 * drop SQLite's locks on it (sqlite.org, "How To Corrupt", 2.2).
 */
bool store_file_lock(int *lock, const char *file, const char *path, struct error *err)
{
	char *name CLEANUP(free_pointer) = store_file_beside(file, ".lock");
	int descriptor = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);

	if (descriptor < 0)
		return file_error(path, "its lock file cannot be opened", err);
	if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
		*lock = descriptor;
		return true;
	}
	if (errno == EWOULDBLOCK)
		error_set(err, ERROR_LOCKED,
			  "%s: another run is writing to it: wait until it has ended",
			  path);
	else
		file_error(path, "cannot be locked", err);
	close(descriptor);
	return false;
}

bool store_file_make(const char *file, const char *path, struct error *err)
{
	int descriptor;

	unlink(file); /* what a killed run left behind */
	descriptor =
		open(file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (descriptor < 0)
		return file_error(path, "cannot be made", err);
	if (fchmod(descriptor, FILE_MODE) != 0) {
		close(descriptor);
		return file_error(path, "cannot be made", err);
	}
	close(descriptor);
	return true;
}

/* Force a file, or the names in a folder, to the disk. */
static bool sync_path(const char *path, int flags)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | flags);
	bool synced;

	if (descriptor < 0)
		return false;
	/* EINVAL: a filesystem that has nothing to sync. */
	synced = fsync(descriptor) == 0 || errno == EINVAL;
	close(descriptor);
	return synced;
}

/* The folder holds the name: without this a power cut may lose it. */
static bool sync_folder(const char *file)
{
	char *folder CLEANUP(free_pointer) = xstrdup(file);

	*strrchr(folder, '/') = '\0';
	return sync_path(folder[0] ? folder : "/", O_DIRECTORY);
}

bool store_file_rename(const char *from, const char *to, const char *path,
		       struct error *err)
{
	if (!sync_path(from, O_NOFOLLOW) || rename(from, to) != 0 || !sync_folder(to))
		return file_error(path, "cannot be made", err);
	return true;
}

/* statfs(2).  What is not listed may be shared with other machines: no WAL there. */
static const uint32_t local_filesystems[] = {
	0xef53,     /* ext2, ext3, ext4 */
	0x58465342, /* xfs */
	0x9123683e, /* btrfs */
	0x01021994, /* tmpfs */
	0x858458f6, /* ramfs */
	0x794c7630, /* overlayfs: of containers */
	0x2fc12fc1, /* zfs */
	0xca451a4e, /* bcachefs */
	0xf2f52010, /* f2fs */
	0x3153464a, /* jfs */
	0x52654973, /* reiserfs */
	0x0000f15f, /* ecryptfs */
};

bool store_filesystem_is_local(uint32_t magic)
{
	for (size_t i = 0; i < ARRAY_LENGTH(local_filesystems); i++) {
		if (local_filesystems[i] == magic)
			return true;
	}
	return false;
}

bool store_file_is_local(const char *file)
{
	struct statfs status;

	return statfs(file, &status) == 0 &&
	       store_filesystem_is_local((uint32_t)status.f_type);
}
