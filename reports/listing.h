/*
 * listing.h - what CI systems list of a report, the worst first
 *
 * Not what is fixed, since they list what is there now; and what is of level none only
 * where everything is asked for.  Most of them show the first so many alone.
 */
#ifndef REPORTS_LISTING_H
#define REPORTS_LISTING_H

#include "model/report.h"

struct listing {
	const struct finding **findings; /* borrowed from the report */
	size_t count;
	bool known;
};

/*
 * By level, what somebody accepted last; among equals in the order of the report.
 * `known`: with what the baseline knew.  Release with listing_release().
 */
struct listing listing_of(const struct report *report, bool verbose, bool known);
void listing_release(struct listing *listing);

#endif
