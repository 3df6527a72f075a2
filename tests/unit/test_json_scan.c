#include "base/json_scan.h"

#include "tests/unit/check.h"

#define DEEP16(bracket) DEEP4(bracket) DEEP4(bracket) DEEP4(bracket) DEEP4(bracket)
#define DEEP4(bracket) bracket bracket bracket bracket
#define DEEP64(bracket) DEEP16(bracket) DEEP16(bracket) DEEP16(bracket) DEEP16(bracket)

static const struct {
	const char *label, *text;
	enum json_skip_state state;
	size_t length; /* of the value, where it is done */
} skip_cases[] = {
	{ "an empty object", "{}", JSON_SKIP_DONE, 2 },
	{ "an empty array", "[] ", JSON_SKIP_DONE, 2 },
	{ "an empty string", "\"\"", JSON_SKIP_DONE, 2 },
	{ "a string with brackets", "\"[{\",", JSON_SKIP_DONE, 4 },
	{ "a string with an escaped quote", "\"a\\\"b\",", JSON_SKIP_DONE, 6 },
	{ "a string that ends in a backslash", "\"a\\\\\",", JSON_SKIP_DONE, 5 },
	{ "a number before a comma", "12.5e3,", JSON_SKIP_DONE, 6 },
	{ "a number before a bracket", "7]", JSON_SKIP_DONE, 1 },
	{ "a literal before white space", "true\n", JSON_SKIP_DONE, 4 },
	{ "nested", "{\"a\":[{\"b\":\"}\"},[1,2]],\"c\":{}},9", JSON_SKIP_DONE, 30 },
	{ "long plain stretches",
	  "{\"0123456789012345678901234567890123456789\":"
	  "                                    1234567890123456789012345}",
	  JSON_SKIP_DONE, 106 },
	{ "64 deep", DEEP64("[") DEEP64("]"), JSON_SKIP_DONE, 128 },
	{ "65 deep", DEEP64("[") "[" DEEP64("]") "]", JSON_SKIP_TOO_DEEP, 0 },
	{ "65 deep, braces", DEEP64("{") "{", JSON_SKIP_TOO_DEEP, 0 },
	{ "nothing", "", JSON_SKIP_MORE, 0 },
	{ "an open object", "{\"a\":1", JSON_SKIP_MORE, 0 },
	{ "an open string", "\"abc", JSON_SKIP_MORE, 0 },
	{ "an open escape", "\"abc\\", JSON_SKIP_MORE, 0 },
	{ "a number that may go on", "12", JSON_SKIP_MORE, 0 },
	{ "brackets that do not match", "[}", JSON_SKIP_INVALID, 0 },
	{ "brackets that do not match, deeper", "{[{]", JSON_SKIP_INVALID, 0 },
	{ "a closing bracket", "]", JSON_SKIP_INVALID, 0 },
	{ "a comma", ",1", JSON_SKIP_INVALID, 0 },
	{ "a quote in a number", "12\"3\",", JSON_SKIP_INVALID, 0 },
	{ "a backslash outside a string", "[\\\"\\\"]", JSON_SKIP_INVALID, 0 },
	{ "a bracket in a literal", "nul{}", JSON_SKIP_INVALID, 0 },
};

static void skip_finds_where_a_value_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(skip_cases); i++) {
		const char *text = skip_cases[i].text;
		struct json_skip skip = JSON_SKIP_INIT;

		CHECK(skip_cases[i].label,
		      json_skip(&skip, text, strlen(text)) == skip_cases[i].state);
		if (skip_cases[i].state == JSON_SKIP_DONE)
			CHECK(skip_cases[i].label, skip.at == skip_cases[i].length);
	}
}

/* In an exact heap copy, so that the sanitizer sees any look behind the end. */
static enum json_skip_state skip_part(struct json_skip *skip, const char *text,
				      size_t length)
{
	char *part = malloc(length ? length : 1);
	enum json_skip_state state;

	assert_non_null(part);
	memcpy(part, text, length);
	state = json_skip(skip, part, length);
	free(part);
	return state;
}

static void skip_comes_to_the_same_end_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(skip_cases); i++) {
		struct json_skip skip = JSON_SKIP_INIT;
		enum json_skip_state reached = JSON_SKIP_MORE;
		size_t length = strlen(skip_cases[i].text);

		for (size_t n = 0; n <= length && reached == JSON_SKIP_MORE; n++)
			reached = skip_part(&skip, skip_cases[i].text, n);
		CHECK(skip_cases[i].label, reached == skip_cases[i].state);
		if (reached == JSON_SKIP_DONE)
			CHECK(skip_cases[i].label, skip.at == skip_cases[i].length);
	}
}

static uint32_t random_next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* Brackets, and strings of backslashes and quotes: what blocks of 64 bytes can get wrong.
 */
static size_t write_tricky(char *text, size_t size, uint32_t *seed)
{
	static const char *const pieces[] = { "\"",       "\\\"",    "\\\\", "\\",
					      "{",        "}",       "[",    "]",
					      "\"\":{},", "\"a\":[", "],",   "plain",
					      "0,",       "\\\\\\\"" };
	size_t length = 0;

	text[length++] = '[';
	while (length + 8 < size) {
		size_t piece = random_next(seed) % ARRAY_LENGTH(pieces);
		size_t taken = strlen(pieces[piece]);

		memcpy(text + length, pieces[piece], taken);
		length += taken;
	}
	return length;
}

static void skip_by_blocks_and_byte_by_byte_agree(void **state)
{
	uint32_t seed = 1;
	char text[400];

	(void)state;
	for (size_t round = 0; round < 20000; round++) {
		size_t size = 70 + random_next(&seed) % (sizeof(text) - 70);
		size_t length = write_tricky(text, size, &seed);
		struct json_skip whole = JSON_SKIP_INIT, slow = JSON_SKIP_INIT;
		enum json_skip_state expected = JSON_SKIP_MORE;

		for (size_t n = 1; n <= length && expected == JSON_SKIP_MORE; n++)
			expected = json_skip(&slow, text, n);
		assert_int_equal(json_skip(&whole, text, length), expected);
		if (expected == JSON_SKIP_DONE)
			assert_int_equal(whole.at, slow.at);
	}
}

/* A string that fills blocks to every place, with an escape at its end. */
static void escapes_are_read_across_blocks(void **state)
{
	char text[300];

	(void)state;
	for (size_t fill = 0; fill < 200; fill++) {
		for (size_t slashes = 0; slashes < 8; slashes++) {
			struct json_skip skip = JSON_SKIP_INIT;
			bool closed = slashes % 2 == 0;
			size_t length = 0;

			text[length++] = '[';
			text[length++] = '"';
			memset(text + length, 'x', fill);
			length += fill;
			memset(text + length, '\\', slashes);
			length += slashes;
			memcpy(text + length, "\"]", 2);
			length += 2;
			memset(text + length, ' ', 80);
			assert_int_equal(json_skip(&skip, text, length + 80),
					 closed ? JSON_SKIP_DONE : JSON_SKIP_MORE);
			assert_true(!closed || skip.at == length);
		}
	}
}

/* Every place within two runs of sixteen bytes, and every length behind it. */
static void stops_are_found_wherever_they_stand(void **state)
{
	static const char stops[] = { '"', '\\', '\n', '\x1f', '\x80', '\xff' };
	char text[40];

	(void)state;
	for (size_t i = 0; i < sizeof(text) * ARRAY_LENGTH(stops); i++) {
		size_t at = i / ARRAY_LENGTH(stops);
		const char *end = text + sizeof(text), *found;

		memset(text, '\x7f', sizeof(text));
		text[at] = stops[i % ARRAY_LENGTH(stops)];
		assert_ptr_equal(json_plain_end(text, end), text + at);
		assert_ptr_equal(json_plain_end(text, text + at), text + at);
		found = json_string_end(text, end);
		if (text[at] == '"')
			assert_ptr_equal(found, text + at);
		else
			assert_null(found);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(skip_finds_where_a_value_ends),
		cmocka_unit_test(skip_comes_to_the_same_end_byte_by_byte),
		cmocka_unit_test(skip_by_blocks_and_byte_by_byte_agree),
		cmocka_unit_test(escapes_are_read_across_blocks),
		cmocka_unit_test(stops_are_found_wherever_they_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
