#include "source/inline_waiver.h"

#include "base/cursor.h"
#include "base/utf8.h"

#define MARKER "pindrift:ignore"

/* Bytes of the file from `begin` up to, and without, `end`. */
struct scalar_span {
	size_t begin, end;
};

struct scalar_spans scalar_spans_begin(const char *text, size_t length)
{
	const char *comment = length ? memchr(text, '#', length) : NULL;
	size_t before = comment ? (size_t)(comment - text) : length;

	return (struct scalar_spans){
		.wanted = memmem(text + before, length - before, MARKER,
				 strlen(MARKER)) != NULL,
	};
}

static void add_span(struct scalar_spans *spans, size_t begin, size_t end)
{
	spans->items = array_grow(spans->items, spans->count, sizeof(*spans->items));
	spans->items[spans->count++] = (struct scalar_span){ begin, end };
}

/* The header of a block scalar ("|-") may have a comment behind it: its text begins on
 * the next line. */
static void add_scalar(struct scalar_spans *spans, const char *text,
		       const struct node *node)
{
	size_t begin = node->place.begin;

	if (node->quoted && (text[begin] == '|' || text[begin] == '>')) {
		while (begin < node->place.end && text[begin] != '\n')
			begin++;
	}
	add_span(spans, begin, node->place.end);
}

/* Recursion is as deep as the document, and as long as its reader allows (node.h). */
static void add_node(struct scalar_spans *spans, const char *text,
		     const struct node *node)
{
	if (node->kind == NODE_SEQUENCE) {
		for (size_t i = 0; i < node->length; i++)
			add_node(spans, text, node->items[i]);
	} else if (node->kind == NODE_MAPPING) {
		for (size_t i = 0; i < node->length; i++) {
			const struct node_place *key = &node->members[i].key_place;

			add_span(spans, key->begin, key->end);
			add_node(spans, text, node->members[i].value);
		}
	} else {
		add_scalar(spans, text, node);
	}
}

void scalar_spans_add(struct scalar_spans *spans, const char *text,
		      const struct node *document)
{
	if (spans->wanted)
		add_node(spans, text, document);
}

void scalar_spans_release(struct scalar_spans *spans)
{
	free(spans->items);
	*spans = (struct scalar_spans){ .items = NULL };
}

static int compare_spans(const void *left, const void *right)
{
	const struct scalar_span *a = left, *b = right;

	return (a->begin > b->begin) - (a->begin < b->begin);
}

/* In order; where they overlap (an alias, a key that is a tree), up to the last end. */
static void sort_spans(struct scalar_spans *spans)
{
	if (spans->count > 1)
		qsort(spans->items, spans->count, sizeof(*spans->items), compare_spans);
	for (size_t i = 1; i < spans->count; i++) {
		if (spans->items[i].end < spans->items[i - 1].end)
			spans->items[i].end = spans->items[i - 1].end;
	}
}

static bool is_in_scalar(const struct scalar_spans *spans, size_t offset)
{
	size_t low = 0, high = spans->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (spans->items[middle].begin <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && offset < spans->items[low - 1].end;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * The "#" that a marker stands behind, or NULL where it is none: YAML 1.2.2, 6.6, wants
 * white space or the line's begin before a comment.
 */
static const char *comment_begin(const char *text, const char *marker)
{
	const char *at = marker;

	while (at > text && is_blank(at[-1]))
		at--;
	if (at == text || at[-1] != '#')
		return NULL;
	at--;
	return at == text || is_blank(at[-1]) || strchr("\r\n", at[-1]) ? at : NULL;
}

/* A word up to a blank, in `arena`; `*text` moves behind it and the blanks that follow.
 */
static const char *take_word(const char **text, const char *end, struct arena *arena)
{
	const char *begin = *text, *word;

	while (*text < end && !is_blank(**text))
		++*text;
	word = arena_strndup(arena, begin, (size_t)(*text - begin));
	while (*text < end && is_blank(**text))
		++*text;
	return word;
}

static const char *problem_of(struct waiver *waiver, int64_t now, struct arena *arena)
{
	static const char form[] =
		"write pindrift:ignore RULE until=2027-01-31 reason=...";
	struct error err = ERROR_INIT;

	if (waiver->id[0] == '\0' || strchr(waiver->id, '='))
		return arena_printf(arena, "it names no rule: %s", form);
	if (waiver->until_text[0] == '\0')
		return arena_printf(arena, "it has no until=: %s", form);
	if (!waiver_until_parse(&waiver->until, waiver->until_text, now, &err))
		return arena_strdup(arena, err.text);
	if (waiver->reason[0] == '\0')
		return arena_printf(arena, "it gives no reason: %s", form);
	return NULL;
}

struct waiver inline_waiver_parse(const char *text, size_t length, int64_t now,
				  struct arena *arena)
{
	static const char until[] = "until=", reason[] = "reason=";
	const char *end = text + length, *unknown = "";
	struct waiver waiver = {
		.path = "",
		.cluster = "",
		.namespace = "",
		.object = "",
		.container = "",
		.image = "",
		.until_text = "",
		.reason = "",
		.in_tree = true,
	};

	while (end > text && (is_blank(end[-1]) || end[-1] == '\r'))
		end--;
	while (text < end && is_blank(*text))
		text++;
	waiver.id = take_word(&text, end, arena);
	while (text < end) {
		if ((size_t)(end - text) >= strlen(reason) &&
		    memcmp(text, reason, strlen(reason)) == 0) {
			text += strlen(reason);
			waiver.reason = arena_strndup(arena, text, (size_t)(end - text));
			break;
		}
		unknown = take_word(&text, end, arena);
		if (strncmp(unknown, until, strlen(until)) != 0)
			break;
		waiver.until_text = unknown + strlen(until);
		unknown = "";
	}
	waiver.problem = unknown[0] ? arena_printf(arena,
						   "'%.60s' is neither until= nor "
						   "reason=",
						   unknown)
				    : problem_of(&waiver, now, arena);
	return waiver;
}

/* The end of the line, or where the comment goes on with another waiver. */
static const char *waiver_end(const char *text, const char *end)
{
	const char *line_end = memchr(text, '\n', (size_t)(end - text));
	const char *next, *comment;

	if (line_end)
		end = line_end;
	next = memmem(text, (size_t)(end - text), MARKER, strlen(MARKER));
	comment = next ? comment_begin(text, next) : NULL;
	return comment ? comment : end;
}

/* `text` is what stands behind the marker. */
static struct waiver read_waiver(const struct kube_file *file, const char *text,
				 const char *end, const struct cursor *place)
{
	struct snapshot *snapshot = file->snapshot;
	size_t length = (size_t)(waiver_end(text, end) - text);
	struct waiver waiver = inline_waiver_parse(text, length, snapshot->observed_at,
						   &snapshot->arena);

	for (int kind = 0; kind < GAP_KIND_COUNT; kind++)
		waiver.of_gap |= strcmp(waiver.id, gap_name((enum gap_kind)kind)) == 0;
	waiver.path = file->path;
	waiver.file = file->name;
	waiver.only_line = place->line;
	waiver.line = place->line;
	waiver.column = place->column;
	return waiver;
}

/* False where that was one too many: what follows covers nothing either. */
static bool add_waiver(const struct kube_file *file, struct waiver *waiver, size_t number)
{
	bool fits = number < INLINE_WAIVERS;

	if (!fits)
		waiver->problem = arena_printf(
			&file->snapshot->arena,
			"the first %d of a file count, and no more", INLINE_WAIVERS);
	snapshot_add_waiver(file->snapshot, waiver);
	return fits;
}

void inline_waivers_read(const struct kube_file *file, struct scalar_spans *spans,
			 size_t length)
{
	const char *text = file->text + utf8_mark(file->text, length);
	const char *end = file->text + length, *marker;
	struct cursor cursor = cursor_start(text);
	size_t count = 0;

	if (!spans->wanted)
		return;
	sort_spans(spans);
	for (const char *at = text;
	     (marker = memmem(at, (size_t)(end - at), MARKER, strlen(MARKER)));
	     at = marker + strlen(MARKER)) {
		const char *comment = comment_begin(text, marker);
		struct waiver waiver;

		if (!comment || is_in_scalar(spans, (size_t)(comment - file->text)))
			continue;
		if (file->snapshot->no_inline_waivers) {
			file->snapshot->ignored_waiver_count++;
			continue;
		}
		cursor_to(&cursor, comment);
		waiver = read_waiver(file, marker + strlen(MARKER), end, &cursor);
		if (!add_waiver(file, &waiver, count++))
			break;
	}
}
