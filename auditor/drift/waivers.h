/*
 * waivers.h - what somebody accepted, held against findings and gaps
 *
 * A waiver that holds makes the findings and gaps that it covers "waived": shown, and no
 * reason to fail.  One that is wrong, or over, covers nothing; the rules waiver-expired
 * and waiver-unused tell.
 */
#ifndef DRIFT_WAIVERS_H
#define DRIFT_WAIVERS_H

#include "drift/drift.h"

/* The waiver that covers a finding, counted as used; NULL where none does. */
const struct waiver *waivers_cover(struct drift *drift, const struct finding *finding);

/* Mark the gaps that are covered. */
void waivers_cover_gaps(struct drift *drift);

#endif
