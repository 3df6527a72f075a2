#include "store/store_private.h"

enum statement {
	SELECT_LAST,
	SELECT_STATE,
	SELECT_SCAN,
	STATEMENT_COUNT,
};

static const char *const statement_text[STATEMENT_COUNT] = {
	[SELECT_LAST] = "SELECT id FROM scan WHERE state = 'complete' "
			"ORDER BY id DESC LIMIT 1",
	[SELECT_STATE] = "SELECT state FROM scan WHERE id = ?",
	[SELECT_SCAN] =
		"SELECT s.started_at, s.finished_at, s.exit_status, s.command, "
		"s.version, s.fail_on, s.commit_id, s.dirty, s.tree, s.selector <> '', "
		"s.file_count, s.ignored_count, s.pod_count, s.ended_pod_count, "
		"s.coverage, s.gaps, s.requests, s.unanswered_tags, s.partial, "
		"s.waivers "
		"FROM scan s WHERE s.id = ?",
};

static bool find_last(struct store *store, int64_t *id, struct error *err)
{
	struct query query = query_start(store, statement_text[SELECT_LAST]);

	if (!query_find(&query, id, err))
		return false;
	return *id || error_set(err, ERROR_NOT_FOUND,
				"%s holds no complete scan: run 'pindrift scan' first",
				store->path);
}

/* Only a finished scan can be shown. */
static bool check_complete(struct store *store, int64_t id, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct query query = query_start(store, statement_text[SELECT_STATE]);
	const char *state;

	query_add_number(&query, id);
	state = query_row(&query) ? query_text(&query, &arena) : "";
	if (!query_finish(&query, err))
		return false;
	if (state[0] == '\0')
		return error_set(err, ERROR_NOT_FOUND, "%s holds no scan %lld",
				 store->path, (long long)id);
	return strcmp(state, "complete") == 0 ||
	       error_set(err, ERROR_NOT_FOUND, "%s: scan %lld is %s: it has no report",
			 store->path, (long long)id, state);
}

static void read_scan(struct query *query, struct scan_reader *reader)
{
	struct report *report = reader->report;
	struct report_scan *scan = &report->scan;

	scan->started_at = query_number(query);
	scan->finished_at = query_number(query);
	scan->exit_status = (int)query_number(query);
	scan->command = query_text(query, &report->arena);
	scan->version = query_text(query, &report->arena);
	scan->fail_on = query_text(query, &report->arena);
	scan->commit = query_text(query, &report->arena);
	scan->dirty = query_number(query) != 0;
	reader->tree = query_text(query, &report->arena);
	reader->selective = query_number(query) != 0;
	report->file_count = (uint32_t)query_number(query);
	report->ignored_count = (uint32_t)query_number(query);
	report->pod_count = (uint32_t)query_number(query);
	report->ended_pod_count = (uint32_t)query_number(query);
}

static bool read_texts(struct query *query, struct scan_reader *reader, struct error *err)
{
	CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
	struct report *report = reader->report;
	struct arena *arena = &report->arena;
	struct coverage_list coverage;

	if (!coverage_parse(query_text(query, &scratch), arena, &coverage, err) ||
	    !gaps_parse(query_text(query, &scratch), arena, &report->gaps,
			&report->gap_count, err) ||
	    !requests_parse(query_text(query, &scratch), arena, &report->requests,
			    &report->request_count, err) ||
	    !unanswered_parse(query_text(query, &scratch), arena, &reader->unanswered,
			      &reader->unanswered_count, err) ||
	    !partial_parse(query_text(query, &scratch), arena, &reader->partial, err) ||
	    !waivers_parse(query_text(query, &scratch), report, err))
		return false;
	report->coverage = coverage.items;
	report->coverage_count = coverage.count;
	coverage_take(&reader->covered, coverage.items, coverage.count);
	coverage_take_gaps(&reader->covered, report->gaps, report->gap_count);
	return true;
}

static bool scan_load(struct scan_reader *reader, struct error *err)
{
	struct query query = query_start(reader->store, statement_text[SELECT_SCAN]);

	query_add_number(&query, reader->report->scan.id);
	if (query_row(&query)) {
		read_scan(&query, reader);
		if (!read_texts(&query, reader, err))
			return error_wrap(err, "%s", reader->store->path);
	}
	return query_finish(&query, err);
}

/* In this order: tags are those that the uses name. */
static bool (*const parts[])(struct scan_reader *reader, struct error *err) = {
	scan_load, scan_cluster_load, declared_load, running_load, tag_load, finding_load,
};

static void scan_reader_release(struct scan_reader *reader)
{
	areas_release(&reader->covered);
}

bool store_load_report(struct store *store, int64_t id, struct report *report,
		       struct error *err)
{
	CLEANUP(transaction_release) struct transaction transaction = TRANSACTION_INIT;
	CLEANUP(scan_reader_release)
	struct scan_reader reader = {
		.store = store, .report = report, .tree = "", .covered = AREAS_INIT
	};

	if (!transaction_begin_reading(&transaction, store, err))
		return false;
	if (!id && !find_last(store, &id, err))
		return false;
	if (!check_complete(store, id, err))
		return false;
	report->scan.id = id;
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		if (!parts[i](&reader, err))
			return false;
	}
	report_sort(report);
	return true;
}
