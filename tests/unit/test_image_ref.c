#include "model/image_ref.h"

#include "tests/unit/check.h"

#define HEX16 "0123456789abcdef"
#define HEX64 HEX16 HEX16 HEX16 HEX16
#define SHA256 "sha256:" HEX64
#define SHA512 "sha512:" HEX64 HEX64
#define A16 "aaaaaaaaaaaaaaaa"
#define A128 A16 A16 A16 A16 A16 A16 A16 A16

static const struct {
	const char *text, *registry, *repository, *tag, *digest;
} valid_cases[] = {
	{ "nginx", "docker.io", "library/nginx", "", "" },
	{ "nginx:1.25", "docker.io", "library/nginx", "1.25", "" },
	{ "nginx@" SHA256, "docker.io", "library/nginx", "", SHA256 },
	{ "nginx:1.25@" SHA256, "docker.io", "library/nginx", "1.25", SHA256 },
	{ "nginx@" SHA512, "docker.io", "library/nginx", "", SHA512 },
	{ "bitnami/redis:7", "docker.io", "bitnami/redis", "7", "" },
	{ "docker.io/nginx", "docker.io", "library/nginx", "", "" },
	{ "docker.io/a/b", "docker.io", "a/b", "", "" },
	{ "index.docker.io/nginx", "docker.io", "library/nginx", "", "" },
	{ "index.docker.io/a/b:1", "docker.io", "a/b", "1", "" },
	{ "registry-1.docker.io/nginx", "registry-1.docker.io", "nginx", "", "" },
	{ "localhost/app", "localhost", "app", "", "" },
	{ "localhost", "docker.io", "library/localhost", "", "" },
	{ "localhost:5000", "docker.io", "library/localhost", "5000", "" },
	{ "localhost:5000/app:1", "localhost:5000", "app", "1", "" },
	{ "example.com", "docker.io", "library/example.com", "", "" },
	{ "host:5000/a/b/c:t", "host:5000", "a/b/c", "t", "" },
	{ "host/app", "docker.io", "host/app", "", "" },
	{ "Host/app", "Host", "app", "", "" },
	{ "GHCR.io/a/b", "GHCR.io", "a/b", "", "" },
	{ "gcr.io:443/a", "gcr.io:443", "a", "", "" },
	{ "a.b:99999/x", "a.b:99999", "x", "", "" },
	{ "[::1]:5000/app:1", "[::1]:5000", "app", "1", "" },
	{ "[2001:DB8::1]/app", "[2001:DB8::1]", "app", "", "" },
	{ "10.0.0.1/app", "10.0.0.1", "app", "", "" },
	{ "a--b", "docker.io", "library/a--b", "", "" },
	{ "a__b/c.d_e-f", "docker.io", "a__b/c.d_e-f", "", "" },
	{ "a:_1.-x", "docker.io", "library/a", "_1.-x", "" },
	{ "a:" A128, "docker.io", "library/a", A128, "" },
	{ "x/" HEX64, "docker.io", "x/" HEX64, "", "" },
	{ "sha256:" HEX64, "docker.io", "library/sha256", HEX64, "" },
	{ "x.io/" A128 "/" A16 A16 A16 A16 A16 A16 A16 "aaaaaaaaaaaaaa", "x.io",
	  A128 "/" A16 A16 A16 A16 A16 A16 A16 "aaaaaaaaaaaaaa", "", "" },
};

static void parse_splits_and_normalises_as_distribution_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(valid_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct image_ref ref;
		const char *label = valid_cases[i].text;

		CHECK(label, image_ref_parse(&ref, &arena, label, &err));
		CHECK_TEXT(label, ref.registry, valid_cases[i].registry);
		CHECK_TEXT(label, ref.repository, valid_cases[i].repository);
		CHECK_TEXT(label, ref.tag, valid_cases[i].tag);
		CHECK_TEXT(label, ref.digest.text, valid_cases[i].digest);
	}
}

#define NOT_ALLOWED "repository has a character that is not allowed"
#define NO_HOST "registry is no host name"
#define NO_PORT "port of the registry is no number"
#define NO_ADDRESS "registry is no address in brackets"
#define WHITE_SPACE "reference has white space in it"

static const struct {
	const char *text, *problem;
} invalid_cases[] = {
	{ "", "reference is empty" },
	{ " ", WHITE_SPACE },
	{ " nginx", WHITE_SPACE },
	{ "nginx\n", WHITE_SPACE },
	{ HEX64, "64 hex digits are an image ID, not a repository" },
	{ "Nginx", "repository has upper-case letters" },
	{ "gcr.io/Team/app", "repository has upper-case letters" },
	{ "a..b", "repository has separators that do not go together" },
	{ "a___b", "repository has separators that do not go together" },
	{ "a._b", "repository has separators that do not go together" },
	{ "-a", "repository has a separator where a letter or digit belongs" },
	{ "a-", "repository has a separator at the end of a component" },
	{ "a/-b", "repository has a separator where a letter or digit belongs" },
	{ "a/", "repository has an empty path component" },
	{ "/a", "repository has an empty path component" },
	{ "a//b", "repository has an empty path component" },
	{ "gcr.io/", "repository is empty" },
	{ ":tag", "repository is empty" },
	{ "@" SHA256, "repository is empty" },
	{ "a+b", NOT_ALLOWED },
	{ "a/b[c", NOT_ALLOWED },
	{ "b\xc3\xa4r", NOT_ALLOWED },
	{ "{{ .Values.image }}", WHITE_SPACE },
	{ "x.io/" A128 "/" A16 A16 A16 A16 A16 A16 A16 "aaaaaaaaaaaaaaa",
	  "repository is longer than 255 characters" },
	{ "nginx:", "tag is empty" },
	{ "nginx:.1", "tag begins with a dot or hyphen" },
	{ "nginx:-1", "tag begins with a dot or hyphen" },
	{ "nginx:a b", WHITE_SPACE },
	{ "nginx:1+2", "tag has a character that is not allowed" },
	{ "nginx:1:2", "tag has a character that is not allowed" },
	{ "a/b:c/d", "tag has a character that is not allowed" },
	{ "a:" A128 "a", "tag is longer than 128 characters" },
	{ "-host.io/a", NO_HOST },
	{ "host-.io/a", NO_HOST },
	{ "a..io/a", NO_HOST },
	{ ".io/a", NO_HOST },
	{ "https://a.io/b",
	  "reference is a URL: begin with the registry, without a scheme" },
	{ "ho_st.io/a", NO_HOST },
	{ ":5000/a", NO_HOST },
	{ "host:/a", NO_PORT },
	{ "host:80a/a", NO_PORT },
	{ "host:80:80/a", NO_PORT },
	{ "[::1/a", NO_ADDRESS },
	{ "[]:1/a", NO_ADDRESS },
	{ "[::1]5000/a", NO_PORT },
	{ "[::1]:/a", NO_PORT },
	{ "[fe80::1%eth0]/a", NO_ADDRESS },
	{ "[::ffff:1.2.3.4]/a", NO_ADDRESS },
};

static void parse_says_which_part_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(invalid_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct image_ref ref;
		const char *label = invalid_cases[i].text;

		CHECK(label, !image_ref_parse(&ref, &arena, label, &err));
		CHECK(label, err.code == ERROR_SYNTAX);
		CHECK_TEXT(label, err.text, invalid_cases[i].problem);
		CHECK_TEXT(label, ref.registry, "");
		CHECK_TEXT(label, ref.repository, "");
		CHECK_TEXT(label, ref.tag, "");
	}
}

static void parse_refuses_digests_that_cannot_be(void **state)
{
	static const char *const texts[] = {
		"a@",
		"a@sha256:abc",
		"a@sha256:newdigest",
		"a@" HEX64,
		"a@" SHA256 "0",
		"a@SHA256:" HEX64,
		"a@sha256:" HEX16 HEX16 HEX16 "0123456789ABCDEF",
		"a@sha384:" HEX64 HEX16 HEX16,
		"a@" SHA256 "@" SHA256,
		"a@" SHA256 ":tag",
		"a@sha512:" HEX64,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct image_ref ref;

		CHECK(texts[i], !image_ref_parse(&ref, &arena, texts[i], &err));
		CHECK(texts[i], err.code == ERROR_SYNTAX);
		CHECK(texts[i], strstr(err.text, "digest") != NULL);
		CHECK(texts[i], !digest_known(&ref.digest));
	}
}

static struct image_ref parsed(struct arena *arena, const char *text)
{
	struct error err = ERROR_INIT;
	struct image_ref ref;

	if (!image_ref_parse(&ref, arena, text, &err))
		fail_msg("%s: %s", text, err.text);
	return ref;
}

static void format_gives_the_normal_form_which_parses_to_itself(void **state)
{
	static const struct {
		const char *text, *normal;
	} cases[] = {
		{ "nginx", "docker.io/library/nginx" },
		{ "nginx:1@" SHA256, "docker.io/library/nginx:1@" SHA256 },
		{ "index.docker.io/a/b@" SHA256, "docker.io/a/b@" SHA256 },
		{ "localhost:5000/a:1", "localhost:5000/a:1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct image_ref ref = parsed(&arena, cases[i].text);

		CHECK_TEXT(cases[i].text, image_ref_format(&ref, &arena),
			   cases[i].normal);
		ref = parsed(&arena, cases[i].normal);
		CHECK_TEXT(cases[i].text, image_ref_format(&ref, &arena),
			   cases[i].normal);
	}
}

static void tag_is_latest_only_where_nothing_else_is_said(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct image_ref bare = parsed(&arena, "nginx");
	struct image_ref tagged = parsed(&arena, "nginx:1");
	struct image_ref pinned = parsed(&arena, "nginx@" SHA256);

	(void)state;
	assert_string_equal(image_ref_tag(&bare), "latest");
	assert_string_equal(image_ref_tag(&tagged), "1");
	assert_string_equal(image_ref_tag(&pinned), "");
}

static void repositories_are_the_same_by_registry_and_path(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct image_ref a = parsed(&arena, "nginx:1");
	struct image_ref b = parsed(&arena, "docker.io/library/nginx@" SHA256);
	struct image_ref c = parsed(&arena, "ghcr.io/library/nginx");
	struct image_ref d = parsed(&arena, "docker.io/other/nginx");

	(void)state;
	assert_true(image_ref_same_repository(&a, &b));
	assert_false(image_ref_same_repository(&a, &c));
	assert_false(image_ref_same_repository(&a, &d));
}

static void respelling_keeps_what_the_author_wrote(void **state)
{
	static const struct {
		const char *text, *digest;
		bool with_tag;
		const char *respelt;
	} cases[] = {
		{ "nginx", SHA256, true, "nginx@" SHA256 },
		{ "nginx:1.25", SHA256, true, "nginx:1.25@" SHA256 },
		{ "nginx:1.25", SHA256, false, "nginx@" SHA256 },
		{ "nginx:1.25@" SHA512, SHA256, true, "nginx:1.25@" SHA256 },
		{ "nginx:1.25@" SHA256, "", true, "nginx:1.25" },
		{ "nginx@" SHA256, "", true, "nginx" },
		{ "nginx@" SHA256, SHA512, false, "nginx@" SHA512 },
		{ "localhost:5000", SHA256, false, "localhost@" SHA256 },
		{ "localhost:5000/app", SHA256, false, "localhost:5000/app@" SHA256 },
		{ "[::1]:5000/app:1", SHA256, false, "[::1]:5000/app@" SHA256 },
		{ "index.docker.io/nginx:1", "", false, "index.docker.io/nginx" },
	};
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct digest digest = { "" };
		struct error ignored = ERROR_INIT;

		CHECK(cases[i].text,
		      !cases[i].digest[0] ||
			      digest_parse(&digest, cases[i].digest, &ignored));
		CHECK_TEXT(cases[i].text,
			   image_ref_respell(cases[i].text, &digest, cases[i].with_tag,
					     &arena),
			   cases[i].respelt);
	}
}

static void placeholders_are_told_from_mistakes(void **state)
{
	static const char *const placeholders[] = {
		"$(params.image)",
		"${IMAGE}",
		"$IMAGE",
		"registry/app:${TAG}",
		"gcr.io/$PROJECT_ID/app",
		"{{ .Values.image }}",
		"<image>",
		"app:<tag>",
		"%IMAGE%",
		" ",
	};
	static const char *const mistakes[] = {
		"",   "  ", "nginx:1%2", "$",   "$5",    "a$",
		"$(", "${", "}}{{",      ">a<", "Nginx",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(placeholders); i++)
		CHECK(placeholders[i], image_ref_is_placeholder(placeholders[i]));
	for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++)
		CHECK(mistakes[i], !image_ref_is_placeholder(mistakes[i]));
}

static void no_valid_reference_is_a_placeholder(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(valid_cases); i++)
		CHECK(valid_cases[i].text,
		      !image_ref_is_placeholder(valid_cases[i].text));
}

static void a_host_has_a_dot_or_a_port_or_is_localhost(void **state)
{
	static const char *const hosts[] = { "a.b", "a:5000/c", "localhost",
					     "localhost/c", "a.b/c" };
	static const char *const others[] = {
		"", "a", "a/b.c", "localhosts", "local/host:1", "/a.b"
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_LENGTH(hosts); n++)
		CHECK(hosts[n], image_ref_begins_with_host(hosts[n]));
	for (size_t n = 0; n < ARRAY_LENGTH(others); n++)
		CHECK(others[n], !image_ref_begins_with_host(others[n]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_splits_and_normalises_as_distribution_does),
		cmocka_unit_test(parse_says_which_part_is_wrong),
		cmocka_unit_test(parse_refuses_digests_that_cannot_be),
		cmocka_unit_test(format_gives_the_normal_form_which_parses_to_itself),
		cmocka_unit_test(tag_is_latest_only_where_nothing_else_is_said),
		cmocka_unit_test(repositories_are_the_same_by_registry_and_path),
		cmocka_unit_test(respelling_keeps_what_the_author_wrote),
		cmocka_unit_test(placeholders_are_told_from_mistakes),
		cmocka_unit_test(no_valid_reference_is_a_placeholder),
		cmocka_unit_test(a_host_has_a_dot_or_a_port_or_is_localhost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
