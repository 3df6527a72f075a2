#include "store/store_private.h"

#include <unistd.h>

/*
 * Small pages: an unchanged scan rewrites the few pages around its own row, and nothing
 * else (a test holds it under 16 KiB).
 */
#define PAGE_SIZE "PRAGMA page_size = 1024"

/*
 * A new database is nobody's before it has its name: what a power cut leaves of it is
 * made again.  It is synced once, as a whole file, and needs no journal on the disk.
 */
#define UNSEEN "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY"

static bool pragma_number(struct store *store, const char *sql, int64_t *number,
			  struct error *err)
{
	struct query query = query_start(store, sql);

	return query_find(&query, number, err);
}

/* The number that a migration's name begins with. */
static long migration_number(const struct embedded_file *migration)
{
	return strtol(migration->name, NULL, 10);
}

static bool migration_apply(struct store *store, const struct embedded_file *migration,
			    struct error *err)
{
	CLEANUP(transaction_release) struct transaction transaction = TRANSACTION_INIT;
	char version[64];

	snprintf(version, sizeof(version), "PRAGMA user_version = %ld",
		 migration_number(migration));
	if (!transaction_begin(&transaction, store, err) ||
	    !query_execute(store, migration->text, err) ||
	    !query_execute(store, version, err) || !transaction_commit(&transaction, err))
		return error_wrap(err, "%s", migration->name);
	return true;
}

/* A copy beside the database, as it is before it is changed. */
static bool migration_backup(struct store *store, int64_t version, struct error *err)
{
	char *name CLEANUP(free_pointer) = NULL;
	char *unfinished CLEANUP(free_pointer) = NULL;
	char suffix[40];
	struct query query;

	snprintf(suffix, sizeof(suffix), ".v%lld.backup", (long long)version);
	name = store_file_beside(store->file, suffix);
	unfinished = store_file_beside(name, ".new");
	if (!store_file_make(unfinished, store->path, err))
		return false;
	query = query_start(store, "VACUUM INTO ?");
	query_add_text(&query, unfinished);
	if (!query_run(&query, err)) {
		unlink(unfinished);
		return error_wrap(err, "backup before the migration");
	}
	return store_file_rename(unfinished, name, store->path, err);
}

static bool migration_apply_from(struct store *store, int64_t version,
				 const struct embedded_file *migrations, size_t count,
				 struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (migration_number(&migrations[i]) > version &&
		    !migration_apply(store, &migrations[i], err))
			return false;
	}
	return true;
}

bool migration_run(struct store *store, enum store_mode mode,
		   const struct embedded_file *migrations, size_t count,
		   struct error *err)
{
	int64_t newest = count ? migration_number(&migrations[count - 1]) : 0;
	int64_t version;

	if (!pragma_number(store, "PRAGMA user_version", &version, err))
		return false;
	if (version > newest)
		return error_set(
			err, ERROR_STORE,
			"%s was written by a newer pindrift (schema %lld, this one "
			"knows %lld): use that one, or another file with --db",
			store->path, (long long)version, (long long)newest);
	if (version == newest)
		return true;
	if (mode == STORE_READ)
		return error_set(
			err, ERROR_STORE,
			"%s was written by an older pindrift (schema %lld, this one "
			"reads %lld): the next 'pindrift scan' brings it up to date",
			store->path, (long long)version, (long long)newest);
	return migration_backup(store, version, err) &&
	       migration_apply_from(store, version, migrations, count, err);
}

static bool create_schema(struct store *store, const struct embedded_file *migrations,
			  size_t count, struct error *err)
{
	char owner[64];

	snprintf(owner, sizeof(owner), "PRAGMA application_id = %d",
		 STORE_APPLICATION_ID);
	return connection_open(store, CONNECTION_WRITE, err) &&
	       query_execute(store, UNSEEN, err) &&
	       query_execute(store, PAGE_SIZE, err) && query_execute(store, owner, err) &&
	       migration_apply_from(store, 0, migrations, count, err) &&
	       connection_set_journal(store, err);
}

bool migration_create(const struct store *store, const struct embedded_file *migrations,
		      size_t count, struct error *err)
{
	char *file CLEANUP(free_pointer) = store_file_beside(store->file, ".new");
	struct store fresh = { .path = store->path, .file = file, .lock = -1 };
	bool created;

	if (!store_file_make(file, store->path, err))
		return false;
	created = create_schema(&fresh, migrations, count, err);
	connection_close(&fresh);
	if (!created) {
		unlink(file);
		return false;
	}
	return store_file_rename(file, store->file, store->path, err);
}

bool migration_check_owner(const struct store *store, struct error *err)
{
	struct store peek = { .path = store->path, .file = store->file, .lock = -1 };
	int64_t owner = 0;
	bool read = connection_open(&peek, CONNECTION_IMMUTABLE, err) &&
		    pragma_number(&peek, "PRAGMA application_id", &owner, err);

	connection_close(&peek);
	return read &&
	       (owner == STORE_APPLICATION_ID || query_error(store, SQLITE_NOTADB, err));
}
