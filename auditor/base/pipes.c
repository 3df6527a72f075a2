#include "base/pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READ_SIZE 65536        /* bytes at a time: what a pipe holds */
#define DESCRIPTORS_MOST 65536 /* looked at where close_range() is not known */

_Static_assert(PIPE_INPUT == STDIN_FILENO && PIPE_OUTPUT == STDOUT_FILENO &&
		       PIPE_ERRORS == STDERR_FILENO,
	       "a pipe's number is that of the program's descriptor");

static void descriptor_close(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

/* Away from the numbers that the program's own descriptors will have. */
static bool move_up(int *descriptor)
{
	int moved = fcntl(*descriptor, F_DUPFD_CLOEXEC, PIPE_COUNT);

	close(*descriptor);
	*descriptor = moved;
	return moved >= 0;
}

bool pipes_open(struct pipes *pipes, enum pipe_number number, struct error *err)
{
	bool we_write = number == PIPE_INPUT;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set(err, ERROR_SYSTEM, "no pipe: %s", strerror(errno));
	pipes->ours[number] = ends[we_write];
	pipes->theirs[number] = ends[!we_write];
	if (move_up(&pipes->ours[number]) && move_up(&pipes->theirs[number]) &&
	    fcntl(pipes->ours[number], F_SETFL, O_NONBLOCK) == 0)
		return true;
	return error_set(err, ERROR_SYSTEM, "no pipe: %s", strerror(errno));
}

void pipes_close_theirs(struct pipes *pipes)
{
	for (int i = 0; i < PIPE_COUNT; i++)
		descriptor_close(&pipes->theirs[i]);
}

void pipes_release(struct pipes *pipes)
{
	pipes_close_theirs(pipes);
	for (int i = 0; i < PIPE_COUNT; i++)
		descriptor_close(&pipes->ours[i]);
}

/* Linux before 5.9 has no close_range(). */
static void close_from(int first)
{
	struct rlimit open_files = { .rlim_cur = DESCRIPTORS_MOST };

	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
	getrlimit(RLIMIT_NOFILE, &open_files);
	if (open_files.rlim_cur > DESCRIPTORS_MOST)
		open_files.rlim_cur = DESCRIPTORS_MOST;
	for (int i = first; i < (int)open_files.rlim_cur; i++)
		close(i);
}

void pipes_adopt(const struct pipes *pipes)
{
	for (int i = 0; i < PIPE_COUNT; i++) {
		if (pipes->theirs[i] >= 0)
			dup2(pipes->theirs[i], i);
	}
	fcntl(PIPE_FAILURE, F_SETFD, FD_CLOEXEC);
	close_from(PIPE_COUNT);
}

void pipes_write(struct pipes *pipes)
{
	ssize_t written = 0;

	if (pipes->ours[PIPE_INPUT] < 0)
		return;
	if (pipes->input_length > 0)
		written =
			write(pipes->ours[PIPE_INPUT], pipes->input, pipes->input_length);
	if (written < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (written > 0) {
		pipes->input += written;
		pipes->input_length -= (size_t)written;
	}
	if (written < 0 || pipes->input_length == 0)
		descriptor_close(&pipes->ours[PIPE_INPUT]);
}

/* As much as fits; what does not marks the buffer. */
static void keep(struct buf *buf, const char *bytes, size_t length)
{
	size_t room = buf->limit - buf->length;

	buf_add(buf, bytes, length < room ? length : room);
	buf->overflowed = buf->overflowed || length > room;
}

/* Read once; false where there is nothing to read now. */
static bool read_some(struct pipes *pipes, int number)
{
	char bytes[READ_SIZE];
	ssize_t length;

	if (pipes->ours[number] < 0)
		return false;
	length = read(pipes->ours[number], bytes, sizeof(bytes));
	if (length > 0)
		keep(pipes->read_into[number], bytes, (size_t)length);
	else if (length == 0 || (errno != EAGAIN && errno != EINTR))
		descriptor_close(&pipes->ours[number]);
	return length > 0;
}

bool pipes_read(struct pipes *pipes, bool all)
{
	bool any = false;

	for (int i = PIPE_OUTPUT; i < PIPE_COUNT; i++) {
		while (read_some(pipes, i)) {
			any = true;
			if (!all || pipes->read_into[i]->overflowed)
				break;
		}
	}
	return any;
}

void pipes_wait(const struct pipes *pipes, int milliseconds)
{
	struct pollfd wanted[PIPE_COUNT];

	for (int i = 0; i < PIPE_COUNT; i++) {
		wanted[i].fd = pipes->ours[i]; /* poll() passes over -1 */
		wanted[i].events = i == PIPE_INPUT ? POLLOUT : POLLIN;
	}
	poll(wanted, PIPE_COUNT, milliseconds);
}
