/*
 * spent.c - what a command uses
 *
 * Usage: spent FILE COMMAND [ARGUMENT...]
 * Runs the command and writes to FILE: exit status (128 + signal if killed), wall
 * seconds, processor seconds, peak resident KiB.  A process's peak counts what it
 * was before exec(2) as well, so the benchmark's own interpreter must not be its
 * parent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct rusage used;
	double start = seconds_now();
	double wall;
	int status;
	FILE *out;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
		return 2;
	wall = seconds_now() - start;
	out = fopen(argv[1], "w");
	if (!out)
		return 2;
	fprintf(out, "%d %.6f %.6f %ld\n",
		WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), wall,
		seconds_of(used.ru_utime) + seconds_of(used.ru_stime), used.ru_maxrss);
	return fclose(out) == 0 ? 0 : 2;
}
