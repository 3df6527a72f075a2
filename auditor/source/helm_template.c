#include "source/helm_template.h"

#define KEY "image:"

/* How far a template is read. */
struct reader {
	struct kube_file *file;
	const char *text;
	bool comment;       /* within one of the template */
	bool block;         /* within a block scalar */
	size_t block_above; /* the indentation of its key */
	size_t use_count;
};

/* A line, without its break. */
struct line {
	const char *text;
	size_t length;
	uint32_t number;
};

static bool holds(const struct line *line, const char *text)
{
	return memmem(line->text, line->length, text, strlen(text)) != NULL;
}

static size_t blanks_at(const struct line *line, size_t at)
{
	size_t begin = at;

	while (at < line->length && strchr(" \t", line->text[at]))
		at++;
	return at - begin;
}

/* Whether the line ends in the head of a block scalar: `key: |-`. */
static bool begins_block(const struct line *line)
{
	size_t end = line->length;

	while (end > 0 && strchr(" \t+-0123456789", line->text[end - 1]))
		end--;
	return end >= 3 && strchr("|>", line->text[end - 1]) &&
	       strchr(" \t", line->text[end - 2]);
}

/* Whether the line is text of a block scalar.  Actions stand at any indentation. */
static bool is_block_text(struct reader *reader, const struct line *line)
{
	size_t indent = blanks_at(line, 0);
	bool neutral =
		indent == line->length || strncmp(line->text + indent, "{{", 2) == 0;

	if (reader->block && !neutral && indent <= reader->block_above)
		reader->block = false;
	if (reader->block)
		return true;
	if (begins_block(line)) {
		reader->block = true;
		reader->block_above = indent;
	}
	return false;
}

/* Whether the line is part of a comment of the template. */
static bool is_comment(struct reader *reader, const struct line *line)
{
	bool was = reader->comment;

	if (holds(line, "/*"))
		reader->comment = true;
	if (reader->comment && holds(line, "*/")) {
		reader->comment = false;
		return true;
	}
	return was || reader->comment;
}

/* The value of `image:` on a line of its own; of length 0 where there is none. */
static struct line value_of(const struct line *line)
{
	struct line value = { line->text, 0, line->number };
	size_t at = blanks_at(line, 0), end;

	while (at + 1 < line->length && line->text[at] == '-' &&
	       line->text[at + 1] == ' ')
		at += 1 + blanks_at(line, at + 1);
	if (line->length - at <= strlen(KEY) ||
	    strncmp(line->text + at, KEY, strlen(KEY)) != 0)
		return value;
	at += strlen(KEY);
	if (blanks_at(line, at) == 0)
		return value;
	at += blanks_at(line, at);
	end = at;
	while (end < line->length && !strchr(" \t", line->text[end]))
		end++;
	at = at < line->length ? at : line->length;
	value.text = line->text + at;
	if (end + blanks_at(line, end) == line->length ||
	    line->text[end + blanks_at(line, end)] == '#')
		value.length = end - at;
	return value;
}

static uint32_t column_of(const struct line *line, const char *at)
{
	uint32_t column = 1;

	for (const char *c = line->text; c < at; c++)
		column += ((unsigned char)*c & 0xc0) != 0x80;
	return column;
}

static void declare(struct reader *reader, const struct line *line,
		    const struct line *value)
{
	struct arena *arena = &reader->file->snapshot->arena;
	struct declared_use use = kube_file_use(reader->file, NULL, "", "HelmTemplate");
	struct node scalar = { .kind = NODE_STRING };
	char first = value->text[0];
	bool quoted = value->length >= 2 && strchr("\"'", first) &&
		      value->text[value->length - 1] == first;
	const char *text = arena_strndup(arena, value->text + quoted,
					 value->length - (quoted ? 2 : 0));

	use.image.container = "";
	container_image_read(&use.image, arena, text);
	if (use.image.state != REFERENCE_OK || !strpbrk(text, ":@/"))
		return;
	use.field = arena_printf(arena, "image[%zu]", reader->use_count++);
	scalar.place.line = line->number;
	scalar.place.column = column_of(line, value->text);
	scalar.place.begin = (size_t)(value->text - reader->text);
	scalar.place.end = scalar.place.begin + value->length;
	kube_file_add(reader->file, &use, &scalar);
}

static void read_line(struct reader *reader, const struct line *line)
{
	struct line value;

	if (is_comment(reader, line) || is_block_text(reader, line) ||
	    holds(line, "{{") || holds(line, "}}"))
		return;
	value = value_of(line);
	if (value.length > 0 && reader->file->image_count < KUBE_FILE_IMAGES)
		declare(reader, line, &value);
}

void helm_template_read(struct kube_file *file, const struct buf *text, size_t from)
{
	struct reader reader = { .file = file, .text = buf_text(text) };
	uint32_t number = 0;

	file->offset = 0; /* places count from the text's first byte */
	for (size_t at = 0, next; at < text->length; at = next) {
		const char *begin = text->data + at;
		const char *end = memchr(begin, '\n', text->length - at);
		struct line line = { begin, text->length - at, ++number };

		if (end)
			line.length = (size_t)(end - begin);
		next = at + line.length + (end != NULL);
		if (line.length > 0 && begin[line.length - 1] == '\r')
			line.length--;
		if (at >= from)
			read_line(&reader, &line);
	}
	if (file->image_count >= KUBE_FILE_IMAGES)
		kube_file_gap(file, GAP_TOO_LARGE, 0, "10,000 images or more");
}
