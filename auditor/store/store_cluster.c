#include "store/store_private.h"

enum statement {
	FIND_CLUSTER,
	FIND_UID,
	INSERT_CLUSTER,
	UPDATE_CLUSTER,
	INSERT_ALIAS,
	MOVE_ALIAS,
	INSERT_SCAN_CLUSTER,
	SELECT_SCAN_CLUSTERS,
	STATEMENT_COUNT,
};

static const char *const statement_text[STATEMENT_COUNT] = {
	[FIND_CLUSTER] = "SELECT c.id, c.key FROM cluster_alias a "
			 "JOIN cluster c ON c.id = a.cluster WHERE a.key = ?",
	[FIND_UID] = "SELECT 1 FROM cluster_alias WHERE cluster = ? AND key LIKE 'uid:%'",
	[INSERT_CLUSTER] = "INSERT INTO cluster (key, name, server) VALUES (?, ?, ?)",
	[UPDATE_CLUSTER] = "UPDATE cluster SET name = ?2, server = ?3 "
			   "WHERE id = ?1 AND (name <> ?2 OR server <> ?3)",
	[INSERT_ALIAS] = "INSERT INTO cluster_alias (key, cluster) VALUES (?, ?) "
			 "ON CONFLICT DO NOTHING",
	[MOVE_ALIAS] = "UPDATE cluster_alias SET cluster = ?2 "
		       "WHERE key = ?1 AND cluster <> ?2",
	[INSERT_SCAN_CLUSTER] = "INSERT INTO scan_cluster (scan, cluster, cluster_key, "
				"insecure, namespace) VALUES (?, ?, ?, ?, ?)",
	[SELECT_SCAN_CLUSTERS] =
		"SELECT s.cluster, s.cluster_key, s.insecure, c.name, c.server, c.key "
		"FROM scan_cluster s JOIN cluster c ON c.id = s.cluster "
		"WHERE s.scan = ? ORDER BY c.name, s.cluster_key",
};

/* The uid of kube-system is one cluster's for ever; names and servers are given anew. */
static bool is_uid(const char *key)
{
	return strncmp(key, "uid:", strlen("uid:")) == 0;
}

/* The key that says most; the other one, or "", is the weaker. */
static const char *strongest_key(const struct cluster_identity *cluster)
{
	return is_uid(cluster->alias) ? cluster->alias : cluster->key;
}

static const char *weaker_key(const struct cluster_identity *cluster)
{
	return is_uid(cluster->alias) ? cluster->key : cluster->alias;
}

static bool find_by_key(struct store *store, const char *key, struct arena *arena,
			struct cluster_row *row, struct error *err)
{
	struct query query = query_start(store, statement_text[FIND_CLUSTER]);

	*row = (struct cluster_row){ 0, "" };
	query_add_text(&query, key);
	if (query_row(&query)) {
		row->id = query_number(&query);
		row->key = query_text(&query, arena);
	}
	return query_finish(&query, err);
}

/* A cluster of that name or server may be an older one, gone since: it has its own uid.
 */
static bool has_other_uid(struct store *store, const struct cluster_identity *cluster,
			  int64_t id, bool *other, struct error *err)
{
	struct query query = query_start(store, statement_text[FIND_UID]);

	query_add_number(&query, id);
	*other = query_row(&query) && is_uid(strongest_key(cluster));
	return query_finish(&query, err);
}

bool cluster_find(struct store *store, const struct cluster_identity *cluster,
		  struct arena *arena, struct cluster_row *row, struct error *err)
{
	bool other;

	if (!find_by_key(store, strongest_key(cluster), arena, row, err))
		return false;
	if (row->id || weaker_key(cluster)[0] == '\0')
		return true;
	if (!find_by_key(store, weaker_key(cluster), arena, row, err) ||
	    !has_other_uid(store, cluster, row->id, &other, err))
		return false;
	if (other)
		*row = (struct cluster_row){ 0, "" };
	return true;
}

static bool alias_run(struct store *store, enum statement statement, const char *key,
		      int64_t cluster, struct error *err)
{
	struct query query = query_start(store, statement_text[statement]);

	query_add_text(&query, key);
	query_add_number(&query, cluster);
	return query_run(&query, err);
}

/* A weaker key goes to whom it was last seen with by a uid. */
static bool aliases_save(struct store *store, const struct cluster_identity *cluster,
			 int64_t id, struct error *err)
{
	const char *strongest = strongest_key(cluster), *weaker = weaker_key(cluster);

	if (!alias_run(store, INSERT_ALIAS, strongest, id, err))
		return false;
	if (weaker[0] == '\0')
		return true;
	return alias_run(store, INSERT_ALIAS, weaker, id, err) &&
	       (!is_uid(strongest) || alias_run(store, MOVE_ALIAS, weaker, id, err));
}

static bool cluster_insert(struct store *store, const struct cluster_identity *cluster,
			   int64_t *id, struct error *err)
{
	struct query query = query_start(store, statement_text[INSERT_CLUSTER]);

	query_add_text(&query, strongest_key(cluster));
	query_add_text(&query, cluster->name);
	query_add_text(&query, cluster->server);
	return query_insert(&query, id, err);
}

static bool cluster_update(struct store *store, const struct cluster_identity *cluster,
			   int64_t id, struct error *err)
{
	struct query query = query_start(store, statement_text[UPDATE_CLUSTER]);

	query_add_number(&query, id);
	query_add_text(&query, cluster->name);
	query_add_text(&query, cluster->server);
	return query_run(&query, err);
}

static bool cluster_keep(struct scan_writer *writer,
			 const struct cluster_identity *cluster, int64_t *id,
			 struct error *err)
{
	struct cluster_row row;

	if (!cluster_find(writer->store, cluster, &writer->arena, &row, err))
		return false;
	if (row.id ? !cluster_update(writer->store, cluster, row.id, err)
		   : !cluster_insert(writer->store, cluster, &row.id, err))
		return false;
	*id = row.id;
	return aliases_save(writer->store, cluster, row.id, err);
}

bool cluster_save(struct scan_writer *writer, struct error *err)
{
	const struct snapshot *snapshot = writer->snapshot;

	writer->clusters = arena_alloc(&writer->arena, snapshot->cluster_count *
							       sizeof(*writer->clusters));
	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		if (!cluster_keep(writer, &snapshot->clusters[i].identity,
				  &writer->clusters[i], err))
			return false;
	}
	return true;
}

bool scan_cluster_save(struct scan_writer *writer, struct error *err)
{
	const struct snapshot *snapshot = writer->snapshot;

	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		const struct scanned_cluster *cluster = &snapshot->clusters[i];
		struct query query =
			query_start(writer->store, statement_text[INSERT_SCAN_CLUSTER]);

		query_add_number(&query, writer->scan->id);
		query_add_number(&query, writer->clusters[i]);
		query_add_text(&query, cluster->identity.key);
		query_add_number(&query, cluster->identity.insecure);
		query_add_text(&query, cluster->namespace);
		if (!query_run(&query, err))
			return false;
	}
	return true;
}

static void cluster_read(struct query *query, struct arena *arena,
			 struct cluster_identity *cluster)
{
	const char *key;

	*cluster = (struct cluster_identity){ .key = query_text(query, arena) };
	cluster->context = "";
	cluster->insecure = query_number(query) != 0;
	cluster->name = query_text(query, arena);
	cluster->server = query_text(query, arena);
	key = query_text(query, arena);
	cluster->alias = strcmp(key, cluster->key) == 0 ? "" : key;
}

bool scan_cluster_load(struct scan_reader *reader, struct error *err)
{
	struct report *report = reader->report;
	struct arena *arena = &report->arena;
	struct query query =
		query_start(reader->store, statement_text[SELECT_SCAN_CLUSTERS]);

	query_add_number(&query, report->scan.id);
	while (query_row(&query)) {
		size_t count = report->cluster_count++;

		reader->clusters = arena_grow(arena, reader->clusters, count,
					      sizeof(*reader->clusters));
		report->clusters = arena_grow(arena, report->clusters, count,
					      sizeof(*report->clusters));
		reader->clusters[count] = query_number(&query);
		cluster_read(&query, arena, &report->clusters[count]);
	}
	return query_finish(&query, err);
}

static bool resolve(struct store *store, struct snapshot *snapshot,
		    struct scanned_cluster *cluster, struct error *err)
{
	struct cluster_identity *identity = &cluster->identity;
	struct cluster_row row;

	if (!cluster_find(store, identity, &snapshot->arena, &row, err))
		return false;
	if (!row.id || strcmp(row.key, identity->key) == 0)
		return true;
	if (!aliases_save(store, identity, row.id, err))
		return false;
	identity->alias = strongest_key(identity);
	snapshot_set_cluster_key(snapshot, cluster, row.key);
	return true;
}

bool store_resolve_clusters(struct store *store, struct snapshot *snapshot,
			    struct error *err)
{
	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		if (!resolve(store, snapshot, &snapshot->clusters[i], err))
			return false;
	}
	return true;
}
