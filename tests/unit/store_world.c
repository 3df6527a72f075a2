#include "tests/unit/store_world.h"

#include "model/scope.h"
#include "model/workload.h"

#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

#define CHECK_OK(call, err)                                                              \
	do {                                                                             \
		if (!(call))                                                             \
			fail_msg("%s", (err).text);                                      \
	} while (0)

static void cover_all(struct world *world)
{
	struct arena *arena = &world->snapshot.arena;

	snapshot_add_coverage(
		&world->snapshot,
		scope_of_namespace(arena, world->snapshot.clusters[0].identity.key, ""),
		true, "cluster: all");
	snapshot_add_coverage(&world->snapshot,
			      scope_of_path(arena, world->snapshot.tree, ""), true,
			      "tree: all");
}

void world_init(struct world *world)
{
	*world = (struct world){
		.scan = { .command = "scan",
			  .version = "0.0.1",
			  .commit = "c0ffee",
			  .fail_on = "error" },
	};
	snapshot_init(&world->snapshot, 0);
	outcome_init(&world->outcome);
	snapshot_add_cluster(&world->snapshot,
			     &(struct scanned_cluster){
				     .identity = { .key = WORLD_CLUSTER,
						   .name = "prod",
						   .server = "https://127.0.0.1:6443",
						   .alias = "" },
				     .namespace = "" });
	world->snapshot.tree = WORLD_TREE;
	cover_all(world);
}

void world_release(struct world *world)
{
	outcome_release(&world->outcome);
	snapshot_release(&world->snapshot);
}

void world_clear(struct world *world)
{
	struct snapshot *snapshot = &world->snapshot;
	const struct scanned_cluster cluster = snapshot->clusters[0];
	const char *selector = snapshot->selector;
	size_t cluster_count = snapshot->cluster_count;

	outcome_release(&world->outcome);
	snapshot_release(snapshot);
	snapshot_add_cluster(snapshot, &cluster);
	snapshot->cluster_count = cluster_count;
	snapshot->selector = selector;
	snapshot->tree = WORLD_TREE;
}

void world_cover_namespace(struct world *world, const char *namespace, bool observed)
{
	snapshot_add_coverage(&world->snapshot,
			      scope_of_namespace(&world->snapshot.arena,
						 world->snapshot.clusters[0].identity.key,
						 namespace),
			      observed, "by hand");
}

void world_cover_path(struct world *world, const char *path, bool observed)
{
	snapshot_add_coverage(
		&world->snapshot,
		scope_of_path(&world->snapshot.arena, world->snapshot.tree, path),
		observed, "by hand");
}

struct report_use *world_run(struct world *world, const char *namespace, const char *name,
			     const char *image_id)
{
	struct outcome *outcome = &world->outcome;
	struct report_use *use;

	outcome->uses = arena_grow(&outcome->arena, outcome->uses, outcome->use_count,
				   sizeof(*outcome->uses));
	use = &outcome->uses[outcome->use_count++];
	*use = (struct report_use){
		.cluster = world->snapshot.clusters[0].identity.name,
		.cluster_key = world->snapshot.clusters[0].identity.key,
		.namespace = namespace,
		.object = { "apps", "Deployment", name },
		.container = "app",
		.class = "container",
		.declared = "registry.example.com/shop/web:1.0@" DIGEST_A,
		.reference = "registry.example.com/shop/web:1.0@" DIGEST_A,
		.image_id = image_id,
		.platform = "linux/amd64",
		.state = "started",
		.verdict = "match",
		.how = "exact",
		.reason = "",
		.proof = DIGEST_A,
		.pod_count = 2,
	};
	return use;
}

struct declared_use *world_declare(struct world *world, const char *path,
				   const char *name, const char *image)
{
	struct declared_use use = {
		.file = arena_printf(&world->snapshot.arena, "shop/%s", path),
		.path = path,
		.line = 17,
		.column = 16,
		.cluster = "",
		.namespace = "shop",
		.object = { "apps", "Deployment", name },
		.field = "spec.template.spec.containers[0].image",
		.image = { .container = "app", .class = CLASS_CONTAINER },
		.workload = true,
	};

	container_image_read(&use.image, &world->snapshot.arena, image);
	snapshot_add_declared(&world->snapshot, &use);
	return &world->snapshot.declared[world->snapshot.declared_count - 1];
}

void world_tag(struct world *world, const char *tag, enum fact_state state,
	       const char *digest)
{
	struct tag_fact fact = {
		.registry = "registry.example.com",
		.repository = "shop/web",
		.tag = tag,
		.state = state,
		.reason = "by hand",
	};

	snprintf(fact.digest.text, sizeof(fact.digest.text), "%s", digest ? digest : "");
	snapshot_add_tag(&world->snapshot, &fact);
}

static int64_t earlier_id(struct world *world, struct store *store,
			  const char *fingerprint)
{
	struct earlier_finding *earlier;
	struct error err = ERROR_INIT;
	size_t count;

	CHECK_OK(store_load_earlier(store, &world->snapshot, &world->outcome.arena,
				    &earlier, &count, &err),
		 err);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(earlier[i].finding.fingerprint, fingerprint) == 0)
			return earlier[i].id;
	}
	return 0;
}

struct judged_finding *world_find(struct world *world, struct store *store,
				  const char *fingerprint, const char *namespace,
				  enum finding_state state)
{
	struct outcome *outcome = &world->outcome;
	struct judged_finding *judged;

	outcome->findings = arena_grow(&outcome->arena, outcome->findings,
				       outcome->finding_count, sizeof(*judged));
	judged = &outcome->findings[outcome->finding_count++];
	*judged = (struct judged_finding){
		.finding = { .rule = "running-differs",
			     .level = LEVEL_ERROR,
			     .subject = SUBJECT_USE,
			     .fingerprint = fingerprint,
			     .state = state,
			     .message = "runs another image",
			     .cluster = world->snapshot.clusters[0].identity.name,
			     .cluster_key = world->snapshot.clusters[0].identity.key,
			     .namespace = namespace,
			     .object = { "apps", "Deployment", "web" },
			     .container = "app",
			     .class = "container",
			     .reference = "registry.example.com/shop/web:1.0@" DIGEST_A,
			     .declared = DIGEST_A,
			     .running = DIGEST_B,
			     .resolved = "",
			     .platform = "linux/amd64",
			     .pod_count = 2,
			     .file = "shop/deploy/web.yaml",
			     .path = "deploy/web.yaml",
			     .line = 17,
			     .column = 16 },
		.earlier_id = earlier_id(world, store, fingerprint),
		.scopes = arena_printf(
			&outcome->arena, "%s\n",
			scope_of_namespace(&outcome->arena,
					   world->snapshot.clusters[0].identity.key,
					   namespace)),
	};
	return judged;
}

int64_t world_scan(struct world *world, struct store *store)
{
	struct error err = ERROR_INIT;

	world->scan.started_at =
		1000 * (1 + world_number(store, "SELECT count(*) FROM scan"));
	world->scan.finished_at = world->scan.started_at + 5;
	CHECK_OK(store_scan_begin(store, &world->scan, &world->scan.id, &err), err);
	CHECK_OK(store_scan_finish(store, &world->scan, &world->snapshot, &world->outcome,
				   &err),
		 err);
	return world->scan.id;
}

void world_scan_elsewhere(struct store *store)
{
	CLEANUP(world_release) struct world world;

	world_init(&world);
	world_clear(&world);
	world_cover_namespace(&world, "billing", true);
	world_scan(&world, store);
}

int world_setup(void **state)
{
	char *folder = xstrdup("/tmp/pindrift-store-XXXXXX");

	*state = folder;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type,
		      struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

int world_teardown(void **state)
{
	nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(*state);
	return 0;
}

const char *world_path(void **state, const char *name)
{
	static char paths[4][512];
	static unsigned next;
	char *path = paths[next++ % ARRAY_LENGTH(paths)];

	snprintf(path, sizeof(paths[0]), "%s/%s", (char *)*state, name);
	return path;
}

struct store *world_open(void **state, enum store_mode mode)
{
	struct error err = ERROR_INIT;
	struct store *store =
		store_open(world_path(state, "observations.db"), mode, &err);

	CHECK_OK(store, err);
	return store;
}

static void dump_row(struct buf *dump, const char *table, sqlite3_stmt *row)
{
	buf_puts(dump, table);
	for (int i = 0; i < sqlite3_column_count(row); i++) {
		const unsigned char *text = sqlite3_column_text(row, i);

		buf_printf(dump, "|%s", text ? (const char *)text : "NULL");
	}
	buf_puts(dump, "\n");
}

static void dump_table(struct buf *dump, sqlite3 *db, const char *table)
{
	char *sql = sqlite3_mprintf("SELECT * FROM %s ORDER BY 1, 2", table);
	sqlite3_stmt *rows;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), SQLITE_OK);
	while (sqlite3_step(rows) == SQLITE_ROW)
		dump_row(dump, table, rows);
	sqlite3_finalize(rows);
	sqlite3_free(sql);
}

static char *dump_tables(struct store *store, bool scans)
{
	struct buf dump = BUF_INIT((size_t)256 * 1024 * 1024);
	sqlite3_stmt *tables;

	assert_int_equal(sqlite3_prepare_v2(store->db,
					    "SELECT name FROM sqlite_master "
					    "WHERE type = 'table' ORDER BY name",
					    -1, &tables, NULL),
			 SQLITE_OK);
	while (sqlite3_step(tables) == SQLITE_ROW) {
		const char *table = (const char *)sqlite3_column_text(tables, 0);

		if (scans ||
		    (strcmp(table, "scan") != 0 && strcmp(table, "scan_cluster") != 0))
			dump_table(&dump, store->db, table);
	}
	sqlite3_finalize(tables);
	return buf_detach(&dump);
}

char *world_dump(struct store *store)
{
	return dump_tables(store, true);
}

char *world_dump_but_scans(struct store *store)
{
	return dump_tables(store, false);
}

int64_t world_number(struct store *store, const char *sql)
{
	sqlite3_stmt *row;
	int64_t number;

	if (sqlite3_prepare_v2(store->db, sql, -1, &row, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(store->db));
	number = sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_int64(row, 0) : -1;
	sqlite3_finalize(row);
	return number;
}

/* The child's side: cmocka prints what failed and exits by itself. */
static void check_as_nobody(void **state, void (*check)(void **state))
{
	if (getuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
		_exit(77);
	check(state);
	_exit(0);
}

void world_as_nobody(void **state, void (*check)(void **state))
{
	int status;
	pid_t child;

	if (getuid() == 0)
		assert_int_equal(chown(*state, NOBODY, NOBODY), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		check_as_nobody(state, check);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
