#include "store/store_private.h"

#include "model/scope.h"

/* The span of a container that ended last; one that has not ended ends behind all. */
static const char select_last[] =
	"SELECT r.first_scan, coalesce(r.ended_scan, ?1) AS ended, w.namespace "
	"FROM workload w JOIN container t ON t.workload = w.id "
	"JOIN running_span r ON r.container = t.id "
	"WHERE w.cluster = ?2 AND (w.namespace = ?3 OR ?3 = '') AND w.api_group = ?4 "
	"AND w.kind = ?5 AND w.name = ?6 AND t.name = ?7 AND t.class = ?8 "
	"ORDER BY ended DESC, r.id DESC LIMIT 1";

struct last_span {
	struct arena arena;
	struct scan_range range; /* first: 0 where it never ran */
	const char *namespace;
};

static void last_span_release(struct last_span *span)
{
	arena_release(&span->arena);
}

static bool find_last(struct store *store, int64_t cluster,
		      const struct declared_use *use, struct last_span *span,
		      struct error *err)
{
	struct query query = query_start(store, select_last);

	query_add_number(&query, INT64_MAX);
	query_add_number(&query, cluster);
	query_add_text(&query, use->namespace);
	query_add_text(&query, use->object.api_group);
	query_add_text(&query, use->object.kind);
	query_add_text(&query, use->object.name);
	query_add_text(&query, use->image.container);
	query_add_text(&query, container_class_name(use->image.class));
	if (query_row(&query)) {
		span->range.first = query_number(&query);
		span->range.before = query_number(&query);
		span->namespace = query_text(&query, &span->arena);
	}
	return query_finish(&query, err);
}

bool store_last_running(struct store *store, const struct cluster_identity *cluster,
			const struct declared_use *use, int64_t *last_at,
			struct error *err)
{
	CLEANUP(last_span_release) struct last_span span = { .arena = ARENA_INIT };
	CLEANUP(scan_history_release) struct scan_history history = { 0 };
	struct cluster_row row;
	const char *scopes;

	*last_at = 0;
	if (!cluster_find(store, cluster, &span.arena, &row, err) ||
	    !find_last(store, row.id, use, &span, err))
		return false;
	if (!span.range.first)
		return true;
	scopes = arena_printf(&span.arena, "%s\n",
			      scope_of_namespace(&span.arena, row.key, span.namespace));
	scan_history_begin(&history, store, INT64_MAX);
	return scan_history_last(&history, scopes, span.range, last_at, err);
}
