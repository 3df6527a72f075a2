#include "source/kube_api.h"

#include "base/timestamp.h"
#include "model/scope.h"
#include "source/kube_observation.h"
#include "source/url.h"

#define REASON_BYTES 2048
#define NAMESPACE_MOST 63 /* RFC 1123 label */
#define HASH_DIGITS 16    /* of a key made of server and CA */

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

static void identify_cluster(struct observation *observation)
{
	struct snapshot *snapshot = observation->snapshot;
	struct arena *arena = &snapshot->arena;
	const struct kube_config *config = observation->client.config;
	const char *name = observation->scope->cluster_name;
	const char *other = name[0] ? arena_printf(arena, "name:%s", name)
				    : server_key(config, arena);
	bool known = observation->uid[0] != '\0';

	snapshot->has_cluster = true;
	snapshot->namespace = arena_strdup(arena, observation->scope->namespace);
	snapshot->selector = arena_strdup(arena, observation->scope->selector);
	snapshot->cluster = (struct cluster_identity){
		.key = known ? arena_printf(arena, "uid:%s", observation->uid) : other,
		.name = arena_strdup(arena, name[0] ? name : config->cluster),
		.server = arena_strdup(arena, config->server),
		.alias = known ? other : "",
		.insecure = config->trust.insecure,
	};
}

static int compare_live(const void *a, const void *b)
{
	const struct live_workload *x = a, *y = b;
	int order = strcmp(x->namespace, y->namespace);

	return order ? order : object_id_compare(&x->object, &y->object);
}

/* Those with a template, and those known by metadata alone that nobody controls. */
static void add_live(struct observation *observation)
{
	struct snapshot *snapshot = observation->snapshot;

	for (size_t i = 0; i < KUBE_LIST_COUNT; i++) {
		const struct observed_list *observed = &observation->lists[i];

		for (size_t j = 0; j < observed->workload_count; j++) {
			const struct kube_workload *workload = &observed->workloads[j];

			if (!observed->resource->metadata_only ||
			    !workload->controller.kind[0])
				snapshot_add_live(snapshot, &workload->live);
		}
	}
	if (snapshot->live_count)
		qsort(snapshot->live, snapshot->live_count, sizeof(*snapshot->live),
		      compare_live);
}

/* Lists that were not had in full are left out: half of the truth misleads. */
static void add_workloads(struct observation *observation)
{
	CLEANUP(kube_owners_release) struct kube_owners owners = { TABLE_INIT };

	for (size_t i = 0; i < KUBE_LIST_COUNT; i++) {
		struct observed_list *observed = &observation->lists[i];

		if (observed->list.outcome != KUBE_LISTED)
			observed->workload_count = 0;
		for (size_t j = 0; j < observed->workload_count; j++)
			kube_owners_add(&owners, &observed->workloads[j]);
	}
	kube_owners_finish(&owners);
	add_live(observation);
	if (observation->lists[KUBE_LIST_PODS].list.outcome == KUBE_LISTED)
		kube_pods_finish(&observation->pods, &owners, observation->snapshot);
}

/*
 * Nodes are wanted, not needed.  A group that is not served holds no objects; rollouts
 * are not even asked for then.  But without pods there is no API server.
 */
static bool is_missing(enum kube_list_name name, enum kube_outcome outcome)
{
	if (name == KUBE_LIST_NODES || outcome == KUBE_LISTED)
		return false;
	if (name == KUBE_LIST_ROLLOUTS && outcome == KUBE_UNASKED)
		return false;
	return name == KUBE_LIST_PODS || outcome != KUBE_NOT_SERVED;
}

/* "namespace shop", "cluster": what a gap and the coverage are about. */
static const char *scope_name(const struct observation *observation)
{
	const char *namespace = observation->scope->namespace;

	return namespace[0] ? arena_printf(&observation->snapshot->arena, "namespace %s",
					   namespace)
			    : "cluster";
}

static void add_gap(struct observation *observation, enum gap_kind kind,
		    const char *reason)
{
	struct snapshot *snapshot = observation->snapshot;

	snapshot_add_gap(snapshot, kind, scope_name(observation), reason,
			 scope_of_namespace(&snapshot->arena, snapshot->cluster.key,
					    observation->scope->namespace));
}

/* One gap that names all that was refused.  Returns whether there is one. */
static bool add_forbidden(struct observation *observation)
{
	CLEANUP(buf_release) struct buf reason = BUF_INIT(REASON_BYTES);
	const char *separator = "";

	buf_printf(&reason, "context %s may not ", observation->client.config->context);
	for (size_t i = 0; i < KUBE_LIST_COUNT; i++) {
		enum kube_outcome outcome = observation->lists[i].list.outcome;

		if (outcome != KUBE_FORBIDDEN ||
		    !is_missing((enum kube_list_name)i, outcome))
			continue;
		buf_printf(&reason, "%s%s", separator[0] ? separator : "list ",
			   kube_resources[i].name);
		separator = ", ";
	}
	if (observation->discovery == KUBE_FORBIDDEN) {
		buf_printf(&reason, "%sget /apis", separator);
		separator = ", ";
	}
	if (!separator[0])
		return false;
	buf_puts(&reason, ": grant it the role of examples/rbac.yaml");
	add_gap(observation, GAP_FORBIDDEN, buf_text(&reason));
	return true;
}

/* One gap for all that failed, with the reason of the first. */
static bool add_failed(struct observation *observation)
{
	CLEANUP(buf_release) struct buf reason = BUF_INIT(REASON_BYTES);

	for (size_t i = 0; i < KUBE_LIST_COUNT; i++) {
		const struct kube_list *list = &observation->lists[i].list;

		if (!is_missing((enum kube_list_name)i, list->outcome) ||
		    list->outcome == KUBE_FORBIDDEN)
			continue;
		if (!reason.length)
			buf_printf(&reason, "list %s: %s", kube_resources[i].name,
				   list->err.text);
	}
	if (!reason.length && observation->discovery == KUBE_FAILED)
		buf_printf(&reason, "get /apis: %s", observation->err.text);
	if (!reason.length)
		return false;
	add_gap(observation, GAP_UNREACHABLE, buf_text(&reason));
	return true;
}

static void add_coverage(struct observation *observation, bool observed)
{
	struct snapshot *snapshot = observation->snapshot;
	const struct kube_list *nodes = &observation->lists[KUBE_LIST_NODES].list;
	const char *name = scope_name(observation);
	const char *note = arena_printf(&snapshot->arena, "%s: not observed", name);

	if (observed)
		note = arena_printf(
			&snapshot->arena, "%s: %u pods%s", name, snapshot->pod_count,
			nodes->outcome == KUBE_LISTED
				? ""
				: "; platforms are unknown, nodes could not be listed");
	snapshot_add_coverage(snapshot,
			      scope_of_namespace(&snapshot->arena, snapshot->cluster.key,
						 observation->scope->namespace),
			      observed, note);
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
		count->bytes = figures->bytes;
	}
}

/* True where the server answered some list with anything to go by. */
static bool learnt_something(const struct observation *observation)
{
	if (observation->uid[0])
		return true;
	for (size_t i = 0; i < KUBE_LIST_COUNT; i++) {
		enum kube_outcome outcome = observation->lists[i].list.outcome;

		if (outcome == KUBE_LISTED || outcome == KUBE_FORBIDDEN)
			return true;
	}
	return false;
}

static bool explain_failure(const struct observation *observation, struct error *err)
{
	const struct kube_config *config = observation->client.config;
	int64_t expiry = config->certificate_expires_at;
	char when[TIMESTAMP_SIZE];

	*err = observation->accepted ? observation->lists[KUBE_LIST_PODS].list.err
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

/* RFC 1123: what can be no name of a namespace must not get into a path. */
static bool check_namespace(const char *namespace, struct error *err)
{
	size_t length = strlen(namespace);

	if (length <= NAMESPACE_MOST &&
	    strspn(namespace, "abcdefghijklmnopqrstuvwxyz0123456789-") == length)
		return true;
	return error_set(err, ERROR_USAGE, "'%s' is no name of a namespace", namespace);
}

bool kube_api_observe(struct http *http, const struct kube_config *config,
		      const struct kube_scope *scope, struct snapshot *snapshot,
		      struct error *err)
{
	CLEANUP(observation_release) struct observation observation;
	bool observed;

	observation_init(&observation, http, config, scope, snapshot);
	if (!check_namespace(scope->namespace, err))
		return false;
	observation_run(&observation);
	add_requests(&observation);
	identify_cluster(&observation);
	if (!observation.accepted || !learnt_something(&observation))
		return explain_failure(&observation, err);
	add_workloads(&observation);
	observed = !add_forbidden(&observation);
	observed = !add_failed(&observation) && observed;
	add_coverage(&observation, observed);
	return true;
}
