#include "commands/clusters.h"

#include "base/log.h"
#include "base/worker.h"
#include "commands/plugin.h"
#include "model/scope.h"
#include "source/pull_secrets.h"

/* One context on its way. */
struct visit {
	const struct kube_config *config;
	struct kube_scope scope;
	struct snapshot part;        /* what it alone observes */
	struct pull_secrets secrets; /* of its namespaces */
	struct observation *observation;
	struct error err; /* why it says nothing */
	bool answered;
	bool other; /* of a cluster that another context is taken for */
};

/* All of them, side by side. */
struct tour {
	struct visit *visits;
	size_t count;
	struct http *http;
	struct store *store;
	struct snapshot *whole;       /* what all of them observe */
	struct pull_secrets *secrets; /* likewise; NULL: none are asked for */
};

static bool add_config(struct clusters *clusters, const struct option_list *paths,
		       const char *context, struct error *err)
{
	const struct settings *settings = clusters->settings;
	struct kube_config *config;

	clusters->configs = array_grow(clusters->configs, clusters->count,
				       sizeof(*clusters->configs));
	config = &clusters->configs[clusters->count++];
	*config = (struct kube_config)KUBE_CONFIG_INIT;
	return kube_config_load(config, settings->kubeconfig, context, err) &&
	       plugin_permit(&config->exec, settings, paths, err);
}

static bool add_contexts(struct clusters *clusters, const struct option_list *paths,
			 const char *const *names, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		bool again = false;

		for (size_t j = 0; j < i; j++)
			again |= strcmp(names[i], names[j]) == 0;
		if (!again && !add_config(clusters, paths, names[i], err))
			return false;
	}
	return true;
}

static bool check_options(const struct clusters *clusters, struct error *err)
{
	const struct settings *settings = clusters->settings;

	if (clusters->count > 1 && settings->cluster_name)
		return error_set(err, ERROR_USAGE,
				 "--cluster-name names one cluster, and %zu contexts are "
				 "asked for",
				 clusters->count);
	return true;
}

bool clusters_configure(struct clusters *clusters, const struct settings *settings,
			const struct option_list *paths, struct error *err)
{
	const struct option_list *contexts = &settings->contexts;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char *const *names = contexts->items;
	size_t count = contexts->count;
	bool added;

	clusters->settings = settings;
	if (settings->all_contexts && count)
		return error_set(err, ERROR_USAGE,
				 "--all-contexts and --context exclude each other");
	if (settings->all_contexts &&
	    !kube_config_contexts(settings->kubeconfig, &arena, &names, &count, err))
		return false;
	added = count ? add_contexts(clusters, paths, names, count, err)
		      : add_config(clusters, paths, NULL, err);
	return added && check_options(clusters, err);
}

void clusters_release(struct clusters *clusters)
{
	for (size_t i = 0; i < clusters->count; i++)
		kube_config_release(&clusters->configs[i]);
	free(clusters->configs);
	*clusters = (struct clusters){ NULL, NULL, 0 };
}

/* A cluster that says nothing is a gap over all that was asked of it. */
static void add_silence(struct visit *visit)
{
	struct snapshot *part = &visit->part;
	const struct scanned_cluster *cluster = &part->clusters[0];
	const char *area = scope_of_namespace(&part->arena, cluster->identity.key,
					      cluster->namespace);

	snapshot_add_gap(part,
			 visit->err.code == ERROR_DENIED ? GAP_UNAUTHORIZED
							 : GAP_UNREACHABLE,
			 arena_printf(&part->arena, "cluster %s", cluster->identity.name),
			 visit->err.text, area);
	snapshot_add_coverage(part, area, false, "the API server gave no answer");
}

/* The texts for people say which of several clusters they are about. */
static void name_cluster(struct snapshot *part, bool silent)
{
	struct arena *arena = &part->arena;
	const char *name = part->clusters[0].identity.name;

	for (size_t i = 0; i < part->gap_count && !silent; i++)
		part->gaps[i].subject =
			arena_printf(arena, "%s: %s", name, part->gaps[i].subject);
	for (size_t i = 0; i < part->coverage_count; i++)
		part->coverage[i].note =
			arena_printf(arena, "%s: %s", name, part->coverage[i].note);
}

/* Which of two contexts of one cluster is taken: the first that has an answer. */
static bool choose(struct visit *first, struct visit *second, struct error *err)
{
	struct visit *taken = !first->answered && second->answered ? second : first;
	struct visit *other = taken == first ? second : first;

	if (taken->scope.namespace[0] != '\0' &&
	    strcmp(taken->scope.namespace, other->scope.namespace) != 0)
		return error_set(err, ERROR_USAGE,
				 "contexts %s and %s lead to one cluster, and to its "
				 "namespaces %s and %s: give -A, or one -n",
				 taken->config->context, other->config->context,
				 taken->scope.namespace,
				 other->scope.namespace[0] ? other->scope.namespace
							   : "(all)");
	other->other = true;
	log_message(LOG_WARNING,
		    "contexts %s and %s lead to one cluster, which is taken once",
		    taken->config->context, other->config->context);
	for (size_t i = 0; i < taken->part.coverage_count; i++)
		taken->part.coverage[i].note = arena_printf(
			&taken->part.arena, "%s; context %s leads to the same cluster",
			taken->part.coverage[i].note, other->config->context);
	return true;
}

static bool find_others(const struct tour *tour, struct error *err)
{
	struct visit *visits = tour->visits;

	for (size_t i = 1; i < tour->count; i++) {
		for (size_t j = 0; j < i && !visits[i].other; j++) {
			if (!visits[j].other &&
			    cluster_is_same(&visits[i].part.clusters[0].identity,
					    &visits[j].part.clusters[0].identity) &&
			    !choose(&visits[j], &visits[i], err))
				return false;
		}
	}
	return true;
}

static bool start(const struct tour *tour, struct visit *visit, struct error *err)
{
	snapshot_part(&visit->part, tour->whole);
	visit->err = (struct error)ERROR_INIT;
	visit->observation = kube_api_start(tour->http, visit->config, &visit->scope,
					    &visit->part, err);
	return visit->observation != NULL;
}

static bool start_all(const struct tour *tour, struct error *err)
{
	for (size_t i = 0; i < tour->count; i++) {
		if (!start(tour, &tour->visits[i], err))
			return false;
	}
	return true;
}

/* Each server is asked what its answers lead to, all of them side by side. */
static void run_all(const struct tour *tour)
{
	bool asked = true;

	while (asked) {
		http_run(tour->http);
		asked = false;
		for (size_t i = 0; i < tour->count; i++)
			asked |= kube_api_continue(tour->visits[i].observation);
	}
}

/* All requests have ended: what became of them. */
static bool conclude_all(const struct tour *tour, struct error *err)
{
	for (size_t i = 0; i < tour->count; i++) {
		struct visit *visit = &tour->visits[i];

		visit->answered = kube_api_conclude(visit->observation, &visit->err);
		if (!visit->answered)
			add_silence(visit);
		if (tour->count > 1)
			name_cluster(&visit->part, !visit->answered);
		if (!store_resolve_clusters(tour->store, &visit->part, err))
			return false;
	}
	return find_others(tour, err);
}

static bool says_nothing(const struct tour *tour)
{
	for (size_t i = 0; i < tour->count; i++) {
		if (tour->visits[i].answered)
			return false;
	}
	return true;
}

/* What one of them adds to the whole. */
static void merge(const struct tour *tour, struct visit *visit)
{
	kube_api_release(&visit->observation);
	if (visit->other)
		return;
	snapshot_merge_cluster(tour->whole, &visit->part);
	if (tour->secrets)
		pull_secrets_merge(tour->secrets, &visit->secrets);
}

static bool observe(const struct tour *tour, struct error *err)
{
	if (!start_all(tour, err))
		return false;
	run_all(tour);
	if (!conclude_all(tour, err))
		return false;
	if (says_nothing(tour) && tour->whole->declared_count == 0) {
		*err = tour->visits[0].err;
		return false;
	}
	for (size_t i = 0; i < tour->count; i++)
		merge(tour, &tour->visits[i]);
	return true;
}

bool clusters_observe(const struct clusters *clusters, struct http *http,
		      const struct kube_scope *scope, struct store *store,
		      struct snapshot *snapshot, struct error *err)
{
	const struct settings *settings = clusters->settings;
	struct visit *visits = xcalloc(clusters->count, sizeof(*visits));
	const struct tour tour = { visits, clusters->count, http,
				   store,  snapshot,        scope->pull_secrets };
	CLEANUP(worker_free) struct worker *worker = worker_new();
	bool observed;

	for (size_t i = 0; i < clusters->count; i++) {
		const struct kube_config *config = &clusters->configs[i];

		snapshot_init(&visits[i].part, 0);
		visits[i].config = config;
		visits[i].secrets = (struct pull_secrets)PULL_SECRETS_INIT;
		visits[i].scope = *scope;
		visits[i].scope.pull_secrets =
			scope->pull_secrets ? &visits[i].secrets : NULL;
		visits[i].scope.worker = worker;
		visits[i].scope.namespace = settings->all_namespaces ? ""
					    : settings->namespace    ? settings->namespace
								     : config->namespace;
	}
	observed = observe(&tour, err);
	for (size_t i = 0; i < clusters->count; i++) {
		kube_api_release(&visits[i].observation);
		snapshot_release(&visits[i].part);
		pull_secrets_release(&visits[i].secrets);
	}
	free(visits);
	return observed;
}
