/*
 * sight.h - what a scan was asked to look at, and what of that it saw
 *
 * Made of a snapshot's coverage and gaps, as areas (model/area.h).
 */
#ifndef DRIFT_SIGHT_H
#define DRIFT_SIGHT_H

#include "model/area.h"
#include "model/snapshot.h"

struct sight {
	struct areas areas;
	struct arena arena;
	struct table unseen;    /* kinds that were not listed; and where there are some */
	bool selective;         /* a label selector chose what was seen of the cluster */
	bool no_inline_waivers; /* comments were not heeded */
	const char *policy_file; /* whose waivers were; "" */
};

void sight_make(struct sight *sight, const struct snapshot *snapshot);
void sight_release(struct sight *sight);

/* Whether the scan was to look there. */
bool sight_asked(const struct sight *sight, const char *scope);
/* Whether it did. */
bool sight_observed(const struct sight *sight, const char *scope);
/* Whether it did so in all of an area, no part of which is hidden. */
bool sight_observed_whole(const struct sight *sight, const char *area);
/*
 * Whether it saw what runs in a namespace; of what was found in none ("") whether it saw
 * them all, for it might be in any.
 */
bool sight_observed_namespace(const struct sight *sight,
			      const struct scanned_cluster *cluster,
			      const char *namespace);
/*
 * Whether all was listed that tells whose a running row is and whether it is about to be
 * replaced, though some lists of its namespace could not be had.
 */
bool sight_tells_owners(const struct sight *sight, const struct running_use *running);
/* True where what it did not see may be there all the same: a selector passed it over. */
bool sight_leaves_out(const struct sight *sight, const char *scope);

#endif
