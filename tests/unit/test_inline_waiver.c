#include "source/inline_waiver.h"

#include "base/buf.h"
#include "source/kube_text.h"

#include "tests/unit/check.h"

#define NOW INT64_C(1795417920) /* 2026-11-23T07:12:00Z */
#define GOOD "pindrift:ignore unpinned until=2027-01-31 reason=why"

static void words_are_read_in_any_number_and_the_reason_to_the_end(void **state)
{
	static const struct {
		const char *text, *id, *until, *reason;
		const char *problem; /* a part of it, or NULL */
	} cases[] = {
		{ " unpinned until=2027-01-31 reason=to  be = seen \t\r", "unpinned",
		  "2027-01-31", "to  be = seen", NULL },
		{ "\tunpinned\tuntil=2026-11-23\treason=x", "unpinned", "2026-11-23", "x",
		  NULL },
		{ " unpinned until=2026-11-22 reason=over", "unpinned", "2026-11-22",
		  "over", NULL },
		{ " unpinned until=2027-01-30 until=2027-01-31 reason=last one counts",
		  "unpinned", "2027-01-31", "last one counts", NULL },
		{ " unpinned reason=x until=2027-01-31", "unpinned", "",
		  "x until=2027-01-31", "no until=" },
		{ "", "", "", "", "names no rule" },
		{ " \t\r", "", "", "", "names no rule" },
		{ " until=2027-01-31 reason=x", "until=2027-01-31", "", "x",
		  "names no rule" },
		{ " unpinned", "unpinned", "", "", "no until=" },
		{ " unpinned until= reason=x", "unpinned", "", "x", "no until=" },
		{ " unpinned until=2027-01-31", "unpinned", "2027-01-31", "",
		  "no reason" },
		{ " unpinned until=2027-01-31 reason=", "unpinned", "2027-01-31", "",
		  "no reason" },
		{ " unpinned until=2027-01-31 reason= \t", "unpinned", "2027-01-31", "",
		  "no reason" },
		{ " unpinned until=2026-02-30 reason=x", "unpinned", "2026-02-30", "x",
		  "no date" },
		{ " unpinned until=31.1.2027 reason=x", "unpinned", "31.1.2027", "x",
		  "no date" },
		{ " unpinned until=2027-01-31T00:00:00Z reason=x", "unpinned",
		  "2027-01-31T00:00:00Z", "x", "no date" },
		{ " unpinned until=2027-11-25 reason=x", "unpinned", "2027-11-25", "x",
		  "more than a year" },
		{ " unpinned because until=2027-01-31 reason=x", "unpinned", "", "",
		  "'because' is neither" },
		{ " unpinned Until=2027-01-31 reason=x", "unpinned", "", "",
		  "'Until=2027-01-31' is neither" },
		{ " unpinned until=2027-01-31 Reason=x", "unpinned", "2027-01-31", "",
		  "'Reason=x' is neither" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct waiver waiver = inline_waiver_parse(
			cases[i].text, strlen(cases[i].text), NOW, &arena);

		CHECK_TEXT(cases[i].text, waiver.id, cases[i].id);
		CHECK_TEXT(cases[i].text, waiver.until_text, cases[i].until);
		CHECK_TEXT(cases[i].text, waiver.reason, cases[i].reason);
		CHECK(cases[i].text, !cases[i].problem == !waiver.problem &&
					     (!waiver.problem ||
					      strstr(waiver.problem, cases[i].problem)));
		CHECK(cases[i].text, waiver.in_tree);
	}
}

static void it_holds_up_to_the_midnight_behind_its_last_day(void **state)
{
	static const char text[] = " unpinned until=2026-11-23 reason=x";
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct waiver waiver;

	(void)state;
	waiver = inline_waiver_parse(text, strlen(text), NOW, &arena);
	assert_int_equal(waiver.until, INT64_C(1795478400)); /* 2026-11-24T00:00:00Z */
	assert_true(waiver_holds(&waiver, waiver.until - 1));
	assert_false(waiver_holds(&waiver, waiver.until));
}

/* What is found in a text: "line:column id", or "!" for one that cannot be read. */
static void read_text(const char *name, const char *text, bool heeded,
		      struct snapshot *snapshot, struct buf *out)
{
	CLEANUP(kube_text_release)
	struct kube_text from = { .text = BUF_INIT(10000000), .nodes = ARENA_INIT };
	struct kube_file file = { .snapshot = snapshot, .name = name };
	struct error err = ERROR_INIT;

	file.path = name;
	snapshot_init(snapshot, NOW);
	snapshot->no_inline_waivers = !heeded;
	buf_puts(&from.text, text);
	if (!kube_text_read(&from, &file, &err))
		buf_puts(out, "broken\n");
	for (size_t i = 0; i < snapshot->waiver_count; i++) {
		const struct waiver *waiver = &snapshot->waivers[i];

		assert_int_equal(waiver->line, waiver->only_line);
		assert_string_equal(waiver->path, name);
		assert_string_equal(waiver->file, name);
		buf_printf(out, "%u:%u %s%s\n", (unsigned)waiver->line,
			   (unsigned)waiver->column, waiver->problem ? "!" : waiver->id,
			   waiver->of_gap ? " gap" : "");
	}
}

static void comments_are_found_and_text_is_not(void **state)
{
	static const struct {
		const char *label, *text, *expected;
	} cases[] = {
		{ "behind a value", "a: b # " GOOD "\n", "1:6 unpinned\n" },
		{ "a line of its own", "# " GOOD "\na: b\n", "1:1 unpinned\n" },
		{ "without a blank", "a: b #" GOOD, "1:6 unpinned\n" },
		{ "behind a tab", "a: b\t#\t" GOOD, "1:6 unpinned\n" },
		{ "behind CR LF", "a: b\r\n# " GOOD "\r\nc: d\r\n", "2:1 unpinned\n" },
		{ "the mark of a byte order",
		  "\xef\xbb\xbf"
		  "a: b # " GOOD,
		  "1:6 unpinned\n" },
		{ "the same before a comment",
		  "\xef\xbb\xbf"
		  "# " GOOD "\na: b",
		  "1:1 unpinned\n" },
		{ "a column is one of characters", "a: \xc3\xa4 # " GOOD,
		  "1:6 unpinned\n" },
		{ "other words before it", "a: b # see " GOOD, "" },
		{ "a word that goes on", "a: b # pindrift:ignored unpinned", "1:6 !\n" },
		{ "no blank before #", "a: b# " GOOD, "" },
		{ "double quotes", "a: \"b # " GOOD "\"\n", "" },
		{ "single quotes", "a: 'b # " GOOD "'\n", "" },
		{ "quotes over lines", "a: \"b\n  # " GOOD "\n  c\"\n", "" },
		{ "a literal block", "a: |\n  # " GOOD "\n  b\n", "" },
		{ "a folded block", "a: >-\n  b # " GOOD "\n", "" },
		{ "a block's header", "a: |- # " GOOD "\n  b\n", "1:7 unpinned\n" },
		{ "behind a block", "a: |\n  b\n# " GOOD "\nc: d\n", "3:1 unpinned\n" },
		{ "a quoted key", "\"a # " GOOD "\": b\n", "" },
		{ "within brackets", "a: [b, # " GOOD "\n  c]\n", "1:8 unpinned\n" },
		{ "behind brackets", "a: [b, c] # " GOOD "\n", "1:11 unpinned\n" },
		{ "behind an anchor and its alias",
		  "a: &x b # " GOOD "\nc: *x # " GOOD "\n",
		  "1:9 unpinned\n2:7 unpinned\n" },
		{ "two for one line", "a: b # " GOOD " # " GOOD,
		  "1:6 unpinned\n1:61 unpinned\n" },
		{ "another document", "a: b\n---\nc: d # " GOOD "\n", "3:6 unpinned\n" },
		{ "nothing but it", "# " GOOD, "1:1 unpinned\n" },
		{ "of a gap", "# pindrift:ignore parameter until=2027-01-31 reason=x",
		  "1:1 parameter gap\n" },
		{ "an id of nothing, which drift tells",
		  "# pindrift:ignore nope until=2027-01-31 reason=x", "1:1 nope\n" },
		{ "no YAML: what was read before counts",
		  "a: b # " GOOD "\nc: d\n---\nc: [\n# " GOOD "\n",
		  "broken\n1:6 unpinned\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(snapshot_release) struct snapshot snapshot;
		CLEANUP(buf_release) struct buf out = BUF_INIT(100000);

		read_text("deploy/a.yaml", cases[i].text, true, &snapshot, &out);
		CHECK_TEXT(cases[i].label, buf_text(&out), cases[i].expected);
	}
}

static void the_reason_ends_where_another_waiver_begins(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf out = BUF_INIT(100000);

	(void)state;
	read_text("a.yaml", "a: b # " GOOD ": #1 # " GOOD "\n# c", true, &snapshot, &out);
	assert_int_equal(snapshot.waiver_count, 2);
	assert_string_equal(snapshot.waivers[0].reason, "why: #1");
	assert_string_equal(snapshot.waivers[1].reason, "why");
}

static void a_file_of_nothing_but_waivers_has_an_end(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf out = BUF_INIT(10000000);
	CLEANUP(buf_release) struct buf text = BUF_INIT(10000000);

	(void)state;
	for (int i = 0; i < INLINE_WAIVERS + 100; i++)
		buf_puts(&text, "# " GOOD "\n");
	read_text("a.yaml", buf_text(&text), true, &snapshot, &out);
	assert_int_equal(snapshot.waiver_count, INLINE_WAIVERS + 1);
	assert_null(snapshot.waivers[INLINE_WAIVERS - 1].problem);
	assert_non_null(strstr(snapshot.waivers[INLINE_WAIVERS].problem, "the first"));
}

static void json_has_no_comments(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf out = BUF_INIT(100000);

	(void)state;
	read_text("a.json", "{\"a\": \"# " GOOD "\"}", true, &snapshot, &out);
	assert_string_equal(buf_text(&out), "");
}

static void those_that_are_not_wanted_are_counted(void **state)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf out = BUF_INIT(100000);

	(void)state;
	read_text("a.yaml", "a: b # " GOOD "\nc: '# " GOOD "' # pindrift:ignore\n", false,
		  &snapshot, &out);
	assert_string_equal(buf_text(&out), "");
	assert_int_equal(snapshot.ignored_waiver_count, 2);
}

static void control_characters_stay_within_the_texts_they_are_in(void **state)
{
	static const char text[] = " unpinned until=2027-01-31 reason=\x1b[31m\0red";
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct waiver waiver;

	(void)state;
	waiver = inline_waiver_parse(text, sizeof(text) - 1, NOW, &arena);
	assert_string_equal(waiver.reason, "\x1b[31m");
	assert_null(waiver.problem);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_read_in_any_number_and_the_reason_to_the_end),
		cmocka_unit_test(it_holds_up_to_the_midnight_behind_its_last_day),
		cmocka_unit_test(comments_are_found_and_text_is_not),
		cmocka_unit_test(the_reason_ends_where_another_waiver_begins),
		cmocka_unit_test(a_file_of_nothing_but_waivers_has_an_end),
		cmocka_unit_test(json_has_no_comments),
		cmocka_unit_test(those_that_are_not_wanted_are_counted),
		cmocka_unit_test(control_characters_stay_within_the_texts_they_are_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
