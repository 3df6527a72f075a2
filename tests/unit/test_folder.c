#include "base/folder.h"

#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

/* What a walk visits: "path" or "path: problem", one a line. */
struct visits {
	struct buf text;
	int count, stop_at; /* 0: never */
};

static bool note_visit(const struct folder_entry *entry, void *user)
{
	struct visits *visits = user;
	size_t skipped = strlen(entry->path) - strlen(entry->beneath);

	assert_string_equal(entry->path + skipped, entry->beneath);
	assert_int_equal(entry->path[skipped - 1], '/');
	buf_puts(&visits->text, entry->path);
	if (entry->problem)
		buf_printf(&visits->text, ": %s", entry->problem);
	buf_putc(&visits->text, '\n');
	return ++visits->count != visits->stop_at;
}

static void check_walk(const char *root, const char *expected)
{
	struct visits visits = { .text = BUF_INIT(100000) };
	struct error err = ERROR_INIT;
	bool ok = folder_walk(root, folder_has_manifest_name, note_visit, &visits, &err);

	if (!ok)
		fail_msg("%s: %s", root, err.text);
	assert_string_equal(buf_text(&visits.text), expected);
	buf_release(&visits.text);
}

static void make_folders(const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(mkdir(paths[i], 0700), 0);
}

static void walk_visits_yaml_and_json_in_order(void **state)
{
	static const char *const folders[] = { "root",        "root/a",    "root/a/z",
					       "root/b.yaml", "root/.git", "root/.github",
					       "root/empty" };
	static const char *const files[] = {
		"root/c.yml",       "root/a.yaml",        "root/B.json",
		"root/a/z/1.yaml",  "root/a/2.yaml",      "root/b.yaml/3.yml",
		"root/.git/4.yaml", "root/.github/5.yml", "root/text.txt",
		"root/yaml",        "root/.yaml",         "root/a.yaml.bak",
		"root/A.YAML",
	};

	(void)state;
	make_folders(folders, ARRAY_LENGTH(folders));
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
		scratch_write(files[i], "", 0);
	check_walk("root",
		   "root/.github/5.yml\nroot/.yaml\nroot/B.json\nroot/a/2.yaml\n"
		   "root/a/z/1.yaml\nroot/a.yaml\nroot/b.yaml/3.yml\nroot/c.yml\n");
	check_walk("root/", "root/.github/5.yml\nroot/.yaml\nroot/B.json\nroot/a/2.yaml\n"
			    "root/a/z/1.yaml\nroot/a.yaml\nroot/b.yaml/3.yml\n"
			    "root/c.yml\n");
	check_walk("root/a/.", "root/a/./2.yaml\nroot/a/./z/1.yaml\n");
}

static void walk_names_what_is_no_regular_file(void **state)
{
	(void)state;
	assert_int_equal(mkdir("root", 0700), 0);
	assert_int_equal(mkfifo("root/fifo.yaml", 0600), 0);
	assert_int_equal(mkfifo("root/fifo", 0600), 0);
	scratch_socket("root/socket.json");
	assert_int_equal(symlink("/dev/null", "root/device.yml"), 0);
	check_walk("root", "root/device.yml: a link that leads out of the folder\n"
			   "root/fifo.yaml: a FIFO\n"
			   "root/socket.json: a socket\n");
}

static void make_links(void)
{
	static const char *const folders[] = { "outside", "root", "root/sub" };
	static const struct {
		const char *name, *target;
	} links[] = {
		{ "root/a-file.yaml", "sub/real.yaml" },
		{ "root/b-other-name.yaml", "sub/real.tmpl" },
		{ "root/c-folder", "sub" },
		{ "root/d-dangling.yaml", "nothing" },
		{ "root/e-dangling", "nothing" },
		{ "root/f-loop.yaml", "f-loop.yaml" },
		{ "root/g-outside.yaml", "../outside/x.yaml" },
		{ "root/h-outside", "../outside" },
		{ "root/i-absolute", "/" },
		{ "root/j-text", "../outside/x.txt" },
		{ "root/k-out-and-in.yaml", "../root/sub/real.yaml" },
		{ "root/sub/l-parent", ".." },
		{ "root/sub/m-grandparent", "../.." },
	};

	make_folders(folders, ARRAY_LENGTH(folders));
	scratch_write("outside/x.yaml", "", 0);
	scratch_write("outside/x.txt", "", 0);
	scratch_write("root/sub/real.yaml", "real", 4);
	scratch_write("root/sub/real.tmpl", "", 0);
	for (size_t i = 0; i < ARRAY_LENGTH(links); i++)
		assert_int_equal(symlink(links[i].target, links[i].name), 0);
}

static void walk_follows_links_beneath_the_root_only(void **state)
{
	(void)state;
	make_links();
	check_walk("root", "root/a-file.yaml\n"
			   "root/b-other-name.yaml\n"
			   "root/d-dangling.yaml: No such file or directory\n"
			   "root/f-loop.yaml: a link that cannot be followed\n"
			   "root/g-outside.yaml: a link that leads out of the folder\n"
			   "root/h-outside: a link that leads out of the folder\n"
			   "root/i-absolute: a link that leads out of the folder\n"
			   "root/k-out-and-in.yaml: a link that leads out of the folder\n"
			   "root/sub/m-grandparent: a link that leads out of the folder\n"
			   "root/sub/real.yaml\n");
}

static void read_stays_beneath_the_root(void **state)
{
	static const struct {
		const char *beneath;
		enum error_code code;
	} cases[] = {
		{ "sub/real.yaml", ERROR_NONE },
		{ "a-file.yaml", ERROR_NONE },
		{ "c-folder/real.yaml", ERROR_NONE },
		{ "g-outside.yaml", ERROR_DENIED },
		{ "h-outside/x.yaml", ERROR_DENIED },
		{ "../outside/x.yaml", ERROR_DENIED },
		{ "/etc/passwd", ERROR_DENIED },
		{ "f-loop.yaml", ERROR_DENIED },
		{ "d-dangling.yaml", ERROR_NOT_FOUND },
		{ "sub", ERROR_SYSTEM },
	};

	struct error failure = ERROR_INIT;
	int folder;

	(void)state;
	make_links();
	assert_false(folder_open(&folder, "missing", &failure));
	assert_int_equal(failure.code, ERROR_NOT_FOUND);
	assert_true(folder_open(&folder, "root", &failure));
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buf_release) struct buf buf = BUF_INIT(100);
		struct error err = ERROR_INIT;
		bool ok = folder_read_at(&buf, folder, cases[i].beneath, &err);

		CHECK(cases[i].beneath, ok == (cases[i].code == ERROR_NONE));
		CHECK(cases[i].beneath, err.code == cases[i].code);
		CHECK_TEXT(cases[i].beneath, buf_text(&buf), ok ? "real" : "");
		buf_clear(&buf);
		err = (struct error)ERROR_INIT;
		CHECK(cases[i].beneath,
		      folder_read(&buf, "root", cases[i].beneath, &err) == ok);
		CHECK(cases[i].beneath, err.code == cases[i].code);
	}
	close(folder);
}

static void walk_names_folders_that_cannot_be_entered(void **state)
{
	(void)state;
	if (geteuid() == 0)
		skip(); /* root enters everything */
	assert_int_equal(mkdir("root", 0700), 0);
	assert_int_equal(mkdir("root/closed", 0), 0);
	scratch_write("root/open.yaml", "", 0);
	check_walk("root", "root/closed: Permission denied\nroot/open.yaml\n");
}

static void walk_goes_a_hundred_folders_deep(void **state)
{
	struct visits visits = { .text = BUF_INIT(100000) };
	struct error err = ERROR_INIT;
	int descriptor = AT_FDCWD;

	(void)state;
	for (int i = 0; i <= 101; i++) {
		int inner;

		assert_int_equal(mkdirat(descriptor, "d", 0700), 0);
		inner = openat(descriptor, "d", O_RDONLY | O_DIRECTORY);
		if (descriptor != AT_FDCWD)
			close(descriptor);
		descriptor = inner;
		close(openat(descriptor, "f.yaml", O_CREAT | O_WRONLY, 0600));
	}
	close(descriptor);
	assert_true(
		folder_walk("d", folder_has_manifest_name, note_visit, &visits, &err));
	assert_int_equal(visits.count, 102);
	assert_non_null(strstr(buf_text(&visits.text),
			       "/d/d/d/d: too many folders within each other\n"));
	buf_release(&visits.text);
}

static void walk_keeps_the_order_over_many_folders(void **state)
{
	CLEANUP(buf_release) struct buf expected = BUF_INIT(1000000);

	(void)state;
	assert_int_equal(mkdir("many", 0700), 0);
	for (int outer = 10; outer < 60; outer++) {
		char path[64];

		snprintf(path, sizeof(path), "many/%d", outer);
		assert_int_equal(mkdir(path, 0700), 0);
		for (int inner = 10; inner < 40; inner++) {
			snprintf(path, sizeof(path), "many/%d/%d", outer, inner);
			assert_int_equal(mkdir(path, 0700), 0);
			snprintf(path, sizeof(path), "many/%d/%d/a.yaml", outer, inner);
			scratch_write(path, "", 0);
			buf_printf(&expected, "%s\n", path);
		}
		snprintf(path, sizeof(path), "many/%d/z.yaml", outer);
		scratch_write(path, "", 0);
		buf_printf(&expected, "%s\n", path);
	}
	check_walk("many", buf_text(&expected));
}

static void walk_stops_when_told(void **state)
{
	struct visits visits = { .text = BUF_INIT(1000), .stop_at = 2 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(mkdir("root", 0700), 0);
	assert_int_equal(mkdir("root/b", 0700), 0);
	scratch_write("root/a.yaml", "", 0);
	scratch_write("root/b/b.yaml", "", 0);
	scratch_write("root/c.yaml", "", 0);
	assert_true(
		folder_walk("root", folder_has_manifest_name, note_visit, &visits, &err));
	assert_string_equal(buf_text(&visits.text), "root/a.yaml\nroot/b/b.yaml\n");
	buf_release(&visits.text);
}

static void a_root_that_is_no_folder_is_an_error(void **state)
{
	struct visits visits = { .text = BUF_INIT(1000) };
	struct error err = ERROR_INIT;

	(void)state;
	scratch_write("file.yaml", "", 0);
	assert_false(folder_walk("absent", folder_has_manifest_name, note_visit, &visits,
				 &err));
	assert_int_equal(err.code, ERROR_NOT_FOUND);
	assert_false(folder_walk("file.yaml", folder_has_manifest_name, note_visit,
				 &visits, &err));
	assert_int_equal(err.code, ERROR_NOT_FOUND);
	assert_int_equal(visits.count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCRATCH(walk_visits_yaml_and_json_in_order),
		IN_SCRATCH(walk_names_what_is_no_regular_file),
		IN_SCRATCH(walk_follows_links_beneath_the_root_only),
		IN_SCRATCH(read_stays_beneath_the_root),
		IN_SCRATCH(walk_names_folders_that_cannot_be_entered),
		IN_SCRATCH(walk_goes_a_hundred_folders_deep),
		IN_SCRATCH(walk_keeps_the_order_over_many_folders),
		IN_SCRATCH(walk_stops_when_told),
		IN_SCRATCH(a_root_that_is_no_folder_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
