#include "store/store_private.h"

enum statement {
	ABORT_RUNNING,
	INSERT_SCAN,
	FIND_RUNNING,
	FINISH_SCAN,
	ABORT_SCAN,
	STATEMENT_COUNT,
};

static const char *const statement_text[STATEMENT_COUNT] = {
	[ABORT_RUNNING] = "UPDATE scan SET state = 'aborted' WHERE state = 'running'",
	[INSERT_SCAN] = "INSERT INTO scan (state, started_at, command, version, fail_on) "
			"VALUES ('running', ?, ?, ?, ?)",
	[FIND_RUNNING] = "SELECT id FROM scan WHERE id = ? AND state = 'running'",
	[FINISH_SCAN] =
		"UPDATE scan SET state = 'complete', finished_at = ?2, exit_status = ?3, "
		"commit_id = ?4, dirty = ?5, tree = ?6, cluster = ?7, cluster_key = ?8, "
		"insecure = ?9, namespace = ?10, selector = ?11, file_count = ?12, "
		"ignored_count = ?13, pod_count = ?14, ended_pod_count = ?15, "
		"coverage = ?16, gaps = ?17, requests = ?18, unanswered_tags = ?19, "
		"partial = ?20, waivers = ?21 WHERE id = ?1",
	[ABORT_SCAN] =
		"UPDATE scan SET state = 'aborted' WHERE id = ? AND state = 'running'",
};

/* This run has the lock, so whatever is "running" belongs to a run that died. */
static bool abort_dead(struct store *store, struct error *err)
{
	struct query query = query_start(store, statement_text[ABORT_RUNNING]);

	return query_run(&query, err);
}

static bool scan_insert(struct store *store, const struct report_scan *scan, int64_t *id,
			struct error *err)
{
	struct query query = query_start(store, statement_text[INSERT_SCAN]);

	query_add_number(&query, scan->started_at);
	query_add_text(&query, scan->command);
	query_add_text(&query, scan->version);
	query_add_text(&query, scan->fail_on);
	return query_insert(&query, id, err);
}

bool store_scan_begin(struct store *store, const struct report_scan *scan, int64_t *id,
		      struct error *err)
{
	CLEANUP(transaction_release) struct transaction transaction = TRANSACTION_INIT;

	return transaction_begin(&transaction, store, err) && abort_dead(store, err) &&
	       scan_insert(store, scan, id, err) && transaction_commit(&transaction, err);
}

void store_scan_abort(struct store *store, int64_t id)
{
	struct error ignored = ERROR_INIT;
	struct query query = query_start(store, statement_text[ABORT_SCAN]);

	query_add_number(&query, id);
	(void)!query_run(&query, &ignored);
}

void partial_add(struct scan_writer *writer, struct id_set *set, int64_t id)
{
	set->ids = arena_grow(&writer->arena, set->ids, set->count, sizeof(*set->ids));
	set->ids[set->count++] = id;
}

/* Nothing is written into a scan that has ended, or that another store began. */
static bool scan_check(struct scan_writer *writer, struct error *err)
{
	struct query query = query_start(writer->store, statement_text[FIND_RUNNING]);
	int64_t id;

	query_add_number(&query, writer->scan->id);
	if (!query_find(&query, &id, err))
		return false;
	return id != 0 || error_set(err, ERROR_STORE, "%s: scan %lld is not running",
				    writer->store->path, (long long)writer->scan->id);
}

/* The JSON columns of a scan's row, on the heap. */
struct scan_texts {
	char *coverage, *gaps, *requests, *unanswered, *partial, *waivers;
};

static struct scan_texts scan_texts_make(const struct scan_writer *writer)
{
	const struct snapshot *snapshot = writer->snapshot;

	return (struct scan_texts){
		coverage_format(snapshot->coverage, snapshot->coverage_count),
		gaps_format(snapshot->gaps, snapshot->gap_count),
		requests_format(snapshot->requests, snapshot->request_count),
		unanswered_format(snapshot->tags, snapshot->tag_count),
		partial_format(&writer->partial),
		waivers_format(snapshot->waivers, snapshot->waiver_count,
			       snapshot->ignored_waiver_count),
	};
}

static void scan_texts_release(struct scan_texts *texts)
{
	free(texts->coverage);
	free(texts->gaps);
	free(texts->requests);
	free(texts->unanswered);
	free(texts->partial);
	free(texts->waivers);
}

static bool scan_save(struct scan_writer *writer, struct error *err)
{
	CLEANUP(scan_texts_release) struct scan_texts texts = scan_texts_make(writer);
	const struct snapshot *snapshot = writer->snapshot;
	const struct report_scan *scan = writer->scan;
	const struct scanned_cluster *first =
		snapshot->cluster_count ? &snapshot->clusters[0] : NULL;
	struct query query = query_start(writer->store, statement_text[FINISH_SCAN]);

	query_add_number(&query, scan->id);
	query_add_number(&query, scan->finished_at);
	query_add_number(&query, scan->exit_status);
	query_add_text(&query, scan->commit);
	query_add_number(&query, scan->dirty);
	query_add_text(&query, snapshot->tree);
	query_add_id(&query, snapshot->cluster_count ? writer->clusters[0] : 0);
	query_add_text(&query, first ? first->identity.key : "");
	query_add_number(&query, first && first->identity.insecure);
	query_add_text(&query, first ? first->namespace : "");
	query_add_text(&query, snapshot->selector);
	query_add_number(&query, snapshot->file_count);
	query_add_number(&query, snapshot->ignored_count);
	query_add_number(&query, snapshot->pod_count);
	query_add_number(&query, snapshot->ended_pod_count);
	query_add_text(&query, texts.coverage);
	query_add_text(&query, texts.gaps);
	query_add_text(&query, texts.requests);
	query_add_text(&query, texts.unanswered);
	query_add_text(&query, texts.partial);
	query_add_text(&query, texts.waivers);
	return query_run(&query, err);
}

/* In this order: later ones refer to rows, and to what is noted, of earlier ones. */
static bool (*const parts[])(struct scan_writer *writer, struct error *err) = {
	scan_check,   cluster_save, image_save, tag_save,          declared_save,
	running_save, finding_save, scan_save,  scan_cluster_save,
};

static bool scan_write(struct scan_writer *writer, struct error *err)
{
	CLEANUP(transaction_release) struct transaction transaction = TRANSACTION_INIT;

	if (!transaction_begin(&transaction, writer->store, err))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		if (!parts[i](writer, err))
			return false;
	}
	return transaction_commit(&transaction, err);
}

bool store_scan_finish(struct store *store, const struct report_scan *scan,
		       const struct snapshot *snapshot, const struct outcome *outcome,
		       struct error *err)
{
	struct scan_writer writer = {
		.store = store,
		.scan = scan,
		.snapshot = snapshot,
		.outcome = outcome,
		.arena = ARENA_INIT,
		.covered = AREAS_INIT,
	};
	bool written;

	coverage_take(&writer.covered, snapshot->coverage, snapshot->coverage_count);
	coverage_take_gaps(&writer.covered, snapshot->gaps, snapshot->gap_count);
	written = scan_write(&writer, err);
	areas_release(&writer.covered);
	arena_release(&writer.arena);
	return written;
}
