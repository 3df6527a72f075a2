#include "source/http_headers.h"

#include "tests/unit/check.h"

#define LIMIT 200

/* Lines as libcurl gives them, and what is then found under "x". */
static const struct {
	const char *what;
	const char *lines[8];
	const char *first, *second;
} cases[] = {
	{ "none", { "HTTP/1.1 200 OK\r\n", "Y: 1\r\n", "\r\n" }, NULL, NULL },
	{ "one", { "HTTP/1.1 200 OK\r\n", "X: 1\r\n", "\r\n" }, "1", NULL },
	{ "any case", { "HTTP/1.1 200 OK\r\n", "x: a B\r\n", "\r\n" }, "a B", NULL },
	{ "two", { "HTTP/2 200 \r\n", "x: 1\r\n", "Y: 2\r\n", "X: 3\r\n" }, "1", "3" },
	{ "white space", { "HTTP/1.1 200\r\n", "X:\t 1 2 \t\r\n" }, "1 2", NULL },
	{ "no white space", { "HTTP/1.1 200\r\n", "X:1\n" }, "1", NULL },
	{ "colons", { "HTTP/1.1 200\r\n", "X: a:b\r\n" }, "a:b", NULL },
	{ "empty", { "HTTP/1.1 200\r\n", "X:\r\n", "X: 2\r\n" }, "", "2" },
	{ "folded",
	  { "HTTP/1.1 200\r\n", "X: a\r\n", " \tb\r\n", "Y: c\r\n" },
	  "a b",
	  NULL },
	{ "folded emptily",
	  { "HTTP/1.1 200\r\n", "X: a\r\n", " \r\n", "Y: c\r\n" },
	  "a",
	  NULL },
	{ "folded onto an empty one",
	  { "HTTP/1.1 200\r\n", "X:\r\n", "\ta\r\n" },
	  "a",
	  NULL },
	{ "folded onto nothing", { "HTTP/1.1 200\r\n", " X: a\r\n" }, NULL, NULL },
	{ "longer names", { "HTTP/1.1 200\r\n", "XX: 1\r\n", "X-X: 2\r\n" }, NULL, NULL },
	{ "no name",
	  { "HTTP/1.1 200\r\n", ": x\r\n", "x\r\n", "X : 1\r\n" },
	  NULL,
	  NULL },
	{ "no answer", { "X: 1\r\n" }, NULL, NULL },
	{ "an interim answer",
	  { "HTTP/1.1 103 Early Hints\r\n", "X: early\r\n", "\r\n", "HTTP/1.1 200 OK\r\n",
	    "X: late\r\n", "\r\n" },
	  "late",
	  NULL },
	{ "an interim answer alone has one",
	  { "HTTP/1.1 103 Early Hints\r\n", "X: early\r\n", "\r\n", "HTTP/1.1 200 OK\r\n",
	    "\r\n" },
	  NULL,
	  NULL },
	{ "a trailer",
	  { "HTTP/1.1 200 OK\r\n", "X: 1\r\n", "\r\n", "X: trailer\r\n", "\r\n" },
	  "1",
	  NULL },
	{ "a header that looks like a status line",
	  { "HTTP/1.1 200 OK\r\n", "X: 1\r\n", "HTTP/1.1: 2\r\n", "X: 3\r\n" },
	  "1",
	  "3" },
};

static void take_all(struct http_headers *headers, const char *const *lines)
{
	for (size_t i = 0; i < 8 && lines[i]; i++)
		http_headers_take(headers, lines[i], strlen(lines[i]));
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void values_are_those_of_the_last_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(http_headers_release)
		struct http_headers headers = HTTP_HEADERS_INIT(LIMIT);

		take_all(&headers, cases[i].lines);
		CHECK(cases[i].what,
		      same(http_headers_find(&headers, "x", 0), cases[i].first));
		CHECK(cases[i].what,
		      same(http_headers_find(&headers, "X", 1), cases[i].second));
		CHECK(cases[i].what, !http_headers_find(&headers, "X", 2));
	}
}

/* Lines are read to their length, not to a NUL behind it. */
static void lines_are_not_read_beyond_their_end(void **state)
{
	CLEANUP(http_headers_release)
	struct http_headers headers = HTTP_HEADERS_INIT(LIMIT);
	static const char stream[] = { 'X', ':', '1', '\n', 'Y', ':', '2' };

	(void)state;
	http_headers_take(&headers, "HTTP/1.1 200\r\n", 14);
	http_headers_take(&headers, stream, 4);
	http_headers_take(&headers, stream + 4, 3);
	http_headers_take(&headers, stream, 0);
	assert_string_equal(http_headers_find(&headers, "x", 0), "1");
	assert_string_equal(http_headers_find(&headers, "y", 0), "2");
}

static void what_is_beyond_the_limit_is_dropped(void **state)
{
	CLEANUP(http_headers_release)
	struct http_headers headers = HTTP_HEADERS_INIT(LIMIT);

	(void)state;
	http_headers_take(&headers, "HTTP/1.1 200\r\n", 14);
	for (int i = 0; i < LIMIT; i++)
		http_headers_take(&headers, "X: 1\r\n", 6);
	http_headers_take(&headers, "Y: 1\r\n", 6);
	assert_true(headers.lines.length <= LIMIT);
	assert_string_equal(http_headers_find(&headers, "x", 0), "1");
	assert_null(http_headers_find(&headers, "y", 0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_those_of_the_last_answer),
		cmocka_unit_test(lines_are_not_read_beyond_their_end),
		cmocka_unit_test(what_is_beyond_the_limit_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
