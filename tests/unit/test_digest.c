#include "model/digest.h"

#include "tests/unit/check.h"

#define HEX16 "0123456789abcdef"
#define HEX64 HEX16 HEX16 HEX16 HEX16
#define HEX128 HEX64 HEX64
#define ZERO16 "0000000000000000"
#define ZERO64 ZERO16 ZERO16 ZERO16 ZERO16
#define F16 "ffffffffffffffff"

static const struct {
	const char *label, *text;
	enum error_code code;
} parse_cases[] = {
	{ "sha256", "sha256:" HEX64, ERROR_NONE },
	{ "sha512", "sha512:" HEX128, ERROR_NONE },
	{ "one digit short", "sha256:" HEX16 HEX16 HEX16 "0123456789abcde",
	  ERROR_SYNTAX },
	{ "one digit more", "sha256:" HEX64 "0", ERROR_SYNTAX },
	{ "sha512 with the length of sha256", "sha512:" HEX64, ERROR_SYNTAX },
	{ "sha256 with the length of sha512", "sha256:" HEX128, ERROR_SYNTAX },
	{ "upper case", "sha256:" HEX16 HEX16 HEX16 "0123456789ABCDEF", ERROR_SYNTAX },
	{ "upper-case algorithm", "SHA256:" HEX64, ERROR_SYNTAX },
	{ "no algorithm", HEX64, ERROR_SYNTAX },
	{ "algorithm alone", "sha256:", ERROR_SYNTAX },
	{ "unknown algorithm", "blake3:" HEX64, ERROR_SYNTAX },
	{ "no OCI algorithm", "sha384:" HEX64 HEX16 HEX16, ERROR_SYNTAX },
	{ "weak algorithm", "md5:" HEX16 HEX16, ERROR_SYNTAX },
	{ "words", "sha256:newdigest", ERROR_SYNTAX },
	{ "space in front", " sha256:" HEX64, ERROR_SYNTAX },
	{ "line end behind", "sha256:" HEX64 "\n", ERROR_SYNTAX },
	{ "nothing", "", ERROR_SYNTAX },
};

static void parse_accepts_only_whole_sha256_and_sha512(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(parse_cases); i++) {
		struct error err = ERROR_INIT;
		struct digest digest;
		bool ok = digest_parse(&digest, parse_cases[i].text, &err);

		CHECK(parse_cases[i].label, ok == (parse_cases[i].code == ERROR_NONE));
		CHECK(parse_cases[i].label, err.code == parse_cases[i].code);
		CHECK(parse_cases[i].label, digest_known(&digest) == ok);
		CHECK_TEXT(parse_cases[i].label, digest.text,
			   ok ? parse_cases[i].text : "");
	}
}

static void parse_survives_a_text_of_ten_megabytes(void **state)
{
	const size_t size = 10 * 1024 * 1024;
	char *text = malloc(size + 1);
	struct error err = ERROR_INIT;
	struct digest digest;

	(void)state;
	assert_non_null(text);
	memset(text, 'a', size);
	memcpy(text, "sha256:", 7);
	text[size] = '\0';
	assert_false(digest_parse(&digest, text, &err));
	assert_int_equal(err.code, ERROR_SYNTAX);
	free(text);
}

static struct digest digest_of(const char *text)
{
	struct error err = ERROR_INIT;
	struct digest digest;

	assert_true(digest_parse(&digest, text, &err));
	return digest;
}

static void unknown_digests_equal_nothing(void **state)
{
	const struct digest unknown = { "" };
	const struct digest known = digest_of("sha256:" HEX64);
	const struct digest other = digest_of("sha256:" ZERO64);

	(void)state;
	assert_false(digest_equal(&unknown, &unknown));
	assert_false(digest_equal(&unknown, &known));
	assert_false(digest_equal(&known, &unknown));
	assert_false(digest_equal(&known, &other));
	assert_true(digest_equal(&known, &known));
}

/* FIPS 180-4 examples, as `printf abc | sha256sum` gives them. */
static const struct {
	const char *input, *like, *digest;
} compute_cases[] = {
	{ "abc", "",
	  "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abc", "sha256:" HEX64,
	  "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abc", "sha512:" HEX128,
	  "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ "", "",
	  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
};

static void compute_follows_the_algorithm_of_its_example(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(compute_cases); i++) {
		const char *input = compute_cases[i].input;
		struct digest like = { "" };
		struct digest digest;

		if (compute_cases[i].like[0])
			like = digest_of(compute_cases[i].like);
		digest = digest_compute(input, strlen(input), &like);
		CHECK_TEXT(input, digest.text, compute_cases[i].digest);
	}
}

static void compute_hashes_every_byte_nuls_included(void **state)
{
	const struct digest unknown = { "" };
	struct digest one = digest_compute("a\0b", 3, &unknown);
	struct digest other = digest_compute("a\0c", 3, &unknown);

	(void)state;
	assert_false(digest_equal(&one, &other));
}

static const struct {
	const char *text;
	bool placeholder;
} placeholder_cases[] = {
	{ "sha256:" ZERO64, true },
	{ "sha256:" F16 F16 F16 F16, true },
	{ "sha256:" F16 F16 F16 "fffffffffffffffe", false },
	{ "sha512:" ZERO64 ZERO64, true },
	{ "sha256:" HEX64, false },
	{ "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	  true },
	{ "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	  "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
	  true },
};

static void placeholders_are_the_empty_input_and_one_digit_all_along(void **state)
{
	const struct digest unknown = { "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(placeholder_cases); i++) {
		struct digest digest = digest_of(placeholder_cases[i].text);

		CHECK(digest.text,
		      digest_is_placeholder(&digest) == placeholder_cases[i].placeholder);
	}
	assert_false(digest_is_placeholder(&unknown));
}

static void the_digest_of_nothing_is_what_the_hash_says(void **state)
{
	const struct digest sha512 = digest_of("sha512:" HEX128);
	const struct digest unknown = { "" };
	struct digest empty256 = digest_compute("", 0, &unknown);
	struct digest empty512 = digest_compute("", 0, &sha512);

	(void)state;
	assert_true(digest_is_placeholder(&empty256));
	assert_true(digest_is_placeholder(&empty512));
}

static void short_form_keeps_twelve_digits(void **state)
{
	const struct digest unknown = { "" };
	const struct digest known = digest_of("sha512:" HEX128);
	char text[DIGEST_SHORT_SIZE];

	(void)state;
	assert_string_equal(digest_short(text, &known), "sha512:0123456789ab");
	assert_string_equal(digest_short(text, &unknown), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_accepts_only_whole_sha256_and_sha512),
		cmocka_unit_test(parse_survives_a_text_of_ten_megabytes),
		cmocka_unit_test(unknown_digests_equal_nothing),
		cmocka_unit_test(compute_follows_the_algorithm_of_its_example),
		cmocka_unit_test(compute_hashes_every_byte_nuls_included),
		cmocka_unit_test(
			placeholders_are_the_empty_input_and_one_digit_all_along),
		cmocka_unit_test(the_digest_of_nothing_is_what_the_hash_says),
		cmocka_unit_test(short_form_keeps_twelve_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
