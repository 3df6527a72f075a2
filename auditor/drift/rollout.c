#include "drift/rollout.h"

#define DEADLINE_SECONDS 3600 /* where the workload names none */

bool rollout_is_current(const struct running_use *running,
			const struct live_workload *live)
{
	if (!live)
		return true;
	if (live->revision[0] != '\0' && running->revision[0] != '\0')
		return strcmp(live->revision, running->revision) == 0;
	if (live->generation[0] != '\0' && running->generation[0] != '\0')
		return strcmp(live->generation, running->generation) == 0;
	return true;
}

static bool is_owned_by(const struct running_use *running,
			const struct live_workload *live)
{
	if (strcmp(running->namespace, live->namespace) != 0)
		return false;
	for (size_t i = 0; i < running->owner_count; i++) {
		if (object_id_equal(&running->owners[i], &live->object))
			return true;
	}
	return false;
}

/* The youngest pod of the current revision: a rollout that makes pods goes on. */
static int64_t newest_current_pod(const struct snapshot *snapshot,
				  const struct live_workload *live)
{
	int64_t newest = 0;

	for (size_t i = 0; i < snapshot->running_count; i++) {
		const struct running_use *running = &snapshot->running[i];

		if (running->newest_pod_at > newest && is_owned_by(running, live) &&
		    rollout_is_current(running, live))
			newest = running->newest_pod_at;
	}
	return newest;
}

bool rollout_in_progress(const struct snapshot *snapshot,
			 const struct running_use *running,
			 const struct live_workload *live, int64_t now)
{
	int64_t progress, newest;

	if (rollout_is_current(running, live))
		return false;
	if (live->deadline_exceeded)
		return false;
	newest = newest_current_pod(snapshot, live);
	progress = live->progress_at > newest ? live->progress_at : newest;
	if (progress == 0)
		return true; /* no sign of when it began: nothing says that it is late */
	return now - progress <
	       (live->deadline_seconds ? live->deadline_seconds : DEADLINE_SECONDS);
}
