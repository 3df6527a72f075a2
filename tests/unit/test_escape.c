#include "reports/escape.h"

#include "base/memory.h"
#include "tests/unit/check.h"
#include "tests/unit/sample_report.h"

/* What a sink makes of a text; heap. */
static char *escaped(void (*sink)(FILE *out, const char *text), const char *text)
{
	char *result = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&result, &size);

	assert_non_null(out);
	sink(out, text);
	fclose(out);
	return result;
}

static const struct {
	const char *label, *text, *expected;
} terminal_cases[] = {
	{ "plain", "deploy/web.yaml", "deploy/web.yaml" },
	{ "letters of other scripts", "caf\xc3\xa9 \xe4\xb8\xad",
	  "caf\xc3\xa9 \xe4\xb8\xad" },
	{ "colour", "\x1b[31mred", "\\x1b[31mred" },
	{ "line feed and carriage return", "a\r\nb", "a\\x0d\\x0ab" },
	{ "C1 control sequence introducer",
	  "\xc2\x9b"
	  "0m",
	  "\\u{009b}0m" },
	{ "right-to-left override",
	  "a\xe2\x80\xae"
	  "b",
	  "a\\u{202e}b" },
	{ "invalid byte",
	  "a\xff"
	  "b",
	  "a\\xffb" },
	{ "GitHub command", "::error::x", "\\x3a:error::x" },
	{ "GitHub command behind blanks", "  ::error::x", "  \\x3a:error::x" },
	{ "GitHub command behind a blank of another kind", "\xc2\xa0::error::x",
	  "\xc2\xa0\\x3a:error::x" },
	{ "an address is no command", "[::1]:5000 a::b", "[::1]:5000 a::b" },
	{ "Azure command", "x ##vso[task]", "x \\x23#vso[task]" },
	{ "many number signs", "####", "\\x23\\x23\\x23#" },
};

static void terminals_get_nothing_to_obey(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(terminal_cases); i++) {
		CLEANUP(free_pointer)
		char *text = escaped(escape_terminal, terminal_cases[i].text);

		CHECK_TEXT(terminal_cases[i].label, text, terminal_cases[i].expected);
	}
}

static void words_for_terminals_end_at_spaces(void **state)
{
	static const char *const words[] = { "one", "", "\\x3a:two", "\\x0athree" };
	const char *rest = "one  ::two \nthree";

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		CLEANUP(buf_release) struct buf word = BUF_INIT(100);

		escape_terminal_word(&word, &rest);
		assert_string_equal(buf_text(&word), words[i]);
		rest += *rest == ' ';
	}
	assert_string_equal(rest, "");
}

static const struct {
	const char *label, *text, *expected;
} html_cases[] = {
	{ "plain", "web-1.0_x", "web-1.0_x" },
	{ "element", "</script><b>", "&lt;/script&gt;&lt;b&gt;" },
	{ "attribute", "\" onload='x'", "&quot; onload=&#39;x&#39;" },
	{ "entity", "&lt;", "&amp;lt;" },
	{ "control", "a\x1b\n\tb", "a\\x1b\\x0a\\x09b" },
	{ "isolate", "\xe2\x81\xa6x\xe2\x81\xa9", "\\u{2066}x\\u{2069}" },
	{ "overlong slash", "\xc0\xaf", "\\xc0\\xaf" },
	{ "letters", "\xc3\xa9", "\xc3\xa9" },
};

static void html_gets_text_and_no_markup(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(html_cases); i++) {
		CLEANUP(free_pointer)
		char *text = escaped(escape_html, html_cases[i].text);

		CHECK_TEXT(html_cases[i].label, text, html_cases[i].expected);
	}
}

static const struct {
	const char *label, *text, *expected;
} csv_cases[] = {
	{ "empty", "", "" },
	{ "plain", "web", "web" },
	{ "comma", "a,b", "\"a,b\"" },
	{ "quote", "say \"a\"", "\"say \"\"a\"\"\"" },
	{ "formula", "=1+1", "'=1+1" },
	{ "formula with a quote", "=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"" },
	{ "plus", "+1", "'+1" },
	{ "minus", "-", "'-" },
	{ "at", "@SUM(A1)", "'@SUM(A1)" },
	{ "tab", "\t=1", "'\\x09=1" },
	{ "carriage return", "\r=1", "'\\x0d=1" },
	{ "full-width equals sign",
	  "\xef\xbc\x9d"
	  "1",
	  "'\xef\xbc\x9d"
	  "1" },
	{ "a minus inside is none", "a-b=c", "a-b=c" },
	{ "formula behind a semicolon", "a;=1", "\"a;'=1\"" },
	{ "a semicolon alone", "a; b", "\"a; b\"" },
	{ "line feed", "a\nb", "a\\x0ab" },
};

static void csv_cells_stay_cells_and_run_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(csv_cases); i++) {
		CLEANUP(free_pointer)
		char *text = escaped(escape_csv, csv_cases[i].text);

		CHECK_TEXT(csv_cases[i].label, text, csv_cases[i].expected);
	}
}

static const struct {
	const char *label, *text, *value;
} json_cases[] = {
	{ "empty", "", "" },
	{ "all that JSON escapes itself", "a\"\\\n\x1b/", "a\"\\\n\x1b/" },
	{ "letters", "\xc3\xa9\xf0\x9f\x98\x80", "\xc3\xa9\xf0\x9f\x98\x80" },
	{ "invalid byte",
	  "a\xff"
	  "b",
	  "a\\xffb" },
	{ "cut sequence", "\xe2\x82", "\\xe2\\x82" },
	{ "surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80" },
};

static void json_strings_are_always_utf_8(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(json_cases); i++) {
		json_t *string = escape_json(json_cases[i].text);

		CHECK(json_cases[i].label, json_is_string(string));
		CHECK_TEXT(json_cases[i].label, json_string_value(string),
			   json_cases[i].value);
		json_decref(string);
	}
}

static void no_sink_lets_a_control_character_through(void **state)
{
	static void (*const sinks[])(FILE *, const char *) = {
		escape_terminal,         escape_html, escape_csv, escape_command_message,
		escape_command_property,
	};

	(void)state;
	for (size_t i = 0; sample_hostile_texts[i]; i++) {
		for (size_t j = 0; j < ARRAY_LENGTH(sinks); j++) {
			CLEANUP(free_pointer)
			char *text = escaped(sinks[j], sample_hostile_texts[i]);

			CHECK(sample_hostile_texts[i], sample_is_visible(text, ""));
		}
	}
}

static void long_texts_come_out_whole(void **state)
{
	CLEANUP(free_pointer) char *name = xmalloc(10001);
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	memset(name, 'n', 10000);
	name[10000] = '\0';
	text = escaped(escape_html, name);
	assert_string_equal(text, name);
}

static const struct {
	const char *label, *text, *message, *property;
} command_cases[] = {
	{ "plain", "web has no digest", "web has no digest", "web has no digest" },
	{ "what is escaped", "100%: a,b", "100%25: a,b", "100%25%3A a%2Cb" },
	{ "line ends", "a\r\nb", "a\\x0d\\x0ab", "a\\x0d\\x0ab" },
	{ "a command", "::error::x", "\\x3a:error::x", "\\x3a%3Aerror%3A%3Ax" },
	{ "an escaped line end", "a%0A::error::x", "a%250A::error::x",
	  "a%250A%3A%3Aerror%3A%3Ax" },
	{ "a right-to-left override",
	  "a\xe2\x80\xae"
	  "b",
	  "a\\u{202e}b", "a\\u{202e}b" },
};

static void workflow_commands_end_where_they_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(command_cases); i++) {
		CLEANUP(free_pointer)
		char *message = escaped(escape_command_message, command_cases[i].text);
		CLEANUP(free_pointer)
		char *property = escaped(escape_command_property, command_cases[i].text);

		CHECK_TEXT(command_cases[i].label, message, command_cases[i].message);
		CHECK_TEXT(command_cases[i].label, property, command_cases[i].property);
	}
}

static const struct {
	const char *path, *uri;
} uri_cases[] = {
	{ "deploy/web-1.0_x~.yaml", "deploy/web-1.0_x~.yaml" },
	{ "http://a/b", "http%3A//a/b" },
	{ "a b#c?d%20", "a%20b%23c%3Fd%2520" },
	{ "caf\xc3\xa9\xff", "caf%C3%A9%FF" },
	{ "a\\b[1]\n", "a%5Cb%5B1%5D%0A" },
};

static void paths_are_relative_references(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(uri_cases); i++) {
		CLEANUP(buf_release) struct buf uri = BUF_INIT(1000);

		escape_uri(&uri, uri_cases[i].path);
		CHECK_TEXT(uri_cases[i].path, buf_text(&uri), uri_cases[i].uri);
	}
}

static const struct {
	const char *text, *message;
} sarif_cases[] = {
	{ "an image of [::1]:5000 (v6)", "an image of [::1]:5000 (v6)" },
	{ "${IMAGE} and {0}", "${{IMAGE}} and {{0}}" },
	{ "[here](http://x) [](1)", "[here\\x5d(http://x) [\\x5d(1)" },
	{ "a\nb\xff", "a\\x0ab\\xff" },
};

static void sarif_messages_hold_no_placeholder_and_no_link(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(sarif_cases); i++) {
		json_t *string = escape_sarif(sarif_cases[i].text);

		CHECK_TEXT(sarif_cases[i].text, json_string_value(string),
			   sarif_cases[i].message);
		json_decref(string);
	}
}

static const struct {
	const char *text, *markdown;
} markdown_cases[] = {
	{ "shop web-1/2, x", "shop web-1/2, x" },
	{ "a|b", "a&#124;b" },
	{ "</code>", "&#60;/code&#62;" },
	{ "@you #1 !2 [a](b) *c*",
	  "&#64;you &#35;1 &#33;2 &#91;a&#93;&#40;b&#41; &#42;c&#42;" },
	{ "www.x.com http://x", "www&#46;x&#46;com http&#58;//x" },
	{ "&amp; `x` \\", "&#38;amp; &#96;x&#96; &#92;" },
	{ "a\nb", "a&#92;x0ab" },
	{ "caf\xc3\xa9", "caf\xc3\xa9" },
};

static void markdown_gets_text_and_no_markup(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(markdown_cases); i++) {
		CLEANUP(buf_release) struct buf markdown = BUF_INIT(1000);

		escape_markdown(&markdown, markdown_cases[i].text);
		CHECK_TEXT(markdown_cases[i].text, buf_text(&markdown),
			   markdown_cases[i].markdown);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminals_get_nothing_to_obey),
		cmocka_unit_test(words_for_terminals_end_at_spaces),
		cmocka_unit_test(html_gets_text_and_no_markup),
		cmocka_unit_test(csv_cells_stay_cells_and_run_nothing),
		cmocka_unit_test(json_strings_are_always_utf_8),
		cmocka_unit_test(workflow_commands_end_where_they_should),
		cmocka_unit_test(paths_are_relative_references),
		cmocka_unit_test(sarif_messages_hold_no_placeholder_and_no_link),
		cmocka_unit_test(markdown_gets_text_and_no_markup),
		cmocka_unit_test(no_sink_lets_a_control_character_through),
		cmocka_unit_test(long_texts_come_out_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
