#include "commands/pin_lines.h"

#include "tests/unit/check.h"

/*
 * The text with the digest written (or with "" taken out) for the mapping of the scalar
 * that `at` begins; or why not.
 */
static const char *edited(const char *content, const char *at, const char *digest,
			  struct buf *out)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(buf_release) struct buf text = BUF_INIT(10000);
	struct pin_line line = { .begin = (size_t)(strstr(content, at) - content) };
	struct pin_writing writing = { &line, &text, digest, &arena };
	struct error err = ERROR_INIT;
	struct edit edit = { 0 };
	struct edit_list list = { .items = &edit, .count = 1 };

	buf_clear(out);
	buf_puts(&text, content);
	list.text = text.data;
	list.length = text.length;
	if (!pin_lines_find(&line, 1, &text, &err) ||
	    !pin_line_edit(&edit, &writing, &err))
		buf_puts(out, err.text);
	else if (!edit_apply(out, &list, &err))
		fail_msg("%s", err.text);
	return buf_text(out);
}

#define D "sha256:01"

/* Where `unpinned` is NULL, `text` comes back. */
static const struct {
	const char *label, *text, *pinned, *unpinned;
} round_cases[] = {
	{ "a line", "i:\n  r: a\n  tag: T\n  z: 1\n",
	  "i:\n  r: a\n  tag: T\n  digest: " D "\n  z: 1\n", NULL },
	{ "the first key of an item, with a comment", "- tag: T # why\n  r: a\n",
	  "- tag: T # why\n  digest: " D "\n  r: a\n", NULL },
	{ "the last line, not ended", "r: a\ntag: T", "r: a\ntag: T\ndigest: " D, NULL },
	{ "CRLF", "r: a\r\ntag: T\r\nz: 1\r\n",
	  "r: a\r\ntag: T\r\ndigest: " D "\r\nz: 1\r\n", NULL },
	{ "CRLF, not ended", "r: a\r\ntag: T", "r: a\r\ntag: T\r\ndigest: " D, NULL },
	{ "a byte order mark", "\xef\xbb\xbftag: T\nr: a\n",
	  "\xef\xbb\xbftag: T\ndigest: " D "\nr: a\n", NULL },
	{ "an empty digest in quotes, filled in", "tag: T\ndigest: \"\" # c\n",
	  "tag: T\ndigest: \"" D "\" # c\n", NULL },
	{ "an empty digest above", "digest: # c\ntag: T\n", "digest: " D " # c\ntag: T\n",
	  NULL },
	{ "null becomes nothing", "digest: ~\ntag: T\n", "digest: " D "\ntag: T\n",
	  "digest:\ntag: T\n" },
	{ "an empty one straight behind its tag goes", "tag: T\ndigest:\n",
	  "tag: T\ndigest: " D "\n", "tag: T\n" },
	{ "digits alone", "tag: T\nsha: ''\n", "tag: T\nsha: '01'\n", NULL },
	{ "in braces, where there is room", "{ tag: T, digest: \"\" }",
	  "{ tag: T, digest: \"" D "\" }", NULL },
	{ "in braces, null", "{ tag: T, digest: ~ }", "{ tag: T, digest: " D " }",
	  "{ tag: T, digest: \"\" }" },
};

static void digests_go_in_and_out(void **state)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(10000);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(round_cases); i++) {
		const char *text = round_cases[i].text, *pinned = round_cases[i].pinned;
		const char *unpinned = round_cases[i].unpinned;

		if (strcmp(edited(text, "T", D, &out), pinned) != 0)
			fail_msg("%s: %s", round_cases[i].label, buf_text(&out));
		edited(pinned, "T", "", &out);
		if (strcmp(buf_text(&out), unpinned ? unpinned : text) != 0)
			fail_msg("%s, out: %s", round_cases[i].label, buf_text(&out));
	}
}

static const struct {
	const char *label, *text, *expected;
} other_cases[] = {
	{ "a digest that moves", "tag: T\ndigest: sha256:99 # c\n",
	  "tag: T\ndigest: " D " # c\n" },
	{ "a digest within the tag", "r: a\ntag: 'T@sha256:99'\n",
	  "r: a\ntag: 'T@" D "'\n" },
	{ "the last of two", "tag: T\ndigest: a\ndigest: b\n",
	  "tag: T\ndigest: a\ndigest: " D "\n" },
	{ "braces", "{ tag: T }",
	  "its mapping is not written one key a line: put the digest there by hand" },
	{ "braces over several lines", "{\n  tag: T\n}\n",
	  "its mapping is not written one key a line: put the digest there by hand" },
	{ "an anchored tag", "tag: &t T\nr: *t\n",
	  "its anchor is used for something else too" },
	{ "a mapping that is merged", "a: &a\n  tag: T\nb:\n  <<: *a\n",
	  "its anchor is used for something else too" },
	{ "a tag on the next line", "tag:\n  T\n",
	  "its mapping is not written one key a line: put the digest there by hand" },
	{ "an item of a sequence", "- T\n", "it is no member of a mapping" },
};

static void what_cannot_be_done_is_refused(void **state)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(10000);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(other_cases); i++) {
		const char *quote = strstr(other_cases[i].text, "'T") ? "'T" : "T";

		edited(other_cases[i].text, quote, D, &out);
		if (strcmp(buf_text(&out), other_cases[i].expected) != 0)
			fail_msg("%s: %s", other_cases[i].label, buf_text(&out));
	}
}

static const struct {
	const char *label, *text, *expected;
} out_cases[] = {
	{ "a comment keeps the line", "tag: T\ndigest: " D " # c\n",
	  "tag: T\ndigest: # c\n" },
	{ "not behind the tag", "tag: T\nr: a\ndigest: " D "\n",
	  "tag: T\nr: a\ndigest:\n" },
	{ "the first key of an item", "- digest: " D "\n  tag: T\n",
	  "- digest:\n  tag: T\n" },
	{ "within the tag", "tag: T@" D "\n", "tag: T\n" },
};

static void digests_of_others_leave_their_key(void **state)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(10000);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(out_cases); i++) {
		edited(out_cases[i].text, "T", "", &out);
		if (strcmp(buf_text(&out), out_cases[i].expected) != 0)
			fail_msg("%s: %s", out_cases[i].label, buf_text(&out));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_go_in_and_out),
		cmocka_unit_test(what_cannot_be_done_is_refused),
		cmocka_unit_test(digests_of_others_leave_their_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
