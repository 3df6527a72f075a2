#include "store/store_private.h"

#include "base/buf.h"
#include "base/utf8.h"

#define TEXT_BYTES ((size_t)1024 * 1024) /* of one text in a JSON column */

/* A JSON string; bytes that are no UTF-8, as file names may hold, become visible text. */
static json_t *json_of_text(const char *text)
{
	CLEANUP(buf_release) struct buf clean = BUF_INIT(TEXT_BYTES);
	json_t *json = json_string(text);
	uint32_t point;

	if (json)
		return json;
	while (*text) {
		char visible[UTF8_VISIBLE_SIZE];
		size_t length = utf8_take(text, &point);

		if (length) {
			buf_add(&clean, text, length);
		} else {
			length = utf8_visible(visible, text);
			buf_puts(&clean, visible);
		}
		text += length;
	}
	return json_string(buf_text(&clean));
}

static void put_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, json_of_text(text));
}

static void put_number(json_t *object, const char *key, uint64_t number)
{
	json_object_set_new(object, key, json_integer((json_int_t)number));
}

static void put_boolean(json_t *object, const char *key, bool yes)
{
	json_object_set_new(object, key, json_boolean(yes));
}

static const char *get_text(const json_t *object, const char *key, struct arena *arena)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? arena_strdup(arena, text) : "";
}

static uint64_t get_number(const json_t *object, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(object, key));
}

static bool get_boolean(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static void json_release(json_t **json)
{
	json_decref(*json);
}

/* Sorted keys: the same value always gives the same bytes.  NULL for lack of memory. */
static char *json_text(json_t *json)
{
	char *text = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);

	json_decref(json);
	return text;
}

char *coverage_format(const struct coverage *coverage, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();

		put_text(item, "scope", coverage[i].scope);
		put_boolean(item, "observed", coverage[i].observed);
		put_text(item, "note", coverage[i].note);
		json_array_append_new(list, item);
	}
	return json_text(list);
}

/* Who waived a gap; nothing where it was --allow-incomplete, or nobody. */
static void put_waiver(json_t *object, const struct waiver *waiver)
{
	json_t *item;

	if (!waiver)
		return;
	item = json_object();
	put_text(item, "until", waiver->until_text);
	put_text(item, "reason", waiver->reason);
	put_text(item, "file", waiver->file);
	put_number(item, "line", waiver->line);
	put_boolean(item, "in_tree", waiver->in_tree);
	json_object_set_new(object, "waiver", item);
}

static const struct waiver *get_waiver(const json_t *object, struct arena *arena)
{
	const json_t *item = json_object_get(object, "waiver");
	struct waiver *waiver;

	if (!item)
		return NULL;
	waiver = arena_alloc(arena, sizeof(*waiver));
	waiver->until_text = get_text(item, "until", arena);
	waiver->reason = get_text(item, "reason", arena);
	waiver->file = get_text(item, "file", arena);
	waiver->line = (uint32_t)get_number(item, "line");
	waiver->in_tree = get_boolean(item, "in_tree");
	return waiver;
}

char *gaps_format(const struct gap *gaps, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();

		put_text(item, "kind", gap_name(gaps[i].kind));
		put_text(item, "subject", gaps[i].subject);
		put_text(item, "reason", gaps[i].reason);
		put_text(item, "scope", gaps[i].scope);
		put_boolean(item, "waived", gaps[i].waived);
		put_waiver(item, gaps[i].waiver);
		json_array_append_new(list, item);
	}
	return json_text(list);
}

char *requests_format(const struct request_count *requests, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();

		put_text(item, "host", requests[i].host);
		put_number(item, "made", requests[i].made);
		put_number(item, "failed", requests[i].failed);
		put_number(item, "spared", requests[i].spared);
		put_number(item, "refused", requests[i].refused);
		put_number(item, "bytes", requests[i].bytes);
		json_array_append_new(list, item);
	}
	return json_text(list);
}

/* FACT_FOUND and FACT_ABSENT are in the ledger, tag_span. */
static const char *const unanswered_names[] = {
	[FACT_DENIED] = "denied",
	[FACT_UNKNOWN] = "unknown",
};

char *unanswered_format(const struct tag_fact *tags, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *item;

		if (!unanswered_names[tags[i].state])
			continue;
		item = json_object();
		put_text(item, "registry", tags[i].registry);
		put_text(item, "repository", tags[i].repository);
		put_text(item, "tag", tags[i].tag);
		put_text(item, "state", unanswered_names[tags[i].state]);
		put_text(item, "reason", tags[i].reason);
		json_array_append_new(list, item);
	}
	return json_text(list);
}

static void put_ids(json_t *object, const char *key, const struct id_set *set)
{
	json_t *list = json_array();

	for (size_t i = 0; i < set->count; i++)
		json_array_append_new(list, json_integer((json_int_t)set->ids[i]));
	json_object_set_new(object, key, list);
}

char *partial_format(const struct partial_sight *partial)
{
	json_t *object = json_object();

	put_ids(object, "declared", &partial->declared);
	put_ids(object, "running", &partial->running);
	put_ids(object, "findings", &partial->findings);
	return json_text(object);
}

static json_t *json_parse(const char *text, struct error *err)
{
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	if (!json)
		error_set(err, ERROR_STORE, "a scan's row is damaged: '%.40s' is no JSON",
			  text);
	return json;
}

bool coverage_parse(const char *text, struct arena *arena, struct coverage_list *coverage,
		    struct error *err)
{
	CLEANUP(json_release) json_t *list = json_parse(text, err);

	if (!list)
		return false;
	coverage->count = json_array_size(list);
	coverage->items = arena_alloc(arena, coverage->count * sizeof(*coverage->items));
	for (size_t i = 0; i < coverage->count; i++) {
		const json_t *item = json_array_get(list, i);

		coverage->items[i] = (struct coverage){
			.scope = get_text(item, "scope", arena),
			.observed = get_boolean(item, "observed"),
			.note = get_text(item, "note", arena),
		};
	}
	return true;
}

/* False where this version knows no such gap. */
static bool gap_kind_parse(enum gap_kind *kind, const char *name)
{
	for (int i = 0; i < GAP_KIND_COUNT; i++) {
		if (strcmp(name, gap_name((enum gap_kind)i)) == 0) {
			*kind = (enum gap_kind)i;
			return true;
		}
	}
	return false;
}

bool gaps_parse(const char *text, struct arena *arena, struct gap **gaps, size_t *count,
		struct error *err)
{
	CLEANUP(json_release) json_t *list = json_parse(text, err);

	if (!list)
		return false;
	*count = json_array_size(list);
	*gaps = arena_alloc(arena, *count * sizeof(**gaps));
	for (size_t i = 0; i < *count; i++) {
		const json_t *item = json_array_get(list, i);
		const char *name = get_text(item, "kind", arena);

		(*gaps)[i] = (struct gap){
			.subject = get_text(item, "subject", arena),
			.reason = get_text(item, "reason", arena),
			.scope = get_text(item, "scope", arena),
			.waived = get_boolean(item, "waived"),
			.waiver = get_waiver(item, arena),
		};
		if (!gap_kind_parse(&(*gaps)[i].kind, name))
			return error_set(
				err, ERROR_STORE,
				"a scan's row is damaged: no gap is called '%.40s'",
				name);
	}
	return true;
}

/* The texts of a waiver, and what they are called. */
static const struct {
	const char *key;
	size_t offset;
} waiver_texts[] = {
	{ "id", offsetof(struct waiver, id) },
	{ "path", offsetof(struct waiver, path) },
	{ "cluster", offsetof(struct waiver, cluster) },
	{ "namespace", offsetof(struct waiver, namespace) },
	{ "object", offsetof(struct waiver, object) },
	{ "container", offsetof(struct waiver, container) },
	{ "image", offsetof(struct waiver, image) },
	{ "until", offsetof(struct waiver, until_text) },
	{ "reason", offsetof(struct waiver, reason) },
	{ "file", offsetof(struct waiver, file) },
};

char *waivers_format(const struct waiver *waivers, size_t count, uint32_t ignored)
{
	json_t *object = json_object(), *list = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();

		for (size_t j = 0; j < ARRAY_LENGTH(waiver_texts); j++)
			put_text(item, waiver_texts[j].key,
				 *(const char *const *)((const char *)&waivers[i] +
							waiver_texts[j].offset));
		if (waivers[i].problem)
			put_text(item, "problem", waivers[i].problem);
		put_boolean(item, "of_gap", waivers[i].of_gap);
		put_boolean(item, "in_tree", waivers[i].in_tree);
		put_number(item, "only_line", waivers[i].only_line);
		put_number(item, "line", waivers[i].line);
		put_number(item, "column", waivers[i].column);
		put_number(item, "used", waivers[i].used);
		json_array_append_new(list, item);
	}
	put_number(object, "ignored", ignored);
	json_object_set_new(object, "waivers", list);
	return json_text(object);
}

static struct waiver waiver_of(const json_t *item, struct arena *arena)
{
	struct waiver waiver = {
		.of_gap = get_boolean(item, "of_gap"),
		.in_tree = get_boolean(item, "in_tree"),
		.only_line = (uint32_t)get_number(item, "only_line"),
		.line = (uint32_t)get_number(item, "line"),
		.column = (uint32_t)get_number(item, "column"),
		.used = (uint32_t)get_number(item, "used"),
	};

	for (size_t j = 0; j < ARRAY_LENGTH(waiver_texts); j++)
		*(const char **)((char *)&waiver + waiver_texts[j].offset) =
			get_text(item, waiver_texts[j].key, arena);
	if (json_object_get(item, "problem"))
		waiver.problem = get_text(item, "problem", arena);
	return waiver;
}

bool waivers_parse(const char *text, struct report *report, struct error *err)
{
	CLEANUP(json_release)
	json_t *object = json_parse(text[0] ? text : "{}", err);
	const json_t *list;

	if (!object)
		return false;
	list = json_object_get(object, "waivers");
	report->ignored_waiver_count = (uint32_t)get_number(object, "ignored");
	report->waiver_count = json_array_size(list);
	report->waivers = arena_alloc(&report->arena,
				      report->waiver_count * sizeof(*report->waivers));
	for (size_t i = 0; i < report->waiver_count; i++)
		report->waivers[i] = waiver_of(json_array_get(list, i), &report->arena);
	return true;
}

bool requests_parse(const char *text, struct arena *arena,
		    struct request_count **requests, size_t *count, struct error *err)
{
	CLEANUP(json_release) json_t *list = json_parse(text, err);

	if (!list)
		return false;
	*count = json_array_size(list);
	*requests = arena_alloc(arena, *count * sizeof(**requests));
	for (size_t i = 0; i < *count; i++) {
		const json_t *item = json_array_get(list, i);

		(*requests)[i] = (struct request_count){
			.host = get_text(item, "host", arena),
			.made = (uint32_t)get_number(item, "made"),
			.failed = (uint32_t)get_number(item, "failed"),
			.spared = (uint32_t)get_number(item, "spared"),
			.refused = (uint32_t)get_number(item, "refused"),
			.bytes = get_number(item, "bytes"),
		};
	}
	return true;
}

bool unanswered_parse(const char *text, struct arena *arena, struct report_tag **tags,
		      size_t *count, struct error *err)
{
	CLEANUP(json_release) json_t *list = json_parse(text, err);

	if (!list)
		return false;
	*count = json_array_size(list);
	*tags = arena_alloc(arena, *count * sizeof(**tags));
	for (size_t i = 0; i < *count; i++) {
		const json_t *item = json_array_get(list, i);

		(*tags)[i] = (struct report_tag){
			.registry = get_text(item, "registry", arena),
			.repository = get_text(item, "repository", arena),
			.tag = get_text(item, "tag", arena),
			.state = get_text(item, "state", arena),
		};
	}
	return true;
}

static int compare_ids(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static void get_ids(const json_t *object, const char *key, struct arena *arena,
		    struct id_set *set)
{
	const json_t *list = json_object_get(object, key);

	set->count = json_array_size(list);
	set->ids = arena_alloc(arena, set->count * sizeof(*set->ids));
	for (size_t i = 0; i < set->count; i++)
		set->ids[i] = json_integer_value(json_array_get(list, i));
	qsort(set->ids, set->count, sizeof(*set->ids), compare_ids);
}

bool partial_parse(const char *text, struct arena *arena, struct partial_sight *partial,
		   struct error *err)
{
	CLEANUP(json_release) json_t *object = json_parse(text, err);

	if (!object)
		return false;
	get_ids(object, "declared", arena, &partial->declared);
	get_ids(object, "running", arena, &partial->running);
	get_ids(object, "findings", arena, &partial->findings);
	return true;
}

bool id_set_has(const struct id_set *set, int64_t id)
{
	return set->count > 0 &&
	       bsearch(&id, set->ids, set->count, sizeof(*set->ids), compare_ids) != NULL;
}
