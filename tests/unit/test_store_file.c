#include "tests/unit/store_world.h"

#include <sys/stat.h>
#include <unistd.h>

static const char *const umasks_say = "the umask decides nothing";

static mode_t mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static void check_modes(void **state, mode_t mask)
{
	const char *path = world_path(state, "new/folder/observations.db");
	char *file CLEANUP(free_pointer) = NULL;
	struct error err = ERROR_INIT;
	mode_t before = umask(mask);
	bool ok = store_file_locate(&file, path, STORE_WRITE, &err) &&
		  store_file_make(file, path, &err);

	umask(before);
	CHECK(umasks_say, ok);
	CHECK(umasks_say, mode_of(path) == 0600);
	CHECK(umasks_say, mode_of(world_path(state, "new/folder")) == 0700);
	CHECK(umasks_say, mode_of(world_path(state, "new")) == 0700);
}

static void new_files_are_private_under_an_open_umask(void **state)
{
	check_modes(state, 0);
}

static void new_files_are_usable_under_a_closed_umask(void **state)
{
	check_modes(state, 0777);
}

static void a_folder_that_exists_keeps_its_mode(void **state)
{
	char *file CLEANUP(free_pointer) = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(mkdir(world_path(state, "shared"), 0755), 0);
	assert_int_equal(chmod(world_path(state, "shared"), 0755), 0);
	assert_true(store_file_locate(&file, world_path(state, "shared/x.db"),
				      STORE_WRITE, &err));
	assert_int_equal(mode_of(world_path(state, "shared")), 0755);
}

static void reading_makes_no_folder(void **state)
{
	char *file CLEANUP(free_pointer) = NULL;
	struct error err = ERROR_INIT;

	assert_false(store_file_locate(&file, world_path(state, "none/x.db"), STORE_READ,
				       &err));
	assert_int_equal(err.code, ERROR_NOT_FOUND);
	assert_non_null(strstr(err.text, "pindrift scan"));
	assert_int_equal(access(world_path(state, "none"), F_OK), -1);
}

static void folders_may_be_symbolic_links(void **state)
{
	char *file CLEANUP(free_pointer) = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(mkdir(world_path(state, "real"), 0700), 0);
	assert_int_equal(symlink(world_path(state, "real"), world_path(state, "link")),
			 0);
	assert_true(store_file_locate(&file, world_path(state, "link/x.db"), STORE_WRITE,
				      &err));
	assert_string_equal(file, world_path(state, "real/x.db"));
}

static void a_name_alone_is_of_this_folder(void **state)
{
	char *file CLEANUP(free_pointer) = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(chdir(*state), 0);
	assert_true(store_file_locate(&file, "x.db", STORE_WRITE, &err));
	assert_string_equal(file, world_path(state, "x.db"));
}

static const char *const no_names[] = { "", "/", ".", "..", "folder/", "folder/." };

static void what_names_no_file_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(no_names); i++) {
		char *file CLEANUP(free_pointer) = NULL;
		struct error err = ERROR_INIT;

		CHECK(no_names[i],
		      !store_file_locate(&file, no_names[i], STORE_READ, &err));
		CHECK(no_names[i], err.code == ERROR_USAGE);
	}
}

static enum error_code size_error(const char *file, int64_t *size)
{
	struct error err = ERROR_INIT;

	return store_file_size(size, file, file, &err) ? ERROR_NONE : err.code;
}

static void only_regular_files_are_taken(void **state)
{
	const char *file = world_path(state, "x.db");
	struct error err = ERROR_INIT;
	int64_t size;

	assert_int_equal(size_error(file, &size), ERROR_NONE);
	assert_int_equal(size, 0);
	assert_int_equal(size_error(*state, &size), ERROR_STORE);
	assert_int_equal(mkfifo(world_path(state, "fifo"), 0600), 0);
	assert_int_equal(size_error(world_path(state, "fifo"), &size), ERROR_STORE);
	assert_true(store_file_make(file, file, &err));
	assert_int_equal(truncate(file, 100), 0);
	assert_int_equal(size_error(file, &size), ERROR_NONE);
	assert_int_equal(size, 100);
	assert_int_equal(symlink(file, world_path(state, "link")), 0);
	assert_int_equal(size_error(world_path(state, "link"), &size), ERROR_STORE);
}

/* What goes to standard error in the meantime. */
static void check_size_loudly(const char *file, char *said, size_t room)
{
	FILE *loud = tmpfile();
	int saved = dup(STDERR_FILENO);
	int64_t size;
	size_t length;

	assert_non_null(loud);
	dup2(fileno(loud), STDERR_FILENO);
	assert_int_equal(size_error(file, &size), ERROR_NONE);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(loud);
	length = fread(said, 1, room - 1, loud);
	said[length] = '\0';
	fclose(loud);
}

static void a_file_that_all_may_write_is_warned_about(void **state)
{
	const char *file = world_path(state, "x.db");
	struct error err = ERROR_INIT;
	char said[1024];

	assert_true(store_file_make(file, file, &err));
	check_size_loudly(file, said, sizeof(said));
	assert_string_equal(said, "");
	assert_int_equal(chmod(file, 0606), 0);
	check_size_loudly(file, said, sizeof(said));
	assert_non_null(strstr(said, file));
	assert_non_null(strstr(said, "chmod 600"));
}

static void the_lock_has_one_holder(void **state)
{
	const char *file = world_path(state, "x.db");
	struct error err = ERROR_INIT;
	int first, second;

	assert_true(store_file_lock(&first, file, file, &err));
	assert_int_equal(mode_of(world_path(state, "x.db.lock")) & 077, 0);
	assert_false(store_file_lock(&second, file, file, &err));
	assert_int_equal(err.code, ERROR_LOCKED);
	close(first);
	assert_true(store_file_lock(&second, file, file, &err));
	close(second);
}

static void a_lock_file_is_no_symbolic_link(void **state)
{
	const char *file = world_path(state, "x.db");
	struct error err = ERROR_INIT;
	int lock;

	assert_int_equal(
		symlink(world_path(state, "precious"), world_path(state, "x.db.lock")),
		0);
	assert_false(store_file_lock(&lock, file, file, &err));
	assert_int_equal(access(world_path(state, "precious"), F_OK), -1);
}

static void rename_replaces_what_was_there(void **state)
{
	const char *from = world_path(state, "new"), *to = world_path(state, "x.db");
	struct error err = ERROR_INIT;

	assert_true(store_file_make(from, to, &err));
	assert_true(store_file_make(to, to, &err));
	assert_true(store_file_rename(from, to, to, &err));
	assert_int_equal(access(from, F_OK), -1);
	assert_false(store_file_rename(from, to, to, &err));
}

static void make_in_a_folder_of_others(void **state)
{
	struct error err = ERROR_INIT;

	assert_int_equal(chmod(*state, 0500), 0);
	assert_false(store_file_make(world_path(state, "x.db"), "x.db", &err));
	assert_int_equal(err.code, ERROR_DENIED);
	assert_non_null(strstr(err.text, "x.db"));
	assert_non_null(strstr(err.text, "--db"));
}

static void a_folder_that_is_closed_is_named(void **state)
{
	world_as_nobody(state, make_in_a_folder_of_others);
}

static const struct {
	const char *label;
	uint32_t magic;
	bool local;
} filesystems[] = {
	{ "ext4", 0xef53, true },        { "xfs", 0x58465342, true },
	{ "btrfs", 0x9123683e, true },   { "tmpfs", 0x01021994, true },
	{ "overlay", 0x794c7630, true }, { "nfs", 0x6969, false },
	{ "cifs", 0xff534d42, false },   { "smb2", 0xfe534d42, false },
	{ "fuse", 0x65735546, false },   { "9p", 0x01021997, false },
	{ "ceph", 0x00c36400, false },   { "unheard of", 0x12345678, false },
};

static void a_wal_is_for_local_filesystems(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(filesystems); i++)
		CHECK(filesystems[i].label,
		      store_filesystem_is_local(filesystems[i].magic) ==
			      filesystems[i].local);
	assert_false(store_file_is_local("/no/such/file"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_TEST(new_files_are_private_under_an_open_umask),
		WORLD_TEST(new_files_are_usable_under_a_closed_umask),
		WORLD_TEST(a_folder_that_exists_keeps_its_mode),
		WORLD_TEST(reading_makes_no_folder),
		WORLD_TEST(folders_may_be_symbolic_links),
		WORLD_TEST(a_name_alone_is_of_this_folder),
		WORLD_TEST(what_names_no_file_is_refused),
		WORLD_TEST(only_regular_files_are_taken),
		WORLD_TEST(a_file_that_all_may_write_is_warned_about),
		WORLD_TEST(the_lock_has_one_holder),
		WORLD_TEST(a_lock_file_is_no_symbolic_link),
		WORLD_TEST(rename_replaces_what_was_there),
		WORLD_TEST(a_folder_that_is_closed_is_named),
		WORLD_TEST(a_wal_is_for_local_filesystems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
