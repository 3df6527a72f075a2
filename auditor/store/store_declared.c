#include "store/store_private.h"

#include "base/buf.h"
#include "model/scope.h"
#include "model/workload.h"

#define KEY_BYTES ((size_t)16 * 1024 * 1024) /* of all texts of a declaration */

enum statement {
	SELECT_VISIBLE,
	INSERT_DECLARED,
	MOVE_DECLARED,
	END_DECLARED,
	STATEMENT_COUNT,
};

static const char *const statement_text[STATEMENT_COUNT] = {
	[SELECT_VISIBLE] =
		"SELECT d.id, d.ordinal, m.path, m.file, d.line, d.column, "
		"d.cluster, d.namespace, d.api_group, d.kind, d.name, "
		"d.field, d.container, d.class, d.overlay, r.text FROM declared_span d "
		"JOIN kube_manifest m ON m.id = d.manifest "
		"JOIN reference r ON r.id = d.reference "
		"WHERE m.tree = ?2 AND d.first_scan <= ?1 "
		"AND d.id IN " SPANS_UNTIL("declared_span", ">") " ORDER BY d.id",
	[INSERT_DECLARED] = "INSERT INTO declared_span (manifest, reference, ordinal, "
			    "line, column, cluster, namespace, api_group, kind, name, "
			    "field, container, class, overlay, first_scan) "
			    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[MOVE_DECLARED] = "UPDATE declared_span SET line = ?, column = ? WHERE id = ?",
	[END_DECLARED] = "UPDATE declared_span SET ended_scan = ? WHERE id = ?",
};

/* A span that was open before this scan, or that it began. */
struct declared_item {
	int64_t id;
	uint32_t ordinal;
	bool seen;
	const struct declared_use *use; /* as it was stored, or as it is seen */
};

/* The declarations of one tree, as a scan finds them and as it leaves them. */
struct declared_ledger {
	struct scan_writer *writer;
	struct arena arena;
	struct table items;         /* key of a declaration to struct declared_item */
	struct table places;        /* where something was seen to be declared */
	struct coverage_memo whole; /* of paths */
	struct buf key;             /* of the declaration at hand */
};

static const char *overlay_of(const struct declared_use *use)
{
	return use->overlay ? use->overlay->path : "";
}

/* Where an image is declared. */
static void key_of_place(struct buf *key, const struct declared_use *use)
{
	buf_clear(key);
	span_key_add(key, use->path);
	span_key_add(key, use->cluster);
	span_key_add(key, use->namespace);
	span_key_add(key, use->object.api_group);
	span_key_add(key, use->object.kind);
	span_key_add(key, use->object.name);
	span_key_add(key, use->field);
	span_key_add(key, use->image.container);
	span_key_add(key, container_class_name(use->image.class));
	span_key_add(key, overlay_of(use));
}

/* And which. */
static void key_of_declared(struct buf *key, const struct declared_use *use,
			    uint32_t ordinal)
{
	key_of_place(key, use);
	span_key_add(key, use->image.text);
	buf_add(key, &ordinal, sizeof(ordinal));
}

static struct declared_item *find_item(const struct declared_ledger *ledger)
{
	return span_find(&ledger->items, &ledger->key);
}

/* Put `value` under the key at hand. */
static void put(struct declared_ledger *ledger, struct table *table, void *value)
{
	*span_slot(table, &ledger->key, &ledger->arena) = value;
}

static enum container_class class_of_name(const char *name)
{
	for (int class = CLASS_CONTAINER; class < CLASS_IMAGE_VOLUME; class ++) {
		if (strcmp(name, container_class_name((enum container_class) class)) == 0)
			return (enum container_class) class;
	}
	return CLASS_IMAGE_VOLUME;
}

/* Of what was stored; NULL for "". */
static const struct overlay *overlay_read(const char *path, struct arena *arena)
{
	struct overlay *overlay;

	if (!path[0])
		return NULL;
	overlay = arena_alloc(arena, sizeof(*overlay));
	*overlay = (struct overlay){ .path = path, .dropped_pin = "" };
	return overlay;
}

/* The columns of SELECT_VISIBLE behind its first two. */
static void declared_read(struct query *query, struct arena *arena,
			  struct declared_use *use)
{
	*use = (struct declared_use){ .path = query_text(query, arena) };
	use->file = query_text(query, arena);
	use->line = (uint32_t)query_number(query);
	use->column = (uint32_t)query_number(query);
	use->cluster = query_text(query, arena);
	use->namespace = query_text(query, arena);
	use->object.api_group = query_text(query, arena);
	use->object.kind = query_text(query, arena);
	use->object.name = query_text(query, arena);
	use->field = query_text(query, arena);
	use->image.container = query_text(query, arena);
	use->image.class = class_of_name(query_text(query, arena));
	use->overlay = overlay_read(query_text(query, arena), arena);
	use->image.text = query_text(query, arena);
}

static bool load_open(struct declared_ledger *ledger, struct error *err)
{
	struct query query =
		query_start(ledger->writer->store, statement_text[SELECT_VISIBLE]);

	query_add_number(&query, ledger->writer->scan->id);
	query_add_text(&query, ledger->writer->snapshot->tree);
	while (query_row(&query)) {
		struct declared_item *item = arena_alloc(&ledger->arena, sizeof(*item));
		struct declared_use *use = arena_alloc(&ledger->arena, sizeof(*use));

		item->id = query_number(&query);
		item->ordinal = (uint32_t)query_number(&query);
		item->use = use;
		declared_read(&query, &ledger->arena, use);
		key_of_declared(&ledger->key, use, item->ordinal);
		put(ledger, &ledger->items, item);
	}
	return query_finish(&query, err);
}

static bool declared_insert(struct declared_ledger *ledger, struct declared_item *item,
			    struct error *err)
{
	struct store *store = ledger->writer->store;
	const struct declared_use *use = item->use;
	int64_t manifest, reference;
	struct query query;

	if (!name_manifest(store, ledger->writer->snapshot->tree, use, &manifest, err) ||
	    !name_reference(store, use->image.text, &reference, err))
		return false;
	query = query_start(store, statement_text[INSERT_DECLARED]);
	query_add_number(&query, manifest);
	query_add_number(&query, reference);
	query_add_number(&query, item->ordinal);
	query_add_number(&query, use->line);
	query_add_number(&query, use->column);
	query_add_text(&query, use->cluster);
	query_add_text(&query, use->namespace);
	query_add_text(&query, use->object.api_group);
	query_add_text(&query, use->object.kind);
	query_add_text(&query, use->object.name);
	query_add_text(&query, use->field);
	query_add_text(&query, use->image.container);
	query_add_text(&query, container_class_name(use->image.class));
	query_add_text(&query, overlay_of(use));
	query_add_number(&query, ledger->writer->scan->id);
	return query_insert(&query, &item->id, err);
}

/* What stood in another line, or in a file that was named otherwise, is the same. */
static bool declared_move(struct declared_ledger *ledger,
			  const struct declared_item *item,
			  const struct declared_use *use, struct error *err)
{
	struct store *store = ledger->writer->store;
	struct query query;
	int64_t manifest;

	if (strcmp(item->use->file, use->file) != 0 &&
	    !name_manifest(store, ledger->writer->snapshot->tree, use, &manifest, err))
		return false;
	if (item->use->line == use->line && item->use->column == use->column)
		return true;
	query = query_start(store, statement_text[MOVE_DECLARED]);
	query_add_number(&query, use->line);
	query_add_number(&query, use->column);
	query_add_number(&query, item->id);
	return query_run(&query, err);
}

static bool declared_see(struct declared_ledger *ledger, const struct declared_use *use,
			 struct error *err)
{
	struct declared_item *item;
	uint32_t ordinal = 0;

	key_of_place(&ledger->key, use);
	put(ledger, &ledger->places, ledger);
	key_of_declared(&ledger->key, use, ordinal);
	while ((item = find_item(ledger)) && item->seen)
		key_of_declared(&ledger->key, use, ++ordinal);
	if (item) {
		item->seen = true;
		return declared_move(ledger, item, use, err);
	}
	item = arena_alloc(&ledger->arena, sizeof(*item));
	*item = (struct declared_item){ .ordinal = ordinal, .seen = true, .use = use };
	put(ledger, &ledger->items, item);
	return declared_insert(ledger, item, err);
}

/* Of a file that was read in part we know what else stands in the same place now. */
static bool is_replaced(struct declared_ledger *ledger, const struct declared_use *use)
{
	key_of_place(&ledger->key, use);
	return span_find(&ledger->places, &ledger->key);
}

static bool declared_end(struct declared_ledger *ledger, int64_t id, struct error *err)
{
	struct query query =
		query_start(ledger->writer->store, statement_text[END_DECLARED]);

	query_add_number(&query, ledger->writer->scan->id);
	query_add_number(&query, id);
	return query_run(&query, err);
}

/* Keep what the scan made of one item: ended, seen in passing, or as it was. */
static bool declared_settle(struct declared_ledger *ledger,
			    const struct declared_item *item, struct error *err)
{
	struct scan_writer *writer = ledger->writer;
	bool whole = coverage_memo_observed(&ledger->whole, item->use->path);

	if (!item->seen && (whole || is_replaced(ledger, item->use)))
		return declared_end(ledger, item->id, err);
	if (item->seen && !whole)
		partial_add(writer, &writer->partial.declared, item->id);
	return true;
}

static bool ledger_save(struct declared_ledger *ledger, struct error *err)
{
	const struct snapshot *snapshot = ledger->writer->snapshot;

	if (!load_open(ledger, err))
		return false;
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		if (!declared_see(ledger, &snapshot->declared[i], err))
			return false;
	}
	for (size_t i = 0; i < ledger->items.count; i++) {
		if (!declared_settle(ledger, ledger->items.entries[i].value, err))
			return false;
	}
	return true;
}

static void ledger_release(struct declared_ledger *ledger)
{
	table_release(&ledger->items);
	table_release(&ledger->places);
	coverage_memo_release(&ledger->whole);
	buf_release(&ledger->key);
	arena_release(&ledger->arena);
}

bool declared_save(struct scan_writer *writer, struct error *err)
{
	CLEANUP(ledger_release)
	struct declared_ledger ledger = {
		.writer = writer,
		.whole = { .covered = &writer->covered,
			   .scope = scope_of_path,
			   .key = writer->snapshot->tree },
		.key = BUF_INIT(KEY_BYTES),
	};

	return ledger_save(&ledger, err);
}

static void report_add_declared(struct report *report, const struct declared_use *use)
{
	const struct workload_kind *kind =
		workload_kind_find(use->object.api_group, use->object.kind);
	struct declared_use *added;

	report->declared = arena_grow(&report->arena, report->declared,
				      report->declared_count, sizeof(*report->declared));
	added = &report->declared[report->declared_count++];
	*added = *use;
	added->workload = kind && kind->makes_pods;
	container_image_read(&added->image, &report->arena, use->image.text);
}

bool declared_load(struct scan_reader *reader, struct error *err)
{
	CLEANUP(coverage_memo_release)
	struct coverage_memo whole = {
		.covered = &reader->covered,
		.scope = scope_of_path,
		.key = reader->tree,
	};
	struct report *report = reader->report;
	struct query query = query_start(reader->store, statement_text[SELECT_VISIBLE]);

	query_add_number(&query, report->scan.id);
	query_add_text(&query, reader->tree);
	while (query_row(&query)) {
		int64_t id = query_number(&query);
		struct declared_use use;

		(void)query_number(&query); /* ordinal */
		declared_read(&query, &report->arena, &use);
		if (coverage_memo_observed(&whole, use.path) ||
		    id_set_has(&reader->partial.declared, id))
			report_add_declared(report, &use);
	}
	return query_finish(&query, err);
}
