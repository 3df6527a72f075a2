/*
 * helm_template.h - literal references in a template of a chart that is no YAML
 *
 * Read by its lines: `image: repo:tag`, with nothing to be filled in on that line.  A
 * word without ":", "@" or "/" may be anything and is left alone, as are comments and
 * block scalars.  What the chart makes of such a line is not known: the chart stays a
 * gap.
 */
#ifndef SOURCE_HELM_TEMPLATE_H
#define SOURCE_HELM_TEMPLATE_H

#include "base/buf.h"
#include "source/kube_file.h"

/* Declare them, from that byte of the text on: what stands before it was read as YAML. */
void helm_template_read(struct kube_file *file, const struct buf *text, size_t from);

#endif
