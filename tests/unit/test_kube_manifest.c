#include "source/kube_manifest.h"

#include "base/buf.h"

#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

#define POD(image)                                                                       \
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"                               \
	"spec:\n  containers:\n  - image: " image "\n"
#define JSON_POD(image)                                                                  \
	"{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"p\","    \
	" \"note\": \"\\ud83d\\ude00\"},\n"                                              \
	" \"spec\": {\"containers\": [{\"image\": \"" image "\"}]}}"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static void put(const char *path, const char *text)
{
	scratch_write(path, text, strlen(text));
}

/* Everything that was read, a line each. */
static void print_snapshot(struct buf *out, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		const struct declared_use *use = &snapshot->declared[i];

		buf_printf(out, "%s:%u:%u %s %s\n", use->file, use->line, use->column,
			   use->path, use->image.text);
	}
	for (size_t i = 0; i < snapshot->gap_count; i++)
		buf_printf(out, "%s %s\n", gap_name(snapshot->gaps[i].kind),
			   snapshot->gaps[i].subject);
	for (size_t i = 0; i < snapshot->coverage_count; i++) {
		assert_true(snapshot->coverage[i].observed);
		buf_printf(out, "%s\n", snapshot->coverage[i].note);
	}
	buf_printf(out, "%u files, %u ignored\n", snapshot->file_count,
		   snapshot->ignored_count);
}

static void check_paths(const char *const *paths, size_t count, const char *expected)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf out = BUF_INIT(100000);
	struct error err = ERROR_INIT;

	snapshot_init(&snapshot, 0);
	if (!kube_manifest_read(
		    &snapshot,
		    &(struct kube_manifest_paths){ .items = paths, .count = count },
		    &err))
		fail_msg("%s", err.text);
	print_snapshot(&out, &snapshot);
	assert_string_equal(buf_text(&out), expected);
}

static void check_path(const char *path, const char *expected)
{
	check_paths(&path, 1, expected);
}

static void folders_are_read_in_order_and_counted(void **state)
{
	(void)state;
	mkdir("deploy", 0700);
	mkdir("deploy/sub", 0700);
	put("deploy/b.yaml", POD("b:1") "---\n" POD("b:2"));
	put("deploy/a.yml", POD("a"));
	put("deploy/c.json", JSON_POD("c"));
	put("deploy/sub/d.yaml", POD("d"));
	put("deploy/sub/map.yaml", "{apiVersion: v1, kind: ConfigMap}");
	put("deploy/sub/settings.yaml", "color: blue\n");
	put("deploy/sub/empty.yaml", "");
	put("deploy/sub/empty.json", " \n");
	put("deploy/sub/comment.yaml", "# nothing\n");
	put("deploy/notes.txt", POD("e"));
	check_path("deploy", "deploy/a.yml:6:12 deploy/a.yml a\n"
			     "deploy/b.yaml:6:12 deploy/b.yaml b:1\n"
			     "deploy/b.yaml:13:12 deploy/b.yaml b:2\n"
			     "deploy/c.json:2:36 deploy/c.json c\n"
			     "deploy/sub/d.yaml:6:12 deploy/sub/d.yaml d\n"
			     "deploy/: 5 images in 4 files\n"
			     "5 files, 4 ignored\n");
	check_path("./deploy/sub/", "./deploy/sub/d.yaml:6:12 deploy/sub/d.yaml d\n"
				    "./deploy/sub/: 1 image in 1 file\n"
				    "2 files, 4 ignored\n");
}

static void named_files_are_read_whatever_their_name(void **state)
{
	(void)state;
	put("notes.txt", POD("a"));
	put("json", JSON_POD("b"));
	put("template", "{{- if .Values.x }}\n" POD("c"));
	check_path("notes.txt", "notes.txt:6:12 notes.txt a\n"
				"notes.txt: 1 image in 1 file\n"
				"1 files, 0 ignored\n");
	check_path("./json", "./json:2:36 json b\n"
			     "./json: 1 image in 1 file\n"
			     "1 files, 0 ignored\n");
	check_path("template", "helm-template template\n"
			       "template: 0 images in 0 files\n"
			       "0 files, 0 ignored\n");
}

static void nothing_is_read_twice(void **state)
{
	static const char *const paths[] = { "deploy/a.yaml", "./deploy//a.yaml",
					     "deploy", "." };

	(void)state;
	mkdir("deploy", 0700);
	put("deploy/a.yaml", POD("a"));
	put("deploy/b.yaml", POD("b"));
	check_paths(paths, ARRAY_LENGTH(paths),
		    "deploy/a.yaml:6:12 deploy/a.yaml a\n"
		    "deploy/b.yaml:6:12 deploy/b.yaml b\n"
		    "deploy/a.yaml: 1 image in 1 file\n"
		    "./deploy//a.yaml: 0 images in 0 files\n"
		    "deploy/: 1 image in 1 file\n"
		    "./: 0 images in 0 files\n"
		    "2 files, 0 ignored\n");
}

static const struct {
	const char *name, *text, *expected;
} text_cases[] = {
	{ "crlf.yaml",
	  "apiVersion: v1\r\nkind: Pod\r\nspec: {containers: [{image: a}]}\r\n",
	  "crlf.yaml:3:29 crlf.yaml a\ncrlf.yaml: 1 image in 1 file\n1 files, 0 "
	  "ignored\n" },
	{ "bom.yaml", BYTE_ORDER_MARK POD("a"),
	  "bom.yaml:6:12 bom.yaml a\nbom.yaml: 1 image in 1 file\n1 files, 0 ignored\n" },
	{ "bom.json", BYTE_ORDER_MARK JSON_POD("a"),
	  "bom.json:2:36 bom.json a\nbom.json: 1 image in 1 file\n1 files, 0 ignored\n" },
	{ "utf16.yaml",
	  "\xff\xfe"
	  "a",
	  "not-yaml utf16.yaml\nutf16.yaml: 0 images in 0 files\n0 files, 0 ignored\n" },
	{ "latin1.yaml", POD("a") "---\nname: M\xfcller\n",
	  "latin1.yaml:6:12 latin1.yaml a\nnot-yaml latin1.yaml\n"
	  "latin1.yaml: 1 image in 1 file\n1 files, 0 ignored\n" },
	{ "broken.yaml", POD("a") "---\na: [\n",
	  "broken.yaml:6:12 broken.yaml a\nnot-yaml broken.yaml\n"
	  "broken.yaml: 1 image in 1 file\n1 files, 0 ignored\n" },
	{ "broken.json", "{\"apiVersion\": [1,]}",
	  "not-yaml broken.json\nbroken.json: 0 images in 0 files\n0 files, 0 "
	  "ignored\n" },
	{ "comment.json", "{\"a\": 1 // why\n}",
	  "comment.json: 0 images in 0 files\n0 files, 1 ignored\n" },
	{ "yaml.json", POD("a"),
	  "not-yaml yaml.json\nyaml.json: 0 images in 0 files\n0 files, 0 ignored\n" },
	{ "flow.yaml", "{apiVersion: v1, kind: Pod, spec: {containers: [{image: a}]}}",
	  "flow.yaml:1:57 flow.yaml a\nflow.yaml: 1 image in 1 file\n1 files, 0 "
	  "ignored\n" },
	{ "surrogates.yaml", JSON_POD("a"),
	  "surrogates.yaml:2:36 surrogates.yaml a\nsurrogates.yaml: 1 image in 1 file\n"
	  "1 files, 0 ignored\n" },
	{ "chart.yaml", POD("a") "---\n{{- if .x }}\nb: 1\n{{- end }}\n",
	  "chart.yaml:6:12 chart.yaml a\nhelm-template chart.yaml\n"
	  "chart.yaml: 1 image in 1 file\n1 files, 0 ignored\n" },
	{ "kustomization.yaml", "images:\n- name: a\n  newTag: b\n",
	  "kustomization.yaml:3:11 kustomization.yaml a:b\n"
	  "kustomize-not-evaluated kustomization.yaml\n"
	  "kustomization.yaml: 1 image in 1 file\n1 files, 0 ignored\n" },
	{ "kustomization.yml", "resources: [a.yaml]\n",
	  "kustomize-not-evaluated kustomization.yml\n"
	  "kustomization.yml: 0 images in 0 files\n0 files, 1 ignored\n" },
	{ "values.yaml", "images:\n- name: a\n",
	  "values.yaml: 0 images in 0 files\n1 files, 0 ignored\n" },
};

static void texts_are_read_as_far_as_they_can_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(text_cases); i++) {
		put(text_cases[i].name, text_cases[i].text);
		check_path(text_cases[i].name, text_cases[i].expected);
	}
}

static void bytes_of_a_scalar_are_those_of_the_file(void **state)
{
	static const struct {
		const char *name, *text, *scalar;
	} cases[] = {
		{ "a.yaml", BYTE_ORDER_MARK "# \xc3\xa9\n" POD("'x/y:1'"), "'x/y:1'" },
		{ "a.json", BYTE_ORDER_MARK JSON_POD("x/y:1"), "\"x/y:1\"" },
		{ "b.json", JSON_POD("x/y:1"), "\"x/y:1\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(snapshot_release) struct snapshot snapshot;
		struct error err = ERROR_INIT;
		const struct declared_use *use;

		put(cases[i].name, cases[i].text);
		snapshot_init(&snapshot, 0);
		CHECK(cases[i].name,
		      kube_manifest_read(&snapshot,
					 &(struct kube_manifest_paths){
						 .items = &cases[i].name, .count = 1 },
					 &err));
		use = snapshot.declared;
		CHECK(cases[i].name, use->end - use->begin == strlen(cases[i].scalar));
		CHECK(cases[i].name, memcmp(cases[i].text + use->begin, cases[i].scalar,
					    strlen(cases[i].scalar)) == 0);
	}
}

static void what_cannot_be_read_is_a_gap(void **state)
{
	(void)state;
	mkdir("deploy", 0700);
	put("deploy/z.yaml", POD("a"));
	assert_int_equal(mkfifo("deploy/fifo.yaml", 0600), 0);
	assert_int_equal(symlink("/etc", "deploy/etc"), 0);
	assert_int_equal(symlink("../a.yaml", "deploy/link.yaml"), 0);
	put("a.yaml", POD("a"));
	put("deploy/large.yaml", "");
	assert_int_equal(truncate("deploy/large.yaml", (off_t)257 * 1024 * 1024), 0);
	check_path("deploy", "deploy/z.yaml:6:12 deploy/z.yaml a\n"
			     "unreadable deploy/etc\n"
			     "unreadable deploy/fifo.yaml\n"
			     "too-large deploy/large.yaml\n"
			     "unreadable deploy/link.yaml\n"
			     "deploy/: 1 image in 1 file\n"
			     "1 files, 0 ignored\n");
	check_path("deploy/fifo.yaml", "unreadable deploy/fifo.yaml\n"
				       "deploy/fifo.yaml: 0 images in 0 files\n"
				       "0 files, 0 ignored\n");
}

static void limits_are_gaps_and_the_other_files_are_read(void **state)
{
	static const struct {
		const char *name, *part;
		size_t count;
	} cases[] = {
		{ "deploy/flow.yaml", "[", 100000 },
		{ "deploy/block.yaml", "- ", 100000 },
		{ "deploy/keys.yaml", "? ", 100000 },
		{ "deploy/deep.json", "[\"apiVersion\",", 100000 },
		{ "deploy/documents.yaml", "---\n", 200000 },
		{ "deploy/large.json", "\"apiVersion\" ", 900000 },
	};

	(void)state;
	mkdir("deploy", 0700);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(10000000);

		buf_puts(&text, i == 5 ? "1" : "");
		for (size_t n = 0; n < cases[i].count; n++)
			buf_puts(&text, cases[i].part);
		scratch_write(cases[i].name, text.data, text.length);
	}
	put("deploy/z.yaml", POD("a"));
	check_path("deploy", "deploy/z.yaml:6:12 deploy/z.yaml a\n"
			     "too-large deploy/block.yaml\n"
			     "too-large deploy/deep.json\n"
			     "too-large deploy/documents.yaml\n"
			     "too-large deploy/flow.yaml\n"
			     "too-large deploy/keys.yaml\n"
			     "too-large deploy/large.json\n"
			     "deploy/: 1 image in 1 file\n"
			     "1 files, 0 ignored\n");
}

static void paths_count_from_the_root_of_the_work_tree(void **state)
{
	static const char *const paths[] = { "deploy", "other/x.yaml" };
	CLEANUP(snapshot_release) struct snapshot snapshot;
	struct error err = ERROR_INIT;

	(void)state;
	mkdir("tree", 0700);
	mkdir("tree/.git", 0700);
	mkdir("tree/apps", 0700);
	mkdir("tree/apps/deploy", 0700);
	mkdir("tree/apps/other", 0700);
	put("tree/.git/config", "[remote \"origin\"]\n\turl = https://t@h.io/o/r\n");
	put("tree/apps/deploy/a.yaml", POD("a") "---\n" POD("$(b)"));
	put("tree/apps/other/x.yaml", POD("b"));
	assert_int_equal(chdir("tree/apps"), 0);
	snapshot_init(&snapshot, 0);
	assert_true(kube_manifest_read(
		&snapshot, &(struct kube_manifest_paths){ .items = paths, .count = 2 },
		&err));
	assert_string_equal(snapshot.tree, "https://h.io/o/r");
	assert_string_equal(snapshot.declared[0].file, "deploy/a.yaml");
	assert_string_equal(snapshot.declared[0].path, "apps/deploy/a.yaml");
	assert_string_equal(snapshot.gaps[0].scope,
			    "tree/https:%2F%2Fh.io%2Fo%2Fr/path/apps/deploy/a.yaml");
	assert_string_equal(snapshot.coverage[0].scope,
			    "tree/https:%2F%2Fh.io%2Fo%2Fr/path/apps/deploy/");
	assert_string_equal(snapshot.coverage[1].scope,
			    "tree/https:%2F%2Fh.io%2Fo%2Fr/path/apps/other/x.yaml");
}

/* Put a text where standard input comes from. */
static int redirect_input(const char *text)
{
	int saved = dup(STDIN_FILENO), file;

	put("input", text);
	file = open("input", O_RDONLY);
	dup2(file, STDIN_FILENO);
	close(file);
	return saved;
}

static void standard_input_is_yaml_or_json(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ POD("a") "---\n" POD("b"), "-:6:12 - a\n-:13:12 - b\n"
					     "standard input: 2 images in 1 file\n"
					     "1 files, 0 ignored\n" },
		{ "\n" JSON_POD("a"), "-:3:36 - a\nstandard input: 1 image in 1 file\n"
				      "1 files, 0 ignored\n" },
		{ "a: [", "not-yaml -\nstandard input: 0 images in 0 files\n"
			  "0 files, 0 ignored\n" },
		{ "", "standard input: 0 images in 0 files\n0 files, 1 ignored\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int saved = redirect_input(cases[i].text);

		check_path("-", cases[i].expected);
		dup2(saved, STDIN_FILENO);
		close(saved);
	}
}

static void a_path_that_does_not_exist_is_a_usage_error(void **state)
{
	static const char *const paths[] = { "here.yaml", "absent/x.yaml" };
	CLEANUP(snapshot_release) struct snapshot snapshot;
	struct error err = ERROR_INIT;

	(void)state;
	put("here.yaml", POD("a"));
	snapshot_init(&snapshot, 0);
	assert_false(kube_manifest_read(
		&snapshot, &(struct kube_manifest_paths){ .items = paths, .count = 2 },
		&err));
	assert_int_equal(err.code, ERROR_USAGE);
	assert_string_equal(err.text, "absent/x.yaml: No such file or directory");
}

static void read_with(struct buf *out, unsigned threads)
{
	static const char *const here = ".";
	CLEANUP(snapshot_release) struct snapshot snapshot;
	struct error err = ERROR_INIT;

	snapshot_init(&snapshot, 0);
	assert_true(kube_manifest_read(
		&snapshot,
		&(struct kube_manifest_paths){
			.items = &here, .count = 1, .threads = threads },
		&err));
	print_snapshot(out, &snapshot);
}

static void any_number_of_threads_reads_the_same(void **state)
{
	CLEANUP(buf_release) struct buf alone = BUF_INIT(1000000);

	(void)state;
	for (int i = 0; i < 200; i++) {
		static const char *const texts[] = { POD("a:1"),
						     POD("b") "---\n" POD("c"), "x: [",
						     POD("$(IMAGE)"), "color: blue" };
		char path[20];

		snprintf(path, sizeof(path), "%d.yaml", i);
		put(path, texts[i % 5]);
	}
	read_with(&alone, 1);
	assert_non_null(strstr(buf_text(&alone), "./: 160 images in 120 files\n"));
	for (unsigned threads = 2; threads <= 9; threads++) {
		CLEANUP(buf_release) struct buf together = BUF_INIT(1000000);

		read_with(&together, threads);
		assert_string_equal(buf_text(&together), buf_text(&alone));
	}
}

static void of_a_list_the_manifests_are_read(void **state)
{
	static const char *const listed[] = { "README.md", "b.yaml",    "gone.md",
					      "./a.yaml",  "link.yaml", "b.yaml" };
	static const char *const gone[] = { "b.yaml", "gone.yaml" };
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf out = BUF_INIT(100000);
	struct error err = ERROR_INIT;

	(void)state;
	put("README.md", POD("readme"));
	put("a.yaml", POD("a"));
	put("b.yaml", POD("b"));
	assert_int_equal(symlink("/etc/hostname", "link.yaml"), 0);
	snapshot_init(&snapshot, 0);
	assert_true(kube_manifest_read(
		&snapshot,
		&(struct kube_manifest_paths){ .listed = listed,
					       .listed_count = ARRAY_LENGTH(listed) },
		&err));
	print_snapshot(&out, &snapshot);
	assert_string_equal(buf_text(&out), "b.yaml:6:12 b.yaml b\n"
					    "./a.yaml:6:12 a.yaml a\n"
					    "unreadable link.yaml\n"
					    "b.yaml: 1 image in 1 file\n"
					    "./a.yaml: 1 image in 1 file\n"
					    "link.yaml: 0 images in 0 files\n"
					    "b.yaml: 0 images in 0 files\n"
					    "2 files, 0 ignored\n");
	assert_false(kube_manifest_read(
		&snapshot,
		&(struct kube_manifest_paths){ .listed = gone, .listed_count = 2 },
		&err));
	assert_int_equal(err.code, ERROR_USAGE);
	assert_non_null(strstr(err.text, "--diff-filter=d"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_SCRATCH(folders_are_read_in_order_and_counted),
		IN_SCRATCH(named_files_are_read_whatever_their_name),
		IN_SCRATCH(nothing_is_read_twice),
		IN_SCRATCH(texts_are_read_as_far_as_they_can_be),
		IN_SCRATCH(bytes_of_a_scalar_are_those_of_the_file),
		IN_SCRATCH(what_cannot_be_read_is_a_gap),
		IN_SCRATCH(limits_are_gaps_and_the_other_files_are_read),
		IN_SCRATCH(paths_count_from_the_root_of_the_work_tree),
		IN_SCRATCH(standard_input_is_yaml_or_json),
		IN_SCRATCH(any_number_of_threads_reads_the_same),
		IN_SCRATCH(of_a_list_the_manifests_are_read),
		IN_SCRATCH(a_path_that_does_not_exist_is_a_usage_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
