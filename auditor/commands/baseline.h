/*
 * baseline.h - the findings of an earlier run, which do not fail this one
 *
 * They are known by their fingerprints, from a report of format json.  Whoever may change
 * that file decides what passes; what it says otherwise is not believed, nor shown.
 */
#ifndef COMMANDS_BASELINE_H
#define COMMANDS_BASELINE_H

#include "base/memory.h"
#include "base/table.h"
#include "model/outcome.h"

struct baseline {
	struct arena arena;
	struct table fingerprints; /* to themselves */
};

#define BASELINE_INIT                                                                    \
	{                                                                                \
		ARENA_INIT, TABLE_INIT                                                   \
	}

/* Nothing is known where `path` is NULL.  Errors: ERROR_USAGE. */
MUST_CHECK bool baseline_load(struct baseline *baseline, const char *path,
			      struct error *err);

/* What stands and is in the baseline becomes FINDING_KNOWN. */
void baseline_apply(const struct baseline *baseline, struct outcome *outcome);
void baseline_release(struct baseline *baseline);

#endif
