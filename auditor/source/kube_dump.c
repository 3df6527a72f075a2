#include "source/kube_dump.h"

#include "base/file.h"
#include "base/utf8.h"
#include "base/yaml.h"
#include "model/scope.h"
#include "source/kube_area.h"
#include "source/kube_page.h"
#include "source/kube_shape.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)64 * 1024)
#define YAML_BYTES ((size_t)256 * 1024 * 1024)
#define NOTE_BYTES 1024
#define KIND_BYTES 64
#define ADVICE "dump with `" KUBE_DUMP_COMMAND "`"

/* One dump, while it is read. */
struct reading {
	const struct kube_dump *dump;
	struct snapshot *snapshot;
	int descriptor;
	struct pool pool;        /* of the texts that go into the snapshot */
	struct table platforms;  /* node name to "linux/amd64" */
	struct table namespaces; /* of the objects; to the number of pods + 1 */
	struct kube_inventory inventory;
	const char *uid;                    /* of namespace kube-system, or "" */
	size_t namespace_count, node_count; /* Namespace and Node objects */
	size_t object_count;                /* of those that stand in namespaces */
	size_t document_count;              /* of a YAML stream that hold some of them */
};

static void reading_init(struct reading *reading, const struct kube_dump *dump,
			 struct snapshot *snapshot)
{
	*reading = (struct reading){
		.dump = dump,
		.snapshot = snapshot,
		.descriptor = -1,
		.pool = POOL_INIT(&snapshot->arena),
		.platforms = TABLE_INIT,
		.namespaces = TABLE_INIT,
		.uid = "",
	};
	kube_inventory_init(&reading->inventory, &reading->pool, &reading->platforms,
			    dump->all_phases);
	reading->inventory.pods.late_nodes = true;
	reading->inventory.pods.now = snapshot->observed_at;
}

static void reading_release(struct reading *reading)
{
	if (reading->descriptor > STDIN_FILENO)
		close(reading->descriptor);
	kube_inventory_release(&reading->inventory);
	table_release(&reading->namespaces);
	table_release(&reading->platforms);
	pool_release(&reading->pool);
}

/* True for an object of that group, whatever its version, and kind. */
static bool is_a(const struct node *item, const char *group, const char *kind)
{
	const char *api_version = node_text(item, "apiVersion");
	const char *slash = strchr(api_version, '/');
	size_t length = slash ? (size_t)(slash - api_version) : 0;

	return strcmp(node_text(item, "kind"), kind) == 0 && strlen(group) == length &&
	       strncmp(api_version, group, length) == 0;
}

/* "List", or what the API server itself calls a list of pods: "PodList". */
static bool is_list(const struct node *item)
{
	bool found = is_a(item, "", "List");

	for (size_t i = 0; i < KUBE_RESOURCE_COUNT && !found; i++) {
		char kind[KIND_BYTES];

		snprintf(kind, sizeof(kind), "%sList", kube_resources[i].kind);
		found = is_a(item, kube_resources[i].group, kind);
	}
	return found;
}

static void fold_namespace(struct reading *reading, const struct node *item)
{
	const struct node *meta = node_get(item, "metadata");

	reading->namespace_count++;
	if (strcmp(node_text(meta, "name"), "kube-system") == 0)
		reading->uid = pool_keep(&reading->pool, node_text(meta, "uid"));
}

/* An object that stands in a namespace: the part of it that an API server would show. */
static bool fold_object(struct reading *reading, enum kube_resource_name name,
			const struct node *item, struct error *err)
{
	struct node *meta = node_get(item, "metadata");
	struct node_member only = { .key = "metadata", .value = meta };
	const struct node bare = { .kind = NODE_MAPPING, .length = 1, .members = &only };
	const char *namespace = pool_keep(&reading->pool, node_text(meta, "namespace"));
	const char **key;
	void **count;

	if (!kube_namespace_valid(namespace))
		return error_set(err, ERROR_SYNTAX, "%s '%s' stands in no namespace",
				 kube_resources[name].kind, node_text(meta, "name"));
	if (reading->dump->namespace[0] &&
	    strcmp(namespace, reading->dump->namespace) != 0)
		return true;
	count = table_slot(&reading->namespaces, namespace, strlen(namespace), &key);
	*key = namespace;
	*count = (void *)((*count ? (uintptr_t)*count : 1) + (name == KUBE_PODS));
	reading->object_count++;
	if (meta && kube_resources[name].metadata_only)
		item = &bare;
	return kube_inventory_fold(&reading->inventory, name, item, err);
}

/* Whatever else is dumped is passed over. */
static bool fold_item(struct reading *reading, const struct node *item, struct error *err)
{
	if (!node_text(item, "kind")[0] || !node_text(item, "apiVersion")[0])
		return error_set(err, ERROR_SYNTAX,
				 "an object without kind or apiVersion: " ADVICE);
	if (is_list(item))
		return error_set(err, ERROR_SYNTAX,
				 "a list, with a list inside of it: " ADVICE);
	if (is_a(item, "", "Namespace")) {
		fold_namespace(reading, item);
	} else if (is_a(item, "", "Node")) {
		reading->node_count++;
		kube_platforms_fold(&reading->platforms, &reading->pool, item);
	}
	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		if (is_a(item, kube_resources[i].group, kube_resources[i].kind))
			return fold_object(reading, (enum kube_resource_name)i, item,
					   err);
	}
	return true;
}

static bool fold_items(struct reading *reading, struct node **items, size_t count,
		       struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (!fold_item(reading, items[i], err))
			return false;
	}
	return true;
}

/* What is no list as kubectl prints it.  Returns false. */
static bool advise(struct error *err)
{
	struct error cause = *err;

	return cause.code == ERROR_SYNTAX &&
	       error_set(err, cause.code, "%.240s: " ADVICE, cause.text);
}

/* Fold what the page holds so far, and drop it. */
static bool take_items(struct reading *reading, struct kube_page *page, struct error *err)
{
	if (page->next && page->next[0])
		return error_set(err, ERROR_SYNTAX,
				 "one page of a list, which goes on: " ADVICE);
	if (!fold_items(reading, page->items, page->item_count, err))
		return false;
	kube_page_drop_items(page);
	return true;
}

/* The next bytes; `*length` is 0 at the end. */
static bool read_chunk(struct reading *reading, char *chunk, size_t *length,
		       struct error *err)
{
	ssize_t got;

	do {
		got = read(reading->descriptor, chunk, CHUNK_BYTES);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return file_fail(err, errno);
	*length = (size_t)got;
	return true;
}

/* `chunk` holds the first bytes, and is room for the others. */
static bool read_json(struct reading *reading, char *chunk, size_t length,
		      struct error *err)
{
	CLEANUP(kube_page_release) struct kube_page page;

	kube_page_init(&page, kube_any_shape);
	while (length > 0) {
		if (!kube_page_feed(&page, chunk, length, err))
			return advise(err);
		if (!take_items(reading, &page, err) ||
		    !read_chunk(reading, chunk, &length, err))
			return false;
	}
	if (!kube_page_finish(&page, err))
		return advise(err);
	return take_items(reading, &page, err);
}

/*
 * One of the documents of a YAML stream, a list or an object.  The keys of what kubectl
 * prints are sorted: without `kind`, which comes behind `items`, the end is missing.
 */
static bool fold_document(struct reading *reading, const struct node *document,
			  struct error *err)
{
	size_t count, before = reading->object_count;
	struct node **items = node_items(document, "items", &count);
	bool folded;

	if (document->kind == NODE_NULL)
		return true;
	if (items && !node_text(document, "kind")[0])
		return error_set(err, ERROR_SYNTAX,
				 "the list breaks off, it has no kind: " ADVICE);
	folded = items ? fold_items(reading, items, count, err)
		       : fold_item(reading, document, err);
	reading->document_count += reading->object_count > before;
	return folded;
}

/* Returns false. */
static bool refuse_yaml(struct error *err)
{
	if (err->code == ERROR_LIMIT)
		return error_wrap(err, "dump as JSON, which may be of any size");
	return error_wrap(err, "neither JSON nor YAML as kubectl prints them (no 2>&1: "
			       "its messages do not belong there)");
}

static bool fold_documents(struct reading *reading, struct yaml_stream *stream,
			   struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct node *document;

	for (;;) {
		arena_clear(&arena);
		if (!yaml_stream_next(stream, &arena, &document, err))
			return refuse_yaml(err);
		if (!document)
			return true;
		if (!fold_document(reading, document, err))
			return false;
	}
}

static bool read_stream(struct reading *reading, const struct buf *text,
			struct error *err)
{
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream = yaml_stream_new(buf_text(text), text->length, err);

	return stream ? fold_documents(reading, stream, err) : refuse_yaml(err);
}

/* Libyaml's positions need all of the text. */
static bool read_yaml(struct reading *reading, char *chunk, size_t length,
		      struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(YAML_BYTES);

	while (length > 0) {
		if (!buf_add(&text, chunk, length))
			return error_set(err, ERROR_LIMIT,
					 "more than %zu MiB of YAML: dump as JSON",
					 YAML_BYTES >> 20);
		if (!read_chunk(reading, chunk, &length, err))
			return false;
	}
	return read_stream(reading, &text, err);
}

static bool read_dump(struct reading *reading, struct error *err)
{
	CLEANUP(free_pointer) char *chunk = xmalloc(CHUNK_BYTES);
	size_t length = 0, begin = 0, mark;

	if (!read_chunk(reading, chunk, &length, err))
		return false;
	mark = utf8_mark(chunk, length);
	if (mark)
		memmove(chunk, chunk + mark, length -= mark);
	while (begin < length && memchr(" \t\r\n", chunk[begin], 4))
		begin++;
	if (begin == length)
		return error_set(err, ERROR_SYNTAX, "is empty");
	return chunk[begin] == '{' ? read_json(reading, chunk, length, err)
				   : read_yaml(reading, chunk, length, err);
}

static bool open_dump(struct reading *reading, struct error *err)
{
	const char *file = reading->dump->file;

	reading->descriptor =
		strcmp(file, "-") == 0 ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	if (reading->descriptor >= 0)
		return true;
	file_fail(err, errno);
	err->code = ERROR_USAGE;
	return false;
}

/* True where somebody says which cluster it is. */
static bool identify_cluster(const struct reading *reading, struct error *err)
{
	const struct kube_dump *dump = reading->dump;
	struct snapshot *snapshot = reading->snapshot;
	struct arena *arena = &snapshot->arena;
	const char *uid =
		reading->uid[0] ? arena_printf(arena, "uid:%s", reading->uid) : "";
	const char *name = dump->cluster_name[0]
				   ? arena_printf(arena, "name:%s", dump->cluster_name)
				   : "";
	struct scanned_cluster cluster;

	if (!uid[0] && !name[0])
		return error_set(err, ERROR_USAGE,
				 "does not say which cluster it is of: dump namespaces "
				 "too, or give --cluster-name");
	cluster.namespace = arena_strdup(arena, dump->namespace);
	cluster.identity = (struct cluster_identity){
		.key = uid[0] ? uid : name,
		.name = arena_strdup(arena, name[0] ? dump->cluster_name : dump->file),
		.context = "",
		.server = "",
		.alias = uid[0] ? name : "",
	};
	snapshot_add_cluster(snapshot, &cluster);
	return true;
}

/* Nothing that could be of a cluster is no dump of one. */
static bool check_contents(const struct reading *reading, struct error *err)
{
	const char *namespace = reading->dump->namespace;

	if (reading->namespaces.count > 0)
		return true;
	if (namespace[0])
		return error_set(err, ERROR_USAGE, "shows nothing of namespace %s",
				 namespace);
	return reading->namespace_count > 0 || reading->node_count > 0 ||
	       error_set(err, ERROR_SYNTAX,
			 "holds no pods, nor anything else of a cluster: " ADVICE);
}

static void add_name(struct buf *names, const char *name)
{
	buf_printf(names, "%s%s", names->length ? ", " : "", name);
}

static void add_not_in_dump(struct snapshot *snapshot, const char *area,
			    const char *reason)
{
	struct arena *arena = &snapshot->arena;

	snapshot_add_gap(
		snapshot, GAP_NOT_IN_DUMP,
		arena_printf(arena, "cluster %s", snapshot->clusters[0].identity.name),
		arena_printf(arena, "the dump holds no %s: dump them too, as `%s` does",
			     reason, KUBE_DUMP_COMMAND),
		area);
}

/* Kinds that pods have for owners and the dump does not hold.  True where there are. */
static bool add_missing_owners(const struct reading *reading, const char *area)
{
	CLEANUP(buf_release) struct buf missing = BUF_INIT(NOTE_BYTES);
	struct snapshot *snapshot = reading->snapshot;

	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		if (i != KUBE_PODS && reading->inventory.found[i].count == 0 &&
		    kube_inventory_is_needed(snapshot, 0, (enum kube_resource_name)i))
			add_name(&missing, kube_resources[i].name);
	}
	if (missing.length == 0)
		return false;
	add_not_in_dump(snapshot, area,
			arena_printf(&snapshot->arena, "%s, which own its pods",
				     buf_text(&missing)));
	return true;
}

/* True where one of them should have pods. */
static bool wants_pods(const struct kube_found *found)
{
	for (size_t i = 0; i < found->count; i++) {
		if (found->items[i].live.has_template && !found->items[i].live.idle)
			return true;
	}
	return false;
}

/*
 * No pods, and workloads that want some: kubectl may not list them, says so, and prints
 * all the same what it may list.
 */
static bool add_missing_pods(const struct reading *reading, const char *area)
{
	CLEANUP(buf_release) struct buf wanting = BUF_INIT(NOTE_BYTES);
	struct snapshot *snapshot = reading->snapshot;

	if (reading->inventory.pods.count > 0)
		return false;
	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		if (wants_pods(&reading->inventory.found[i]))
			add_name(&wanting, kube_resources[i].name);
	}
	if (wanting.length == 0)
		return false;
	add_not_in_dump(snapshot, area,
			arena_printf(&snapshot->arena, "pods, which its %s want",
				     buf_text(&wanting)));
	return true;
}

/* What a dump may lack without harm, for people: it may be that there is none. */
static const char *shortcomings(const struct reading *reading)
{
	CLEANUP(buf_release) struct buf none = BUF_INIT(NOTE_BYTES);

	for (size_t i = 0; i < KUBE_RESOURCE_COUNT; i++) {
		if (i != KUBE_PODS && reading->inventory.found[i].count == 0)
			add_name(&none, kube_resources[i].name);
	}
	return arena_printf(&reading->snapshot->arena, "%s%s%s",
			    reading->node_count ? ""
						: "; platforms are unknown, it has no "
						  "nodes",
			    none.length ? "; it has no " : "", buf_text(&none));
}

static void cover(const struct reading *reading, const char *namespace, const char *pods,
		  bool observed)
{
	struct snapshot *snapshot = reading->snapshot;
	struct arena *arena = &snapshot->arena;

	snapshot_add_coverage(
		snapshot,
		scope_of_namespace(arena, snapshot->clusters[0].identity.key, namespace),
		observed,
		arena_printf(arena, "%s%s: %s, from a dump%s",
			     namespace[0] ? "namespace " : "cluster", namespace, pods,
			     shortcomings(reading)));
}

static int compare_entries(const void *a, const void *b)
{
	const struct table_entry *const *x = a, *const *y = b;

	return strcmp((*x)->key, (*y)->key);
}

/* The namespaces of the objects, by their names. */
static void cover_namespaces(const struct reading *reading, bool observed)
{
	const struct table *namespaces = &reading->namespaces;
	const struct table_entry **sorted =
		xcalloc(namespaces->count + 1, sizeof(const struct table_entry *));

	for (size_t i = 0; i < namespaces->count; i++)
		sorted[i] = &namespaces->entries[i];
	qsort(sorted, namespaces->count, sizeof(*sorted), compare_entries);
	for (size_t i = 0; i < namespaces->count; i++)
		cover(reading, sorted[i]->key,
		      kube_pods_words((uint32_t)((uintptr_t)sorted[i]->value - 1), 0,
				      &reading->snapshot->arena),
		      observed);
	free(sorted);
}

static void conclude(struct reading *reading)
{
	const struct kube_dump *dump = reading->dump;
	struct snapshot *snapshot = reading->snapshot;
	/* Several lists may be of one namespace each. */
	bool whole = dump->whole ||
		     (!dump->namespace[0] && reading->namespace_count &&
		      reading->namespaces.count > 1 && reading->document_count < 2);
	const char *area = scope_of_namespace(
		&snapshot->arena, snapshot->clusters[0].identity.key, dump->namespace);
	bool observed;

	kube_inventory_finish(&reading->inventory, snapshot);
	kube_inventory_settle(snapshot);
	observed = !add_missing_pods(reading, area) && !add_missing_owners(reading, area);
	if (whole)
		cover(reading, "",
		      kube_pods_words(snapshot->pod_count, snapshot->ended_pod_count,
				      &snapshot->arena),
		      observed);
	else
		cover_namespaces(reading, observed);
}

bool kube_dump_observe(const struct kube_dump *dump, struct snapshot *snapshot,
		       struct error *err)
{
	CLEANUP(reading_release) struct reading reading;

	reading_init(&reading, dump, snapshot);
	if (!open_dump(&reading, err) || !read_dump(&reading, err) ||
	    !check_contents(&reading, err) || !identify_cluster(&reading, err))
		return error_wrap(err, "cluster dump %s", dump->file);
	conclude(&reading);
	return true;
}
