#include "store/store_private.h"

#include "base/buf.h"

#include <limits.h>

#define BUSY_MILLISECONDS 10000
#define URI_BYTES (3 * (size_t)PATH_MAX + 32)

static const struct {
	int option, value;
} switches[] = {
	{ SQLITE_DBCONFIG_DEFENSIVE, 1 }, /* SQL cannot damage the file */
	{ SQLITE_DBCONFIG_TRUSTED_SCHEMA,
	  0 }, /* its views and triggers are foreign code */
	{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
	{ SQLITE_DBCONFIG_DQS_DML, 0 }, /* "x" is a name, never a string */
	{ SQLITE_DBCONFIG_DQS_DDL, 0 },
};

static bool connection_configure(struct store *store, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(switches); i++) {
		int status = sqlite3_db_config(store->db, switches[i].option,
					       switches[i].value, NULL);

		if (status != SQLITE_OK)
			return query_error(store, status, err);
	}
	sqlite3_extended_result_codes(store->db, 1);
	sqlite3_busy_timeout(store->db, BUSY_MILLISECONDS);
	return true;
}

/* A file: URI (sqlite.org/uri.html) that reads the file alone: no lock, journal or WAL.
 */
static void immutable_uri(struct buf *uri, const char *file)
{
	buf_puts(uri, "file://");
	for (const char *c = file; *c; c++) {
		if (strchr("%?#", *c))
			buf_printf(uri, "%%%02x", (unsigned)*c);
		else
			buf_putc(uri, *c);
	}
	buf_puts(uri, "?immutable=1");
}

static int open_immutable(struct store *store)
{
	CLEANUP(buf_release) struct buf uri = BUF_INIT(URI_BYTES);

	immutable_uri(&uri, store->file);
	return sqlite3_open_v2(
		buf_text(&uri), &store->db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOFOLLOW, NULL);
}

/*
 * For reading too, SQLite is let write where it may: it has to roll back what a killed
 * run left half done, and to remove the files beside a WAL.
 */
static int open_file(struct store *store)
{
	return sqlite3_open_v2(store->file, &store->db,
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL);
}

/* What a writer needs.  (A reader must not so much as look into the file here.) */
static bool prepare_to_write(struct store *store, struct error *err)
{
	if (sqlite3_db_readonly(store->db, "main"))
		return query_error(store, SQLITE_READONLY, err);
	return query_execute(store, "PRAGMA synchronous = FULL", err);
}

bool connection_open(struct store *store, enum connection_kind kind, struct error *err)
{
	int status =
		kind == CONNECTION_IMMUTABLE ? open_immutable(store) : open_file(store);

	if (status != SQLITE_OK)
		return query_error(store, status, err);
	if (!connection_configure(store, err))
		return false;
	return kind == CONNECTION_WRITE
		       ? prepare_to_write(store, err)
		       : query_execute(store, "PRAGMA query_only = ON", err);
}

void connection_close(struct store *store)
{
	query_release_statements(store);
	sqlite3_close(store->db);
	store->db = NULL;
}

/* A WAL needs memory that all its users share; other machines do not share it. */
bool connection_set_journal(struct store *store, struct error *err)
{
	return query_execute(store,
			     store_file_is_local(store->file)
				     ? "PRAGMA journal_mode = WAL"
				     : "PRAGMA journal_mode = DELETE",
			     err);
}
