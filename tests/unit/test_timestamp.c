#include "base/timestamp.h"

#include "tests/unit/check.h"

static const struct {
	const char *text;
	int64_t seconds;
	const char *formatted;
} good[] = {
	{ "1970-01-01T00:00:01Z", 1, "1970-01-01T00:00:01Z" },
	{ "1970-01-01T00:00:00Z", 0, "" }, /* 0 means unknown */
	{ "1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z" },
	{ "2026-11-23T07:12:00Z", 1795417920, "2026-11-23T07:12:00Z" },
	{ "2026-11-23t07:12:00z", 1795417920, "2026-11-23T07:12:00Z" },
	{ "2026-11-23 07:12:00Z", 1795417920, "2026-11-23T07:12:00Z" },
	{ "2026-11-23T07:12:00.999999999Z", 1795417920, "2026-11-23T07:12:00Z" },
	{ "2026-11-23T08:42:00+01:30", 1795417920, "2026-11-23T07:12:00Z" },
	{ "2026-11-22T23:12:00-08:00", 1795417920, "2026-11-23T07:12:00Z" },
	{ "2024-02-29T00:00:00Z", 1709164800, "2024-02-29T00:00:00Z" },
	{ "2000-02-29T12:00:00Z", 951825600, "2000-02-29T12:00:00Z" },
	{ "2016-12-31T23:59:60Z", 1483228800, "2017-01-01T00:00:00Z" }, /* leap second */
	{ "9999-12-31T23:59:59Z", 253402300799, "9999-12-31T23:59:59Z" },
	{ "0001-01-01T00:00:00Z", -62135596800, "0001-01-01T00:00:00Z" }, /* Go's zero */
};

static void rfc_3339_is_read_and_written_back_in_utc(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
		struct error err = ERROR_INIT;
		char text[TIMESTAMP_SIZE];
		int64_t seconds = 42;

		CHECK(good[i].text, timestamp_parse(&seconds, good[i].text, &err));
		CHECK(good[i].text, seconds == good[i].seconds);
		CHECK_TEXT(good[i].text, timestamp_format(text, seconds),
			   good[i].formatted);
	}
}

static const char *const bad[] = {
	"",
	"2026",
	"2026-11-23",
	"2026-11-23T07:12:00",
	"2026-11-23T07:12Z",
	"2026-11-23T07:12:00.Z",
	"2026-11-23T07:12:00+0130",
	"2026-11-23T07:12:00+24:00",
	"2026-11-23T07:12:00Z ",
	" 2026-11-23T07:12:00Z",
	"2026-13-01T00:00:00Z",
	"2026-00-01T00:00:00Z",
	"2026-02-29T00:00:00Z",
	"1900-02-29T00:00:00Z",
	"2026-11-31T00:00:00Z",
	"2026-11-23T24:00:00Z",
	"2026-11-23T07:60:00Z",
	"2026-11-23T07:12:61Z",
	"26-11-23T07:12:00Z",
	"-026-11-23T07:12:00Z",
	"20261-11-23T07:12:00Z",
};

static void what_is_no_time_is_an_error_and_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		struct error err = ERROR_INIT;
		int64_t seconds = 42;

		CHECK(bad[i], !timestamp_parse(&seconds, bad[i], &err));
		CHECK(bad[i], err.code == ERROR_SYNTAX);
		CHECK(bad[i], seconds == 42);
	}
}

static void times_that_no_calendar_holds_are_no_text(void **state)
{
	static const int64_t beyond[] = { INT64_MAX, INT64_MIN, 253402300800 /* 10000 */,
					  -62167219201 /* before the year 0 */ };
	char text[TIMESTAMP_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(beyond); i++)
		assert_string_equal(timestamp_format(text, beyond[i]), "");
}

static void every_day_of_four_centuries_comes_back(void **state)
{
	(void)state;
	for (int64_t day = -50000; day < 100000; day++) {
		struct error err = ERROR_INIT;
		char text[TIMESTAMP_SIZE];
		int64_t seconds;

		timestamp_format(text, day * 86400 + 1);
		assert_true(timestamp_parse(&seconds, text, &err));
		assert_int_equal(seconds, day * 86400 + 1);
	}
}

static void monotonic_time_does_not_go_back(void **state)
{
	double before = timestamp_monotonic();

	(void)state;
	assert_true(timestamp_monotonic() >= before);
	assert_true(timestamp_now() > 1700000000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_3339_is_read_and_written_back_in_utc),
		cmocka_unit_test(what_is_no_time_is_an_error_and_changes_nothing),
		cmocka_unit_test(times_that_no_calendar_holds_are_no_text),
		cmocka_unit_test(every_day_of_four_centuries_comes_back),
		cmocka_unit_test(monotonic_time_does_not_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
