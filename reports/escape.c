#include "reports/escape.h"

#include "base/utf8.h"

#include <ctype.h>

/* Printable ASCII other than the space: nothing that a CI system trims away. */
static bool is_graphic(char c)
{
	return c > ' ' && c < 0x7f;
}

/*
 * The character at `text` as a terminal may have it.  GitHub reads a command where "::"
 * is the first of a line that is no white space, others read "##" anywhere: the first
 * character of either is written as \xHH.
 */
static size_t terminal_visible(char visible[UTF8_VISIBLE_SIZE], const char *text,
			       char before)
{
	bool command = strncmp(text, "##", 2) == 0 ||
		       (strncmp(text, "::", 2) == 0 && !is_graphic(before));

	if (!command)
		return utf8_visible(visible, text);
	snprintf(visible, UTF8_VISIBLE_SIZE, "\\x%02x", (unsigned char)text[0]);
	return 1;
}

/* What stands in front that terminal_visible() leaves as it is: most of every word. */
static size_t terminal_plain_length(const char *text)
{
	size_t length = 0;

	while (text[length] > ' ' && text[length] < 0x7f && text[length] != '#' &&
	       text[length] != ':')
		length++;
	return length;
}

void escape_terminal(FILE *out, const char *text)
{
	char visible[UTF8_VISIBLE_SIZE];
	char before = ' ';

	while (*text) {
		size_t length = terminal_visible(visible, text, before);

		fputs(visible, out);
		text += length;
		before = text[-1];
	}
}

void escape_terminal_word(struct buf *word, const char **text)
{
	char visible[UTF8_VISIBLE_SIZE];
	char before = ' ';

	while (**text && **text != ' ') {
		size_t plain = terminal_plain_length(*text);

		if (plain) {
			buf_add(word, *text, plain);
			*text += plain;
		} else {
			*text += terminal_visible(visible, *text, before);
			buf_puts(word, visible);
		}
		before = (*text)[-1];
	}
}

void escape_visible(struct buf *buf, const char *text)
{
	char visible[UTF8_VISIBLE_SIZE];

	while (*text) {
		text += utf8_visible(visible, text);
		buf_puts(buf, visible);
	}
}

/* What stands for an ASCII character; NULL where it is written as it is. */
struct substitutes {
	const char *of[128];
};

/* Bytes of `text` that go out as they are: printable ASCII without a substitute. */
static size_t plain_length(const char *text, const struct substitutes *substitutes)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t length = 0;

	while (bytes[length] >= ' ' && bytes[length] < 0x7f &&
	       !substitutes->of[bytes[length]])
		length++;
	return length;
}

static void write_substituted(FILE *out, const char *text,
			      const struct substitutes *substitutes)
{
	char visible[UTF8_VISIBLE_SIZE];

	for (;;) {
		size_t plain = plain_length(text, substitutes);
		unsigned char next = (unsigned char)text[plain];

		fwrite(text, 1, plain, out);
		text += plain;
		if (next == '\0')
			return;
		if (next < ARRAY_LENGTH(substitutes->of) && substitutes->of[next]) {
			fputs(substitutes->of[next], out);
			text++;
		} else {
			text += utf8_visible(visible, text);
			fputs(visible, out);
		}
	}
}

void escape_html(FILE *out, const char *text)
{
	static const struct substitutes html = {
		.of = { ['&'] = "&amp;",
			['<'] = "&lt;",
			['>'] = "&gt;",
			['"'] = "&quot;",
			['\''] = "&#39;" },
	};

	write_substituted(out, text, &html);
}

/* Characters that make a formula of a cell, full-width ones included. */
static bool begins_formula(const char *cell)
{
	uint32_t point;

	if (*cell == '\0' || utf8_take(cell, &point) == 0)
		return false;
	return (point < 0x80 && strchr("=+-@\t\r", (int)point)) || point == 0xff0b ||
	       point == 0xff0d || point == 0xff1d || point == 0xff20;
}

/*
 * In many countries spreadsheets part cells at ";" whatever quotes say, as they take the
 * "," for text; what follows one may then begin a cell.
 */
static bool hides_formula(const char *cell)
{
	for (cell = strchr(cell, ';'); cell; cell = strchr(cell, ';')) {
		if (begins_formula(++cell))
			return true;
	}
	return false;
}

void escape_csv(FILE *out, const char *text)
{
	static const struct substitutes doubled = { .of = { ['"'] = "\"\"" } };
	static const struct substitutes parted = {
		.of = { ['"'] = "\"\"", [';'] = ";'" },
	};
	bool quoted = strpbrk(text, "\",; ") != NULL;

	if (quoted)
		fputc('"', out);
	if (begins_formula(text))
		fputc('\'', out);
	write_substituted(out, text, hides_formula(text) ? &parted : &doubled);
	if (quoted)
		fputc('"', out);
}

/* `text` with its invalid bytes as \xHH; a control character is JSON's own matter. */
static json_t *mended(const char *text)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(SIZE_MAX / 8);

	while (*text) {
		uint32_t point;
		size_t length = utf8_take(text, &point);

		if (length)
			buf_add(&buf, text, length);
		else
			buf_printf(&buf, "\\x%02x", (unsigned char)*text);
		text += length ? length : 1;
	}
	return json_string(buf_text(&buf));
}

json_t *escape_json(const char *text)
{
	json_t *string = json_string(text); /* refuses what is no UTF-8 */

	return string ? string : mended(text);
}

json_t *escape_json_visible(const char *text)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(SIZE_MAX / 8);

	escape_visible(&buf, text);
	return json_string(buf_text(&buf));
}

json_t *escape_sarif(const char *text)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(SIZE_MAX / 8);
	char visible[UTF8_VISIBLE_SIZE];

	while (*text) {
		size_t length = utf8_visible(visible, text);

		if (strncmp(text, "](", 2) == 0)
			snprintf(visible, sizeof(visible), "\\x5d");
		else if (*text == '{' || *text == '}') /* 3.11.5: they are doubled */
			buf_putc(&buf, *text);
		buf_puts(&buf, visible);
		text += length;
	}
	return json_string(buf_text(&buf));
}

/* Segments of a path and the "/" between them; RFC 3986, 2.3 and 3.3, less the ":". */
static bool is_uri_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~/!$&'()*+,;=@", c));
}

void escape_uri(struct buf *uri, const char *path)
{
	for (; *path; path++) {
		if (is_uri_character(*path))
			buf_putc(uri, *path);
		else
			buf_printf(uri, "%%%02X", (unsigned)(unsigned char)*path);
	}
}

/* As for any log of a CI system, and then with `encoded` characters as %HH. */
static void write_command(FILE *out, const char *text, const char *encoded)
{
	char visible[UTF8_VISIBLE_SIZE];
	char before = ' ';

	while (*text) {
		text += terminal_visible(visible, text, before);
		before = text[-1];
		for (const char *c = visible; *c; c++) {
			if (strchr(encoded, *c))
				fprintf(out, "%%%02X", (unsigned)(unsigned char)*c);
			else
				fputc(*c, out);
		}
	}
}

void escape_command_message(FILE *out, const char *text)
{
	write_command(out, text, "%\r\n");
}

void escape_command_property(FILE *out, const char *text)
{
	write_command(out, text, "%\r\n:,");
}

/* ASCII punctuation that neither Markdown nor its dialects give a meaning inside a line.
 */
static bool is_plain_in_markdown(char c)
{
	return !ispunct((unsigned char)c) || strchr("-/,;%?", c);
}

void escape_markdown(struct buf *markdown, const char *text)
{
	char visible[UTF8_VISIBLE_SIZE];

	while (*text) {
		text += utf8_visible(visible, text);
		for (const char *c = visible; *c; c++) {
			if (is_plain_in_markdown(*c))
				buf_putc(markdown, *c);
			else /* CommonMark 0.31, 6.2: never structure */
				buf_printf(markdown, "&#%d;", *c);
		}
	}
}
