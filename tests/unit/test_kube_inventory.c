/*
 * test_kube_inventory.c - what the shapes leave out is of no consequence
 *
 * Objects are read twice: by the shape of their kind, as a scan does, and whole, which
 * test_json.c holds to jansson's answers.  The snapshots that come of them have to be
 * the same.
 */
#include "source/kube_inventory.h"

#include "base/buf.h"
#include "source/kube_shape.h"

#include "tests/unit/check.h"

#include <dirent.h>
#include <jansson.h>

#define RECORDINGS "../shared/kube-recordings"
#define TEXT_BYTES ((size_t)16 * 1024 * 1024)
#define ROUNDS 400
#define OBJECTS 6 /* of each kind in a round */

struct writer {
	uint64_t seed;
	struct buf text;
};

/* xorshift64: the same numbers on every machine. */
static uint32_t draw(struct writer *writer, uint32_t below)
{
	writer->seed ^= writer->seed << 13;
	writer->seed ^= writer->seed >> 7;
	writer->seed ^= writer->seed << 17;
	return (uint32_t)(writer->seed >> 32) % below;
}

static const char *one_of(struct writer *writer, const char *const *texts, size_t count)
{
	return texts[draw(writer, (uint32_t)count)];
}

#define ONE_OF(writer, ...)                                                              \
	one_of(writer, (const char *const[]){ __VA_ARGS__ },                             \
	       ARRAY_LENGTH(((const char *const[]){ __VA_ARGS__ })))

/* Members that nobody asks for where they stand, though other places have such names. */
static void write_noise(struct writer *writer)
{
	if (draw(writer, 3) == 0)
		buf_printf(&writer->text, "\"%s\":%s,",
			   ONE_OF(writer, "resources", "env", "lastState", "ports",
				  "metadata", "items", "f:image"),
			   ONE_OF(writer, "null", "[]", "{}", "-1.5e3", "\"a\\u00e9\"",
				  "[{\"name\":\"app\",\"image\":\"no/such:1\"}]",
				  "{\"waiting\":{\"reason\":\"ImagePullBackOff\"}}",
				  "{\"name\":\"app\",\"imageID\":\"sha256:0\"}"));
}

/* Perhaps `"key":"value",`. */
static void write_text(struct writer *writer, const char *key, const char *value)
{
	write_noise(writer);
	if (draw(writer, 8))
		buf_printf(&writer->text, "\"%s\":\"%s\",", key, value);
}

static void write_raw(struct writer *writer, const char *key, const char *value)
{
	write_noise(writer);
	if (draw(writer, 4))
		buf_printf(&writer->text, "\"%s\":%s,", key, value);
}

/* Of what was opened with `open`; the comma before it goes. */
static void close_with(struct writer *writer, const char *end)
{
	if (writer->text.data[writer->text.length - 1] == ',')
		writer->text.length--;
	buf_puts(&writer->text, end);
}

static void write_metadata(struct writer *writer)
{
	buf_puts(&writer->text, "\"metadata\":{");
	write_text(writer, "name", ONE_OF(writer, "a", "b", "c"));
	write_text(writer, "namespace", ONE_OF(writer, "shop", "data"));
	write_text(writer, "uid", ONE_OF(writer, "u1", "u2", "u3", "u4", "u5"));
	write_raw(writer, "generation", ONE_OF(writer, "1", "2"));
	write_text(
		writer, "creationTimestamp",
		ONE_OF(writer, "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "soon"));
	if (draw(writer, 4) == 0)
		write_text(writer, "deletionTimestamp", "2026-11-03T00:00:00Z");
	buf_puts(&writer->text, "\"labels\":{");
	write_text(writer, KUBE_POD_HASH, ONE_OF(writer, "h1", "h2"));
	write_text(writer, KUBE_ROLLOUT_HASH, ONE_OF(writer, "", "r1"));
	write_text(writer, KUBE_CONTROLLER_HASH, ONE_OF(writer, "c1", "c2"));
	write_text(writer, KUBE_POD_GENERATION, ONE_OF(writer, "1", "2"));
	close_with(writer, "},\"annotations\":{");
	write_text(writer, KUBE_REVISION_NUMBER, ONE_OF(writer, "1", "2"));
	write_text(writer, KUBE_TEMPLATE_GENERATION, ONE_OF(writer, "1", "2"));
	if (draw(writer, 5) == 0)
		write_text(writer, KUBE_MIRROR, "hash");
	close_with(writer, "},\"ownerReferences\":[{");
	write_raw(writer, "controller", ONE_OF(writer, "true", "true", "false"));
	write_text(writer, "apiVersion", ONE_OF(writer, "apps/v1", "v1", "x.example/v1"));
	write_text(writer, "kind", ONE_OF(writer, "ReplicaSet", "Deployment", "Node"));
	write_text(writer, "name", ONE_OF(writer, "a", "b"));
	write_text(writer, "uid", ONE_OF(writer, "u1", "u2", "u3"));
	close_with(writer, "}],\"managedFields\":[{");
	write_text(writer, "subresource", ONE_OF(writer, "", "status"));
	write_text(writer, "time", ONE_OF(writer, "2026-11-03T00:00:00Z", "x"));
	write_raw(writer, "fieldsV1",
		  ONE_OF(writer, "{\"f:spec\":{\"f:replicas\":{}}}",
			 "{\"f:spec\":{\"f:template\":{\"f:spec\":{}}}}", "null"));
	close_with(writer, "}]},");
}

static void write_containers(struct writer *writer, const char *key)
{
	uint32_t least = strcmp(key, "containers") == 0;

	buf_printf(&writer->text, "\"%s\":[", key);
	for (uint32_t i = least + draw(writer, 3); i > 0; i--) {
		buf_puts(&writer->text, "{");
		write_text(writer, "name", ONE_OF(writer, "app", "proxy"));
		write_text(writer, "image",
			   ONE_OF(writer, "r.example/app:1", "r.example/app:2", "a b"));
		write_text(writer, "restartPolicy", ONE_OF(writer, "Always", "Never"));
		close_with(writer, "},");
	}
	close_with(writer, "],");
}

static void write_pod_spec(struct writer *writer)
{
	write_text(writer, "nodeName", ONE_OF(writer, "node-1", "node-2"));
	write_raw(writer, "imagePullSecrets",
		  ONE_OF(writer, "[{\"name\":\"regcred\"}]",
			 "[{\"x\":1,\"name\":\"other\"},{\"name\":\"regcred\"}]"));
	write_containers(writer, "containers");
	write_containers(writer, "initContainers");
	write_containers(writer, "ephemeralContainers");
	buf_puts(&writer->text, "\"volumes\":[{");
	write_text(writer, "name", "model");
	write_raw(writer, "rbd", "{\"image\":\"ceph\"}");
	write_raw(writer, "image", "{\"reference\":\"r.example/model:1\",\"x\":1}");
	close_with(writer, "}],");
}

static void write_statuses(struct writer *writer, const char *key)
{
	buf_printf(&writer->text, "\"%s\":[", key);
	for (uint32_t i = draw(writer, 3); i > 0; i--) {
		buf_puts(&writer->text, "{");
		write_text(writer, "name", ONE_OF(writer, "app", "proxy"));
		write_text(writer, "image", "sha256:0");
		write_text(writer, "imageID",
			   ONE_OF(writer, "", "r.example/app@sha256:1", "docker://x"));
		write_raw(writer, "state",
			  ONE_OF(writer, "{\"running\":{}}",
				 "{\"waiting\":{\"reason\":\"ErrImagePull\"}}",
				 "{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}}"));
		write_raw(writer, "volumeMounts",
			  "[{\"name\":\"model\",\"volumeStatus\":{\"image\":"
			  "{\"imageRef\":\"r.example/model@sha256:2\"}}}]");
		close_with(writer, "},");
	}
	close_with(writer, "],");
}

/* An object that could be of any kind: each reads what it knows of. */
static void write_object(struct writer *writer, const struct kube_resource *resource)
{
	buf_printf(&writer->text, "{\"kind\":\"%s\",\"apiVersion\":\"%s%s%s\",",
		   resource->kind, resource->group, resource->group[0] ? "/" : "",
		   resource->version);
	write_metadata(writer);
	if (!resource->metadata_only) {
		buf_puts(&writer->text, "\"spec\":{");
		write_pod_spec(writer);
		write_raw(writer, "replicas", ONE_OF(writer, "0", "1", "3"));
		write_raw(writer, "progressDeadlineSeconds", ONE_OF(writer, "60", "600"));
		buf_puts(&writer->text, "\"template\":{\"spec\":{");
		write_pod_spec(writer);
		close_with(writer,
			   "}},\"jobTemplate\":{\"spec\":{\"template\":{\"spec\":{");
		write_pod_spec(writer);
		close_with(writer, "}}}}},\"status\":{");
		write_text(writer, "phase", ONE_OF(writer, "Running", "Failed"));
		write_statuses(writer, "containerStatuses");
		write_statuses(writer, "initContainerStatuses");
		write_statuses(writer, "ephemeralContainerStatuses");
		write_raw(writer, "observedGeneration", ONE_OF(writer, "1", "2"));
		write_text(writer, "updateRevision", ONE_OF(writer, "c1", "c2"));
		write_text(writer, "currentPodHash", ONE_OF(writer, "h1", "r1"));
		write_raw(writer, "desiredNumberScheduled", ONE_OF(writer, "0", "2"));
		buf_puts(&writer->text, "\"conditions\":[{");
		write_text(writer, "type", ONE_OF(writer, "Progressing", "Available"));
		write_text(writer, "reason",
			   ONE_OF(writer, "NewReplicaSetAvailable",
				  "ProgressDeadlineExceeded"));
		write_text(writer, "lastUpdateTime", "2026-11-04T00:00:00Z");
		close_with(writer, "}]},");
	}
	close_with(writer, "}");
}

static void print_image(struct buf *out, const struct container_image *image)
{
	buf_printf(out, " [%s %d %d %s]", image->container, image->class, image->state,
		   image->text);
}

/* All that a scan makes of it. */
static void print_snapshot(struct buf *out, const struct snapshot *snapshot)
{
	char platform[PLATFORM_TEXT_SIZE];

	buf_printf(out, "pods %u ended %u\n", snapshot->pod_count,
		   snapshot->ended_pod_count);
	for (size_t i = 0; i < snapshot->running_count; i++) {
		const struct running_use *use = &snapshot->running[i];

		buf_printf(out, "use %s", use->namespace);
		for (size_t j = 0; j < use->owner_count; j++)
			buf_printf(out, " %s/%s/%s", use->owners[j].api_group,
				   use->owners[j].kind, use->owners[j].name);
		print_image(out, &use->image);
		buf_printf(out, " %s %s %d %s %s %s %lld %u %s %d\n", use->image_id_text,
			   platform_format(platform, &use->platform), use->state,
			   use->reason, use->revision, use->generation,
			   (long long)use->newest_pod_at, use->pod_count, use->pod,
			   use->mirror);
	}
	for (size_t i = 0; i < snapshot->live_count; i++) {
		const struct live_workload *live = &snapshot->live[i];

		buf_printf(out, "live %s %s/%s/%s", live->namespace,
			   live->object.api_group, live->object.kind, live->object.name);
		for (size_t j = 0; j < live->image_count; j++)
			print_image(out, &live->images[j]);
		buf_printf(out, " %d %s %s %d %lld %lld %d\n", live->has_template,
			   live->revision, live->generation, live->idle,
			   (long long)live->progress_at,
			   (long long)live->deadline_seconds, live->deadline_exceeded);
	}
}

/* Lists of one text for each resource ("" for none), read by what `shape_of` says. */
static void observe(struct buf *out, const struct buf texts[KUBE_RESOURCE_COUNT],
		    const struct json_shape *(*shape_of)(enum kube_resource_name name))
{
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(pool_release) struct pool pool = POOL_INIT(&snapshot.arena);
	CLEANUP(table_release) struct table platforms = TABLE_INIT;
	CLEANUP(pull_secrets_release) struct pull_secrets secrets = PULL_SECRETS_INIT;
	CLEANUP(kube_inventory_release) struct kube_inventory inventory;
	struct error err = ERROR_INIT;

	snapshot_init(&snapshot, 0);
	*table_slot(&platforms, "node-1", strlen("node-1"), NULL) = (void *)"linux/arm64";
	kube_inventory_init(&inventory, &pool, &platforms, false);
	if (shape_of(KUBE_PODS) != kube_any_shape) /* dumps: nobody is asked for them */
		inventory.pods.pull_secrets = &secrets;
	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		const struct json_shape list[] = {
			{ "items", shape_of((enum kube_resource_name)i) },
			{ NULL, NULL },
		};
		struct json_source source = { .text = texts[i].data,
					      .length = texts[i].length,
					      .members = list[0].members ? list : NULL };
		struct node **items, *root;
		size_t count;

		if (!texts[i].length)
			continue;
		if (!json_read(&root, &arena, &source, &err))
			fail_msg("%s in %s", err.text, texts[i].data);
		items = node_items(root, "items", &count);
		for (size_t j = 0; j < count; j++)
			assert_true(kube_inventory_fold(
				&inventory, (enum kube_resource_name)i, items[j], &err));
	}
	kube_inventory_finish(&inventory, &snapshot);
	kube_inventory_settle(&snapshot);
	print_snapshot(out, &snapshot);
	for (size_t i = 0; i < secrets.named.count; i++)
		buf_printf(out, "secret %s\n", secrets.named.entries[i].key);
}

static const struct json_shape *whole(enum kube_resource_name name)
{
	(void)name;
	return NULL;
}

static const struct json_shape *of_its_kind(enum kube_resource_name name)
{
	return kube_resources[name].shape;
}

static const struct json_shape *of_any_kind(enum kube_resource_name name)
{
	(void)name;
	return kube_any_shape;
}

/* Returns how many lines the snapshot has. */
static size_t check_shapes(const struct buf texts[KUBE_RESOURCE_COUNT])
{
	CLEANUP(buf_release) struct buf all = BUF_INIT(TEXT_BYTES);
	CLEANUP(buf_release) struct buf kind = BUF_INIT(TEXT_BYTES);
	CLEANUP(buf_release) struct buf any = BUF_INIT(TEXT_BYTES);
	size_t lines = 0;

	observe(&all, texts, whole);
	observe(&kind, texts, of_its_kind);
	observe(&any, texts, of_any_kind);
	assert_string_equal(buf_text(&all), buf_text(&kind));
	assert_memory_equal(buf_text(&all), buf_text(&any), any.length);
	assert_true(all.length == any.length ||
		    strncmp(buf_text(&all) + any.length, "secret ", 7) == 0);
	for (const char *c = buf_text(&all); *c; c++)
		lines += *c == '\n';
	return lines;
}

static void shapes_leave_out_nothing_of_generated_objects(void **state)
{
	struct writer writer = { .seed = 42, .text = BUF_INIT(TEXT_BYTES) };
	struct buf texts[KUBE_RESOURCE_COUNT];
	size_t lines = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
			buf_clear(&writer.text);
			buf_puts(&writer.text, "{\"items\":[");
			for (int j = 0; j < OBJECTS; j++) {
				write_object(&writer, &kube_resources[i]);
				buf_putc(&writer.text, ',');
			}
			close_with(&writer, "]}");
			texts[i] = (struct buf)BUF_INIT(TEXT_BYTES);
			buf_add(&texts[i], writer.text.data, writer.text.length);
		}
		lines += check_shapes(texts);
		for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++)
			buf_release(&texts[i]);
	}
	assert_true(lines > (size_t)ROUNDS * OBJECTS * 8);
	buf_release(&writer.text);
}

/* The lists of a real API server, one page of each. */
static void shapes_leave_out_nothing_of_recorded_lists(void **state)
{
	static const char *const files[KUBE_RESOURCE_COUNT] = {
		[KUBE_PODS] = "pods-shop-page1.json",
		[KUBE_DEPLOYMENTS] = "deployments-shop-page1.json",
		[KUBE_STATEFULSETS] = "statefulsets-shop-page1.json",
		[KUBE_DAEMONSETS] = "daemonsets-shop-page1.json",
		[KUBE_CRONJOBS] = "cronjobs-shop-page1.json",
		[KUBE_REPLICATIONCONTROLLERS] = "replicationcontrollers-shop-page1.json",
		[KUBE_REPLICASETS] = "replicasets-shop-page1.json",
		[KUBE_JOBS] = "jobs-shop-page1.json",
		[KUBE_ROLLOUTS] = "rollouts-shop-page1.json",
	};
	struct buf texts[KUBE_RESOURCE_COUNT];
	DIR *folder = opendir(RECORDINGS);

	(void)state;
	if (!folder)
		skip();
	closedir(folder);
	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		char path[256];
		json_t *recording;

		texts[i] = (struct buf)BUF_INIT(TEXT_BYTES);
		snprintf(path, sizeof(path), RECORDINGS "/%s", files[i]);
		recording = json_load_file(path, 0, NULL);
		assert_non_null(recording);
		if (!kube_resources[i].metadata_only) /* was recorded whole */
			buf_puts(
				&texts[i],
				json_string_value(json_object_get(
					json_object_get(recording, "response"), "body")));
		json_decref(recording);
	}
	assert_true(check_shapes(texts) > 5);
	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++)
		buf_release(&texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_leave_out_nothing_of_generated_objects),
		cmocka_unit_test(shapes_leave_out_nothing_of_recorded_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
