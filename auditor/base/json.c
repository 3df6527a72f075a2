#include "base/json.h"

#include "base/cursor.h"
#include "base/utf8.h"

/* Members that a mapping has on the stack while it is read: where arena_grow() grows. */
#define FEW_MEMBERS 8

struct reader {
	struct arena *arena;
	struct error *err;
	const char *start, *at, *end;
	unsigned depth;
	size_t node_count;
	bool with_places;
	struct cursor cursor; /* of the newest place */
};

static struct node *read_value(struct reader *reader, const struct json_shape *members);

static bool fail(struct reader *reader, enum error_code code, const char *at,
		 const char *problem)
{
	struct cursor cursor = cursor_start(reader->start);

	cursor_to(&cursor, at);
	return error_set(reader->err, code, "line %u, column %u: %s", cursor.line,
			 cursor.column, problem);
}

static void skip_space(struct reader *reader)
{
	while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' ||
					    *reader->at == '\t' || *reader->at == '\r'))
		reader->at++;
}

/* True, and behind it, where `c` is what comes next. */
static bool take(struct reader *reader, char c)
{
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static struct node_place place_begin(struct reader *reader)
{
	if (!reader->with_places)
		return (struct node_place){ 0 };
	cursor_to(&reader->cursor, reader->at);
	return (struct node_place){
		.line = reader->cursor.line,
		.column = reader->cursor.column,
		.begin = (size_t)(reader->at - reader->start),
	};
}

static void place_end(const struct reader *reader, struct node_place *place)
{
	if (reader->with_places)
		place->end = (size_t)(reader->at - reader->start);
}

static struct node *new_node(struct reader *reader, enum node_kind kind)
{
	struct node *node;

	if (++reader->node_count > NODE_LIMIT) {
		fail(reader, ERROR_LIMIT, reader->at, "too many values");
		return NULL;
	}
	node = arena_alloc(reader->arena, sizeof(*node));
	node->kind = kind;
	node->place = place_begin(reader);
	return node;
}

static char *utf8_put(char *out, uint32_t c)
{
	if (c < 0x80) {
		*out++ = (char)c;
		return out;
	}
	if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*out++ = (char)(0xe0 | c >> 12);
		} else {
			*out++ = (char)(0xf0 | c >> 18);
			*out++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*out++ = (char)(0x80 | (c & 0x3f));
	return out;
}

/* The four hex digits of \uXXXX, or -1. */
static int32_t read_unit(const char *at, const char *end)
{
	int32_t unit = 0;

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		char c = at[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;

		if (digit < 0)
			return -1;
		unit = unit << 4 | digit;
	}
	return unit;
}

/* The character of a \u escape or of a pair of them (RFC 8259, section 7). */
static bool read_unicode(struct reader *reader, const char **at, const char *end,
			 uint32_t *c)
{
	int32_t high = read_unit(*at, end), low;

	if (high < 0)
		return fail(reader, ERROR_SYNTAX, *at, "\\u needs four hex digits");
	if (high == 0)
		return fail(reader, ERROR_SYNTAX, *at, "a NUL character in a string");
	if (high < 0xd800 || high > 0xdfff) {
		*c = (uint32_t)high;
		*at += 6;
		return true;
	}
	low = high < 0xdc00 ? read_unit(*at + 6, end) : -1;
	if (low < 0xdc00 || low > 0xdfff)
		return fail(reader, ERROR_SYNTAX, *at, "half of a surrogate pair");
	*c = 0x10000 + (((uint32_t)high & 0x3ff) << 10 | ((uint32_t)low & 0x3ff));
	*at += 12;
	return true;
}

/* Write what the escape at `*at` stands for. */
static bool read_escape(struct reader *reader, const char **at, const char *end,
			char **out)
{
	static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char *name = memchr(names, (*at)[1], sizeof(names) - 1);
	uint32_t c = 0;

	if (name) {
		*(*out)++ = meanings[name - names];
		*at += 2;
		return true;
	}
	if ((*at)[1] != 'u')
		return fail(reader, ERROR_SYNTAX, *at, "unknown escape in a string");
	if (!read_unicode(reader, at, end, &c))
		return false;
	*out = utf8_put(*out, c);
	return true;
}

/* Write the string's contents [at, end), which end before its quote. */
static bool decode(struct reader *reader, const char *at, const char *end, char **out)
{
	uint32_t point;

	while (at < end) {
		const char *plain = json_plain_end(at, end);
		size_t length = (size_t)(plain - at);

		memcpy(*out, at, length);
		*out += length;
		at = plain;
		if (at == end)
			break;
		if (*at == '\\') {
			if (!read_escape(reader, &at, end, out))
				return false;
			continue;
		}
		if ((unsigned char)*at < ' ')
			return fail(reader, ERROR_SYNTAX, at,
				    "a control character in a string");
		length = utf8_take(at, &point); /* ends before the closing quote */
		if (length == 0)
			return fail(reader, ERROR_SYNTAX, at, "not UTF-8");
		memcpy(*out, at, length);
		*out += length;
		at += length;
	}
	return true;
}

/* A string from its opening quote on, as text in the arena; NULL on error. */
static const char *read_string(struct reader *reader, size_t *length)
{
	const char *begin = reader->at + 1;
	const char *end = json_string_end(begin, reader->end);
	char *text, *out;

	if (!end) {
		fail(reader, ERROR_SYNTAX, reader->at, "a string that is not closed");
		return NULL;
	}
	/* What is decoded is never longer than its source. */
	text = out = arena_alloc(reader->arena, (size_t)(end - begin) + 1);
	if (!decode(reader, begin, end, &out))
		return NULL;
	reader->at = end + 1;
	*length = (size_t)(out - text);
	return text;
}

static struct node *read_string_node(struct reader *reader)
{
	struct node *node = new_node(reader, NODE_STRING);

	if (!node)
		return NULL;
	node->quoted = true;
	node->text = read_string(reader, &node->length);
	if (!node->text)
		return NULL;
	place_end(reader, &node->place);
	return node;
}

/* A scalar whose text is what stands in [reader->at, end). */
static struct node *read_plain_node(struct reader *reader, enum node_kind kind,
				    const char *end)
{
	struct node *node = new_node(reader, kind);

	if (!node)
		return NULL;
	node->length = (size_t)(end - reader->at);
	node->text = arena_strndup(reader->arena, reader->at, node->length);
	reader->at = end;
	place_end(reader, &node->place);
	return node;
}

static const char *digits_end(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

/* `at` moves over digits; false where there is none. */
static bool skip_digits(const char **at, const char *end)
{
	const char *begin = *at;

	*at = digits_end(begin, end);
	return *at > begin;
}

/* The end of the number at `at` (RFC 8259, section 6), or NULL. */
static const char *number_end(const char *at, const char *end)
{
	if (at < end && *at == '-')
		at++;
	if (at < end && *at == '0')
		at++;
	else if (!skip_digits(&at, end))
		return NULL;
	if (at < end && *at == '.') {
		at++;
		if (!skip_digits(&at, end))
			return NULL;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		if (!skip_digits(&at, end))
			return NULL;
	}
	return at;
}

static struct node *read_number(struct reader *reader)
{
	const char *end = number_end(reader->at, reader->end);

	if (!end) {
		fail(reader, ERROR_SYNTAX, reader->at, "not a number");
		return NULL;
	}
	return read_plain_node(reader, NODE_NUMBER, end);
}

static struct node *read_literal(struct reader *reader)
{
	static const struct {
		const char *text;
		enum node_kind kind;
	} literals[] = {
		{ "true", NODE_BOOLEAN },
		{ "false", NODE_BOOLEAN },
		{ "null", NODE_NULL },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(literals); i++) {
		size_t length = strlen(literals[i].text);

		if ((size_t)(reader->end - reader->at) >= length &&
		    memcmp(reader->at, literals[i].text, length) == 0)
			return read_plain_node(reader, literals[i].kind,
					       reader->at + length);
	}
	fail(reader, ERROR_SYNTAX, reader->at, "expected a value");
	return NULL;
}

static bool skip_value(struct reader *reader)
{
	struct json_skip skip = JSON_SKIP_INIT;
	size_t length = (size_t)(reader->end - reader->at);

	switch (json_skip(&skip, reader->at, length)) {
	case JSON_SKIP_DONE:
		reader->at += skip.at;
		return true;
	case JSON_SKIP_TOO_DEEP:
		return fail(reader, ERROR_LIMIT, reader->at + skip.at, "nested too deep");
	case JSON_SKIP_INVALID:
		return fail(reader, ERROR_SYNTAX, reader->at + skip.at,
			    "expected a value");
	case JSON_SKIP_MORE:
		break;
	}
	return fail(reader, ERROR_SYNTAX, reader->at, "a value that does not end");
}

/* The row for a key, or NULL where it is not wanted. */
static const struct json_shape *shape_find(const struct json_shape *members,
					   const char *key, size_t length)
{
	for (; members->key; members++) {
		const char *wanted = members->key;

		if (strcmp(wanted, "*") == 0 ||
		    (length > 0 && wanted[0] == key[0] && /* mostly enough to tell */
		     strncmp(wanted, key, length) == 0 && !wanted[length]))
			return members;
	}
	return NULL;
}

/*
 * Whether the key at the reader is plainly not wanted: then step over it.  One with
 * escapes or other than ASCII has to be decoded first.
 */
static bool skip_unwanted_key(struct reader *reader, const struct json_shape *members)
{
	const char *begin = reader->at + 1;
	const char *end = json_plain_end(begin, reader->end);

	if (end == reader->end || *end != '"' ||
	    shape_find(members, begin, (size_t)(end - begin)))
		return false;
	reader->at = end + 1;
	return true;
}

static bool take_colon(struct reader *reader)
{
	skip_space(reader);
	if (!take(reader, ':'))
		return fail(reader, ERROR_SYNTAX, reader->at, "expected ':'");
	skip_space(reader);
	return true;
}

/* One member, whose value gets the shape of its key's row. */
static bool read_member(struct reader *reader, const struct json_shape *members,
			struct node *mapping)
{
	struct node_member member = { .key_place = place_begin(reader) };
	const struct json_shape *wanted = NULL;
	size_t length;

	if (reader->at == reader->end || *reader->at != '"')
		return fail(reader, ERROR_SYNTAX, reader->at, "expected a key in quotes");
	if (members && skip_unwanted_key(reader, members))
		return take_colon(reader) && skip_value(reader);
	member.key = read_string(reader, &length);
	if (!member.key)
		return false;
	place_end(reader, &member.key_place);
	if (!take_colon(reader))
		return false;
	if (members) {
		wanted = shape_find(members, member.key, length);
		if (!wanted)
			return skip_value(reader);
	}
	member.value = read_value(reader, wanted ? wanted->members : NULL);
	if (!member.value)
		return false;
	if (mapping->length >= FEW_MEMBERS)
		mapping->members = arena_grow(reader->arena, mapping->members,
					      mapping->length, sizeof(member));
	mapping->members[mapping->length++] = member;
	return true;
}

static bool read_item(struct reader *reader, const struct json_shape *members,
		      struct node *sequence)
{
	struct node *item = read_value(reader, members);

	if (!item)
		return false;
	sequence->items = arena_grow(reader->arena, sequence->items, sequence->length,
				     sizeof(struct node *));
	sequence->items[sequence->length++] = item;
	return true;
}

/* What stands between the brackets of an array or object, up to the closing one. */
static bool read_members(struct reader *reader, const struct json_shape *members,
			 struct node *node)
{
	bool mapping = node->kind == NODE_MAPPING;
	char close = mapping ? '}' : ']';

	skip_space(reader);
	if (take(reader, close))
		return true;
	do {
		skip_space(reader);
		if (!(mapping ? read_member(reader, members, node)
			      : read_item(reader, members, node)))
			return false;
		skip_space(reader);
	} while (take(reader, ','));
	if (!take(reader, close))
		return fail(reader, ERROR_SYNTAX, reader->at,
			    mapping ? "expected ',' or '}'" : "expected ',' or ']'");
	return true;
}

/* Give a mapping's few members memory of their own, just as much as they take. */
static void keep_few(struct reader *reader, struct node *mapping)
{
	size_t size = mapping->length * sizeof(*mapping->members);
	const struct node_member *few = mapping->members;

	mapping->members = NULL;
	if (size)
		mapping->members = memcpy(arena_alloc(reader->arena, size), few, size);
}

static struct node *read_nested(struct reader *reader, const struct json_shape *members)
{
	struct node *node =
		new_node(reader, *reader->at == '{' ? NODE_MAPPING : NODE_SEQUENCE);
	struct node_member few[FEW_MEMBERS];

	if (!node)
		return NULL;
	if (node->kind == NODE_MAPPING)
		node->members = few;
	if (reader->depth == JSON_DEPTH) {
		fail(reader, ERROR_LIMIT, reader->at, "nested too deep");
		return NULL;
	}
	reader->at++;
	reader->depth++;
	if (!read_members(reader, members, node))
		return NULL;
	if (node->kind == NODE_MAPPING && node->length <= FEW_MEMBERS)
		keep_few(reader, node);
	reader->depth--;
	place_end(reader, &node->place);
	return node;
}

static struct node *read_value(struct reader *reader, const struct json_shape *members)
{
	char c = reader->at < reader->end ? *reader->at : '\0';

	if (c == '{' || c == '[')
		return read_nested(reader, members);
	if (c == '"')
		return read_string_node(reader);
	if (c == '-' || (c >= '0' && c <= '9'))
		return read_number(reader);
	return read_literal(reader);
}

static bool read_front(struct reader *reader, struct node **node,
		       const struct json_source *source)
{
	reader->start = reader->at = source->text;
	reader->end = source->text + source->length;
	reader->with_places = source->with_places;
	reader->cursor = cursor_start(source->text);
	skip_space(reader);
	*node = read_value(reader, source->members);
	return *node != NULL;
}

bool json_read(struct node **node, struct arena *arena, const struct json_source *source,
	       struct error *err)
{
	struct reader reader = { .arena = arena, .err = err };

	if (!read_front(&reader, node, source))
		return false;
	skip_space(&reader);
	if (reader.at < reader.end)
		return fail(&reader, ERROR_SYNTAX, reader.at, "more behind the value");
	return true;
}

bool json_read_front(struct node **node, struct arena *arena,
		     const struct json_source *source, size_t *used, struct error *err)
{
	struct reader reader = { .arena = arena, .err = err };
	bool ok = read_front(&reader, node, source);

	*used = (size_t)(reader.at - source->text);
	return ok;
}
