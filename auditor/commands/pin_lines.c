#include "commands/pin_lines.h"

#include "base/yaml.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define SHA256 "sha256:"

/* What is looked for, and where. */
struct search {
	struct pin_line *lines;
	size_t count;
	const struct buf *text;
};

static struct pin_line *line_at(const struct search *search, size_t begin)
{
	size_t low = 0, high = search->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (search->lines[middle].begin < begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low < search->count && search->lines[low].begin == begin
		       ? &search->lines[low]
		       : NULL;
}

/* The last member of that key: it is the one that counts. */
static const struct node_member *own_member(const struct node *mapping, const char *key)
{
	for (size_t i = mapping->length; i-- > 0;) {
		if (strcmp(mapping->members[i].key, key) == 0)
			return &mapping->members[i];
	}
	return NULL;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Whether a digest is straight behind the line of a tag. */
static bool follows_tag(const struct node *mapping, const struct node_member *digest)
{
	const struct node_member *above = digest - 1;

	return digest > mapping->members && node_is_scalar(above->value) &&
	       above->value->place.line + 1 == digest->key_place.line &&
	       above->key_place.column == digest->key_place.column &&
	       (ends_with(above->key, "tag") || ends_with(above->key, "Tag") ||
		strchr(above->value->text, ':'));
}

static void note_digest(struct pin_line *line, const struct node *mapping)
{
	const struct node_member *digest = own_member(mapping, "digest");

	line->bare = !digest;
	if (!digest)
		digest = own_member(mapping, "sha");
	if (!digest || digest->value->kind >= NODE_SEQUENCE)
		return;
	line->has_digest = true;
	line->plain = !digest->value->quoted;
	line->bare = line->bare &&
		     !(node_is_scalar(digest->value) && strchr(digest->value->text, ':'));
	line->added = strcmp(digest->key, "digest") == 0 && follows_tag(mapping, digest);
	line->digest = digest->value->place;
	line->digest_key = digest->key_place;
}

/* Recursion and time are bounded by what a document may hold (node.h). */
static void find_in(const struct search *search, const struct node *node)
{
	for (size_t i = 0; node->kind == NODE_SEQUENCE && i < node->length; i++)
		find_in(search, node->items[i]);
	for (size_t i = 0; node->kind == NODE_MAPPING && i < node->length; i++) {
		const struct node_member *member = &node->members[i];
		struct pin_line *line =
			node_is_scalar(member->value)
				? line_at(search, member->value->place.begin)
				: NULL;

		find_in(search, member->value);
		if (!line || line->times++ > 0)
			continue;
		line->flow = search->text->data[node->place.begin] == '{';
		line->scalar = member->value->place;
		line->key = member->key_place;
		note_digest(line, node);
	}
}

static void find_in_document(void *user, const struct node *document)
{
	const struct search *search = user;

	find_in(search, document);
}

bool pin_lines_find(struct pin_line *lines, size_t count, const struct buf *text,
		    struct error *err)
{
	struct search search = { lines, count, text };

	return yaml_each_document(text, find_in_document, &search, err);
}

static size_t line_begin(const struct buf *text, size_t at)
{
	while (at > 0 && text->data[at - 1] != '\n')
		at--;
	return at == 0 && strncmp(text->data, BYTE_ORDER_MARK, 3) == 0 ? 3 : at;
}

/* Behind the line break of the line that byte `at` is in. */
static size_t line_end(const struct buf *text, size_t at)
{
	const char *end = memchr(text->data + at, '\n', text->length - at);

	return end ? (size_t)(end + 1 - text->data) : text->length;
}

static bool is_only(const struct buf *text, size_t begin, size_t end, const char *set)
{
	while (begin < end && text->data[begin] && strchr(set, text->data[begin]))
		begin++;
	return begin >= end;
}

/* Whether `key: scalar` is all that its line holds, but for "- " and a comment. */
static bool has_own_line(const struct buf *text, const struct node_place *key,
			 const struct node_place *scalar)
{
	size_t begin = line_begin(text, key->begin), end = line_end(text, scalar->begin);
	size_t behind = scalar->end;

	if (scalar->end > end || scalar->begin <= key->end ||
	    text->data[key->end] != ':' || !is_only(text, begin, key->begin, " -") ||
	    !is_only(text, key->end + 1, scalar->begin, " \t") ||
	    line_begin(text, scalar->begin) != begin)
		return false;
	while (behind < end && strchr(" \t", text->data[behind]))
		behind++;
	return behind == end || text->data[behind] == '#' ||
	       is_only(text, behind, end, "\r\n");
}

static const char *line_break(const struct buf *text, size_t begin, size_t end)
{
	size_t at = text->data[end - 1] == '\n' ? end : begin;

	return at >= 2 && text->data[at - 1] == '\n' && text->data[at - 2] == '\r'
		       ? "\r\n"
		       : "\n";
}

/* A `digest:` on a line of its own, behind that of the scalar. */
static bool add_line(struct edit *edit, const struct pin_writing *writing,
		     struct error *err)
{
	const struct pin_line *line = writing->line;
	const struct buf *text = writing->text;
	size_t begin = line_begin(text, line->key.begin);
	size_t end = line_end(text, line->scalar.begin);
	const char *next = line_break(text, begin, end);
	bool ended = text->data[end - 1] == '\n';

	if (line->flow || !has_own_line(text, &line->key, &line->scalar))
		return error_set(err, ERROR_SYNTAX,
				 "its mapping is not written one key a line: put the "
				 "digest there by hand");
	edit->begin = edit->end = end;
	edit->text = arena_printf(writing->arena, "%s%*sdigest: %s%s", ended ? "" : next,
				  (int)(line->key.begin - begin), "", writing->digest,
				  ended ? next : "");
	return true;
}

/* Take out the whole line of the digest, and where it is the last, the break before it.
 */
static void remove_line(struct edit *edit, const struct pin_line *line,
			const struct buf *text)
{
	edit->begin = line_begin(text, line->digest.begin);
	edit->end = line_end(text, line->digest.begin);
	edit->text = "";
	if (text->data[edit->end - 1] == '\n')
		return;
	edit->begin -= edit->begin > 0;
	edit->begin -= edit->begin > 0 && text->data[edit->begin - 1] == '\r';
}

/* Whether the line holds nothing but the digest. */
static bool is_removable(const struct pin_line *line, const struct buf *text)
{
	size_t begin = line_begin(text, line->digest_key.begin);
	size_t end = line_end(text, line->digest.begin);

	return line->added && line->plain && !line->flow &&
	       has_own_line(text, &line->digest_key, &line->digest) &&
	       is_only(text, begin, line->digest_key.begin, " ") &&
	       is_only(text, line->digest.end, end, "\r\n");
}

/* Write over a digest that is not quoted. */
static void write_plain(struct edit *edit, const struct pin_writing *writing)
{
	const struct pin_line *line = writing->line;
	const struct buf *text = writing->text;
	const char *digest = writing->digest;
	size_t colon = line->digest_key.end;

	*edit = (struct edit){ line->digest.begin, line->digest.end, digest };
	if (!digest[0])
		edit->text = "\"\"";
	if (text->data[colon] != ':' || line->flow)
		return;
	if (digest[0] && edit->begin == edit->end) {
		edit->begin = edit->end = colon + 1;
		edit->text = arena_printf(writing->arena, " %s", digest);
	} else if (!digest[0] && is_only(text, colon + 1, edit->begin, " \t")) {
		edit->begin = colon + 1;
		edit->text = "";
	}
}

/* Between its quotes. */
static bool write_quoted(struct edit *edit, const struct pin_writing *writing,
			 struct error *err)
{
	size_t begin = writing->line->digest.begin, end = writing->line->digest.end;

	if (end - begin < 2 || !strchr("\"'", writing->text->data[begin]))
		return error_set(err, ERROR_SYNTAX,
				 "its digest is written over several lines");
	*edit = (struct edit){ begin + 1, end - 1, writing->digest };
	return true;
}

static bool write_digest(struct edit *edit, const struct pin_writing *writing,
			 struct error *err)
{
	const struct pin_line *line = writing->line;
	struct pin_writing write = *writing;

	if (line->bare && write.digest[0]) {
		if (strncmp(write.digest, SHA256, strlen(SHA256)) != 0)
			return error_set(err, ERROR_SYNTAX,
					 "its key is for a sha256 digest");
		write.digest += strlen(SHA256);
	}
	if (!write.digest[0] && is_removable(line, write.text))
		remove_line(edit, line, write.text);
	else if (line->plain)
		write_plain(edit, &write);
	else
		return write_quoted(edit, &write, err);
	return true;
}

/* The digest within a tag: `tag: 1.2@sha256:…`, from its "@". */
static void write_in_tag(struct edit *edit, const struct pin_writing *writing,
			 const char *at)
{
	const struct pin_line *line = writing->line;

	edit->begin = (size_t)(at - writing->text->data);
	edit->end = line->scalar.end;
	if (strchr("\"'", writing->text->data[line->begin]))
		edit->end--;
	edit->text = writing->digest[0]
			     ? arena_printf(writing->arena, "@%s", writing->digest)
			     : "";
}

bool pin_line_edit(struct edit *edit, const struct pin_writing *writing,
		   struct error *err)
{
	const struct pin_line *line = writing->line;
	const char *at;

	if (line->times != 1)
		return error_set(err, ERROR_SYNTAX, "%s",
				 line->times ? "its anchor is used for something else too"
					     : "it is no member of a mapping");
	at = memchr(writing->text->data + line->begin, '@',
		    line->scalar.end - line->begin);
	if (!at)
		return (line->has_digest ? write_digest : add_line)(edit, writing, err);
	write_in_tag(edit, writing, at);
	return true;
}
