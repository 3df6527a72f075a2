#include "store/store_private.h"

static const char select_past[] = "SELECT id, started_at, coverage FROM scan "
				  "WHERE state = 'complete' AND id < ? ORDER BY id DESC";

struct past_scan {
	int64_t id, started_at;
	struct areas covered;
};

void scan_history_begin(struct scan_history *history, struct store *store, int64_t before)
{
	*history = (struct scan_history){
		.query = query_start(store, select_past),
	};
	query_add_number(&history->query, before);
}

/* Make sure that the nth newest scan is read; `*past` is NULL behind the oldest. */
static bool scan_history_get(struct scan_history *history, size_t n,
			     const struct past_scan **past, struct error *err)
{
	struct query *query = &history->query;
	CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
	struct past_scan scan = { .covered = AREAS_INIT };
	struct coverage_list coverage;

	*past = NULL;
	if (n == history->count) {
		if (!query_row(query))
			return query->status == SQLITE_OK || query_finish(query, err);
		scan.id = query_number(query);
		scan.started_at = query_number(query);
		if (!coverage_parse(query_text(query, &scratch), &scratch, &coverage,
				    err))
			return false;
		coverage_take(&scan.covered, coverage.items, coverage.count);
		history->scans = array_grow(history->scans, history->count,
					    sizeof(*history->scans));
		history->scans[history->count++] = scan;
	}
	*past = &history->scans[n];
	return true;
}

bool scan_history_last(struct scan_history *history, const char *scopes,
		       struct scan_range range, int64_t *started_at, struct error *err)
{
	const struct past_scan *past;

	*started_at = 0;
	for (size_t n = 0;; n++) {
		if (!scan_history_get(history, n, &past, err))
			return false;
		if (!past || past->id < range.first)
			return true;
		if (past->id >= range.before)
			continue;
		*started_at = past->started_at;
		if (past->id == range.first ||
		    coverage_observed_any(&past->covered, scopes))
			return true;
	}
}

void scan_history_release(struct scan_history *history)
{
	struct error ignored = ERROR_INIT;

	if (history->query.statement)
		(void)!query_finish(&history->query, &ignored);
	for (size_t i = 0; i < history->count; i++)
		areas_release(&history->scans[i].covered);
	free(history->scans);
}
