#include "source/http.h"

#include "base/timestamp.h"
#include "tests/unit/check.h"

/* Nothing listens on port 1: an answer that needs no server. */
#define NOWHERE "http://127.0.0.1:1/"

struct seen {
	struct http *http;
	unsigned done;
	unsigned more; /* requests that each answer still leads to */
	struct error err;
};

static void note(struct http_response *response, void *user);

static void send_one(struct seen *seen, const char *url)
{
	http_send(seen->http, &(struct http_request){
				      .method = "GET",
				      .url = url,
				      .body_limit = 100,
				      .done = note,
				      .user = seen,
			      });
}

static void note(struct http_response *response, void *user)
{
	struct seen *seen = user;

	seen->done++;
	seen->err = response->err;
	if (seen->more) {
		seen->more--;
		send_one(seen, NOWHERE);
	}
}

static struct http *open_client(const struct http_limits *limits)
{
	struct error err = ERROR_INIT;
	struct http *http = http_new(limits, &err);

	assert_non_null(http);
	return http;
}

static void answers_come_once_and_not_before_run(void **state)
{
	static const char *const urls[] = { NOWHERE, "file:///etc/passwd",
					    "http://a b/" };
	const struct http_limits limits = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
		CLEANUP(http_free) struct http *http = open_client(&limits);
		struct seen seen = { .http = http };

		send_one(&seen, urls[i]);
		CHECK(urls[i], seen.done == 0);
		http_run(http);
		CHECK(urls[i], seen.done == 1);
		CHECK(urls[i], seen.err.code != ERROR_NONE);
	}
}

static void an_answer_may_lead_to_further_requests(void **state)
{
	const struct http_limits limits = { 0 };
	CLEANUP(http_free) struct http *http = open_client(&limits);
	struct seen seen = { .http = http, .more = 20 };

	(void)state;
	send_one(&seen, NOWHERE);
	http_run(http);
	assert_int_equal(seen.done, 21);
	/* Four refusals, and the host is given up without asking. */
	assert_int_equal(http_figures(http, 0)->made, 4);
	assert_int_equal(http_figures(http, 0)->refused, 17);
	assert_non_null(strstr(seen.err.text, "given up"));
	assert_null(http_figures(http, 1));
}

static void behind_the_deadline_nothing_is_sent(void **state)
{
	const struct http_limits limits = { .deadline = timestamp_monotonic() - 1 };
	CLEANUP(http_free) struct http *http = open_client(&limits);
	struct seen seen = { .http = http };

	(void)state;
	send_one(&seen, NOWHERE);
	http_run(http);
	assert_int_equal(seen.done, 1);
	assert_non_null(strstr(seen.err.text, "deadline"));
	assert_int_equal(http_figures(http, 0)->made, 0);
}

static void what_was_never_run_is_freed_and_told_nobody(void **state)
{
	const struct http_limits limits = { 0 };
	struct http *http = open_client(&limits);
	struct seen seen = { .http = http };

	(void)state;
	send_one(&seen, NOWHERE);
	send_one(&seen, "file:///etc/passwd");
	http_free(&http);
	assert_null(http);
	assert_int_equal(seen.done, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_come_once_and_not_before_run),
		cmocka_unit_test(an_answer_may_lead_to_further_requests),
		cmocka_unit_test(behind_the_deadline_nothing_is_sent),
		cmocka_unit_test(what_was_never_run_is_freed_and_told_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
