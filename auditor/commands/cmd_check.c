#include "commands/commands.h"

#include "base/log.h"
#include "base/version.h"
#include "commands/baseline.h"
#include "commands/file_list.h"
#include "commands/gate.h"
#include "commands/output.h"
#include "commands/tree_policy.h"
#include "drift/drift.h"
#include "source/kube_manifest.h"

/* A report that borrows all but its own lists from snapshot and outcome. */
static void report_fill(struct report *report, const struct snapshot *snapshot,
			const struct outcome *outcome, const struct gate *gate)
{
	report->scan = (struct report_scan){
		.command = "check",
		.version = PINDRIFT_VERSION,
		.commit = "",
		.fail_on = gate->text,
		.started_at = snapshot->observed_at,
		.finished_at = snapshot->observed_at,
	};
	report->coverage = snapshot->coverage;
	report->coverage_count = snapshot->coverage_count;
	report->gaps = snapshot->gaps;
	report->gap_count = snapshot->gap_count;
	report->waivers = snapshot->waivers;
	report->waiver_count = snapshot->waiver_count;
	report->ignored_waiver_count = snapshot->ignored_waiver_count;
	report->declared = snapshot->declared;
	report->declared_count = snapshot->declared_count;
	report->file_count = snapshot->file_count;
	report->ignored_count = snapshot->ignored_count;
	report->findings = arena_alloc(&report->arena, outcome->finding_count *
							       sizeof(*report->findings));
	report->finding_count = outcome->finding_count;
	for (size_t i = 0; i < outcome->finding_count; i++)
		report->findings[i] = outcome->findings[i].finding;
	report_sort(report);
}

/* Read, judge, report; the gate has the last word. */
static bool check(const struct settings *settings, const struct option_list *paths,
		  enum exit_status *status, struct error *err)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(outcome_release) struct outcome outcome;
	CLEANUP(report_release) struct report report;
	CLEANUP(baseline_release) struct baseline baseline = BASELINE_INIT;
	CLEANUP(drift_release) struct drift drift = { .arena = ARENA_INIT };
	struct gate gate;
	int64_t now = 0;
	bool nothing;

	snapshot_init(&snapshot, 0);
	outcome_init(&outcome);
	report_init(&report);
	*status = EXIT_USAGE;
	if (!gate_init(&gate, settings, err) || !output_check(settings, err) ||
	    !output_now(settings, &now, err) ||
	    !baseline_load(&baseline, settings->baseline, err))
		return false;
	snapshot.observed_at = now;
	snapshot.no_inline_waivers = settings->no_inline_waivers;
	if (!tree_policy_read(&snapshot, settings, paths, err) ||
	    !file_list_manifests(&snapshot, settings, paths, false, err))
		return false;
	drift_init(&drift, &snapshot, now, true);
	drift_judge(&drift, NULL, 0, &outcome);
	baseline_apply(&baseline, &outcome);
	gate_waive(&gate, snapshot.gaps, snapshot.gap_count);
	report_fill(&report, &snapshot, &outcome, &gate);
	nothing = snapshot.declared_count == 0 && gate_expects_images(paths);
	*status = EXIT_FATAL;
	report.scan.exit_status = (int)gate_status(&gate, &outcome, snapshot.gaps,
						   snapshot.gap_count, nothing);
	if (!output_write(settings, &report, err))
		return false;
	*status = (enum exit_status)report.scan.exit_status;
	return true;
}

enum exit_status command_check(const struct settings *settings,
			       const struct option_list *operands)
{
	const char *here = ".";
	struct option_list current = { &here, 1, NULL };
	enum exit_status status;
	struct error err = ERROR_INIT;

	if (!check(settings,
		   operands->count || settings->files_from0 ? operands : &current,
		   &status, &err))
		log_message(LOG_ERROR, "%s", err.text);
	return status;
}
