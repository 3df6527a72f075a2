#include "source/kube_api.h"

#include "base/timestamp.h"
#include "model/scope.h"
#include "source/kube_grant.h"
#include "source/kube_observation.h"
#include "source/kube_secrets.h"
#include "source/url.h"

#define REASON_BYTES 2048
#define HASH_DIGITS 16 /* of a key made of server and CA */

/* "server:3f8a…": where neither uid nor name is known, the server is the cluster. */
static const char *server_key(const struct kube_config *config, struct arena *arena)
{
	const char *ca = config->trust.ca_pem ? config->trust.ca_pem : "";
	const char *text = arena_printf(arena, "%s\n%s", config->server, ca);
	const struct digest sha256 = { "" };
	struct digest digest = digest_compute(text, strlen(text), &sha256);

	return arena_printf(arena, "server:%.*s", HASH_DIGITS,
			    strchr(digest.text, ':') + 1);
}

/* Both selectors as they are given on the command line; "" where neither is. */
static const char *selector_text(const struct kube_scope *scope, struct arena *arena)
{
	if (scope->field_selector[0] == '\0')
		return arena_strdup(arena, scope->selector);
	return arena_printf(arena, "%s%s--field-selector %s", scope->selector,
			    scope->selector[0] ? " " : "", scope->field_selector);
}

static void identify_cluster(struct observation *observation)
{
	struct snapshot *snapshot = observation->snapshot;
	struct arena *arena = &snapshot->arena;
	const struct kube_config *config = observation->client.config;
	const char *name = observation->scope->cluster_name;
	const char *other = name[0] ? arena_printf(arena, "name:%s", name)
				    : server_key(config, arena);
	bool known = observation->uid[0] != '\0';
	struct scanned_cluster cluster;

	snapshot->selector = selector_text(observation->scope, arena);
	cluster.namespace = arena_strdup(arena, observation->scope->namespace);
	cluster.identity = (struct cluster_identity){
		.key = known ? arena_printf(arena, "uid:%s", observation->uid) : other,
		.name = arena_strdup(arena, name[0] ? name : config->cluster),
		.context = arena_strdup(arena, config->context),
		.server = arena_strdup(arena, config->server),
		.alias = known ? other : "",
		.insecure = config->trust.insecure,
	};
	snapshot_add_cluster(snapshot, &cluster);
}

/*
 * A group that is not served holds no objects, unless pods have some of them for owners:
 * then something hides it.  Rollouts are not even asked for where their group is not
 * served.  But without pods there is no API server.
 */
static bool is_missing(const struct observation *observation,
		       const struct kube_area *area, enum kube_resource_name name)
{
	enum kube_outcome outcome = kube_area_outcome(area, name);

	if (name == KUBE_PODS)
		return outcome != KUBE_LISTED;
	if (outcome == KUBE_NOT_SERVED)
		return kube_inventory_is_needed(observation->snapshot, area->first_use,
						name);
	if (name == KUBE_ROLLOUTS &&
	    (outcome == KUBE_UNASKED || observation->rollouts_absent))
		return false;
	return outcome != KUBE_LISTED;
}

/* "namespace shop", "cluster": what a gap and the coverage are about. */
static const char *area_subject(const struct kube_area *area, struct arena *arena)
{
	return area->namespace[0] ? arena_printf(arena, "namespace %s", area->namespace)
				  : "cluster";
}

static const char *area_scope(const struct kube_area *area, struct snapshot *snapshot)
{
	return scope_of_namespace(&snapshot->arena, snapshot->clusters[0].identity.key,
				  area->namespace);
}

static void add_gap(struct snapshot *snapshot, const struct kube_area *area,
		    enum gap_kind kind, const char *reason)
{
	snapshot_add_gap(snapshot, kind, area_subject(area, &snapshot->arena), reason,
			 area_scope(area, snapshot));
}

static void add_refusal(struct buf *refused, const char *what)
{
	buf_printf(refused, "%s%s", refused->length ? ", " : "", what);
}

/* How to get what was refused. */
static const char *advice(const struct observation *observation,
			  const struct kube_area *area)
{
	if (area->namespace[0])
		return "grant it the Role of examples/rbac-namespace.yaml there";
	if (observation->namespaces.outcome == KUBE_FORBIDDEN)
		return "grant it the ClusterRole of examples/rbac.yaml, or scan with -n "
		       "a namespace that it may see";
	return "grant it the ClusterRole of examples/rbac.yaml";
}

/* "context prod", "context prod as jane" */
static const char *who(struct observation *observation)
{
	const struct kube_config *config = observation->client.config;
	const char *user = config->impersonation.user;

	return arena_printf(&observation->client.arena, "context %s%s%s", config->context,
			    user[0] ? " as " : "", user);
}

/* The lists that were refused, and in the last one's words why. */
struct refusal {
	struct buf names;     /* for people: "pods, jobs.batch" */
	struct buf resources; /* for kubectl: "pods,jobs.batch" */
	const char *message;
};

static void refusal_release(struct refusal *refusal)
{
	buf_release(&refusal->names);
	buf_release(&refusal->resources);
}

static void add_refused_list(struct refusal *refusal, const char *name,
			     const struct kube_list *list)
{
	add_refusal(&refusal->names, name);
	buf_printf(&refusal->resources, "%s%s", refusal->resources.length ? "," : "",
		   name);
	refusal->message = list->err.text;
}

static struct refusal refusal_of(const struct observation *observation,
				 const struct kube_area *area)
{
	struct refusal refusal = { BUF_INIT(REASON_BYTES), BUF_INIT(REASON_BYTES), "" };

	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		enum kube_resource_name name = (enum kube_resource_name)i;

		if (kube_area_outcome(area, name) == KUBE_FORBIDDEN &&
		    is_missing(observation, area, name))
			add_refused_list(&refusal, kube_resources[i].name,
					 &area->lists[i].list);
	}
	if (!area->namespace[0] && observation->namespaces.outcome == KUBE_FORBIDDEN)
		add_refused_list(&refusal, "namespaces", &observation->namespaces);
	return refusal;
}

/* One gap that names all that was refused.  Returns whether there is one. */
static bool add_forbidden(struct observation *observation, const struct kube_area *area)
{
	struct arena *arena = &observation->client.arena;
	CLEANUP(refusal_release) struct refusal refusal = refusal_of(observation, area);
	CLEANUP(buf_release) struct buf reason = BUF_INIT(REASON_BYTES);
	const char *grant = "";

	if (refusal.names.length) {
		buf_printf(&reason, "list %s", buf_text(&refusal.names));
		grant = arena_printf(arena, "; no more than that: `%s`",
				     kube_grant_list(area->namespace,
						     buf_text(&refusal.resources),
						     refusal.message, arena));
	}
	if (observation->discovery == KUBE_FORBIDDEN)
		add_refusal(&reason, "get /apis");
	if (!reason.length)
		return false;
	add_gap(observation->snapshot, area, GAP_FORBIDDEN,
		arena_printf(arena, "%s may not %s: %s%s", who(observation),
			     buf_text(&reason), advice(observation, area), grant));
	return true;
}

/* One gap for all that failed, with the reason of the first. */
static bool add_failed(struct observation *observation, const struct kube_area *area)
{
	CLEANUP(buf_release) struct buf reason = BUF_INIT(REASON_BYTES);
	const struct kube_list *namespaces = &observation->namespaces;

	for (size_t i = 0; i < KUBE_RESOURCE_COUNT && !reason.length; i++) {
		const struct kube_list *list = &area->lists[i].list;

		if (is_missing(observation, area, (enum kube_resource_name)i) &&
		    list->outcome != KUBE_FORBIDDEN)
			buf_printf(&reason, "list %s: %s", kube_resources[i].name,
				   list->err.text);
	}
	if (!reason.length && !area->namespace[0] && namespaces->outcome == KUBE_FAILED)
		buf_printf(&reason, "list namespaces: %s", namespaces->err.text);
	if (!reason.length && observation->discovery == KUBE_FAILED)
		buf_printf(&reason, "get /apis: %s", observation->err.text);
	if (!reason.length)
		return false;
	add_gap(observation->snapshot, area, GAP_UNREACHABLE, buf_text(&reason));
	return true;
}

/*
 * Nodes are wanted, not needed: without them platforms are unknown, which makes verdicts
 * weaker and never wrong.
 */
static const char *platform_note(const struct observation *observation)
{
	return observation->nodes.outcome == KUBE_LISTED
		       ? ""
		       : "; platforms are unknown, nodes could not be listed";
}

/* Owners of these kinds are known by their name at most, and not whose they are. */
static void add_unseen(const struct observation *observation,
		       const struct kube_area *area)
{
	struct snapshot *snapshot = observation->snapshot;

	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		const struct kube_resource *resource = &kube_resources[i];
		enum kube_resource_name name = (enum kube_resource_name)i;
		bool doubtful =
			name == KUBE_ROLLOUTS && observation->discovery != KUBE_LISTED;

		if (doubtful || is_missing(observation, area, name))
			snapshot_add_unseen(snapshot,
					    &(struct unseen_kind){
						    .namespace = area->namespace,
						    .api_group = resource->group,
						    .kind = resource->kind,
					    });
	}
}

/* Who reads the report may not know how the scan was started. */
static const char *selection_note(const struct observation *observation)
{
	struct snapshot *snapshot = observation->snapshot;

	if (snapshot->selector[0] == '\0')
		return "";
	return arena_printf(&snapshot->arena, "; only pods that '%s' selects",
			    snapshot->selector);
}

/* What of an area was observed, for people. */
static const char *area_note(const struct observation *observation,
			     const struct kube_area *area, bool observed)
{
	struct arena *arena = &observation->snapshot->arena;
	const char *name = area_subject(area, arena);
	const struct kube_pods *pods = &area->inventory.pods;

	if (kube_area_outcome(area, KUBE_PODS) != KUBE_LISTED)
		return arena_printf(arena, "%s: not observed", name);
	return arena_printf(arena, "%s: %s%s%s%s", name,
			    kube_pods_words(pods->count, pods->ended_count, arena),
			    observed ? "" : ", not all that controls them was observed",
			    selection_note(observation), platform_note(observation));
}

/* All lists of an area have ended.  Returns whether it was observed. */
static bool conclude(struct observation *observation, struct kube_area *area)
{
	struct snapshot *snapshot = observation->snapshot;
	bool observed;

	area->first_use = snapshot->running_count;
	kube_area_finish(area, snapshot);
	observed = !add_forbidden(observation, area);
	observed = !add_failed(observation, area) && observed;
	if (!observed)
		add_unseen(observation, area);
	snapshot_add_coverage(snapshot, area_scope(area, snapshot), observed,
			      area_note(observation, area, observed));
	return observed;
}

static void conclude_batch(struct observation *observation)
{
	for (size_t i = 0; i < observation->batch_count; i++)
		observation->seen_count += conclude(observation, &observation->batch[i]);
}

/*
 * The pods of the whole cluster may not be listed, those of its namespaces perhaps may.
 * With the list of namespaces the cluster counts as observed, except for those that have
 * a gap: what stood in a namespace that is no more there is gone.
 */
static void conclude_namespaces(struct observation *observation)
{
	struct snapshot *snapshot = observation->snapshot;

	snapshot_add_coverage(
		snapshot, area_scope(&observation->area, snapshot), true,
		arena_printf(&snapshot->arena,
			     "cluster: %s in %zu of %zu namespaces, each listed on its "
			     "own%s%s",
			     kube_pods_words(snapshot->pod_count,
					     snapshot->ended_pod_count, &snapshot->arena),
			     observation->seen_count, observation->name_count,
			     selection_note(observation), platform_note(observation)));
}

/* What the API server was asked, by the figures that http.h keeps. */
static void add_requests(const struct observation *observation)
{
	char host[URL_HOST_TEXT_SIZE];
	struct error ignored = ERROR_INIT;
	const struct http_figures *figures;
	struct url url;

	if (!url_parse(&url, observation->client.config->server, &ignored))
		return;
	url_host_text(host, &url);
	for (size_t i = 0; (figures = http_figures(observation->client.http, i)); i++) {
		struct request_count *count;

		if (strcmp(figures->host, host) != 0)
			continue;
		count = snapshot_requests(observation->snapshot, host);
		count->made = figures->made;
		count->failed = figures->failed;
		count->refused = figures->refused;
		count->bytes = figures->bytes;
	}
}

/* True where the server answered some list with anything to go by. */
static bool learnt_something(const struct observation *observation)
{
	if (observation->uid[0])
		return true;
	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		enum kube_outcome outcome =
			kube_area_outcome(&observation->area, (enum kube_resource_name)i);

		if (outcome == KUBE_LISTED || outcome == KUBE_FORBIDDEN)
			return true;
	}
	return observation->nodes.outcome == KUBE_LISTED;
}

static bool explain_failure(const struct observation *observation, struct error *err)
{
	const struct kube_config *config = observation->client.config;
	int64_t expiry = config->certificate_expires_at;
	char when[TIMESTAMP_SIZE];

	*err = observation->accepted ? observation->area.lists[KUBE_PODS].list.err
				     : observation->err;
	if (!observation->started)
		err->code = ERROR_DENIED;
	else if (err->code != ERROR_DENIED)
		err->code = ERROR_NETWORK;
	if (expiry && expiry < observation->snapshot->observed_at)
		error_wrap(err, "the client certificate expired at %s",
			   timestamp_format(when, expiry));
	if (err->code == ERROR_DENIED && observation->started)
		error_wrap(err, "the API server refused the credentials");
	return error_wrap(err, "context %s (%s)", config->context, config->server);
}

/* The whole cluster was asked for, and its pods may not be listed at once. */
static bool is_refused_whole(const struct observation *observation)
{
	return !observation->area.namespace[0] &&
	       kube_area_outcome(&observation->area, KUBE_PODS) == KUBE_FORBIDDEN;
}

struct observation *kube_api_start(struct http *http, const struct kube_config *config,
				   const struct kube_scope *scope,
				   struct snapshot *snapshot, struct error *err)
{
	struct observation *observation;

	if (scope->namespace[0] && !kube_namespace_valid(scope->namespace)) {
		(void)!error_set(err, ERROR_USAGE, "'%s' is no name of a namespace",
				 scope->namespace);
		return NULL;
	}
	observation = xcalloc(1, sizeof(*observation));
	observation_init(observation, http, config, scope, snapshot);
	observation_start(observation);
	return observation;
}

/* All that runs is known, and which secrets its pods name. */
static bool start_secrets(struct observation *observation)
{
	struct pull_secrets *secrets = observation->scope->pull_secrets;

	observation->phase = OBSERVING_SECRETS;
	return secrets &&
	       kube_secrets_start(&observation->secrets, &observation->client, secrets);
}

static bool next_namespaces(struct observation *observation)
{
	observation->phase = OBSERVING_NAMESPACES;
	if (observation_next_namespaces(observation))
		return true;
	conclude_namespaces(observation);
	return start_secrets(observation);
}

static bool conclude_scope(struct observation *observation)
{
	conclude(observation, &observation->area);
	return start_secrets(observation);
}

/* The first answers: who it is, and whether there is more to be asked. */
static bool look_at_scope(struct observation *observation)
{
	identify_cluster(observation);
	if (!observation->accepted || !learnt_something(observation)) {
		observation->phase = OBSERVED;
		return false;
	}
	observation->answered = true;
	if (!is_refused_whole(observation))
		return conclude_scope(observation);
	observation->phase = OBSERVING_NAMES;
	observation_list_namespaces(observation);
	return true;
}

static void conclude_secrets(struct observation *observation)
{
	struct pull_secrets *secrets = observation->scope->pull_secrets;

	observation->phase = OBSERVED;
	kube_inventory_settle(observation->snapshot);
	if (!secrets)
		return;
	kube_secrets_say(&observation->secrets);
	pull_secrets_settle(secrets, observation->snapshot);
}

bool kube_api_continue(struct observation *observation)
{
	bool asked = false;

	if (observation->phase == OBSERVING_SCOPE) {
		asked = look_at_scope(observation);
	} else if (observation->phase == OBSERVING_NAMES) {
		asked = observation->namespaces.outcome == KUBE_LISTED
				? next_namespaces(observation)
				: conclude_scope(observation);
	} else if (observation->phase == OBSERVING_NAMESPACES) {
		conclude_batch(observation);
		asked = next_namespaces(observation);
	}
	if (!asked && observation->phase == OBSERVING_SECRETS)
		conclude_secrets(observation);
	return asked;
}

bool kube_api_conclude(struct observation *observation, struct error *err)
{
	add_requests(observation);
	return observation->answered || explain_failure(observation, err);
}

void kube_api_release(struct observation **observation)
{
	if (*observation)
		observation_release(*observation);
	free(*observation);
	*observation = NULL;
}
