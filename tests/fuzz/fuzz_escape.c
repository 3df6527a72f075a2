/*
 * fuzz_escape - whatever others call their things, through each format's sink
 *
 * What comes out is printable: neither a control character nor invalid UTF-8, and in
 * HTML, CSV, workflow commands, Markdown and URIs nothing that the format would read as
 * its own.
 */
#include "base/memory.h"
#include "base/utf8.h"
#include "reports/escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* What a sink makes of a text; heap. */
static char *escaped(void (*sink)(FILE *out, const char *text), const char *text)
{
	char *result = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&result, &size);

	must(out != NULL);
	sink(out, text);
	fclose(out);
	for (const char *at = result; *at;) {
		uint32_t point;
		size_t length = utf8_take(at, &point);

		must(length > 0 && !utf8_is_unsafe(point));
		at += length;
	}
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char *text = arena_strndup(&arena, (const char *)data, size);
	CLEANUP(free_pointer) char *terminal = escaped(escape_terminal, text);
	CLEANUP(free_pointer) char *html = escaped(escape_html, text);
	CLEANUP(free_pointer) char *csv = escaped(escape_csv, text);
	CLEANUP(free_pointer) char *property = escaped(escape_command_property, text);
	CLEANUP(free_pointer) char *message = escaped(escape_command_message, text);
	CLEANUP(buf_release) struct buf markdown = BUF_INIT(SIZE_MAX / 8);
	CLEANUP(buf_release) struct buf uri = BUF_INIT(SIZE_MAX / 8);
	json_t *json = escape_json(text), *sarif = escape_sarif(text);

	must(strncmp(terminal, "::", 2) != 0 && !strstr(terminal, "##"));
	must(!strpbrk(html, "<>\"'"));
	must(csv[0] == '"' ||
	     (!strpbrk(csv, "\",;") && (csv[0] == '\0' || !strchr("=+-@", csv[0]))));
	must(!strpbrk(property, ":,") && strncmp(message, "::", 2) != 0);
	escape_markdown(&markdown, text);
	must(!strpbrk(buf_text(&markdown), "<>|`*_[]()@!\\.:"));
	escape_uri(&uri, text);
	must(!strpbrk(buf_text(&uri), ":?#[]\\ ") && uri.length >= strlen(text));
	must(json_is_string(json) && json_is_string(sarif));
	must(!strstr(json_string_value(sarif), "]("));
	json_decref(json);
	json_decref(sarif);
	return 0;
}
