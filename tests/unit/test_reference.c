#include "drift/reference.h"

#include "model/workload.h"
#include "tests/unit/check.h"

#define A "@sha256:7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b"
#define B "@sha256:6422bbd36e91e9d7ae51b37c3fddae29641134168a593b92bab5819d76706121"

static const struct {
	const char *label, *declared, *live, *difference;
	bool same;
} cases[] = {
	{ "verbatim", "nginx:1.25" A, "nginx:1.25" A, NULL, true },
	{ "in normal form", "nginx", "docker.io/library/nginx:latest", NULL, true },
	{ "another repository", "nginx:1.25", "mirror.example.com/nginx:1.25",
	  "repository", false },
	{ "another digest", "nginx:1.25" A, "nginx:1.25" B, "digest", false },
	{ "another digest, and no tag", "nginx:1.25" A, "nginx" B, "digest", false },
	{ "another tag", "nginx:1.25", "nginx:1.26", "tag", false },
	{ "another tag beside the same digest", "nginx:1.25" A, "nginx:1.26" A, "tag",
	  false },
	{ "the tag was dropped", "nginx:1.25" A, "nginx" A, NULL, false },
	{ "a tag was added", "nginx" A, "nginx:1.25" A, NULL, false },
	{ "the cluster added a digest", "nginx:1.25", "nginx:1.25" A, NULL, false },
	{ "the cluster put a digest for the tag", "nginx:1.25", "nginx" A, NULL, false },
	{ "another tag, and a digest", "nginx:1.25", "nginx:1.26" A, "tag", false },
	{ "the digest was dropped", "nginx:1.25" A, "nginx:1.25", NULL, false },
	{ "the digest was dropped, and the tag is another", "nginx:1.25" A, "nginx:1.26",
	  "tag", false },
	{ "a pin alone, live by some tag", "nginx" A, "nginx:1.25", NULL, false },
	{ "latest is implied", "nginx", "nginx:1.25", "tag", false },
};

static void a_reference_that_says_less_contradicts_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct container_image declared = { .container = "" }, live = declared;
		const char *difference;

		container_image_read(&declared, &arena, cases[i].declared);
		container_image_read(&live, &arena, cases[i].live);
		difference = reference_difference(&declared.ref, &live.ref);
		CHECK(cases[i].label, !difference == !cases[i].difference);
		if (difference)
			CHECK_TEXT(cases[i].label, difference, cases[i].difference);
		CHECK(cases[i].label, reference_same(&declared, &live) == cases[i].same);
		CHECK(cases[i].label, reference_same(&live, &declared) == cases[i].same);
	}
}

static void what_cannot_be_read_is_the_same_only_verbatim(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct container_image bad = { .container = "" }, other = bad, good = bad;

	(void)state;
	container_image_read(&bad, &arena, "Bad::Name");
	container_image_read(&other, &arena, "Bad::Name2");
	container_image_read(&good, &arena, "nginx");
	assert_true(reference_same(&bad, &bad));
	assert_false(reference_same(&bad, &other));
	assert_false(reference_same(&bad, &good));
}

static struct policy_rewrite rewrites[] = {
	{ "docker.io/library", "mirror.example.com/official" },
	{ "docker.io/", "mirror.example.com/hub/" },
	{ "quay.io", "mirror.example.com/quay" },
	{ "ghcr.io/acme/web", "registry.example.com/web" },
	{ "bad.example.com/shop", "nowhere" },
};

static const struct {
	const char *label, *text, *rewritten;
} rewrite_cases[] = {
	{ "by a folder of repositories", "nginx:1.25" A,
	  "mirror.example.com/official/nginx:1.25" A },
	{ "by registry; the first that matches counts", "acme/web:1",
	  "mirror.example.com/hub/acme/web:1" },
	{ "by registry, without a slash", "quay.io/acme/web",
	  "mirror.example.com/quay/acme/web" },
	{ "a whole name", "ghcr.io/acme/web:1", "registry.example.com/web:1" },
	{ "a prefix ends where a name does", "ghcr.io/acme/website:1",
	  "ghcr.io/acme/website:1" },
	{ "no rewrite", "registry.example.com/web:1", "registry.example.com/web:1" },
	{ "a registry alone is no repository", "bad.example.com/shop",
	  "bad.example.com/shop" },
};

static void the_first_rewrite_with_its_prefix_is_applied(void **state)
{
	const struct policy policy = { .rewrites = rewrites,
				       .rewrite_count = ARRAY_LENGTH(rewrites) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rewrite_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct container_image from = { .container = "" }, to = from;

		container_image_read(&from, &arena, rewrite_cases[i].text);
		container_image_read(&to, &arena, rewrite_cases[i].rewritten);
		from.ref = reference_rewrite(&policy, &arena, &from.ref);
		CHECK(rewrite_cases[i].label, reference_same(&from, &to));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reference_that_says_less_contradicts_nothing),
		cmocka_unit_test(what_cannot_be_read_is_the_same_only_verbatim),
		cmocka_unit_test(the_first_rewrite_with_its_prefix_is_applied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
