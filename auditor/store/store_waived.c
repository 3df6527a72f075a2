#include "store/store_private.h"

enum statement { MOVE_WAIVED, END_OTHERS, END_WAIVED, INSERT_WAIVED, STATEMENT_COUNT };

#define SAME_WAIVER                                                                      \
	"finding = ?1 AND ended_scan IS NULL AND state = ?3 AND until = ?4 AND "         \
	"reason = ?5 AND file = ?6 AND in_tree = ?8"

static const char *const statement_text[STATEMENT_COUNT] = {
	[MOVE_WAIVED] =
		"UPDATE waived_span SET line = ?7 WHERE " SAME_WAIVER " AND line <> ?7 "
		"AND ?2 = ?2",
	[END_OTHERS] = "UPDATE waived_span SET ended_scan = ?2 WHERE finding = ?1 AND "
		       "ended_scan IS NULL AND NOT (" SAME_WAIVER ") AND ?7 = ?7",
	[END_WAIVED] = "UPDATE waived_span SET ended_scan = ?2 "
		       "WHERE finding = ?1 AND ended_scan IS NULL",
	[INSERT_WAIVED] =
		"INSERT INTO waived_span (finding, first_scan, state, until, reason, "
		"file, line, in_tree) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 "
		"WHERE NOT EXISTS (SELECT 1 FROM waived_span WHERE " SAME_WAIVER ")",
};

static const struct waiver baseline_waiver = {
	.until_text = "",
	.reason = "",
	.file = "",
};

static bool run(struct scan_writer *writer, enum statement statement, int64_t id,
		const struct finding *finding, struct error *err)
{
	const struct waiver *waiver =
		finding->state == FINDING_WAIVED ? finding->waiver : &baseline_waiver;
	struct query query = query_start(writer->store, statement_text[statement]);

	query_add_number(&query, id);
	query_add_number(&query, writer->scan->id);
	query_add_text(&query, finding_state_name(finding->state));
	query_add_text(&query, waiver->until_text);
	query_add_text(&query, waiver->reason);
	query_add_text(&query, waiver->file);
	query_add_number(&query, waiver->line);
	query_add_number(&query, waiver->in_tree);
	return query_run(&query, err);
}

bool waived_save(struct scan_writer *writer, int64_t id, const struct finding *finding,
		 struct error *err)
{
	struct query query;

	if (finding->state == FINDING_UNKNOWN)
		return true; /* nobody could look whether it is so */
	if (finding->state == FINDING_WAIVED || finding->state == FINDING_KNOWN)
		return run(writer, MOVE_WAIVED, id, finding, err) &&
		       run(writer, END_OTHERS, id, finding, err) &&
		       run(writer, INSERT_WAIVED, id, finding, err);
	query = query_start(writer->store, statement_text[END_WAIVED]);
	query_add_number(&query, id);
	query_add_number(&query, writer->scan->id);
	return query_run(&query, err);
}
