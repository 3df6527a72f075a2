/*
 * settle.h - what became of the findings of earlier scans
 *
 * A finding that this scan judged has its answer.  One whose subject this scan did not
 * meet is fixed only if everything that it rests on was observed; it is unknown
 * where that was asked for and hidden by a gap; else this scan says nothing of it.
 *
 * A use or declaration rests on all its scopes; a tag or pin stands as long as one of
 * its scopes (whoever mentions it) shows it.
 *
 * Findings are of one subject if their fingerprints are the same, and:  declarations, of
 * one file (of two work trees, each may have a deploy/web.yaml); pins, of one digest,
 * whatever ordinal that had among the pins of its repository.
 */
#ifndef DRIFT_SETTLE_H
#define DRIFT_SETTLE_H

#include "drift/rules.h"
#include "drift/sight.h"
#include "model/outcome.h"

/* The answer of one rule about one subject of this scan. */
struct judged {
	const struct rule *rule;
	enum answer answer;
	const char *fingerprint;
	const char *reference;   /* of a pin: what it is known by */
	struct finding *finding; /* ANSWER_YES; else NULL; copied */
	const char *scopes;      /* as in struct judged_finding, of this scan */
};

struct judged_list {
	struct judged *items;
	size_t count;
};

/*
 * Merge this scan's answers with the earlier findings into the outcome, whose findings
 * are made anew.  ANSWER_NONE must have been left out of `judged`.
 */
void settle(const struct sight *sight, const struct judged_list *judged,
	    const struct earlier_finding *earlier, size_t earlier_count,
	    struct outcome *outcome);

#endif
