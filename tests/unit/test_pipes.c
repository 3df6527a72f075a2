#include "base/pipes.h"

#include "tests/unit/check.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#define LIMIT ((size_t)100000) /* more than a pipe holds at once */

static void open_all(struct pipes *pipes)
{
	struct error err = ERROR_INIT;

	for (int i = 0; i < PIPE_COUNT; i++)
		assert_true(pipes_open(pipes, (enum pipe_number)i, &err));
}

/* Somebody may start us with these closed; our own descriptors would take their place. */
static void no_end_stands_where_the_program_has_its_descriptors(void **state)
{
	CLEANUP(pipes_release) struct pipes pipes = PIPES_INIT;
	int input = dup(STDIN_FILENO);

	(void)state;
	close(STDIN_FILENO);
	open_all(&pipes);
	for (int i = 0; i < PIPE_COUNT; i++) {
		assert_true(pipes.ours[i] >= PIPE_COUNT);
		assert_true(pipes.theirs[i] >= PIPE_COUNT);
		assert_true(fcntl(pipes.ours[i], F_GETFD) & FD_CLOEXEC);
		assert_true(fcntl(pipes.theirs[i], F_GETFD) & FD_CLOEXEC);
	}
	assert_int_equal(fcntl(STDIN_FILENO, F_GETFD), -1);
	dup2(input, STDIN_FILENO);
	close(input);
}

static void only_our_ends_do_not_block(void **state)
{
	CLEANUP(pipes_release) struct pipes pipes = PIPES_INIT;

	(void)state;
	open_all(&pipes);
	for (int i = 0; i < PIPE_COUNT; i++) {
		assert_true(fcntl(pipes.ours[i], F_GETFL) & O_NONBLOCK);
		assert_false(fcntl(pipes.theirs[i], F_GETFL) & O_NONBLOCK);
	}
}

static void the_input_is_written_as_it_is_taken_and_then_closed(void **state)
{
	CLEANUP(pipes_release) struct pipes pipes = PIPES_INIT;
	static char text[LIMIT], taken[LIMIT];
	struct error err = ERROR_INIT;
	size_t length = 0;

	(void)state;
	for (size_t i = 0; i < LIMIT; i++)
		text[i] = (char)('a' + i % 26);
	pipes.input = text;
	pipes.input_length = LIMIT;
	assert_true(pipes_open(&pipes, PIPE_INPUT, &err));
	while (length < LIMIT) {
		ssize_t some;

		pipes_write(&pipes);
		some = read(pipes.theirs[PIPE_INPUT], taken + length, LIMIT - length);
		assert_true(some > 0);
		length += (size_t)some;
	}
	pipes_write(&pipes);
	assert_int_equal(pipes.ours[PIPE_INPUT], -1);
	assert_int_equal(read(pipes.theirs[PIPE_INPUT], taken, 1), 0);
	assert_memory_equal(text, taken, LIMIT);
}

static void no_input_is_the_end_of_it(void **state)
{
	CLEANUP(pipes_release) struct pipes pipes = PIPES_INIT;
	struct error err = ERROR_INIT;
	char byte;

	(void)state;
	assert_true(pipes_open(&pipes, PIPE_INPUT, &err));
	pipes_write(&pipes);
	assert_int_equal(read(pipes.theirs[PIPE_INPUT], &byte, 1), 0);
}

static void a_reader_that_went_away_ends_the_input(void **state)
{
	CLEANUP(pipes_release) struct pipes pipes = PIPES_INIT;
	struct error err = ERROR_INIT;
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);

	(void)state;
	pipes.input = "unwanted";
	pipes.input_length = strlen(pipes.input);
	assert_true(pipes_open(&pipes, PIPE_INPUT, &err));
	pipes_close_theirs(&pipes);
	pipes_write(&pipes);
	assert_int_equal(pipes.ours[PIPE_INPUT], -1);
	signal(SIGPIPE, before);
}

static const struct {
	const char *label, *written;
	const char *read; /* into a buffer of 8 bytes */
	bool overflowed;
} read_cases[] = {
	{ "less than fits", "1234", "1234", false },
	{ "just what fits", "12345678", "12345678", false },
	{ "more than fits", "123456789", "12345678", true },
};

static void what_does_not_fit_marks_the_buffer(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(read_cases); i++) {
		CLEANUP(pipes_release) struct pipes pipes = PIPES_INIT;
		CLEANUP(buf_release) struct buf output = BUF_INIT(8);
		const char *label = read_cases[i].label;
		size_t length = strlen(read_cases[i].written);
		struct error err = ERROR_INIT;

		pipes.read_into[PIPE_OUTPUT] = &output;
		assert_true(pipes_open(&pipes, PIPE_OUTPUT, &err));
		CHECK(label, !pipes_read(&pipes, false));
		CHECK(label, write(pipes.theirs[PIPE_OUTPUT], read_cases[i].written,
				   length) == (ssize_t)length);
		CHECK(label, pipes_read(&pipes, false));
		CHECK_TEXT(label, buf_text(&output), read_cases[i].read);
		CHECK(label, output.overflowed == read_cases[i].overflowed);
		CHECK(label, pipes.ours[PIPE_OUTPUT] >= 0);
		pipes_close_theirs(&pipes);
		CHECK(label, !pipes_read(&pipes, true));
		CHECK(label, pipes.ours[PIPE_OUTPUT] == -1);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_end_stands_where_the_program_has_its_descriptors),
		cmocka_unit_test(only_our_ends_do_not_block),
		cmocka_unit_test(the_input_is_written_as_it_is_taken_and_then_closed),
		cmocka_unit_test(no_input_is_the_end_of_it),
		cmocka_unit_test(a_reader_that_went_away_ends_the_input),
		cmocka_unit_test(what_does_not_fit_marks_the_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
