/*
 * outcome.h - what drift concluded from a snapshot, for the store to keep
 */
#ifndef MODEL_OUTCOME_H
#define MODEL_OUTCOME_H

#include "model/report.h"
#include "model/scope.h"

/* A finding of an earlier scan whose span has not ended. */
struct earlier_finding {
	int64_t id; /* the store's */
	struct finding finding;
	const char *scopes; /* as in struct judged_finding */
};

/* A finding as this scan leaves it. */
struct judged_finding {
	struct finding finding; /* its state says what became of it */
	int64_t earlier_id; /* the store's id of the earlier span, 0 where it is new */
	/*
	 * Where it rests: scopes as in struct coverage, sorted, each ended by "\n".
	 * Those that this scan did not cover are kept from the earlier finding, those
	 * that it covered and that no longer show the finding are gone.
	 */
	const char *scopes;
	/*
	 * A tag or pin that this scan shows no more, and that stands in scopes which it
	 * was not asked for: its scopes have changed, and nothing of it is this scan's to
	 * tell.
	 */
	bool elsewhere;
};

/* Owns its arena alone; borrows from the snapshot, which has to outlive it. */
struct outcome {
	struct arena arena;
	struct judged_finding *findings; /* FIXED and UNKNOWN ones included */
	size_t finding_count;
	struct report_use *uses; /* one a running row that was looked at */
	size_t use_count;
};

void outcome_init(struct outcome *outcome);
void outcome_release(struct outcome *outcome);

#endif
