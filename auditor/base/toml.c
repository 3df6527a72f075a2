#include "base/toml.h"

#include "base/utf8.h"

#define STRING_BYTES ((size_t)4096)

struct reader {
	struct toml *toml;
	const char *at, *end;
	uint32_t line;
	struct toml_entry table; /* the present one: its path */
	struct error *err;
};

static bool fail(const struct reader *reader, const char *what)
{
	return error_set(reader->err, ERROR_SYNTAX, "line %u: %s", (unsigned)reader->line,
			 what);
}

static bool over(const struct reader *reader, const char *what)
{
	return error_set(reader->err, ERROR_LIMIT, "line %u: more than %s",
			 (unsigned)reader->line, what);
}

/* The byte at hand, '\0' at the end: a NUL in the text is refused before. */
static char peek(const struct reader *reader)
{
	return reader->at < reader->end ? *reader->at : '\0';
}

static bool take(struct reader *reader, char c)
{
	if (peek(reader) != c || c == '\0')
		return false;
	reader->at++;
	return true;
}

static void skip_blanks(struct reader *reader)
{
	while (peek(reader) == ' ' || peek(reader) == '\t')
		reader->at++;
}

static void skip_comment(struct reader *reader)
{
	skip_blanks(reader);
	if (peek(reader) == '#')
		while (reader->at < reader->end && peek(reader) != '\n')
			reader->at++;
}

/* Blanks, comments and line ends. */
static void skip_lines(struct reader *reader)
{
	for (;;) {
		skip_comment(reader);
		take(reader, '\r');
		if (!take(reader, '\n'))
			return;
		reader->line++;
	}
}

static bool end_line(struct reader *reader)
{
	skip_comment(reader);
	take(reader, '\r');
	if (reader->at == reader->end)
		return true;
	if (!take(reader, '\n'))
		return fail(reader, "something stands behind the end of a value");
	reader->line++;
	return true;
}

static bool take_escape(struct reader *reader, struct buf *text)
{
	static const char names[] = "\"\\bfnrt", meant[] = "\"\\\b\f\n\r\t";
	const char *found = peek(reader) ? strchr(names, peek(reader)) : NULL;

	if (!found)
		return fail(reader, "an escape that is not read here");
	buf_putc(text, meant[found - names]);
	reader->at++;
	return true;
}

/* A basic ("…") or literal ('…') string on one line. */
static bool read_string(struct reader *reader, const char **string)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(STRING_BYTES);
	char quote = *reader->at++;

	if (reader->end - reader->at >= 2 && reader->at[0] == quote &&
	    reader->at[1] == quote)
		return fail(reader, "strings of several lines are not read here");
	while (peek(reader) != quote) {
		char c = peek(reader);

		if ((unsigned char)c < ' ' && c != '\t')
			return fail(reader, "a string that does not end");
		reader->at++;
		if (c != '\\' || quote == '\'')
			buf_putc(&text, c);
		else if (!take_escape(reader, &text))
			return false;
	}
	reader->at++;
	if (text.overflowed)
		return over(reader, "4096 bytes of a string");
	*string = arena_strdup(reader->toml->arena, buf_text(&text));
	return true;
}

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool read_key_part(struct reader *reader, const char **part)
{
	const char *from = reader->at;

	*part = "";
	if (peek(reader) == '"' || peek(reader) == '\'')
		return read_string(reader, part);
	while (is_bare(peek(reader)))
		reader->at++;
	if (reader->at == from)
		return fail(reader, "a key is expected");
	*part = arena_strndup(reader->toml->arena, from, (size_t)(reader->at - from));
	return true;
}

/* Put a dotted key behind the path of `entry`. */
static bool read_key(struct reader *reader, struct toml_entry *entry)
{
	do {
		skip_blanks(reader);
		if (entry->depth == TOML_DEPTH)
			return over(reader, "4 parts of a key");
		if (!read_key_part(reader, &entry->path[entry->depth++]))
			return false;
		skip_blanks(reader);
	} while (take(reader, '.'));
	return true;
}

static bool read_list(struct reader *reader, struct toml_entry *entry)
{
	struct arena *arena = reader->toml->arena;

	entry->kind = TOML_LIST;
	reader->at++;
	for (;;) {
		skip_lines(reader);
		if (take(reader, ']'))
			return true;
		if (peek(reader) != '"' && peek(reader) != '\'')
			return fail(reader, "only strings are read in an array");
		if (entry->item_count == TOML_LIST_ITEMS)
			return over(reader, "100 items of an array");
		entry->items = arena_grow(arena, (void *)entry->items, entry->item_count,
					  sizeof(*entry->items));
		if (!read_string(reader, &entry->items[entry->item_count++]))
			return false;
		skip_lines(reader);
		if (!take(reader, ',') && peek(reader) != ']')
			return fail(reader, "an array that does not end");
	}
}

static bool take_word(struct reader *reader, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(reader->end - reader->at) < length ||
	    memcmp(reader->at, word, length) != 0)
		return false;
	reader->at += length;
	return true;
}

static bool read_value(struct reader *reader, struct toml_entry *entry)
{
	if (peek(reader) == '[')
		return read_list(reader, entry);
	if (peek(reader) == '"' || peek(reader) == '\'') {
		entry->kind = TOML_STRING;
		entry->items = arena_alloc(reader->toml->arena, sizeof(*entry->items));
		entry->item_count = 1;
		return read_string(reader, &entry->items[0]);
	}
	entry->kind = TOML_BOOLEAN;
	entry->boolean = take_word(reader, "true");
	if (entry->boolean || take_word(reader, "false"))
		return true;
	return fail(reader, "neither a string, true, false nor an array of strings");
}

static bool same_path(const struct toml_entry *a, const struct toml_entry *b)
{
	if (a->depth != b->depth)
		return false;
	for (size_t i = 0; i < a->depth; i++)
		if (strcmp(a->path[i], b->path[i]) != 0)
			return false;
	return true;
}

static bool add_entry(struct reader *reader, const struct toml_entry *entry)
{
	struct toml *toml = reader->toml;

	if (toml->count == TOML_ENTRIES)
		return over(reader, "1000 keys");
	for (size_t i = 0; i < toml->count; i++)
		if (same_path(&toml->entries[i], entry))
			return fail(reader, "a key that was given before");
	toml->entries = arena_grow(toml->arena, toml->entries, toml->count,
				   sizeof(*toml->entries));
	toml->entries[toml->count++] = *entry;
	return true;
}

/* "[host."https://…"]" */
static bool read_header(struct reader *reader)
{
	struct toml_entry table = { .line = reader->line, .kind = TOML_TABLE };

	reader->at++;
	if (peek(reader) == '[')
		return fail(reader, "arrays of tables are not read here");
	if (!read_key(reader, &table))
		return false;
	if (!take(reader, ']'))
		return fail(reader, "the name of a table that does not end");
	reader->table = table;
	return add_entry(reader, &table) && end_line(reader);
}

static bool read_pair(struct reader *reader)
{
	struct toml_entry entry = reader->table;

	entry.line = reader->line;
	if (!read_key(reader, &entry))
		return false;
	if (!take(reader, '='))
		return fail(reader, "= is expected behind a key");
	skip_blanks(reader);
	return read_value(reader, &entry) && add_entry(reader, &entry) &&
	       end_line(reader);
}

/* Returns where the text ends, or NULL where it is none. */
static const char *check_text(const char *text, size_t length)
{
	const char *at = text;
	uint32_t point;

	while (at < text + length && *at != '\0') {
		size_t taken = utf8_take(at, &point);

		if (taken == 0)
			return NULL;
		at += taken;
	}
	return at == text + length ? at : NULL;
}

bool toml_parse(struct toml *toml, struct arena *arena, const struct buf *text,
		struct error *err)
{
	struct reader reader = { .toml = toml, .line = 1, .err = err };

	*toml = (struct toml){ .arena = arena };
	reader.at = buf_text(text);
	reader.end = check_text(reader.at, text->length);
	if (!reader.end)
		return error_set(err, ERROR_SYNTAX, "not a text in UTF-8");
	for (;;) {
		skip_lines(&reader);
		if (reader.at == reader.end)
			return true;
		if (!(peek(&reader) == '[' ? read_header(&reader) : read_pair(&reader)))
			return false;
	}
}
