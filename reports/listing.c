#include "reports/listing.h"

#include "reports/summary.h"

static bool is_listed(const struct finding *finding, bool verbose)
{
	return finding->state != FINDING_FIXED &&
	       (verbose || finding->level != LEVEL_NONE);
}

/* Findings of a level: those that somebody accepted, or the others. */
static void add_level(struct listing *listing, const struct report *report,
		      enum level level, bool verbose, bool accepted)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (finding->level != level || !is_listed(finding, verbose) ||
		    finding_is_accepted(finding) != accepted)
			continue;
		if (finding->state == FINDING_KNOWN && !listing->known)
			continue;
		listing->findings = array_grow(listing->findings, listing->count,
					       sizeof(struct finding *));
		listing->findings[listing->count++] = finding;
	}
}

struct listing listing_of(const struct report *report, bool verbose, bool known)
{
	struct listing listing = { .known = known };

	for (int accepted = 0; accepted <= 1; accepted++) {
		for (int level = LEVEL_ERROR; level >= LEVEL_NONE; level--)
			add_level(&listing, report, (enum level)level, verbose, accepted);
	}
	return listing;
}

void listing_release(struct listing *listing)
{
	free(listing->findings);
	*listing = (struct listing){ NULL, 0, false };
}
