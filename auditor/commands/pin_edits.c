#include "commands/pin_edits.h"

#include "base/yaml.h"
#include "commands/pin_lines.h"
#include "drift/environment.h"
#include "source/kube_manifest.h"

/* A reference that is to change. */
struct change {
	const struct declared_use *use;
	struct edit edit;
	const char *meant; /* the reference as it is to be */
	long lines;        /* that it adds, with those of the changes before it */
	bool spreads;      /* one tag of two containers */
	bool elsewhere;    /* stands, or an alias brings it, where no image belongs */
	unsigned times;    /* that it stands in the text, with its aliases */
};

/* The changes of one text, while they are found. */
struct planning {
	struct pin_plan *plan;
	const struct buf *text;
	struct snapshot snapshot; /* what the text declares */
	struct change *changes;   /* in the order of the text, each place once */
	size_t change_count;
	struct pin_line *lines; /* of the uses that are in parts, likewise */
	size_t line_count;
};

static void planning_release(struct planning *planning)
{
	snapshot_release(&planning->snapshot);
	free(planning->changes);
	free(planning->lines);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Narrow an edit to what stands between quotes, or below the head of a block scalar. */
static void enter_scalar(struct edit *edit, const char *text)
{
	char first = text[edit->begin];
	const char *head_end;

	if (first == '"' || first == '\'') {
		edit->begin++;
		edit->end--;
	}
	if (first != '|' && first != '>')
		return;
	head_end = memchr(text + edit->begin, '\n', edit->end - edit->begin);
	edit->begin = head_end ? (size_t)(head_end + 1 - text) : edit->end;
	while (edit->begin < edit->end && is_blank(text[edit->begin]))
		edit->begin++;
	while (edit->end > edit->begin && is_blank(text[edit->end - 1]))
		edit->end--;
}

/* Where the reference stands letter by letter; false where it does not. */
static bool locate(struct edit *edit, const struct buf *text,
		   const struct declared_use *use)
{
	size_t length = strlen(use->image.text);

	edit->begin = use->begin;
	edit->end = use->end;
	if (edit->begin >= edit->end || edit->end > text->length)
		return false;
	enter_scalar(edit, text->data);
	return edit->begin + length == edit->end &&
	       memcmp(text->data + edit->begin, use->image.text, length) == 0;
}

static int compare_lines(const void *a, const void *b)
{
	const struct pin_line *left = a, *right = b;

	return (left->begin > right->begin) - (left->begin < right->begin);
}

/* Find the mappings of the uses in parts.  Errors: as pin_lines_find(). */
static bool find_lines(struct planning *planning, struct error *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < planning->snapshot.declared_count; i++) {
		const struct declared_use *use = &planning->snapshot.declared[i];

		if (!pin_in_parts(use) || !pin_takes_digest(use))
			continue;
		planning->lines = array_grow(planning->lines, planning->line_count,
					     sizeof(*planning->lines));
		planning->lines[planning->line_count++] =
			(struct pin_line){ .begin = use->begin };
	}
	if (planning->line_count == 0)
		return true;
	qsort(planning->lines, planning->line_count, sizeof(*planning->lines),
	      compare_lines);
	for (size_t i = 0; i < planning->line_count; i++) {
		if (kept == 0 ||
		    planning->lines[kept - 1].begin != planning->lines[i].begin)
			planning->lines[kept++] = planning->lines[i];
	}
	planning->line_count = kept;
	return pin_lines_find(planning->lines, kept, planning->text, err);
}

/* The digest of a reference in parts.  Errors: ERROR_SYNTAX: why not. */
static bool locate_digest(struct change *change, const struct planning *planning,
			  struct error *err)
{
	struct pin_plan *plan = planning->plan;
	const struct declared_use *use = change->use;
	const struct pin_line key = { .begin = use->begin };
	const struct pin_line *line = bsearch(&key, planning->lines, planning->line_count,
					      sizeof(*planning->lines), compare_lines);
	const char *at = strchr(change->meant, '@');
	const struct pin_writing writing = { line, planning->text, at ? at + 1 : "",
					     &plan->arena };

	if (!line)
		return error_set(err, ERROR_SYNTAX, "the file changed meanwhile");
	if (!pin_line_edit(&change->edit, &writing, err))
		return false;
	if (use->composed && !line->has_digest && !digest_known(&use->image.ref.digest))
		pin_plan_refuse(plan, PIN_NOTE,
				arena_printf(&plan->arena,
					     "%s:%u:%u: the digest of %s is a new line, "
					     "which counts where the chart reads it",
					     use->file, use->line, use->column,
					     use->image.text));
	return true;
}

/* The reference where it stands.  Errors: ERROR_SYNTAX: why not. */
static bool locate_reference(struct change *change, const struct planning *planning,
			     struct error *err)
{
	change->edit.text = change->meant;
	return locate(&change->edit, planning->text, change->use) ||
	       error_set(err, ERROR_SYNTAX,
			 "it is written with escapes, or over several lines");
}

/* Aliases bring one text to many containers: it is changed once. */
static void find_change(struct planning *planning, const struct declared_use *use)
{
	struct change change = { .use = use };
	struct error err = ERROR_INIT;

	change.meant = pin_plan_text(planning->plan, use);
	if (!change.meant)
		return;
	if (!(pin_in_parts(use) ? locate_digest : locate_reference)(&change, planning,
								    &err)) {
		pin_plan_refuse_use(planning->plan, PIN_OWN_SAKE, use, err.text);
		return;
	}
	planning->changes = array_grow(planning->changes, planning->change_count,
				       sizeof(*planning->changes));
	planning->changes[planning->change_count++] = change;
}

static int compare_changes(const void *a, const void *b)
{
	const struct change *left = a, *right = b;

	return (left->use->begin > right->use->begin) -
	       (left->use->begin < right->use->begin);
}

static void find_changes(struct planning *planning)
{
	size_t kept = 0;

	for (size_t i = 0; i < planning->snapshot.declared_count; i++)
		find_change(planning, &planning->snapshot.declared[i]);
	if (planning->change_count > 0)
		qsort(planning->changes, planning->change_count,
		      sizeof(*planning->changes), compare_changes);
	for (size_t i = 0; i < planning->change_count; i++) {
		struct change change = planning->changes[i];

		if (kept == 0 ||
		    planning->changes[kept - 1].use->begin != change.use->begin)
			planning->changes[kept++] = change;
		else if (strcmp(planning->changes[kept - 1].meant, change.meant) != 0)
			planning->changes[kept - 1].spreads = true;
	}
	planning->change_count = kept;
}

/* How many changes stand before byte `begin`. */
static size_t changes_before(const struct planning *planning, size_t begin)
{
	size_t low = 0, high = planning->change_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (planning->changes[middle].use->begin < begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The change whose scalar begins here, or NULL. */
static struct change *change_at(const struct planning *planning, size_t begin)
{
	size_t i = changes_before(planning, begin);

	return i < planning->change_count && planning->changes[i].use->begin == begin
		       ? &planning->changes[i]
		       : NULL;
}

/* A key whose value is an image, by its end: image, sidecarImage, reference. */
static bool is_image_key(const char *key)
{
	static const char *const ends[] = { "image", "Image", "reference" };
	size_t length = strlen(key);

	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
		size_t end = strlen(ends[i]);

		if (length >= end && strcmp(key + length - end, ends[i]) == 0)
			return true;
	}
	return false;
}

/*
 * Mark the changes that would reach further than to images.  Recursion and time are
 * bounded by what a document may hold, aliases counted each time (node.h).
 */
static void mark_spreading(const struct planning *planning, const struct node *node,
			   bool is_image)
{
	if (node->kind == NODE_SEQUENCE) {
		for (size_t i = 0; i < node->length; i++)
			mark_spreading(planning, node->items[i], false);
	} else if (node->kind == NODE_MAPPING) {
		for (size_t i = 0; i < node->length; i++)
			mark_spreading(planning, node->members[i].value,
				       is_image_key(node->members[i].key));
	} else {
		struct change *change = change_at(planning, node->place.begin);

		if (change && !pin_in_parts(change->use)) { /* pin_line_edit() knows */
			change->elsewhere |= !is_image;
			change->times++;
		}
	}
}

static void mark_document(void *user, const struct node *document)
{
	const struct planning *planning = user;

	mark_spreading(planning, document, false);
}

/*
 * A text without `&` and `*` has no aliases; one that is no YAML has none from there on:
 * JSON, a Dockerfile, the rest of a template.
 */
static void follow_aliases(struct planning *planning)
{
	const struct buf *text = planning->text;
	struct error no_yaml = ERROR_INIT;

	if (planning->change_count > 0 && memchr(text->data, '&', text->length) &&
	    memchr(text->data, '*', text->length))
		(void)!yaml_each_document(text, mark_document, planning, &no_yaml);
}

static void refuse_spreading(struct planning *planning)
{
	size_t kept = 0;

	follow_aliases(planning);
	for (size_t i = 0; i < planning->change_count; i++) {
		struct change change = planning->changes[i];

		if (change.spreads || (change.elsewhere && change.times > 1))
			pin_plan_refuse_use(planning->plan, PIN_OWN_SAKE, change.use,
					    "its anchor is used for something else too");
		else
			planning->changes[kept++] = change;
	}
	planning->change_count = kept;
}

/* What a use is to be read as behind the edits. */
static const char *expected_text(const struct planning *planning,
				 const struct declared_use *use)
{
	const struct change *change = change_at(planning, use->begin);

	return change ? change->meant : use->image.text;
}

static bool same_use(const struct declared_use *before, const struct declared_use *after)
{
	return object_id_equal(&before->object, &after->object) &&
	       strcmp(before->namespace, after->namespace) == 0 &&
	       strcmp(before->field, after->field) == 0 &&
	       strcmp(before->image.container, after->image.container) == 0;
}

static long count_lines(const char *text, size_t length)
{
	long count = 0;

	for (size_t i = 0; i < length; i++)
		count += text[i] == '\n';
	return count;
}

/* Lines that the changes above a use add; one that is itself in parts may move more. */
static bool same_line(const struct planning *planning, const struct declared_use *before,
		      const struct declared_use *after)
{
	size_t count = changes_before(planning, before->begin);
	long added = count > 0 ? planning->changes[count - 1].lines : 0;

	return pin_in_parts(before) || (long)after->line == (long)before->line + added;
}

/*
 * Read a text as the whole tree was read: by its policy, which outlives the result.
 * Errors: as pin_edits_make().
 */
static bool read_text(struct snapshot *declared, const struct pin_plan *plan,
		      const struct pin_file *file, const struct buf *text,
		      struct error *err)
{
	snapshot_init(declared, 0);
	declared->policy = plan->facts->policy;
	if (!kube_manifest_read_text(declared, file->name, text, err))
		return false;
	for (size_t i = 0; i < declared->declared_count; i++)
		declared->declared[i].path = file->path;
	environment_place(declared);
	return true;
}

/* The edited text declares the same, but for the references that were to change. */
static bool check_result(const struct planning *planning, const struct pin_file *file,
			 const struct buf *after, struct error *err)
{
	CLEANUP(snapshot_release) struct snapshot result;
	const struct snapshot *meant = &planning->snapshot;
	bool same;

	if (!read_text(&result, planning->plan, file, after, err))
		return error_wrap(err, "the result of the edit");
	same = result.declared_count == meant->declared_count &&
	       result.gap_count == meant->gap_count;
	for (size_t i = 0; same && i < meant->declared_count; i++) {
		const struct declared_use *use = &meant->declared[i];

		same = same_use(use, &result.declared[i]) &&
		       same_line(planning, use, &result.declared[i]) &&
		       strcmp(expected_text(planning, use),
			      result.declared[i].image.text) == 0;
	}
	return same || error_set(err, ERROR_SYNTAX,
				 "the result of the edit would not read as it should");
}

static int compare_edits(const void *a, const void *b)
{
	const struct edit *left = a, *right = b;

	return (left->begin > right->begin) - (left->begin < right->begin);
}

/* Errors: as pin_edits_make(). */
static bool make_edits(struct planning *planning, const struct pin_file *file,
		       struct buf *after, struct error *err)
{
	struct pin_plan *plan = planning->plan;
	struct edit_list list = { .text = buf_text(planning->text),
				  .length = planning->text->length };
	long lines = 0;

	for (size_t i = 0; i < planning->change_count; i++) {
		const struct edit *edit = &planning->changes[i].edit;

		lines += count_lines(edit->text, strlen(edit->text)) -
			 count_lines(list.text + edit->begin, edit->end - edit->begin);
		planning->changes[i].lines = lines;
		plan->edits = arena_grow(&plan->arena, plan->edits, plan->edit_count,
					 sizeof(*plan->edits));
		plan->edits[plan->edit_count++] = planning->changes[i].edit;
	}
	if (plan->edit_count > 0)
		qsort(plan->edits, plan->edit_count, sizeof(*plan->edits), compare_edits);
	list.items = plan->edits;
	list.count = plan->edit_count;
	return edit_apply(after, &list, err) &&
	       (list.count == 0 || check_result(planning, file, after, err));
}

bool pin_edits_make(struct pin_plan *plan, const struct pin_file *file,
		    const struct buf *before, struct buf *after, struct error *err)
{
	CLEANUP(planning_release)
	struct planning planning = { .plan = plan, .text = before };
	bool ok;

	plan->edits = NULL;
	plan->edit_count = 0;
	buf_clear(after);
	if (!read_text(&planning.snapshot, plan, file, before, err))
		return false;
	if (!find_lines(&planning, err))
		return false;
	find_changes(&planning);
	refuse_spreading(&planning);
	ok = make_edits(&planning, file, after, err);
	if (!ok)
		plan->edit_count = 0;
	return ok;
}
