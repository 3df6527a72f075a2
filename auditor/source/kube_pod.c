#include "source/kube_pod.h"

#include "base/timestamp.h"
#include "model/workload.h"
#include "source/kube_label.h"
#include "source/kube_shape.h"

#define ENDING_SECONDS 120 /* of which clocks may differ, and a node may be late */

/* Labels that say which revision of its workload a pod is of. */
static const char *const revision_labels[] = {
	KUBE_ROLLOUT_HASH,    /* Argo Rollouts */
	KUBE_POD_HASH,        /* Deployment */
	KUBE_CONTROLLER_HASH, /* StatefulSet, DaemonSet */
};

/*
 * What pods are equal in.  Every text is the pool's one copy, so equal keys are equal
 * bytes.
 */
struct row_key {
	const char *namespace;
	struct kube_reference controller; /* kind "": there is none */
	struct kube_label label;          /* names an owner above */
	const char *own_name;             /* of a pod without a controller, else "" */
	const char *container, *text, *image_id;
	const char *platform; /* "linux/amd64" */
	const char *node;     /* whose platform is to be looked up at the end, or "" */
	const char *revision, *generation;
	enum container_class class;
	enum running_state state;
	uint64_t mirror, ending; /* so wide that there is no padding */
};

/* The pods that are equal in their key. */
struct pod_row {
	struct row_key key;
	const char *pod;    /* the first by name */
	const char *reason; /* why its container waits */
	int64_t newest_pod_at;
	uint32_t pod_count;
};

/* What is read of a pod besides its key.  Borrowed from its nodes. */
struct pod_facts {
	const char *name;
	const char *reason;
	int64_t created_at;
};

void kube_pods_init(struct kube_pods *pods, struct pool *pool,
		    const struct table *platforms, bool all_phases)
{
	*pods = (struct kube_pods){
		.pool = pool,
		.platforms = platforms,
		.all_phases = all_phases,
		.rows_arena = ARENA_INIT,
		.rows = TABLE_INIT,
		.scratch = ARENA_INIT,
	};
}

void kube_pods_release(struct kube_pods *pods)
{
	table_release(&pods->rows);
	arena_release(&pods->scratch);
	arena_release(&pods->rows_arena);
}

void kube_pods_forget(struct kube_pods *pods)
{
	table_release(&pods->rows);
	arena_clear(&pods->rows_arena);
	pods->count = 0;
	pods->ended_count = 0;
}

const char *kube_pods_words(uint32_t count, uint32_t ended_count, struct arena *arena)
{
	const char *words =
		arena_printf(arena, "%u pod%s", (unsigned)count, count == 1 ? "" : "s");

	if (ended_count == 0)
		return words;
	return arena_printf(arena, "%s, %u ended one%s left out", words,
			    (unsigned)ended_count, ended_count == 1 ? "" : "s");
}

static bool has_ended(const struct node *pod)
{
	const char *phase = node_text(node_get(pod, "status"), "phase");

	return strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0;
}

static const char *revision_of(const struct node *pod_labels)
{
	const char *revision = "";

	for (size_t i = 0; i < ARRAY_LENGTH(revision_labels) && !revision[0]; i++)
		revision = node_text(pod_labels, revision_labels[i]);
	return revision;
}

/* A static pod's mirror is controlled by its Node, which says nothing about images. */
static struct kube_reference controller_of(const struct node *pod_metadata)
{
	struct kube_reference controller = kube_reference_of(pod_metadata);

	if (strcmp(controller.kind, "Node") == 0)
		return (struct kube_reference){ "", "", "", "" };
	return controller;
}

/* 0 where it is no time. */
static int64_t time_of(const struct node *meta, const char *key)
{
	struct error ignored = ERROR_INIT;
	int64_t seconds;

	return timestamp_parse(&seconds, node_text(meta, key), &ignored) ? seconds : 0;
}

/* The API server puts the end of the grace period there.  What is later is stuck. */
static bool is_ending(const struct kube_pods *pods, const struct node *meta)
{
	int64_t end = time_of(meta, "deletionTimestamp");

	return end && pods->now < end + ENDING_SECONDS;
}

/* "linux/amd64", or "" where the node is not known. */
static const char *platform_of(const struct kube_pods *pods, const char *node)
{
	const char *platform = table_find(pods->platforms, node, strlen(node));

	return platform ? platform : "";
}

/* What is the same for all containers of a pod. */
static struct row_key pod_key(const struct kube_pods *pods, const struct node *pod)
{
	struct pool *pool = pods->pool;
	const struct node *meta = node_get(pod, "metadata");
	const struct node *pod_labels = node_get(meta, "labels");
	const struct kube_reference controller = controller_of(meta);
	const char *own = controller.kind[0] ? "" : node_text(meta, "name");
	const char *node = node_text(node_get(pod, "spec"), "nodeName");

	return (struct row_key){
		.namespace = pool_keep(pool, node_text(meta, "namespace")),
		.controller = kube_reference_copy(&controller, pool),
		.label = kube_label_read(pod_labels, pool),
		.own_name = pool_keep(pool, own),
		.platform =
			pool_keep(pool, pods->late_nodes ? "" : platform_of(pods, node)),
		.node = pool_keep(pool, pods->late_nodes ? node : ""),
		.revision = pool_keep(pool, revision_of(pod_labels)),
		.generation = pool_keep(pool, node_text(pod_labels, KUBE_POD_GENERATION)),
		.mirror = node_get(node_get(meta, "annotations"), KUBE_MIRROR) != NULL,
		.ending = is_ending(pods, meta),
	};
}

/* The item of that name; the order of statuses is not that of the spec. */
static const struct node *find_named(const struct node *parent, const char *key,
				     const char *name)
{
	size_t count;
	struct node **items = node_items(parent, key, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(node_text(items[i], "name"), name) == 0)
			return items[i];
	}
	return NULL;
}

/* What a runtime reports for an image volume, at one of its mounts. */
static const char *mounted_image_id(const struct node *pod_status, const char *name)
{
	static const char *const lists[] = { "containerStatuses",
					     "initContainerStatuses" };

	for (size_t list = 0; list < ARRAY_LENGTH(lists); list++) {
		size_t count;
		struct node **items = node_items(pod_status, lists[list], &count);

		for (size_t i = 0; i < count; i++) {
			const struct node *mount =
				find_named(items[i], "volumeMounts", name);
			const struct node *volume = node_get(mount, "volumeStatus");
			const char *id = node_text(node_get(volume, "image"), "imageRef");

			if (id[0])
				return id;
		}
	}
	return "";
}

/* What the kubelet says of images (pkg/kubelet/images/types.go; cri-api, errors). */
static bool is_pull_failure(const char *reason)
{
	static const char *const reasons[] = {
		"ErrImagePull",
		"ImagePullBackOff",
		"InvalidImageName",
		"ErrImageNeverPull",
		"ImageInspectError",
		"RegistryUnavailable",
		"SignatureValidationFailed",
	};
	bool found = false;

	for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++)
		found |= strcmp(reason, reasons[i]) == 0;
	return found;
}

/*
 * Complete the key by a container's image and status; returns why it waits.  An imageID
 * says that the image was there, whether the container runs or crashes.
 */
static const char *add_container(struct row_key *key, struct pool *pool,
				 const struct pod_images *image,
				 const struct node *pod_status)
{
	static const char *const lists[] = {
		[CLASS_CONTAINER] = "containerStatuses",
		[CLASS_INIT] = "initContainerStatuses",
		[CLASS_SIDECAR] = "initContainerStatuses",
		[CLASS_EPHEMERAL] = "ephemeralContainerStatuses",
	};
	const char *id, *reason = "";

	if (image->class == CLASS_IMAGE_VOLUME) {
		id = mounted_image_id(pod_status, image->container);
	} else {
		const struct node *found =
			find_named(pod_status, lists[image->class], image->container);

		id = node_text(found, "imageID");
		reason = node_text(node_get(node_get(found, "state"), "waiting"),
				   "reason");
	}
	key->container = pool_keep(pool, image->container);
	key->text = pool_keep(pool, node_text(image->owner, image->field));
	key->image_id = pool_keep(pool, id);
	key->class = image->class;
	key->state = id[0] ? RUNNING_STARTED : RUNNING_PENDING;
	if (!is_pull_failure(reason))
		return "";
	key->state = RUNNING_FAILING;
	return reason;
}

/* The row of a key, made at the first call. */
static struct pod_row *find_row(struct kube_pods *pods, const struct row_key *key)
{
	const char **kept;
	void **slot = table_slot(&pods->rows, (const char *)key, sizeof(*key), &kept);
	struct pod_row *row = *slot;

	if (!row) {
		row = arena_alloc(&pods->rows_arena, sizeof(*row));
		row->key = *key;
		*kept = (const char *)&row->key;
		*slot = row;
	}
	return row;
}

static void count_pod(struct kube_pods *pods, struct pod_row *row,
		      const struct pod_facts *facts)
{
	if (!row->pod_count++ || strcmp(facts->name, row->pod) < 0) {
		row->pod = pool_keep(pods->pool, facts->name);
		row->reason = pool_keep(pods->pool, facts->reason);
	}
	if (facts->created_at > row->newest_pod_at)
		row->newest_pod_at = facts->created_at;
}

/* A ServiceAccount's own were copied into the pod when it was admitted. */
static void note_pull_secrets(const struct kube_pods *pods, const struct node *pod)
{
	size_t count;
	struct node **items =
		node_items(node_get(pod, "spec"), "imagePullSecrets", &count);
	const char *namespace = node_text(node_get(pod, "metadata"), "namespace");

	for (size_t i = 0; i < count; i++)
		pull_secrets_name(pods->pull_secrets, namespace,
				  node_text(items[i], "name"));
}

bool kube_pods_fold(struct kube_pods *pods, const struct node *pod, struct error *err)
{
	const struct node *meta = node_get(pod, "metadata");
	struct pod_facts facts = { node_text(meta, "name"), "",
				   time_of(meta, "creationTimestamp") };
	struct pod_images images = { .pod_spec = node_get(pod, "spec") };
	const struct node *pod_status = node_get(pod, "status");
	unsigned count = 0;
	struct row_key key;

	pods->count++;
	if (!pods->all_phases && has_ended(pod)) {
		pods->ended_count++;
		return true;
	}
	if (pods->pull_secrets)
		note_pull_secrets(pods, pod);
	key = pod_key(pods, pod);
	while (pod_images_next(&images)) {
		if (count++ == KUBE_POD_IMAGES)
			return error_set(err, ERROR_LIMIT,
					 "pod '%s' has more than %d images", facts.name,
					 KUBE_POD_IMAGES);
		facts.reason = add_container(&key, pods->pool, &images, pod_status);
		count_pod(pods, find_row(pods, &key), &facts);
	}
	return count > 0 ||
	       error_set(err, ERROR_SYNTAX, "pod '%s' shows no containers", facts.name);
}

static void merge_rows(struct pod_row *into, const struct pod_row *row)
{
	into->pod_count += row->pod_count;
	if (row->newest_pod_at > into->newest_pod_at)
		into->newest_pod_at = row->newest_pod_at;
	if (strcmp(row->pod, into->pod) < 0) {
		into->pod = row->pod;
		into->reason = row->reason;
	}
}

/* All nodes are known: what differed in its node alone is one row now. */
static void place_on_platforms(struct kube_pods *pods)
{
	CLEANUP(table_release) struct table by_node = pods->rows;

	pods->rows = (struct table)TABLE_INIT;
	for (size_t i = 0; i < by_node.count; i++) {
		struct pod_row *row = by_node.entries[i].value;
		const char **kept;
		void **slot;

		row->key.platform =
			pool_keep(pods->pool, platform_of(pods, row->key.node));
		row->key.node = pool_keep(pods->pool, "");
		slot = table_slot(&pods->rows, (const char *)&row->key, sizeof(row->key),
				  &kept);
		if (*slot) {
			merge_rows(*slot, row);
			continue;
		}
		*kept = (const char *)&row->key;
		*slot = row;
	}
}

/* A pod that nobody controls is its own owner. */
static void set_owners(struct running_use *use, const struct row_key *key,
		       const struct kube_owners *owners, struct pool *pool)
{
	use->owner_count = kube_owners_chain(owners, &key->controller, pool, use->owners);
	if (use->owner_count == 0)
		use->owners[use->owner_count++] =
			(struct object_id){ "", "Pod", key->own_name };
	kube_label_extend(&key->label, use);
}

/* As image_id_parse(), with texts that are kept in the pool. */
static struct image_id read_image_id(struct kube_pods *pods, const char *text)
{
	struct image_id id = image_id_parse(text, &pods->scratch);

	id.registry = pool_keep(pods->pool, id.registry);
	id.repository = pool_keep(pods->pool, id.repository);
	return id;
}

static struct container_image read_image(struct kube_pods *pods,
					 const struct row_key *key)
{
	struct container_image image = { .container = key->container,
					 .class = key->class };

	container_image_read(&image, &pods->scratch, key->text);
	return kube_image_copy(&image, pods->pool);
}

static void fill_use(struct running_use *use, struct kube_pods *pods,
		     const struct pod_row *row, const struct kube_owners *owners)
{
	const struct row_key *key = &row->key;

	arena_clear(&pods->scratch);
	*use = (struct running_use){
		.namespace = key->namespace,
		.image = read_image(pods, key),
		.image_id_text = key->image_id,
		.image_id = read_image_id(pods, key->image_id),
		.platform = platform_parse(key->platform),
		.state = key->state,
		.reason = row->reason,
		.revision = key->revision,
		.generation = key->generation,
		.newest_pod_at = row->newest_pod_at,
		.pod_count = row->pod_count,
		.pod = row->pod,
		.mirror = key->mirror,
		.ending = key->ending,
	};
	set_owners(use, key, owners, pods->pool);
}

/* From the topmost down: what belongs together stands together. */
static int compare_owners(const struct running_use *a, const struct running_use *b)
{
	size_t i = a->owner_count, j = b->owner_count;
	int order = 0;

	while (!order && i > 0 && j > 0)
		order = object_id_compare(&a->owners[--i], &b->owners[--j]);
	return order ? order : (i > 0) - (j > 0);
}

/* The order of the snapshot; 0 where two uses are one. */
static int compare_uses(const void *one, const void *other)
{
	const struct running_use *a = one, *b = other;
	const char *const pairs[][2] = {
		{ a->image.container, b->image.container },
		{ a->image.text, b->image.text },
		{ a->image_id_text, b->image_id_text },
		{ a->platform.os, b->platform.os },
		{ a->platform.architecture, b->platform.architecture },
		{ a->revision, b->revision },
		{ a->generation, b->generation },
	};
	int order = strcmp(a->namespace, b->namespace);

	if (!order)
		order = compare_owners(a, b);
	for (size_t i = 0; i < ARRAY_LENGTH(pairs) && !order; i++)
		order = strcmp(pairs[i][0], pairs[i][1]);
	if (!order)
		order = (int)a->image.class - (int)b->image.class;
	if (!order)
		order = (int)a->state - (int)b->state;
	if (!order)
		order = a->ending - b->ending;
	return order ? order : a->mirror - b->mirror;
}

/* Owners that differ in their uid alone are one to people and to the store. */
static void merge(struct running_use *into, const struct running_use *use)
{
	into->pod_count += use->pod_count;
	if (use->newest_pod_at > into->newest_pod_at)
		into->newest_pod_at = use->newest_pod_at;
	if (strcmp(use->pod, into->pod) < 0) {
		into->pod = use->pod;
		into->reason = use->reason;
	}
}

/* Of sorted uses; returns how many are left. */
static size_t merge_equal(struct running_use *uses, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && compare_uses(&uses[kept - 1], &uses[i]) == 0)
			merge(&uses[kept - 1], &uses[i]);
		else
			uses[kept++] = uses[i];
	}
	return kept;
}

void kube_pods_finish(struct kube_pods *pods, const struct kube_owners *owners,
		      struct snapshot *snapshot)
{
	struct running_use *uses;
	size_t count;

	if (pods->late_nodes)
		place_on_platforms(pods);
	count = pods->rows.count;
	uses = snapshot_extend_running(snapshot, count);

	for (size_t i = 0; i < count; i++)
		fill_use(&uses[i], pods, pods->rows.entries[i].value, owners);
	snapshot->pod_count += pods->count;
	snapshot->ended_pod_count += pods->ended_count;
}

void kube_pods_settle(struct snapshot *snapshot)
{
	struct running_use *uses = snapshot->running;

	if (snapshot->running_count == 0)
		return;
	qsort(uses, snapshot->running_count, sizeof(*uses), compare_uses);
	snapshot->running_count = merge_equal(uses, snapshot->running_count);
}
