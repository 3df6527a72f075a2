#include "source/kube_workload.h"

#include "base/timestamp.h"
#include "model/workload.h"
#include "source/kube_shape.h"

#define DEPLOYMENT_DEADLINE 600 /* apps/v1, DeploymentSpec.progressDeadlineSeconds */

struct kube_reference kube_reference_of(const struct node *metadata)
{
	size_t count;
	struct node **items = node_items(metadata, "ownerReferences", &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(node_text(items[i], "controller"), "true") != 0)
			continue;
		return (struct kube_reference){
			.api_version = node_text(items[i], "apiVersion"),
			.kind = node_text(items[i], "kind"),
			.name = node_text(items[i], "name"),
			.uid = node_text(items[i], "uid"),
		};
	}
	return (struct kube_reference){ "", "", "", "" };
}

/* 0 where it is no time. */
static int64_t time_of(const struct node *node, const char *key)
{
	struct error ignored = ERROR_INIT;
	int64_t seconds = 0;

	return timestamp_parse(&seconds, node_text(node, key), &ignored) ? seconds : 0;
}

/* `absent` where there is no such number. */
static long long number_of(const struct node *node, const char *key, long long absent)
{
	const char *text = node_text(node, key);
	char *end;
	long long number = strtoll(text, &end, 10);

	return *text && !*end ? number : absent;
}

/*
 * Who owns fields of the template has ordered something: a person, or what applies
 * manifests.  Controllers write the status, annotations and the number of replicas.
 */
static bool is_order(const struct node *entry)
{
	const struct node *spec = node_get(node_get(entry, "fieldsV1"), "f:spec");

	return !node_text(entry, "subresource")[0] &&
	       (node_get(spec, "f:template") || node_get(spec, "f:jobTemplate"));
}

/* When somebody last changed the object (server-side apply's managedFields). */
static int64_t newest_order(const struct node *metadata)
{
	size_t count;
	struct node **entries = node_items(metadata, "managedFields", &count);
	int64_t newest = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t at = is_order(entries[i]) ? time_of(entries[i], "time") : 0;

		newest = at > newest ? at : newest;
	}
	return newest;
}

/* True while the newest order has not been looked at by the controller. */
static bool unobserved(const struct node *item)
{
	long long observed =
		number_of(node_get(item, "status"), "observedGeneration", -1);

	return observed >= 0 &&
	       observed < number_of(node_get(item, "metadata"), "generation", 0);
}

/* Deployments report on themselves: condition Progressing, of what was observed. */
static void read_progress(struct live_workload *live, const struct node *item)
{
	size_t count;
	struct node **conditions =
		node_items(node_get(item, "status"), "conditions", &count);
	int64_t reported_at = 0;

	live->deadline_seconds = number_of(
		node_get(item, "spec"), "progressDeadlineSeconds", DEPLOYMENT_DEADLINE);
	if (unobserved(item))
		return;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(node_text(conditions[i], "type"), "Progressing") != 0)
			continue;
		reported_at = time_of(conditions[i], "lastUpdateTime");
		live->deadline_exceeded = strcmp(node_text(conditions[i], "reason"),
						 "ProgressDeadlineExceeded") == 0;
	}
	if (reported_at)
		live->progress_at = reported_at;
}

/*
 * Argo Rollouts watch their deadline themselves, without the pauses of their steps, which
 * may take days or wait for somebody.
 */
static void read_phase(struct live_workload *live, const struct node *item)
{
	const char *phase = node_text(node_get(item, "status"), "phase");

	if (unobserved(item))
		return;
	live->progressing =
		strcmp(phase, "Paused") == 0 || strcmp(phase, "Progressing") == 0;
	live->deadline_exceeded = strcmp(phase, "Degraded") == 0;
}

/* What the pods of the newest template have for revision, where the object says so. */
static void read_revision(struct live_workload *live, const struct node *item,
			  struct pool *pool)
{
	static const struct {
		const char *kind, *key; /* in status */
	} keys[] = {
		{ "StatefulSet", "updateRevision" },
		{ "Rollout", "currentPodHash" },
	};
	const struct node *notes = node_get(node_get(item, "metadata"), "annotations");

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (strcmp(live->object.kind, keys[i].kind) == 0)
			live->revision = pool_keep(
				pool, node_text(node_get(item, "status"), keys[i].key));
	}
	if (strcmp(live->object.kind, "DaemonSet") == 0)
		live->generation =
			pool_keep(pool, node_text(notes, KUBE_TEMPLATE_GENERATION));
	else if (unobserved(item))
		live->revision = KUBE_REVISION_UNMADE;
}

/* True where no pods are wanted now. */
static bool is_idle(const char *kind, const struct node *item)
{
	if (strcmp(kind, "CronJob") == 0 || strcmp(kind, "Job") == 0)
		return true; /* a Job may be done; metadata does not tell */
	if (strcmp(kind, "DaemonSet") == 0)
		return number_of(node_get(item, "status"), "desiredNumberScheduled", 1) ==
		       0;
	return number_of(node_get(item, "spec"), "replicas", 1) == 0;
}

struct container_image kube_image_copy(const struct container_image *image,
				       struct pool *pool)
{
	struct container_image copy = *image;

	copy.container = pool_keep(pool, image->container);
	copy.text = pool_keep(pool, image->text);
	copy.problem = pool_keep(pool, image->problem);
	copy.ref.registry = pool_keep(pool, image->ref.registry);
	copy.ref.repository = pool_keep(pool, image->ref.repository);
	copy.ref.tag = pool_keep(pool, image->ref.tag);
	return copy;
}

static void read_template(struct live_workload *live, const struct node *item,
			  struct pool *pool)
{
	CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
	const struct workload_kind *row =
		workload_kind_find(live->object.api_group, live->object.kind);
	const struct node *node = row ? item : NULL;
	struct image_field *fields;

	for (size_t i = 0; node && row->pod_spec[i]; i++)
		node = node_get(node, row->pod_spec[i]);
	if (!node)
		return;
	live->has_template = true;
	fields = pod_spec_images(node, &scratch, &live->image_count);
	live->images =
		arena_alloc(pool->arena, live->image_count * sizeof(*live->images));
	for (size_t i = 0; i < live->image_count; i++)
		live->images[i] = kube_image_copy(&fields[i].image, pool);
}

struct kube_reference kube_reference_copy(const struct kube_reference *reference,
					  struct pool *pool)
{
	return (struct kube_reference){
		.api_version = pool_keep(pool, reference->api_version),
		.kind = pool_keep(pool, reference->kind),
		.name = pool_keep(pool, reference->name),
		.uid = pool_keep(pool, reference->uid),
	};
}

/* Argo Rollouts: whose template it takes, if it has none itself. */
static struct kube_reference template_of(const struct node *item)
{
	const struct node *reference = node_get(node_get(item, "spec"), "workloadRef");

	return (struct kube_reference){
		.api_version = node_text(reference, "apiVersion"),
		.kind = node_text(reference, "kind"),
		.name = node_text(reference, "name"),
		.uid = "",
	};
}

struct kube_workload kube_workload_read(const struct node *item, const char *api_group,
					const char *kind, struct pool *pool)
{
	const struct node *meta = node_get(item, "metadata");
	const struct kube_reference controller = kube_reference_of(meta);
	const struct kube_reference lender = template_of(item);
	struct kube_workload workload = {
		.uid = pool_keep(pool, node_text(meta, "uid")),
		.controller = kube_reference_copy(&controller, pool),
		.template_of = kube_reference_copy(&lender, pool),
		.pod_hash = pool_keep(pool,
				      node_text(node_get(meta, "labels"), KUBE_POD_HASH)),
		.number = pool_keep(pool, node_text(node_get(meta, "annotations"),
						    KUBE_REVISION_NUMBER)),
	};
	struct live_workload *live = &workload.live;

	*live = (struct live_workload){
		.namespace = pool_keep(pool, node_text(meta, "namespace")),
		.object = { api_group, kind, pool_keep(pool, node_text(meta, "name")) },
		.revision = "",
		.generation = "",
		.idle = is_idle(kind, item),
		.progress_at = newest_order(meta),
	};
	read_template(live, item, pool);
	read_revision(live, item, pool);
	if (strcmp(kind, "Deployment") == 0)
		read_progress(live, item);
	if (strcmp(kind, "Rollout") == 0)
		read_phase(live, item);
	return workload;
}
