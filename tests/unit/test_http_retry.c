#include "source/http_private.h"

#include "tests/unit/check.h"

#define NOW 1795420800 /* 2026-11-23T08:00:00Z */

static const struct {
	const char *header;
	double seconds;
} after_cases[] = {
	{ "0", 0 },
	{ "2", 2 },
	{ "120 ", 120 },
	{ "1000000000", 1e9 },
	{ "99999999999999999999999999", 1e26 },
	{ "Mon, 23 Nov 2026 08:00:30 GMT", 30 },
	{ "Mon, 23 Nov 2026 07:00:00 GMT", 0 },
	{ "Monday, 23-Nov-26 08:00:30 GMT", 30 },
	{ "", -1 },
	{ "soon", -1 },
	{ "-5", -1 },
	{ "2h", -1 },
	{ "1e3x", -1 },
	{ "inf", -1 },
	{ "nan", -1 },
};

static void retry_after_is_seconds_or_a_date(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(after_cases); i++) {
		double seconds = http_retry_after(after_cases[i].header, NOW);
		double expected = after_cases[i].seconds;

		CHECK(after_cases[i].header, (seconds < 0) == (expected < 0));
		if (expected >= 0)
			CHECK(after_cases[i].header,
			      seconds >= expected && seconds <= expected * 1.001);
	}
}

static const struct {
	const char *label;
	CURLcode code;
	long status;
	unsigned tries;
	bool retry, piece_taken;
	double least, most; /* seconds; negative: the answer stands */
} delay_cases[] = {
	{ "the first broken connection", CURLE_RECV_ERROR, 0, 1, true, false, 0.3, 0.7 },
	{ "the third", CURLE_RECV_ERROR, 0, 3, true, false, 1.4, 2.6 },
	{ "the fourth", CURLE_RECV_ERROR, 0, 4, true, false, -1, -1 },
	{ "not where it was not asked for", CURLE_RECV_ERROR, 0, 1, false, false, -1,
	  -1 },
	{ "not behind a piece of the body", CURLE_PARTIAL_FILE, 200, 1, true, true, -1,
	  -1 },
	{ "a refused connection", CURLE_COULDNT_CONNECT, 0, 1, true, false, -1, -1 },
	{ "an unknown name", CURLE_COULDNT_RESOLVE_HOST, 0, 1, true, false, -1, -1 },
	{ "a bad certificate", CURLE_PEER_FAILED_VERIFICATION, 0, 1, true, false, -1,
	  -1 },
	{ "429", CURLE_OK, 429, 1, true, false, 0.3, 0.7 },
	{ "429 at last", CURLE_OK, 429, 4, true, false, -1, -1 },
	{ "503", CURLE_OK, 503, 1, true, false, 0.3, 0.7 },
	{ "500", CURLE_OK, 500, 1, true, false, 0.3, 0.7 },
	{ "500 again", CURLE_OK, 500, 2, true, false, -1, -1 },
	{ "501", CURLE_OK, 501, 1, true, false, -1, -1 },
	{ "200", CURLE_OK, 200, 1, true, false, -1, -1 },
	{ "404", CURLE_OK, 404, 1, true, false, -1, -1 },
	{ "401", CURLE_OK, 401, 1, true, false, -1, -1 },
};

static void only_what_may_pass_is_tried_again(void **state)
{
	struct http http = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(delay_cases); i++) {
		struct transfer transfer = {
			.http = &http,
			.request.retry = delay_cases[i].retry,
			.tries = delay_cases[i].tries,
			.piece_taken = delay_cases[i].piece_taken,
			.response.status = delay_cases[i].status,
		};
		double delay = http_retry_delay(&transfer, delay_cases[i].code);

		CHECK(delay_cases[i].label, delay >= delay_cases[i].least);
		CHECK(delay_cases[i].label, delay <= delay_cases[i].most);
	}
}

static void what_we_stopped_ourselves_is_not_tried_again(void **state)
{
	struct http http = { 0 };
	struct transfer transfer = {
		.http = &http,
		.request.retry = true,
		.tries = 1,
		.stopped.code = ERROR_LIMIT,
	};

	(void)state;
	assert_true(http_retry_delay(&transfer, CURLE_RECV_ERROR) < 0);
}

static void no_try_is_put_off_beyond_the_deadline(void **state)
{
	struct http http = { .limits.deadline = 1 }; /* long ago */
	struct transfer transfer = { .http = &http, .request.retry = true, .tries = 1 };

	(void)state;
	assert_true(http_retry_delay(&transfer, CURLE_RECV_ERROR) < 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(retry_after_is_seconds_or_a_date),
		cmocka_unit_test(only_what_may_pass_is_tried_again),
		cmocka_unit_test(what_we_stopped_ourselves_is_not_tried_again),
		cmocka_unit_test(no_try_is_put_off_beyond_the_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
