#include "commands/pin_edits.h"

#include "tests/unit/pin_world.h"

#define AT "@" PIN_WORLD_DIGEST
#define POD                                                                              \
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n"

/*
 * The file as `wish` leaves it, and a line for each refusal; what the file is not read as
 * behind the edit is an error.
 */
static const char *pinned(const char *name, const char *text, struct pin_wish wish,
			  struct buf *out)
{
	CLEANUP(pin_world_release) struct pin_world world;
	CLEANUP(buf_release) struct buf before = BUF_INIT(10000);
	const struct pin_file file = { name, name };
	struct error err = ERROR_INIT;

	buf_clear(out);
	buf_puts(&before, text);
	pin_world_init(&world, name, text, wish);
	if (!pin_edits_make(&world.plan, &file, &before, out, &err)) {
		buf_clear(out);
		buf_printf(out, "error: %s\n", err.text);
		assert_int_equal(world.plan.edit_count, 0);
	}
	pin_world_list_refusals(out, &world);
	return buf_text(out);
}

static const struct {
	const char *label, *name, *text, *expected;
} pin_cases[] = {
	{ "plain, with a comment behind it", "a.yaml", POD "    image: a:1 # why\n",
	  POD "    image: a:1" AT " # why\n" },
	{ "quotes stay", "a.yaml", POD "    image: 'a:1'\n",
	  POD "    image: 'a:1" AT "'\n" },
	{ "of a block scalar only the text", "a.yaml", POD "    image: >-\n      a:1\n",
	  POD "    image: >-\n      a:1" AT "\n" },
	{ "CRLF stays", "a.yaml",
	  "apiVersion: v1\r\nkind: Pod\r\nspec: {containers: [{image: a:1}]}\r\n",
	  "apiVersion: v1\r\nkind: Pod\r\nspec: {containers: [{image: a:1" AT "}]}\r\n" },
	{ "JSON", "a.json",
	  "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"a:1\"}]}}",
	  "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"a:1" AT
	  "\"}]}}" },
	{ "every document, each place once", "a.yaml",
	  "x: &i a:1\n---\n" POD
	  "    image: &a a:1\n  - name: d\n    image: *a\n---\n" POD "    image: b:2\n",
	  "x: &i a:1\n---\n" POD "    image: &a a:1" AT
	  "\n  - name: d\n    image: *a\n---\n" POD "    image: b:2" AT "\n" },
	{ "an anchor that serves something else stays", "a.yaml",
	  POD "    image: &a a:1\n    args: [*a]\n",
	  POD "    image: &a a:1\n    args: [*a]\n"
	      "own-sake a.yaml:7:15: could not pin a:1: its anchor is used for something "
	      "else too\n" },
	{ "escapes stay", "a.yaml", POD "    image: \"a\\x3a1\"\n",
	  POD
	  "    image: \"a\\x3a1\"\n"
	  "own-sake a.yaml:7:12: could not pin a:1: it is written with escapes, or over "
	  "several lines\n" },
	{ "one that cannot be pinned does not keep the others from it", "a.yaml",
	  POD "    image: a:gone\n  - name: d\n    image: b:1\n",
	  POD "    image: a:gone\n  - name: d\n    image: b:1" AT
	      "\nown-sake a.yaml:7:12: could not pin a:gone: 404\n" },
	{ "an entry of a kustomization gets a line, and what is below moves with it",
	  "kustomization.yaml",
	  "kind: Kustomization\nimages:\n- name: a\n  newTag: '1'\n- name: b\n"
	  "  newTag: '2'\n  digest: ''\n",
	  "kind: Kustomization\nimages:\n- name: a\n  newTag: '1'\n  digest: " PIN_WORLD_DIGEST
	  "\n- name: b\n  newTag: '2'\n  digest: '" PIN_WORLD_DIGEST "'\n" },
	{ "a Dockerfile", "Dockerfile", "FROM a:1 AS b\nCOPY --from=c:1 / /\n",
	  "FROM a:1" AT " AS b\nCOPY --from=c:1" AT " / /\n" },
	{ "nothing to change", "a.yaml", POD "    image: a:1" AT "\n",
	  POD "    image: a:1" AT "\n" },
};

static void only_the_bytes_of_references_change(void **state)
{
	const struct pin_wish wish = { false, false, false };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(pin_cases); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(10000);

		CHECK_TEXT(pin_cases[i].label,
			   pinned(pin_cases[i].name, pin_cases[i].text, wish, &out),
			   pin_cases[i].expected);
	}
}

/* What a case leaves, without the refusals behind it. */
static size_t text_length(const char *expected)
{
	const char *refusal = strstr(expected, "own-sake ");

	return refusal ? (size_t)(refusal - expected) : strlen(expected);
}

static void unpinning_what_was_pinned_gives_the_text_that_was(void **state)
{
	const struct pin_wish wish = { .unpin = true };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(pin_cases) - 1; i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(10000);
		CLEANUP(buf_release) struct buf out = BUF_INIT(10000);

		buf_add(&text, pin_cases[i].expected, text_length(pin_cases[i].expected));
		pinned(pin_cases[i].name, buf_text(&text), wish, &out);
		CHECK_TEXT(pin_cases[i].label, buf_text(&out), pin_cases[i].text);
	}
}

static void a_text_that_cannot_be_read_to_its_end_is_not_edited(void **state)
{
	static const char bad[] = POD "    image: a:1\n---\n{";
	CLEANUP(pin_plan_release) struct pin_plan plan = { .facts = NULL };
	CLEANUP(snapshot_release) struct snapshot facts;
	CLEANUP(buf_release) struct buf before = BUF_INIT(1000);
	CLEANUP(buf_release) struct buf after = BUF_INIT(1000);
	const struct pin_file file = { "a.yaml", "a.yaml" };
	struct error err = ERROR_INIT;

	(void)state;
	snapshot_init(&facts, 0);
	plan.facts = &facts;
	buf_puts(&before, bad);
	assert_false(pin_edits_make(&plan, &file, &before, &after, &err));
	assert_int_equal(err.code, ERROR_SYNTAX);
	assert_int_equal(plan.edit_count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_bytes_of_references_change),
		cmocka_unit_test(unpinning_what_was_pinned_gives_the_text_that_was),
		cmocka_unit_test(a_text_that_cannot_be_read_to_its_end_is_not_edited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
