#include "source/http_headers.h"

#include <strings.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A part of a line: its characters are not ended by a NUL. */
struct part {
	const char *text;
	size_t length;
};

static struct part trim(const char *text, size_t length)
{
	while (length > 0 && is_blank(text[length - 1]))
		length--;
	while (length > 0 && is_blank(*text)) {
		text++;
		length--;
	}
	return (struct part){ text, length };
}

static bool is_status_line(const char *line, size_t length)
{
	static const char prefix[] = "HTTP/";

	return length > strlen(prefix) && strncmp(line, prefix, strlen(prefix)) == 0;
}

/* RFC 9112, 5.2: a line that begins with white space goes on with the one before. */
static void add_folded(struct buf *lines, const struct part *more)
{
	if (lines->length == 0 || more->length == 0)
		return;
	lines->data[lines->length - 1] = ' '; /* in place of its NUL */
	buf_add(lines, more->text, more->length);
	buf_putc(lines, '\0');
}

static void add_line(struct buf *lines, const struct part *whole)
{
	if (!memchr(whole->text, ':', whole->length))
		return;
	buf_add(lines, whole->text, whole->length);
	buf_putc(lines, '\0');
}

void http_headers_take(struct http_headers *headers, const char *line, size_t length)
{
	const struct part whole = trim(line, length);

	if (!headers->open && is_status_line(line, length)) {
		buf_clear(&headers->lines);
		headers->open = true;
	} else if (!headers->open || headers->lines.overflowed) {
		return; /* a trailer, or too much */
	} else if (whole.length == 0) {
		headers->open = false;
	} else if (is_blank(*line)) {
		add_folded(&headers->lines, &whole);
	} else {
		add_line(&headers->lines, &whole);
	}
}

bool http_header_is(const char *line, const char *name)
{
	size_t length = strlen(name);

	return strncasecmp(line, name, length) == 0 && line[length] == ':';
}

const char *http_headers_find(const struct http_headers *headers, const char *name,
			      size_t nth)
{
	const struct buf *lines = &headers->lines;
	const char *line;

	for (size_t at = 0; at < lines->length; at += strlen(line) + 1) {
		line = lines->data + at;
		if (http_header_is(line, name) && nth-- == 0) {
			line += strlen(name) + 1;
			return line + strspn(line, " \t");
		}
	}
	return NULL;
}

void http_headers_release(struct http_headers *headers)
{
	buf_release(&headers->lines);
	headers->open = false;
}
