#include "model/snapshot.h"

#include "base/buf.h"
#include "model/scope.h"

static const char *const class_names[] = {
	[CLASS_CONTAINER] = "container",       [CLASS_INIT] = "init",
	[CLASS_SIDECAR] = "sidecar",           [CLASS_EPHEMERAL] = "ephemeral",
	[CLASS_IMAGE_VOLUME] = "image-volume",
};

static const char *const gap_names[GAP_KIND_COUNT] = {
	[GAP_FORBIDDEN] = "forbidden",
	[GAP_UNREACHABLE] = "unreachable",
	[GAP_NOT_YAML] = "not-yaml",
	[GAP_TOO_LARGE] = "too-large",
	[GAP_UNREADABLE] = "unreadable",
	[GAP_HELM_TEMPLATE] = "helm-template",
	[GAP_KUSTOMIZE] = "kustomize-not-evaluated",
	[GAP_UNKNOWN_KIND] = "unknown-kind",
	[GAP_PARAMETER] = "parameter",
	[GAP_NAMESPACE_UNKNOWN] = "namespace-unknown",
	[GAP_AMBIGUOUS_DECLARATION] = "ambiguous-declaration",
	[GAP_UNRESOLVED] = "unresolved",
	[GAP_UNAUTHORIZED] = "unauthorized",
	[GAP_NOT_IN_DUMP] = "not-in-dump",
};

const char *container_class_name(enum container_class class)
{
	return class_names[class];
}

const char *gap_name(enum gap_kind kind)
{
	return gap_names[kind];
}

const char *declared_home(const struct declared_use *use)
{
	return use->overlay ? use->overlay->path : use->path;
}

bool object_id_equal(const struct object_id *a, const struct object_id *b)
{
	return object_id_compare(a, b) == 0;
}

int object_id_compare(const struct object_id *a, const struct object_id *b)
{
	int order = strcmp(a->kind, b->kind);

	if (!order)
		order = strcmp(a->name, b->name);
	return order ? order : strcmp(a->api_group, b->api_group);
}

void snapshot_init(struct snapshot *snapshot, int64_t observed_at)
{
	*snapshot = (struct snapshot){
		.arena = ARENA_INIT,
		.observed_at = observed_at,
		.selector = "",
		.tree = "",
	};
}

void snapshot_release(struct snapshot *snapshot)
{
	image_set_release(&snapshot->images);
	table_release(&snapshot->tag_table);
	table_release(&snapshot->digest_table);
	table_release(&snapshot->gap_table);
	arena_release(&snapshot->arena);
	snapshot_init(snapshot, 0);
}

void snapshot_part(struct snapshot *part, const struct snapshot *whole)
{
	snapshot_init(part, whole->observed_at);
	part->no_inline_waivers = whole->no_inline_waivers;
	part->tree = whole->tree;
	part->policy = whole->policy;
}

bool cluster_is_called(const struct cluster_identity *cluster, const char *name)
{
	const char *const names[] = { cluster->name, cluster->context, cluster->key,
				      cluster->alias };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (name[0] != '\0' && strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static bool cluster_is_keyed(const struct cluster_identity *cluster, const char *key)
{
	return key[0] != '\0' &&
	       (strcmp(cluster->key, key) == 0 || strcmp(cluster->alias, key) == 0);
}

/* Room for one more behind `count` items in the snapshot's arena. */
#define GROW(snapshot, items, count)                                                     \
	arena_grow(&(snapshot)->arena, (items), (count), sizeof(*(items)))

void snapshot_add_cluster(struct snapshot *snapshot,
			  const struct scanned_cluster *cluster)
{
	snapshot->clusters = GROW(snapshot, snapshot->clusters, snapshot->cluster_count);
	snapshot->clusters[snapshot->cluster_count++] = *cluster;
}

void snapshot_add_declared(struct snapshot *snapshot, const struct declared_use *use)
{
	snapshot->declared = GROW(snapshot, snapshot->declared, snapshot->declared_count);
	snapshot->declared[snapshot->declared_count++] = *use;
}

/* Room as arena_grow() makes it. */
static size_t capacity_for(size_t count)
{
	size_t capacity = 8;

	while (capacity < count)
		capacity *= 2;
	return capacity;
}

/*
 * Room for `more` items behind `count` at once: leaves no outgrown copies in the arena,
 * and the room that arena_grow() counts on.
 */
static void *grow_by(struct snapshot *snapshot, void *items, size_t count, size_t more,
		     size_t size)
{
	size_t capacity = capacity_for(count + more);
	void *grown;

	if (more == 0 || (count > 0 && capacity == capacity_for(count)))
		return items;
	grown = arena_alloc(&snapshot->arena, capacity * size);
	if (count)
		memcpy(grown, items, count * size);
	return grown;
}

struct running_use *snapshot_extend_running(struct snapshot *snapshot, size_t count)
{
	size_t before = snapshot->running_count;

	if (count == 0)
		return NULL; /* there may be no items yet that memset() could take */
	snapshot->running = grow_by(snapshot, snapshot->running, before, count,
				    sizeof(*snapshot->running));
	snapshot->running_count = before + count;
	return memset(snapshot->running + before, 0, count * sizeof(*snapshot->running));
}

void snapshot_add_live(struct snapshot *snapshot, const struct live_workload *live)
{
	snapshot->live = GROW(snapshot, snapshot->live, snapshot->live_count);
	snapshot->live[snapshot->live_count++] = *live;
}

void snapshot_add_unseen(struct snapshot *snapshot, const struct unseen_kind *unseen)
{
	snapshot->unseen = GROW(snapshot, snapshot->unseen, snapshot->unseen_count);
	snapshot->unseen[snapshot->unseen_count++] = *unseen;
}

void snapshot_add_waiver(struct snapshot *snapshot, const struct waiver *waiver)
{
	snapshot->waivers = arena_grow(&snapshot->arena, snapshot->waivers,
				       snapshot->waiver_count, sizeof(*waiver));
	snapshot->waivers[snapshot->waiver_count++] = *waiver;
}

void snapshot_add_coverage(struct snapshot *snapshot, const char *scope, bool observed,
			   const char *note)
{
	snapshot->coverage = GROW(snapshot, snapshot->coverage, snapshot->coverage_count);
	snapshot->coverage[snapshot->coverage_count++] =
		(struct coverage){ scope, observed, note };
}

/*
 * The place of a number + 1 under a key, which is kept in the snapshot's arena; NULL
 * there where the key is new.
 */
static void **number_slot(struct snapshot *snapshot, struct table *table,
			  const struct buf *key)
{
	const char **key_kept;
	void **slot = table_slot(table, key->data, key->length, &key_kept);

	if (!*slot)
		*key_kept = arena_strndup(&snapshot->arena, key->data, key->length);
	return slot;
}

/* What a slot or a find of such a table holds, as an index of the array. */
static size_t index_of(const void *number)
{
	return (size_t)(uintptr_t)number - 1;
}

void snapshot_add_gap(struct snapshot *snapshot, enum gap_kind kind, const char *subject,
		      const char *reason, const char *scope)
{
	CLEANUP(buf_release) struct buf key = BUF_KEY_INIT;
	void **slot;

	buf_add_part(&key, gap_name(kind));
	buf_add_part(&key, subject);
	slot = number_slot(snapshot, &snapshot->gap_table, &key);
	if (*slot)
		return;
	snapshot->gaps = GROW(snapshot, snapshot->gaps, snapshot->gap_count);
	snapshot->gaps[snapshot->gap_count++] = (struct gap){
		.kind = kind,
		.subject = arena_strdup(&snapshot->arena, subject),
		.reason = arena_strdup(&snapshot->arena, reason),
		.scope = arena_strdup(&snapshot->arena, scope),
	};
	*slot = (void *)(uintptr_t)snapshot->gap_count;
}

static void merge(struct snapshot *whole, struct snapshot *part)
{
	arena_adopt(&whole->arena, &part->arena);
	whole->ignored_waiver_count += part->ignored_waiver_count;
	for (size_t i = 0; i < part->waiver_count; i++)
		snapshot_add_waiver(whole, &part->waivers[i]);
	if (part->declared_count)
		memcpy(whole->declared + whole->declared_count, part->declared,
		       part->declared_count * sizeof(*part->declared));
	whole->declared_count += part->declared_count;
	for (size_t i = 0; i < part->gap_count; i++) {
		const struct gap *gap = &part->gaps[i];

		snapshot_add_gap(whole, gap->kind, gap->subject, gap->reason, gap->scope);
	}
	whole->file_count += part->file_count;
	whole->ignored_count += part->ignored_count;
	snapshot_release(part);
}

void snapshot_merge(struct snapshot *whole, struct snapshot *parts, size_t count)
{
	size_t declared_count = 0;

	for (size_t i = 0; i < count; i++)
		declared_count += parts[i].declared_count;
	whole->declared = grow_by(whole, whole->declared, whole->declared_count,
				  declared_count, sizeof(*whole->declared));
	for (size_t i = 0; i < count; i++)
		merge(whole, &parts[i]);
}

static bool is_uid(const char *key)
{
	return strncmp(key, "uid:", strlen("uid:")) == 0;
}

bool cluster_is_same(const struct cluster_identity *a, const struct cluster_identity *b)
{
	if (strcmp(a->key, b->key) == 0)
		return true;
	if (is_uid(a->key) && is_uid(b->key))
		return false;
	return cluster_is_keyed(a, b->key) || cluster_is_keyed(b, a->key) ||
	       cluster_is_keyed(a, b->alias);
}

/* What runs, with the number that the cluster has in the whole. */
static void merge_running(struct snapshot *whole, const struct snapshot *part)
{
	uint32_t number = (uint32_t)whole->cluster_count;
	struct running_use *added = part->running;

	if (whole->running_count == 0) {
		whole->running = added; /* the arena is the whole's now */
		whole->running_count = part->running_count;
	} else {
		added = snapshot_extend_running(whole, part->running_count);
	}
	for (size_t i = 0; i < part->running_count; i++) {
		added[i] = part->running[i];
		added[i].cluster = number;
	}
	for (size_t i = 0; i < part->live_count; i++) {
		snapshot_add_live(whole, &part->live[i]);
		whole->live[whole->live_count - 1].cluster = number;
	}
	for (size_t i = 0; i < part->unseen_count; i++) {
		snapshot_add_unseen(whole, &part->unseen[i]);
		whole->unseen[whole->unseen_count - 1].cluster = number;
	}
	whole->pod_count += part->pod_count;
	whole->ended_pod_count += part->ended_pod_count;
}

void snapshot_merge_cluster(struct snapshot *whole, struct snapshot *part)
{
	arena_adopt(&whole->arena, &part->arena);
	merge_running(whole, part);
	snapshot_add_cluster(whole, &part->clusters[0]);
	whole->selector = part->selector;
	for (size_t i = 0; i < part->gap_count; i++) {
		const struct gap *gap = &part->gaps[i];

		snapshot_add_gap(whole, gap->kind, gap->subject, gap->reason, gap->scope);
	}
	for (size_t i = 0; i < part->coverage_count; i++)
		snapshot_add_coverage(whole, part->coverage[i].scope,
				      part->coverage[i].observed, part->coverage[i].note);
	for (size_t i = 0; i < part->request_count; i++)
		*snapshot_requests(whole, part->requests[i].host) = part->requests[i];
	snapshot_release(part);
}

/* A fact's key; `name` is a tag or a digest. */
static struct buf fact_key(const char *registry, const char *repository, const char *name,
			   bool blob)
{
	struct buf key = BUF_KEY_INIT;

	buf_add_part(&key, registry);
	buf_add_part(&key, repository);
	buf_add_part(&key, name);
	buf_putc(&key, blob ? 'b' : 'm');
	return key;
}

void snapshot_add_tag(struct snapshot *snapshot, const struct tag_fact *fact)
{
	CLEANUP(buf_release)
	struct buf key = fact_key(fact->registry, fact->repository, fact->tag, false);
	void **slot = number_slot(snapshot, &snapshot->tag_table, &key);

	if (*slot) {
		snapshot->tags[index_of(*slot)] = *fact;
		return;
	}
	snapshot->tags = GROW(snapshot, snapshot->tags, snapshot->tag_count);
	snapshot->tags[snapshot->tag_count++] = *fact;
	*slot = (void *)(uintptr_t)snapshot->tag_count;
}

void snapshot_add_digest(struct snapshot *snapshot, const struct digest_fact *fact)
{
	CLEANUP(buf_release)
	struct buf key =
		fact_key(fact->registry, fact->repository, fact->digest.text, fact->blob);
	void **slot = number_slot(snapshot, &snapshot->digest_table, &key);

	if (*slot) {
		snapshot->digests[index_of(*slot)] = *fact;
		return;
	}
	snapshot->digests = GROW(snapshot, snapshot->digests, snapshot->digest_count);
	snapshot->digests[snapshot->digest_count++] = *fact;
	*slot = (void *)(uintptr_t)snapshot->digest_count;
}

const struct tag_fact *snapshot_find_tag(const struct snapshot *snapshot,
					 const char *registry, const char *repository,
					 const char *tag)
{
	CLEANUP(buf_release)
	struct buf key = fact_key(registry, repository, tag, false);
	const void *number = table_find(&snapshot->tag_table, key.data, key.length);

	return number ? &snapshot->tags[index_of(number)] : NULL;
}

const struct digest_fact *snapshot_find_digest(const struct snapshot *snapshot,
					       const char *registry,
					       const char *repository,
					       const struct digest *digest, bool blob)
{
	CLEANUP(buf_release)
	struct buf key = fact_key(registry, repository, digest->text, blob);
	const void *number = table_find(&snapshot->digest_table, key.data, key.length);

	return number ? &snapshot->digests[index_of(number)] : NULL;
}

struct request_count *snapshot_requests(struct snapshot *snapshot, const char *host)
{
	for (size_t i = 0; i < snapshot->request_count; i++) {
		if (strcmp(snapshot->requests[i].host, host) == 0)
			return &snapshot->requests[i];
	}
	snapshot->requests = GROW(snapshot, snapshot->requests, snapshot->request_count);
	snapshot->requests[snapshot->request_count] = (struct request_count){
		.host = arena_strdup(&snapshot->arena, host),
	};
	return &snapshot->requests[snapshot->request_count++];
}

/* The scope under the new area, where it lies within the old one. */
static const char *moved_scope(struct arena *arena, const char *scope,
			       const char *old_area, const char *new_area)
{
	if (!scope_within(scope, old_area))
		return scope;
	return arena_printf(arena, "%s%s", new_area, scope + strlen(old_area));
}

void snapshot_set_cluster_key(struct snapshot *snapshot, struct scanned_cluster *cluster,
			      const char *key)
{
	struct arena *arena = &snapshot->arena;
	const char *old_area = scope_of_namespace(arena, cluster->identity.key, "");
	const char *new_area = scope_of_namespace(arena, key, "");

	for (size_t i = 0; i < snapshot->coverage_count; i++)
		snapshot->coverage[i].scope = moved_scope(
			arena, snapshot->coverage[i].scope, old_area, new_area);
	for (size_t i = 0; i < snapshot->gap_count; i++)
		snapshot->gaps[i].scope =
			moved_scope(arena, snapshot->gaps[i].scope, old_area, new_area);
	cluster->identity.key = key;
}
