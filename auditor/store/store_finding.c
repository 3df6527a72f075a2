#include "store/store_private.h"

enum statement {
	SELECT_VISIBLE,
	INSERT_FINDING,
	UPDATE_FINDING,
	END_FINDING,
	HIDE_FINDING,
	SHOW_FINDING,
	SELECT_SCOPES,
	DELETE_SCOPES,
	INSERT_SCOPE,
	STATEMENT_COUNT,
};

/* What can change while a finding stands, in the order of evidence_add(). */
#define EVIDENCE                                                                         \
	"level, message, namespace, api_group, kind, name, container, class, "           \
	"reference, declared, running, resolved, platform, pod_count, file, path, "      \
	"line, column"
#define EVIDENCE_VALUES                                                                  \
	"?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "   \
	"?18"

/* The scopes of finding `id`, each ended by "\n", in order. */
#define SCOPES_OF(id)                                                                    \
	"(SELECT group_concat(scope || char(10), '') FROM (SELECT scope "                \
	"FROM finding_scope WHERE finding = " id " ORDER BY scope))"

static const char *const statement_text[STATEMENT_COUNT] = {
	/* clang-format off */
	[SELECT_VISIBLE] =
		"SELECT f.id, f.first_scan, f.ended_scan, h.first_scan, h.ended_scan, "
		"f.rule, f.fingerprint, f.subject, c.name, c.key, s.started_at, "
		"f.level, f.message, f.namespace, f.api_group, f.kind, f.name, "
		"f.container, f.class, f.reference, f.declared, f.running, f.resolved, "
		"f.platform, f.pod_count, f.file, f.path, f.line, f.column, "
		SCOPES_OF("f.id")
		", w.state, w.until, w.reason, w.file, w.line, w.in_tree "
		"FROM finding_span f "
		"JOIN scan s ON s.id = f.first_scan "
		"LEFT JOIN cluster c ON c.id = f.cluster "
		"LEFT JOIN hidden_span h ON h.finding = f.id AND h.first_scan <= ?1 "
		"AND (h.ended_scan IS NULL OR h.ended_scan >= ?1) "
		"LEFT JOIN waived_span w ON w.finding = f.id AND w.first_scan <= ?1 "
		"AND (w.ended_scan IS NULL OR w.ended_scan > ?1) "
		"WHERE f.cluster IS ?2 AND f.first_scan <= ?1 "
		"AND f.id IN " SPANS_UNTIL("finding_span", ">=") " ORDER BY f.id",
	/* clang-format on */
	[INSERT_FINDING] = "INSERT INTO finding_span (" EVIDENCE ", rule, fingerprint, "
			   "subject, cluster, first_scan) VALUES (" EVIDENCE_VALUES
			   ", ?, ?, ?, ?, ?)",
	[UPDATE_FINDING] =
		"UPDATE finding_span SET (" EVIDENCE ") = (" EVIDENCE_VALUES
		") WHERE id = ? AND (" EVIDENCE ") IS NOT (" EVIDENCE_VALUES ")",
	[END_FINDING] = "UPDATE finding_span SET ended_scan = ?2 WHERE id = ?1",
	[HIDE_FINDING] = "INSERT INTO hidden_span (finding, first_scan) SELECT ?1, ?2 "
			 "WHERE NOT EXISTS (SELECT 1 FROM hidden_span "
			 "WHERE finding = ?1 AND ended_scan IS NULL)",
	[SHOW_FINDING] = "UPDATE hidden_span SET ended_scan = ?2 "
			 "WHERE finding = ?1 AND ended_scan IS NULL",
	[SELECT_SCOPES] = "SELECT " SCOPES_OF("?"),
	[DELETE_SCOPES] = "DELETE FROM finding_scope WHERE finding = ?",
	[INSERT_SCOPE] = "INSERT INTO finding_scope (finding, scope) VALUES (?, ?) "
			 "ON CONFLICT DO NOTHING",
};

/* Run a statement on one finding, in this scan. */
static bool finding_run(struct scan_writer *writer, enum statement statement, int64_t id,
			struct error *err)
{
	struct query query = query_start(writer->store, statement_text[statement]);

	query_add_number(&query, id);
	query_add_number(&query, writer->scan->id);
	return query_run(&query, err);
}

static bool scopes_insert(struct store *store, int64_t id, const char *scopes,
			  struct error *err)
{
	char *copy CLEANUP(free_pointer) = xstrdup(scopes);
	char *rest = copy, *scope;

	while ((scope = strsep(&rest, "\n"))) {
		struct query query = query_start(store, statement_text[INSERT_SCOPE]);

		query_add_number(&query, id);
		query_add_text(&query, scope);
		if (scope[0] != '\0' && !query_run(&query, err))
			return false;
	}
	return true;
}

static bool scopes_are(struct store *store, int64_t id, const char *scopes, bool *same,
		       struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct query query = query_start(store, statement_text[SELECT_SCOPES]);

	query_add_number(&query, id);
	*same = query_row(&query) && strcmp(query_text(&query, &arena), scopes) == 0;
	return query_finish(&query, err);
}

static bool scopes_update(struct store *store, int64_t id, const char *scopes,
			  struct error *err)
{
	struct query query;
	bool same;

	if (!scopes_are(store, id, scopes, &same, err))
		return false;
	if (same)
		return true;
	query = query_start(store, statement_text[DELETE_SCOPES]);
	query_add_number(&query, id);
	return query_run(&query, err) && scopes_insert(store, id, scopes, err);
}

static void evidence_add(struct query *query, const struct finding *finding)
{
	query_add_text(query, level_name(finding->level));
	query_add_text(query, finding->message);
	query_add_text(query, finding->namespace);
	query_add_text(query, finding->object.api_group);
	query_add_text(query, finding->object.kind);
	query_add_text(query, finding->object.name);
	query_add_text(query, finding->container);
	query_add_text(query, finding->class);
	query_add_text(query, finding->reference);
	query_add_text(query, finding->declared);
	query_add_text(query, finding->running);
	query_add_text(query, finding->resolved);
	query_add_text(query, finding->platform);
	query_add_number(query, finding->pod_count);
	query_add_text(query, finding->file);
	query_add_text(query, finding->path);
	query_add_number(query, finding->line);
	query_add_number(query, finding->column);
}

/* Its row; 0: it is of no cluster, or of several. */
static int64_t finding_cluster(const struct scan_writer *writer,
			       const struct finding *finding)
{
	const struct snapshot *snapshot = writer->snapshot;

	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		if (strcmp(finding->cluster_key, snapshot->clusters[i].identity.key) == 0)
			return writer->clusters[i];
	}
	return 0;
}

static bool finding_begin(struct scan_writer *writer, const struct judged_finding *judged,
			  int64_t *id, struct error *err)
{
	struct query query = query_start(writer->store, statement_text[INSERT_FINDING]);

	evidence_add(&query, &judged->finding);
	query_add_text(&query, judged->finding.rule);
	query_add_text(&query, judged->finding.fingerprint);
	query_add_text(&query, subject_kind_name(judged->finding.subject));
	query_add_id(&query, finding_cluster(writer, &judged->finding));
	query_add_number(&query, writer->scan->id);
	return query_insert(&query, id, err) &&
	       scopes_insert(writer->store, *id, judged->scopes, err);
}

static bool finding_continue(struct scan_writer *writer,
			     const struct judged_finding *judged, struct error *err)
{
	struct query query = query_start(writer->store, statement_text[UPDATE_FINDING]);

	evidence_add(&query, &judged->finding);
	query_add_number(&query, judged->earlier_id);
	return query_run(&query, err) &&
	       scopes_update(writer->store, judged->earlier_id, judged->scopes, err) &&
	       finding_run(writer, SHOW_FINDING, judged->earlier_id, err);
}

/* What it said last, it goes on saying while nobody can look. */
static bool finding_hide(struct scan_writer *writer, const struct judged_finding *judged,
			 struct error *err)
{
	return scopes_update(writer->store, judged->earlier_id, judged->scopes, err) &&
	       finding_run(writer, HIDE_FINDING, judged->earlier_id, err);
}

/* It keeps the scopes where it rested: reports of them show that it was fixed. */
static bool finding_end(struct scan_writer *writer, const struct judged_finding *judged,
			struct error *err)
{
	return finding_run(writer, END_FINDING, judged->earlier_id, err) &&
	       finding_run(writer, SHOW_FINDING, judged->earlier_id, err);
}

static bool finding_keep(struct scan_writer *writer, const struct judged_finding *judged,
			 struct error *err)
{
	int64_t id = judged->earlier_id;
	bool kept = false;

	switch (id ? judged->finding.state : FINDING_NEW) {
	case FINDING_NEW:
		kept = finding_begin(writer, judged, &id, err);
		break;
	case FINDING_OPEN:
	case FINDING_WAIVED:
	case FINDING_KNOWN:
		kept = finding_continue(writer, judged, err);
		break;
	case FINDING_UNKNOWN:
		kept = finding_hide(writer, judged, err);
		break;
	case FINDING_FIXED:
		kept = finding_end(writer, judged, err);
		break;
	}
	if (kept && !judged->elsewhere)
		kept = waived_save(writer, id, &judged->finding, err);
	if (writer->snapshot->selector[0] != '\0')
		partial_add(writer, &writer->partial.findings, id);
	return kept;
}

bool finding_save(struct scan_writer *writer, struct error *err)
{
	const struct outcome *outcome = writer->outcome;

	for (size_t i = 0; i < outcome->finding_count; i++) {
		if (!finding_keep(writer, &outcome->findings[i], err))
			return false;
	}
	return true;
}

/* A row of SELECT_VISIBLE. */
struct finding_row {
	int64_t id;
	int64_t first_scan, ended_scan;   /* 0: not ended */
	int64_t hidden_from, hidden_till; /* scans; 0: not hidden, not ended */
	struct finding finding;           /* its state and last_seen_at are left out */
	const char *scopes;
	const char *waived; /* "waived", "known", or "" */
	struct waiver waiver;
};

static enum subject_kind subject_of_name(const char *name)
{
	for (int kind = SUBJECT_USE; kind < SUBJECT_KIND_COUNT - 1; kind++) {
		if (strcmp(name, subject_kind_name((enum subject_kind)kind)) == 0)
			return (enum subject_kind)kind;
	}
	return SUBJECT_WAIVER;
}

static void evidence_read(struct query *query, struct arena *arena,
			  struct finding *finding)
{
	if (!level_parse(&finding->level, query_text(query, arena)))
		finding->level = LEVEL_ERROR; /* the schema's CHECK allows no other */
	finding->message = query_text(query, arena);
	finding->namespace = query_text(query, arena);
	finding->object.api_group = query_text(query, arena);
	finding->object.kind = query_text(query, arena);
	finding->object.name = query_text(query, arena);
	finding->container = query_text(query, arena);
	finding->class = query_text(query, arena);
	finding->reference = query_text(query, arena);
	finding->declared = query_text(query, arena);
	finding->running = query_text(query, arena);
	finding->resolved = query_text(query, arena);
	finding->platform = query_text(query, arena);
	finding->pod_count = (uint32_t)query_number(query);
	finding->file = query_text(query, arena);
	finding->path = query_text(query, arena);
	finding->line = (uint32_t)query_number(query);
	finding->column = (uint32_t)query_number(query);
}

static void finding_read(struct query *query, struct arena *arena,
			 struct finding_row *row)
{
	*row = (struct finding_row){ .id = query_number(query) };
	row->first_scan = query_number(query);
	row->ended_scan = query_number(query);
	row->hidden_from = query_number(query);
	row->hidden_till = query_number(query);
	row->finding.rule = query_text(query, arena);
	row->finding.fingerprint = query_text(query, arena);
	row->finding.subject = subject_of_name(query_text(query, arena));
	row->finding.cluster = query_text(query, arena);
	row->finding.cluster_key = query_text(query, arena);
	row->finding.first_seen_at = query_number(query);
	evidence_read(query, arena, &row->finding);
	row->scopes = query_text(query, arena);
	row->waived = query_text(query, arena);
	row->waiver.until_text = query_text(query, arena);
	row->waiver.reason = query_text(query, arena);
	row->waiver.file = query_text(query, arena);
	row->waiver.line = (uint32_t)query_number(query);
	row->waiver.in_tree = query_number(query) != 0;
}

/* The findings of a cluster (0: of none) that stood, were hidden, or were fixed in one
 * scan. */
static struct query select_visible(struct store *store, int64_t scan, int64_t cluster)
{
	struct query query = query_start(store, statement_text[SELECT_VISIBLE]);

	query_add_number(&query, scan);
	query_add_id(&query, cluster);
	return query;
}

static bool load_earlier(struct store *store, int64_t cluster, struct arena *arena,
			 struct earlier_finding **earlier, size_t *count,
			 struct error *err)
{
	struct query query = select_visible(store, INT64_MAX, cluster);
	struct finding_row finding;

	while (query_row(&query)) {
		finding_read(&query, arena, &finding);
		finding.finding.state =
			finding.hidden_from ? FINDING_UNKNOWN : FINDING_OPEN;
		*earlier = arena_grow(arena, *earlier, *count, sizeof(**earlier));
		(*earlier)[(*count)++] =
			(struct earlier_finding){ finding.id, finding.finding,
						  finding.scopes };
	}
	return query_finish(&query, err);
}

bool store_load_earlier(struct store *store, const struct snapshot *snapshot,
			struct arena *arena, struct earlier_finding **earlier,
			size_t *count, struct error *err)
{
	struct cluster_row row;

	*earlier = NULL;
	*count = 0;
	if (!load_earlier(store, 0, arena, earlier, count, err))
		return false;
	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		if (!cluster_find(store, &snapshot->clusters[i].identity, arena, &row,
				  err))
			return false;
		if (row.id && !load_earlier(store, row.id, arena, earlier, count, err))
			return false;
	}
	return true;
}

static enum finding_state state_in(const struct finding_row *row, int64_t scan)
{
	if (row->ended_scan == scan)
		return FINDING_FIXED;
	if (row->hidden_from && row->hidden_till != scan)
		return FINDING_UNKNOWN;
	if (row->waived[0] != '\0')
		return strcmp(row->waived, "waived") == 0 ? FINDING_WAIVED
							  : FINDING_KNOWN;
	return row->first_scan == scan ? FINDING_NEW : FINDING_OPEN;
}

/* Fill in what depends on the scan that is reported. */
static bool finding_date(struct scan_history *history, const struct report_scan *scan,
			 struct finding_row *row, struct error *err)
{
	struct finding *finding = &row->finding;
	const struct scan_range seen = { row->first_scan,
					 row->hidden_from ? row->hidden_from : scan->id };

	finding->state = state_in(row, scan->id);
	finding->last_seen_at = scan->started_at;
	if (finding->state != FINDING_FIXED && finding->state != FINDING_UNKNOWN)
		return true;
	return scan_history_last(history, row->scopes, seen, &finding->last_seen_at, err);
}

static bool is_reported(const struct scan_reader *reader, const struct finding_row *row)
{
	if (reader->selective && !id_set_has(&reader->partial.findings, row->id))
		return false;
	return coverage_asked_for(&reader->covered, row->scopes,
				  subject_stands_by_any(row->finding.subject));
}

static void report_add_finding(struct report *report, struct finding_row *row)
{
	struct waiver *waiver;

	if (row->finding.state == FINDING_WAIVED) {
		waiver = arena_alloc(&report->arena, sizeof(*waiver));
		*waiver = row->waiver;
		row->finding.waiver = waiver;
	}
	report->findings = arena_grow(&report->arena, report->findings,
				      report->finding_count, sizeof(*report->findings));
	report->findings[report->finding_count++] = row->finding;
}

static bool load_findings(struct scan_reader *reader, int64_t cluster,
			  struct scan_history *history, struct error *err)
{
	struct report *report = reader->report;
	struct query query = select_visible(reader->store, report->scan.id, cluster);
	struct finding_row row;

	while (query_row(&query)) {
		finding_read(&query, &report->arena, &row);
		if (!is_reported(reader, &row))
			continue;
		row.finding.tell_cluster = report->cluster_count > 1;
		if (!finding_date(history, &report->scan, &row, err))
			return false;
		report_add_finding(report, &row);
	}
	return query_finish(&query, err);
}

bool finding_load(struct scan_reader *reader, struct error *err)
{
	CLEANUP(scan_history_release) struct scan_history history = { 0 };
	const struct report *report = reader->report;

	scan_history_begin(&history, reader->store, report->scan.id);
	if (!load_findings(reader, 0, &history, err))
		return false;
	for (size_t i = 0; i < report->cluster_count; i++) {
		if (!load_findings(reader, reader->clusters[i], &history, err))
			return false;
	}
	return true;
}
