#include "base/base64.h"

#include "tests/unit/check.h"

#define ROOM 64 /* bytes */

/* RFC 4648, section 10, and its neighbours. */
static const struct {
	const char *label, *text, *bytes;
} decode_cases[] = {
	{ "nothing", "", "" },
	{ "one byte", "Zg==", "f" },
	{ "two bytes", "Zm8=", "fo" },
	{ "three bytes", "Zm9v", "foo" },
	{ "six bytes", "Zm9vYmFy", "foobar" },
	{ "no padding", "Zm9vYg", "foob" },
	{ "a line break inside", "Zm9v\nYmFy\n", "foobar" },
	{ "a line break before the padding", "Zm9vYg\r\n==", "foob" },
	{ "both last letters", "Pz8/+/8", "???\xfb\xff" },
};

static void decode_reads_what_kubernetes_and_docker_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(decode_cases); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(ROOM);
		struct error err = ERROR_INIT;

		CHECK(decode_cases[i].label,
		      base64_decode(&out, decode_cases[i].text, &err));
		CHECK_TEXT(decode_cases[i].label, buf_text(&out), decode_cases[i].bytes);
	}
}

static const struct {
	const char *label, *text;
} broken_cases[] = {
	{ "one character", "Z" },
	{ "five characters", "Zm9vY" },
	{ "too little padding", "Zg=" },
	{ "too much padding", "Zm8==" },
	{ "padding alone", "====" },
	{ "padding after whole bytes", "Zm9v=" },
	{ "text behind the padding", "Zg==Zg==" },
	{ "the alphabet of URLs", "_-8=" },
	{ "no base64 at all", "-----BEGIN CERTIFICATE-----" },
};

static void decode_refuses_the_rest_without_quoting_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(broken_cases); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(ROOM);
		struct error err = ERROR_INIT;

		CHECK(broken_cases[i].label,
		      !base64_decode(&out, broken_cases[i].text, &err));
		CHECK(broken_cases[i].label, err.code == ERROR_SYNTAX);
		CHECK(broken_cases[i].label, !strstr(err.text, broken_cases[i].text));
	}
}

static void decode_stops_at_the_limit_of_the_buffer(void **state)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(2);
	struct error err = ERROR_INIT;

	(void)state;
	assert_false(base64_decode(&out, "Zm9v", &err));
	assert_int_equal(err.code, ERROR_LIMIT);
}

static void encode_is_the_reverse_of_decode(void **state)
{
	unsigned char bytes[ROOM / 2];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 37 + 1);
	for (size_t length = 0; length <= sizeof(bytes); length++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(ROOM);
		CLEANUP(buf_release) struct buf out = BUF_INIT(ROOM);
		struct error err = ERROR_INIT;

		base64_encode(&text, bytes, length);
		assert_int_equal(text.length % 4, 0);
		assert_true(base64_decode(&out, buf_text(&text), &err));
		assert_int_equal(out.length, length);
		assert_memory_equal(buf_text(&out), bytes, length);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode_reads_what_kubernetes_and_docker_write),
		cmocka_unit_test(decode_refuses_the_rest_without_quoting_it),
		cmocka_unit_test(decode_stops_at_the_limit_of_the_buffer),
		cmocka_unit_test(encode_is_the_reverse_of_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
