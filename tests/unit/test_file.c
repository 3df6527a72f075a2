#include "base/file.h"

#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void read_gives_all_bytes_of_a_file(void **state)
{
	static const char bytes[] = "a\0b\n";
	CLEANUP(buf_release) struct buf buf = BUF_INIT(4);
	struct error err = ERROR_INIT;

	(void)state;
	scratch_write("file", bytes, 4);
	assert_true(file_read(&buf, "file", &err));
	assert_int_equal(buf.length, 4);
	assert_memory_equal(buf.data, bytes, 4);
}

static void read_stops_at_the_buffers_limit(void **state)
{
	CLEANUP(buf_release) struct buf small = BUF_INIT(3);
	CLEANUP(buf_release) struct buf large = BUF_INIT((size_t)1024 * 1024);
	struct error err = ERROR_INIT;

	(void)state;
	scratch_write("file", "abcd", 4);
	assert_false(file_read(&small, "file", &err));
	assert_int_equal(err.code, ERROR_LIMIT);
	assert_string_equal(err.text, "larger than 3 bytes");
	assert_int_equal(truncate("file", 1024 * 1024 + 1), 0);
	assert_false(file_read(&large, "file", &err));
	assert_string_equal(err.text, "larger than 1 MiB");
	assert_int_equal(large.length, 0);
}

static void read_refuses_without_waiting(void **state)
{
	static const struct {
		const char *path;
		enum error_code code;
		const char *text;
	} cases[] = {
		{ "absent", ERROR_NOT_FOUND, "No such file or directory" },
		{ "file/below", ERROR_NOT_FOUND, "Not a directory" },
		{ "folder", ERROR_SYSTEM, "a folder, no regular file" },
		{ "fifo", ERROR_SYSTEM, "a FIFO, no regular file" },
		{ "socket", ERROR_SYSTEM, "No such device or address" },
		{ "/dev/zero", ERROR_SYSTEM, "a device, no regular file" },
		{ "loop", ERROR_SYSTEM, "Too many levels of symbolic links" },
	};

	(void)state;
	scratch_write("file", "a", 1);
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	scratch_socket("socket");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buf_release) struct buf buf = BUF_INIT(100);
		struct error err = ERROR_INIT;

		CHECK(cases[i].path, !file_read(&buf, cases[i].path, &err));
		CHECK(cases[i].path, err.code == cases[i].code);
		CHECK_TEXT(cases[i].path, err.text, cases[i].text);
	}
}

static void what_an_option_names_may_be_a_pipe_or_nothing(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(100);
	struct error err = ERROR_INIT;
	char name[64];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "abc", 3), 3);
	close(ends[1]);
	snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
	assert_true(file_read_any(&buf, name, &err));
	close(ends[0]);
	assert_string_equal(buf_text(&buf), "abc");
	buf_clear(&buf);
	assert_true(file_read_any(&buf, "/dev/null", &err));
	assert_int_equal(buf.length, 0);
	assert_false(file_read_any(&buf, "/dev/zero", &err));
	assert_int_equal(err.code, ERROR_LIMIT);
	err = (struct error)ERROR_INIT;
	assert_false(file_read_any(&buf, ".", &err));
	assert_string_equal(err.text, "Is a directory");
	err = (struct error)ERROR_INIT;
	assert_false(file_read_any(&buf, "absent", &err));
	assert_int_equal(err.code, ERROR_NOT_FOUND);
}

/* The kernel makes it up while it is read. */
static void read_takes_a_file_whose_size_is_not_known(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(1000000);
	struct error err = ERROR_INIT;

	(void)state;
	assert_true(file_read(&buf, "/proc/self/status", &err));
	assert_non_null(strstr(buf_text(&buf), "\nPid:"));
}

static void descriptors_are_read_to_their_end(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(100);
	struct error err = ERROR_INIT;
	int pipe_ends[2];

	(void)state;
	assert_int_equal(pipe(pipe_ends), 0);
	assert_int_equal(write(pipe_ends[1], "abc", 3), 3);
	close(pipe_ends[1]);
	assert_true(file_read_descriptor(&buf, pipe_ends[0], &err));
	assert_string_equal(buf_text(&buf), "abc");
	close(pipe_ends[0]);
	assert_false(file_read_descriptor(&buf, pipe_ends[0], &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
}

static unsigned mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static void commit_writes_all_of_a_new_file_for_its_owner_alone(void **state)
{
	CLEANUP(atomic_file_release) struct atomic_file file = ATOMIC_FILE_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	assert_true(atomic_file_open(&file, "new", &err));
	fputs("text", file.stream);
	assert_int_equal(access("new", F_OK), -1);
	assert_true(atomic_file_commit(&file, &err));
	assert_null(file.stream);
	assert_string_equal(scratch_text("new"), "text");
	assert_int_equal(mode_of("new"), 0600);
	assert_int_equal(scratch_count("."), 1);
}

static void commit_replaces_a_file_and_keeps_its_mode(void **state)
{
	CLEANUP(atomic_file_release) struct atomic_file file = ATOMIC_FILE_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	scratch_write("old", "a longer text", 13);
	assert_int_equal(chmod("old", 0644), 0);
	assert_true(atomic_file_open(&file, "old", &err));
	fputs("text", file.stream);
	assert_true(atomic_file_commit(&file, &err));
	assert_string_equal(scratch_text("old"), "text");
	assert_int_equal(mode_of("old"), 0644);
	assert_int_equal(scratch_count("."), 1);
}

static void commit_replaces_what_a_link_names(void **state)
{
	CLEANUP(atomic_file_release) struct atomic_file file = ATOMIC_FILE_INIT;
	struct error err = ERROR_INIT;
	struct stat status;

	(void)state;
	assert_int_equal(mkdir("folder", 0700), 0);
	scratch_write("folder/target", "old", 3);
	assert_int_equal(symlink("folder/target", "link"), 0);
	assert_true(atomic_file_open(&file, "link", &err));
	fputs("new", file.stream);
	assert_true(atomic_file_commit(&file, &err));
	assert_int_equal(lstat("link", &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_string_equal(scratch_text("folder/target"), "new");
}

static void release_leaves_everything_as_it_was(void **state)
{
	struct atomic_file file = ATOMIC_FILE_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	scratch_write("old", "old", 3);
	assert_true(atomic_file_open(&file, "old", &err));
	fputs("new", file.stream);
	atomic_file_release(&file);
	assert_string_equal(scratch_text("old"), "old");
	assert_int_equal(scratch_count("."), 1);
	atomic_file_release(&file);
}

static void a_full_disk_is_told_at_commit(void **state)
{
	CLEANUP(atomic_file_release) struct atomic_file file = ATOMIC_FILE_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	assert_true(atomic_file_open(&file, "/dev/full", &err));
	assert_null(file.temporary);
	fputs("text", file.stream);
	assert_false(atomic_file_commit(&file, &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_string_equal(err.text, "No space left on device");
	assert_int_equal(access("/dev/full", F_OK), 0);
}

static void open_refuses_folders_and_missing_ones(void **state)
{
	struct atomic_file file = ATOMIC_FILE_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_false(atomic_file_open(&file, "folder", &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_false(atomic_file_open(&file, "absent/file", &err));
	assert_int_equal(err.code, ERROR_NOT_FOUND);
	assert_null(file.stream);
	assert_null(file.path);
}

/* file_replace() of the file "file", whose content should be "old". */
static bool replace_old(const char *after, struct error *err)
{
	CLEANUP(buf_release) struct buf before = BUF_INIT(16), text = BUF_INIT(16);

	buf_puts(&before, "old");
	buf_puts(&text, after);
	return file_replace("file", &before, &text, err);
}

static void replace_changes_the_content_and_nothing_else(void **state)
{
	struct error err = ERROR_INIT;
	struct stat status;

	(void)state;
	scratch_write("file", "old", 3);
	assert_int_equal(chmod("file", 0751), 0);
	assert_true(replace_old("newer", &err));
	assert_string_equal(scratch_text("file"), "newer");
	assert_int_equal(stat("file", &status), 0);
	assert_int_equal(status.st_mode & 07777, 0751);
	assert_int_equal(scratch_count("."), 1);
}

static void replace_leaves_alone_what_was_changed_or_is_read_only(void **state)
{
	static const struct {
		const char *content;
		mode_t mode;
		const char *problem;
	} cases[] = {
		{ "odd", 0600, "it was changed meanwhile" },
		{ "old\n", 0600, "it was changed meanwhile" },
		{ "ol", 0600, "it was changed meanwhile" },
		{ "old", 0444, "it is read-only" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err = ERROR_INIT;

		unlink("file");
		scratch_write("file", cases[i].content, strlen(cases[i].content));
		assert_int_equal(chmod("file", cases[i].mode), 0);
		CHECK(cases[i].content, !replace_old("new", &err));
		CHECK_TEXT(cases[i].content, err.text, cases[i].problem);
		CHECK_TEXT(cases[i].content, scratch_text("file"), cases[i].content);
		assert_int_equal(scratch_count("."), 1);
	}
}

static void replace_refuses_what_is_no_file(void **state)
{
	struct error err = ERROR_INIT, absent = ERROR_INIT;

	(void)state;
	assert_false(replace_old("new", &absent));
	assert_int_equal(absent.code, ERROR_NOT_FOUND);
	assert_int_equal(mkfifo("file", 0600), 0);
	assert_false(replace_old("new", &err));
	assert_string_equal(err.text, "it is no regular file");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCRATCH(read_gives_all_bytes_of_a_file),
		IN_SCRATCH(read_stops_at_the_buffers_limit),
		IN_SCRATCH(read_refuses_without_waiting),
		IN_SCRATCH(what_an_option_names_may_be_a_pipe_or_nothing),
		IN_SCRATCH(read_takes_a_file_whose_size_is_not_known),
		IN_SCRATCH(descriptors_are_read_to_their_end),
		IN_SCRATCH(commit_writes_all_of_a_new_file_for_its_owner_alone),
		IN_SCRATCH(commit_replaces_a_file_and_keeps_its_mode),
		IN_SCRATCH(commit_replaces_what_a_link_names),
		IN_SCRATCH(release_leaves_everything_as_it_was),
		IN_SCRATCH(a_full_disk_is_told_at_commit),
		IN_SCRATCH(open_refuses_folders_and_missing_ones),
		IN_SCRATCH(replace_changes_the_content_and_nothing_else),
		IN_SCRATCH(replace_leaves_alone_what_was_changed_or_is_read_only),
		IN_SCRATCH(replace_refuses_what_is_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
