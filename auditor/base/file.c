#include "base/file.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_SIZE 65536 /* bytes at a time */
#define MEBIBYTE ((size_t)1024 * 1024)

bool file_fail(struct error *err, int error_number)
{
	enum error_code code = ERROR_SYSTEM;

	if (error_number == ENOENT || error_number == ENOTDIR)
		code = ERROR_NOT_FOUND;
	else if (error_number == EACCES || error_number == EPERM)
		code = ERROR_DENIED;
	return error_set(err, code, "%s", strerror(error_number));
}

const char *file_oddity(unsigned mode)
{
	static const struct {
		unsigned type;
		const char *name;
	} oddities[] = {
		{ S_IFDIR, "a folder" },  { S_IFIFO, "a FIFO" },
		{ S_IFSOCK, "a socket" }, { S_IFCHR, "a device" },
		{ S_IFBLK, "a device" },  { S_IFLNK, "a symbolic link" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(oddities); i++) {
		if ((mode & S_IFMT) == oddities[i].type)
			return oddities[i].name;
	}
	return NULL;
}

static bool fail_too_large(const struct buf *buf, struct error *err)
{
	if (buf->limit % MEBIBYTE == 0)
		return error_set(err, ERROR_LIMIT, "larger than %zu MiB",
				 buf->limit / MEBIBYTE);
	return error_set(err, ERROR_LIMIT, "larger than %zu bytes", buf->limit);
}

bool file_read_descriptor(struct buf *buf, int descriptor, struct error *err)
{
	char bytes[READ_SIZE];
	ssize_t length;

	do {
		length = read(descriptor, bytes, sizeof(bytes));
		if (length < 0 && errno != EINTR)
			return file_fail(err, errno);
		if (length > 0 && !buf_add(buf, bytes, (size_t)length))
			return fail_too_large(buf, err);
	} while (length != 0);
	return true;
}

bool file_read_any(struct buf *buf, const char *path, struct error *err)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool ok;

	if (descriptor < 0)
		return file_fail(err, errno);
	ok = file_read_descriptor(buf, descriptor, err);
	close(descriptor);
	return ok;
}

/* A FIFO or device was opened without waiting for it, and is not read. */
static bool check_regular(const struct buf *buf, const struct stat *status,
			  struct error *err)
{
	if (!S_ISREG(status->st_mode))
		return error_set(err, ERROR_SYSTEM, "%s, no regular file",
				 file_oddity(status->st_mode));
	if ((uintmax_t)status->st_size > buf->limit)
		return fail_too_large(buf, err);
	return true;
}

/* One call reads a file of known size: one that gives no more than that ends it. */
static bool read_expected(struct buf *buf, int descriptor, size_t size)
{
	char *room = size < buf->limit - buf->length ? buf_room(buf, size + 1) : NULL;
	ssize_t length = room && size > 0 ? read(descriptor, room, size + 1) : -1;

	if (length > 0)
		buf_take(buf, (size_t)length);
	return length > 0 && (size_t)length == size;
}

static bool read_regular(struct buf *buf, int descriptor, struct error *err)
{
	struct stat status;

	if (fstat(descriptor, &status) != 0)
		return file_fail(err, errno);
	return check_regular(buf, &status, err) &&
	       (read_expected(buf, descriptor, (size_t)status.st_size) ||
		file_read_descriptor(buf, descriptor, err));
}

bool file_read_regular(struct buf *buf, int descriptor, struct error *err)
{
	bool ok = read_regular(buf, descriptor, err);

	close(descriptor);
	return ok;
}

bool file_read(struct buf *buf, const char *path, struct error *err)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (descriptor < 0)
		return file_fail(err, errno);
	return file_read_regular(buf, descriptor, err);
}

/* The file that a symbolic link names, since renaming would replace the link. */
static char *final_name(const char *path)
{
	char *target = realpath(path, NULL);

	return target ? target : xstrdup(path);
}

/* Give the stream its descriptor. */
static bool open_stream(struct atomic_file *file, int descriptor, struct error *err)
{
	if (descriptor < 0)
		return file_fail(err, errno);
	file->stream = fdopen(descriptor, "w");
	if (file->stream)
		return true;
	file_fail(err, errno);
	close(descriptor);
	return false;
}

static bool open_temporary(struct atomic_file *file, const struct stat *existing,
			   struct error *err)
{
	size_t size = strlen(file->path) + sizeof(".XXXXXX");
	int descriptor;

	file->temporary = xmalloc(size);
	snprintf(file->temporary, size, "%s.XXXXXX", file->path);
	descriptor = mkostemp(file->temporary, O_CLOEXEC);
	if (descriptor < 0) {
		file_fail(err, errno);
		free_pointer(&file->temporary);
		return false;
	}
	if (existing && fchmod(descriptor, existing->st_mode & 07777) != 0) {
		file_fail(err, errno);
		close(descriptor);
		return false;
	}
	return open_stream(file, descriptor, err);
}

bool atomic_file_open(struct atomic_file *file, const char *path, struct error *err)
{
	struct stat status;
	bool exists = stat(path, &status) == 0;
	bool ok;

	if (exists && S_ISDIR(status.st_mode))
		return error_set(err, ERROR_SYSTEM, "a folder, no file");
	file->path = final_name(path);
	if (exists && !S_ISREG(status.st_mode))
		ok = open_stream(file, open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY), err);
	else
		ok = open_temporary(file, exists ? &status : NULL, err);
	if (!ok)
		atomic_file_release(file);
	return ok;
}

/* Everything that was written is with the system, and on the disk if it is a file. */
static bool finish_stream(struct atomic_file *file, struct error *err)
{
	bool failed = fflush(file->stream) != 0 || ferror(file->stream) ||
		      (file->temporary && fsync(fileno(file->stream)) != 0);
	int cause = failed ? errno : 0;

	if (fclose(file->stream) != 0 && !failed) {
		failed = true;
		cause = errno;
	}
	file->stream = NULL;
	return !failed || error_set(err, ERROR_SYSTEM, "%s", strerror(cause));
}

/* A rename lasts when its folder is on the disk; a folder that cannot be synced is kept.
 */
static void sync_folder(const char *path)
{
	char *copy CLEANUP(free_pointer) = xstrdup(path);
	int descriptor = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (descriptor < 0)
		return;
	fsync(descriptor);
	close(descriptor);
}

bool atomic_file_commit(struct atomic_file *file, struct error *err)
{
	bool ok = finish_stream(file, err);

	if (ok && file->temporary) {
		ok = rename(file->temporary, file->path) == 0 || file_fail(err, errno);
		if (ok) {
			free_pointer(&file->temporary);
			sync_folder(file->path);
		}
	}
	atomic_file_release(file);
	return ok;
}

void atomic_file_release(struct atomic_file *file)
{
	if (file->stream)
		fclose(file->stream);
	if (file->temporary)
		unlink(file->temporary);
	free(file->path);
	free(file->temporary);
	*file = (struct atomic_file)ATOMIC_FILE_INIT;
}

/* Mode bits too: to a superuser everything can be written. */
static bool check_writable(const char *path, const struct stat *status, struct error *err)
{
	if ((status->st_mode & 0222) == 0 ||
	    faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
		return error_set(err, ERROR_DENIED, "it is read-only");
	return true;
}

static bool check_content(const char *path, const struct buf *expected, struct error *err)
{
	CLEANUP(buf_release) struct buf now = BUF_INIT(expected->length);
	struct error ignored = ERROR_INIT;

	if (!file_read(&now, path, &ignored) || now.length != expected->length ||
	    memcmp(buf_text(&now), buf_text(expected), now.length) != 0)
		return error_set(err, ERROR_SYSTEM, "it was changed meanwhile");
	return true;
}

/* Best effort: who may not give files away keeps its own. */
static void keep_owner(int descriptor, const struct stat *status)
{
	int failed = fchown(descriptor, status->st_uid, status->st_gid);

	(void)failed;
}

bool file_replace(const char *path, const struct buf *before, const struct buf *after,
		  struct error *err)
{
	CLEANUP(atomic_file_release) struct atomic_file file = ATOMIC_FILE_INIT;
	struct stat status;

	if (stat(path, &status) != 0)
		return file_fail(err, errno);
	if (!S_ISREG(status.st_mode))
		return error_set(err, ERROR_SYSTEM, "it is no regular file");
	if (!check_writable(path, &status, err) || !atomic_file_open(&file, path, err))
		return false;
	keep_owner(fileno(file.stream), &status);
	fwrite(buf_text(after), 1, after->length, file.stream);
	return check_content(path, before, err) && atomic_file_commit(&file, err);
}
