#include "source/dockerfile_lines.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <ctype.h>
#include <strings.h>

#define BLANKS " \t\r\f\v"

/* Bytes of the file, without a line break. */
struct span {
	const char *text;
	size_t length;
};

static bool is_blank(char c)
{
	return c && strchr(BLANKS, c);
}

static struct span trim(struct span span)
{
	while (span.length > 0 && is_blank(span.text[0])) {
		span.text++;
		span.length--;
	}
	while (span.length > 0 && is_blank(span.text[span.length - 1]))
		span.length--;
	return span;
}

static bool check_text(const struct buf *text, struct error *err)
{
	uint32_t point;

	if (text->length > DOCKERFILE_BYTES)
		return error_set(err, ERROR_LIMIT, "a Dockerfile larger than 1 MiB");
	for (size_t at = 0; at < text->length;) {
		size_t taken = utf8_take(text->data + at, &point);

		if (taken == 0 || text->data[at] == '\0')
			return error_set(err, ERROR_SYNTAX, "byte %zu is no UTF-8 text",
					 at);
		at += taken;
	}
	return true;
}

/* The physical line that begins at lines->at, and to the next one. */
static struct span take_line(struct dockerfile_lines *lines)
{
	struct span span = { lines->text + lines->at, lines->length - lines->at };
	const char *end = memchr(span.text, '\n', span.length);

	if (end)
		span.length = (size_t)(end - span.text);
	lines->at += span.length + (end != NULL);
	lines->count++;
	if (span.length > 0 && span.text[span.length - 1] == '\r')
		span.length--;
	return span;
}

static struct dockerfile_piece piece_at(const struct dockerfile_lines *lines,
					const char *line, const char *from)
{
	return (struct dockerfile_piece){
		.at = lines->joined.length,
		.from = (size_t)(from - lines->text),
		.line = lines->count,
		.line_begin = (size_t)(line - lines->text),
	};
}

static bool is_word(struct span span, const char *word)
{
	return span.length == strlen(word) &&
	       strncasecmp(span.text, word, span.length) == 0;
}

/* A `# name=value` at the top of a file; false: the first line that is none. */
static bool read_directive(struct dockerfile_lines *lines, struct span line)
{
	struct span name = trim(line), value;
	const char *equals;

	if (name.length == 0 || name.text[0] != '#')
		return false;
	name.text++;
	name.length--;
	equals = memchr(name.text, '=', name.length);
	if (!equals)
		return false;
	value.text = equals + 1;
	value.length = name.length - (size_t)(value.text - name.text);
	name.length = (size_t)(equals - name.text);
	name = trim(name);
	value = trim(value);
	if (is_word(name, "escape") && value.length == 1 && strchr("\\`", value.text[0]))
		lines->escape = value.text[0];
	if (is_word(name, "syntax") && value.length > 0) {
		lines->frontend = value.text;
		lines->frontend_length = value.length;
		lines->frontend_piece = piece_at(lines, line.text, value.text);
	}
	return is_word(name, "escape") || is_word(name, "syntax") ||
	       is_word(name, "check");
}

bool dockerfile_lines_init(struct dockerfile_lines *lines, const struct buf *text,
			   struct error *err)
{
	struct dockerfile_lines behind;

	*lines = (struct dockerfile_lines){
		.text = buf_text(text),
		.length = text->length,
		.escape = '\\',
		.joined = BUF_INIT(DOCKERFILE_BYTES),
	};
	if (!check_text(text, err))
		return false;
	lines->at = utf8_mark(lines->text, lines->length);
	behind = *lines;
	while (behind.at < behind.length) {
		if (!read_directive(&behind, take_line(&behind)))
			break;
		*lines = behind;
	}
	return true;
}

/* Whether the line goes on in the next one: then without its end. */
static bool cut_continuation(const struct dockerfile_lines *lines, struct span *span)
{
	size_t end = span->length;

	while (end > 0 && (span->text[end - 1] == ' ' || span->text[end - 1] == '\t'))
		end--;
	if (end == 0 || span->text[end - 1] != lines->escape ||
	    (end > 1 && span->text[end - 2] == lines->escape))
		return false;
	span->length = end - 1;
	return true;
}

static bool is_nothing(struct span line)
{
	line = trim(line);
	return line.length == 0 || line.text[0] == '#';
}

/* Physical lines into one logical line; empty at the end of the file. */
static void join(struct dockerfile_lines *lines)
{
	bool goes_on = true;

	buf_clear(&lines->joined);
	lines->piece_count = 0;
	while (goes_on && lines->at < lines->length) {
		struct span line = take_line(lines);
		const char *begin = line.text;

		if (is_nothing(line))
			continue;
		if (lines->piece_count == 0)
			line = trim(line);
		goes_on = cut_continuation(lines, &line);
		lines->pieces = array_grow(lines->pieces, lines->piece_count,
					   sizeof(*lines->pieces));
		lines->pieces[lines->piece_count++] = piece_at(lines, begin, line.text);
		buf_add(&lines->joined, line.text, line.length);
	}
}

/* A word of a shell's line, up to a blank outside of quotes; NULL: a quote is open. */
static const char *word_end(const char *word, char escape)
{
	char quote = '\0';

	for (; *word && (quote || !is_blank(*word)); word++) {
		if (*word == escape && quote != '\'' && word[1])
			word++;
		else if (quote)
			quote = *word == quote ? '\0' : quote;
		else if (*word == '"' || *word == '\'')
			quote = *word;
	}
	return quote ? NULL : word;
}

/* The name of a heredoc without its quotes; false: the word begins none. */
static bool heredoc_name(struct span word, struct buf *name, bool *tabs)
{
	size_t at = 0;

	while (at < word.length && isdigit((unsigned char)word.text[at]))
		at++;
	if (word.length - at < 3 || strncmp(word.text + at, "<<", 2) != 0)
		return false;
	at += 2;
	*tabs = word.text[at] == '-';
	at += *tabs;
	buf_clear(name);
	for (; at < word.length; at++) {
		if (word.text[at] == '<')
			return false;
		if (!strchr("\"'", word.text[at]))
			buf_putc(name, word.text[at]);
	}
	return name->length > 0;
}

static bool pass_heredoc(struct dockerfile_lines *lines, const struct buf *name,
			 bool tabs, struct error *err)
{
	uint32_t first = lines->count;

	while (lines->at < lines->length) {
		struct span line = take_line(lines);

		while (tabs && line.length > 0 && line.text[0] == '\t') {
			line.text++;
			line.length--;
		}
		if (line.length == name->length &&
		    memcmp(line.text, name->data, line.length) == 0)
			return true;
	}
	return error_set(err, ERROR_SYNTAX, "line %u: a heredoc without its end", first);
}

/* RUN, COPY and ADD, also behind ONBUILD. */
static bool takes_heredocs(const char *text)
{
	static const char *const names[] = { "RUN", "COPY", "ADD" };
	struct span word = { text, strcspn(text, BLANKS) };

	if (is_word(word, "ONBUILD")) {
		word.text += word.length;
		word.text += strspn(word.text, BLANKS);
		word.length = strcspn(word.text, BLANKS);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (is_word(word, names[i]))
			return true;
	}
	return false;
}

static bool pass_heredocs(struct dockerfile_lines *lines, struct error *err)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT(DOCKERFILE_BYTES);
	const char *word = buf_text(&lines->joined), *end;
	bool tabs;

	for (const char *at = word; *at; at = end + strspn(end, BLANKS)) {
		end = word_end(at, lines->escape);
		if (!end)
			return true; /* a shell would not read it either */
	}
	for (; *word; word = end + strspn(end, BLANKS)) {
		end = word_end(word, lines->escape);
		if (heredoc_name((struct span){ word, (size_t)(end - word) }, &name,
				 &tabs) &&
		    !pass_heredoc(lines, &name, tabs, err))
			return false;
	}
	return true;
}

bool dockerfile_lines_next(struct dockerfile_lines *lines, bool *more, struct error *err)
{
	join(lines);
	*more = lines->piece_count > 0;
	return !takes_heredocs(buf_text(&lines->joined)) || pass_heredocs(lines, err);
}

/* The piece that a byte of the logical line is in. */
static const struct dockerfile_piece *piece_of(const struct dockerfile_lines *lines,
					       size_t at)
{
	size_t low = 0, high = lines->piece_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (lines->pieces[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return &lines->pieces[low];
}

/* The place of `length` bytes behind the beginning of a piece. */
static struct node_place place_in(const struct dockerfile_lines *lines,
				  const struct dockerfile_piece *piece, size_t offset)
{
	struct node_place place = { .line = piece->line, .column = 1 };

	place.begin = piece->from + offset;
	for (size_t at = piece->line_begin; at < place.begin; at++)
		place.column += (lines->text[at] & 0xc0) != 0x80;
	return place;
}

struct node_place dockerfile_lines_place(const struct dockerfile_lines *lines,
					 size_t begin, size_t end)
{
	const struct dockerfile_piece *piece = piece_of(lines, begin);
	struct node_place place = place_in(lines, piece, begin - piece->at);

	piece = piece_of(lines, end > begin ? end - 1 : begin);
	place.end = piece->from + (end - piece->at);
	return place;
}

struct node_place dockerfile_lines_frontend(const struct dockerfile_lines *lines)
{
	struct node_place place = place_in(lines, &lines->frontend_piece, 0);

	place.end = place.begin + lines->frontend_length;
	return place;
}

void dockerfile_lines_release(struct dockerfile_lines *lines)
{
	buf_release(&lines->joined);
	free(lines->pieces);
}
