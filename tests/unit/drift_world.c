#include "tests/unit/drift_world.h"

#include "base/buf.h"
#include "model/scope.h"
#include "model/workload.h"

#define CLUSTER_KEY "uid:1f0e"
#define TREE "https://git.example.com/shop.git"

void drift_world_init(struct drift_world *world, const char *const *images, size_t count)
{
	struct snapshot *snapshot;

	*world = (struct drift_world){ .rounds = 0 };
	image_world_init(&world->images, images, count);
	outcome_init(&world->outcome);
	snapshot = world->snapshot = &world->images.snapshot;
	snapshot->observed_at = WORLD_NOW;
	snapshot_add_cluster(snapshot, &(struct scanned_cluster){
					       .identity = { .key = CLUSTER_KEY,
							     .name = "prod",
							     .context = "admin@prod",
							     .server = "",
							     .alias = "" },
					       .namespace = "" });
	snapshot->tree = TREE;
	snapshot_add_coverage(snapshot,
			      scope_of_namespace(&snapshot->arena, CLUSTER_KEY, ""), true,
			      "cluster");
	snapshot_add_coverage(snapshot, scope_of_path(&snapshot->arena, TREE, "deploy/"),
			      true, "deploy");
}

void drift_world_release(struct drift_world *world)
{
	drift_release(&world->drift);
	outcome_release(&world->outcome);
	image_world_release(&world->images);
}

void drift_world_add_second(struct drift_world *world)
{
	struct snapshot *snapshot = world->snapshot;

	snapshot_add_cluster(snapshot,
			     &(struct scanned_cluster){ .identity = { .key = "uid:2",
								      .name = "staging",
								      .context = "",
								      .server = "",
								      .alias = "" },
							.namespace = "" });
	snapshot_add_coverage(snapshot, scope_of_namespace(&snapshot->arena, "uid:2", ""),
			      true, "cluster");
}

void drift_world_uncover(struct drift_world *world)
{
	world->snapshot->coverage_count = 0;
	world->snapshot->coverage = NULL;
}

void drift_world_narrow(struct drift_world *world, const char *namespace)
{
	struct snapshot *snapshot = world->snapshot;

	snapshot->clusters[0].namespace = namespace;
	snapshot->coverage[0].scope =
		scope_of_namespace(&snapshot->arena, CLUSTER_KEY, namespace);
}

const char *drift_world_text(struct drift_world *world, const char *image)
{
	struct arena *arena = &world->snapshot->arena;
	const char *at = strrchr(image, '@');
	struct digest digest;

	if (image[0] == '=')
		return arena_strdup(arena, image + 1);
	if (!at)
		return arena_printf(arena, WORLD_HOST "/%s", image);
	digest = image_world_digest(at + 1);
	return arena_printf(arena, WORLD_HOST "/%.*s@%s", (int)(at - image), image,
			    digest.text);
}

/* What a name of a container says. */
struct named {
	const char *namespace;
	struct object_id object;
	enum container_class class;
	const char *container;
};

/* Kinds of custom resources, whose pods a controller makes. */
static const struct object_id custom_kinds[] = {
	{ "monitoring.coreos.com", "Prometheus", "" },
	{ "argoproj.io", "Workflow", "" },
	{ "serving.knative.dev", "Service", "" },
	{ "example.com", "Gadget", "" },
};

static const struct object_id *custom_kind(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LENGTH(custom_kinds); i++) {
		if (strcmp(custom_kinds[i].kind, kind) == 0)
			return &custom_kinds[i];
	}
	return NULL;
}

static const char *group_of(const char *kind)
{
	if (custom_kind(kind))
		return custom_kind(kind)->api_group;
	for (const struct workload_kind *row = workload_kinds; row->kind; row++) {
		if (strcmp(row->kind, kind) == 0)
			return row->api_group;
	}
	return "example.com";
}

static struct named name_of(struct drift_world *world, const char *where)
{
	char *rest = arena_strdup(&world->snapshot->arena, where);
	struct named named = { .class = CLASS_CONTAINER };
	char *colon;

	named.namespace = strsep(&rest, "/");
	named.object.kind = strsep(&rest, "/");
	named.object.name = strsep(&rest, "/");
	assert_non_null(rest);
	named.object.api_group = group_of(named.object.kind);
	colon = strchr(rest, ':');
	named.container = colon ? colon + 1 : rest;
	for (int class = 0; colon && class <= CLASS_IMAGE_VOLUME; class ++) {
		const char *name = container_class_name((enum container_class) class);

		if (strncmp(rest, name, (size_t)(colon - rest)) == 0 &&
		    strlen(name) == (size_t)(colon - rest))
			named.class = (enum container_class) class;
	}
	return named;
}

static struct container_image image_of(struct drift_world *world,
				       const struct named *named, const char *text)
{
	struct container_image image = { .container = named->container,
					 .class = named->class };

	container_image_read(&image, &world->snapshot->arena,
			     drift_world_text(world, text));
	return image;
}

struct declared_use *drift_world_declare(struct drift_world *world, const char *where,
					 const char *image)
{
	struct snapshot *snapshot = world->snapshot;
	struct named named = name_of(world, where);
	const char *path =
		arena_printf(&snapshot->arena, "deploy/%s.yaml", named.object.name);
	struct declared_use use = {
		.file = path,
		.path = path,
		.line = (uint32_t)snapshot->declared_count + 1,
		.column = 1,
		.cluster = "",
		.namespace = named.namespace,
		.object = named.object,
		.field = "spec",
		.image = image_of(world, &named, image),
		.workload = !custom_kind(named.object.kind),
	};

	if (!use.workload)
		use.field = arena_printf(&snapshot->arena, "spec.%zu.image",
					 snapshot->declared_count);

	snapshot_add_declared(snapshot, &use);
	return &snapshot->declared[snapshot->declared_count - 1];
}

/* The chain from the pod up. */
static void set_owners(struct drift_world *world, struct running_use *use,
		       const struct object_id *object)
{
	struct arena *arena = &world->snapshot->arena;
	const char *child = arena_printf(arena, "%s-1", object->name);

	if (strcmp(object->kind, "Deployment") == 0 ||
	    strcmp(object->kind, "Rollout") == 0)
		use->owners[use->owner_count++] =
			(struct object_id){ "apps", "ReplicaSet", child };
	else if (strcmp(object->kind, "Prometheus") == 0)
		use->owners[use->owner_count++] =
			(struct object_id){ "apps", "StatefulSet", object->name };
	else if (strcmp(object->kind, "CronJob") == 0)
		use->owners[use->owner_count++] =
			(struct object_id){ "batch", "Job", child };
	use->owners[use->owner_count++] = *object;
}

static const char *image_id_text(struct drift_world *world, const char *image_id)
{
	struct arena *arena = &world->snapshot->arena;
	struct digest digest;

	if (image_id[0] == '\0' || image_id[0] == '=')
		return image_id[0] ? image_id + 1 : "";
	if (strncmp(image_id, "bare ", 5) == 0) {
		digest = image_world_digest(image_id + 5);
		return arena_strdup(arena, digest.text);
	}
	digest = image_world_digest(image_id);
	return arena_printf(arena, WORLD_HOST "/" WORLD_REPOSITORY "@%s", digest.text);
}

struct running_use *drift_world_run(struct drift_world *world, const char *where,
				    const char *image, const char *image_id)
{
	struct snapshot *snapshot = world->snapshot;
	struct named named = name_of(world, where);
	const char *id = image_id_text(world, image_id);
	struct running_use *added, use = {
		.namespace = named.namespace,
		.image = image_of(world, &named, image),
		.image_id_text = id,
		.image_id = image_id_parse(id, &snapshot->arena),
		.platform = platform_make("linux", "amd64", ""),
		.state = id[0] ? RUNNING_STARTED : RUNNING_PENDING,
		.reason = "",
		.revision = "",
		.generation = "",
		.newest_pod_at = WORLD_NOW - 86400,
		.pod_count = 1,
		.pod = arena_printf(&snapshot->arena, "%s-%zu", named.object.name,
				    snapshot->running_count),
	};

	set_owners(world, &use, &named.object);
	added = snapshot_extend_running(snapshot, 1);
	*added = use;
	return added;
}

static struct live_workload *live_of(struct drift_world *world, const struct named *named)
{
	struct snapshot *snapshot = world->snapshot;

	for (size_t i = 0; i < snapshot->live_count; i++) {
		if (strcmp(snapshot->live[i].namespace, named->namespace) == 0 &&
		    object_id_equal(&snapshot->live[i].object, &named->object))
			return &snapshot->live[i];
	}
	snapshot_add_live(snapshot, &(struct live_workload){
					    .namespace = named->namespace,
					    .object = named->object,
					    .has_template = true,
					    .revision = "",
					    .generation = "",
					    .progress_at = WORLD_NOW - 86400,
				    });
	return &snapshot->live[snapshot->live_count - 1];
}

struct live_workload *drift_world_live(struct drift_world *world, const char *where,
				       const char *image)
{
	struct named named = name_of(world, where);
	struct live_workload *live = live_of(world, &named);

	live->images = arena_grow(&world->snapshot->arena, live->images,
				  live->image_count, sizeof(*live->images));
	live->images[live->image_count++] = image_of(world, &named, image);
	return live;
}

void drift_world_judge(struct drift_world *world, const struct earlier_finding *earlier,
		       size_t earlier_count)
{
	drift_release(&world->drift);
	outcome_release(&world->outcome);
	drift_init(&world->drift, world->snapshot, WORLD_NOW, false);
	for (world->rounds = 0; world->rounds < DRIFT_ROUNDS; world->rounds++) {
		CLEANUP(wants_release) struct wants wants = { .arena = NULL };

		if (!drift_wanted(&world->drift, &wants))
			break;
		image_world_answer(&world->images, &wants);
	}
	drift_judge(&world->drift, earlier, earlier_count, &world->outcome);
}

static int compare_lines(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Sorted, each ended by "\n", in the world's arena. */
static const char *sorted_text(struct drift_world *world, const char **lines,
			       size_t count)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);

	if (count > 1)
		qsort(lines, count, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s\n", lines[i]);
	free(lines);
	return arena_strdup(&world->images.arena, buf_text(&text));
}

/* The name of the image that has a digest, as the lines of the world call it. */
static const char *name_of_digest(const struct drift_world *world,
				  const struct digest *digest)
{
	static const char *const absent[] = { "gone", "absent", "lost" };

	for (size_t i = 0; i < ARRAY_LENGTH(absent); i++) {
		struct digest one = image_world_digest(absent[i]);

		if (digest_equal(&one, digest))
			return absent[i];
	}
	return image_world_name(&world->images, digest);
}

static const char *subject_of(struct drift_world *world, const struct finding *finding)
{
	struct arena *arena = &world->images.arena;
	struct error err = ERROR_INIT;
	struct image_ref ref;

	switch (finding->subject) {
	case SUBJECT_USE:
		return arena_printf(arena, "%s/%s", finding->object.name,
				    finding->container);
	case SUBJECT_DECLARATION:
		return arena_printf(arena, "%s:%u", finding->path, finding->line);
	case SUBJECT_TAG:
		assert_true(image_ref_parse(&ref, arena, finding->reference, &err));
		return arena_printf(arena, "%s:%s", ref.repository, ref.tag);
	case SUBJECT_PIN:
		assert_true(image_ref_parse(&ref, arena, finding->reference, &err));
		return arena_printf(arena, "%s@%s", ref.repository,
				    name_of_digest(world, &ref.digest));
	case SUBJECT_WAIVER:
		return arena_printf(arena, "%s:%u", finding->path, finding->line);
	case SUBJECT_KIND_COUNT:
		break;
	}
	return "";
}

const char *drift_world_findings(struct drift_world *world)
{
	const struct outcome *outcome = &world->outcome;
	const char **lines = xcalloc(outcome->finding_count, sizeof(*lines));

	for (size_t i = 0; i < outcome->finding_count; i++) {
		const struct finding *finding = &outcome->findings[i].finding;

		lines[i] = arena_printf(&world->images.arena, "%s %s %s %s",
					finding->rule, level_name(finding->level),
					finding_state_name(finding->state),
					subject_of(world, finding));
	}
	return sorted_text(world, lines, outcome->finding_count);
}

const char *drift_world_gaps(struct drift_world *world)
{
	const struct snapshot *snapshot = world->snapshot;
	const char **lines = xcalloc(snapshot->gap_count, sizeof(*lines));

	for (size_t i = 0; i < snapshot->gap_count; i++)
		lines[i] = arena_printf(&world->images.arena, "%s: %s",
					gap_name(snapshot->gaps[i].kind),
					snapshot->gaps[i].subject);
	return sorted_text(world, lines, snapshot->gap_count);
}

const char *drift_world_rows(struct drift_world *world)
{
	const struct outcome *outcome = &world->outcome;
	const char **lines = xcalloc(outcome->use_count, sizeof(*lines));

	for (size_t i = 0; i < outcome->use_count; i++) {
		const struct report_use *use = &outcome->uses[i];

		lines[i] = arena_printf(&world->images.arena, "%s/%s %s%s%s",
					use->object.name, use->container, use->verdict,
					use->how[0] ? " " : "", use->how);
	}
	return sorted_text(world, lines, outcome->use_count);
}

struct earlier_finding *drift_world_earlier(struct drift_world *world, size_t *count)
{
	const struct outcome *outcome = &world->outcome;
	struct arena *arena = &world->images.arena;
	struct earlier_finding *earlier =
		arena_alloc(arena, outcome->finding_count * sizeof(*earlier));

	*count = 0;
	for (size_t i = 0; i < outcome->finding_count; i++) {
		const struct judged_finding *judged = &outcome->findings[i];
		struct earlier_finding *one = &earlier[*count];

		if (judged->finding.state == FINDING_FIXED)
			continue;
		*one = (struct earlier_finding){ .id = (int64_t)++ * count,
						 .finding = judged->finding };
		one->scopes = arena_strdup(arena, judged->scopes);
		one->finding.fingerprint =
			arena_strdup(arena, judged->finding.fingerprint);
		one->finding.reference = arena_strdup(arena, judged->finding.reference);
		one->finding.message = arena_strdup(arena, judged->finding.message);
		one->finding.platform = arena_strdup(arena, judged->finding.platform);
	}
	return earlier;
}
