/*
 * area.h - which areas a scan was asked to look at, and what became of them
 *
 * Areas hold scopes (scope.h).  Of those that hold a scope the nearest one that was asked
 * for says whether it was observed; a gap over any of them hides it.
 */
#ifndef MODEL_AREA_H
#define MODEL_AREA_H

#include "base/memory.h"
#include "base/table.h"

struct area {
	bool asked;
	bool missed; /* asked for, and not observed; of two answers this one counts */
	bool hidden; /* by a gap */
};

struct areas {
	struct arena arena;
	struct table by_scope; /* to struct area */
};

#define AREAS_INIT                                                                       \
	{                                                                                \
		ARENA_INIT, TABLE_INIT                                                   \
	}

/* An area was asked for. */
void areas_ask(struct areas *areas, const char *scope, bool observed);
/* There is a gap over all of it. */
void areas_hide(struct areas *areas, const char *scope);
void areas_release(struct areas *areas);

/* What is said of a scope by all the areas that hold it. */
struct area areas_around(const struct areas *areas, const char *scope);
/* True if a part of it, or all of it, was missed or is hidden. */
bool areas_have_hole(const struct areas *areas, const char *scope);

#endif
