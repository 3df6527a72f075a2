#include "base/yaml.h"

#include "base/cursor.h"
#include "base/table.h"
#include "base/utf8.h"

#include <assert.h>
#include <yaml.h>

#define DIRECTIVES 64 /* most lines that begin with "%" */
#define DOCUMENT_MAX ((ptrdiff_t)YAML_DOCUMENT_BYTES)
#define READ_AHEAD ((ptrdiff_t)64 * 1024) /* more than libyaml looks beyond an event */
#define PLAIN_BLOCK 64 /* bytes: many at once, for compilers that can */

struct yaml_stream {
	yaml_parser_t parser;
	const char *text, *end;
	const char *first;    /* behind a byte order mark: libyaml's character 0 */
	const char *given;    /* so far libyaml was given the text */
	const char *document; /* where the current document begins */
	size_t document_count;
	struct cursor cursor; /* of the newest place */
	bool plain; /* a character is a byte, a line ends with LF, and all are allowed */
	bool too_large;
	bool over;
};

/* How much there is of something. */
struct amount {
	size_t nodes;
	size_t bytes; /* of the texts of scalars */
};

/* What a name stands for.  All that is behind it counts again with each alias. */
struct anchor {
	struct node *node; /* NULL until the node is complete */
	struct amount amount;
	unsigned height; /* levels of collections */
};

/* A collection that is not closed yet. */
struct frame {
	struct node *node;
	struct anchor *anchor; /* or NULL */
	struct amount before;  /* composed before this one */
	unsigned height;
	bool has_key; /* mapping: its last member waits for a value */
};

/* A document while it is composed. */
struct composer {
	struct yaml_stream *stream;
	struct arena *arena;
	struct error *err;
	struct frame *frames; /* YAML_DEPTH, of which `depth` are in use */
	unsigned depth;
	struct amount amount;
	struct table anchors; /* name to the newest struct anchor */
	struct node *root;
};

static bool fail_at(const struct cursor *cursor, enum error_code code,
		    const char *problem, struct error *err)
{
	return error_set(err, code, "line %u, column %u: %s", cursor->line,
			 cursor->column, problem);
}

/* A line break as libyaml sees it: LF, CR, NEL, LS or PS stands before `at`. */
static bool begins_line(const char *first, const char *at)
{
	size_t before = (size_t)(at - first);

	return before == 0 || at[-1] == '\n' || at[-1] == '\r' ||
	       (before >= 2 && memcmp(at - 2, "\xc2\x85", 2) == 0) ||
	       (before >= 3 && memcmp(at - 3, "\xe2\x80\xa8", 3) == 0) ||
	       (before >= 3 && memcmp(at - 3, "\xe2\x80\xa9", 3) == 0);
}

/* libyaml takes quadratic time over directives, all of it within one event. */
static bool check_directives(const char *text, const char *end, struct error *err)
{
	size_t count = 0;

	for (const char *at = text; (at = memchr(at, '%', (size_t)(end - at))); at++) {
		if (begins_line(text, at) && ++count > DIRECTIVES) {
			struct cursor cursor = cursor_start(text);

			cursor_to(&cursor, at);
			return fail_at(&cursor, ERROR_LIMIT, "too many directives", err);
		}
	}
	return true;
}

static bool is_utf16(const char *text, size_t length)
{
	return length >= 2 &&
	       (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0);
}

/*
 * Tabs, line feeds and printable ASCII.  Most files hold nothing else: for them libyaml's
 * marks are offsets, lines and columns as they stand.
 */
static bool block_is_plain(const char *text, size_t length)
{
	unsigned odd = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		odd |= (c < ' ' && c != '\t' && c != '\n') || c > '~';
	}
	return !odd;
}

static bool is_plain(const char *text, const char *end)
{
	while (end - text >= PLAIN_BLOCK && block_is_plain(text, PLAIN_BLOCK))
		text += PLAIN_BLOCK;
	return end - text < PLAIN_BLOCK && block_is_plain(text, (size_t)(end - text));
}

/*
 * libyaml's source of text.  It decodes all that it is given at once: a line at a time,
 * so that bytes which are no allowed characters spoil the document they stand in and
 * none before it.
 */
static int give_text(void *user, unsigned char *buffer, size_t size, size_t *length)
{
	struct yaml_stream *stream = user;
	size_t left = (size_t)(stream->end - stream->given);
	const char *line_end;

	stream->too_large = stream->given - stream->document > DOCUMENT_MAX + READ_AHEAD;
	if (stream->too_large)
		return 0;
	*length = left < size ? left : size;
	line_end = stream->plain ? NULL : memchr(stream->given, '\n', *length);
	if (line_end)
		*length = (size_t)(line_end + 1 - stream->given);
	memcpy(buffer, stream->given, *length);
	stream->given += *length;
	return 1;
}

struct yaml_stream *yaml_stream_new(const char *text, size_t length, struct error *err)
{
	struct yaml_stream *stream;
	const char *first = text;

	if (is_utf16(text, length)) {
		error_set(err, ERROR_SYNTAX, "UTF-16, and only UTF-8 is read");
		return NULL;
	}
	first += utf8_mark(text, length);
	if (!check_directives(first, text + length, err))
		return NULL;
	stream = xcalloc(1, sizeof(*stream));
	stream->text = text;
	stream->end = text + length;
	stream->first = stream->given = stream->document = first;
	stream->cursor = cursor_start(first);
	stream->plain = is_plain(first, stream->end);
	if (!yaml_parser_initialize(&stream->parser)) {
		error_set(err, ERROR_SYSTEM, "libyaml cannot start");
		yaml_stream_free(&stream);
		return NULL;
	}
	yaml_parser_set_encoding(&stream->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input(&stream->parser, give_text, stream);
	return stream;
}

void yaml_stream_free(struct yaml_stream **stream)
{
	if (!*stream)
		return;
	yaml_parser_delete(&(*stream)->parser);
	free(*stream);
	*stream = NULL;
}

/* Walk to a mark of libyaml's; stay where that lies behind. */
static void move_to(struct cursor *cursor, const struct yaml_stream *stream,
		    const yaml_mark_t *mark)
{
	if (!stream->plain)
		cursor_to_character(cursor, stream->end, mark->index);
	else if (mark->index > cursor->character)
		*cursor = (struct cursor){
			.at = stream->first + mark->index,
			.character = mark->index,
			.line = (uint32_t)mark->line + 1,
			.column = (uint32_t)mark->column + 1,
		};
}

static bool fail_too_large(const struct yaml_stream *stream, struct error *err)
{
	struct cursor cursor = cursor_start(stream->first);

	cursor_to(&cursor, stream->document);
	return fail_at(&cursor, ERROR_LIMIT, "document is larger than 8 MiB", err);
}

/* Why libyaml stopped.  Its marks count characters, its reader counts bytes. */
static bool fail_parse(const struct yaml_stream *stream, struct error *err)
{
	const yaml_parser_t *parser = &stream->parser;
	struct cursor cursor = cursor_start(stream->first);

	if (stream->too_large)
		return fail_too_large(stream, err);
	if (!parser->problem)
		return error_set(err, ERROR_SYSTEM, "libyaml ran out of memory");
	if (parser->error == YAML_READER_ERROR)
		cursor_to(&cursor, stream->first + parser->problem_offset);
	else
		move_to(&cursor, stream, &parser->problem_mark);
	return error_set(err, ERROR_SYNTAX, "line %u, column %u: %s%s%s", cursor.line,
			 cursor.column, parser->problem, parser->context ? ", " : "",
			 parser->context ? parser->context : "");
}

/* A limit or rule of ours that an event breaks. */
static bool fail_event(const struct yaml_stream *stream, const yaml_event_t *event,
		       enum error_code code, const char *problem, struct error *err)
{
	struct cursor cursor = cursor_start(stream->first);

	move_to(&cursor, stream, &event->start_mark);
	return fail_at(&cursor, code, problem, err);
}

static bool fail_compose(const struct composer *composer, const yaml_event_t *event,
			 enum error_code code, const char *problem)
{
	return fail_event(composer->stream, event, code, problem, composer->err);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Behind anchors and tags, and what stands between them and the content. */
static const char *skip_properties(const char *at, const char *end)
{
	for (;;) {
		if (at < end && (*at == '&' || *at == '!')) {
			while (at < end && !is_blank(*at))
				at++;
		} else if (at < end && *at == '#') {
			while (at < end && *at != '\n')
				at++;
		} else if (at < end && is_blank(*at)) {
			at++;
		} else {
			return at;
		}
	}
}

static size_t offset_of(const struct yaml_stream *stream, const struct cursor *cursor)
{
	return (size_t)(cursor->at - stream->text);
}

/* In a plain text libyaml's marks need no search. */
static size_t plain_offset(const struct yaml_stream *stream, const yaml_mark_t *mark)
{
	return (size_t)(stream->first - stream->text) + mark->index;
}

static size_t end_of(struct yaml_stream *stream, const yaml_event_t *event)
{
	if (stream->plain)
		return plain_offset(stream, &event->end_mark);
	move_to(&stream->cursor, stream, &event->end_mark);
	return offset_of(stream, &stream->cursor);
}

/* Where an event stands; anchor and tag do not count. */
static void find_place(struct node_place *place, struct yaml_stream *stream,
		       const yaml_event_t *event, bool has_properties)
{
	struct cursor *cursor = &stream->cursor, end;

	if (stream->plain && !has_properties) {
		place->line = (uint32_t)event->start_mark.line + 1;
		place->column = (uint32_t)event->start_mark.column + 1;
		place->begin = plain_offset(stream, &event->start_mark);
		place->end = plain_offset(stream, &event->end_mark);
		return;
	}
	move_to(cursor, stream, &event->start_mark);
	end = *cursor;
	move_to(&end, stream, &event->end_mark);
	if (has_properties)
		cursor_to(cursor, skip_properties(cursor->at, end.at));
	place->line = cursor->line;
	place->column = cursor->column;
	place->begin = offset_of(stream, cursor);
	place->end = offset_of(stream, &end);
	*cursor = end;
}

static struct anchor *anchor_new(struct composer *composer, const yaml_char_t *name)
{
	struct anchor *anchor = arena_alloc(composer->arena, sizeof(*anchor));
	const char *key = (const char *)name, **key_kept;
	size_t length = strlen(key);
	void **slot = table_slot(&composer->anchors, key, length, &key_kept);

	if (!*slot)
		*key_kept = arena_strndup(composer->arena, key, length);
	*slot = anchor;
	return anchor;
}

/* Count what an event brings: an alias may bring much. */
static bool count_amount(struct composer *composer, const yaml_event_t *event,
			 const struct amount *amount)
{
	composer->amount.nodes += amount->nodes;
	composer->amount.bytes += amount->bytes;
	if (composer->amount.nodes > NODE_LIMIT)
		return fail_compose(composer, event, ERROR_LIMIT, "too many values");
	if (composer->amount.bytes > YAML_TEXT_BYTES)
		return fail_compose(composer, event, ERROR_LIMIT,
				    "aliases make too much text of it");
	return true;
}

/* A member whose key and value are to be filled in. */
static struct node_member *add_member(struct composer *composer, struct node *mapping)
{
	mapping->members = arena_grow(composer->arena, mapping->members, mapping->length,
				      sizeof(*mapping->members));
	return &mapping->members[mapping->length++];
}

/* A key that had to be a node of its own. */
static void add_key(struct composer *composer, struct node *mapping,
		    const struct node *key)
{
	struct node_member *member = add_member(composer, mapping);

	member->key = node_is_scalar(key) ? key->text : "";
	member->key_place = key->place;
}

static void add_item(struct composer *composer, struct node *sequence, struct node *item)
{
	sequence->items = arena_grow(composer->arena, sequence->items, sequence->length,
				     sizeof(struct node *));
	sequence->items[sequence->length++] = item;
}

/* A node is complete: it becomes the root, or goes into the collection it stands in. */
static void settle(struct composer *composer, struct node *node, unsigned height)
{
	struct frame *frame;

	if (composer->depth == 0) {
		composer->root = node;
		return;
	}
	frame = &composer->frames[composer->depth - 1];
	if (frame->height < height + 1)
		frame->height = height + 1;
	if (frame->node->kind == NODE_SEQUENCE) {
		add_item(composer, frame->node, node);
		return;
	}
	if (frame->has_key)
		frame->node->members[frame->node->length - 1].value = node;
	else
		add_key(composer, frame->node, node);
	frame->has_key = !frame->has_key;
}

/* YAML 1.2, section 10.2.1.1, and what libyaml's users write for it. */
static bool means_null(const char *text, size_t length)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

	if (length > strlen("null"))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(nulls); i++) {
		if (text[0] == nulls[i][0] && strcmp(text, nulls[i]) == 0)
			return true;
	}
	return false;
}

/* The mapping whose next key an event is, or NULL. */
static struct frame *keyless(struct composer *composer)
{
	struct frame *frame;

	if (composer->depth == 0)
		return NULL;
	frame = &composer->frames[composer->depth - 1];
	return frame->node->kind == NODE_MAPPING && !frame->has_key ? frame : NULL;
}

static bool is_null(const yaml_event_t *event)
{
	return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       !event->data.scalar.tag &&
	       means_null((const char *)event->data.scalar.value,
			  event->data.scalar.length);
}

static struct amount scalar_amount(const yaml_event_t *event)
{
	return (struct amount){ .nodes = 1, .bytes = event->data.scalar.length };
}

static const char *scalar_text(const struct composer *composer, const yaml_event_t *event)
{
	return arena_strndup(composer->arena, (const char *)event->data.scalar.value,
			     event->data.scalar.length);
}

/* A key that no alias asks for again is no node. */
static void compose_key(struct composer *composer, const yaml_event_t *event,
			struct frame *frame)
{
	struct node_member *member = add_member(composer, frame->node);

	member->key = is_null(event) ? "" : scalar_text(composer, event);
	find_place(&member->key_place, composer->stream, event,
		   event->data.scalar.tag != NULL);
	frame->has_key = true;
}

static void compose_value(struct composer *composer, const yaml_event_t *event)
{
	const yaml_char_t *name = event->data.scalar.anchor;
	bool has_tag = event->data.scalar.tag != NULL;
	struct node *node = arena_alloc(composer->arena, sizeof(*node));

	node->length = event->data.scalar.length;
	node->text = scalar_text(composer, event);
	node->kind = is_null(event) ? NODE_NULL : NODE_STRING;
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	find_place(&node->place, composer->stream, event, name || has_tag);
	if (name) {
		struct anchor *anchor = anchor_new(composer, name);

		anchor->node = node;
		anchor->amount = scalar_amount(event);
	}
	settle(composer, node, 0);
}

static bool compose_scalar(struct composer *composer, const yaml_event_t *event)
{
	struct frame *frame = keyless(composer);
	struct amount amount = scalar_amount(event);

	if (memchr(event->data.scalar.value, '\0', event->data.scalar.length))
		return fail_compose(composer, event, ERROR_SYNTAX, "a NUL character");
	if (frame && !event->data.scalar.anchor)
		compose_key(composer, event, frame);
	else
		compose_value(composer, event);
	return count_amount(composer, event, &amount);
}

static bool compose_alias(struct composer *composer, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	const struct anchor *anchor = table_find(&composer->anchors, name, strlen(name));

	if (!anchor)
		return fail_compose(composer, event, ERROR_SYNTAX, "alias of no anchor");
	if (!anchor->node)
		return fail_compose(composer, event, ERROR_SYNTAX,
				    "alias inside its own anchor");
	if (composer->depth + anchor->height > YAML_DEPTH)
		return fail_compose(composer, event, ERROR_LIMIT, "nested too deep");
	settle(composer, anchor->node, anchor->height);
	return count_amount(composer, event, &anchor->amount);
}

static bool open_collection(struct composer *composer, const yaml_event_t *event,
			    enum node_kind kind)
{
	bool mapping = kind == NODE_MAPPING;
	const yaml_char_t *name = mapping ? event->data.mapping_start.anchor
					  : event->data.sequence_start.anchor;
	const yaml_char_t *tag =
		mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag;
	struct frame *frame = &composer->frames[composer->depth];
	static const struct amount one = { .nodes = 1 };

	if (composer->depth == YAML_DEPTH)
		return fail_compose(composer, event, ERROR_LIMIT, "nested too deep");
	*frame = (struct frame){ .before = composer->amount, .height = 1 };
	frame->node = arena_alloc(composer->arena, sizeof(*frame->node));
	frame->node->kind = kind;
	find_place(&frame->node->place, composer->stream, event, name || tag);
	if (name)
		frame->anchor = anchor_new(composer, name);
	composer->depth++;
	return count_amount(composer, event, &one);
}

static void close_collection(struct composer *composer, const yaml_event_t *event)
{
	struct frame *frame;

	assert(composer->depth > 0); /* libyaml's events come in pairs */
	frame = &composer->frames[--composer->depth];
	frame->node->place.end = end_of(composer->stream, event);
	if (frame->anchor) {
		frame->anchor->node = frame->node;
		frame->anchor->amount.nodes =
			composer->amount.nodes - frame->before.nodes;
		frame->anchor->amount.bytes =
			composer->amount.bytes - frame->before.bytes;
		frame->anchor->height = frame->height;
	}
	settle(composer, frame->node, frame->height);
}

static bool compose_event(struct composer *composer, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return compose_scalar(composer, event);
	case YAML_ALIAS_EVENT:
		return compose_alias(composer, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_collection(composer, event, NODE_SEQUENCE);
	case YAML_MAPPING_START_EVENT:
		return open_collection(composer, event, NODE_MAPPING);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_collection(composer, event);
		return true;
	default:
		return true;
	}
}

/* libyaml clears the event before all else: nobody has to before. */
static bool next_event(struct yaml_stream *stream, yaml_event_t *event, struct error *err)
{
	return yaml_parser_parse(&stream->parser, event) || fail_parse(stream, err);
}

/* Behind a document: what comes next belongs to another one. */
static bool end_document(struct yaml_stream *stream, const yaml_event_t *event,
			 struct error *err)
{
	move_to(&stream->cursor, stream, &event->end_mark);
	if (stream->cursor.at - stream->document > DOCUMENT_MAX)
		return fail_too_large(stream, err);
	stream->document = stream->cursor.at;
	return true;
}

static bool compose_document(struct composer *composer)
{
	for (;;) {
		CLEANUP(yaml_event_delete) yaml_event_t event;

		if (!next_event(composer->stream, &event, composer->err))
			return false;
		if (event.type == YAML_DOCUMENT_END_EVENT)
			return end_document(composer->stream, &event, composer->err);
		if (!compose_event(composer, &event))
			return false;
	}
}

/* To the start of the next document; `*found` is false at the end of the stream. */
static bool find_document(struct yaml_stream *stream, bool *found, struct error *err)
{
	yaml_event_type_t type = YAML_NO_EVENT;

	while (type != YAML_DOCUMENT_START_EVENT && type != YAML_STREAM_END_EVENT) {
		CLEANUP(yaml_event_delete) yaml_event_t event;

		if (!next_event(stream, &event, err))
			return false;
		type = event.type;
		*found = type == YAML_DOCUMENT_START_EVENT;
		if (*found && ++stream->document_count > YAML_DOCUMENTS)
			return fail_event(stream, &event, ERROR_LIMIT,
					  "more than 10,000 documents", err);
	}
	return true;
}

static bool read_document(struct yaml_stream *stream, struct arena *arena,
			  struct node **document, struct error *err)
{
	struct frame frames[YAML_DEPTH];
	struct composer composer = {
		.stream = stream,
		.arena = arena,
		.err = err,
		.frames = frames,
	};
	bool found, ok;

	if (!find_document(stream, &found, err))
		return false;
	if (!found) {
		stream->over = true;
		return true;
	}
	ok = compose_document(&composer);
	*document = composer.root;
	table_release(&composer.anchors);
	return ok;
}

bool yaml_stream_next(struct yaml_stream *stream, struct arena *arena,
		      struct node **document, struct error *err)
{
	*document = NULL;
	if (stream->over)
		return true;
	if (read_document(stream, arena, document, err))
		return true;
	*document = NULL;
	stream->over = true;
	return false;
}

bool yaml_each_document(const struct buf *text,
			void (*visit)(void *user, const struct node *document),
			void *user, struct error *err)
{
	CLEANUP(arena_release) struct arena nodes = ARENA_INIT;
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream = yaml_stream_new(buf_text(text), text->length, err);
	struct node *document;

	if (!stream)
		return false;
	for (;;) {
		arena_clear(&nodes);
		if (!yaml_stream_next(stream, &nodes, &document, err))
			return false;
		if (!document)
			return true;
		visit(user, document);
	}
}
