#include "reports/listing.h"

static bool is_listed(const struct finding *finding, bool verbose)
{
	return finding->state != FINDING_FIXED &&
	       (verbose || finding->level != LEVEL_NONE);
}

static void add_level(struct listing *listing, const struct report *report,
		      enum level level, bool verbose)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (finding->level != level || !is_listed(finding, verbose))
			continue;
		listing->findings = array_grow(listing->findings, listing->count,
					       sizeof(struct finding *));
		listing->findings[listing->count++] = finding;
	}
}

struct listing listing_of(const struct report *report, bool verbose)
{
	struct listing listing = { NULL, 0 };

	for (int level = LEVEL_ERROR; level >= LEVEL_NONE; level--)
		add_level(&listing, report, (enum level)level, verbose);
	return listing;
}

void listing_release(struct listing *listing)
{
	free(listing->findings);
	*listing = (struct listing){ NULL, 0 };
}
