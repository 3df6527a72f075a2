#include "base/process.h"

#include "base/timestamp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct child {
	pid_t pid;
	int output;      /* read end of its standard output; -1: closed */
	double deadline; /* monotonic */
};

static void descriptor_close(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

static bool fail(struct error *err, int number, const char *name)
{
	enum error_code code = number == ENOENT   ? ERROR_NOT_FOUND
			       : number == EACCES ? ERROR_DENIED
						  : ERROR_SYSTEM;

	return error_set(err, code, "%s cannot be started: %s", name, strerror(number));
}

/*
 * The read end of a pipe that holds `input` already: it fits into the pipe, and no
 * SIGPIPE can come of a reader that does not care.  -1 on failure.
 */
static int filled_pipe(const char *input)
{
	size_t length = strlen(input);
	int ends[2];

	if (length > PROCESS_INPUT_BYTES || pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	if (write(ends[1], input, length) != (ssize_t)length)
		descriptor_close(&ends[0]);
	close(ends[1]);
	return ends[0];
}

/* 0, or an errno. */
static int spawn(struct child *child, const char *const *argv, int input, int output)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int problem;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY,
					 0);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setpgroup(&attributes, 0);
	problem = posix_spawnp(&child->pid, argv[0], &actions, &attributes,
			       (char *const *)argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return problem;
}

static bool start(struct child *child, const char *const *argv, const char *input,
		  struct error *err)
{
	CLEANUP(descriptor_close) int in = filled_pipe(input);
	int out[2], problem;

	if (in < 0 || pipe2(out, O_CLOEXEC) != 0)
		return error_set(err, ERROR_SYSTEM, "no pipe to %s: %s", argv[0],
				 strerror(errno));
	problem = spawn(child, argv, in, out[1]);
	close(out[1]);
	if (problem) {
		close(out[0]);
		return fail(err, problem, argv[0]);
	}
	child->output = out[0];
	return true;
}

/* False where time ran out or the buffer is full. */
static bool collect(struct child *child, struct buf *output)
{
	struct pollfd wait = { .fd = child->output, .events = POLLIN };
	char bytes[4096];

	for (;;) {
		double left = child->deadline - timestamp_monotonic();
		ssize_t length;

		if (left <= 0)
			return false;
		if (poll(&wait, 1, (int)(left * 1000) + 1) <= 0)
			continue;
		length = read(child->output, bytes, sizeof(bytes));
		if (length < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (length <= 0)
			return true;
		if (!buf_add(output, bytes, (size_t)length))
			return false;
	}
}

/* Wait for the end of a child that has closed its output; false where time ran out. */
static bool wait_for_end(const struct child *child, int *wait_status)
{
	const struct timespec pause = { .tv_nsec = 5000000 };

	while (timestamp_monotonic() < child->deadline) {
		pid_t ended = waitpid(child->pid, wait_status, WNOHANG);

		if (ended == child->pid || (ended < 0 && errno != EINTR))
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static void put_down(const struct child *child)
{
	kill(-child->pid, SIGKILL);
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

bool process_run(const char *const *argv, const char *input, unsigned seconds,
		 struct buf *output, int *status, struct error *err)
{
	struct child child = { .output = -1 };
	int wait_status = 0;
	bool ended;

	child.deadline = timestamp_monotonic() + seconds;
	if (!start(&child, argv, input, err))
		return false;
	ended = collect(&child, output) && wait_for_end(&child, &wait_status);
	descriptor_close(&child.output);
	if (!ended) {
		put_down(&child);
		return output->overflowed
			       ? error_set(err, ERROR_LIMIT,
					   "%s wrote more than %zu bytes", argv[0],
					   output->limit)
			       : error_set(err, ERROR_LIMIT, "%s did not end within %u s",
					   argv[0], seconds);
	}
	*status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status)
					   : WEXITSTATUS(wait_status);
	return true;
}
