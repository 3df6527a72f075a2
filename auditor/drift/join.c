#include "drift/join.h"

#include "base/buf.h"
#include "drift/environment.h"
#include "drift/nameless.h"
#include "drift/reference.h"
#include "drift/rollout.h"
#include "model/scope.h"
#include "model/workload.h"

/* A join while it is made. */
struct joining {
	struct join *join;
	struct snapshot *snapshot;
	int64_t now;
	struct table uses;       /* key to number + 1 */
	struct table objects;    /* declared ones, with their namespace */
	struct table live;       /* live workloads, likewise */
	struct table namespaces; /* that manifests claim */
	int64_t *newest_pods;    /* of the current revision of each live workload */
	struct nameless nameless;
};

static void joining_release(struct joining *joining)
{
	table_release(&joining->uses);
	table_release(&joining->objects);
	table_release(&joining->live);
	table_release(&joining->namespaces);
	free(joining->newest_pods);
	nameless_release(&joining->nameless);
}

/* Old groups served the same objects; they are one object under today's group. */
static struct object_id normal_object(const struct object_id *object)
{
	const struct workload_kind *kind =
		workload_kind_find(object->api_group, object->kind);
	struct object_id normal = *object;

	if (kind)
		normal.api_group = kind->api_group;
	return normal;
}

static struct buf object_key(const char *namespace, const struct object_id *object)
{
	struct object_id normal = normal_object(object);
	struct buf key = BUF_KEY_INIT;

	buf_add_part(&key, namespace);
	buf_add_part(&key, normal.api_group);
	buf_add_part(&key, normal.kind);
	buf_add_part(&key, normal.name);
	return key;
}

/* The place of a value under a key, which is kept in the join's arena. */
static void **index_slot(struct joining *joining, struct table *table,
			 const struct buf *key)
{
	const char **kept;
	void **slot = table_slot(table, key->data, key->length, &kept);

	if (!*slot)
		*kept = arena_strndup(&joining->join->arena, key->data, key->length);
	return slot;
}

/* The first one of a key stays. */
static void index_add(struct joining *joining, struct table *table, const char *namespace,
		      const struct object_id *object, const void *value)
{
	CLEANUP(buf_release) struct buf key = object_key(namespace, object);
	void **slot = index_slot(joining, table, &key);

	if (!*slot)
		*slot = (void *)(uintptr_t)value;
}

static const void *index_find(const struct table *table, const char *namespace,
			      const struct object_id *object)
{
	CLEANUP(buf_release) struct buf key = object_key(namespace, object);

	return table_find(table, key.data, key.length);
}

/* The use of a container, made where it is new. */
static struct use *use_of(struct joining *joining, const char *namespace,
			  const struct object_id *object,
			  const struct container_image *image)
{
	CLEANUP(buf_release) struct buf key = object_key(namespace, object);
	struct join *join = joining->join;
	void **slot;

	buf_add_part(&key, container_class_name(image->class));
	buf_add_part(&key, image->container);
	slot = index_slot(joining, &joining->uses, &key);
	if (!*slot) {
		join->uses = arena_grow(&join->arena, join->uses, join->use_count,
					sizeof(*join->uses));
		join->uses[join->use_count++] = (struct use){
			.namespace = namespace,
			.object = normal_object(object),
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
			 scope_of_path(arena, snapshot->tree, use->path));
}

/* NULL where it cannot be told. */
static const char *declared_namespace(const struct joining *joining,
				      const struct declared_use *use)
{
	if (use->namespace[0] != '\0')
		return use->namespace;
	if (joining->snapshot->namespace[0] != '\0')
		return joining->snapshot->namespace;
	return nameless_namespace(&joining->nameless, use);
}

static void add_rival(struct snapshot *snapshot, struct use *use,
		      const struct declared_use *rival)
{
	struct arena *arena = &snapshot->arena;
	const struct declared_use *first = use->declared;

	use->rival = rival;
	snapshot_add_gap(
		snapshot, GAP_AMBIGUOUS_DECLARATION,
		arena_printf(arena, "%s/%s/%s %s", use->namespace, use->object.name,
			     use->container, use->object.kind),
		arena_printf(arena,
			     "%s:%u declares %s, %s:%u declares %s: scan the one that is "
			     "meant for this cluster",
			     first->path, (unsigned)first->line, first->image.text,
			     rival->path, (unsigned)rival->line, rival->image.text),
		"");
}

/* What no manifest declares there is worth a word. */
static void claim(struct joining *joining, const char *namespace)
{
	const char **kept;

	*table_slot(&joining->namespaces, namespace, strlen(namespace), &kept) = joining;
	*kept = namespace;
}

/* Manifests were scanned that are meant for the namespace of an environment. */
static void claim_environment(struct joining *joining,
			      const struct declared_use *declared)
{
	const struct policy_environment *environment =
		policy_environment_of(&joining->snapshot->policy, declared->path);

	if (environment && environment->namespace[0] != '\0')
		claim(joining, environment->namespace);
}

static void declare(struct joining *joining, const struct declared_use *declared)
{
	struct snapshot *snapshot = joining->snapshot;
	const char *namespace = declared->namespace;
	struct use *use;

	if (snapshot->namespace[0] != '\0' && strcmp(namespace, snapshot->namespace) != 0)
		return; /* the scan says nothing about other namespaces */
	index_add(joining, &joining->objects, namespace, &declared->object, declared);
	claim(joining, namespace);
	use = use_of(joining, namespace, &declared->object, &declared->image);
	if (!use->declared)
		use->declared = declared;
	else if (!use->rival && !reference_same(&use->declared->image, &declared->image))
		add_rival(snapshot, use, declared);
}

static void join_declared(struct joining *joining)
{
	struct snapshot *snapshot = joining->snapshot;

	environment_apply(snapshot);
	if (snapshot->namespace[0] == '\0')
		nameless_make(&joining->nameless, snapshot);
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		struct declared_use *declared = &snapshot->declared[i];
		const char *namespace;

		if (!environment_includes(snapshot, declared))
			continue;
		claim_environment(joining, declared);
		if (!declared->workload) {
			index_add(joining, &joining->objects, declared->namespace,
				  &declared->object, declared);
			continue;
		}
		namespace = declared_namespace(joining, declared);
		if (!namespace) {
			add_namespace_unknown(snapshot, declared);
			continue;
		}
		declared->namespace = namespace;
		declare(joining, declared);
	}
}

/*
 * What declares an object, or NULL.  A custom resource whose manifest names no namespace
 * may be meant for any.
 */
static const struct declared_use *declaration_of(const struct joining *joining,
						 const char *namespace,
						 const struct object_id *object)
{
	const struct declared_use *declared =
		index_find(&joining->objects, namespace, object);

	if (declared)
		return declared;
	declared = index_find(&joining->objects, "", object);
	return declared && !declared->workload ? declared : NULL;
}

/* The owner that a manifest declares, nearest to the pod; else the topmost. */
static const struct object_id *joined_owner(const struct joining *joining,
					    const struct running_use *running)
{
	for (size_t i = 0; i < running->owner_count; i++) {
		if (declaration_of(joining, running->namespace, &running->owners[i]))
			return &running->owners[i];
	}
	return &running->owners[running->owner_count - 1];
}

/* The live workload whose template makes the pods: the topmost that has one. */
static const struct live_workload *template_owner(const struct joining *joining,
						  const struct running_use *running)
{
	for (size_t i = running->owner_count; i > 0; i--) {
		const struct live_workload *live = index_find(
			&joining->live, running->namespace, &running->owners[i - 1]);

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

/* The use that each running row belongs to, which counts it: their numbers, on the heap.
 */
static uint32_t *count_rows(struct joining *joining)
{
	const struct snapshot *snapshot = joining->snapshot;
	uint32_t *numbers = xcalloc(snapshot->running_count, sizeof(*numbers));

	for (size_t i = 0; i < snapshot->running_count; i++) {
		const struct running_use *running = &snapshot->running[i];
		struct use *use = use_of(joining, running->namespace,
					 joined_owner(joining, running), &running->image);

		use->row_count++;
		numbers[i] = (uint32_t)(use - joining->join->uses);
	}
	return numbers;
}

/* Most uses have one row: they are counted first, so that none gets room for more. */
static void join_running(struct joining *joining)
{
	const struct snapshot *snapshot = joining->snapshot;
	struct join *join = joining->join;
	uint32_t *numbers CLEANUP(free_pointer) = count_rows(joining);
	struct use_row *rows =
		arena_alloc(&join->arena, snapshot->running_count * sizeof(*rows));

	for (size_t i = 0; i < join->use_count; i++) {
		join->uses[i].rows = rows;
		rows += join->uses[i].row_count;
		join->uses[i].row_count = 0;
	}
	for (size_t i = 0; i < snapshot->running_count; i++) {
		struct use *use = &join->uses[numbers[i]];

		use->rows[use->row_count++] = row_of(joining, &snapshot->running[i]);
	}
}

static void complete_row(const struct joining *joining, struct use_row *row)
{
	const struct live_workload *live = row->live;

	row->rolling_out =
		live && rollout_in_progress(row->running, live,
					    *newest_pod(joining, live), joining->now);
}

/*
 * Whether this scan saw what runs there.  A workload that was found in no namespace
 * (its declaration names none) might be in any that it did not see.
 */
static bool is_observed(const struct joining *joining, const char *namespace)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char *scope =
		scope_of_namespace(&arena, joining->snapshot->cluster.key, namespace);

	return namespace[0] == '\0' ? sight_observed_whole(&joining->join->sight, scope)
				    : sight_observed(&joining->join->sight, scope);
}

/* What is said of a use once all declared and running ones are known. */
static void complete_use(struct joining *joining, struct use *use)
{
	const struct declared_use *declared =
		declaration_of(joining, use->namespace, &use->object);

	use->object_declared = declared != NULL;
	use->containers_declared = declared && declared->workload;
	use->claimed = table_find(&joining->namespaces, use->namespace,
				  strlen(use->namespace)) != NULL;
	use->live = index_find(&joining->live, use->namespace, &use->object);
	use->template = rollout_template_image(use->live, use->class, use->container);
	for (size_t i = 0; i < use->row_count; i++)
		complete_row(joining, &use->rows[i]);
}

static int compare_uses(const void *left, const void *right)
{
	const struct use *a = left, *b = right;
	int order = strcmp(a->namespace, b->namespace);

	if (!order)
		order = object_id_compare(&a->object, &b->object);
	if (!order)
		order = (int)a->class - (int)b->class;
	return order ? order : strcmp(a->container, b->container);
}

/* In their order, so that what is the same for a namespace is asked once. */
static void complete_uses(struct joining *joining)
{
	struct join *join = joining->join;
	const char *namespace = NULL;
	bool observed = false;

	if (join->use_count > 1)
		qsort(join->uses, join->use_count, sizeof(*join->uses), compare_uses);
	for (size_t i = 0; i < join->use_count; i++) {
		struct use *use = &join->uses[i];

		if (!namespace || strcmp(namespace, use->namespace) != 0) {
			namespace = use->namespace;
			observed = is_observed(joining, namespace);
		}
		use->observed = observed;
		complete_use(joining, use);
	}
}

void join_make(struct join *join, struct snapshot *snapshot, int64_t now)
{
	CLEANUP(joining_release)
	struct joining joining = { .join = join, .snapshot = snapshot, .now = now };

	*join = (struct join){ .arena = ARENA_INIT };
	if (!snapshot->has_cluster) {
		sight_make(&join->sight, snapshot);
		return;
	}
	joining.newest_pods = xcalloc(snapshot->live_count, sizeof(*joining.newest_pods));
	for (size_t i = 0; i < snapshot->live_count; i++)
		index_add(&joining, &joining.live, snapshot->live[i].namespace,
			  &snapshot->live[i].object, &snapshot->live[i]);
	join_declared(&joining);
	sight_make(&join->sight, snapshot);
	join_running(&joining);
	complete_uses(&joining);
}

void join_release(struct join *join)
{
	sight_release(&join->sight);
	arena_release(&join->arena);
}
