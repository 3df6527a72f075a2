#include "base/edit.h"

#define CONTEXT_LINES 3

/* Whole lines, from `begin` up to `end`, that some of the edits touch. */
struct region {
	size_t begin, end;
	size_t first, count; /* the edits */
};

/* A hunk while it is put together. */
struct hunk {
	struct buf body;
	size_t old_count, new_count; /* lines */
};

/* How far a diff has come. */
struct diff {
	const struct edit_list *edits;
	struct buf *out;
	size_t next;               /* edit */
	size_t at;                 /* byte of the old text, a line's first */
	size_t old_line, new_line; /* lines before that */
};

static bool check_order(const struct edit_list *edits, struct error *err)
{
	size_t at = 0;

	for (size_t i = 0; i < edits->count; i++) {
		const struct edit *edit = &edits->items[i];

		if (edit->begin < at || edit->end < edit->begin ||
		    edit->end > edits->length)
			return error_set(err, ERROR_SYNTAX,
					 "edits overlap or lie outside the text");
		at = edit->end;
	}
	return true;
}

static bool check_room(const struct buf *out, struct error *err)
{
	return !out->overflowed ||
	       error_set(err, ERROR_LIMIT, "the result is larger than %zu bytes",
			 out->limit);
}

/* The lines of a region as its edits leave them. */
static void add_region(struct buf *out, const struct edit_list *edits,
		       const struct region *region)
{
	size_t at = region->begin;

	for (size_t i = region->first; i < region->first + region->count; i++) {
		const struct edit *edit = &edits->items[i];

		buf_add(out, edits->text + at, edit->begin - at);
		buf_puts(out, edit->text);
		at = edit->end;
	}
	buf_add(out, edits->text + at, region->end - at);
}

bool edit_apply(struct buf *out, const struct edit_list *edits, struct error *err)
{
	struct region all = { 0, edits->length, 0, edits->count };

	if (!check_order(edits, err))
		return false;
	add_region(out, edits, &all);
	return check_room(out, err);
}

static size_t line_begin(const struct edit_list *edits, size_t at)
{
	while (at > 0 && edits->text[at - 1] != '\n')
		at--;
	return at;
}

/* Behind the line break of the line that byte `at` is in. */
static size_t line_end(const struct edit_list *edits, size_t at)
{
	const char *text = edits->text + at;
	const char *end =
		at < edits->length ? memchr(text, '\n', edits->length - at) : NULL;

	return end ? at + (size_t)(end + 1 - text) : edits->length;
}

/* The beginning of the line so many lines above, no further up than `least`. */
static size_t lines_above(const struct edit_list *edits, size_t at, size_t least)
{
	for (int i = 0; i < CONTEXT_LINES && at > least; i++)
		at = line_begin(edits, at - 1);
	return at > least ? at : least;
}

static size_t lines_below(const struct edit_list *edits, size_t at)
{
	for (int i = 0; i < CONTEXT_LINES && at < edits->length; i++)
		at = line_end(edits, at);
	return at;
}

/* The end of the lines that an edit touches: none below, where it puts in or takes out
 * whole lines. */
static size_t touched_end(const struct edit_list *edits, const struct edit *edit)
{
	size_t length = strlen(edit->text);
	bool whole = length > 0 ? edit->text[length - 1] == '\n'
				: line_begin(edits, edit->begin) == edit->begin;

	if (whole && edit->end > 0 && edits->text[edit->end - 1] == '\n')
		return edit->end;
	return line_end(edits, edit->end);
}

/* The lines that edit number `first` touches, with those of edits that share them. */
static struct region region_at(const struct edit_list *edits, size_t first)
{
	struct region region = { .first = first };

	region.begin = line_begin(edits, edits->items[first].begin);
	do {
		region.end = touched_end(edits, &edits->items[first + region.count]);
		region.count++;
	} while (first + region.count < edits->count &&
		 edits->items[first + region.count].begin < region.end);
	return region;
}

/* Lines of the hunk: kept (' '), taken out ('-') or put in ('+'). */
static void add_lines(struct hunk *hunk, char sign, const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t size = (size_t)((stop ? stop + 1 : end) - text);

		buf_putc(&hunk->body, sign);
		buf_add(&hunk->body, text, size);
		if (!stop)
			buf_puts(&hunk->body, "\n\\ No newline at end of file\n");
		hunk->old_count += sign != '+';
		hunk->new_count += sign != '-';
		text += size;
	}
}

/* A region's lines as they were, and as they are. */
static void add_change(struct hunk *hunk, const struct edit_list *edits,
		       const struct region *region)
{
	CLEANUP(buf_release) struct buf changed = BUF_INIT(hunk->body.limit);

	add_region(&changed, edits, region);
	hunk->body.overflowed |= changed.overflowed;
	add_lines(hunk, '-', edits->text + region->begin, region->end - region->begin);
	add_lines(hunk, '+', buf_text(&changed), changed.length);
}

/* "3,7"; of no lines at all, the number of the line before. */
static void add_range(struct buf *out, char sign, size_t lines_before, size_t count)
{
	buf_printf(out, "%c%zu,%zu ", sign, lines_before + (count > 0), count);
}

static size_t count_lines(const char *text, size_t length)
{
	size_t count = 0;

	for (const char *end = text + length;
	     (text = memchr(text, '\n', (size_t)(end - text))); text++)
		count++;
	return count;
}

/* To the first line of a hunk: what lies before it is the same on both sides. */
static void skip_to(struct diff *diff, size_t begin)
{
	size_t lines = count_lines(diff->edits->text + diff->at, begin - diff->at);

	diff->at = begin;
	diff->old_line += lines;
	diff->new_line += lines;
}

/* Fill the hunk with the next region and those whose context meets its own. */
static void fill_hunk(struct diff *diff, struct hunk *hunk)
{
	const struct edit_list *edits = diff->edits;
	size_t end;

	do {
		struct region region = region_at(edits, diff->next);

		add_lines(hunk, ' ', edits->text + diff->at, region.begin - diff->at);
		add_change(hunk, edits, &region);
		diff->at = region.end;
		diff->next += region.count;
		end = lines_below(edits, region.end);
	} while (diff->next < edits->count &&
		 lines_above(edits, region_at(edits, diff->next).begin, diff->at) <= end);
	add_lines(hunk, ' ', edits->text + diff->at, end - diff->at);
	diff->at = end;
}

static void add_hunk(struct diff *diff)
{
	struct region region = region_at(diff->edits, diff->next);
	struct hunk hunk = { .body = BUF_INIT(diff->out->limit) };

	skip_to(diff, lines_above(diff->edits, region.begin, diff->at));
	fill_hunk(diff, &hunk);
	buf_puts(diff->out, "@@ ");
	add_range(diff->out, '-', diff->old_line, hunk.old_count);
	add_range(diff->out, '+', diff->new_line, hunk.new_count);
	buf_puts(diff->out, "@@\n");
	buf_add(diff->out, buf_text(&hunk.body), hunk.body.length);
	diff->out->overflowed |= hunk.body.overflowed;
	diff->old_line += hunk.old_count;
	diff->new_line += hunk.new_count;
	buf_release(&hunk.body);
}

/* As git's quote_c_style(): names that would break the line stand in quotes. */
static void add_name(struct buf *out, const char *head, const char *path)
{
	bool quoted = false;

	for (const char *at = path; *at; at++)
		quoted |= (unsigned char)*at < ' ' || *at == '\x7f' || *at == '"' ||
			  *at == '\\';
	buf_printf(out, "%.4s%s%s", head, quoted ? "\"" : "", head + 4);
	for (const char *at = path; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == '\x7f')
			buf_printf(out, "\\%03o", (unsigned)(unsigned char)*at);
		else
			buf_printf(out, "%s%c", *at == '"' || *at == '\\' ? "\\" : "",
				   *at);
	}
	/* A tab ends a name that holds spaces, where a date might follow. */
	buf_puts(out, quoted ? "\"\n" : strchr(path, ' ') ? "\t\n" : "\n");
}

bool edit_diff(struct buf *out, const char *path, const struct edit_list *edits,
	       struct error *err)
{
	struct diff diff = { .edits = edits, .out = out };

	if (!check_order(edits, err))
		return false;
	if (edits->count > 0) {
		add_name(out, "--- a/", path);
		add_name(out, "+++ b/", path);
	}
	while (diff.next < edits->count)
		add_hunk(&diff);
	return check_room(out, err);
}
