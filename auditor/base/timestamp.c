#include "base/timestamp.h"

#include <ctype.h>

/* RFC 3339 has four digits for a year. */
#define FIRST_YEAR 0
#define LAST_YEAR 9999

int64_t timestamp_now(void)
{
	return (int64_t)time(NULL);
}

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
	int64_t era, year_of_era, day_of_year;

	if (month <= 2)
		year--;
	era = (year >= 0 ? year : year - 399) / 400;
	year_of_era = year - era * 400;
	day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Read exactly `digits` decimal digits and move on. */
static bool take_number(const char **text, int digits, int64_t *number)
{
	*number = 0;
	for (int i = 0; i < digits; i++, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return false;
		*number = *number * 10 + (**text - '0');
	}
	return true;
}

static bool take_char(const char **text, const char *any_of)
{
	if (**text == '\0' || !strchr(any_of, **text))
		return false;
	(*text)++;
	return true;
}

static bool take_date(const char **text, int64_t *days)
{
	int64_t year, month, day;

	if (!take_number(text, 4, &year) || !take_char(text, "-") ||
	    !take_number(text, 2, &month) || !take_char(text, "-") ||
	    !take_number(text, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	*days = days_from_civil(year, month, day);
	return true;
}

static bool take_time(const char **text, int64_t *seconds)
{
	int64_t hour, minute, second;

	if (!take_number(text, 2, &hour) || !take_char(text, ":") ||
	    !take_number(text, 2, &minute) || !take_char(text, ":") ||
	    !take_number(text, 2, &second) || hour > 23 || minute > 59 || second > 60)
		return false;
	*seconds = hour * 3600 + minute * 60 + second;
	if (!take_char(text, "."))
		return true;
	if (!isdigit((unsigned char)**text))
		return false;
	while (isdigit((unsigned char)**text))
		(*text)++;
	return true;
}

/* Seconds to take away for "+hh:mm"; "Z" is 0. */
static bool take_offset(const char **text, int64_t *seconds)
{
	int64_t sign = **text == '-' ? -1 : 1;
	int64_t hour, minute;

	*seconds = 0;
	if (take_char(text, "Zz"))
		return true;
	if (!take_char(text, "+-") || !take_number(text, 2, &hour) ||
	    !take_char(text, ":") || !take_number(text, 2, &minute) || hour > 23 ||
	    minute > 59)
		return false;
	*seconds = sign * (hour * 3600 + minute * 60);
	return true;
}

bool timestamp_parse(int64_t *seconds, const char *text, struct error *err)
{
	const char *rest = text;
	int64_t days, of_day, offset;

	if (!take_date(&rest, &days) || !take_char(&rest, "Tt ") ||
	    !take_time(&rest, &of_day) || !take_offset(&rest, &offset) || *rest != '\0')
		return error_set(err, ERROR_SYNTAX,
				 "'%.40s' is not a time like 2026-11-23T07:12:00Z", text);
	*seconds = days * 86400 + of_day - offset;
	return true;
}

const char *timestamp_format(char text[TIMESTAMP_SIZE], int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm parts;

	text[0] = '\0';
	if (seconds == 0 || !gmtime_r(&when, &parts))
		return text;
	if (parts.tm_year < FIRST_YEAR - 1900 || parts.tm_year > LAST_YEAR - 1900)
		return text;
	snprintf(text, TIMESTAMP_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ",
		 parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
		 parts.tm_min, parts.tm_sec);
	return text;
}

double timestamp_monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
