/*
 * Any bytes: json_read() and jansson agree, and json_skip() finds the same end of what
 * both read, in one go and byte by byte.
 */
#include "tests/unit/json_twin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct json_shape inner[] = { { "name", NULL }, { "*", NULL }, { 0 } };
static const struct json_shape shape[] = { { "a", NULL }, { "items", inner }, { 0 } };

static void check(bool condition)
{
	if (!condition)
		abort();
}

/* Without the white space around a value, and with a byte that ends a number. */
static void check_skip(const char *text, size_t length)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct json_skip whole = JSON_SKIP_INIT, parts = JSON_SKIP_INIT;
	enum json_skip_state state = JSON_SKIP_MORE;
	struct json_source source = { text, length, NULL, true };
	struct error err = ERROR_INIT;
	struct node *node;
	char *padded CLEANUP(free_pointer) = xmalloc(length + 1);

	if (!json_read(&node, &arena, &source, &err))
		return;
	memcpy(padded, text, length);
	padded[length] = ' ';
	text = padded + node->place.begin;
	length = length + 1 - node->place.begin;
	check(json_skip(&whole, text, length) == JSON_SKIP_DONE);
	check(whole.at == node->place.end - node->place.begin);
	for (size_t n = 0; n <= length && state == JSON_SKIP_MORE; n++)
		state = json_skip(&parts, text, n);
	check(state == JSON_SKIP_DONE && parts.at == whole.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	check(!twin_differs(text, size, shape));
	if (size < 5000) /* byte by byte takes its time */
		check_skip(text, size);
	return 0;
}
