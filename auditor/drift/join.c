#include "drift/join.h"

#include "drift/rollout.h"
#include "model/scope.h"
#include "model/workload.h"

bool snapshot_asked(const struct snapshot *snapshot, const char *scope)
{
	for (size_t i = 0; i < snapshot->coverage_count; i++) {
		if (scope_within(scope, snapshot->coverage[i].scope))
			return true;
	}
	return false;
}

bool snapshot_observed(const struct snapshot *snapshot, const char *scope)
{
	bool observed = false;

	for (size_t i = 0; i < snapshot->coverage_count && !observed; i++)
		observed = snapshot->coverage[i].observed &&
			   scope_within(scope, snapshot->coverage[i].scope);
	for (size_t i = 0; i < snapshot->gap_count && observed; i++) {
		const char *hidden = snapshot->gaps[i].scope;

		observed = hidden[0] == '\0' || !scope_within(scope, hidden);
	}
	return observed;
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

/* A key of parts that hold no NUL: each is ended by one. */
static struct buf object_key(const char *namespace, const struct object_id *object)
{
	struct buf key = BUF_INIT(8192);

	buf_add(&key, namespace, strlen(namespace) + 1);
	buf_add(&key, object->api_group, strlen(object->api_group) + 1);
	buf_add(&key, object->kind, strlen(object->kind) + 1);
	buf_add(&key, object->name, strlen(object->name) + 1);
	return key;
}

/* Put a value under a key that is kept in the join's arena; the first one stays. */
static void index_add(struct join *join, struct table *table, const struct buf *key,
		      const void *value)
{
	const char **key_kept;
	void **slot = table_slot(table, buf_text(key), key->length, &key_kept);

	if (*slot)
		return;
	*key_kept = arena_strndup(&join->arena, buf_text(key), key->length);
	*slot = (void *)(uintptr_t)value;
}

static const void *index_find(const struct table *table, const char *namespace,
			      const struct object_id *object)
{
	CLEANUP(buf_release) struct buf key = object_key(namespace, object);

	return table_find(table, buf_text(&key), key.length);
}

/* The use of a key, made where it is new. */
static struct use *use_of(struct join *join, const char *namespace,
			  const struct object_id *object, enum container_class class,
			  const char *container)
{
	CLEANUP(buf_release) struct buf key = object_key(namespace, object);
	const char **key_kept;
	void **slot;

	buf_printf(&key, "%d%s", (int)class, container);
	slot = table_slot(&join->index, buf_text(&key), key.length, &key_kept);
	if (!*slot) {
		*key_kept = arena_strndup(&join->arena, buf_text(&key), key.length);
		join->uses = arena_grow(&join->arena, join->uses, join->use_count,
					sizeof(*join->uses));
		join->uses[join->use_count++] = (struct use){
			.namespace = namespace,
			.object = *object,
			.class = class,
			.container = container,
		};
		*slot = (void *)(uintptr_t)join->use_count;
	}
	return &join->uses[(size_t)(uintptr_t)*slot - 1];
}

/* Where workloads of one kind and name stand, for declarations without a namespace. */
struct candidates {
	const char *namespace; /* of the first */
	size_t count;          /* namespaces that have one */
	bool same_repository;  /* some container of the first has the declared repository
				*/
};

static void candidate_add(struct candidates *found, const char *namespace,
			  const struct container_image *image,
			  const struct declared_use *use)
{
	if (found->count == 0 || strcmp(found->namespace, namespace) != 0) {
		if (found->count++ == 0)
			found->namespace = namespace;
	}
	if (found->count == 1 && image->state == REFERENCE_OK &&
	    use->image.state == REFERENCE_OK &&
	    image_ref_same_repository(&image->ref, &use->image.ref))
		found->same_repository = true;
}

static struct candidates find_candidates(const struct snapshot *snapshot,
					 const struct declared_use *use)
{
	struct object_id wanted = normal_object(&use->object);
	struct candidates found = { "", 0, false };

	for (size_t i = 0; i < snapshot->live_count; i++) {
		const struct live_workload *live = &snapshot->live[i];

		for (size_t j = 0; j < live->image_count; j++) {
			if (object_id_equal(&live->object, &wanted))
				candidate_add(&found, live->namespace, &live->images[j],
					      use);
		}
	}
	for (size_t i = 0; i < snapshot->running_count; i++) {
		const struct running_use *running = &snapshot->running[i];

		for (size_t j = 0; j < running->owner_count; j++) {
			if (object_id_equal(&running->owners[j], &wanted))
				candidate_add(&found, running->namespace, &running->image,
					      use);
		}
	}
	return found;
}

/*
 * The namespace of a declaration that names none: the one that is scanned; else that of
 * the lone workload of its kind and name, if it is of the same repository.  NULL
 * where it cannot be told; "" where all of the cluster was seen and holds none.
 */
static const char *declared_namespace(struct snapshot *snapshot,
				      const struct declared_use *use)
{
	struct candidates found;
	const char *subject;

	if (use->namespace[0] != '\0')
		return use->namespace;
	if (snapshot->namespace[0] != '\0')
		return snapshot->namespace;
	found = find_candidates(snapshot, use);
	if (found.count == 0)
		return "";
	if (found.count == 1 && found.same_repository)
		return found.namespace;
	subject = arena_printf(&snapshot->arena, "%s: %s %s", use->path, use->object.kind,
			       use->object.name);
	snapshot_add_gap(snapshot, GAP_NAMESPACE_UNKNOWN, subject,
			 "the manifest names no namespace, and the cluster does not tell "
			 "which one "
			 "is meant: name it in the manifest or with -n",
			 scope_of_path(&snapshot->arena, snapshot->tree, use->path));
	return NULL;
}

static bool same_reference(const struct container_image *a,
			   const struct container_image *b)
{
	return strcmp(a->text, b->text) == 0;
}

static void add_rival(struct snapshot *snapshot, struct use *use,
		      const struct declared_use *rival)
{
	use->rival = rival;
	snapshot_add_gap(
		snapshot, GAP_AMBIGUOUS_DECLARATION,
		arena_printf(&snapshot->arena, "%s %s, container %s", use->object.kind,
			     use->object.name, use->container),
		arena_printf(&snapshot->arena,
			     "%s:%u declares %s, %s:%u declares %s: scan the one that is "
			     "meant for this cluster",
			     use->declared->path, (unsigned)use->declared->line,
			     use->declared->image.text, rival->path,
			     (unsigned)rival->line, rival->image.text),
		"");
}

static void join_declared(struct join *join, struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		struct declared_use *declared = &snapshot->declared[i];
		struct object_id object = normal_object(&declared->object);
		const char *namespace;
		struct use *use;

		if (!declared->workload)
			continue;
		namespace = declared_namespace(snapshot, declared);
		if (!namespace)
			continue;
		declared->namespace = namespace;
		CLEANUP(buf_release) struct buf key = object_key(namespace, &object);

		index_add(join, &join->objects, &key, declared);
		index_add(join, &join->namespaces,
			  &(struct buf){ .data = (char *)(uintptr_t) namespace,
					 .length = strlen(namespace) },
			  declared);
		if (snapshot->namespace[0] != '\0' &&
		    strcmp(namespace, snapshot->namespace) != 0)
			continue;
		use = use_of(join, namespace, &object, declared->image.class,
			     declared->image.container);
		if (!use->declared)
			use->declared = declared;
		else if (!same_reference(&use->declared->image, &declared->image))
			add_rival(snapshot, use, declared);
	}
}

/* The owner that a manifest declares, nearest to the pod; else the topmost. */
static const struct object_id *joined_owner(const struct join *join,
					    const struct running_use *running)
{
	for (size_t i = 0; i < running->owner_count; i++) {
		if (index_find(&join->objects, running->namespace, &running->owners[i]))
			return &running->owners[i];
	}
	return &running->owners[running->owner_count - 1];
}

/* The live workload whose template makes the pods: the topmost that has one. */
static const struct live_workload *template_owner(const struct join *join,
						  const struct running_use *running)
{
	const struct live_workload *live = NULL;

	for (size_t i = running->owner_count; i > 0 && !live; i--)
		live = index_find(&join->live, running->namespace,
				  &running->owners[i - 1]);
	return live && live->has_template ? live : NULL;
}

static const struct container_image *template_image(const struct live_workload *live,
						    enum container_class class,
						    const char *container)
{
	for (size_t i = 0; live && i < live->image_count; i++) {
		if (live->images[i].class == class &&
		    strcmp(live->images[i].container, container) == 0)
			return &live->images[i];
	}
	return NULL;
}

static void join_running(struct join *join, const struct snapshot *snapshot, int64_t now)
{
	for (size_t i = 0; i < snapshot->running_count; i++) {
		const struct running_use *running = &snapshot->running[i];
		const struct live_workload *live;
		const struct container_image *image;
		struct use_row row;
		struct use *use;

		if (running->owner_count == 0)
			continue;
		use = use_of(join, running->namespace, joined_owner(join, running),
			     running->image.class, running->image.container);
		live = template_owner(join, running);
		image = template_image(live, running->image.class,
				       running->image.container);
		row = (struct use_row){
			.running = running,
			.live = live,
			.rolling_out = rollout_in_progress(snapshot, running, live, now),
			.from_template = image && rollout_is_current(running, live) &&
					 same_reference(image, &running->image),
		};
		use->rows =
			arena_grow(&join->arena, use->rows, use->row_count, sizeof(row));
		use->rows[use->row_count++] = row;
	}
}

/* What is said of a use once all declared and running ones are known. */
static void complete_use(struct join *join, const struct snapshot *snapshot,
			 struct use *use)
{
	const char *scope =
		scope_of_namespace(&join->arena, snapshot->cluster.key, use->namespace);

	use->object_declared =
		index_find(&join->objects, use->namespace, &use->object) != NULL;
	use->claimed = table_find(&join->namespaces, use->namespace,
				  strlen(use->namespace)) != NULL;
	use->observed = snapshot->has_cluster && snapshot_observed(snapshot, scope);
	use->live = index_find(&join->live, use->namespace, &use->object);
	use->template = template_image(use->live, use->class, use->container);
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

void join_make(struct join *join, struct snapshot *snapshot, int64_t now)
{
	*join = (struct join){ .arena = ARENA_INIT };
	if (!snapshot->has_cluster)
		return;
	for (size_t i = 0; i < snapshot->live_count; i++) {
		CLEANUP(buf_release)
		struct buf key = object_key(snapshot->live[i].namespace,
					    &snapshot->live[i].object);

		index_add(join, &join->live, &key, &snapshot->live[i]);
	}
	join_declared(join, snapshot);
	join_running(join, snapshot, now);
	for (size_t i = 0; i < join->use_count; i++)
		complete_use(join, snapshot, &join->uses[i]);
	if (join->use_count > 1)
		qsort(join->uses, join->use_count, sizeof(*join->uses), compare_uses);
}

void join_release(struct join *join)
{
	table_release(&join->index);
	table_release(&join->objects);
	table_release(&join->live);
	table_release(&join->namespaces);
	arena_release(&join->arena);
}
