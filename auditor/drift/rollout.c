#include "drift/rollout.h"

#include "drift/reference.h"

#define DEADLINE_SECONDS 3600 /* where the workload names none */

const struct container_image *rollout_template_image(const struct live_workload *live,
						     enum container_class class,
						     const char *container)
{
	for (size_t i = 0; live && i < live->image_count; i++) {
		if (live->images[i].class == class &&
		    strcmp(live->images[i].container, container) == 0)
			return &live->images[i];
	}
	return NULL;
}

static bool is_cron_job(const struct live_workload *live)
{
	return strcmp(live->object.kind, "CronJob") == 0;
}

/* Whether the pods name what the template names. */
static bool is_from_template(const struct running_use *running,
			     const struct live_workload *live)
{
	const struct container_image *image = &running->image;
	const struct container_image *template =
		rollout_template_image(live, image->class, image->container);

	if (!template || template->state != REFERENCE_OK || image->state != REFERENCE_OK)
		return true;
	return !reference_difference(&template->ref, &image->ref);
}

bool rollout_is_current(const struct running_use *running,
			const struct live_workload *live)
{
	if (!live)
		return true;
	if (live->revision[0] != '\0' && running->revision[0] != '\0')
		return strcmp(live->revision, running->revision) == 0;
	if (live->generation[0] != '\0' && running->generation[0] != '\0')
		return strcmp(live->generation, running->generation) == 0;
	return !is_cron_job(live) || is_from_template(running, live);
}

bool rollout_is_recent(int64_t begun_at, int64_t now)
{
	return now - begun_at < DEADLINE_SECONDS;
}

bool rollout_in_progress(const struct running_use *running,
			 const struct live_workload *live, int64_t newest_pod_at,
			 int64_t now)
{
	int64_t progress;

	if (running->ending)
		return true;
	if (rollout_is_current(running, live) || live->deadline_exceeded)
		return false;
	if (live->progressing)
		return true;
	progress = live->progress_at;
	if (is_cron_job(live))
		return rollout_is_recent(progress, now); /* its pods replace none */
	if (newest_pod_at > progress)
		progress = newest_pod_at;
	if (progress == 0)
		return true; /* nothing says that it is late */
	return now - progress <
	       (live->deadline_seconds ? live->deadline_seconds : DEADLINE_SECONDS);
}
