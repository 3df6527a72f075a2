#include "source/kube_observation.h"

#include "source/kube_shape.h"

#define BODY_BYTES ((size_t)4 * 1024 * 1024) /* of answers that are no lists */

#define IDENTITY "/api/v1/namespaces/kube-system" /* its uid is the cluster's */
#define DISCOVERY "/apis"
#define ROLLOUTS_DISCOVERY "/apis/argoproj.io/v1alpha1"

#define METADATA_ONLY                                                                    \
	"application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,"              \
	"application/json"

const struct kube_resource kube_resources[KUBE_LIST_COUNT] = {
	[KUBE_LIST_NODES] = { "nodes", "", "v1", "nodes", "", false },
	[KUBE_LIST_PODS] = { "pods", "", "v1", "pods", "", false },
	[KUBE_LIST_DEPLOYMENTS] = { "deployments.apps", "apps", "v1", "deployments",
				    "Deployment", false },
	[KUBE_LIST_STATEFULSETS] = { "statefulsets.apps", "apps", "v1", "statefulsets",
				     "StatefulSet", false },
	[KUBE_LIST_DAEMONSETS] = { "daemonsets.apps", "apps", "v1", "daemonsets",
				   "DaemonSet", false },
	[KUBE_LIST_CRONJOBS] = { "cronjobs.batch", "batch", "v1", "cronjobs", "CronJob",
				 false },
	[KUBE_LIST_REPLICASETS] = { "replicasets.apps", "apps", "v1", "replicasets",
				    "ReplicaSet", true },
	[KUBE_LIST_JOBS] = { "jobs.batch", "batch", "v1", "jobs", "Job", true },
	[KUBE_LIST_ROLLOUTS] = { "rollouts.argoproj.io", "argoproj.io", "v1alpha1",
				 "rollouts", "Rollout", false },
};

static void ignore_restart(void *user)
{
	(void)user; /* platforms are replaced by equal ones */
}

static bool fold_node(const struct node *item, void *user, struct error *err)
{
	const struct observed_list *observed = user;
	struct observation *observation = observed->observation;
	const struct node *info = node_get(node_get(item, "status"), "nodeInfo");
	const struct platform platform = platform_make(
		node_text(info, "operatingSystem"), node_text(info, "architecture"), "");
	const char *name = pool_keep(&observation->pool,
				     node_text(node_get(item, "metadata"), "name"));
	char text[PLATFORM_TEXT_SIZE];

	(void)err;
	*table_slot(&observation->platforms, name, strlen(name), NULL) =
		(void *)pool_keep(&observation->pool, platform_format(text, &platform));
	return true;
}

/* With the platforms known, each pod folds at once. */
static void nodes_ended(void *user)
{
	const struct observed_list *observed = user;

	kube_list_start(&observed->observation->lists[KUBE_LIST_PODS].list);
}

static bool fold_pod(const struct node *item, void *user, struct error *err)
{
	const struct observed_list *observed = user;

	return kube_pods_fold(&observed->observation->pods, item, err);
}

static void forget_pods(void *user)
{
	const struct observed_list *observed = user;

	kube_pods_forget(&observed->observation->pods);
}

static bool fold_workload(const struct node *item, void *user, struct error *err)
{
	struct observed_list *observed = user;
	const struct kube_resource *resource = observed->resource;

	(void)err;
	observed->workloads = array_grow(observed->workloads, observed->workload_count,
					 sizeof(*observed->workloads));
	observed->workloads[observed->workload_count++] = kube_workload_read(
		item, resource->group, resource->kind, &observed->observation->pool);
	return true;
}

static void forget_workloads(void *user)
{
	struct observed_list *observed = user;

	observed->workload_count = 0;
}

/* Read a small answer; NULL where it is not what was asked for. */
static const struct node *read_body(const struct http_response *response,
				    struct arena *arena)
{
	struct json_source source = {
		.text = buf_text(&response->body),
		.length = response->body.length,
	};
	struct error ignored = ERROR_INIT;
	struct node *node;

	if (response->err.code != ERROR_NONE || response->status != 200 ||
	    !json_read(&node, arena, &source, &ignored))
		return NULL;
	return node;
}

/* True where an item of the list under `key` has that name. */
static bool has_named(const struct node *node, const char *key, const char *name)
{
	size_t count;
	struct node **items = node_items(node, key, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(node_text(items[i], "name"), name) == 0)
			return true;
	}
	return false;
}

static void ask(struct observation *observation, const char *path,
		void (*done)(struct http_response *response, void *user))
{
	const struct kube_get get = {
		.path = path,
		.body_limit = BODY_BYTES,
		.done = done,
		.user = observation,
	};

	observation->token_number = kube_client_get(&observation->client, &get);
}

/* A token that was rotated in between is no refusal. */
static bool refused_old_token(struct observation *observation,
			      const struct http_response *response)
{
	return response->status == 401 &&
	       kube_client_renew(&observation->client, observation->token_number);
}

/*
 * Argo CD and Argo Workflows share their group with Argo Rollouts, and who may not list
 * what does not exist is told 403 too: only where there are rollouts is that a refusal.
 */
static void rollouts_discovered(struct http_response *response, void *user)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct observation *observation = user;
	struct kube_list *list = &observation->lists[KUBE_LIST_ROLLOUTS].list;
	const struct node *resources = read_body(response, &arena);

	if (resources &&
	    !has_named(resources, "resources", kube_resources[KUBE_LIST_ROLLOUTS].plural))
		list->outcome = KUBE_NOT_SERVED;
}

static void rollouts_ended(void *user)
{
	const struct observed_list *observed = user;

	if (observed->list.outcome == KUBE_FORBIDDEN)
		ask(observed->observation, ROLLOUTS_DISCOVERY, rollouts_discovered);
}

static void groups_done(struct http_response *response, void *user)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct observation *observation = user;
	const struct node *groups = read_body(response, &arena);

	if (refused_old_token(observation, response)) {
		ask(observation, DISCOVERY, groups_done);
		return;
	}
	if (groups) {
		observation->discovery = KUBE_LISTED;
		if (has_named(groups, "groups", kube_resources[KUBE_LIST_ROLLOUTS].group))
			kube_list_start(&observation->lists[KUBE_LIST_ROLLOUTS].list);
		return;
	}
	observation->discovery = response->status == 403 ? KUBE_FORBIDDEN : KUBE_FAILED;
	observation->err = response->err;
	if (response->err.code == ERROR_NONE)
		kube_status_explain(response, &observation->err);
}

/* All at once; the pods follow the nodes, the rollouts their discovery. */
static void start_lists(struct observation *observation)
{
	for (size_t i = 0; i < KUBE_LIST_COUNT; i++) {
		if (i != KUBE_LIST_PODS && i != KUBE_LIST_ROLLOUTS)
			kube_list_start(&observation->lists[i].list);
	}
	ask(observation, DISCOVERY, groups_done);
}

/*
 * The first answer says whether the server can be asked at all, and which cluster it
 * is.  Who may not see kube-system may still see what was asked for.
 */
static void identity_done(struct http_response *response, void *user)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct observation *observation = user;
	const struct node *namespace;

	if (response->err.code != ERROR_NONE) {
		observation->err = response->err;
		return;
	}
	if (refused_old_token(observation, response)) {
		ask(observation, IDENTITY, identity_done);
		return;
	}
	if (response->status == 401) {
		kube_status_explain(response, &observation->err);
		return;
	}
	observation->accepted = true;
	namespace = read_body(response, &arena);
	observation->uid =
		arena_strdup(&observation->client.arena,
			     node_text(node_get(namespace, "metadata"), "uid"));
	start_lists(observation);
}

/* "/apis/apps/v1/namespaces/shop/deployments"; nodes have no namespace. */
static const char *path_of(enum kube_list_name name, const char *namespace,
			   struct arena *arena)
{
	const struct kube_resource *resource = &kube_resources[name];
	bool whole = !namespace[0] || name == KUBE_LIST_NODES;

	return arena_printf(arena, "%s%s/%s%s%s/%s",
			    resource->group[0] ? "/apis/" : "/api", resource->group,
			    resource->version, whole ? "" : "/namespaces/",
			    whole ? "" : namespace, resource->plural);
}

static void prepare_list(struct observation *observation, enum kube_list_name name)
{
	struct observed_list *observed = &observation->lists[name];
	const struct kube_resource *resource = &kube_resources[name];

	observed->resource = resource;
	observed->observation = observation;
	observed->list = (struct kube_list){
		.client = &observation->client,
		.path = path_of(name, observation->scope->namespace,
				&observation->client.arena),
		.selector = name == KUBE_LIST_PODS ? observation->scope->selector : "",
		.accept = resource->metadata_only ? METADATA_ONLY : NULL,
		.shape = resource->metadata_only ? kube_metadata_shape
						 : kube_workload_shape,
		.fold = fold_workload,
		.forget = forget_workloads,
		.user = observed,
	};
}

static void prepare_lists(struct observation *observation)
{
	struct kube_list *nodes = &observation->lists[KUBE_LIST_NODES].list;
	struct kube_list *pods = &observation->lists[KUBE_LIST_PODS].list;

	for (size_t i = 0; i < KUBE_LIST_COUNT; i++)
		prepare_list(observation, (enum kube_list_name)i);
	nodes->shape = kube_node_shape;
	nodes->fold = fold_node;
	nodes->forget = ignore_restart;
	nodes->ended = nodes_ended;
	observation->lists[KUBE_LIST_ROLLOUTS].list.ended = rollouts_ended;
	pods->shape = kube_pod_shape;
	pods->fold = fold_pod;
	pods->forget = forget_pods;
}

void observation_init(struct observation *observation, struct http *http,
		      const struct kube_config *config, const struct kube_scope *scope,
		      struct snapshot *snapshot)
{
	*observation = (struct observation){
		.scope = scope,
		.snapshot = snapshot,
		.pool = POOL_INIT(&snapshot->arena),
		.platforms = TABLE_INIT,
		.uid = "",
	};
	kube_client_init(&observation->client, http, config);
	kube_pods_init(&observation->pods, &observation->pool, &observation->platforms,
		       scope->all_phases);
	prepare_lists(observation);
}

void observation_run(struct observation *observation)
{
	observation->started = kube_client_start(&observation->client, &observation->err);
	if (!observation->started)
		return;
	ask(observation, IDENTITY, identity_done);
	http_run(observation->client.http);
}

void observation_release(struct observation *observation)
{
	for (size_t i = 0; i < KUBE_LIST_COUNT; i++) {
		kube_list_release(&observation->lists[i].list);
		free(observation->lists[i].workloads);
	}
	kube_pods_release(&observation->pods);
	table_release(&observation->platforms);
	pool_release(&observation->pool);
	kube_client_release(&observation->client);
}
