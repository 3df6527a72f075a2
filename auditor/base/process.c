#include "base/process.h"

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/pipes.h"
#include "base/program.h"
#include "base/timestamp.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_SECONDS 2                  /* between SIGTERM and SIGKILL, at most */
#define ERRORS_BYTES ((size_t)16 * 1024) /* kept of standard error */
#define LONGEST_PAUSE 50                 /* ms between looks whether it has ended */
#define NO_PROGRAM 127 /* exit status of a child that could not become the program */

/* One program on its way from start to end. */
struct run {
	const struct process *process;
	pid_t pid; /* 0: not started */
	struct pipes pipes;
	struct buf *output;
	struct buf errors;
	struct buf failure; /* an errno, as an int */
	double deadline;    /* monotonic */
};

static void run_init(struct run *run, const struct process *process,
		     struct process_result *result)
{
	*run = (struct run){
		.process = process,
		.pipes = PIPES_INIT,
		.output = &result->output,
		.errors = BUF_INIT(ERRORS_BYTES),
		.failure = BUF_INIT(sizeof(int)),
		.deadline = timestamp_monotonic() + process->timeout_seconds,
	};
	run->pipes.input = process->input;
	run->pipes.input_length = process->input_length;
	run->pipes.read_into[PIPE_OUTPUT] = run->output;
	run->pipes.read_into[PIPE_ERRORS] = &run->errors;
	run->pipes.read_into[PIPE_FAILURE] = &run->failure;
}

static bool open_pipes(struct run *run, struct error *err)
{
	bool shared = run->process->interactive;

	return (shared || (pipes_open(&run->pipes, PIPE_INPUT, err) &&
			   pipes_open(&run->pipes, PIPE_ERRORS, err))) &&
	       pipes_open(&run->pipes, PIPE_OUTPUT, err) &&
	       pipes_open(&run->pipes, PIPE_FAILURE, err);
}

static void reset_signals(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &usual, NULL); /* SIGKILL and SIGSTOP refuse */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child.  Up to execve() it may only do what a signal handler may. */
static _Noreturn void become(const struct run *run, const char *path,
			     char *const *environment, pid_t parent)
{
	int problem;

	if (!run->process->interactive)
		setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(NO_PROGRAM); /* too late for that signal */
	pipes_adopt(&run->pipes);
	reset_signals();
	execve(path, (char *const *)run->process->argv, environment);
	problem = errno;
	(void)!write(PIPE_FAILURE, &problem, sizeof(problem));
	_exit(NO_PROGRAM);
}

/* No signal handler of ours may run in the child: they wait until it has none. */
static bool fork_program(struct run *run, const char *path, char *const *environment,
			 struct error *err)
{
	pid_t parent = getpid();
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	run->pid = fork();
	if (run->pid == 0)
		become(run, path, environment, parent);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (run->pid > 0)
		return true;
	run->pid = 0;
	return error_set(err, ERROR_SYSTEM, "cannot be started: %s", strerror(errno));
}

static bool start(struct run *run, struct error *err)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_MAX);
	CLEANUP(free_pointer)
	char **environment = program_environment(run->process->environment);

	if (!program_find(&path, run->process->argv[0], err) || !open_pipes(run, err) ||
	    !fork_program(run, buf_text(&path), environment, err))
		return false;
	if (!run->process->interactive)
		setpgid(run->pid, run->pid); /* whoever of the two comes first */
	pipes_close_theirs(&run->pipes);
	return true;
}

/* Its status is not collected yet, so that nobody else can get its number. */
static bool has_ended(const struct run *run)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	       info.si_pid != 0;
}

/*
 * Until the program ends.  Not until its output does: a grandchild may hold that open.
 * What the program itself wrote is in the pipes by then, and is read.
 */
static bool attend(struct run *run, struct error *err)
{
	int pause = 1;

	for (;;) {
		bool ended = has_ended(run); /* asked before the last look */

		pipes_write(&run->pipes);
		pause = pipes_read(&run->pipes, ended) ? 1 : pause * 2;
		if (run->output->overflowed)
			return error_set(err, ERROR_LIMIT, "wrote more than %zu bytes",
					 run->output->limit);
		if (ended)
			return true;
		if (timestamp_monotonic() >= run->deadline)
			return error_set(err, ERROR_NETWORK,
					 "did not end within %u seconds",
					 run->process->timeout_seconds);
		pause = pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE;
		pipes_wait(&run->pipes, pause);
	}
}

/* Wait GRACE_SECONDS at most. */
static void wait_for_end(const struct run *run)
{
	double latest = timestamp_monotonic() + GRACE_SECONDS;

	while (!has_ended(run) && timestamp_monotonic() < latest)
		poll(NULL, 0, LONGEST_PAUSE / 5);
}

/* The last signal goes to the group even where the program itself has ended by then. */
static void stop(const struct run *run)
{
	pid_t target = run->process->interactive ? run->pid : -run->pid;

	kill(target, SIGTERM);
	wait_for_end(run);
	kill(target, SIGKILL);
	wait_for_end(run);
}

/* Exit status, or 128 + the signal; -1 where somebody else has taken it. */
static int collect(const struct run *run)
{
	int status;

	if (waitpid(run->pid, &status, WNOHANG) != run->pid)
		return -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Why the child did not become the program; true if it did. */
static bool check_started(const struct run *run, struct error *err)
{
	int problem;

	if (run->failure.length != sizeof(problem))
		return true;
	memcpy(&problem, run->failure.data, sizeof(problem));
	file_fail(err, problem);
	return error_wrap(err, "cannot be started");
}

char *process_one_line(char *text, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length; i++) {
		bool blank = (unsigned char)text[i] <= ' ' || text[i] == '\x7f';

		if (!blank)
			text[used++] = text[i];
		else if (used > 0 && text[used - 1] != ' ')
			text[used++] = ' ';
	}
	if (used > 0 && text[used - 1] == ' ')
		used--;
	text[used] = '\0';
	log_redact(text);
	return text;
}

static void complain(struct process_result *result, struct buf *errors)
{
	size_t most = sizeof(result->complaint) - sizeof("… ");
	const char *text;
	size_t length;

	if (errors->length == 0)
		return;
	text = process_one_line(errors->data, errors->length);
	length = strlen(text);
	if (length <= most) {
		memcpy(result->complaint, text, length + 1);
		return;
	}
	text += length - most;
	while ((*text & 0xc0) == 0x80)
		text++; /* the middle of a character */
	snprintf(result->complaint, sizeof(result->complaint), "… %s", text);
}

static void run_end(struct run *run, struct process_result *result)
{
	pipes_release(&run->pipes);
	if (run->pid) {
		if (!has_ended(run))
			stop(run);
		result->status = collect(run);
	}
	complain(result, &run->errors);
	buf_release(&run->errors);
	buf_release(&run->failure);
}

static bool run_program(struct run *run, struct process_result *result, struct error *err)
{
	const char *complaint = result->complaint;
	struct error cause = ERROR_INIT;
	bool ok = start(run, &cause) && attend(run, &cause) && check_started(run, &cause);

	run_end(run, result);
	if (ok)
		return true;
	return error_set(err, cause.code, "%s: %s%s%s", run->process->argv[0], cause.text,
			 complaint[0] ? ": " : "", complaint);
}

/*
 * While it runs, SIGPIPE is ignored, and SIGCHLD is not: who starts us may have ignored
 * that, and the kernel would throw away the exit status.
 */
bool process_run(const struct process *process, struct process_result *result,
		 struct error *err)
{
	struct sigaction ignored = { .sa_handler = SIG_IGN };
	struct sigaction usual = { .sa_handler = SIG_DFL };
	struct sigaction pipe_before, child_before;
	struct run run;
	bool ok;

	sigaction(SIGPIPE, &ignored, &pipe_before);
	sigaction(SIGCHLD, &usual, &child_before);
	run_init(&run, process, result);
	ok = run_program(&run, result, err);
	sigaction(SIGCHLD, &child_before, NULL);
	sigaction(SIGPIPE, &pipe_before, NULL);
	return ok;
}

bool process_fail(const struct process_result *result, enum error_code code,
		  struct error *err)
{
	const char *complaint = result->complaint;

	return error_set(err, code, "exit status %d%s%s", result->status,
			 complaint[0] ? ": " : "", complaint);
}

void process_result_release(struct process_result *result)
{
	buf_release(&result->output);
	result->status = -1;
	result->complaint[0] = '\0';
}
