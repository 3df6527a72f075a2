#include "source/policy_file.h"

#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

#define NOW 1795435200 /* 2026-11-23T12:00:00Z */

static const char *const rules[] = { "unpinned", "pin-without-tag", NULL };

static bool parse(struct snapshot *snapshot, const char *text, struct error *err)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(POLICY_FILE_BYTES);

	buf_puts(&buf, text);
	snapshot->policy.file = "p.yaml";
	return policy_file_parse(snapshot, "p.yaml", &buf, rules, err);
}

static void every_section_is_read(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	struct error err = ERROR_INIT;
	const struct policy *policy = &snapshot.policy;
	const struct waiver *waiver;

	(void)state;
	snapshot_init(&snapshot, NOW);
	assert_true(parse(&snapshot,
			  "levels:\n  pin-without-tag: none\n"
			  "exclude: [vendor/, 'a/**/b']\n"
			  "environments:\n- paths: [prod/**]\n  cluster: prod\n"
			  "rewrites:\n- from: docker.io/\n  to: mirror.local:5000/hub\n"
			  "fields:\n- group: example.com\n  kind: App\n"
			  "  images: ['spec.parts[].image', spec.tools.*.image]\n"
			  "waivers:\n"
			  "- rule: unpinned\n  paths:\n  - dev/**\n  - test/**\n"
			  "  reason: short-lived\n  until: 2027-01-31\n"
			  "- gap: helm-template\n  image: 'a b*'\n  reason: b\n"
			  "  until: 2026-01-01\n",
			  &err));
	assert_int_equal(policy->level_count, 1);
	assert_string_equal(policy->levels[0].rule, "pin-without-tag");
	assert_int_equal(policy->levels[0].level, LEVEL_NONE);
	assert_int_equal(policy->excluded_count, 2);
	assert_string_equal(policy->excluded[1], "a/**/b");
	assert_string_equal(policy->environments[0].cluster, "prod");
	assert_string_equal(policy->environments[0].namespace, "");
	assert_string_equal(policy->rewrites[0].from, "docker.io");
	assert_string_equal(policy->rewrites[0].to, "mirror.local:5000/hub");
	assert_string_equal(policy->fields[0].images[1], "spec.tools.*.image");
	assert_int_equal(snapshot.waiver_count, 3);
	waiver = &snapshot.waivers[1];
	assert_string_equal(waiver->path, "test/**");
	assert_int_equal(waiver->line, 18);
	assert_int_equal(waiver->until, 1801440000); /* 2027-02-01T00:00:00Z */
	assert_string_equal(waiver->container, "");
	assert_false(waiver->of_gap);
	assert_true(snapshot.waivers[2].of_gap); /* expired, which is no error here */
}

#define WAIVER(scope, until)                                                             \
	"waivers:\n- rule: unpinned\n  " scope "\n  reason: r\n  until: " until "\n"

static const struct {
	const char *label, *text, *error; /* a part of it */
} bad_cases[] = {
	{ "a misspelt section", "waiver: []",
	  "p.yaml:1: there is no key 'waiver'; did "
	  "you mean 'waivers'?" },
	{ "an unknown section", "colours: []", "there is no key 'colours'" },
	{ "trust", "levels: {}\nplain-http: [r.io]", "p.yaml:2: 'plain-http' decides" },
	{ "trust within", "fields:\n- exec: x", "p.yaml:2: 'exec' decides" },
	{ "a section twice", "levels: {}\nlevels: {}",
	  "p.yaml:2: 'levels' stands twice" },
	{ "a rule twice", "levels:\n  unpinned: note\n  unpinned: none",
	  "p.yaml:3: 'unpinned' stands twice" },
	{ "no mapping", "- a", "a policy has to be a mapping" },
	{ "a list for a mapping", "levels: [unpinned]", "levels has to be a mapping" },
	{ "a text for a list", "exclude: vendor/", "exclude has to be a list" },
	{ "null", "exclude:", "exclude has to be a list" },
	{ "an unknown rule", "levels: {unpined: note}", "did you mean 'unpinned'?" },
	{ "an unknown level", "levels: {unpinned: off}", "'off' is no level" },
	{ "a level of null", "levels: {unpinned: ~}", "has to be a text" },
	{ "two documents", "levels: {}\n---\nlevels: {}", "second document" },
	{ "no YAML", "levels: [", "p.yaml: " },
	{ "an open bracket", "exclude: ['a[b']", "without ']'" },
	{ "a backslash at the end", "exclude: ['a\\']", "'\\' at its end" },
	{ "an empty glob", "exclude: ['']", "exclude is empty" },
	{ "the root", "exclude: [/]", "matches no path" },
	{ "out of the tree", "exclude: [../a]", "'.' or '..'" },
	{ "git's way back", "exclude: ['!a']", "begins with '!'" },
	{ "a line break", "exclude: [\"a\\nb\"]", "control character" },
	{ "a NUL", "exclude: [\"a\\0b\"]", "a NUL character" },
	{ "text that hides", "exclude: [\"a\\u202eb\"]", "control character" },
	{ "an environment that says nothing", "environments:\n- paths: [a]",
	  "p.yaml:2: an environment says" },
	{ "an environment of no paths", "environments:\n- cluster: a",
	  "'paths' is missing" },
	{ "no registry", "rewrites:\n- {from: library, to: docker.io}",
	  "names no registry" },
	{ "a tag", "rewrites:\n- {from: 'docker.io/a:1', to: docker.io}",
	  "no registry and repository" },
	{ "no to", "rewrites:\n- from: docker.io", "'to' is missing" },
	{ "a core group", "fields:\n- {group: apps, kind: A, images: [a]}", "no group" },
	{ "a version", "fields:\n- {group: a.io/v1, kind: A, images: [a]}", "no group" },
	{ "a list's items", "fields:\n- {group: a.io, kind: A, images: ['a[]']}",
	  "no path of an image" },
	{ "an empty key", "fields:\n- {group: a.io, kind: A, images: [a..b]}",
	  "no path of an image" },
	{ "JSONPath", "fields:\n- {group: a.io, kind: A, images: ['a[0].b']}",
	  "no path of an image" },
	{ "no rule and no gap", "waivers:\n- reason: a", "names a rule or a gap" },
	{ "a rule and a gap", "waivers:\n- {rule: unpinned, gap: not-yaml}",
	  "names a rule or a gap" },
	{ "an unknown gap", "waivers:\n- gap: not-yam", "did you mean 'not-yaml'?" },
	{ "no scope", WAIVER("", "2027-01-31"), "a waiver has a scope" },
	{ "an empty scope", WAIVER("path: ''", "2027-01-31"), "path is empty" },
	{ "path and paths", WAIVER("path: a\n  paths: [b]", "2027-01-31"), "keep paths" },
	{ "an object without kind", WAIVER("object: web", "2027-01-31"), "Kind/name" },
	{ "no date", WAIVER("path: a", "soon"), "no date like" },
	{ "no day", WAIVER("path: a", "2027-02-29"), "p.yaml:5: until '2027-02-29'" },
	{ "a time", WAIVER("path: a", "2027-01-31T00:00:00Z"), "no date like" },
	{ "more than a year", WAIVER("path: a", "2027-11-25"), "more than a year off" },
	{ "no reason", "waivers:\n- {rule: unpinned, path: a, until: 2027-01-31}",
	  "'reason' is missing" },
	{ "no end", "waivers:\n- {rule: unpinned, path: a, reason: b}",
	  "'until' is missing" },
};

static void what_is_not_understood_is_an_error_that_says_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bad_cases); i++) {
		CLEANUP(snapshot_release) struct snapshot snapshot;
		struct error err = ERROR_INIT;

		snapshot_init(&snapshot, NOW);
		CHECK(bad_cases[i].label, !parse(&snapshot, bad_cases[i].text, &err));
		CHECK(bad_cases[i].label, err.code == ERROR_USAGE);
		if (!strstr(err.text, bad_cases[i].error))
			fail_msg("%s: %s", bad_cases[i].label, err.text);
	}
}

static const struct {
	const char *label, *text;
} good_cases[] = {
	{ "nothing", "" },
	{ "a comment", "# levels\n" },
	{ "an empty mapping", "{}" },
	{ "a year", WAIVER("path: a", "2027-11-24") },
	{ "a class", "exclude: ['a[]]b', '[!a]*']" },
	{ "a block for a reason",
	  "waivers:\n- rule: unpinned\n  path: a\n  reason: >\n    two\n    lines\n"
	  "  until: 2027-01-31\n" },
};

static void what_is_understood_is_no_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(good_cases); i++) {
		CLEANUP(snapshot_release) struct snapshot snapshot;
		struct error err = ERROR_INIT;

		snapshot_init(&snapshot, NOW);
		if (!parse(&snapshot, good_cases[i].text, &err))
			fail_msg("%s: %s", good_cases[i].label, err.text);
	}
}

static bool load(struct snapshot *snapshot, const char *named, const char *path,
		 struct error *err)
{
	snapshot_init(snapshot, NOW);
	*err = (struct error)ERROR_INIT;
	return policy_file_load(snapshot, named, &path, 1, rules, err);
}

static void put(const char *path, const char *text)
{
	scratch_write(path, text, strlen(text));
}

static void it_is_found_at_the_root_of_the_tree(void **state)
{
	static const char *const paths[] = { "tree", "tree/a", "tree/a/web.yaml" };
	struct error err;

	(void)state;
	mkdir("tree", 0700);
	mkdir("tree/.git", 0700);
	mkdir("tree/a", 0700);
	put("tree/a/web.yaml", "");
	put("tree/a/.pindrift.yaml", "not: this one");
	put("tree/.pindrift.yaml", "exclude: [vendor/]");
	put("other.yaml", "levels: {unpinned: note}");
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		CLEANUP(snapshot_release) struct snapshot own, named;

		CHECK(paths[i], load(&own, NULL, paths[i], &err));
		CHECK_TEXT(paths[i], own.policy.file, ".pindrift.yaml");
		CHECK(paths[i], own.policy.in_tree && own.policy.excluded_count == 1);
		CHECK(paths[i], load(&named, "other.yaml", paths[i], &err));
		CHECK_TEXT(paths[i], named.policy.file, "other.yaml");
		CHECK(paths[i], !named.policy.in_tree && !named.policy.excluded_count);
	}
}

static void outside_of_a_tree_it_is_in_the_path_itself(void **state)
{
	CLEANUP(snapshot_release) struct snapshot folder, file, none;
	struct error err;

	(void)state;
	mkdir("a", 0700);
	mkdir("b", 0700);
	put("a/web.yaml", "");
	put("a/.pindrift.yaml", "exclude: [vendor/]");
	assert_true(load(&folder, NULL, "a", &err));
	assert_int_equal(folder.policy.excluded_count, 1);
	assert_true(load(&file, NULL, "a/web.yaml", &err));
	assert_int_equal(file.policy.excluded_count, 1);
	assert_true(load(&none, NULL, "b", &err));
	assert_null(none.policy.file);
}

static void what_is_no_file_of_the_tree_is_an_error(void **state)
{
	CLEANUP(snapshot_release) struct snapshot out, dangling, folder, named;
	struct error err;

	(void)state;
	mkdir("a", 0700);
	put("outside.yaml", "exclude: [vendor/]");
	assert_int_equal(symlink("../outside.yaml", "a/.pindrift.yaml"), 0);
	assert_false(load(&out, NULL, "a", &err));
	assert_int_equal(err.code, ERROR_USAGE);
	assert_non_null(strstr(err.text, "leads out"));
	unlink("a/.pindrift.yaml");
	assert_int_equal(symlink("nowhere", "a/.pindrift.yaml"), 0);
	assert_false(load(&dangling, NULL, "a", &err));
	unlink("a/.pindrift.yaml");
	mkdir("a/.pindrift.yaml", 0700);
	assert_false(load(&folder, NULL, "a", &err));
	assert_false(load(&named, "missing.yaml", "a", &err));
	assert_int_equal(err.code, ERROR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_section_is_read),
		cmocka_unit_test(what_is_not_understood_is_an_error_that_says_where),
		cmocka_unit_test(what_is_understood_is_no_error),
		IN_SCRATCH(it_is_found_at_the_root_of_the_tree),
		IN_SCRATCH(outside_of_a_tree_it_is_in_the_path_itself),
		IN_SCRATCH(what_is_no_file_of_the_tree_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
