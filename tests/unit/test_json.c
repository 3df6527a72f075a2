#include "base/json.h"

#include "tests/unit/check.h"
#include "tests/unit/json_twin.h"

#include "base/buf.h"

#include <dirent.h>

/* Recordings of a real API server, where they are at hand. */
#define RECORDINGS "../shared/kube-recordings"

static const struct json_shape container_shape[] = { { "name", NULL },
						     { "image", NULL },
						     { 0 } };
static const struct json_shape spec_shape[] = { { "containers", container_shape },
						{ "nodeName", NULL },
						{ 0 } };
static const struct json_shape pod_shape[] = {
	{ "metadata", NULL }, { "spec", spec_shape }, { "*", container_shape }, { 0 }
};
static const struct json_shape list_shape[] = {
	{ "items", pod_shape }, { "a", NULL }, { "b", pod_shape }, { 0 }
};

static const struct {
	const char *label, *text;
	const char *error; /* NULL: it is JSON */
} read_cases[] = {
	{ "an object", "{\"a\": [1, true, null]}", NULL },
	{ "a string", "\"a\"", NULL },
	{ "white space around", " \t\r\n{} \n", NULL },
	{ "numbers", "[0, -0, 1.5, 1e5, 1E+5, -2.5e-3, 123456789012345678901234567890]",
	  NULL },
	{ "escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u4e2d\"", NULL },
	{ "a surrogate pair", "\"\\ud83d\\uDE00\"", NULL },
	{ "nothing", "", "line 1, column 1: expected a value" },
	{ "white space", " \n ", "line 2, column 2: expected a value" },
	{ "two values", "{} {}", "line 1, column 4: more behind the value" },
	{ "an open object", "{\"a\": 1", "line 1, column 8: expected ',' or '}'" },
	{ "an open array", "[1\n,2 3]", "line 2, column 4: expected ',' or ']'" },
	{ "a comma too many", "[1,]", "line 1, column 4: expected a value" },
	{ "a comma behind a member", "{\"a\":1,}",
	  "line 1, column 8: expected a key in quotes" },
	{ "a key without quotes", "{a: 1}",
	  "line 1, column 2: expected a key in quotes" },
	{ "no colon", "{\"a\" 1}", "line 1, column 6: expected ':'" },
	{ "single quotes", "['a']", "line 1, column 2: expected a value" },
	{ "capitals", "[True]", "line 1, column 2: expected a value" },
	{ "NaN", "[NaN]", "line 1, column 2: expected a value" },
	{ "a zero before digits", "[01]", "line 1, column 3: expected ',' or ']'" },
	{ "a plus", "[+1]", "line 1, column 2: expected a value" },
	{ "no digit", "[-]", "line 1, column 2: not a number" },
	{ "no fraction", "[1.]", "line 1, column 2: not a number" },
	{ "no exponent", "[1e]", "line 1, column 2: not a number" },
	{ "an open string", "{\"a", "line 1, column 2: a string that is not closed" },
	{ "a line feed in a string", "\"a\nb\"",
	  "line 1, column 3: a control character in a string" },
	{ "a NUL character", "\"a\\u0000\"",
	  "line 1, column 3: a NUL character in a string" },
	{ "half of a pair", "\"\\ud83d\"", "line 1, column 2: half of a surrogate pair" },
	{ "the wrong half", "\"\\ude00\"", "line 1, column 2: half of a surrogate pair" },
	{ "two first halves", "\"\\ud83d\\ud83d\"",
	  "line 1, column 2: half of a surrogate pair" },
	{ "three hex digits", "\"\\u00e\"",
	  "line 1, column 2: \\u needs four hex digits" },
	{ "an unknown escape", "\"\\x41\"",
	  "line 1, column 2: unknown escape in a string" },
	{ "Latin-1", "\"\xe9\"", "line 1, column 2: not UTF-8" },
	{ "a surrogate in UTF-8", "\"\xed\xa0\x80\"", "line 1, column 2: not UTF-8" },
	{ "a character cut by the quote", "\"\xe4\xb8\"", "line 1, column 2: not UTF-8" },
	{ "a byte order mark", "\xef\xbb\xbf{}", "line 1, column 1: expected a value" },
};

static void read_accepts_rfc_8259_and_says_where_it_is_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(read_cases); i++) {
		const char *text = read_cases[i].text;
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct node *node;
		struct json_source source = { text, strlen(text), NULL, true };
		bool ok = json_read(&node, &arena, &source, &err);

		CHECK(read_cases[i].label, ok == !read_cases[i].error);
		if (!ok) {
			CHECK_TEXT(read_cases[i].label, err.text, read_cases[i].error);
			CHECK(read_cases[i].label, err.code == ERROR_SYNTAX);
		}
	}
}

static void read_agrees_with_jansson_on_the_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(read_cases); i++) {
		const char *text = read_cases[i].text;

		CHECK(read_cases[i].label, !twin_differs(text, strlen(text), list_shape));
	}
}

static struct node *read_ok(struct arena *arena, const char *text,
			    const struct json_shape *shape)
{
	struct json_source source = { text, strlen(text), shape, true };
	struct error err = ERROR_INIT;
	struct node *node = NULL;

	if (!json_read(&node, arena, &source, &err))
		fail_msg("%s", err.text);
	return node;
}

static void scalars_keep_their_source_text(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct node *node = read_ok(
		&arena, "{\"a\":1.20,\"b\":true,\"c\":null,\"d\":\"\\u0041\"}", NULL);

	(void)state;
	assert_string_equal(node_text(node, "a"), "1.20");
	assert_int_equal(node_get(node, "a")->kind, NODE_NUMBER);
	assert_string_equal(node_text(node, "b"), "true");
	assert_int_equal(node_get(node, "b")->kind, NODE_BOOLEAN);
	assert_int_equal(node_get(node, "c")->kind, NODE_NULL);
	assert_string_equal(node_text(node, "d"), "A");
	assert_int_equal(node_get(node, "d")->length, 1);
	assert_true(node_get(node, "d")->quoted);
}

static void equal_keys_are_all_kept(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct node *node = read_ok(&arena, "{\"a\":1,\"\\u0061\":2}", NULL);

	(void)state;
	assert_int_equal(node->length, 2);
	assert_string_equal(node->members[0].key, "a");
	assert_string_equal(node->members[1].key, "a");
	assert_string_equal(node_text(node, "a"), "2");
}

/* As many as fit the stack, and more. */
static void mappings_of_any_size_keep_their_members(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);

	(void)state;
	for (unsigned count = 0; count <= 70; count++) {
		struct node *node;

		buf_clear(&text);
		for (unsigned i = 0; i < count; i++)
			buf_printf(&text, "%s\"%u\":{\"inner\":%u}", i ? "," : "{", i, i);
		buf_puts(&text, count ? "}" : "{}");
		node = read_ok(&arena, buf_text(&text), NULL);
		assert_int_equal(node->length, count);
		for (unsigned i = 0; i < count; i++) {
			const struct node_member *member = &node->members[i];

			assert_int_equal(strtoul(member->key, NULL, 10), i);
			assert_int_equal(
				strtoul(node_text(member->value, "inner"), NULL, 10), i);
		}
	}
}

static void check_place(const char *label, const struct node_place *place,
			const char *text, const char *span)
{
	const char *begin = strstr(text, span);

	CHECK(label, place->begin == (size_t)(begin - text));
	CHECK(label, place->end == place->begin + strlen(span));
}

static void places_are_bytes_lines_and_characters(void **state)
{
	const char *text = "{\"\xc3\xa9\": \"\xe4\xb8\xad\",\n  \"b\": [1.5, {\"c\" : "
			   "\"x\\ny\"} ]}";
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct node *node = read_ok(&arena, text, NULL);
	const struct node_member *first = &node->members[0], *second = &node->members[1];
	const struct node *list = second->value;
	const struct node *inner = list->items[1]->members[0].value;

	(void)state;
	check_place("all", &node->place, text, text);
	check_place("first key", &first->key_place, text, "\"\xc3\xa9\"");
	check_place("first value", &first->value->place, text, "\"\xe4\xb8\xad\"");
	assert_int_equal(first->value->place.line, 1);
	assert_int_equal(first->value->place.column, 7);
	check_place("second key", &second->key_place, text, "\"b\"");
	assert_int_equal(second->key_place.line, 2);
	assert_int_equal(second->key_place.column, 3);
	check_place("list", &list->place, text, "[1.5, {\"c\" : \"x\\ny\"} ]");
	check_place("number", &list->items[0]->place, text, "1.5");
	check_place("object", &list->items[1]->place, text, "{\"c\" : \"x\\ny\"}");
	check_place("string", &inner->place, text, "\"x\\ny\"");
	assert_int_equal(inner->place.line, 2);
	assert_int_equal(inner->place.column, 21);
}

static void places_are_left_out_where_not_asked_for(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct json_source source = { " [1]", 4, NULL, false };
	struct error err = ERROR_INIT;
	struct node *node;

	(void)state;
	assert_true(json_read(&node, &arena, &source, &err));
	assert_int_equal(node->items[0]->place.line, 0);
	assert_int_equal(node->items[0]->place.end, 0);
}

static void shape_leaves_out_what_is_not_wanted(void **state)
{
	const char *text =
		"{\"kind\": \"PodList\", \"items\": [{\"metadata\": {\"x\": 1},"
		"\"spec\": {\"nodeName\": \"n\", \"volumes\": [{}]},"
		"\"status\": {\"name\": \"s\", \"phase\": 1}}, 7]}";
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct node *node = read_ok(&arena, text, list_shape), *pod;
	size_t count;

	(void)state;
	assert_int_equal(node->length, 1);
	pod = node_items(node, "items", &count)[0];
	assert_int_equal(count, 2);
	assert_string_equal(node_text(node_get(pod, "metadata"), "x"), "1");
	assert_int_equal(node_get(pod, "spec")->length, 1);
	assert_string_equal(node_text(node_get(pod, "spec"), "nodeName"), "n");
	assert_int_equal(node_get(pod, "status")->length, 1);
	assert_string_equal(node_text(node_get(pod, "status"), "name"), "s");
}

static void what_is_skipped_has_to_be_closed(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{ "{\"skipped\": {\"a\": [1, tru]}}", true },
		{ "{\"skipped\": [}", false },
		{ "{\"skipped\": [", false },
		{ "{\"skipped\": \"", false },
		{ "{\"skipped\": }", false },
		{ "{\"skipped\": 1", false },
		{ "{\"skipped\" 1}", false },
		{ "{\"skipped\": 1 \"a\": 2}", false },
		{ "{\"skip\\u0070ed\": [1], \"\\u0061\": 2}", true },
		{ "{\"\\u0000\": [1]}", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct json_source source = { cases[i].text, strlen(cases[i].text),
					      list_shape, false };
		struct error err = ERROR_INIT;
		struct node *node;

		CHECK(cases[i].text,
		      json_read(&node, &arena, &source, &err) == cases[i].ok);
	}
}

static void front_reads_one_value_and_leaves_what_follows(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		size_t used;
	} cases[] = {
		{ "{\"a\": 1}", true, 8 },   { " [1, 2] , {", true, 7 },
		{ "\"text\"more", true, 6 }, { "{\"a\": {\"b\": 1}", false, 0 },
		{ "{\"a\": \"b", false, 0 }, { "", false, 0 },
		{ "]", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct json_source source = { cases[i].text, strlen(cases[i].text), NULL,
					      false };
		struct error err = ERROR_INIT;
		struct node *node;
		size_t used;
		bool ok = json_read_front(&node, &arena, &source, &used, &err);

		CHECK(cases[i].text, ok == cases[i].ok);
		CHECK(cases[i].text, !ok || used == cases[i].used);
	}
}

/* `count` times `open`, then as often `close`. */
static char *nest(size_t count, char open, char close)
{
	char *text = malloc(2 * count + 1);

	assert_non_null(text);
	memset(text, open, count);
	memset(text + count, close, count);
	text[2 * count] = '\0';
	return text;
}

static void depth_is_limited(void **state)
{
	static const struct {
		size_t depth;
		bool ok;
	} cases[] = { { JSON_DEPTH, true },
		      { JSON_DEPTH + 1, false },
		      { 100000, false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char *text CLEANUP(free_pointer) = nest(cases[i].depth, '[', ']');
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct node *node;
		struct json_source source = { text, strlen(text), NULL, true };
		bool ok = json_read(&node, &arena, &source, &err);

		assert_int_equal(ok, cases[i].ok);
		assert_int_equal(err.code, ok ? ERROR_NONE : ERROR_LIMIT);
	}
}

static void number_of_nodes_is_limited(void **state)
{
	size_t length = 2 * (size_t)NODE_LIMIT + 1;
	struct json_source source;
	char *text CLEANUP(free_pointer) = malloc(length + 1);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct node *node;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < length; i++)
		text[i] = i % 2 ? '0' : ',';
	text[0] = '[';
	text[length - 1] = ']';
	source = (struct json_source){ text, length, NULL, false };
	assert_false(json_read(&node, &arena, &source, &err));
	assert_int_equal(err.code, ERROR_LIMIT);
}

/* Texts that look like JSON, the same ones in every run. */
struct writer {
	uint64_t seed;
	struct buf text;
};

static uint32_t draw(struct writer *writer, uint32_t below)
{
	writer->seed = writer->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(writer->seed >> 33) % below;
}

static void write_one_of(struct writer *writer, const char *const *choices,
			 uint32_t count)
{
	buf_puts(&writer->text, choices[draw(writer, count)]);
}

static void write_string(struct writer *writer)
{
	static const char *const parts[] = {
		"a",
		"name",
		"\\n",
		"\\u0041",
		"\\\"",
		"\\\\",
		"\\ud83d\\ude00",
		"\xc3\xa9",
		"\xf0\x9f\x98\x80",
		"[",
		"}",
		",",
		"0123456789abcdef",
	};

	buf_putc(&writer->text, '"');
	for (uint32_t i = draw(writer, 4); i > 0; i--)
		write_one_of(writer, parts, ARRAY_LENGTH(parts));
	buf_putc(&writer->text, '"');
}

static void write_key(struct writer *writer)
{
	static const char *const keys[] = {
		"\"items\"",      "\"a\"",     "\"b\"",    "\"spec\"",
		"\"containers\"", "\"image\"", "\"name\"", "\"metadata\"",
		"\"n\\u0061me\"", "\"other\"", "\"nam\"",
	};

	if (draw(writer, 5) == 0)
		write_string(writer);
	else
		write_one_of(writer, keys, ARRAY_LENGTH(keys));
}

static void write_value(struct writer *writer, unsigned depth)
{
	static const char *const plain[] = {
		"0",     "-1",   "1.5", "2e9", "-0.25E-2",    "true",
		"false", "null", "[]",  "{}",  "12345678901",
	};
	static const char *const space[] = { "", "", "", " ", "\n", "\t", "\r\n  " };
	uint32_t kind = depth < 6 ? draw(writer, 4) : draw(writer, 2);

	write_one_of(writer, space, ARRAY_LENGTH(space));
	if (kind == 0) {
		write_one_of(writer, plain, ARRAY_LENGTH(plain));
	} else if (kind == 1) {
		write_string(writer);
	} else {
		buf_putc(&writer->text, kind == 2 ? '[' : '{');
		for (uint32_t i = draw(writer, 4) + 1; i > 0; i--) {
			if (kind == 3) {
				write_key(writer);
				buf_putc(&writer->text, ':');
			}
			write_value(writer, depth + 1);
			buf_puts(&writer->text, i > 1 ? "," : "");
		}
		buf_putc(&writer->text, kind == 2 ? ']' : '}');
	}
	write_one_of(writer, space, ARRAY_LENGTH(space));
}

/* One byte changed, or the end cut off. */
static void spoil(struct writer *writer)
{
	static const char bytes[] = "\"\\[]{},: \n0.eE+-tu\x01\x80\xc3\xff";
	struct buf *text = &writer->text;
	uint32_t at = draw(writer, (uint32_t)text->length);

	if (draw(writer, 4) == 0)
		text->length = at;
	else
		text->data[at] = bytes[draw(writer, sizeof(bytes) - 1)];
}

static void read_agrees_with_jansson_on_generated_texts(void **state)
{
	struct writer writer = { .seed = 1, .text = BUF_INIT(1 << 20) };

	(void)state;
	for (int i = 0; i < 20000; i++) {
		const char *problem;

		buf_clear(&writer.text);
		write_value(&writer, 0);
		if (i % 2)
			spoil(&writer);
		problem = twin_differs(writer.text.data, writer.text.length, list_shape);
		if (problem)
			fail_msg("%s: %s", problem, writer.text.data);
	}
	buf_release(&writer.text);
}

static void check_recording(const char *name)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(4096);
	json_t *recording;
	const char *body;

	buf_printf(&path, "%s/%s", RECORDINGS, name);
	recording = json_load_file(buf_text(&path), 0, NULL);
	assert_non_null(recording);
	body = json_string_value(
		json_object_get(json_object_get(recording, "response"), "body"));
	CHECK(name, body && !twin_differs(body, strlen(body), list_shape));
	json_decref(recording);
}

static void read_agrees_with_jansson_on_recorded_answers(void **state)
{
	DIR *folder = opendir(RECORDINGS);
	struct dirent *entry;

	(void)state;
	if (!folder)
		skip();
	while ((entry = readdir(folder)) != NULL) {
		if (strstr(entry->d_name, ".json"))
			check_recording(entry->d_name);
	}
	closedir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_accepts_rfc_8259_and_says_where_it_is_not),
		cmocka_unit_test(read_agrees_with_jansson_on_the_cases),
		cmocka_unit_test(scalars_keep_their_source_text),
		cmocka_unit_test(equal_keys_are_all_kept),
		cmocka_unit_test(mappings_of_any_size_keep_their_members),
		cmocka_unit_test(places_are_bytes_lines_and_characters),
		cmocka_unit_test(places_are_left_out_where_not_asked_for),
		cmocka_unit_test(shape_leaves_out_what_is_not_wanted),
		cmocka_unit_test(what_is_skipped_has_to_be_closed),
		cmocka_unit_test(front_reads_one_value_and_leaves_what_follows),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(number_of_nodes_is_limited),
		cmocka_unit_test(read_agrees_with_jansson_on_generated_texts),
		cmocka_unit_test(read_agrees_with_jansson_on_recorded_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
