#include "store/store_private.h"

#include <sys/stat.h>
#include <unistd.h>

static bool open_to_write(struct store *store, struct error *err)
{
	int64_t size;

	if (!store_file_locate(&store->file, store->path, STORE_WRITE, err) ||
	    !store_file_lock(&store->lock, store->file, store->path, err) ||
	    !store_file_size(&size, store->file, store->path, err))
		return false;
	if (size == 0 &&
	    !migration_create(store, embedded_migrations, embedded_migration_count, err))
		return false;
	return migration_check_owner(store, err) &&
	       connection_open(store, CONNECTION_WRITE, err) &&
	       migration_run(store, STORE_WRITE, embedded_migrations,
			     embedded_migration_count, err) &&
	       connection_set_journal(store, err);
}

/*
 * In a folder that we may not write to, SQLite cannot make the files that go with a WAL.
 * Without a WAL beside it the database is all there is, and can be read as it stands.
 */
static bool is_lone_and_unreadable(const struct store *store)
{
	int status =
		sqlite3_exec(store->db, "SELECT 1 FROM sqlite_master", NULL, NULL, NULL);
	char *wal CLEANUP(free_pointer) = store_file_beside(store->file, "-wal");
	struct stat beside;

	return ((status & 0xff) == SQLITE_CANTOPEN ||
		(status & 0xff) == SQLITE_READONLY) &&
	       (stat(wal, &beside) != 0 || beside.st_size == 0);
}

static bool open_to_read(struct store *store, struct error *err)
{
	int64_t size;

	if (!store_file_locate(&store->file, store->path, STORE_READ, err) ||
	    !store_file_size(&size, store->file, store->path, err))
		return false;
	if (size == 0)
		return store_file_missing(store->path, err);
	if (!migration_check_owner(store, err) ||
	    !connection_open(store, CONNECTION_READ, err))
		return false;
	if (is_lone_and_unreadable(store)) {
		connection_close(store);
		if (!connection_open(store, CONNECTION_IMMUTABLE, err))
			return false;
	}
	return migration_run(store, STORE_READ, embedded_migrations,
			     embedded_migration_count, err);
}

struct store *store_open(const char *path, enum store_mode mode, struct error *err)
{
	struct store *store = xcalloc(1, sizeof(*store));
	bool opened;

	store->path = xstrdup(path);
	store->lock = -1;
	opened = mode == STORE_WRITE ? open_to_write(store, err)
				     : open_to_read(store, err);
	if (!opened)
		store_close(&store);
	return store;
}

void store_close(struct store **store)
{
	if (!*store)
		return;
	connection_close(*store);
	if ((*store)->lock >= 0)
		close((*store)->lock);
	free((*store)->file);
	free((*store)->path);
	free(*store);
	*store = NULL;
}
