#include "drift/join.h"

#include "drift/environment.h"
#include "drift/join_places.h"
#include "drift/nameless.h"
#include "drift/object_key.h"
#include "drift/reference.h"
#include "drift/rollout.h"
#include "model/scope.h"

/* What is declared for one cluster, and runs there. */
struct side_by_side {
	struct joining *joining;
	const struct scanned_cluster *cluster; /* NULL: of what is in none of them */
	struct table uses;                     /* key to number + 1 */
	struct table objects;                  /* declared ones, with their namespace */
	struct table live;                     /* live workloads, likewise */
	struct table present;                  /* all objects that are there, likewise */
	struct table namespaces;               /* that manifests claim */
	struct nameless nameless;
	struct customs customs; /* custom resources that are declared */
};

/* Where a running row goes. */
struct placement {
	uint32_t use; /* its number */
	bool replaced;
};

/* What the clusters that a declaration may be meant for have to say of it. */
struct fate {
	const char *namespace; /* NULL while none is known */
	bool torn;             /* it is another one in another cluster */
	bool joined;           /* with what is in some cluster */
	bool absent;           /* from some cluster, where it would have been seen */
	bool untold;           /* some cluster does not tell which namespace is meant */
};

/* A join while it is made. */
struct joining {
	struct join *join;
	struct snapshot *snapshot;
	int64_t now;
	struct side_by_side *sides; /* one a cluster, and one for what is in none */
	struct fate *fates;         /* of each declaration */
	int64_t *newest_pods;       /* of the current revision of each live workload */
};

static void side_release(struct side_by_side *side)
{
	table_release(&side->uses);
	table_release(&side->objects);
	table_release(&side->live);
	table_release(&side->present);
	table_release(&side->namespaces);
	nameless_release(&side->nameless);
	customs_release(&side->customs);
}

static void joining_release(struct joining *joining)
{
	for (size_t i = 0; joining->sides && i <= joining->snapshot->cluster_count; i++)
		side_release(&joining->sides[i]);
	free(joining->sides);
	free(joining->fates);
	free(joining->newest_pods);
}

/* The first one of a key stays. */
static void index_add(struct side_by_side *side, struct table *table,
		      const char *namespace, const struct object_id *object,
		      const void *value)
{
	CLEANUP(buf_release) struct buf key = object_key(namespace, object);
	void **slot = object_slot(table, &side->joining->join->arena, &key);

	if (!*slot)
		*slot = (void *)(uintptr_t)value;
}

/*
 * The use of a container, made where it is new.  Containers of one name may be held to
 * several fields of a custom resource; `field` is one of them, else NULL.
 */
static struct use *use_of(struct side_by_side *side, const char *namespace,
			  const struct object_id *object,
			  const struct container_image *image,
			  const struct declared_use *field)
{
	CLEANUP(buf_release) struct buf key = object_key(namespace, object);
	struct join *join = side->joining->join;
	void **slot;

	buf_add_part(&key, container_class_name(image->class));
	buf_add_part(&key, image->container);
	if (field)
		buf_printf(&key, "%zu",
			   (size_t)(field - side->joining->snapshot->declared));
	slot = object_slot(&side->uses, &join->arena, &key);
	if (!*slot) {
		join->uses = arena_grow(&join->arena, join->uses, join->use_count,
					sizeof(*join->uses));
		join->uses[join->use_count++] = (struct use){
			.cluster = side->cluster,
			.namespace = namespace,
			.object = object_normal(object),
			.class = image->class,
			.container = image->container,
		};
		*slot = (void *)(uintptr_t)join->use_count;
	}
	return &join->uses[(size_t)(uintptr_t)*slot - 1];
}

static void add_namespace_unknown(struct snapshot *snapshot,
				  const struct declared_use *use)
{
	struct arena *arena = &snapshot->arena;

	snapshot_add_gap(snapshot, GAP_NAMESPACE_UNKNOWN,
			 arena_printf(arena, "%s: %s %s", use->path, use->object.kind,
				      use->object.name),
			 "the manifest names no namespace, and the cluster does not tell "
			 "which one is meant: name it in the manifest or with -n",
			 scope_of_path(arena, snapshot->tree, declared_home(use)));
}

/* NULL where it cannot be told. */
static const char *declared_namespace(const struct side_by_side *side,
				      const struct declared_use *use)
{
	const struct policy_environment *environment;

	if (use->namespace[0] != '\0')
		return use->namespace;
	environment = use->workload
			      ? NULL
			      : policy_environment_of(&side->joining->snapshot->policy,
						      declared_home(use));
	if (environment && environment->namespace[0] != '\0')
		return environment->namespace;
	if (side->cluster->namespace[0] != '\0')
		return side->cluster->namespace;
	return nameless_namespace(&side->nameless, use);
}

static void add_ambiguous(struct snapshot *snapshot, const struct use *use)
{
	snapshot_add_gap(snapshot, GAP_AMBIGUOUS_DECLARATION,
			 arena_printf(&snapshot->arena, "%s/%s/%s %s", use->namespace,
				      use->object.name, use->container, use->object.kind),
			 use->unclear, "");
}

static void add_rival(struct joining *joining, struct use *use,
		      const struct declared_use *rival)
{
	use->rival = rival;
	use->unclear = custom_rivals(&joining->join->arena, use->declared, rival);
	add_ambiguous(joining->snapshot, use);
}

/* What no manifest declares there is worth a word. */
static void claim(struct side_by_side *side, const char *namespace)
{
	const char **kept;

	*table_slot(&side->namespaces, namespace, strlen(namespace), &kept) = side;
	*kept = namespace;
}

/* Manifests were scanned that are meant for the namespace of an environment. */
static void claim_environment(struct side_by_side *side,
			      const struct declared_use *declared)
{
	const struct policy_environment *environment = policy_environment_of(
		&side->joining->snapshot->policy, declared_home(declared));

	if (environment && environment->namespace[0] != '\0')
		claim(side, environment->namespace);
}

static void declare(struct side_by_side *side, const struct declared_use *declared,
		    const char *namespace)
{
	struct use *use;

	index_add(side, &side->objects, namespace, &declared->object, declared);
	claim(side, namespace);
	use = use_of(side, namespace, &declared->object, &declared->image, NULL);
	if (!use->declared)
		use->declared = declared;
	else if (!use->rival && !reference_same(&use->declared->image, &declared->image))
		add_rival(side->joining, use, declared);
}

/* Whether a declaration may be meant for several of the scanned clusters. */
static bool is_shared(const struct snapshot *snapshot,
		      const struct declared_use *declared)
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->cluster_count; i++)
		count += environment_includes(&snapshot->clusters[i], declared);
	return count > 1;
}

static void fate_add_namespace(struct fate *fate, const char *namespace)
{
	if (namespace[0] == '\0')
		return;
	if (!fate->namespace)
		fate->namespace = namespace;
	fate->torn |= strcmp(fate->namespace, namespace) != 0;
}

/*
 * Join a declaration with what is in one cluster.  What may be meant for several is
 * meant for those that have it: that one of them has not is no drift.
 */
static void join_declaration(struct side_by_side *side,
			     const struct declared_use *declared, struct fate *fate)
{
	struct snapshot *snapshot = side->joining->snapshot;
	const char *scanned = side->cluster->namespace;
	bool shared = is_shared(snapshot, declared);
	const char *namespace;

	if (!shared)
		claim_environment(side, declared);
	if (!declared->workload)
		index_add(side, &side->objects, declared->namespace, &declared->object,
			  declared);
	if (!declared->workload && !custom_is_declared(declared))
		return;
	namespace = declared_namespace(side, declared);
	if (!namespace) {
		fate->untold = true;
		add_namespace_unknown(snapshot, declared);
		return;
	}
	fate_add_namespace(fate, namespace);
	if (scanned[0] != '\0' && strcmp(namespace, scanned) != 0)
		return; /* the scan says nothing about other namespaces */
	if (shared && !object_find(&side->present, namespace, &declared->object)) {
		fate->absent = declared->workload || custom_lasts(&declared->object);
		return;
	}
	fate->joined = true;
	if (declared->workload)
		declare(side, declared, namespace);
	else
		customs_declare(&side->customs, namespace, declared);
}

static void join_cluster(struct side_by_side *side)
{
	const struct snapshot *snapshot = side->joining->snapshot;

	if (side->cluster->namespace[0] == '\0')
		nameless_make(&side->nameless, snapshot, side->cluster);
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		if (environment_includes(side->cluster, &snapshot->declared[i]))
			join_declaration(side, &snapshot->declared[i],
					 &side->joining->fates[i]);
	}
}

/*
 * What no cluster has that it may be meant for is missing once.  Only now, when every
 * cluster has been asked, does a declaration get the namespace that it has in all.
 */
static void join_fates(struct joining *joining)
{
	struct snapshot *snapshot = joining->snapshot;
	struct side_by_side *nowhere = &joining->sides[snapshot->cluster_count];

	for (size_t i = 0; i < snapshot->declared_count; i++) {
		struct declared_use *declared = &snapshot->declared[i];
		const struct fate *fate = &joining->fates[i];
		const char *namespace = fate->namespace && !fate->torn
						? fate->namespace
						: declared->namespace;
		bool missing = fate->absent && !fate->joined && !fate->untold;

		if (declared->workload)
			declared->namespace = namespace; /* others may belong to none */
		if (missing && declared->workload)
			declare(nowhere, declared, namespace);
		else if (missing)
			customs_declare(&nowhere->customs, namespace, declared);
	}
}

static void join_declared(struct joining *joining)
{
	environment_apply(joining->snapshot);
	for (size_t i = 0; i < joining->snapshot->cluster_count; i++)
		join_cluster(&joining->sides[i]);
	join_fates(joining);
}

/*
 * What declares an object, or NULL.  A custom resource whose manifest names no namespace
 * may be meant for any.
 */
static const struct declared_use *declaration_of(const struct side_by_side *side,
						 const char *namespace,
						 const struct object_id *object)
{
	const struct declared_use *declared =
		object_find(&side->objects, namespace, object);

	if (declared)
		return declared;
	declared = object_find(&side->objects, "", object);
	return declared && !declared->workload ? declared : NULL;
}

/*
 * The owner that a manifest declares, nearest to the pod; else the topmost that the
 * cluster names.
 */
static const struct object_id *joined_owner(const struct side_by_side *side,
					    const struct running_use *running)
{
	for (size_t i = 0; i < running->owner_count; i++) {
		if (declaration_of(side, running->namespace, &running->owners[i]))
			return &running->owners[i];
	}
	return &running->owners[running->owner_count - 1 - running->labelled];
}

/* The live workload whose template makes the pods: the topmost that has one. */
static const struct live_workload *template_owner(const struct joining *joining,
						  const struct running_use *running)
{
	const struct side_by_side *side = &joining->sides[running->cluster];

	for (size_t i = running->owner_count; i > 0; i--) {
		const struct live_workload *live = object_find(
			&side->live, running->namespace, &running->owners[i - 1]);

		if (live && live->has_template)
			return live;
	}
	return NULL;
}

static int64_t *newest_pod(const struct joining *joining,
			   const struct live_workload *live)
{
	return &joining->newest_pods[live - joining->snapshot->live];
}

/* A row as far as it is known before all rows are. */
static struct use_row row_of(struct joining *joining, const struct running_use *running)
{
	const struct live_workload *live = template_owner(joining, running);
	const struct container_image *image = rollout_template_image(
		live, running->image.class, running->image.container);
	bool current = rollout_is_current(running, live);

	if (live && current && running->newest_pod_at > *newest_pod(joining, live))
		*newest_pod(joining, live) = running->newest_pod_at;
	return (struct use_row){
		.running = running,
		.live = live,
		.from_template =
			image && current && reference_same(image, &running->image),
		.verdict = { .reason = "" },
	};
}

/* All containers of the pods of custom resources, before any of them is joined. */
static void look_at_customs(struct joining *joining)
{
	const struct snapshot *snapshot = joining->snapshot;

	for (size_t i = 0; i < snapshot->running_count; i++) {
		const struct running_use *running = &snapshot->running[i];
		struct side_by_side *side = &joining->sides[running->cluster];

		if (side->customs.count > 0)
			customs_look(&side->customs, joined_owner(side, running),
				     running);
	}
	for (size_t i = 0; i < snapshot->cluster_count; i++)
		customs_settle(&joining->sides[i].customs);
}

static struct placement place_row(struct joining *joining,
				  const struct running_use *running)
{
	struct side_by_side *side = &joining->sides[running->cluster];
	const struct object_id *owner = joined_owner(side, running);
	struct custom_choice choice = customs_choose(&side->customs, owner, running);
	struct use *use = use_of(side, running->namespace, owner, &running->image,
				 choice.unclear ? NULL : choice.declared);

	use->row_count++;
	if (choice.object)
		use->custom = choice.object;
	if (choice.declared)
		use->declared = choice.declared;
	if (choice.unclear)
		use->unclear = choice.unclear;
	return (struct placement){ (uint32_t)(use - joining->join->uses),
				   choice.replaced };
}

/* The use that each running row belongs to, which counts it; on the heap. */
static struct placement *place_rows(struct joining *joining)
{
	const struct snapshot *snapshot = joining->snapshot;
	struct placement *placements =
		xcalloc(snapshot->running_count, sizeof(*placements));

	for (size_t i = 0; i < snapshot->running_count; i++)
		placements[i] = place_row(joining, &snapshot->running[i]);
	return placements;
}

/* A field of a custom resource that no container of its pods is held to. */
static void add_missed(struct side_by_side *side, const struct custom_object *object,
		       const struct custom_field *field)
{
	struct use *use = use_of(side, object->namespace, &object->object,
				 &field->declared->image, field->declared);

	use->declared = field->declared;
	use->custom = object;
	use->unclear = field->unclear;
	if (use->unclear)
		add_ambiguous(side->joining->snapshot, use);
	else if (field->state == CUSTOM_UNCLEAR)
		use->unclear = "it cannot be told which container is meant";
}

static void join_missed_of(struct side_by_side *side, const struct custom_object *object)
{
	for (const struct custom_field *field = object->fields; field;
	     field = field->next) {
		if (custom_is_missed(object, field))
			add_missed(side, object, field);
	}
}

static void join_missed(struct joining *joining)
{
	size_t silent = 0;

	for (size_t i = 0; i <= joining->snapshot->cluster_count; i++) {
		struct side_by_side *side = &joining->sides[i];

		for (size_t j = 0; j < side->customs.count; j++)
			join_missed_of(side, side->customs.items[j]);
		silent += customs_count_silent(&side->customs);
	}
	if (silent)
		custom_tell_silent(joining->snapshot, silent);
}

/* Most uses have one row: they are counted first, so that none gets room for more. */
static void join_running(struct joining *joining)
{
	const struct snapshot *snapshot = joining->snapshot;
	struct join *join = joining->join;
	struct placement *placements CLEANUP(free_pointer) = place_rows(joining);
	struct use_row *rows =
		arena_alloc(&join->arena, snapshot->running_count * sizeof(*rows));

	join_missed(joining);
	for (size_t i = 0; i < join->use_count; i++) {
		join->uses[i].rows = rows;
		rows += join->uses[i].row_count;
		join->uses[i].row_count = 0;
	}
	for (size_t i = 0; i < snapshot->running_count; i++) {
		struct use *use = &join->uses[placements[i].use];
		struct use_row *row = &use->rows[use->row_count++];

		*row = row_of(joining, &snapshot->running[i]);
		row->replaced = placements[i].replaced;
	}
}

static void complete_row(const struct joining *joining, struct use_row *row)
{
	const struct live_workload *live = row->live;

	row->rolling_out = rollout_in_progress(row->running, live,
					       live ? *newest_pod(joining, live) : 0,
					       joining->now) ||
			   (!live && row->replaced);
}

/* Whether every cluster that a declaration is meant for was seen. */
static bool is_observed_everywhere(const struct joining *joining, const struct use *use)
{
	const struct snapshot *snapshot = joining->snapshot;

	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		const struct scanned_cluster *cluster = &snapshot->clusters[i];

		if (environment_includes(cluster, use->declared) &&
		    !sight_observed_namespace(&joining->join->sight, cluster,
					      use->namespace))
			return false;
	}
	return true;
}

static const struct side_by_side *side_of(const struct joining *joining,
					  const struct use *use)
{
	const struct snapshot *snapshot = joining->snapshot;

	return &joining->sides[use->cluster ? (size_t)(use->cluster - snapshot->clusters)
					    : snapshot->cluster_count];
}

/* A controller's own workloads have the templates of a custom resource's pods. */
static void complete_custom(struct joining *joining, struct use *use)
{
	bool settled = false;

	for (size_t i = 0; i < use->row_count; i++) {
		const struct use_row *row = &use->rows[i];

		settled |= !row->rolling_out;
		if (!use->template)
			use->template = rollout_template_image(row->live, use->class,
							       use->container);
	}
	if (use->unclear && settled && use->observed)
		add_ambiguous(joining->snapshot, use);
}

/* What is said of a use once all declared and running ones are known. */
static void complete_use(struct joining *joining, struct use *use)
{
	const struct side_by_side *side = side_of(joining, use);
	const struct declared_use *declared =
		declaration_of(side, use->namespace, &use->object);

	use->object_declared = declared != NULL;
	use->containers_declared = declared && declared->workload;
	use->claimed = table_find(&side->namespaces, use->namespace,
				  strlen(use->namespace)) != NULL;
	use->live = object_find(&side->live, use->namespace, &use->object);
	use->template = rollout_template_image(use->live, use->class, use->container);
	for (size_t i = 0; i < use->row_count; i++)
		complete_row(joining, &use->rows[i]);
	if (use->custom)
		complete_custom(joining, use);
}

/* In the order of the snapshot; what is in none of them comes last. */
static int compare_clusters(const struct scanned_cluster *a,
			    const struct scanned_cluster *b)
{
	if (!a || !b)
		return a ? -1 : 1;
	return a < b ? -1 : 1;
}

static int compare_uses(const void *left, const void *right)
{
	const struct use *a = left, *b = right;
	int order = strcmp(a->namespace, b->namespace);

	if (a->cluster != b->cluster)
		return compare_clusters(a->cluster, b->cluster);
	if (!order)
		order = object_id_compare(&a->object, &b->object);
	if (!order)
		order = (int)a->class - (int)b->class;
	if (!order)
		order = strcmp(a->container, b->container);
	if (!order && a->declared != b->declared)
		order = !a->declared || (b->declared && a->declared < b->declared) ? -1
										   : 1;
	return order;
}

/*
 * Some lists of the namespace could not be had: what its pods belong to is known all the
 * same.  Of a custom resource nobody knows which pods are missing.
 */
static bool is_told(const struct join *join, const struct use *use)
{
	bool told = use->row_count > 0 && !use->custom;

	for (size_t i = 0; i < use->row_count && told; i++)
		told = sight_tells_owners(&join->sight, use->rows[i].running);
	return told;
}

/* In their order, so that what is the same for a namespace is asked once. */
static void complete_uses(struct joining *joining)
{
	struct join *join = joining->join;
	const struct use *before = NULL;
	bool seen = false;

	if (join->use_count > 1)
		qsort(join->uses, join->use_count, sizeof(*join->uses), compare_uses);
	for (size_t i = 0; i < join->use_count; i++) {
		struct use *use = &join->uses[i];

		if (!use->cluster)
			seen = is_observed_everywhere(joining, use);
		else if (!before || before->cluster != use->cluster ||
			 strcmp(before->namespace, use->namespace) != 0)
			seen = sight_observed_namespace(&join->sight, use->cluster,
							use->namespace);
		use->observed = seen || is_told(join, use);
		before = use;
		complete_use(joining, use);
	}
}

/* What is in one cluster, for the declarations that may be meant for several. */
static void add_present(struct side_by_side *side, const struct running_use *running)
{
	for (size_t i = 0; i < running->owner_count; i++)
		index_add(side, &side->present, running->namespace, &running->owners[i],
			  running);
}

static void index_objects(struct joining *joining)
{
	const struct snapshot *snapshot = joining->snapshot;

	for (size_t i = 0; i < snapshot->live_count; i++) {
		const struct live_workload *live = &snapshot->live[i];
		struct side_by_side *side = &joining->sides[live->cluster];

		index_add(side, &side->live, live->namespace, &live->object, live);
		index_add(side, &side->present, live->namespace, &live->object, live);
	}
	for (size_t i = 0; i < snapshot->running_count && snapshot->cluster_count > 1;
	     i++)
		add_present(&joining->sides[snapshot->running[i].cluster],
			    &snapshot->running[i]);
}

static void joining_init(struct joining *joining)
{
	const struct snapshot *snapshot = joining->snapshot;

	joining->sides = xcalloc(snapshot->cluster_count + 1, sizeof(*joining->sides));
	for (size_t i = 0; i <= snapshot->cluster_count; i++)
		joining->sides[i] = (struct side_by_side){
			.joining = joining,
			.cluster = i < snapshot->cluster_count ? &snapshot->clusters[i]
							       : NULL,
		};
	for (size_t i = 0; i <= snapshot->cluster_count; i++)
		customs_init(&joining->sides[i].customs, &joining->join->arena, snapshot,
			     joining->now);
	joining->fates = xcalloc(snapshot->declared_count, sizeof(*joining->fates));
	joining->newest_pods =
		xcalloc(snapshot->live_count, sizeof(*joining->newest_pods));
}

void join_make(struct join *join, struct snapshot *snapshot, int64_t now)
{
	CLEANUP(joining_release)
	struct joining joining = { .join = join, .snapshot = snapshot, .now = now };

	*join = (struct join){ .arena = ARENA_INIT };
	if (snapshot->cluster_count == 0) {
		sight_make(&join->sight, snapshot);
		return;
	}
	joining_init(&joining);
	index_objects(&joining);
	join_declared(&joining);
	sight_make(&join->sight, snapshot);
	look_at_customs(&joining);
	join_running(&joining);
	complete_uses(&joining);
	if (snapshot->cluster_count > 1)
		join_collect_places(join);
}

void join_release(struct join *join)
{
	sight_release(&join->sight);
	arena_release(&join->arena);
}
