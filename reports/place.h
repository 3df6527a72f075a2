/*
 * place.h - where in the repository something stands, for what CI systems show
 *
 * They know files by their path relative to the repository's root and nothing else: what
 * runs in a cluster and is declared nowhere, and files outside of the repository, have
 * no place there.
 */
#ifndef REPORTS_PLACE_H
#define REPORTS_PLACE_H

#include "base/buf.h"
#include "model/report.h"

/* A path that leads neither up nor away from the root. */
bool place_is_inside(const char *path);

/* Borrowed; "" where it has no place. */
const char *place_of_finding(const struct finding *finding);

/*
 * The file that a gap hides, appended; nothing where it hides something else.  Returns
 * the line that its subject or its reason names, or 0.
 */
uint32_t place_of_gap(struct buf *path, const struct gap *gap);

#endif
