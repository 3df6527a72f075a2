#include "source/kube_pod.h"

#include "base/timestamp.h"
#include "model/workload.h"
#include "source/kube_shape.h"

#define KEY_BYTES ((size_t)16 * 1024 * 1024)

/* Labels that say which revision of its workload a pod is of. */
static const char *const revision_labels[] = {
	KUBE_ROLLOUT_HASH,    /* Argo Rollouts */
	KUBE_POD_HASH,        /* Deployment */
	KUBE_CONTROLLER_HASH, /* StatefulSet, DaemonSet */
};

/* The pods that are equal in all that counts. */
struct pod_row {
	struct running_use use;
	struct kube_reference controller; /* kind "": there is none */
};

/* What is the same for all containers of a pod.  Borrowed from its nodes. */
struct pod_facts {
	const char *name, *namespace;
	struct kube_reference controller;
	struct platform platform;
	const char *revision, *generation;
	int64_t created_at;
	bool mirror;
};

/* What is known of one container. */
struct container_facts {
	const struct container_image *image;
	const char *image_id;
	enum running_state state;
	const char *reason;
};

void kube_pods_init(struct kube_pods *pods, struct arena *strings,
		    const struct table *platforms, bool all_phases)
{
	*pods = (struct kube_pods){
		.strings = strings,
		.platforms = platforms,
		.all_phases = all_phases,
		.rows_arena = ARENA_INIT,
		.rows = TABLE_INIT,
		.scratch = ARENA_INIT,
		.key = BUF_INIT(KEY_BYTES),
	};
}

void kube_pods_release(struct kube_pods *pods)
{
	buf_release(&pods->key);
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

static struct pod_facts read_facts(const struct kube_pods *pods, const struct node *pod)
{
	const struct node *meta = node_get(pod, "metadata");
	const struct node *pod_labels = node_get(meta, "labels");
	const char *node_name = node_text(node_get(pod, "spec"), "nodeName");
	const struct platform *platform =
		table_find(pods->platforms, node_name, strlen(node_name));
	struct pod_facts facts = {
		.name = node_text(meta, "name"),
		.namespace = node_text(meta, "namespace"),
		.controller = controller_of(meta),
		.platform = platform ? *platform : platform_make("", "", ""),
		.revision = revision_of(pod_labels),
		.generation = node_text(pod_labels, KUBE_POD_GENERATION),
		.mirror = node_get(node_get(meta, "annotations"), KUBE_MIRROR) != NULL,
	};
	struct error ignored = ERROR_INIT;

	if (!timestamp_parse(&facts.created_at, node_text(meta, "creationTimestamp"),
			     &ignored))
		facts.created_at = 0;
	return facts;
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
			const char *id =
				node_text(node_path(mount, "volumeStatus", "image", NULL),
					  "imageRef");

			if (id[0])
				return id;
		}
	}
	return "";
}

static bool is_pull_failure(const char *reason)
{
	return strcmp(reason, "ErrImagePull") == 0 ||
	       strcmp(reason, "ImagePullBackOff") == 0 ||
	       strcmp(reason, "InvalidImageName") == 0;
}

/* An imageID says that the image was there, whether the container runs or crashes. */
static void read_status(struct container_facts *facts, const struct node *pod_status)
{
	static const char *const lists[] = {
		[CLASS_CONTAINER] = "containerStatuses",
		[CLASS_INIT] = "initContainerStatuses",
		[CLASS_SIDECAR] = "initContainerStatuses",
		[CLASS_EPHEMERAL] = "ephemeralContainerStatuses",
	};
	const char *reason = "";

	if (facts->image->class == CLASS_IMAGE_VOLUME) {
		facts->image_id = mounted_image_id(pod_status, facts->image->container);
	} else {
		const struct node *found = find_named(
			pod_status, lists[facts->image->class], facts->image->container);

		facts->image_id = node_text(found, "imageID");
		reason = node_text(node_path(found, "state", "waiting", NULL), "reason");
	}
	facts->state = facts->image_id[0] ? RUNNING_STARTED : RUNNING_PENDING;
	facts->reason = "";
	if (is_pull_failure(reason)) {
		facts->state = RUNNING_FAILING;
		facts->reason = reason;
	}
}

/* A part of a key ends with a NUL, which none of them can hold. */
static void key_add(struct buf *key, const char *part)
{
	buf_add(key, part, strlen(part) + 1);
}

/* What a key ends with, after its owner. */
static void key_add_use(struct buf *key, const struct running_use *use)
{
	char platform[PLATFORM_TEXT_SIZE];

	key_add(key, use->image.container);
	key_add(key, container_class_name(use->image.class));
	key_add(key, use->image.text);
	key_add(key, use->image_id_text);
	key_add(key, platform_format(platform, &use->platform));
	key_add(key, use->revision);
	key_add(key, use->generation);
	buf_printf(key, "%d%d", (int)use->state, use->mirror);
}

/* A use that borrows from the pod, to look for its row. */
static struct running_use use_of(const struct pod_facts *pod,
				 const struct container_facts *facts)
{
	return (struct running_use){
		.namespace = pod->namespace,
		.image = *facts->image,
		.image_id_text = facts->image_id,
		.platform = pod->platform,
		.state = facts->state,
		.reason = facts->reason,
		.revision = pod->revision,
		.generation = pod->generation,
		.newest_pod_at = pod->created_at,
		.pod_count = 1,
		.pod = pod->name,
		.mirror = pod->mirror,
	};
}

static void build_key(struct buf *key, const struct pod_facts *pod,
		      const struct running_use *use)
{
	const struct kube_reference *controller = &pod->controller;

	buf_clear(key);
	key_add(key, pod->namespace);
	key_add(key, controller->uid);
	key_add(key, controller->api_version);
	key_add(key, controller->kind);
	key_add(key, controller->kind[0] ? controller->name : pod->name);
	key_add_use(key, use);
}

/* A row of its own texts. */
static struct pod_row *new_row(struct kube_pods *pods, const struct running_use *use,
			       const struct kube_reference *controller)
{
	struct pod_row *row = arena_alloc(&pods->rows_arena, sizeof(*row));
	struct arena *strings = pods->strings;

	row->use = *use;
	row->use.namespace = arena_strdup(strings, use->namespace);
	row->use.image = kube_image_copy(&use->image, strings);
	row->use.image_id_text = arena_strdup(strings, use->image_id_text);
	row->use.image_id = image_id_parse(row->use.image_id_text, strings);
	row->use.reason = arena_strdup(strings, use->reason);
	row->use.revision = arena_strdup(strings, use->revision);
	row->use.generation = arena_strdup(strings, use->generation);
	row->use.pod = arena_strdup(strings, use->pod);
	row->controller = kube_reference_copy(controller, strings);
	return row;
}

/* Add the pods of `use`, whose texts live as long as those of `into`. */
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

/* As merge(), for a use that borrows from a pod. */
static void merge_pod(struct running_use *into, const struct running_use *use,
		      struct arena *strings)
{
	struct running_use kept = *use;

	if (strcmp(use->pod, into->pod) < 0) {
		kept.pod = arena_strdup(strings, use->pod);
		kept.reason = arena_strdup(strings, use->reason);
	}
	merge(into, &kept);
}

static void fold_container(struct kube_pods *pods, const struct pod_facts *pod,
			   const struct container_facts *facts)
{
	const struct running_use use = use_of(pod, facts);
	const char **key;
	void **slot;

	build_key(&pods->key, pod, &use);
	slot = table_slot(&pods->rows, pods->key.data, pods->key.length, &key);
	if (*slot) {
		merge_pod(&((struct pod_row *)*slot)->use, &use, pods->strings);
		return;
	}
	*key = arena_strndup(&pods->rows_arena, pods->key.data, pods->key.length);
	*slot = new_row(pods, &use, &pod->controller);
}

bool kube_pods_fold(struct kube_pods *pods, const struct node *pod, struct error *err)
{
	const struct pod_facts facts = read_facts(pods, pod);
	const struct node *pod_status = node_get(pod, "status");
	struct image_field *fields;
	size_t count;

	pods->count++;
	if (!pods->all_phases && has_ended(pod)) {
		pods->ended_count++;
		return true;
	}
	arena_clear(&pods->scratch);
	fields = pod_spec_images(node_get(pod, "spec"), &pods->scratch, &count);
	if (count > KUBE_POD_IMAGES)
		return error_set(err, ERROR_LIMIT, "pod '%s' has more than %d images",
				 facts.name, KUBE_POD_IMAGES);
	for (size_t i = 0; i < count; i++) {
		struct container_facts one = { .image = &fields[i].image };

		read_status(&one, pod_status);
		fold_container(pods, &facts, &one);
	}
	return true;
}

/* A pod that nobody controls is its own owner. */
static void set_owners(struct pod_row *row, const struct kube_owners *owners,
		       struct arena *arena)
{
	struct running_use *use = &row->use;

	use->owner_count =
		kube_owners_chain(owners, &row->controller, arena, use->owners);
	if (use->owner_count == 0)
		use->owners[use->owner_count++] =
			(struct object_id){ "", "Pod", use->pod };
}

/* The order of the snapshot: by namespace, then by owner from the topmost down. */
static void build_final_key(struct buf *key, const struct running_use *use)
{
	buf_clear(key);
	key_add(key, use->namespace);
	for (size_t i = use->owner_count; i-- > 0;) {
		key_add(key, use->owners[i].kind);
		key_add(key, use->owners[i].name);
		key_add(key, use->owners[i].api_group);
	}
	key_add(key, "");
	key_add_use(key, use);
}

static int compare_entries(const void *a, const void *b)
{
	const struct table_entry *x = a, *y = b;
	size_t common = x->length < y->length ? x->length : y->length;
	int order = memcmp(x->key, y->key, common);

	return order ? order : (x->length > y->length) - (x->length < y->length);
}

void kube_pods_finish(struct kube_pods *pods, const struct kube_owners *owners,
		      struct snapshot *snapshot)
{
	CLEANUP(table_release) struct table uses = TABLE_INIT;

	/* Owners that differ in their uid alone are one to people and to the store. */
	for (size_t i = 0; i < pods->rows.count; i++) {
		struct pod_row *row = pods->rows.entries[i].value;
		const char **key;
		void **slot;

		set_owners(row, owners, pods->strings);
		build_final_key(&pods->key, &row->use);
		slot = table_slot(&uses, pods->key.data, pods->key.length, &key);
		if (*slot) {
			merge(*slot, &row->use);
			continue;
		}
		*key = arena_strndup(&pods->rows_arena, pods->key.data, pods->key.length);
		*slot = &row->use;
	}
	if (uses.count)
		qsort(uses.entries, uses.count, sizeof(*uses.entries), compare_entries);
	for (size_t i = 0; i < uses.count; i++)
		snapshot_add_running(snapshot, uses.entries[i].value);
	snapshot->pod_count += pods->count;
	snapshot->ended_pod_count += pods->ended_count;
}
