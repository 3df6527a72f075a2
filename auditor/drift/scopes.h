/*
 * scopes.h - sets of scopes, as text: sorted lines, each ended by "\n"
 */
#ifndef DRIFT_SCOPES_H
#define DRIFT_SCOPES_H

#include "base/memory.h"
#include "base/table.h"

/* The scopes are borrowed; a set that is all zero is empty. */
struct scope_set {
	struct table scopes; /* to themselves */
};

void scope_set_add(struct scope_set *set, const char *scope);
/* Add every line of a text; copies go into `arena`. */
void scope_set_add_lines(struct scope_set *set, struct arena *arena, const char *lines);
/* The lines, in `arena`. */
const char *scope_set_text(const struct scope_set *set, struct arena *arena);
void scope_set_release(struct scope_set *set);

#endif
