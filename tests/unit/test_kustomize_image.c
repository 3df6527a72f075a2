#include "source/kustomize_image.h"

#include "tests/unit/check.h"

#define D "sha256:0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
	const char *name, *reference;
	bool matches;
} names[] = {
	{ "nginx", "nginx", true },
	{ "nginx", "nginx:1.27@" D, true },
	{ "nginx", "nginx@" D, true },
	{ "nginx", "docker.io/library/nginx", false },
	{ "nginx", "nginx2", false },
	{ "nginx", "nginx/x", false },
	{ "nginx", "ngin", false },
	{ "docker.io/nginx", "nginx", false },
	{ "a.b/c", "axb/c:1", true }, /* it becomes a regular expression */
	{ "host:5000/a", "host:5000/a:1", true },
	{ "host", "host:5000/a:1", false },
	{ "a", "a:{tag}", true },
	{ "a", "a:1@sha512:aa", false },
	{ "a", "a:1 ", false },
	{ "a", "a:1\n", false },
	{ "a.", "a", false },
};

static void an_entry_is_for_the_name_as_it_is_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		struct kustomize_image entry = { names[i].name, "", "", "", "" };

		if (kustomize_image_matches(&entry, names[i].reference) !=
		    names[i].matches)
			fail_msg("%s for %s", names[i].name, names[i].reference);
	}
}

static const struct {
	struct kustomize_image entry;
	const char *before, *after;
} changes[] = {
	{ { "a", "", "2", "", "" }, "a:1@" D, "a:2" },
	{ { "a", "", "", D, "" }, "a:1", "a@" D },
	{ { "a", "", "2", D, "" }, "a:1", "a:2@" D },
	{ { "a", "b/c", "", "", "" }, "a:1@" D, "b/c:1@" D },
	{ { "a", "b", "", "", "" }, "a", "b" },
	{ { "a", "", "2", "", "-x" }, "a:1", "a:2" },
	{ { "h:5/a", "", "2", "", "" }, "h:5/a", "h:5/a:2" },
	{ { "h:5/a", "", "2", "", "" }, "h:5/a:1@" D, "h:5/a:2" },
	{ { "a", "", "", "", "" }, "a:1@" D, "a:1@" D },
};

static void an_entry_replaces_what_kustomize_replaces(void **state)
{
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(changes); i++)
		assert_string_equal(kustomize_image_apply(&changes[i].entry,
							  changes[i].before, &arena),
				    changes[i].after);
	arena_release(&arena);
}

static void names_that_are_more_than_names_are_told(void **state)
{
	static const char *const special[] = { "",     "a*", "a|b", "(a)",
					       "a[b]", "^a", "a$",  "a\\.b",
					       "a{2}", "a+", "a?",  "\xc3\xa9" };
	struct kustomize_image plain = { "a.example.com:5000/b_c-d", "", "", "", "" };

	(void)state;
	assert_true(kustomize_image_is_plain(&plain));
	for (size_t i = 0; i < ARRAY_LENGTH(special); i++) {
		struct kustomize_image entry = { special[i], "", "", "", "" };

		assert_false(kustomize_image_is_plain(&entry));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_for_the_name_as_it_is_written),
		cmocka_unit_test(an_entry_replaces_what_kustomize_replaces),
		cmocka_unit_test(names_that_are_more_than_names_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
