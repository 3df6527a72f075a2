#include "commands/commands.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "base/version.h"
#include "commands/baseline.h"
#include "commands/clusters.h"
#include "commands/database.h"
#include "commands/gate.h"
#include "commands/network.h"
#include "commands/output.h"
#include "commands/plugin.h"
#include "commands/tree_policy.h"
#include "drift/drift.h"
#include "drift/environment.h"
#include "source/kube_dump.h"
#include "source/kube_manifest.h"
#include "source/pull_secrets.h"

/* One scan on its way from the outside world to the reports. */
struct audit {
	const struct settings *settings;
	const struct option_list *paths;
	struct gate gate;
	struct baseline baseline;
	int64_t now; /* Unix seconds, UTC */
	struct network network;
	struct clusters clusters;
	struct pull_secrets pull_secrets;
	struct store *store;
	struct report_scan scan;
	struct snapshot snapshot;
	struct drift drift;
	struct outcome outcome;
	struct report report;
};

static void audit_init(struct audit *audit, const struct settings *settings,
		       const struct option_list *paths)
{
	*audit = (struct audit){
		.settings = settings,
		.paths = paths,
		.pull_secrets = PULL_SECRETS_INIT,
	};
	snapshot_init(&audit->snapshot, 0);
	outcome_init(&audit->outcome);
	report_init(&audit->report);
}

static void audit_release(struct audit *audit)
{
	if (audit->store && audit->scan.id && !audit->scan.finished_at)
		store_scan_abort(audit->store, audit->scan.id);
	store_close(&audit->store);
	baseline_release(&audit->baseline);
	network_release(&audit->network);
	clusters_release(&audit->clusters);
	pull_secrets_release(&audit->pull_secrets);
	drift_release(&audit->drift);
	outcome_release(&audit->outcome);
	report_release(&audit->report);
	snapshot_release(&audit->snapshot);
}

/* A dump stands in for the whole way to a cluster. */
static bool check_dump(const struct audit *audit, struct error *err)
{
	const struct settings *settings = audit->settings;
	bool is_stream = strcmp(settings->cluster_dump, "-") == 0;

	if (settings->kubeconfig || settings->contexts.count || settings->all_contexts)
		return error_set(err, ERROR_USAGE,
				 "--cluster-dump asks no API server: take --kubeconfig "
				 "and --context out");
	if (settings->pull_secrets)
		return error_set(err, ERROR_USAGE,
				 "--pull-secrets asks the API server, which "
				 "--cluster-dump does not");
	if (settings->selector || settings->field_selector)
		return error_set(err, ERROR_USAGE,
				 "%s is the API server's: give it to kubectl when you "
				 "make the dump",
				 settings->selector ? "-l" : "--field-selector");
	for (size_t i = 0; i < audit->paths->count; i++) {
		if (is_stream && strcmp(audit->paths->items[i], "-") == 0)
			return error_set(err, ERROR_USAGE,
					 "standard input can be the cluster dump or a "
					 "PATH, not both");
	}
	return true;
}

/* All that can be wrong with what the user said, before any work is done. */
static bool audit_configure(struct audit *audit, struct error *err)
{
	const struct settings *settings = audit->settings;

	if (settings->namespace && settings->all_namespaces)
		return error_set(err, ERROR_USAGE,
				 "-n and -A exclude each other: one namespace or all");
	if (!gate_init(&audit->gate, settings, err) || !output_check(settings, err) ||
	    !output_now(settings, &audit->now, err) ||
	    !baseline_load(&audit->baseline, settings->baseline, err) ||
	    !network_configure(&audit->network, settings, err) ||
	    !(settings->cluster_dump ? check_dump(audit, err)
				     : clusters_configure(&audit->clusters, settings,
							  audit->paths, err)))
		return false;
	audit->network.options.compare_mirrors = true;
	audit->snapshot.observed_at = audit->now;
	audit->snapshot.no_inline_waivers = settings->no_inline_waivers;
	if (!tree_policy_read(&audit->snapshot, settings, audit->paths, err))
		return false;
	if (audit->paths->count == 0)
		return true;
	return kube_manifest_read(
		&audit->snapshot,
		&(struct kube_manifest_paths){ .items = audit->paths->items,
					       .count = audit->paths->count },
		err);
}

static bool audit_begin(struct audit *audit, struct error *err)
{
	audit->store = database_open(audit->settings, STORE_WRITE, err);
	if (!audit->store)
		return false;
	audit->scan = (struct report_scan){
		.command = "scan",
		.version = PINDRIFT_VERSION,
		.commit = "",
		.fail_on = audit->gate.text,
		.started_at = audit->now,
	};
	return store_scan_begin(audit->store, &audit->scan, &audit->scan.id, err);
}

static bool observe_dump(struct audit *audit, struct error *err)
{
	const struct settings *settings = audit->settings;
	const struct kube_dump dump = {
		.file = settings->cluster_dump,
		.namespace = settings->namespace ? settings->namespace : "",
		.whole = settings->all_namespaces,
		.all_phases = settings->all_phases,
		.cluster_name = settings->cluster_name ? settings->cluster_name : "",
	};

	return kube_dump_observe(&dump, &audit->snapshot, err) &&
	       store_resolve_clusters(audit->store, &audit->snapshot, err);
}

/* The running side. */
static bool observe_clusters(struct audit *audit, struct error *err)
{
	const struct settings *settings = audit->settings;
	const struct kube_scope scope = {
		.namespace = "",
		.selector = settings->selector ? settings->selector : "",
		.field_selector =
			settings->field_selector ? settings->field_selector : "",
		.all_phases = settings->all_phases,
		.cluster_name = settings->cluster_name ? settings->cluster_name : "",
		.request_timeout_seconds = audit->network.request_timeout,
		.pull_secrets = settings->pull_secrets ? &audit->pull_secrets : NULL,
	};

	return clusters_observe(&audit->clusters, audit->network.http, &scope,
				audit->store, &audit->snapshot, err);
}

/* Learn what drift wants to know: from the store, then from the registries. */
static bool learn(struct audit *audit, struct error *err)
{
	struct snapshot *snapshot = &audit->snapshot;

	for (int round = 0; round < DRIFT_ROUNDS; round++) {
		CLEANUP(wants_release) struct wants known = { .arena = NULL };
		CLEANUP(wants_release) struct wants wants = { .arena = NULL };

		if (!drift_wanted(&audit->drift, &known))
			break;
		if (!store_load_tag_images(audit->store, snapshot, known.items,
					   known.count, err) ||
		    !store_load_images(audit->store, snapshot, known.items, known.count,
				       err))
			return false;
		if (!drift_wanted(&audit->drift, &wants))
			break;
		registry_answer(audit->network.registries, snapshot, wants.items,
				wants.count);
	}
	return true;
}

/* When a use last ran in its cluster, or in any where it might. */
static bool recall_use(struct audit *audit, struct use *use, struct error *err)
{
	const struct snapshot *snapshot = &audit->snapshot;

	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		const struct scanned_cluster *cluster = &snapshot->clusters[i];
		int64_t last_at = 0;

		if (use->cluster && use->cluster != cluster)
			continue;
		if (!store_last_running(audit->store, &cluster->identity, use->declared,
					&last_at, err))
			return false;
		if (last_at > use->last_running_at)
			use->last_running_at = last_at;
	}
	return true;
}

/* What is declared and does not run: when did it last? */
static bool recall(struct audit *audit, struct error *err)
{
	struct join *join = &audit->drift.join;

	for (size_t i = 0; i < join->use_count; i++) {
		struct use *use = &join->uses[i];

		if (use->declared && use->row_count == 0 && use->observed &&
		    !recall_use(audit, use, err))
			return false;
	}
	return true;
}

/* How often did each tag move lately? */
static bool recall_moves(struct audit *audit, struct error *err)
{
	struct snapshot *snapshot = &audit->snapshot;

	for (size_t i = 0; i < snapshot->tag_count; i++) {
		struct tag_fact *tag = &snapshot->tags[i];

		if (!store_tag_moves(audit->store, tag, audit->now - TAG_FLAPPING_SECONDS,
				     &tag->moves, err))
			return false;
	}
	return true;
}

static bool judge(struct audit *audit, struct error *err)
{
	struct snapshot *snapshot = &audit->snapshot;
	struct earlier_finding *earlier = NULL;
	size_t earlier_count = 0;

	drift_init(&audit->drift, snapshot, audit->now, false);
	if (!learn(audit, err) || !recall(audit, err) || !recall_moves(audit, err) ||
	    !store_load_earlier(audit->store, snapshot, &audit->outcome.arena, &earlier,
				&earlier_count, err))
		return false;
	drift_judge(&audit->drift, earlier, earlier_count, &audit->outcome);
	baseline_apply(&audit->baseline, &audit->outcome);
	gate_waive(&audit->gate, snapshot->gaps, snapshot->gap_count);
	return true;
}

/* The store has them; the report, which is loaded next, takes as much room again. */
static void forget_observations(struct audit *audit)
{
	drift_release(&audit->drift);
	audit->drift = (struct drift){ 0 };
	outcome_release(&audit->outcome);
	snapshot_release(&audit->snapshot);
}

/* Nothing was in scope: a path, -A or -n may be misspelt or missing. */
static bool saw_nothing(const struct audit *audit)
{
	const struct snapshot *snapshot = &audit->snapshot;

	if (audit->paths->count == 0)
		return snapshot->running_count == 0 && snapshot->live_count == 0;
	return !environment_includes_any(snapshot) && gate_expects_images(audit->paths);
}

/* Keep the scan, and load it again: `report` shows the same bytes later. */
static bool keep(struct audit *audit, struct error *err)
{
	const struct snapshot *snapshot = &audit->snapshot;
	struct report_scan scan = audit->scan;
	bool nothing = saw_nothing(audit);

	scan.finished_at = audit->settings->now ? audit->now : timestamp_now();
	scan.exit_status = (int)gate_status(&audit->gate, &audit->outcome, snapshot->gaps,
					    snapshot->gap_count, nothing);
	if (!store_scan_finish(audit->store, &scan, snapshot, &audit->outcome, err))
		return false;
	audit->scan = scan;
	forget_observations(audit);
	return store_load_report(audit->store, scan.id, &audit->report, err);
}

static bool scan(struct audit *audit, enum exit_status *status, struct error *err)
{
	*status = EXIT_USAGE;
	if (!audit_configure(audit, err))
		return false;
	if (audit->settings->pull_secrets)
		audit->network.options.pull_secrets = &audit->pull_secrets;
	if (!network_open(&audit->network, err)) {
		*status = err->code == ERROR_USAGE ? EXIT_USAGE : EXIT_FATAL;
		return false;
	}
	*status = EXIT_FATAL;
	if (!audit_begin(audit, err)) {
		if (err->code == ERROR_LOCKED)
			*status = EXIT_LOCKED;
		return false;
	}
	if (audit->settings->cluster_dump ? !observe_dump(audit, err)
					  : !observe_clusters(audit, err)) {
		if (err->code == ERROR_USAGE)
			*status = EXIT_USAGE;
		return false;
	}
	if (!judge(audit, err) || !keep(audit, err) ||
	    !output_write(audit->settings, &audit->report, err))
		return false;
	*status = (enum exit_status)audit->scan.exit_status;
	return true;
}

enum exit_status command_scan(const struct settings *settings,
			      const struct option_list *operands)
{
	struct audit audit;
	enum exit_status status;
	struct error err = ERROR_INIT;

	audit_init(&audit, settings, operands);
	if (!scan(&audit, &status, &err))
		log_message(LOG_ERROR, "%s", err.text);
	audit_release(&audit);
	return status;
}
