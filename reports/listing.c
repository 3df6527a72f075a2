#include "reports/listing.h"

static bool is_listed(const struct finding *finding, bool verbose, bool accepted)
{
	if ((finding->state == FINDING_WAIVED || finding->state == FINDING_KNOWN) &&
	    !accepted)
		return false;
	return finding->state != FINDING_FIXED &&
	       (verbose || finding->level != LEVEL_NONE);
}

static void add_level(struct listing *listing, const struct report *report,
		      enum level level, bool verbose, bool accepted)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (finding->level != level || !is_listed(finding, verbose, accepted))
			continue;
		listing->findings = array_grow(listing->findings, listing->count,
					       sizeof(struct finding *));
		listing->findings[listing->count++] = finding;
	}
}

struct listing listing_of(const struct report *report, bool verbose, bool accepted)
{
	struct listing listing = { NULL, 0 };

	for (int level = LEVEL_ERROR; level >= LEVEL_NONE; level--)
		add_level(&listing, report, (enum level)level, verbose, accepted);
	return listing;
}

void listing_release(struct listing *listing)
{
	free(listing->findings);
	*listing = (struct listing){ NULL, 0 };
}
