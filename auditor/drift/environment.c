#include "drift/environment.h"

#include "model/scope.h"

/* What is meant for elsewhere: other clusters, or namespaces that are not scanned. */
struct outsiders {
	size_t image_count, file_count;
	const char *path; /* of the last one: the uses of a file follow one another */
	const char *name; /* of the first one's place; NULL while there is none */
	bool several;     /* some are meant for yet another */
};

/* Objects that make no pods may belong to no namespace at all: they get none. */
static void place(const struct policy *policy, struct declared_use *declared)
{
	const struct policy_environment *environment =
		policy_environment_of(policy, declared_home(declared));

	if (!environment)
		return;
	if (declared->cluster[0] == '\0')
		declared->cluster = environment->cluster;
	if (declared->workload && declared->namespace[0] == '\0')
		declared->namespace = environment->namespace;
}

bool environment_includes(const struct scanned_cluster *cluster,
			  const struct declared_use *declared)
{
	return declared->cluster[0] == '\0' ||
	       cluster_is_called(&cluster->identity, declared->cluster);
}

bool environment_concerns(const struct snapshot *snapshot,
			  const struct declared_use *declared)
{
	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		if (environment_includes(&snapshot->clusters[i], declared))
			return true;
	}
	return declared->cluster[0] == '\0';
}

/* What names no namespace is meant for the scanned one. */
static bool is_in_scope(const struct scanned_cluster *cluster,
			const struct declared_use *declared)
{
	return environment_includes(cluster, declared) &&
	       (cluster->namespace[0] == '\0' || declared->namespace[0] == '\0' ||
		strcmp(cluster->namespace, declared->namespace) == 0);
}

static bool is_compared(const struct snapshot *snapshot,
			const struct declared_use *declared)
{
	for (size_t i = 0; i < snapshot->cluster_count; i++) {
		if (is_in_scope(&snapshot->clusters[i], declared))
			return true;
	}
	return false;
}

bool environment_includes_any(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		if (is_compared(snapshot, &snapshot->declared[i]))
			return true;
	}
	return false;
}

static void count(struct outsiders *outsiders, const struct declared_use *declared,
		  const char *name)
{
	outsiders->image_count++;
	if (!outsiders->path || strcmp(outsiders->path, declared->path) != 0)
		outsiders->file_count++;
	outsiders->path = declared->path;
	if (!outsiders->name)
		outsiders->name = name;
	else if (strcmp(outsiders->name, name) != 0)
		outsiders->several = true;
}

/* The broadest that was asked for of the first cluster; NULL where nothing was. */
static struct coverage *cluster_coverage(struct snapshot *snapshot)
{
	const char *area = scope_of_namespace(&snapshot->arena,
					      snapshot->clusters[0].identity.key, "");
	struct coverage *broadest = NULL;

	for (size_t i = 0; i < snapshot->coverage_count; i++) {
		struct coverage *item = &snapshot->coverage[i];

		if (scope_within(item->scope, area) &&
		    (!broadest || strlen(item->scope) < strlen(broadest->scope)))
			broadest = item;
	}
	return broadest;
}

void environment_tell(struct snapshot *snapshot, const char *text)
{
	struct coverage *coverage = cluster_coverage(snapshot);

	if (coverage)
		coverage->note =
			arena_printf(&snapshot->arena, "%s; %s", coverage->note, text);
}

/* "2 declared images in 1 file meant for staging: not compared" */
static void tell(struct snapshot *snapshot, const struct outsiders *outsiders,
		 const char *what, const char *others, const char *advice)
{
	if (outsiders->image_count == 0)
		return;
	environment_tell(
		snapshot,
		arena_printf(
			&snapshot->arena,
			"%zu declared image%s in %zu file%s meant for %s%s%s: not "
			"compared%s",
			outsiders->image_count, outsiders->image_count == 1 ? "" : "s",
			outsiders->file_count, outsiders->file_count == 1 ? "" : "s",
			what, outsiders->name, outsiders->several ? others : "", advice));
}

void environment_place(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->declared_count; i++)
		place(&snapshot->policy, &snapshot->declared[i]);
}

void environment_apply(struct snapshot *snapshot)
{
	struct outsiders clusters = { 0 }, namespaces = { 0 };

	environment_place(snapshot);
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		const struct declared_use *declared = &snapshot->declared[i];

		if (!environment_concerns(snapshot, declared))
			count(&clusters, declared, declared->cluster);
		else if (!is_compared(snapshot, declared))
			count(&namespaces, declared, declared->namespace);
	}
	tell(snapshot, &clusters, "", " and other clusters", "");
	tell(snapshot, &namespaces, "namespace ", " and others",
	     " (-A scans all namespaces)");
}
