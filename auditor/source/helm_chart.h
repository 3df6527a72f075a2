/*
 * helm_chart.h - which chart a file belongs to
 *
 * A chart is a folder with a Chart.yaml (Helm: docs/topics/charts).  What it deploys is
 * known once it is rendered, so a chart is one gap, whatever is found in its files.
 */
#ifndef SOURCE_HELM_CHART_H
#define SOURCE_HELM_CHART_H

#include "source/kube_file.h"

/*
 * The folder of the chart whose Chart.yaml, values or template a file of this name is:
 * the first bytes of `name`, "." for the current folder; NULL where it is none of that.
 * Into `arena`.
 */
const char *helm_chart_of(const char *name, struct arena *arena);

/*
 * What is not known before a chart is rendered: the gap of the file's chart; outside of
 * one that of the file, or of a `line` of it, for that `reason`.
 */
void helm_chart_gap(const struct kube_file *file, uint32_t line, const char *reason);

/* A Chart.yaml: the chart's gap, but for a library, which deploys nothing. */
bool helm_is_chart(const struct kube_file *file, const struct node *document);
void helm_chart_read(struct kube_file *file, const struct node *document);

#endif
