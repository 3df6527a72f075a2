/* The part of TOML that hosts.toml files use. */
#include "base/toml.h"

#include "tests/unit/check.h"

static bool parse(struct toml *toml, struct arena *arena, const char *text,
		  struct error *err)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT((size_t)1 << 20);

	buf_puts(&buf, text);
	return toml_parse(toml, arena, &buf, err);
}

/* What was read, one entry a line: "host|https://m ca = [a, b]". */
static void show(struct buf *shown, const struct toml *toml)
{
	for (size_t i = 0; i < toml->count; i++) {
		const struct toml_entry *entry = &toml->entries[i];

		for (size_t j = 0; j < entry->depth; j++)
			buf_printf(shown, "%s%s", j ? "|" : "", entry->path[j]);
		if (entry->kind == TOML_BOOLEAN)
			buf_printf(shown, " = %s", entry->boolean ? "true" : "false");
		for (size_t j = 0; j < entry->item_count; j++)
			buf_printf(shown, "%s%s", j ? "," : " = ", entry->items[j]);
		buf_puts(shown, entry->kind == TOML_TABLE ? " table\n" : "\n");
	}
}

static void what_hosts_files_hold_is_read(void **state)
{
	static const struct {
		const char *label, *text, *shown;
	} cases[] = {
		{ "nothing", "", "" },
		{ "comments and blanks", "# a\n\n  \t# b", "" },
		{ "a string", "server = \"https://docker.io\" # c\n",
		  "server = https://docker.io\n" },
		{ "a literal string", "a='C:\\x'", "a = C:\\x\n" },
		{ "an empty string", "a = \"\"", "a = \n" },
		{ "escapes", "a = \"\\\"\\\\\\t\"", "a = \"\\\t\n" },
		{ "a table", "[host.\"https://m:5\"]\n  skip_verify = true\r\n",
		  "host|https://m:5 table\nhost|https://m:5|skip_verify = true\n" },
		{ "blanks in a header", "[ host . 'x' ]\nb=false",
		  "host|x table\nhost|x|b = false\n" },
		{ "a dotted key", "a.\"b\".c = true", "a|b|c = true\n" },
		{ "an array", "c = [\"pull\", 'resolve']", "c = pull,resolve\n" },
		{ "an array of several lines", "c = [ # x\n \"a\", # y\n\n \"b\",\n]\n",
		  "c = a,b\n" },
		{ "an empty array", "c = []", "c\n" },
		{ "a hash in a string", "a = \"x # y\"", "a = x # y\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buf_release) struct buf shown = BUF_INIT((size_t)4096);
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct toml toml;

		if (!parse(&toml, &arena, cases[i].text, &err))
			fail_msg("%s: %s", cases[i].label, err.text);
		show(&shown, &toml);
		CHECK_TEXT(cases[i].label, buf_text(&shown), cases[i].shown);
	}
}

static void everything_else_is_an_error_that_names_the_line(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "a = 1", "line 1: neither a string" },
		{ "\n\na = 1979-05-27", "line 3: neither" },
		{ "a = {}", "line 1: neither" },
		{ "a = truely", "line 1: something stands behind" },
		{ "a = \"b\" c = \"d\"", "line 1: something stands behind" },
		{ "[[a]]", "line 1: arrays of tables" },
		{ "a = \"\"\"x\"\"\"", "line 1: strings of several lines" },
		{ "a = '''x'''", "line 1: strings of several lines" },
		{ "a = \"x\ny\"", "line 1: a string that does not end" },
		{ "a = \"x", "line 1: a string that does not end" },
		{ "a = \"\\", "line 1: an escape" },
		{ "a = \"\\u0041\"", "line 1: an escape" },
		{ "a = [\"x\",\n[\"y\"]]", "line 2: only strings" },
		{ "a = [\"x\" \"y\"]", "line 1: an array that does not end" },
		{ "a = [\"x\"", "line 1: an array that does not end" },
		{ "a = [\n", "line 2: only strings" },
		{ "a", "line 1: = is expected" },
		{ "= true", "line 1: a key is expected" },
		{ "a. = true", "line 1: a key is expected" },
		{ "[a", "line 1: the name of a table" },
		{ "[]", "line 1: a key is expected" },
		{ "[a.b.c.d.e]", "line 1: more than 4 parts" },
		{ "[a.b]\nc.d.e = true", "line 2: more than 4 parts" },
		{ "a = true\na = true", "line 2: a key that was given before" },
		{ "[a]\n[b]\n[a]", "line 3: a key that was given before" },
		{ "[a]\nb = true\n[c]\na.b = true\n[d]\n\xff", "not a text in UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct toml toml;

		CHECK(cases[i].text, !parse(&toml, &arena, cases[i].text, &err));
		if (!strstr(err.text, cases[i].says))
			fail_msg("%s: %s", cases[i].text, err.text);
	}
}

static void a_nul_is_no_text(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT((size_t)100);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct toml toml;

	(void)state;
	buf_add(&buf, "a = true\0b", 10);
	assert_false(toml_parse(&toml, &arena, &buf, &err));
}

/* `count` times `item`, between two texts. */
static enum error_code parse_many(const char *before, const char *item, size_t count,
				  const char *behind)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT((size_t)1 << 20);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct toml toml;

	buf_puts(&buf, before);
	for (size_t i = 0; i < count; i++)
		buf_printf(&buf, item, (int)i);
	buf_puts(&buf, behind);
	return toml_parse(&toml, &arena, &buf, &err) ? ERROR_NONE : err.code;
}

static void what_is_too_much_is_refused(void **state)
{
	(void)state;
	assert_int_equal(parse_many("", "k%d = true\n", 1000, ""), ERROR_NONE);
	assert_int_equal(parse_many("", "k%d = true\n", 1001, ""), ERROR_LIMIT);
	assert_int_equal(parse_many("a = [", "\"%d\",", 100, "]"), ERROR_NONE);
	assert_int_equal(parse_many("a = [", "\"%d\",", 101, "]"), ERROR_LIMIT);
	assert_int_equal(parse_many("a = \"", "%04d", 1024, "\""), ERROR_NONE);
	assert_int_equal(parse_many("a = \"", "%04d", 1025, "\""), ERROR_LIMIT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_hosts_files_hold_is_read),
		cmocka_unit_test(everything_else_is_an_error_that_names_the_line),
		cmocka_unit_test(a_nul_is_no_text),
		cmocka_unit_test(what_is_too_much_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
