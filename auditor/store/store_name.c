#include "store/store_private.h"

enum statement {
	FIND_REPOSITORY,
	INSERT_REPOSITORY,
	FIND_REFERENCE,
	INSERT_REFERENCE,
	FIND_WORKLOAD,
	INSERT_WORKLOAD,
	FIND_CONTAINER,
	INSERT_CONTAINER,
	FIND_MANIFEST,
	INSERT_MANIFEST,
	UPDATE_MANIFEST,
	STATEMENT_COUNT,
};

static const char *const statement_text[STATEMENT_COUNT] = {
	[FIND_REPOSITORY] = "SELECT id FROM repository WHERE registry = ? AND name = ?",
	[INSERT_REPOSITORY] = "INSERT INTO repository (registry, name) VALUES (?, ?)",
	[FIND_REFERENCE] = "SELECT id FROM reference WHERE text = ?",
	[INSERT_REFERENCE] = "INSERT INTO reference (text, repository, tag, digest) "
			     "VALUES (?, ?, ?, ?)",
	[FIND_WORKLOAD] = "SELECT id FROM workload WHERE cluster = ? AND namespace = ? "
			  "AND api_group = ? AND kind = ? AND name = ?",
	[INSERT_WORKLOAD] = "INSERT INTO workload (cluster, namespace, api_group, kind, "
			    "name) VALUES (?, ?, ?, ?, ?)",
	[FIND_CONTAINER] = "SELECT id FROM container WHERE workload = ? AND name = ? "
			   "AND class = ?",
	[INSERT_CONTAINER] = "INSERT INTO container (workload, name, class) "
			     "VALUES (?, ?, ?)",
	[FIND_MANIFEST] = "SELECT id FROM kube_manifest WHERE tree = ? AND path = ?",
	[INSERT_MANIFEST] = "INSERT INTO kube_manifest (tree, path, file) "
			    "VALUES (?, ?, '')",
	[UPDATE_MANIFEST] = "UPDATE kube_manifest SET file = ?2 "
			    "WHERE id = ?1 AND file <> ?2",
};

/* A row by all that names it. */
struct name {
	enum statement find, insert; /* with equal parameters: */
	int64_t parent;              /* id of the row that holds it; 0: none */
	const char *texts[5];        /* ends with NULL */
};

static struct query name_query(struct store *store, enum statement statement,
			       const struct name *name)
{
	struct query query = query_start(store, statement_text[statement]);

	if (name->parent)
		query_add_number(&query, name->parent);
	for (size_t i = 0; i < ARRAY_LENGTH(name->texts) && name->texts[i]; i++)
		query_add_text(&query, name->texts[i]);
	return query;
}

/* The id of the row, made if it is new. */
static bool name_row(struct store *store, const struct name *name, int64_t *id,
		     struct error *err)
{
	struct query find = name_query(store, name->find, name);
	struct query insert;

	if (!query_find(&find, id, err))
		return false;
	if (*id)
		return true;
	insert = name_query(store, name->insert, name);
	return query_insert(&insert, id, err);
}

bool name_repository(struct store *store, const char *registry, const char *repository,
		     int64_t *id, struct error *err)
{
	const struct name name = {
		FIND_REPOSITORY, INSERT_REPOSITORY, 0, { registry, repository }
	};

	return name_row(store, &name, id, err);
}

/* With the parts of the reference, where it can be read. */
static bool reference_insert(struct store *store, const char *text, int64_t *id,
			     struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct image_ref ref;
	struct error unreadable = ERROR_INIT;
	bool readable = image_ref_parse(&ref, &arena, text, &unreadable);
	int64_t repository = 0;
	struct query query;

	if (readable &&
	    !name_repository(store, ref.registry, ref.repository, &repository, err))
		return false;
	query = query_start(store, statement_text[INSERT_REFERENCE]);
	query_add_text(&query, text);
	query_add_id(&query, repository);
	query_add_text(&query, readable ? ref.tag : "");
	query_add_text(&query, readable ? ref.digest.text : "");
	return query_insert(&query, id, err);
}

bool name_reference(struct store *store, const char *text, int64_t *id, struct error *err)
{
	struct query find = query_start(store, statement_text[FIND_REFERENCE]);

	query_add_text(&find, text);
	if (!query_find(&find, id, err))
		return false;
	return *id || reference_insert(store, text, id, err);
}

bool name_container(struct store *store, int64_t cluster, const struct report_use *use,
		    int64_t *id, struct error *err)
{
	const struct name workload = { FIND_WORKLOAD,
				       INSERT_WORKLOAD,
				       cluster,
				       { use->namespace, use->object.api_group,
					 use->object.kind, use->object.name } };
	struct name container = {
		FIND_CONTAINER, INSERT_CONTAINER, 0, { use->container, use->class }
	};

	return name_row(store, &workload, &container.parent, err) &&
	       name_row(store, &container, id, err);
}

bool name_manifest(struct store *store, const char *tree, const struct declared_use *use,
		   int64_t *id, struct error *err)
{
	const struct name name = {
		FIND_MANIFEST, INSERT_MANIFEST, 0, { tree, use->path }
	};
	struct query update;

	if (!name_row(store, &name, id, err))
		return false;
	update = query_start(store, statement_text[UPDATE_MANIFEST]);
	query_add_number(&update, *id);
	query_add_text(&update, use->file);
	return query_run(&update, err);
}
