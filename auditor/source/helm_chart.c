#include "source/helm_chart.h"

#include <unistd.h>

#define CHART_FILE "Chart.yaml"
#define TEMPLATES "templates/"

/* The folder that the first `length` bytes of a name are, if it holds a Chart.yaml. */
static const char *chart_at(const char *name, size_t length, struct arena *arena)
{
	const char *folder = length ? arena_strndup(arena, name, length) : ".";
	const char *chart = arena_printf(arena, "%s/" CHART_FILE, folder);

	return access(chart, F_OK) == 0 ? folder : NULL;
}

static bool begins_part(const char *name, size_t at)
{
	return at == 0 || name[at - 1] == '/';
}

/* The innermost chart that has the file in its folder of templates. */
static const char *chart_of_template(const char *name, struct arena *arena)
{
	const char *chart = NULL;

	for (size_t at = strlen(name); at-- > 0 && !chart;) {
		if (begins_part(name, at) &&
		    strncmp(name + at, TEMPLATES, strlen(TEMPLATES)) == 0)
			chart = chart_at(name, at ? at - 1 : 0, arena);
	}
	return chart;
}

const char *helm_chart_of(const char *name, struct arena *arena)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;

	if (strcmp(base, CHART_FILE) == 0 || strncmp(base, "values", 6) == 0)
		return chart_at(name, slash ? (size_t)(slash - name) : 0, arena);
	return chart_of_template(name, arena);
}

/* The chart's folder as an area: the file's path without what leads to it from there. */
static const char *chart_scope(const struct kube_file *file)
{
	size_t folder = strcmp(file->chart, ".") == 0 && strncmp(file->name, "./", 2) != 0
				? 0
				: strlen(file->chart) + 1;
	size_t beneath = strlen(file->name) - folder, length = strlen(file->path);

	if (beneath > length)
		return kube_file_scope(file, file->path);
	return kube_file_scope(file, arena_strndup(&file->snapshot->arena, file->path,
						   length - beneath));
}

void helm_chart_gap(const struct kube_file *file, uint32_t line, const char *reason)
{
	if (file->chart)
		snapshot_add_gap(file->snapshot, GAP_HELM_TEMPLATE, file->chart,
				 "a Helm chart, which is not rendered: check what it "
				 "renders to (helm template ... | pindrift check -)",
				 chart_scope(file));
	else
		kube_file_gap(file, GAP_HELM_TEMPLATE, line, reason);
}

bool helm_is_chart(const struct kube_file *file, const struct node *document)
{
	const char *slash = strrchr(file->name, '/');

	return strcmp(slash ? slash + 1 : file->name, CHART_FILE) == 0 &&
	       node_text(document, "apiVersion")[0] && node_text(document, "name")[0];
}

void helm_chart_read(struct kube_file *file, const struct node *document)
{
	file->object_count++;
	if (strcmp(node_text(document, "type"), "library") != 0)
		helm_chart_gap(file, 0, "a Helm chart, which is not rendered");
}
