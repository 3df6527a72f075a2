#include "drift/nameless.h"

#include "drift/custom.h"
#include "drift/object_key.h"
#include "drift/reference.h"
#include "model/workload.h"

/* Where workloads of one kind and name are. */
struct places {
	const char *namespace; /* of the first; NULL while there is none */
	bool several;
};

/* One declared object against the one workload that may be meant. */
struct likeness {
	size_t same, other; /* containers with the same repository, with another one */
};

static struct buf container_key(const struct object_id *object,
				const struct container_image *image)
{
	struct buf key = object_key("", object);

	buf_add_part(&key, container_class_name(image->class));
	buf_add_part(&key, image->container);
	return key;
}

/* The value of a key, made of `size` bytes where it is new. */
static void *value_of(struct nameless *nameless, struct table *table,
		      const struct buf *key, size_t size)
{
	void **slot = object_slot(table, &nameless->arena, key);

	if (!*slot)
		*slot = arena_alloc(&nameless->arena, size);
	return *slot;
}

static struct places *places_of(const struct nameless *nameless,
				const struct object_id *object)
{
	return object_find(&nameless->workloads, "", object);
}

static bool is_nameless(const struct declared_use *use)
{
	return use->namespace[0] == '\0' && (use->workload || custom_is_declared(use));
}

/* What a custom resource's fields are looked for by; marked by a key of its own. */
static struct buf repository_key(const struct object_id *object,
				 const struct image_ref *ref)
{
	struct buf key = object_key("", object);

	buf_add_part(&key, "repository");
	buf_add_part(&key, ref->registry);
	buf_add_part(&key, ref->repository);
	return key;
}

/* Of pods of a custom resource no container is known by name. */
static void keep_repository(struct nameless *nameless, const struct object_id *object,
			    const struct container_image *image)
{
	CLEANUP(buf_release) struct buf key = BUF_KEY_INIT;

	if (image->state != REFERENCE_OK ||
	    workload_kind_find(object->api_group, object->kind))
		return;
	key = repository_key(object, &image->ref);
	*object_slot(&nameless->containers, &nameless->arena, &key) = nameless;
}

static bool has_repository(const struct nameless *nameless,
			   const struct object_id *object, const struct image_ref *ref)
{
	CLEANUP(buf_release) struct buf key = repository_key(object, ref);

	return table_find(&nameless->containers, key.data, key.length) != NULL;
}

/* The first of a container that is met stands for it. */
static void keep_image(struct nameless *nameless, const struct object_id *object,
		       const struct container_image *image)
{
	CLEANUP(buf_release) struct buf key = container_key(object, image);
	void **slot = object_slot(&nameless->containers, &nameless->arena, &key);

	if (!*slot)
		*slot = (void *)(uintptr_t)image;
}

/* A container of a workload in the cluster, which may be one that is looked for. */
static void add_image(struct nameless *nameless, const char *namespace,
		      const struct object_id *object, const struct container_image *image)
{
	struct places *places = places_of(nameless, object);

	if (!places)
		return;

	if (!places->namespace)
		places->namespace = namespace;
	else if (strcmp(places->namespace, namespace) != 0)
		places->several = true;
	keep_image(nameless, object, image);
	keep_repository(nameless, object, image);
}

static void add_cluster(struct nameless *nameless, const struct snapshot *snapshot,
			size_t number)
{
	for (size_t i = 0; i < snapshot->live_count; i++) {
		const struct live_workload *live = &snapshot->live[i];

		for (size_t j = 0; j < live->image_count && live->cluster == number; j++)
			add_image(nameless, live->namespace, &live->object,
				  &live->images[j]);
	}
	for (size_t i = 0; i < snapshot->running_count; i++) {
		const struct running_use *running = &snapshot->running[i];

		for (size_t j = 0; j < running->owner_count && running->cluster == number;
		     j++)
			add_image(nameless, running->namespace, &running->owners[j],
				  &running->image);
	}
}

/* The repository as it is declared, or as the policy says that the cluster makes it. */
static bool is_repository(struct nameless *nameless, const struct policy *policy,
			  const struct image_ref *live, const struct image_ref *declared)
{
	struct image_ref rewritten =
		reference_rewrite(policy, &nameless->arena, declared);

	return image_ref_same_repository(live, declared) ||
	       image_ref_same_repository(live, &rewritten);
}

/* Whether some pod of the custom resource runs something from the repository. */
static void look_for(struct nameless *nameless, const struct policy *policy,
		     const struct declared_use *use, struct likeness *likeness)
{
	struct image_ref rewritten;

	if (use->image.state != REFERENCE_OK)
		return;
	rewritten = reference_rewrite(policy, &nameless->arena, &use->image.ref);
	if (has_repository(nameless, &use->object, &use->image.ref) ||
	    has_repository(nameless, &use->object, &rewritten))
		likeness->same++;
}

/* Compare one declared container with that of the workload. */
static void compare(struct nameless *nameless, const struct policy *policy,
		    const struct declared_use *use)
{
	CLEANUP(buf_release)
	struct buf object = object_key(declared_home(use), &use->object);
	CLEANUP(buf_release)
	struct buf container = container_key(&use->object, &use->image);
	struct likeness *likeness =
		value_of(nameless, &nameless->objects, &object, sizeof(*likeness));
	const struct container_image *image =
		table_find(&nameless->containers, container.data, container.length);

	if (!use->workload) {
		look_for(nameless, policy, use, likeness);
		return;
	}
	if (!image || image->state != REFERENCE_OK || use->image.state != REFERENCE_OK)
		return;
	if (is_repository(nameless, policy, &image->ref, &use->image.ref))
		likeness->same++;
	else
		likeness->other++;
}

void nameless_make(struct nameless *nameless, const struct snapshot *snapshot,
		   const struct scanned_cluster *cluster)
{
	*nameless = (struct nameless){ .arena = ARENA_INIT };
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		CLEANUP(buf_release)
		struct buf key = object_key("", &snapshot->declared[i].object);

		if (is_nameless(&snapshot->declared[i]))
			value_of(nameless, &nameless->workloads, &key,
				 sizeof(struct places));
	}
	if (nameless->workloads.count == 0)
		return;
	add_cluster(nameless, snapshot, (size_t)(cluster - snapshot->clusters));
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		if (is_nameless(&snapshot->declared[i]))
			compare(nameless, &snapshot->policy, &snapshot->declared[i]);
	}
}

void nameless_release(struct nameless *nameless)
{
	table_release(&nameless->workloads);
	table_release(&nameless->containers);
	table_release(&nameless->objects);
	arena_release(&nameless->arena);
}

const char *nameless_namespace(const struct nameless *nameless,
			       const struct declared_use *use)
{
	const struct places *places = places_of(nameless, &use->object);
	const struct likeness *likeness =
		object_find(&nameless->objects, declared_home(use), &use->object);

	if (!places || !places->namespace)
		return "";
	if (places->several || !likeness || likeness->same == 0 || likeness->other > 0)
		return NULL;
	return places->namespace;
}
