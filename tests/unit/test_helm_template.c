#include "source/helm_template.h"

#include "tests/unit/check.h"

static const char *read_template(const char *content, size_t from, struct buf *out)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(buf_release) struct buf text = BUF_INIT(10000);
	struct kube_file file = { .snapshot = &snapshot, .name = "t" };

	file.path = file.name;
	snapshot_init(&snapshot, 0);
	buf_puts(&text, content);
	buf_clear(out);
	helm_template_read(&file, &text, from);
	for (size_t i = 0; i < snapshot.declared_count; i++) {
		const struct declared_use *use = &snapshot.declared[i];
		const char *at = content + use->begin + (content[use->begin] == '"');

		assert_memory_equal(at, use->image.text, strlen(use->image.text));
		buf_printf(out, "%u:%u %s\n", use->line, use->column, use->image.text);
	}
	return buf_text(out);
}

static const struct {
	const char *label, *text, *expected;
} template_cases[] = {
	{ "literals",
	  "{{ if }}\n  - image: a:1\n  image: \"b/c\" # why\r\n- - image:  d@\n",
	  "2:12 a:1\n3:10 b/c\n" },
	{ "what is filled in", "image: a:{{ .X }}\nimage: a:1 # {{ .X }}\n", "" },
	{ "words, other keys, more than one word",
	  "image: disk\nmyimage: a:1\nimages: a:1\nimage: a:1 b\nimage:a:1\nimage:\nimage: \n",
	  "" },
	{ "comments", "# image: a:1\n{{- /*\nimage: a:1\n*/}}\n{{/* x */}}\nimage: b:1\n",
	  "6:8 b:1\n" },
	{ "block scalars",
	  "  a: |-\n    image: a:1\n{{ if }}\n\n    image: a:2\n  b:\n    image: b:1\n"
	  "c: >\n image: c:1\nimage: d:1\n",
	  "7:12 b:1\n10:8 d:1\n" },
	{ "no reference", "image: A:b:c\n", "" },
	{ "the last line", "image: a:1", "1:8 a:1\n" },
};

static void literals_are_found(void **state)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(10000);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(template_cases); i++) {
		const char *read = read_template(template_cases[i].text, 0, &out);

		if (strcmp(read, template_cases[i].expected) != 0)
			fail_msg("%s: %s", template_cases[i].label, read);
	}
}

static void what_was_read_already_is_not_read_again(void **state)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(10000);

	(void)state;
	assert_string_equal(read_template("image: a:1\n---\nimage: b:1\n", 11, &out),
			    "3:8 b:1\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(literals_are_found),
		cmocka_unit_test(what_was_read_already_is_not_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
