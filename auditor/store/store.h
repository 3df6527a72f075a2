/*
 * store.h - the database of observations (SQLite)
 *
 * schema/NNNN_name.sql is the only definition of its tables; docs/data-model.md
 * documents them.  Observations are spans: first seen in a scan, ended by the
 * first scan that covered them and saw them no more.  A scan is visible only once
 * it is finished, in one transaction.  Order is the sequence of scans, not the clock.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "model/outcome.h"
#include "model/report.h"
#include "model/snapshot.h"

struct store;

enum store_mode {
	STORE_READ,  /* must exist; is not changed, nor migrated */
	STORE_WRITE, /* created (0600, and its folder) or migrated where needed; takes the
			lock */
};

/*
 * Open a database.
 * Errors: ERROR_LOCKED (another run writes), ERROR_STORE (not ours, newer schema,
 * damaged, read-only, disk full), ERROR_NOT_FOUND (STORE_READ), ERROR_DENIED.
 */
MUST_CHECK struct store *store_open(const char *path, enum store_mode mode,
				    struct error *err);
void store_close(struct store **store);

/*
 * Begin a scan: a row in state "running".  Rows left "running" by a run that died
 * become "aborted".  Errors: ERROR_STORE.
 */
MUST_CHECK bool store_scan_begin(struct store *store, const struct report_scan *scan,
				 int64_t *id, struct error *err);

/*
 * Give each of the snapshot's clusters the key that the database first knew it by: a uid
 * that was learnt later is another name of the same cluster.  Its coverage and gaps
 * follow (snapshot_set_cluster_key()).  To be called before anything is judged. Errors:
 * ERROR_STORE.
 */
MUST_CHECK bool store_resolve_clusters(struct store *store, struct snapshot *snapshot,
				       struct error *err);

/*
 * Add what is known of these digests to `snapshot->images` (wants of kind WANT_TAG are
 * passed over).  Errors: ERROR_STORE.
 */
MUST_CHECK bool store_load_images(struct store *store, struct snapshot *snapshot,
				  const struct want *wants, size_t want_count,
				  struct error *err);

/*
 * Add the content that each tag was last seen to resolve to, so that an unmoved tag costs
 * one HEAD.  Errors: ERROR_STORE.
 */
MUST_CHECK bool store_load_tag_images(struct store *store, struct snapshot *snapshot,
				      const struct want *wants, size_t want_count,
				      struct error *err);

struct digest_list {
	struct digest *items;
	size_t count;
};

/*
 * The image indexes that were fetched from a repository ("docker.io/library/nginx"), the
 * newest first and `most` at most; the list is in `arena`.  Errors: ERROR_STORE.
 */
MUST_CHECK bool store_repository_indexes(struct store *store, const char *repository,
					 size_t most, struct arena *arena,
					 struct digest_list *digests, struct error *err);

/*
 * The findings whose spans are open, of the snapshot's clusters and of none: `*count`
 * items in `arena`. Errors: ERROR_STORE.
 */
MUST_CHECK bool store_load_earlier(struct store *store, const struct snapshot *snapshot,
				   struct arena *arena, struct earlier_finding **earlier,
				   size_t *count, struct error *err);

/*
 * When a declared use last ran, for `not-running`: Unix seconds, 0 for never seen.
 * Errors: ERROR_STORE.
 */
MUST_CHECK bool store_last_running(struct store *store,
				   const struct cluster_identity *cluster,
				   const struct declared_use *use, int64_t *last_at,
				   struct error *err);

/*
 * How often a tag was seen to move, to another image or to none, by scans that began
 * after `since` (Unix seconds) and by `fact`, the newest answer, which is not kept yet.
 * Errors: ERROR_STORE.
 */
MUST_CHECK bool store_tag_moves(struct store *store, const struct tag_fact *fact,
				int64_t since, uint32_t *moves, struct error *err);

/*
 * Keep a scan: images, spans, findings, and the scan's own row, in one transaction.
 * Until this returns true, readers see the last complete scan.  Errors: ERROR_STORE.
 */
MUST_CHECK bool store_scan_finish(struct store *store, const struct report_scan *scan,
				  const struct snapshot *snapshot,
				  const struct outcome *outcome, struct error *err);

/* Mark a scan as aborted.  Best effort: a row left "running" is found by the next run. */
void store_scan_abort(struct store *store, int64_t id);

/*
 * Load a finished scan as a report (initialised by the caller); `id` 0: the last one.
 * Errors: ERROR_NOT_FOUND, ERROR_STORE.
 */
MUST_CHECK bool store_load_report(struct store *store, int64_t id, struct report *report,
				  struct error *err);

#endif
