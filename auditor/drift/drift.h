/*
 * drift.h - judge a snapshot
 *
 * Pure: no input, no output, no clock of its own.  The caller makes the snapshot,
 * asks drift_wanted() for what is missing, learns that from store and registries,
 * asks again until nothing is wanted, and then judges:
 *
 *	drift_init(&drift, &snapshot, now, false);
 *	for (round = 0; round < DRIFT_ROUNDS && drift_wanted(&drift, &wants); round++)
 *		… answer wants.items …
 *	drift_judge(&drift, earlier, earlier_count, &outcome);
 */
#ifndef DRIFT_DRIFT_H
#define DRIFT_DRIFT_H

#include "drift/join.h"
#include "drift/rules.h"
#include "drift/subjects.h"
#include "model/outcome.h"

/*
 * Most rounds of questions.  Four answer all but odd images: tags; what runs; the
 * manifests of two indexes; their configs.  Nested indexes and misleading repositories of
 * an imageID need one more each.
 */
#define DRIFT_ROUNDS 8

/* Rule tag-flapping: so many moves of a tag (tag_fact.moves) within so long. */
#define TAG_FLAPPING_MOVES 5
#define TAG_FLAPPING_SECONDS ((int64_t)7 * 24 * 60 * 60)

struct drift {
	struct snapshot *snapshot;
	int64_t now;
	bool offline; /* declarations alone are judged: no registry, no cluster */
	struct join join;
	struct subjects subjects;
	struct inquiry inquiry;
	struct arena arena;    /* of subjects, wants and verdicts */
	struct arena *texts;   /* of messages: the outcome's */
	bool unread_manifests; /* some manifest could not be read, or joined */
	bool unread_kinds;     /* some custom resource names images nobody knows where */
};

/* The snapshot is borrowed, gets gaps added, and must outlive drift and outcome. */
void drift_init(struct drift *drift, struct snapshot *snapshot, int64_t now,
		bool offline);
void drift_release(struct drift *drift);

/* What has to be learnt next; false where nothing is.  The items live in drift's arena.
 */
bool drift_wanted(struct drift *drift, struct wants *wants);

/*
 * Judge by what is known now.  `earlier`: the findings of earlier scans whose spans are
 * open, for what became of them.  Gaps (unresolved, unreachable, unauthorized) are
 * added to the snapshot.
 */
void drift_judge(struct drift *drift, const struct earlier_finding *earlier,
		 size_t earlier_count, struct outcome *outcome);

#endif
