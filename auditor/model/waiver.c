#include "model/waiver.h"

#include "base/timestamp.h"

#define DAY_SECONDS ((int64_t)24 * 60 * 60)

bool waiver_until_parse(int64_t *until, const char *text, int64_t now, struct error *err)
{
	char midnight[TIMESTAMP_SIZE];
	struct error ignored = ERROR_INIT;
	int64_t day = 0;

	snprintf(midnight, sizeof(midnight), "%.10sT00:00:00Z", text);
	if (strlen(text) != strlen("2027-01-31") ||
	    !timestamp_parse(&day, midnight, &ignored))
		return error_set(err, ERROR_SYNTAX, "'%.40s' is no date like 2027-01-31",
				 text);
	if (day - now > WAIVER_DAYS * DAY_SECONDS)
		return error_set(err, ERROR_LIMIT,
				 "%s is more than a year off: choose a nearer day", text);
	*until = day + DAY_SECONDS;
	return true;
}

bool waiver_holds(const struct waiver *waiver, int64_t now)
{
	return !waiver->problem && now < waiver->until;
}
