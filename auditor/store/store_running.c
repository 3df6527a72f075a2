#include "store/store_private.h"

#include "base/buf.h"
#include "base/pool.h"
#include "model/scope.h"

#define KEY_BYTES ((size_t)16 * 1024 * 1024) /* of all texts of a use */

enum statement {
	SELECT_VISIBLE,
	INSERT_RUNNING,
	END_RUNNING,
	INSERT_VERDICT,
	UPDATE_VERDICT,
	END_VERDICT,
	STATEMENT_COUNT,
};

static const char *const statement_text[STATEMENT_COUNT] = {
	[SELECT_VISIBLE] =
		"SELECT v.id, r.id, w.namespace, w.api_group, w.kind, w.name, t.name, "
		"t.class, f.text, r.image_id, r.platform, r.state, d.text, v.verdict, "
		"v.how, v.reason, v.proof, v.pod_count, s.started_at "
		"FROM verdict_span v "
		"JOIN running_span r ON r.id = v.running "
		"JOIN container t ON t.id = r.container "
		"JOIN workload w ON w.id = t.workload "
		"JOIN reference f ON f.id = r.reference "
		"LEFT JOIN reference d ON d.id = v.declared "
		"JOIN scan s ON s.id = r.first_scan "
		"WHERE w.cluster = ?2 AND v.first_scan <= ?1 "
		"AND v.id IN " SPANS_UNTIL("verdict_span", ">") " ORDER BY v.id",
	[INSERT_RUNNING] = "INSERT INTO running_span (container, reference, image_id, "
			   "platform, state, first_scan) VALUES (?, ?, ?, ?, ?, ?)",
	[END_RUNNING] = "UPDATE running_span SET ended_scan = ? WHERE id = ?",
	[INSERT_VERDICT] = "INSERT INTO verdict_span (running, declared, verdict, how, "
			   "reason, proof, pod_count, first_scan) "
			   "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[UPDATE_VERDICT] = "UPDATE verdict_span SET reason = ?, proof = ?, "
			   "pod_count = ? WHERE id = ?",
	[END_VERDICT] = "UPDATE verdict_span SET ended_scan = ? WHERE id = ?",
};

/* A running span that was open before this scan, or that it began. */
struct running_item {
	int64_t id; /* 0: not in the database yet */
	const char *namespace;
	const struct report_use *seen; /* NULL: not by this scan */
};

/* What may change while a verdict holds. */
struct evidence {
	const char *reason, *proof;
	uint32_t pod_count;
};

/* A verdict on it. */
struct verdict_item {
	int64_t id;
	struct running_item *running;
	struct evidence *stored;       /* NULL: not in the database yet */
	const struct report_use *seen; /* NULL: not by this scan */
	uint32_t pod_count;            /* of this scan */
};

/* What runs in one cluster, as a scan finds it and as it leaves it. */
struct running_ledger {
	struct scan_writer *writer;
	int64_t cluster;         /* its row */
	const char *cluster_key; /* of this scan's uses */
	struct arena arena;
	struct pool pool;      /* of the texts that are kept of the database */
	struct table running;  /* key of a use to struct running_item */
	struct table verdicts; /* the same with the verdict, to struct verdict_item */
	struct coverage_memo whole; /* of namespaces */
	struct buf key;             /* of the use at hand */
};

/* What runs where. */
static void key_of_running(struct buf *key, const struct report_use *use)
{
	buf_clear(key);
	span_key_add(key, use->namespace);
	span_key_add(key, use->object.api_group);
	span_key_add(key, use->object.kind);
	span_key_add(key, use->object.name);
	span_key_add(key, use->container);
	span_key_add(key, use->class);
	span_key_add(key, use->reference);
	span_key_add(key, use->image_id);
	span_key_add(key, use->platform);
	span_key_add(key, use->state);
}

/* And how it compares.  Reason and proof are evidence: they change in place. */
static void key_of_verdict(struct buf *key, const struct report_use *use)
{
	key_of_running(key, use);
	span_key_add(key, use->declared);
	span_key_add(key, use->verdict);
	span_key_add(key, use->how);
}

/* The item under the key at hand, made of zeros where it is new. */
static void *item_make(struct running_ledger *ledger, struct table *table, size_t size)
{
	void **slot = span_slot(table, &ledger->key, &ledger->arena);

	if (!*slot)
		*slot = arena_alloc(&ledger->arena, size);
	return *slot;
}

static struct running_item *running_item(struct running_ledger *ledger,
					 const struct report_use *use)
{
	struct running_item *item;

	key_of_running(&ledger->key, use);
	item = item_make(ledger, &ledger->running, sizeof(*item));
	if (!item->namespace)
		item->namespace = pool_keep(&ledger->pool, use->namespace);
	return item;
}

static struct verdict_item *verdict_item(struct running_ledger *ledger,
					 const struct report_use *use)
{
	struct running_item *running = running_item(ledger, use);
	struct verdict_item *item;

	key_of_verdict(&ledger->key, use);
	item = item_make(ledger, &ledger->verdicts, sizeof(*item));
	item->running = running;
	return item;
}

/* The columns of SELECT_VISIBLE behind its first two. */
static void use_read(struct query *query, struct arena *arena, struct report_use *use)
{
	*use = (struct report_use){ .namespace = query_text(query, arena) };
	use->object.api_group = query_text(query, arena);
	use->object.kind = query_text(query, arena);
	use->object.name = query_text(query, arena);
	use->container = query_text(query, arena);
	use->class = query_text(query, arena);
	use->reference = query_text(query, arena);
	use->image_id = query_text(query, arena);
	use->platform = query_text(query, arena);
	use->state = query_text(query, arena);
	use->declared = query_text(query, arena);
	use->verdict = query_text(query, arena);
	use->how = query_text(query, arena);
	use->reason = query_text(query, arena);
	use->proof = query_text(query, arena);
	use->pod_count = (uint32_t)query_number(query);
	use->first_seen_at = query_number(query);
}

static struct evidence *keep_evidence(struct running_ledger *ledger,
				      const struct report_use *use)
{
	struct evidence *evidence = arena_alloc(&ledger->arena, sizeof(*evidence));

	*evidence = (struct evidence){
		.reason = pool_keep(&ledger->pool, use->reason),
		.proof = pool_keep(&ledger->pool, use->proof),
		.pod_count = use->pod_count,
	};
	return evidence;
}

/* Nearly all that is open was seen again: of its texts no second copy is kept. */
static bool load_open(struct running_ledger *ledger, struct error *err)
{
	CLEANUP(arena_release) struct arena row = ARENA_INIT;
	struct query query =
		query_start(ledger->writer->store, statement_text[SELECT_VISIBLE]);

	query_add_number(&query, ledger->writer->scan->id);
	query_add_number(&query, ledger->cluster);
	while (query_row(&query)) {
		int64_t verdict_id = query_number(&query);
		int64_t running_id = query_number(&query);
		struct verdict_item *item;
		struct report_use use;

		arena_clear(&row);
		use_read(&query, &row, &use);
		item = verdict_item(ledger, &use);
		item->id = verdict_id;
		item->stored = keep_evidence(ledger, &use);
		item->running->id = running_id;
	}
	return query_finish(&query, err);
}

/* Uses that differ in their revision alone are one here: their pods add up. */
static void see_uses(struct running_ledger *ledger)
{
	const struct outcome *outcome = ledger->writer->outcome;

	for (size_t i = 0; i < outcome->use_count; i++) {
		struct verdict_item *item;

		if (strcmp(outcome->uses[i].cluster_key, ledger->cluster_key) != 0)
			continue;
		item = verdict_item(ledger, &outcome->uses[i]);
		if (!item->running->seen)
			item->running->seen = &outcome->uses[i];
		item->pod_count += outcome->uses[i].pod_count;
		if (!item->seen)
			item->seen = &outcome->uses[i];
	}
}

static bool running_insert(struct running_ledger *ledger, struct running_item *item,
			   struct error *err)
{
	struct scan_writer *writer = ledger->writer;
	const struct report_use *use = item->seen;
	int64_t container, reference;
	struct query query;

	if (!name_container(writer->store, ledger->cluster, use, &container, err) ||
	    !name_reference(writer->store, use->reference, &reference, err))
		return false;
	query = query_start(writer->store, statement_text[INSERT_RUNNING]);
	query_add_number(&query, container);
	query_add_number(&query, reference);
	query_add_text(&query, use->image_id);
	query_add_text(&query, use->platform);
	query_add_text(&query, use->state);
	query_add_number(&query, writer->scan->id);
	return query_insert(&query, &item->id, err);
}

static bool verdict_insert(struct running_ledger *ledger, struct verdict_item *item,
			   struct error *err)
{
	struct scan_writer *writer = ledger->writer;
	const struct report_use *use = item->seen;
	int64_t declared = 0;
	struct query query;

	if (!item->running->id && !running_insert(ledger, item->running, err))
		return false;
	if (use->declared[0] != '\0' &&
	    !name_reference(writer->store, use->declared, &declared, err))
		return false;
	query = query_start(writer->store, statement_text[INSERT_VERDICT]);
	query_add_number(&query, item->running->id);
	query_add_id(&query, declared);
	query_add_text(&query, use->verdict);
	query_add_text(&query, use->how);
	query_add_text(&query, use->reason);
	query_add_text(&query, use->proof);
	query_add_number(&query, item->pod_count);
	query_add_number(&query, writer->scan->id);
	return query_insert(&query, &item->id, err);
}

static bool verdict_update(struct running_ledger *ledger, const struct verdict_item *item,
			   struct error *err)
{
	struct query query;

	if (strcmp(item->stored->reason, item->seen->reason) == 0 &&
	    strcmp(item->stored->proof, item->seen->proof) == 0 &&
	    item->stored->pod_count == item->pod_count)
		return true;
	query = query_start(ledger->writer->store, statement_text[UPDATE_VERDICT]);
	query_add_text(&query, item->seen->reason);
	query_add_text(&query, item->seen->proof);
	query_add_number(&query, item->pod_count);
	query_add_number(&query, item->id);
	return query_run(&query, err);
}

static bool span_end(struct running_ledger *ledger, enum statement statement, int64_t id,
		     struct error *err)
{
	struct query query =
		query_start(ledger->writer->store, statement_text[statement]);

	query_add_number(&query, ledger->writer->scan->id);
	query_add_number(&query, id);
	return query_run(&query, err);
}

/* True where this scan saw all that runs: a label selector shows a part everywhere. */
static bool saw_all(struct running_ledger *ledger, const struct running_item *item)
{
	return ledger->writer->snapshot->selector[0] == '\0' &&
	       coverage_memo_observed(&ledger->whole, item->namespace);
}

/* A part of the pods tells that a verdict holds, not for how many, nor that one ended. */
static bool verdict_settle(struct running_ledger *ledger, struct verdict_item *item,
			   struct error *err)
{
	struct scan_writer *writer = ledger->writer;
	bool all = saw_all(ledger, item->running);

	if (!item->seen)
		return !all || span_end(ledger, END_VERDICT, item->id, err);
	if (!item->stored && !verdict_insert(ledger, item, err))
		return false;
	if (!all)
		partial_add(writer, &writer->partial.running, item->id);
	return !all || !item->stored || verdict_update(ledger, item, err);
}

static bool running_settle(struct running_ledger *ledger, const struct running_item *item,
			   struct error *err)
{
	if (item->seen || !saw_all(ledger, item))
		return true;
	return span_end(ledger, END_RUNNING, item->id, err);
}

static bool ledger_save(struct running_ledger *ledger, struct error *err)
{
	if (!load_open(ledger, err))
		return false;
	see_uses(ledger);
	for (size_t i = 0; i < ledger->verdicts.count; i++) {
		if (!verdict_settle(ledger, ledger->verdicts.entries[i].value, err))
			return false;
	}
	for (size_t i = 0; i < ledger->running.count; i++) {
		if (!running_settle(ledger, ledger->running.entries[i].value, err))
			return false;
	}
	return true;
}

static void ledger_release(struct running_ledger *ledger)
{
	table_release(&ledger->running);
	table_release(&ledger->verdicts);
	pool_release(&ledger->pool);
	coverage_memo_release(&ledger->whole);
	buf_release(&ledger->key);
	arena_release(&ledger->arena);
}

static bool running_save_cluster(struct scan_writer *writer, size_t number,
				 struct error *err)
{
	const char *key = writer->snapshot->clusters[number].identity.key;
	CLEANUP(ledger_release)
	struct running_ledger ledger = {
		.writer = writer,
		.cluster = writer->clusters[number],
		.cluster_key = key,
		.whole = { .covered = &writer->covered,
			   .scope = scope_of_namespace,
			   .key = key },
		.key = BUF_INIT(KEY_BYTES),
	};

	ledger.pool = (struct pool)POOL_INIT(&ledger.arena);
	return ledger_save(&ledger, err);
}

bool running_save(struct scan_writer *writer, struct error *err)
{
	for (size_t i = 0; i < writer->snapshot->cluster_count; i++) {
		if (!running_save_cluster(writer, i, err))
			return false;
	}
	return true;
}

static void report_add_use(struct report *report, const struct report_use *use)
{
	report->running = arena_grow(&report->arena, report->running,
				     report->running_count, sizeof(*report->running));
	report->running[report->running_count++] = *use;
}

static bool running_load_cluster(struct scan_reader *reader, size_t number,
				 struct error *err)
{
	struct report *report = reader->report;
	const struct cluster_identity *cluster = &report->clusters[number];
	CLEANUP(coverage_memo_release)
	struct coverage_memo whole = {
		.covered = &reader->covered,
		.scope = scope_of_namespace,
		.key = cluster->key,
	};
	struct query query = query_start(reader->store, statement_text[SELECT_VISIBLE]);

	query_add_number(&query, report->scan.id);
	query_add_number(&query, reader->clusters[number]);
	while (query_row(&query)) {
		int64_t id = query_number(&query);
		struct report_use use;

		(void)query_number(&query); /* of the running span */
		use_read(&query, &report->arena, &use);
		use.cluster = cluster->name;
		use.cluster_key = cluster->key;
		use.tell_cluster = report->cluster_count > 1;
		if (id_set_has(&reader->partial.running, id) ||
		    (!reader->selective && coverage_memo_observed(&whole, use.namespace)))
			report_add_use(report, &use);
	}
	return query_finish(&query, err);
}

bool running_load(struct scan_reader *reader, struct error *err)
{
	for (size_t i = 0; i < reader->report->cluster_count; i++) {
		if (!running_load_cluster(reader, i, err))
			return false;
	}
	return true;
}
