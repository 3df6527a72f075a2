#include "store/store_private.h"

#include <errno.h>

struct trouble {
	int status; /* SQLite's primary result code */
	enum error_code code;
	const char *text; /* what it means, and what to do */
};

static const struct trouble troubles[] = {
	{ SQLITE_FULL, ERROR_STORE,
	  "the disk is full: make room and run again; the last complete scan is kept" },
	{ SQLITE_READONLY, ERROR_STORE,
	  "the database cannot be written to: check the modes of the file and its "
	  "folder, "
	  "or choose another file with --db" },
	{ SQLITE_CORRUPT, ERROR_STORE,
	  "the database is damaged: put a backup in its place, or move it away to begin "
	  "anew" },
	{ SQLITE_NOTADB, ERROR_STORE,
	  "not a pindrift database: choose another file with --db" },
	{ SQLITE_CANTOPEN, ERROR_STORE,
	  "the database cannot be opened: check the modes of the file and its folder" },
	{ SQLITE_PERM, ERROR_DENIED, "no permission to open the database" },
	{ SQLITE_AUTH, ERROR_DENIED, "no permission to use the database" },
	{ SQLITE_BUSY, ERROR_LOCKED,
	  "another program keeps the database locked: close it, and run again" },
	{ SQLITE_LOCKED, ERROR_LOCKED,
	  "another program keeps the database locked: close it, and run again" },
};

/* SQLite tells a full disk from other write errors in one of its places only. */
static int primary_status(const struct store *store, int status)
{
	int cause = store->db ? sqlite3_system_errno(store->db) : 0;

	if ((status & 0xff) == SQLITE_IOERR && (cause == ENOSPC || cause == EDQUOT))
		return SQLITE_FULL;
	return status & 0xff;
}

bool query_error(const struct store *store, int status, struct error *err)
{
	int primary = primary_status(store, status);

	for (size_t i = 0; i < ARRAY_LENGTH(troubles); i++) {
		if (troubles[i].status == primary)
			return error_set(err, troubles[i].code, "%s: %s", store->path,
					 troubles[i].text);
	}
	return error_set(err, ERROR_STORE, "%s: %s", store->path,
			 store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(status));
}

/* The literal's address is its key: it is unique, and quicker to hash than the text. */
struct prepared {
	const char *sql;
	sqlite3_stmt *statement;
};

static sqlite3_stmt *statement_get(struct store *store, const char *sql, int *status)
{
	struct prepared *prepared =
		table_find(&store->statements, (const char *)&sql, sizeof(sql));
	sqlite3_stmt *statement;
	const char **key;
	void **value;

	if (prepared)
		return prepared->statement;
	*status = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
				     &statement, NULL);
	if (*status != SQLITE_OK)
		return NULL;
	prepared = xmalloc(sizeof(*prepared));
	*prepared = (struct prepared){ sql, statement };
	value = table_slot(&store->statements, (const char *)&sql, sizeof(sql), &key);
	*key = (const char *)&prepared->sql;
	*value = prepared;
	return statement;
}

void query_release_statements(struct store *store)
{
	for (size_t i = 0; i < store->statements.count; i++) {
		struct prepared *prepared = store->statements.entries[i].value;

		sqlite3_finalize(prepared->statement);
		free(prepared);
	}
	table_release(&store->statements);
}

struct query query_start(struct store *store, const char *sql)
{
	struct query query = { .store = store, .status = SQLITE_OK };

	query.statement = statement_get(store, sql, &query.status);
	if (query.statement)
		sqlite3_reset(query.statement); /* left in the middle by an error */
	return query;
}

/* Keep the first failure. */
static void note(struct query *query, int status)
{
	if (query->status == SQLITE_OK)
		query->status = status;
}

void query_add_text(struct query *query, const char *text)
{
	if (query->status == SQLITE_OK)
		note(query, sqlite3_bind_text(query->statement, ++query->bound, text, -1,
					      SQLITE_STATIC));
}

void query_add_number(struct query *query, int64_t number)
{
	if (query->status == SQLITE_OK)
		note(query, sqlite3_bind_int64(query->statement, ++query->bound, number));
}

void query_add_id(struct query *query, int64_t id)
{
	if (id)
		query_add_number(query, id);
	else if (query->status == SQLITE_OK)
		note(query, sqlite3_bind_null(query->statement, ++query->bound));
}

void query_add_bytes(struct query *query, const char *bytes, int64_t length)
{
	if (query->status == SQLITE_OK)
		note(query, sqlite3_bind_blob64(query->statement, ++query->bound, bytes,
						(sqlite3_uint64)length, SQLITE_STATIC));
}

bool query_row(struct query *query)
{
	int status;

	if (query->status != SQLITE_OK || query->ended)
		return false;
	query->taken = 0;
	status = sqlite3_step(query->statement);
	if (status == SQLITE_ROW)
		return true;
	query->ended = true; /* one step more would begin again */
	if (status != SQLITE_DONE)
		note(query, status);
	return false;
}

int64_t query_number(struct query *query)
{
	return sqlite3_column_int64(query->statement, query->taken++);
}

/* As a blob even where it is text: that needs no NUL, hence no memory, and cannot fail.
 */
static const char *take_bytes(struct query *query, size_t *length)
{
	int column = query->taken++;
	const char *bytes = sqlite3_column_blob(query->statement, column);

	*length = bytes ? (size_t)sqlite3_column_bytes(query->statement, column) : 0;
	return bytes ? bytes : "";
}

const char *query_bytes(struct query *query, struct arena *arena, size_t *length)
{
	const char *bytes = take_bytes(query, length);

	return *length ? arena_strndup(arena, bytes, *length) : "";
}

const char *query_text(struct query *query, struct arena *arena)
{
	size_t length;

	return query_bytes(query, arena, &length);
}

struct digest query_digest(struct query *query)
{
	size_t length;
	const char *text = take_bytes(query, &length);
	struct digest digest = { "" };

	snprintf(digest.text, sizeof(digest.text), "%.*s", (int)length, text);
	return digest;
}

bool query_finish(struct query *query, struct error *err)
{
	bool ok = query->status == SQLITE_OK ||
		  query_error(query->store, query->status, err);

	if (query->statement) {
		sqlite3_reset(query->statement);
		sqlite3_clear_bindings(query->statement); /* they were borrowed */
	}
	return ok;
}

bool query_run(struct query *query, struct error *err)
{
	(void)query_row(query);
	return query_finish(query, err);
}

bool query_insert(struct query *query, int64_t *id, struct error *err)
{
	if (!query_run(query, err))
		return false;
	*id = sqlite3_last_insert_rowid(query->store->db);
	return true;
}

bool query_find(struct query *query, int64_t *id, struct error *err)
{
	*id = query_row(query) ? query_number(query) : 0;
	return query_finish(query, err);
}

bool query_execute(struct store *store, const char *sql, struct error *err)
{
	int status = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return status == SQLITE_OK || query_error(store, status, err);
}

static bool transaction_start(struct transaction *transaction, struct store *store,
			      const char *sql, struct error *err)
{
	if (!query_execute(store, sql, err))
		return false;
	transaction->store = store;
	return true;
}

bool transaction_begin(struct transaction *transaction, struct store *store,
		       struct error *err)
{
	/* IMMEDIATE: a lock that cannot be had is met here, not half way. */
	return transaction_start(transaction, store, "BEGIN IMMEDIATE", err);
}

bool transaction_begin_reading(struct transaction *transaction, struct store *store,
			       struct error *err)
{
	return transaction_start(transaction, store, "BEGIN DEFERRED", err);
}

bool transaction_commit(struct transaction *transaction, struct error *err)
{
	if (!query_execute(transaction->store, "COMMIT", err))
		return false;
	transaction->store = NULL;
	return true;
}

void transaction_release(struct transaction *transaction)
{
	struct error ignored = ERROR_INIT;

	/* SQLite itself has rolled back after some errors: there is nothing to say then.
	 */
	if (transaction->store)
		(void)!query_execute(transaction->store, "ROLLBACK", &ignored);
	transaction->store = NULL;
}
