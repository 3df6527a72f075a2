#include "model/report.h"

#include "model/scope.h"

static const char *const subject_kind_names[] = {
	[SUBJECT_USE] = "use",       [SUBJECT_DECLARATION] = "declaration",
	[SUBJECT_TAG] = "tag",       [SUBJECT_PIN] = "pin",
	[SUBJECT_WAIVER] = "waiver",
};

static const char *const finding_state_names[] = {
	[FINDING_NEW] = "new",         [FINDING_OPEN] = "open",
	[FINDING_UNKNOWN] = "unknown", [FINDING_FIXED] = "fixed",
	[FINDING_WAIVED] = "waived",   [FINDING_KNOWN] = "known",
};

const char *subject_kind_name(enum subject_kind kind)
{
	return subject_kind_names[kind];
}

bool subject_stands_by_any(enum subject_kind kind)
{
	return kind == SUBJECT_TAG || kind == SUBJECT_PIN;
}

const char *finding_state_name(enum finding_state state)
{
	return finding_state_names[state];
}

void report_init(struct report *report)
{
	*report = (struct report){
		.arena = ARENA_INIT,
		.scan = { .command = "", .version = "", .commit = "", .fail_on = "" },
	};
}

void report_release(struct report *report)
{
	arena_release(&report->arena);
	report_init(report);
}

struct finding finding_blank(void)
{
	return (struct finding){
		.rule = "",
		.fingerprint = "",
		.message = "",
		.cluster = "",
		.cluster_key = "",
		.namespace = "",
		.object = { "", "", "" },
		.container = "",
		.class = "",
		.reference = "",
		.declared = "",
		.running = "",
		.resolved = "",
		.platform = "",
		.file = "",
		.path = "",
	};
}

const char *report_cluster_of(const struct report *report, const char *scope)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < report->cluster_count; i++) {
		const struct cluster_identity *cluster = &report->clusters[i];

		if (report->cluster_count == 1 ||
		    scope_within(scope, scope_of_namespace(&arena, cluster->key, "")))
			return cluster->name;
	}
	return "";
}

size_t report_count(const struct report *report, enum level level)
{
	size_t count = 0;

	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (finding->level == level &&
		    (finding->state == FINDING_NEW || finding->state == FINDING_OPEN))
			count++;
	}
	return count;
}

/* The first of a chain of comparisons that is not 0 decides. */
static int compare_findings(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;
	int order = (int)b->level - (int)a->level;

	if (!order)
		order = strcmp(a->rule, b->rule);
	if (!order)
		order = strcmp(a->namespace, b->namespace);
	if (!order)
		order = object_id_compare(&a->object, &b->object);
	if (!order)
		order = strcmp(a->container, b->container);
	if (!order)
		order = strcmp(a->reference, b->reference);
	if (!order)
		order = strcmp(a->path, b->path);
	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = strcmp(a->cluster, b->cluster);
	return order ? order : strcmp(a->fingerprint, b->fingerprint);
}

/* Of manifests alone: as somebody reads them, file after file and down the page. */
static int compare_places(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;
	int order = strcmp(a->path, b->path);

	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = (a->column > b->column) - (a->column < b->column);
	return order ? order : compare_findings(left, right);
}

static int compare_gaps(const void *left, const void *right)
{
	const struct gap *a = left, *b = right;
	int order = strcmp(gap_name(a->kind), gap_name(b->kind));

	return order ? order : strcmp(a->subject, b->subject);
}

static int compare_uses(const void *left, const void *right)
{
	const struct report_use *a = left, *b = right;
	int order = strcmp(a->cluster, b->cluster);

	if (!order)
		order = strcmp(a->cluster_key, b->cluster_key);
	if (!order)
		order = strcmp(a->namespace, b->namespace);
	if (!order)
		order = object_id_compare(&a->object, &b->object);
	if (!order)
		order = strcmp(a->container, b->container);
	if (!order)
		order = strcmp(a->class, b->class);
	if (!order)
		order = strcmp(a->reference, b->reference);
	if (!order)
		order = strcmp(a->image_id, b->image_id);
	if (!order)
		order = strcmp(a->platform, b->platform);
	if (!order)
		order = strcmp(a->state, b->state);
	if (!order)
		order = strcmp(a->verdict, b->verdict);
	return order ? order
		     : (a->pod_count > b->pod_count) - (a->pod_count < b->pod_count);
}

static int compare_declared(const void *left, const void *right)
{
	const struct declared_use *a = left, *b = right;
	int order = strcmp(a->path, b->path);

	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = (a->column > b->column) - (a->column < b->column);
	return order ? order : strcmp(a->field, b->field);
}

static int compare_tags(const void *left, const void *right)
{
	const struct report_tag *a = left, *b = right;
	int order = strcmp(a->registry, b->registry);

	if (!order)
		order = strcmp(a->repository, b->repository);
	return order ? order : strcmp(a->tag, b->tag);
}

static int compare_coverage(const void *left, const void *right)
{
	const struct coverage *a = left, *b = right;
	int order = strcmp(a->scope, b->scope);

	return order ? order : strcmp(a->note, b->note);
}

static int compare_requests(const void *left, const void *right)
{
	const struct request_count *a = left, *b = right;

	return strcmp(a->host, b->host);
}

static int compare_clusters(const void *left, const void *right)
{
	const struct cluster_identity *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : strcmp(a->key, b->key);
}

/* qsort() of no items may be given NULL, which it does not allow. */
static void sort(void *items, size_t count, size_t size,
		 int (*compare)(const void *, const void *))
{
	if (count > 1)
		qsort(items, count, size, compare);
}

void report_sort(struct report *report)
{
	sort(report->clusters, report->cluster_count, sizeof(*report->clusters),
	     compare_clusters);
	sort(report->coverage, report->coverage_count, sizeof(*report->coverage),
	     compare_coverage);
	sort(report->findings, report->finding_count, sizeof(*report->findings),
	     report->cluster_count ? compare_findings : compare_places);
	sort(report->gaps, report->gap_count, sizeof(*report->gaps), compare_gaps);
	sort(report->running, report->running_count, sizeof(*report->running),
	     compare_uses);
	sort(report->declared, report->declared_count, sizeof(*report->declared),
	     compare_declared);
	sort(report->tags, report->tag_count, sizeof(*report->tags), compare_tags);
	sort(report->requests, report->request_count, sizeof(*report->requests),
	     compare_requests);
}
