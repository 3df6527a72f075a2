/*
 * kube_probe - what kube_api_observe() makes of a cluster, as JSON
 *
 * kube_probe KUBECONFIG CONTEXT NAMESPACE [--all-phases] [--cluster-name NAME]
 *            [--selector LABELS] [--field-selector FIELDS] [--now TIME] [--quiet]
 *
 * CONTEXT "" is the current one, NAMESPACE "" all of them.  For the tests alone.
 */
#include "base/log.h"
#include "base/timestamp.h"
#include "source/kube_api.h"

#include <jansson.h>

static void jansson_release(json_t **json)
{
	json_decref(*json);
}

static json_t *object_json(const struct object_id *object)
{
	return json_pack("[s, s, s]", object->api_group, object->kind, object->name);
}

static json_t *image_json(const struct container_image *image)
{
	return json_pack("{s:s, s:s, s:s, s:i}", "container", image->container, "class",
			 container_class_name(image->class), "text", image->text, "state",
			 (int)image->state);
}

static json_t *running_json(const struct running_use *use)
{
	static const char *const states[] = { "pending", "started", "failing" };
	char platform[PLATFORM_TEXT_SIZE];
	json_t *owners = json_array();

	for (size_t i = 0; i < use->owner_count; i++)
		json_array_append_new(owners, object_json(&use->owners[i]));
	return json_pack(
		"{s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:i, s:s, s:b}",
		"namespace", use->namespace, "owners", owners, "image",
		image_json(&use->image), "image_id", use->image_id_text, "digest",
		use->image_id.digest.text, "platform",
		platform_format(platform, &use->platform), "state", states[use->state],
		"reason", use->reason, "revision", use->revision, "generation",
		use->generation, "newest_pod_at", (json_int_t)use->newest_pod_at,
		"pod_count", (int)use->pod_count, "pod", use->pod, "mirror", use->mirror);
}

static json_t *live_json(const struct live_workload *live)
{
	json_t *images = json_array();

	for (size_t i = 0; i < live->image_count; i++)
		json_array_append_new(images, image_json(&live->images[i]));
	return json_pack("{s:s, s:o, s:o, s:b, s:s, s:s, s:b, s:I, s:I, s:b}",
			 "namespace", live->namespace, "object",
			 object_json(&live->object), "images", images, "has_template",
			 live->has_template, "revision", live->revision, "generation",
			 live->generation, "idle", live->idle, "progress_at",
			 (json_int_t)live->progress_at, "deadline_seconds",
			 (json_int_t)live->deadline_seconds, "deadline_exceeded",
			 live->deadline_exceeded);
}

static json_t *lists_json(const struct snapshot *snapshot)
{
	json_t *running = json_array(), *live = json_array(), *gaps = json_array(),
	       *coverage = json_array(), *requests = json_array();

	for (size_t i = 0; i < snapshot->running_count; i++)
		json_array_append_new(running, running_json(&snapshot->running[i]));
	for (size_t i = 0; i < snapshot->live_count; i++)
		json_array_append_new(live, live_json(&snapshot->live[i]));
	for (size_t i = 0; i < snapshot->gap_count; i++) {
		const struct gap *gap = &snapshot->gaps[i];

		json_array_append_new(gaps, json_pack("{s:s, s:s, s:s, s:s}", "kind",
						      gap_name(gap->kind), "subject",
						      gap->subject, "reason", gap->reason,
						      "scope", gap->scope));
	}
	for (size_t i = 0; i < snapshot->coverage_count; i++) {
		const struct coverage *one = &snapshot->coverage[i];

		json_array_append_new(coverage,
				      json_pack("{s:s, s:b, s:s}", "scope", one->scope,
						"observed", one->observed, "note",
						one->note));
	}
	for (size_t i = 0; i < snapshot->request_count; i++) {
		const struct request_count *one = &snapshot->requests[i];

		json_array_append_new(requests,
				      json_pack("{s:s, s:i, s:i, s:I}", "host", one->host,
						"made", (int)one->made, "failed",
						(int)one->failed, "bytes",
						(json_int_t)one->bytes));
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "running", running, "live", live,
			 "gaps", gaps, "coverage", coverage, "requests", requests);
}

static void print_snapshot(const struct snapshot *snapshot, const struct error *err)
{
	CLEANUP(jansson_release) json_t *json = lists_json(snapshot);
	const struct cluster_identity none = { "", "", "", "", "", false };
	const struct cluster_identity *cluster =
		snapshot->cluster_count ? &snapshot->clusters[0].identity : &none;

	json_object_set_new(json, "cluster",
			    json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "key",
				      cluster->key, "name", cluster->name, "context",
				      cluster->context, "server", cluster->server,
				      "alias", cluster->alias, "insecure",
				      cluster->insecure));
	json_object_set_new(json, "pod_count", json_integer(snapshot->pod_count));
	json_object_set_new(json, "ended_pod_count",
			    json_integer(snapshot->ended_pod_count));
	json_object_set_new(json, "error_code", json_integer(err->code));
	json_object_set_new(json, "error", json_string(err->text));
	json_dumpf(json, stdout, JSON_INDENT(1) | JSON_SORT_KEYS);
	putchar('\n');
}

/* The options behind the three operands; false where one is not known. */
static bool read_options(int argc, char **argv, struct kube_scope *scope, int64_t *now,
			 bool *quiet)
{
	struct error err = ERROR_INIT;

	for (int i = 4; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--all-phases") == 0)
			scope->all_phases = true;
		else if (strcmp(argv[i], "--quiet") == 0)
			*quiet = true;
		else if (strcmp(argv[i], "--cluster-name") == 0 && ++i)
			scope->cluster_name = value;
		else if (strcmp(argv[i], "--selector") == 0 && ++i)
			scope->selector = value;
		else if (strcmp(argv[i], "--field-selector") == 0 && ++i)
			scope->field_selector = value;
		else if (strcmp(argv[i], "--now") != 0 || !++i ||
			 !timestamp_parse(now, value, &err))
			return false;
	}
	return true;
}

static bool probe(const char *file, const char *context, const struct kube_scope *scope,
		  struct snapshot *snapshot, struct error *err)
{
	CLEANUP(kube_config_release) struct kube_config config = KUBE_CONFIG_INIT;
	CLEANUP(http_free) struct http *http = NULL;
	CLEANUP(worker_free) struct worker *worker = worker_new();
	const struct http_limits limits = { .first_byte_seconds = 5 };
	struct kube_scope whole = *scope;
	struct observation *observation;
	bool observed;

	if (!kube_config_load(&config, file[0] ? file : NULL, context[0] ? context : NULL,
			      err))
		return false;
	http = http_new(&limits, err);
	if (!http)
		return false;
	whole.worker = worker;
	observation = kube_api_start(http, &config, &whole, snapshot, err);
	if (!observation)
		return false;
	do {
		http_run(http);
	} while (kube_api_continue(observation));
	observed = kube_api_conclude(observation, err);
	kube_api_release(&observation);
	return observed;
}

int main(int argc, char **argv)
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	struct kube_scope scope = { .selector = "",
				    .field_selector = "",
				    .cluster_name = "" };
	struct error err = ERROR_INIT;
	int64_t now = timestamp_now();
	bool quiet = false;

	if (argc < 4 || !read_options(argc, argv, &scope, &now, &quiet)) {
		fputs("usage: kube_probe KUBECONFIG CONTEXT NAMESPACE [OPTION...]\n",
		      stderr);
		return 2;
	}
	log_set_level(LOG_DEBUG);
	scope.namespace = argv[3];
	snapshot_init(&snapshot, now);
	if (!probe(argv[1], argv[2], &scope, &snapshot, &err))
		fprintf(stderr, "kube_probe: %s\n", err.text);
	if (!quiet)
		print_snapshot(&snapshot, &err);
	return err.code == ERROR_NONE ? 0 : 1;
}
