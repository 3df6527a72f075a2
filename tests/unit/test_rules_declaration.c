/* The rules that look at a manifest alone. */
#include "check.h"

#include "drift/predicates.h"
#include "model/workload.h"

#define HEX "7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b"
#define EMPTY "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ONES "sha256:1111111111111111111111111111111111111111111111111111111111111111"

static const struct {
	const char *label, *text;
	enum answer unpinned, bad, placeholder;
} cases[] = {
	{ "pinned", "r.example/app:1@sha256:" HEX, ANSWER_NO, ANSWER_NO, ANSWER_NO },
	{ "a tag", "r.example/app:1", ANSWER_YES, ANSWER_NO, ANSWER_NONE },
	{ "latest", "nginx:latest", ANSWER_YES, ANSWER_NO, ANSWER_NONE },
	{ "nothing but a name", "nginx", ANSWER_YES, ANSWER_NO, ANSWER_NONE },
	{ "a short digest", "app@sha256:abc", ANSWER_NONE, ANSWER_YES, ANSWER_NONE },
	{ "no image", "", ANSWER_NONE, ANSWER_YES, ANSWER_NONE },
	{ "to be filled in", "${IMAGE}", ANSWER_NONE, ANSWER_NONE, ANSWER_NONE },
	{ "the empty input", "app:1@" EMPTY, ANSWER_NO, ANSWER_NO, ANSWER_YES },
	{ "one digit", "app:1@" ONES, ANSWER_NO, ANSWER_NO, ANSWER_YES },
};

static void each_reference_breaks_the_rule_that_it_breaks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct drift drift = { .texts = &arena };
		struct declared_use declared = { .line = 4 };
		struct finding finding = { .message = NULL };
		const char *label = cases[i].label;

		container_image_read(&declared.image, &arena, cases[i].text);
		CHECK(label,
		      rule_unpinned(&drift, &declared, &finding) == cases[i].unpinned);
		CHECK(label,
		      rule_bad_reference(&drift, &declared, &finding) == cases[i].bad);
		CHECK(label, rule_placeholder_digest(&drift, &declared, &finding) ==
				     cases[i].placeholder);
		CHECK(label,
		      rule_duplicate_key(&drift, &declared, &finding) == ANSWER_NO);
	}
}

static const struct {
	const char *label, *text;
	bool overrides;
	enum answer unpins, unpinned;
} override_cases[] = {
	{ "a tag", "app:2", true, ANSWER_YES, ANSWER_NONE },
	{ "a tag and a digest", "app:2@sha256:" HEX, true, ANSWER_NO, ANSWER_NONE },
	{ "a digest", "app@sha256:" HEX, true, ANSWER_NO, ANSWER_NONE },
	{ "no digest", "app@sha256:abc", true, ANSWER_NONE, ANSWER_NONE },
	{ "to be filled in", "app:${TAG}", true, ANSWER_NONE, ANSWER_NONE },
	{ "a container's image", "app:2", false, ANSWER_NONE, ANSWER_YES },
};

static void an_entry_of_a_kustomization_unpins_by_a_tag_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(override_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct drift drift = { .texts = &arena };
		struct declared_use declared = { .overrides =
							 override_cases[i].overrides };
		struct finding finding = { .message = "" };
		const char *label = override_cases[i].label;

		container_image_read(&declared.image, &arena, override_cases[i].text);
		CHECK(label, rule_unpinned(&drift, &declared, &finding) ==
				     override_cases[i].unpinned);
		finding.message = "";
		CHECK(label, rule_kustomize_unpins(&drift, &declared, &finding) ==
				     override_cases[i].unpins);
		CHECK(label, (finding.message[0] != '\0') ==
				     (override_cases[i].unpins == ANSWER_YES));
	}
}

static const struct {
	const char *text, *says;
} tag_cases[] = {
	{ "nginx", "latest is implied" },
	{ "nginx:latest", "its tag is latest" },
	{ "nginx:1.25", "only the tag 1.25" },
};

static void what_is_not_pinned_says_what_its_tag_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(tag_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct drift drift = { .texts = &arena };
		struct declared_use declared = { .line = 4 };
		struct finding finding = { .message = "" };

		container_image_read(&declared.image, &arena, tag_cases[i].text);
		assert_int_equal(rule_unpinned(&drift, &declared, &finding), ANSWER_YES);
		CHECK(tag_cases[i].text, strstr(finding.message, tag_cases[i].says));
	}
}

static void two_image_keys_are_named_by_their_lines(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct drift drift = { .texts = &arena };
	struct declared_use declared = { .line = 4, .duplicate_line = 9 };
	struct finding finding = { .message = "" };

	(void)state;
	assert_int_equal(rule_duplicate_key(&drift, &declared, &finding), ANSWER_YES);
	assert_non_null(strstr(finding.message, "4"));
	assert_non_null(strstr(finding.message, "9"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reference_breaks_the_rule_that_it_breaks),
		cmocka_unit_test(an_entry_of_a_kustomization_unpins_by_a_tag_alone),
		cmocka_unit_test(what_is_not_pinned_says_what_its_tag_is),
		cmocka_unit_test(two_image_keys_are_named_by_their_lines),
	};

	return cmocka_run_group_tests_name("rules_declaration", tests, NULL, NULL);
}
