#include "store/store_private.h"

#include "base/buf.h"

enum statement {
	FIND_OPEN,
	END_TAG,
	INSERT_TAG,
	SELECT_VISIBLE,
	SELECT_NEWEST,
	COUNT_MOVES,
	STATEMENT_COUNT,
};

static const char *const statement_text[STATEMENT_COUNT] = {
	[FIND_OPEN] = "SELECT id, digest FROM tag_span "
		      "WHERE repository = ? AND tag = ? AND ended_scan IS NULL",
	[END_TAG] = "UPDATE tag_span SET ended_scan = ? WHERE id = ?",
	[INSERT_TAG] = "INSERT INTO tag_span (repository, tag, digest, first_scan) "
		       "VALUES (?, ?, ?, ?)",
	[SELECT_VISIBLE] = "SELECT t.digest, s.started_at FROM tag_span t "
			   "JOIN repository r ON r.id = t.repository "
			   "JOIN scan s ON s.id = t.first_scan "
			   "WHERE r.registry = ?2 AND r.name = ?3 AND t.tag = ?4 "
			   "AND t.first_scan <= ?1 "
			   "AND (t.ended_scan IS NULL OR t.ended_scan > ?1)",
	[SELECT_NEWEST] = "SELECT t.digest FROM tag_span t "
			  "JOIN repository r ON r.id = t.repository "
			  "WHERE r.registry = ? AND r.name = ? AND t.tag = ? "
			  "AND t.ended_scan IS NULL",
	/* As the view tag_move has them. */
	[COUNT_MOVES] = "SELECT count(*) FROM tag_span a "
			"JOIN tag_span b ON b.repository = a.repository "
			"AND b.tag = a.tag AND b.first_scan = a.ended_scan "
			"JOIN repository r ON r.id = a.repository "
			"JOIN scan s ON s.id = b.first_scan "
			"WHERE r.registry = ? AND r.name = ? AND a.tag = ? "
			"AND s.started_at > ?",
};

/* The span of a tag that has not ended. */
struct tag_row {
	int64_t id;           /* 0: none */
	struct digest digest; /* unknown: the tag was absent */
};

static bool find_open(struct store *store, int64_t repository, const char *tag,
		      struct tag_row *row, struct error *err)
{
	struct query query = query_start(store, statement_text[FIND_OPEN]);

	*row = (struct tag_row){ 0, { "" } };
	query_add_number(&query, repository);
	query_add_text(&query, tag);
	if (query_row(&query)) {
		row->id = query_number(&query);
		row->digest = query_digest(&query);
	}
	return query_finish(&query, err);
}

static bool end_tag(struct scan_writer *writer, int64_t id, struct error *err)
{
	struct query query = query_start(writer->store, statement_text[END_TAG]);

	query_add_number(&query, writer->scan->id);
	query_add_number(&query, id);
	return query_run(&query, err);
}

static bool insert_tag(struct scan_writer *writer, int64_t repository, const char *tag,
		       const char *digest, struct error *err)
{
	struct query query = query_start(writer->store, statement_text[INSERT_TAG]);

	query_add_number(&query, repository);
	query_add_text(&query, tag);
	if (digest[0] != '\0')
		query_add_text(&query, digest);
	else
		query_add_id(&query, 0);
	query_add_number(&query, writer->scan->id);
	return query_run(&query, err);
}

/* A tag that resolves as it did adds nothing; one that moved begins a new span. */
static bool tag_fact_save(struct scan_writer *writer, const struct tag_fact *fact,
			  struct error *err)
{
	const char *digest = fact->state == FACT_FOUND ? fact->digest.text : "";
	struct tag_row open;
	int64_t repository;

	if (!name_repository(writer->store, fact->registry, fact->repository, &repository,
			     err) ||
	    !find_open(writer->store, repository, fact->tag, &open, err))
		return false;
	if (open.id && strcmp(open.digest.text, digest) == 0)
		return true;
	if (open.id && !end_tag(writer, open.id, err))
		return false;
	return insert_tag(writer, repository, fact->tag, digest, err);
}

bool tag_save(struct scan_writer *writer, struct error *err)
{
	const struct snapshot *snapshot = writer->snapshot;

	for (size_t i = 0; i < snapshot->tag_count; i++) {
		const struct tag_fact *fact = &snapshot->tags[i];

		/* Silence ends nothing: it is kept in the scan's own row. */
		if (fact->state != FACT_FOUND && fact->state != FACT_ABSENT)
			continue;
		if (!tag_fact_save(writer, fact, err))
			return false;
	}
	return true;
}

static struct query tag_query(struct store *store, enum statement statement,
			      const struct tag_fact *fact)
{
	struct query query = query_start(store, statement_text[statement]);

	query_add_text(&query, fact->registry);
	query_add_text(&query, fact->repository);
	query_add_text(&query, fact->tag);
	return query;
}

/* Is this another answer than the one before it? */
static bool fact_is_move(struct store *store, const struct tag_fact *fact, bool *moved,
			 struct error *err)
{
	struct query query = tag_query(store, SELECT_NEWEST, fact);
	const char *digest = fact->state == FACT_FOUND ? fact->digest.text : "";
	struct digest newest;

	*moved = false;
	if (query_row(&query)) {
		newest = query_digest(&query);
		*moved = strcmp(newest.text, digest) != 0;
	}
	return query_finish(&query, err);
}

bool store_tag_moves(struct store *store, const struct tag_fact *fact, int64_t since,
		     uint32_t *moves, struct error *err)
{
	struct query query;
	bool moved;

	*moves = 0;
	if (fact->state != FACT_FOUND && fact->state != FACT_ABSENT)
		return true;
	if (!fact_is_move(store, fact, &moved, err))
		return false;
	query = tag_query(store, COUNT_MOVES, fact);
	query_add_number(&query, since);
	if (query_row(&query))
		*moves = (uint32_t)query_number(&query) + moved;
	return query_finish(&query, err);
}

/* The tags of a report, each once. */
struct tag_list {
	struct scan_reader *reader;
	struct table listed;     /* key of a tag; the value only says that it is there */
	struct table unanswered; /* key of a tag to struct report_tag */
	struct arena scratch;    /* of one reference */
};

static const char *tag_key(struct arena *arena, const char *registry,
			   const char *repository, const char *tag)
{
	return arena_printf(arena, "%s/%s:%s", registry, repository, tag);
}

static void index_unanswered(struct tag_list *list)
{
	struct scan_reader *reader = list->reader;

	for (size_t i = 0; i < reader->unanswered_count; i++) {
		struct report_tag *tag = &reader->unanswered[i];
		const char *key = tag_key(&reader->report->arena, tag->registry,
					  tag->repository, tag->tag);

		*table_slot(&list->unanswered, key, strlen(key), NULL) = tag;
	}
}

static void report_add_tag(struct report *report, const struct report_tag *tag)
{
	report->tags = arena_grow(&report->arena, report->tags, report->tag_count,
				  sizeof(*report->tags));
	report->tags[report->tag_count++] = *tag;
}

/* A tag that this scan did not ask for, nor an earlier one, is not in the ledger. */
static bool load_from_ledger(struct scan_reader *reader, struct report_tag *tag,
			     struct error *err)
{
	struct query query = query_start(reader->store, statement_text[SELECT_VISIBLE]);

	query_add_number(&query, reader->report->scan.id);
	query_add_text(&query, tag->registry);
	query_add_text(&query, tag->repository);
	query_add_text(&query, tag->tag);
	if (query_row(&query)) {
		tag->digest = query_digest(&query);
		tag->state = digest_known(&tag->digest) ? "found" : "absent";
		tag->first_seen_at = query_number(&query);
		report_add_tag(reader->report, tag);
	}
	return query_finish(&query, err);
}

static bool list_tag(struct tag_list *list, const struct image_ref *ref,
		     struct error *err)
{
	struct arena *arena = &list->reader->report->arena;
	const char *name = image_ref_tag(ref);
	const char *key = tag_key(&list->scratch, ref->registry, ref->repository, name);
	const struct report_tag *unanswered;
	const char **kept;
	void **listed = table_slot(&list->listed, key, strlen(key), &kept);
	struct report_tag tag;

	if (*listed)
		return true;
	*listed = list;
	*kept = arena_strdup(arena, key);
	unanswered = table_find(&list->unanswered, key, strlen(key));
	if (unanswered) {
		report_add_tag(list->reader->report, unanswered);
		return true;
	}
	tag = (struct report_tag){
		.registry = arena_strdup(arena, ref->registry),
		.repository = arena_strdup(arena, ref->repository),
		.tag = arena_strdup(arena, name),
	};
	return load_from_ledger(list->reader, &tag, err);
}

/* The tag that a reference names, if it is one and names one. */
static bool list_reference(struct tag_list *list, const char *text, struct error *err)
{
	struct error unreadable = ERROR_INIT;
	struct image_ref ref;

	arena_clear(&list->scratch);
	if (!image_ref_parse(&ref, &list->scratch, text, &unreadable) ||
	    image_ref_tag(&ref)[0] == '\0')
		return true;
	return list_tag(list, &ref, err);
}

static bool list_all(struct tag_list *list, struct error *err)
{
	const struct report *report = list->reader->report;

	for (size_t i = 0; i < report->declared_count; i++) {
		if (!list_reference(list, report->declared[i].image.text, err))
			return false;
	}
	for (size_t i = 0; i < report->running_count; i++) {
		if (!list_reference(list, report->running[i].reference, err))
			return false;
	}
	return true;
}

bool tag_load(struct scan_reader *reader, struct error *err)
{
	struct tag_list list = { reader, TABLE_INIT, TABLE_INIT, ARENA_INIT };
	bool ok;

	index_unanswered(&list);
	ok = list_all(&list, err);
	table_release(&list.listed);
	table_release(&list.unanswered);
	arena_release(&list.scratch);
	return ok;
}
