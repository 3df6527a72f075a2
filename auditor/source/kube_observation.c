#include "source/kube_observation.h"

#include "source/kube_shape.h"

#define BODY_BYTES ((size_t)4 * 1024 * 1024) /* of answers that are no lists */

#define IDENTITY "/api/v1/namespaces/kube-system" /* its uid is the cluster's */
#define DISCOVERY "/apis"
#define ROLLOUTS_DISCOVERY "/apis/argoproj.io/v1alpha1"

#define NAMESPACES_AT_ONCE 32 /* whose lists are under way together */

static void ignore_restart(void *user)
{
	(void)user; /* platforms are replaced by equal ones */
}

static bool fold_node(const struct node *item, void *user, struct error *err)
{
	struct observation *observation = user;

	(void)err;
	kube_platforms_fold(&observation->platforms, &observation->pool, item);
	return true;
}

/* With the platforms known, each pod folds at once. */
static void nodes_ended(void *user)
{
	struct observation *observation = user;

	kube_area_start(&observation->area, KUBE_PODS);
}

static bool fold_namespace(const struct node *item, void *user, struct error *err)
{
	struct observation *observation = user;
	const char *name = node_text(node_get(item, "metadata"), "name");

	if (!kube_namespace_valid(name))
		return error_set(err, ERROR_SYNTAX, "'%s' is no name of a namespace",
				 name);
	if (observation->name_count == KUBE_NAMESPACES_MOST)
		return error_set(err, ERROR_LIMIT, "more than %d namespaces",
				 KUBE_NAMESPACES_MOST);
	observation->names = array_grow(observation->names, observation->name_count,
					sizeof(*observation->names));
	observation->names[observation->name_count++] =
		pool_keep(&observation->pool, name);
	return true;
}

static void forget_namespaces(void *user)
{
	struct observation *observation = user;

	observation->name_count = 0;
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
	const struct node *resources = read_body(response, &arena);

	observation->rollouts_absent =
		resources &&
		!has_named(resources, "resources", kube_resources[KUBE_ROLLOUTS].plural);
}

static void rollouts_ended(const struct kube_list *list, void *user)
{
	struct observation *observation = user;

	if (list->outcome != KUBE_FORBIDDEN || observation->rollouts_doubted)
		return;
	observation->rollouts_doubted = true;
	ask(observation, ROLLOUTS_DISCOVERY, rollouts_discovered);
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
		observation->rollouts_served =
			has_named(groups, "groups", kube_resources[KUBE_ROLLOUTS].group);
		if (observation->rollouts_served)
			kube_area_start(&observation->area, KUBE_ROLLOUTS);
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
	kube_list_start(&observation->nodes);
	kube_area_start_controllers(&observation->area);
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

	kube_client_measure(&observation->client, response);
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

void observation_init(struct observation *observation, struct http *http,
		      const struct kube_config *config, const struct kube_scope *scope,
		      struct snapshot *snapshot)
{
	struct kube_list list = {
		.client = &observation->client,
		.selector = "",
		.field_selector = "",
		.worker = scope->worker,
		.user = observation,
	};

	*observation = (struct observation){
		.scope = scope,
		.snapshot = snapshot,
		.pool = POOL_INIT(&snapshot->arena),
		.platforms = TABLE_INIT,
		.nodes = list,
		.namespaces = list,
		.uid = "",
		.areas = { .client = &observation->client,
			   .scope = scope,
			   .pool = &observation->pool,
			   .now = snapshot->observed_at,
			   .platforms = &observation->platforms,
			   .rollouts_ended = rollouts_ended,
			   .user = observation },
	};
	observation->nodes.path = "/api/v1/nodes";
	observation->nodes.shape = kube_node_shape;
	observation->nodes.fold = fold_node;
	observation->nodes.forget = ignore_restart;
	observation->nodes.ended = nodes_ended;
	observation->namespaces.path = "/api/v1/namespaces";
	observation->namespaces.accept = KUBE_METADATA_ONLY;
	observation->namespaces.shape = kube_namespace_shape;
	observation->namespaces.fold = fold_namespace;
	observation->namespaces.forget = forget_namespaces;
	kube_client_init(&observation->client, http, config);
	kube_area_init(&observation->area, &observation->areas, scope->namespace);
}

void observation_start(struct observation *observation)
{
	observation->started = kube_client_start(&observation->client, &observation->err);
	if (observation->started)
		ask(observation, IDENTITY, identity_done);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void observation_list_namespaces(struct observation *observation)
{
	kube_list_start(&observation->namespaces);
}

static void start_namespace(struct observation *observation, struct kube_area *area,
			    const char *name)
{
	kube_area_init(area, &observation->areas, name);
	kube_area_start(area, KUBE_PODS);
	kube_area_start_controllers(area);
	if (observation->rollouts_served && !observation->rollouts_absent)
		kube_area_start(area, KUBE_ROLLOUTS);
}

static void release_batch(struct observation *observation)
{
	for (size_t i = 0; i < observation->batch_count; i++)
		kube_area_release(&observation->batch[i]);
	observation->batch_first += observation->batch_count;
	observation->batch_count = 0;
}

bool observation_next_namespaces(struct observation *observation)
{
	size_t count;

	if (!observation->batch) {
		observation->batch =
			xcalloc(NAMESPACES_AT_ONCE, sizeof(struct kube_area));
		if (observation->name_count)
			qsort(observation->names, observation->name_count,
			      sizeof(*observation->names), compare_names);
	}
	release_batch(observation);
	count = observation->name_count - observation->batch_first;
	if (count > NAMESPACES_AT_ONCE)
		count = NAMESPACES_AT_ONCE;
	for (size_t i = 0; i < count; i++)
		start_namespace(observation, &observation->batch[i],
				observation->names[observation->batch_first + i]);
	observation->batch_count = count;
	return count > 0;
}

void observation_release(struct observation *observation)
{
	if (observation->batch)
		release_batch(observation);
	free(observation->batch);
	kube_secrets_release(&observation->secrets);
	kube_area_release(&observation->area);
	kube_list_release(&observation->namespaces);
	kube_list_release(&observation->nodes);
	free(observation->names);
	table_release(&observation->platforms);
	pool_release(&observation->pool);
	kube_client_release(&observation->client);
}
