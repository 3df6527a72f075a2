#include "base/process.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/timestamp.h"
#include "tests/unit/scripts.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_BYTES ((size_t)64 * 1024)
#define LONG_SECONDS 20 /* for what ends by itself */
#define MAY_TAKE 6      /* seconds: one of time, two of grace, and a slow machine */

static const char *const script[] = { "./script", NULL };

static bool run_script(const char *body, unsigned seconds, struct process_result *result,
		       struct error *err)
{
	const struct process process = { .argv = script, .timeout_seconds = seconds };

	script_write("script", body);
	process_result_release(result);
	*err = (struct error)ERROR_INIT;
	return process_run(&process, result, err);
}

static void assert_no_child_is_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* Until no process has that number; false where one still has after some seconds. */
static bool is_gone(pid_t pid)
{
	for (int i = 0; i < 100 * MAY_TAKE; i++) {
		if (kill(pid, 0) != 0)
			return true;
		usleep(10000);
	}
	return false;
}

/* The number that a script wrote into the file; 0 where it has not yet. */
static pid_t number_in(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[32] = "";

	if (!file)
		return 0;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	return strchr(line, '\n') ? (pid_t)strtol(line, NULL, 10) : 0;
}

static const struct {
	const char *label, *body;
	int status;
	const char *output, *complaint;
} end_cases[] = {
	{ "says something", "echo hello", 0, "hello\n", "" },
	{ "says nothing", ":", 0, "", "" },
	{ "fails with a reason", "echo no luck >&2; exit 1", 1, "", "no luck" },
	{ "another status", "exit 42", 42, "", "" },
	{ "ended by a signal", "kill -9 $$", 137, "", "" },
	{ "warns and goes on", "echo careful >&2; echo done", 0, "done\n", "careful" },
	{ "many lines", "printf '\\n one\\r\\n\\n\\ttwo  three\\n' >&2", 0, "",
	  "one two three" },
	{ "control characters", "printf 'a\\033[31mb\\000c\\177' >&2", 0, "",
	  "a [31mb c" },
	{ "reads an empty input", "cat; echo end", 0, "end\n", "" },
	{ "closes its output first", "exec >&- 2>&-; sleep 0.1; exit 3", 3, "", "" },
};

static void how_a_program_ended_and_what_it_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(end_cases); i++) {
		CLEANUP(process_result_release)
		struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
		const char *label = end_cases[i].label;
		struct error err;

		CHECK(label, run_script(end_cases[i].body, LONG_SECONDS, &result, &err));
		CHECK(label, result.status == end_cases[i].status);
		CHECK(label, err.code == ERROR_NONE);
		CHECK_TEXT(label, buf_text(&result.output), end_cases[i].output);
		CHECK_TEXT(label, result.complaint, end_cases[i].complaint);
		assert_no_child_is_left();
	}
}

static void of_a_long_complaint_the_end_is_kept(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	struct error err;

	(void)state;
	assert_true(run_script("i=0; while [ $i -lt 400 ]; do printf 'ü' >&2; "
			       "i=$((i + 1)); done; echo the end >&2",
			       LONG_SECONDS, &result, &err));
	assert_true(strlen(result.complaint) < PROCESS_COMPLAINT_SIZE);
	assert_true(strlen(result.complaint) > PROCESS_COMPLAINT_SIZE - 8);
	assert_memory_equal(result.complaint, "… ü", strlen("… ü"));
	assert_non_null(strstr(result.complaint, "üthe end"));
}

static void endless_complaints_do_not_hold_a_program_up(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	struct error err;

	(void)state;
	assert_true(run_script("head -c 20000000 /dev/zero | tr '\\0' x >&2; echo done",
			       LONG_SECONDS, &result, &err));
	assert_string_equal(buf_text(&result.output), "done\n");
}

static void secrets_are_not_repeated(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	struct error err;

	(void)state;
	log_add_secret("correct horse");
	assert_true(run_script("echo 'bad password: correct horse' >&2; exit 1",
			       LONG_SECONDS, &result, &err));
	assert_string_equal(result.complaint, "bad password: *************");
	log_forget_secrets();
}

static void a_status_is_explained_with_the_complaint(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	struct error err;

	(void)state;
	assert_true(run_script("echo no luck >&2; exit 3", LONG_SECONDS, &result, &err));
	assert_false(process_fail(&result, ERROR_DENIED, &err));
	assert_int_equal(err.code, ERROR_DENIED);
	assert_string_equal(err.text, "exit status 3: no luck");
}

static void arguments_are_not_interpreted(void **state)
{
	static const char *const words[] = { "two words", "'",       "\"", "$HOME",
					     "`id`",      "*",       "",   "-n",
					     "a\nb",      ";exit 9", NULL };
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	CLEANUP(buf_release) struct buf expected = BUF_INIT(OUTPUT_BYTES);
	const char *argv[ARRAY_LENGTH(words) + 1] = { "./my script" };
	const struct process process = { .argv = argv, .timeout_seconds = LONG_SECONDS };
	struct error err = ERROR_INIT;

	(void)state;
	script_write("my script", "printf '<%s>' \"$@\"");
	for (size_t i = 0; words[i]; i++) {
		argv[i + 1] = words[i];
		buf_printf(&expected, "<%s>", words[i]);
	}
	assert_true(process_run(&process, &result, &err));
	assert_string_equal(buf_text(&result.output), buf_text(&expected));
}

static void the_environment_is_ours_with_additions(void **state)
{
	static const char *const added[] = { "GIVEN=a b=c", "CHANGED=new", NULL };
	static const struct process process = { .argv = script,
						.environment = added,
						.timeout_seconds = LONG_SECONDS };
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	struct error err = ERROR_INIT;

	(void)state;
	script_write("script", "echo \"$GIVEN|$CHANGED|$KEPT\"");
	setenv("CHANGED", "old", 1);
	setenv("KEPT", "kept", 1);
	assert_true(process_run(&process, &result, &err));
	assert_string_equal(buf_text(&result.output), "a b=c|new|kept\n");
	assert_string_equal(getenv("CHANGED"), "old");
	unsetenv("CHANGED");
	unsetenv("KEPT");
}

static bool run_with_input(const char *body, const char *input, size_t length,
			   struct process_result *result)
{
	const struct process process = { .argv = script,
					 .input = input,
					 .input_length = length,
					 .timeout_seconds = LONG_SECONDS };
	struct error err = ERROR_INIT;

	script_write("script", body);
	return process_run(&process, result, &err);
}

/* Both pipes are full several times: neither side may wait for the other. */
static void input_goes_in_while_output_comes_out(void **state)
{
	const size_t length = 1000000;
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(length);
	CLEANUP(free_pointer) char *input = xmalloc(length);

	(void)state;
	for (size_t i = 0; i < length; i++)
		input[i] = (char)(i * 7 + i / 251);
	assert_true(run_with_input("exec cat", input, length, &result));
	assert_int_equal(result.output.length, length);
	assert_memory_equal(buf_text(&result.output), input, length);
}

static void input_that_is_not_wanted_is_no_failure(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	const size_t length = 1000000;
	CLEANUP(free_pointer) char *input = xcalloc(1, length);
	struct sigaction before, after;

	(void)state;
	sigaction(SIGPIPE, NULL, &before);
	assert_true(
		run_with_input("exec <&-; sleep 0.2; echo fine", input, length, &result));
	assert_string_equal(buf_text(&result.output), "fine\n");
	sigaction(SIGPIPE, NULL, &after);
	assert_true(before.sa_handler == after.sa_handler);
}

static void a_hanging_program_is_ended_with_all_it_started(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	double start = timestamp_monotonic();
	struct error err;

	(void)state;
	assert_false(run_script("echo waiting for the network >&2\n"
				"sleep 600 & echo $! > number; wait",
				1, &result, &err));
	assert_int_equal(err.code, ERROR_NETWORK);
	assert_string_equal(err.text, "./script: did not end within 1 seconds: waiting "
				      "for the network");
	assert_true(timestamp_monotonic() - start < MAY_TAKE);
	assert_int_equal(result.status, 128 + SIGTERM);
	assert_true(number_in("number") > 0);
	assert_true(is_gone(number_in("number")));
	assert_no_child_is_left();
}

static void a_program_that_ignores_the_signal_is_killed(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	double start = timestamp_monotonic();
	struct error err;

	(void)state;
	assert_false(
		run_script("trap '' TERM; while :; do sleep 1; done", 1, &result, &err));
	assert_int_equal(err.code, ERROR_NETWORK);
	assert_true(timestamp_monotonic() - start < MAY_TAKE);
	assert_int_equal(result.status, 128 + SIGKILL);
	assert_no_child_is_left();
}

static void endless_output_is_cut_off_at_once(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	double start = timestamp_monotonic();
	struct error err;

	(void)state;
	assert_false(run_script("exec head -c 1000000000 /dev/zero", LONG_SECONDS,
				&result, &err));
	assert_int_equal(err.code, ERROR_LIMIT);
	assert_non_null(strstr(err.text, "wrote more than 65536 bytes"));
	assert_true(timestamp_monotonic() - start < MAY_TAKE);
	assert_true(result.output.length <= OUTPUT_BYTES);
	assert_no_child_is_left();
}

static void as_much_output_as_the_limit_is_fine(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	struct error err;

	(void)state;
	assert_true(
		run_script("exec head -c 65536 /dev/zero", LONG_SECONDS, &result, &err));
	assert_int_equal(result.output.length, OUTPUT_BYTES);
	assert_false(
		run_script("exec head -c 65537 /dev/zero", LONG_SECONDS, &result, &err));
}

/* A daemon that keeps standard output and error open; it is left alone. */
static void a_grandchild_that_holds_the_pipes_is_not_waited_for(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	double start = timestamp_monotonic();
	struct error err;
	pid_t daemon;

	(void)state;
	assert_true(run_script("sleep 600 & echo $!", LONG_SECONDS, &result, &err));
	assert_true(timestamp_monotonic() - start < MAY_TAKE);
	daemon = (pid_t)strtol(buf_text(&result.output), NULL, 10);
	assert_true(daemon > 1);
	assert_int_equal(kill(daemon, SIGKILL), 0);
}

/* Of the masks signals 1 to 28 are looked at: glibc keeps 32 and 33 to itself. */
static void nothing_of_ours_is_inherited(void **state)
{
	static const char body[] =
		"test -e /proc/$$/fd/77 && echo descriptor\n"
		"test \"$(cut -d' ' -f5 /proc/$$/stat)\" = $$ || echo group\n"
		"grep -E '^Sig(Blk|Ign):.*[1-9a-f].{0,6}$' /proc/self/status\n"
		"echo end";
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	void (*before)(int) = signal(SIGUSR2, SIG_IGN);
	sigset_t blocked, mask_before;
	struct error err;
	bool ok;

	(void)state;
	assert_int_equal(dup2(STDOUT_FILENO, 77), 77);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, &mask_before);
	ok = run_script(body, LONG_SECONDS, &result, &err);
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
	signal(SIGUSR2, before);
	close(77);
	assert_true(ok);
	assert_string_equal(buf_text(&result.output), "end\n");
}

static void the_status_is_known_even_where_ended_children_are_ignored(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	void (*before)(int) = signal(SIGCHLD, SIG_IGN);
	struct error err;
	bool ok = run_script("exit 5", LONG_SECONDS, &result, &err);

	(void)state;
	assert_true(signal(SIGCHLD, before) == SIG_IGN);
	assert_true(ok);
	assert_int_equal(result.status, 5);
}

static void a_program_is_told_to_end_when_we_do(void **state)
{
	pid_t us = fork();

	(void)state;
	assert_true(us >= 0);
	if (us == 0) {
		struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
		struct error err;

		_exit(run_script("echo $$ > number; exec sleep 600", LONG_SECONDS,
				 &result, &err));
	}
	for (int i = 0; i < 100 * MAY_TAKE && !number_in("number"); i++)
		usleep(10000);
	kill(us, SIGKILL);
	assert_int_equal(waitpid(us, NULL, 0), us);
	assert_true(number_in("number") > 0);
	assert_true(is_gone(number_in("number")));
}

static void an_interactive_program_shares_our_input_and_process_group(void **state)
{
	static const struct process process = { .argv = script,
						.interactive = true,
						.timeout_seconds = LONG_SECONDS };
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	struct error err = ERROR_INIT;
	int input = dup(STDIN_FILENO);
	char expected[64];
	int ends[2];

	(void)state;
	script_write("script", "read answer; echo \"$answer\"\n"
			       "cut -d' ' -f5 /proc/$$/stat");
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "yes\n", 4), 4);
	dup2(ends[0], STDIN_FILENO);
	assert_true(process_run(&process, &result, &err));
	dup2(input, STDIN_FILENO);
	close(input);
	close(ends[0]);
	close(ends[1]);
	snprintf(expected, sizeof(expected), "yes\n%d\n", (int)getpgrp());
	assert_string_equal(buf_text(&result.output), expected);
}

static const struct {
	const char *label, *text; /* of an executable file; NULL: there is none */
	enum error_code code;
	const char *says;
} start_cases[] = {
	{ "no such file", NULL, ERROR_NOT_FOUND,
	  "./odd: cannot be started: No such file or directory" },
	{ "its interpreter is missing", "#!/no/such/interpreter\n", ERROR_NOT_FOUND,
	  "./odd: cannot be started: No such file or directory" },
	{ "no program at all", "hello, this is a diary\n", ERROR_SYSTEM,
	  "./odd: cannot be started: Exec format error" },
};

static void what_cannot_be_started_says_why(void **state)
{
	static const char *const argv[] = { "./odd", NULL };
	static const struct process process = { .argv = argv,
						.timeout_seconds = LONG_SECONDS };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(start_cases); i++) {
		CLEANUP(process_result_release)
		struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
		const char *label = start_cases[i].label;
		struct error err = ERROR_INIT;

		if (start_cases[i].text)
			script_write_raw("odd", start_cases[i].text);
		CHECK(label, !process_run(&process, &result, &err));
		CHECK(label, err.code == start_cases[i].code);
		CHECK_TEXT(label, err.text, start_cases[i].says);
		assert_no_child_is_left();
	}
}

static void what_may_not_be_executed_is_denied(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	struct error err = ERROR_INIT;
	const struct process process = { .argv = script,
					 .timeout_seconds = LONG_SECONDS };

	(void)state;
	scratch_write("script", "#!/bin/sh\n", strlen("#!/bin/sh\n"));
	assert_false(process_run(&process, &result, &err));
	assert_int_equal(err.code, ERROR_DENIED);
	assert_string_equal(err.text, "./script: cannot be started: Permission denied");
}

static void a_name_in_no_folder_of_path_says_where_it_was_looked_for(void **state)
{
	static const char *const argv[] = { "pindrift-no-such-tool", NULL };
	static const struct process process = { .argv = argv,
						.timeout_seconds = LONG_SECONDS };
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	struct error err = ERROR_INIT;

	(void)state;
	assert_false(process_run(&process, &result, &err));
	assert_int_equal(err.code, ERROR_NOT_FOUND);
	assert_memory_equal(err.text, "pindrift-no-such-tool: not found in PATH (", 42);
}

/* Whoever starts us without standard input or output is served as well. */
static void it_works_without_standard_descriptors_of_our_own(void **state)
{
	int status;
	pid_t us = fork();

	(void)state;
	assert_true(us >= 0);
	if (us == 0) {
		struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);

		for (int i = 0; i <= 3; i++)
			close(i);
		_exit(run_with_input("cat; echo out; echo err >&2", "in ", 3, &result) &&
				      strcmp(buf_text(&result.output), "in out\n") == 0 &&
				      strcmp(result.complaint, "err") == 0
			      ? 0
			      : 1);
	}
	assert_int_equal(waitpid(us, &status, 0), us);
	assert_int_equal(status, 0);
}

static void no_descriptor_is_left_open(void **state)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(OUTPUT_BYTES);
	int before = dup(STDIN_FILENO);
	struct error err;
	int after;

	(void)state;
	close(before);
	assert_true(run_script("echo x", LONG_SECONDS, &result, &err));
	assert_false(
		run_script("exec head -c 100000 /dev/zero", LONG_SECONDS, &result, &err));
	after = dup(STDIN_FILENO);
	close(after);
	assert_int_equal(before, after);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_SCRIPTS(how_a_program_ended_and_what_it_said),
		WITH_SCRIPTS(of_a_long_complaint_the_end_is_kept),
		WITH_SCRIPTS(endless_complaints_do_not_hold_a_program_up),
		WITH_SCRIPTS(secrets_are_not_repeated),
		WITH_SCRIPTS(a_status_is_explained_with_the_complaint),
		WITH_SCRIPTS(arguments_are_not_interpreted),
		WITH_SCRIPTS(the_environment_is_ours_with_additions),
		WITH_SCRIPTS(input_goes_in_while_output_comes_out),
		WITH_SCRIPTS(input_that_is_not_wanted_is_no_failure),
		WITH_SCRIPTS(a_hanging_program_is_ended_with_all_it_started),
		WITH_SCRIPTS(a_program_that_ignores_the_signal_is_killed),
		WITH_SCRIPTS(endless_output_is_cut_off_at_once),
		WITH_SCRIPTS(as_much_output_as_the_limit_is_fine),
		WITH_SCRIPTS(a_grandchild_that_holds_the_pipes_is_not_waited_for),
		WITH_SCRIPTS(nothing_of_ours_is_inherited),
		WITH_SCRIPTS(the_status_is_known_even_where_ended_children_are_ignored),
		WITH_SCRIPTS(a_program_is_told_to_end_when_we_do),
		WITH_SCRIPTS(an_interactive_program_shares_our_input_and_process_group),
		WITH_SCRIPTS(what_cannot_be_started_says_why),
		WITH_SCRIPTS(what_may_not_be_executed_is_denied),
		WITH_SCRIPTS(a_name_in_no_folder_of_path_says_where_it_was_looked_for),
		WITH_SCRIPTS(it_works_without_standard_descriptors_of_our_own),
		WITH_SCRIPTS(no_descriptor_is_left_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
