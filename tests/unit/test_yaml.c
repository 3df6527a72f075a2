#include "base/yaml.h"

#include "base/buf.h"

#include "tests/unit/check.h"

/* Everything in one line: mappings {k:v}, sequences [a,b], scalars as their text in
 * quotes. */
static void print_node(struct buf *out, const struct node *node)
{
	switch (node->kind) {
	case NODE_NULL:
		buf_puts(out, "null");
		break;
	case NODE_SEQUENCE:
		buf_putc(out, '[');
		for (size_t i = 0; i < node->length; i++) {
			buf_puts(out, i ? "," : "");
			print_node(out, node->items[i]);
		}
		buf_putc(out, ']');
		break;
	case NODE_MAPPING:
		buf_putc(out, '{');
		for (size_t i = 0; i < node->length; i++) {
			buf_printf(out, "%s%s:", i ? "," : "", node->members[i].key);
			print_node(out, node->members[i].value);
		}
		buf_putc(out, '}');
		break;
	default:
		buf_printf(out, node->quoted ? "\"%s\"" : "'%s'", node->text);
	}
}

/* Documents end with ";".  False where the stream ends with an error. */
static bool print_stream(struct buf *out, const char *text, size_t length,
			 struct error *err)
{
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream = yaml_stream_new(text, length, err);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct node *document;

	if (!stream)
		return false;
	for (;;) {
		if (!yaml_stream_next(stream, &arena, &document, err)) {
			struct error again = ERROR_INIT;

			assert_true(yaml_stream_next(stream, &arena, &document, &again));
			assert_null(document);
			return false;
		}
		if (!document)
			return true;
		print_node(out, document);
		buf_putc(out, ';');
	}
}

static const struct {
	const char *label, *text;
	const char *documents;
	const char *error; /* NULL, or how the stream ends */
} stream_cases[] = {
	{ "nothing", "", "", NULL },
	{ "white space", " \n\n", "", NULL },
	{ "a comment", "# hello\n", "", NULL },
	{ "an empty document", "---\n", "null;", NULL },
	{ "an empty document with a comment", "---\n# a\n---\nb: 1\n", "null;{b:'1'};",
	  NULL },
	{ "documents", "a: 1\n---\nb: 2\n...\n---\n- c\n", "{a:'1'};{b:'2'};['c'];",
	  NULL },
	{ "source text is kept", "a: 1.20\nb: 0x1F\nc: yes\nd: 007\n",
	  "{a:'1.20',b:'0x1F',c:'yes',d:'007'};", NULL },
	{ "nulls where plain",
	  "[null, ~, Null, NULL, 'null', \"~\", nUll, !!str null, '']",
	  "[null,null,null,null,\"null\",\"~\",'nUll','null',\"\"];", NULL },
	{ "absent values", "a:\nb: {c, d: }\n", "{a:null,b:{c:null,d:null}};", NULL },
	{ "block scalars", "a: |\n  x\n  y\nb: >-\n  x\n  y\n",
	  "{a:\"x\ny\n\",b:\"x y\"};", NULL },
	{ "escapes", "a: \"\\u00e9\\x41\\n\"\n",
	  "{a:\"\xc3\xa9"
	  "A\n\"};",
	  NULL },
	{ "equal keys are kept", "a: 1\na: 2\n", "{a:'1',a:'2'};", NULL },
	{ "merge keys are kept", "a: &x {b: 1}\nc: {<<: *x}\n",
	  "{a:{b:'1'},c:{<<:{b:'1'}}};", NULL },
	{ "aliases", "a: &x [1, 2]\nb: *x\nc: [*x, *x]\n",
	  "{a:['1','2'],b:['1','2'],c:[['1','2'],['1','2']]};", NULL },
	{ "an anchor again", "- &a 1\n- *a\n- &a 2\n- *a\n", "['1','1','2','2'];", NULL },
	{ "an alias as key", "- &a k\n- {*a : v}\n", "['k',{k:'v'}];", NULL },
	{ "keys that are no scalars", "? [a]\n: b\n? {c: d}\n: e\n", "{:'b',:'e'};",
	  NULL },
	{ "an empty key", "?\n: a\n", "{:'a'};", NULL },
	{ "a template that is a mapping", "image: {{ .Values.image }}\n",
	  "{image:{:null}};", NULL },
	{ "CR LF", "a: 1\r\nb:\r\n- 2\r\n", "{a:'1',b:['2']};", NULL },
	{ "a byte order mark",
	  "\xef\xbb\xbf"
	  "a: 1\n",
	  "{a:'1'};", NULL },
	{ "JSON", "{\"a\": [1, true, null, \"x\"]}", "{a:['1','true',null,\"x\"]};",
	  NULL },
	{ "a directive", "%YAML 1.1\n---\na: 1\n", "{a:'1'};", NULL },
	{ "a cycle", "&a [b, *a]\n", "",
	  "line 1, column 8: alias inside its own anchor" },
	{ "a cycle through a mapping", "a: &a\n  b: *a\n", "",
	  "line 2, column 6: alias inside its own anchor" },
	{ "an unknown alias", "- *a\n", "", "line 1, column 3: alias of no anchor" },
	{ "an anchor of another document", "- &a 1\n---\n- *a\n", "['1'];",
	  "line 3, column 3: alias of no anchor" },
	{ "a NUL character", "a: \"x\\0y\"\n", "", "line 1, column 4: a NUL character" },
	{ "a NUL byte", "a: 1\n---\nb: \\\x01", "{a:'1'};",
	  "line 3, column 5: control characters are not allowed" },
	{ "a tab", "a:\n\tb: 1\n", "",
	  "line 2, column 1: found character that cannot start any token, while "
	  "scanning for the next token" },
	{ "an error behind documents", "a: 1\n---\nb: 2\n---\nc: [\n", "{a:'1'};{b:'2'};",
	  "line 6, column 1: did not find expected node content, while parsing a flow "
	  "node" },
	{ "columns of errors count characters", "\xc3\xa9\xc3\xa9: 'x' y\n", "",
	  "line 1, column 9: did not find expected key, while parsing a block mapping" },
	{ "a template line", "a: 1\n---\n{{- if .x }}\nb: 1\n{{- end }}\n", "{a:'1'};",
	  "line 3, column 3: did not find expected node content, while parsing a flow "
	  "node" },
	{ "Latin-1 spoils its own document only", "a: 1\n---\nb: \xe9t\xe9\n", "{a:'1'};",
	  "line 3, column 5: invalid trailing UTF-8 octet" },
	{ "an unknown directive", "a: 1\n---\nb: 2\n...\n%FOO\n---\n", "{a:'1'};{b:'2'};",
	  "line 5, column 5: found unknown directive name, while scanning a directive" },
	{ "UTF-16, little end first",
	  "\xff\xfe"
	  "a:",
	  "", "UTF-16, and only UTF-8 is read" },
	{ "UTF-16, big end first", "\xfe\xff", "", "UTF-16, and only UTF-8 is read" },
};

static void streams_give_their_documents_up_to_the_first_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(stream_cases); i++) {
		const char *label = stream_cases[i].label, *text = stream_cases[i].text;
		CLEANUP(buf_release) struct buf out = BUF_INIT(10000);
		struct error err = ERROR_INIT;
		bool ok = print_stream(&out, text, strlen(text), &err);

		CHECK_TEXT(label, buf_text(&out), stream_cases[i].documents);
		CHECK_TEXT(label, ok ? "" : err.text,
			   stream_cases[i].error ? stream_cases[i].error : "");
		CHECK(label, ok || err.code == ERROR_SYNTAX);
	}
}

static void print_document(void *user, const struct node *document)
{
	print_node(user, document);
	buf_putc(user, ';');
}

static void each_document_is_shown_once_up_to_the_first_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(stream_cases); i++) {
		const char *label = stream_cases[i].label;
		CLEANUP(buf_release) struct buf text = BUF_INIT(10000);
		CLEANUP(buf_release) struct buf out = BUF_INIT(10000);
		struct error err = ERROR_INIT;
		bool ok;

		buf_puts(&text, stream_cases[i].text);
		ok = yaml_each_document(&text, print_document, &out, &err);
		CHECK_TEXT(label, buf_text(&out), stream_cases[i].documents);
		CHECK_TEXT(label, ok ? "" : err.text,
			   stream_cases[i].error ? stream_cases[i].error : "");
	}
}

/* The node whose text is "HERE", or the value of the first key "here". */
static const struct node *find_here(const struct node *node)
{
	const struct node *found = NULL;

	if (node_is_scalar(node) && strcmp(node->text, "HERE") == 0)
		return node;
	if (node->kind == NODE_SEQUENCE) {
		for (size_t i = 0; i < node->length && !found; i++)
			found = find_here(node->items[i]);
	} else if (node->kind == NODE_MAPPING) {
		found = node_get(node, "here");
		for (size_t i = 0; i < node->length && !found; i++)
			found = find_here(node->members[i].value);
	}
	return found;
}

static const struct {
	const char *label, *text;
	const char *span; /* what the place covers */
	uint32_t line, column;
	bool quoted;
} place_cases[] = {
	{ "plain", "a: HERE\n", "HERE", 1, 4, false },
	{ "plain, with a comment", "a: HERE # b\n", "HERE", 1, 4, false },
	{ "the last line without line feed", "a: 1\nb: HERE", "HERE", 2, 4, false },
	{ "single quotes", "a: 'HERE'\n", "'HERE'", 1, 4, true },
	{ "double quotes", "- \"HERE\" # b\n", "\"HERE\"", 1, 3, true },
	{ "escapes", "- \"\\x48ERE\"\n", "\"\\x48ERE\"", 1, 3, true },
	{ "in a flow mapping", "{a: {b: HERE}}", "HERE", 1, 9, false },
	{ "in a flow sequence", "[a, HERE ,b]", "HERE", 1, 5, false },
	{ "behind characters of two bytes", "\xc3\xa9: \xc3\xa9\nb: HERE\n", "HERE", 2, 4,
	  false },
	{ "behind them in its line", "{\xc3\xa9: \xc3\xa9, b: HERE}", "HERE", 1, 11,
	  false },
	{ "behind characters of four bytes", "- \xf0\x9f\x98\x80\n- HERE\n", "HERE", 2, 3,
	  false },
	{ "behind a byte order mark",
	  "\xef\xbb\xbf"
	  "a: HERE\n",
	  "HERE", 1, 4, false },
	{ "behind CR LF", "a: 1\r\nb: HERE\r\n", "HERE", 2, 4, false },
	{ "behind other documents", "a: 1\n---\nb: \xc3\xa9\n---\nc: HERE\n", "HERE", 5,
	  4, false },
	{ "with an anchor", "a: &x HERE\n", "HERE", 1, 7, false },
	{ "with a tag", "a: !!str HERE\n", "HERE", 1, 10, false },
	{ "with a verbatim tag", "a: !<tag:yaml.org,2002:str> 'HERE'\n", "'HERE'", 1, 29,
	  true },
	{ "with both, on the next line", "a: !!str &x\n  HERE\n", "HERE", 2, 3, false },
	{ "with a comment between", "a: !!str # b: HERO\n  HERE\n", "HERE", 2, 3, false },
	{ "under an alias, where it was written", "a: &x HERE\nb: *x\n", "HERE", 1, 7,
	  false },
	{ "folded over lines", "a: b\nhere:\n  HE\n  RE\nc: d\n", "HE\n  RE", 3, 3,
	  false },
	{ "a literal block", "here: |\n  a\n  b\nc: d\n", "|\n  a\n  b\n", 1, 7, true },
	{ "an absent value", "here:\n", "", 1, 6, false },
	{ "a tag and no value", "here: !!str\nb: c\n", "", 1, 12, false },
	{ "a flow mapping", "here: {a: b}\n", "{a: b}", 1, 7, false },
	{ "a flow sequence with an anchor", "here: &x [a]\n", "[a]", 1, 10, false },
	{ "a block sequence", "here:\n- a\n- b\n", "- a\n- b\n", 2, 1, false },
};

static void places_are_those_of_the_scalars_own_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(place_cases); i++) {
		const char *label = place_cases[i].label, *text = place_cases[i].text;
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		CLEANUP(yaml_stream_free)
		struct yaml_stream *stream = yaml_stream_new(text, strlen(text), &err);
		const struct node *here = NULL;
		struct node *document;
		size_t length = strlen(place_cases[i].span);

		while (yaml_stream_next(stream, &arena, &document, &err) && document)
			here = find_here(document);
		CHECK(label, here != NULL);
		CHECK(label, here->place.line == place_cases[i].line);
		CHECK(label, here->place.column == place_cases[i].column);
		CHECK(label, here->place.end - here->place.begin == length);
		CHECK(label,
		      memcmp(text + here->place.begin, place_cases[i].span, length) == 0);
		CHECK(label, here->quoted == place_cases[i].quoted);
	}
}

static void keys_have_places(void **state)
{
	const char *text = "a:\n  \"k\xc3\xa9y\": 1\n  b: 2\n";
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream = yaml_stream_new(text, strlen(text), &err);
	struct node *document;
	const struct node_member *members;

	(void)state;
	assert_true(yaml_stream_next(stream, &arena, &document, &err));
	members = node_get(document, "a")->members;
	assert_int_equal(members[0].key_place.line, 2);
	assert_int_equal(members[0].key_place.column, 3);
	assert_int_equal(members[0].key_place.begin, 5);
	assert_int_equal(members[0].key_place.end, 11);
	assert_int_equal(members[1].key_place.begin, 17);
}

/* Texts that are made of one part many times over. */
/* Every place of a tree, as if `lines` and `bytes` did not stand before it. */
static void print_places(struct buf *out, const struct node *node, unsigned lines,
			 size_t bytes)
{
	const struct node_place *place = &node->place;

	buf_printf(out, "%u:%u %zu-%zu;", place->line - lines, place->column,
		   place->begin - bytes, place->end - bytes);
	for (size_t i = 0; node->kind == NODE_SEQUENCE && i < node->length; i++)
		print_places(out, node->items[i], lines, bytes);
	for (size_t i = 0; node->kind == NODE_MAPPING && i < node->length; i++) {
		place = &node->members[i].key_place;
		buf_printf(out, "%s at %u:%u %zu-%zu;", node->members[i].key,
			   place->line - lines, place->column, place->begin - bytes,
			   place->end - bytes);
		print_places(out, node->members[i].value, lines, bytes);
	}
}

static void print_all_places(struct buf *out, const char *text, unsigned lines,
			     size_t bytes)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream = yaml_stream_new(text, strlen(text), &err);
	struct node *document = NULL;

	do {
		assert_non_null(stream);
		assert_true(yaml_stream_next(stream, &arena, &document, &err));
		if (document)
			print_places(out, document, lines, bytes);
	} while (document);
}

/* A text without a character of several bytes is placed by libyaml's marks alone. */
static void places_are_the_same_whatever_characters_the_text_holds(void **state)
{
	static const char *const texts[] = {
		"a: 1\nb:\n- x\n-\n- {c: d, e}\n",
		"a: &x !t\n  deep: 'quoted'\nb: *x\n? [k, l]\n: v\n&k key: v\n",
		"a: |\n  one\n\n  two\n\nb: >-\n  folded\n  text\nc:\nd: \"x\n  y\"\n",
		"- a\n---\n# comment\n- - b\n  - c: d\n...\n---\n~\n--- {}\n",
		"%YAML 1.1\n---\n!!map\n  # why\n  a: 1 # end\n\n\n",
		"a:\t1\n\"k\\x41\": [1,\n2, ]",
		"",
	};
	static const char comment[] = "# \xc3\xa9\n";

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(1024);
		CLEANUP(buf_release) struct buf plain = BUF_INIT(4096);
		CLEANUP(buf_release) struct buf behind = BUF_INIT(4096);

		buf_printf(&text, "%s%s", comment, texts[i]);
		print_all_places(&plain, texts[i], 0, 0);
		print_all_places(&behind, buf_text(&text), 1, strlen(comment));
		CHECK_TEXT(texts[i], buf_text(&plain), buf_text(&behind));
	}
}

static const struct {
	const char *label, *head, *part;
	size_t count;
	const char *tail;
	const char *error; /* how it ends, NULL: well */
} limit_cases[] = {
	{ "64 deep", "", "[", YAML_DEPTH,
	  "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", NULL },
	{ "65 deep", "", "[", YAML_DEPTH + 1,
	  "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
	  "nested too deep" },
	{ "brackets", "", "[", 200000, "", "nested too deep" },
	{ "braces", "", "{a: ", 200000, "", "nested too deep" },
	{ "dashes", "", "- ", 200000, "", "nested too deep" },
	{ "question marks", "", "? ", 200000, "", "nested too deep" },
	{ "a question mark a line", "", "? \n", 200000, "", NULL },
	{ "64 directives", "", "%FOO bar\n", 64, "---\na: 1\n", "unknown directive" },
	{ "tag directives", "", "%TAG !a! b\n", 100000, "---\n", "too many directives" },
	{ "tag directives behind carriage returns", "", "%TAG !a! b\r", 100000, "---\n",
	  "too many directives" },
	{ "tag directives behind PS", "", "%TAG !a! b\xe2\x80\xa9", 100000, "---\n",
	  "too many directives" },
	{ "10,000 documents", "", "---\n", YAML_DOCUMENTS, "", NULL },
	{ "200,000 documents", "", "---\n", 200000, "", "more than 10,000 documents" },
	{ "a document of 8 MiB", "a: 1\nb: \"", "0123456789abcdef", 524287, "\"", NULL },
	{ "a scalar of 9 MiB", "a: 1\nb: ", "0123456789abcdef", 589824, "",
	  "document is larger than 8 MiB" },
	{ "lines of 9 MiB", "", "- 3456789abcdef\n", 589824, "",
	  "document is larger than 8 MiB" },
	{ "a comment of 9 MiB", "", "# 3456789abcdef\n", 589824, "",
	  "document is larger than 8 MiB" },
	{ "documents of 9 MiB together", "", "- 3456789abcdef\n---\n#56789abcdef0123\n",
	  9000, "", NULL },
	{ "a million values", "", "- \n", NODE_LIMIT, "", "too many values" },
	{ "aliases", "- &a [1, 2]\n", "- *a\n", 300000, "", NULL },
	{ "aliases of 16 MiB",
	  "- &a "
	  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
	  "- *a\n", 262143, "", NULL },
	{ "aliases of more text than that",
	  "- &a [0123456789abcdef, "
	  "0123456789abcdef0123456789abcdef0123456789abcdef]\n",
	  "- *a\n", 262144, "", "aliases make too much text" },
	{ "keys that are aliases of more",
	  "- &a "
	  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
	  "- *a : 1\n", 262143, "", "aliases make too much text" },
	{ "aliases that count for many values", "- &a [1, 2]\n", "- *a\n", 334000, "",
	  "too many values" },
};

static char *repeat(const char *head, const char *part, size_t count, const char *tail)
{
	struct buf text = BUF_INIT((size_t)32 << 20);

	buf_puts(&text, head);
	for (size_t i = 0; i < count; i++)
		buf_puts(&text, part);
	buf_puts(&text, tail);
	assert_false(text.overflowed);
	return buf_detach(&text);
}

static void limits_hold_and_cost_little(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(limit_cases); i++) {
		const char *label = limit_cases[i].label;
		char *text CLEANUP(free_pointer) =
			repeat(limit_cases[i].head, limit_cases[i].part,
			       limit_cases[i].count, limit_cases[i].tail);
		CLEANUP(buf_release) struct buf out = BUF_INIT(0);
		struct error err = ERROR_INIT;
		bool ok = print_stream(&out, text, strlen(text), &err);

		CHECK(label, ok == !limit_cases[i].error);
		if (!ok && !strstr(err.text, limit_cases[i].error))
			fail_msg("%s: %s", label, err.text);
	}
}

/* Ten levels of ten aliases each: 10^10 values from 200 bytes. */
static void billion_laughs_are_refused(void **state)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(10000), out = BUF_INIT(0);
	struct error err = ERROR_INIT;

	(void)state;
	buf_puts(&text, "a0: &a0 x\n");
	for (int level = 1; level <= 10; level++) {
		buf_printf(&text, "a%d: &a%d [", level, level);
		for (int i = 0; i < 10; i++)
			buf_printf(&text, "*a%d,", level - 1);
		buf_puts(&text, "]\n");
	}
	assert_false(print_stream(&out, text.data, text.length, &err));
	assert_int_equal(err.code, ERROR_LIMIT);
}

/* Every line holds the one before: `[*a1]` at `a2` is two levels deep. */
static void aliases_add_to_the_depth(void **state)
{
	static const struct {
		int levels;
		bool ok;
	} cases[] = { { YAML_DEPTH - 2, true }, { YAML_DEPTH - 1, false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(10000), out = BUF_INIT(0);
		struct error err = ERROR_INIT;
		bool ok;

		buf_puts(&text, "a0: &a0 []\n");
		for (int level = 1; level <= cases[i].levels; level++)
			buf_printf(&text, "a%d: &a%d [*a%d]\n", level, level, level - 1);
		ok = print_stream(&out, text.data, text.length, &err);
		assert_int_equal(ok, cases[i].ok);
		assert_int_equal(err.code, ok ? ERROR_NONE : ERROR_LIMIT);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_give_their_documents_up_to_the_first_error),
		cmocka_unit_test(each_document_is_shown_once_up_to_the_first_error),
		cmocka_unit_test(places_are_those_of_the_scalars_own_text),
		cmocka_unit_test(keys_have_places),
		cmocka_unit_test(places_are_the_same_whatever_characters_the_text_holds),
		cmocka_unit_test(limits_hold_and_cost_little),
		cmocka_unit_test(billion_laughs_are_refused),
		cmocka_unit_test(aliases_add_to_the_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
