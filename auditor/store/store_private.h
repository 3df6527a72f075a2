/*
 * store_private.h - what the files of the store share; nobody else includes it
 *
 * A struct query is one statement on its way: parameters are added in the order of
 * their "?", columns are taken in the order of the SELECT.  What goes wrong on the way
 * is kept, as in a FILE, and asked for once, at the end:
 *
 *	struct query query = query_start(store, statement_text[SELECT_SCOPES]);
 *
 *	query_add_number(&query, finding);
 *	while (query_row(&query))
 *		add_scope(query_text(&query, arena));
 *	return query_finish(&query, err);
 */
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include "base/buf.h"
#include "base/embedded.h"
#include "model/area.h"
#include "store/store.h"

#include <jansson.h>
#include <sqlite3.h>

struct store {
	sqlite3 *db;
	char *path;              /* as the user named it, for messages */
	char *file;              /* the same without symbolic links; what is opened */
	int lock;                /* descriptor of the lock file; -1 in STORE_READ */
	struct table statements; /* prepared ones, by the address of their text */
};

/* store_file.c: the database as a file */

/* The name of a file beside another, on the heap. */
char *store_file_beside(const char *file, const char *suffix);
/* The resolved path, on the heap.  STORE_WRITE makes the folder, mode 0700. */
MUST_CHECK bool store_file_locate(char **file, const char *path, enum store_mode mode,
				  struct error *err);
/* Say that there is no database at `path`.  Always returns false. */
bool store_file_missing(const char *path, struct error *err);
/* Bytes in the database; 0 where it does not exist yet. */
MUST_CHECK bool store_file_size(int64_t *size, const char *file, const char *path,
				struct error *err);
/* Take the writers' lock, on FILE.lock.  Errors: ERROR_LOCKED, ERROR_DENIED,
 * ERROR_SYSTEM. */
MUST_CHECK bool store_file_lock(int *lock, const char *file, const char *path,
				struct error *err);
/* A new, empty file of mode 0600, whatever the umask; one of that name is removed. */
MUST_CHECK bool store_file_make(const char *file, const char *path, struct error *err);
/* Give a finished file its name, and make both last. */
MUST_CHECK bool store_file_rename(const char *from, const char *to, const char *path,
				  struct error *err);
/* True where the shared memory of a WAL works: on local filesystems. */
bool store_file_is_local(const char *file);
/* The same by the number of statfs(2). */
bool store_filesystem_is_local(uint32_t magic);

/* connection.c: SQLite's side of it */

enum connection_kind {
	CONNECTION_WRITE,
	CONNECTION_READ,
	CONNECTION_IMMUTABLE, /* touches nothing but the file, and trusts that nobody
				 writes */
};

/* Open store->file and set what every connection has.  Close it even after a failure. */
MUST_CHECK bool connection_open(struct store *store, enum connection_kind kind,
				struct error *err);
void connection_close(struct store *store);
/* Write ahead where that works, else keep a rollback journal. */
MUST_CHECK bool connection_set_journal(struct store *store, struct error *err);

/* migration.c: the schema and its versions */

/* PRAGMA application_id of our databases: "pdft". */
#define STORE_APPLICATION_ID 0x70646674

/* Make an empty database of the newest schema at store->file, whole or not at all. */
MUST_CHECK bool migration_create(const struct store *store,
				 const struct embedded_file *migrations, size_t count,
				 struct error *err);
/* Refuse a file that is no database of ours, without touching it. */
MUST_CHECK bool migration_check_owner(const struct store *store, struct error *err);
/*
 * Bring an open database to the newest of `count` migrations, after a backup; in
 * STORE_READ only check that it is there already.
 */
MUST_CHECK bool migration_run(struct store *store, enum store_mode mode,
			      const struct embedded_file *migrations, size_t count,
			      struct error *err);

/* query.c: statements and transactions */

struct query {
	struct store *store;
	sqlite3_stmt *statement;
	int bound;  /* parameters added */
	int taken;  /* columns taken from the present row */
	bool ended; /* there are no more rows */
	int status; /* SQLite's code of the first failure, else SQLITE_OK */
};

/* `sql` must be a literal: prepared statements are kept by its address. */
struct query query_start(struct store *store, const char *sql);
void query_add_text(struct query *query, const char *text); /* borrowed until the end */
void query_add_number(struct query *query, int64_t number);
void query_add_id(struct query *query, int64_t id); /* 0 becomes NULL */
void query_add_bytes(struct query *query, const char *bytes, int64_t length);

/* Step to the next row; false at the end and after a failure. */
bool query_row(struct query *query);
int64_t query_number(struct query *query);                        /* 0 for NULL */
const char *query_text(struct query *query, struct arena *arena); /* "" for NULL */
struct digest query_digest(struct query *query);
const char *query_bytes(struct query *query, struct arena *arena, size_t *length);

/* End it, with all that went wrong. */
MUST_CHECK bool query_finish(struct query *query, struct error *err);
/* Run a statement that has no rows. */
MUST_CHECK bool query_run(struct query *query, struct error *err);
/* Run an INSERT; `*id` is the new row's. */
MUST_CHECK bool query_insert(struct query *query, int64_t *id, struct error *err);
/* The first column of the first row as an id; 0 where there is no row. */
MUST_CHECK bool query_find(struct query *query, int64_t *id, struct error *err);

/* Run SQL text that has neither parameters nor interesting rows. */
MUST_CHECK bool query_execute(struct store *store, const char *sql, struct error *err);
/* Say in plain words what SQLite's code means.  Always returns false. */
bool query_error(const struct store *store, int status, struct error *err);
void query_release_statements(struct store *store);

/*
 * The ids of spans that have not ended, or not before scan ?1, in their order and by way
 * of the index on ended_scan: most spans of an old database ended long ago.
 */
#define SPANS_UNTIL(table, comparison)                                                   \
	"(SELECT id FROM " table " WHERE ended_scan IS NULL UNION ALL "                  \
	"SELECT id FROM " table " WHERE ended_scan " comparison " ?1)"

/* Undone when it is released, unless it was committed. */
struct transaction {
	struct store *store; /* NULL once it has ended */
};

#define TRANSACTION_INIT                                                                 \
	{                                                                                \
		NULL                                                                     \
	}

MUST_CHECK bool transaction_begin(struct transaction *transaction, struct store *store,
				  struct error *err);
/* All that is read until it is released is of one moment. */
MUST_CHECK bool transaction_begin_reading(struct transaction *transaction,
					  struct store *store, struct error *err);
MUST_CHECK bool transaction_commit(struct transaction *transaction, struct error *err);
void transaction_release(struct transaction *transaction);

/* store_json.c: the JSON columns of a scan's row */

struct id_set {
	int64_t *ids; /* ascending */
	size_t count;
};

bool id_set_has(const struct id_set *set, int64_t id);

/* What a scan saw where it did not see everything, by the ids of the spans. */
struct partial_sight {
	struct id_set declared; /* declared_span */
	struct id_set running;  /* verdict_span */
	struct id_set findings; /* finding_span */
};

struct coverage_list {
	struct coverage *items;
	size_t count;
};

/* Compact JSON with sorted keys, on the heap. */
char *coverage_format(const struct coverage *coverage, size_t count);
char *gaps_format(const struct gap *gaps, size_t count);
char *requests_format(const struct request_count *requests, size_t count);
/* The tags that were denied or not answered, of all. */
char *unanswered_format(const struct tag_fact *tags, size_t count);
char *waivers_format(const struct waiver *waivers, size_t count, uint32_t ignored);
char *partial_format(const struct partial_sight *partial);

/* The reverse, into `arena`.  Errors: ERROR_STORE where the text is not ours. */
MUST_CHECK bool coverage_parse(const char *text, struct arena *arena,
			       struct coverage_list *coverage, struct error *err);
MUST_CHECK bool gaps_parse(const char *text, struct arena *arena, struct gap **gaps,
			   size_t *count, struct error *err);
MUST_CHECK bool requests_parse(const char *text, struct arena *arena,
			       struct request_count **requests, size_t *count,
			       struct error *err);
MUST_CHECK bool unanswered_parse(const char *text, struct arena *arena,
				 struct report_tag **tags, size_t *count,
				 struct error *err);
/* "": the scan is of an older version. */
MUST_CHECK bool waivers_parse(const char *text, struct report *report, struct error *err);
MUST_CHECK bool partial_parse(const char *text, struct arena *arena,
			      struct partial_sight *partial, struct error *err);

/* store_coverage.c: what a scan saw all of */

/* Add what a scan covered; and the files that `gaps` hide, which it did not. */
void coverage_take(struct areas *covered, const struct coverage *items, size_t count);
void coverage_take_gaps(struct areas *covered, const struct gap *gaps, size_t gap_count);
/* The nearest area that holds `scope` decides; without one it was not observed. */
bool coverage_observed(const struct areas *covered, const char *scope);
/* The same of any of `scopes`, as in struct judged_finding. */
bool coverage_observed_any(const struct areas *covered, const char *scopes);
/* True if one of `scopes` (`any`), or all of them, were asked for, observed or not. */
bool coverage_asked_for(const struct areas *covered, const char *scopes, bool any);

/* coverage_observed() of many namespaces of one cluster, or paths of one tree. */
struct coverage_memo {
	const struct areas *covered;
	const char *(*scope)(struct arena *arena, const char *key, const char *rest);
	const char *key; /* the cluster's, the tree's */
	struct arena arena;
	struct table known; /* rest to answer */
};

bool coverage_memo_observed(struct coverage_memo *memo, const char *rest);
void coverage_memo_release(struct coverage_memo *memo);

/* scan_history.c: earlier complete scans, newest first, read as far as somebody looks */

struct scan_history {
	struct query query;
	struct past_scan *scans;
	size_t count;
};

void scan_history_begin(struct scan_history *history, struct store *store,
			int64_t before);

/* From scan `first` up to, and without, `before`. */
struct scan_range {
	int64_t first, before;
};

/* When a scan of a range last observed one of `scopes`; if none did, when `first` began.
 */
MUST_CHECK bool scan_history_last(struct scan_history *history, const char *scopes,
				  struct scan_range range, int64_t *started_at,
				  struct error *err);
void scan_history_release(struct scan_history *history);

/* span_key.c: spans by all the texts that make one what it is */

void span_key_add(struct buf *key, const char *text);
/* The value under a key, or NULL. */
void *span_find(const struct table *table, const struct buf *key);
/* Its place, as table_slot() has it; what stands for a new key is kept in `arena`. */
void **span_slot(struct table *table, const struct buf *key, struct arena *arena);

/* store_name.c: rows that others refer to; found, or made */

MUST_CHECK bool name_repository(struct store *store, const char *registry,
				const char *repository, int64_t *id, struct error *err);
MUST_CHECK bool name_reference(struct store *store, const char *text, int64_t *id,
			       struct error *err);
MUST_CHECK bool name_container(struct store *store, int64_t cluster,
			       const struct report_use *use, int64_t *id,
			       struct error *err);
/* Also keeps how the user named the file. */
MUST_CHECK bool name_manifest(struct store *store, const char *tree,
			      const struct declared_use *use, int64_t *id,
			      struct error *err);

/* A finished scan, while it is written and while it is loaded. */

struct scan_writer {
	struct store *store;
	const struct report_scan *scan;
	const struct snapshot *snapshot;
	const struct outcome *outcome;
	struct arena arena;
	int64_t *clusters;            /* the rows of the snapshot's */
	struct areas covered;         /* without what gaps of files hide */
	struct partial_sight partial; /* lists grow in `arena` */
};

struct scan_reader {
	struct store *store;
	struct report *report; /* what is loaded goes here */
	int64_t *clusters;     /* the rows of the report's */
	const char *tree;      /* as in the scopes */
	bool selective;        /* a label selector chose what was seen */
	struct areas covered;  /* without what gaps of files hide */
	struct report_tag *unanswered;
	size_t unanswered_count;
	struct partial_sight partial;
};

/* Remember that the scan saw a span where it did not see everything. */
void partial_add(struct scan_writer *writer, struct id_set *set, int64_t id);

/* The parts of a scan, a file each: store_cluster.c … store_finding.c */
MUST_CHECK bool cluster_save(struct scan_writer *writer, struct error *err);
/* Which clusters the scan asked: behind its row. */
MUST_CHECK bool scan_cluster_save(struct scan_writer *writer, struct error *err);
MUST_CHECK bool image_save(struct scan_writer *writer, struct error *err);
MUST_CHECK bool tag_save(struct scan_writer *writer, struct error *err);
MUST_CHECK bool declared_save(struct scan_writer *writer, struct error *err);
MUST_CHECK bool running_save(struct scan_writer *writer, struct error *err);
MUST_CHECK bool finding_save(struct scan_writer *writer, struct error *err);

/* store_waived.c: whether a finding, a row of finding_span, is waived or known from now
 * on
 */
MUST_CHECK bool waived_save(struct scan_writer *writer, int64_t id,
			    const struct finding *finding, struct error *err);

/* store_cluster.c: which row a cluster has */

struct cluster_row {
	int64_t id;      /* 0: none yet */
	const char *key; /* that it was first known by */
};

MUST_CHECK bool cluster_find(struct store *store, const struct cluster_identity *cluster,
			     struct arena *arena, struct cluster_row *row,
			     struct error *err);

MUST_CHECK bool scan_cluster_load(struct scan_reader *reader, struct error *err);
MUST_CHECK bool declared_load(struct scan_reader *reader, struct error *err);
MUST_CHECK bool running_load(struct scan_reader *reader, struct error *err);
MUST_CHECK bool finding_load(struct scan_reader *reader, struct error *err);
/* Behind the declared and running uses: of the tags that they name. */
MUST_CHECK bool tag_load(struct scan_reader *reader, struct error *err);

#endif
