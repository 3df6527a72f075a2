#include "source/http_private.h"

#include "base/timestamp.h"
#include "tests/unit/check.h"

#include <math.h>

#define AT_ONCE 8
#define BURST 100

struct world {
	struct http http;
	struct http_host *host;
	struct transfer transfers[2 * BURST];
};

static struct http_host *host_at(struct world *world, const char *text)
{
	struct error err = ERROR_INIT;
	struct url url;

	assert_true(url_parse(&url, text, &err));
	return http_host_of(&world->http, &url);
}

static void world_enter(struct world *world, const char *text)
{
	memset(world, 0, sizeof(*world));
	world->host = host_at(world, text);
	for (size_t i = 0; i < ARRAY_LENGTH(world->transfers); i++)
		http_host_queue(world->host, &world->transfers[i]);
}

static void world_leave(struct world *world)
{
	for (size_t i = 0; i < world->http.hosts.count; i++)
		http_host_free(world->http.hosts.entries[i].value);
	table_release(&world->http.hosts);
}

/* How many may start at `now`, as if each ended at once. */
static size_t take_all(struct world *world, double now)
{
	size_t count = 0;

	while (http_host_take(world->host, now, AT_ONCE))
		count++;
	return count;
}

static void one_host_is_one_name_and_port(void **state)
{
	CLEANUP(world_leave) struct world world;

	(void)state;
	world_enter(&world, "https://ghcr.io/a");
	assert_ptr_equal(world.host, host_at(&world, "https://GHCR.io:443/b"));
	assert_ptr_not_equal(world.host, host_at(&world, "https://ghcr.io:444/"));
	assert_string_equal(world.host->figures.host, "ghcr.io");
}

static void no_more_run_at_once_than_allowed(void **state)
{
	CLEANUP(world_leave) struct world world;
	double now = timestamp_monotonic();

	(void)state;
	world_enter(&world, "https://ghcr.io");
	world.host->active = AT_ONCE - 1;
	assert_non_null(http_host_take(world.host, now, AT_ONCE));
	world.host->active = AT_ONCE;
	assert_null(http_host_take(world.host, now, AT_ONCE));
	assert_true(isinf(http_host_wake(world.host, AT_ONCE)));
}

static void requests_start_in_order_and_retries_before_them(void **state)
{
	CLEANUP(world_leave) struct world world;
	struct transfer retried = { .not_before = 0 };
	double now = timestamp_monotonic();

	(void)state;
	world_enter(&world, "https://ghcr.io");
	http_host_queue_first(world.host, &retried);
	assert_ptr_equal(http_host_take(world.host, now, AT_ONCE), &retried);
	assert_ptr_equal(http_host_take(world.host, now, AT_ONCE), &world.transfers[0]);
	assert_ptr_equal(http_host_take(world.host, now, AT_ONCE), &world.transfers[1]);
}

static void a_retry_that_is_not_due_holds_nobody_up(void **state)
{
	CLEANUP(world_leave) struct world world;
	struct transfer retried = { .not_before = 0 };
	double now = timestamp_monotonic() + 1;

	(void)state;
	world_enter(&world, "https://ghcr.io");
	while (http_host_drop(world.host))
		;
	retried.not_before = now + 5;
	http_host_queue_first(world.host, &retried);
	assert_null(http_host_take(world.host, now, AT_ONCE));
	assert_true(fabs(http_host_wake(world.host, AT_ONCE) - (now + 5)) < 0.001);
	http_host_queue(world.host, &world.transfers[0]);
	assert_ptr_equal(http_host_take(world.host, now, AT_ONCE), &world.transfers[0]);
	http_host_queue(world.host, &world.transfers[1]);
	assert_ptr_equal(http_host_take(world.host, now + 5, AT_ONCE), &retried);
	assert_ptr_equal(http_host_take(world.host, now + 5, AT_ONCE),
			 &world.transfers[1]);
	assert_null(http_host_drop(world.host));
}

static void a_burst_of_100_then_200_a_second(void **state)
{
	CLEANUP(world_leave) struct world world;
	double now;

	(void)state;
	world_enter(&world, "https://ghcr.io");
	now = world.host->tokens_at;
	assert_int_equal(take_all(&world, now), BURST);
	assert_true(fabs(http_host_wake(world.host, AT_ONCE) - (now + 1 / 200.0)) <
		    0.001);
	assert_int_equal(take_all(&world, now + 0.1001), 20);
}

static void loopback_is_not_slowed_down(void **state)
{
	CLEANUP(world_leave) struct world world;
	double now;

	(void)state;
	world_enter(&world, "http://127.0.0.1:5000");
	now = world.host->tokens_at;
	assert_int_equal(take_all(&world, now) + take_all(&world, now + 0.001),
			 ARRAY_LENGTH(world.transfers));
}

static void a_host_that_asks_for_patience_gets_it_and_half_the_pace(void **state)
{
	CLEANUP(world_leave) struct world world;
	double now;

	(void)state;
	world_enter(&world, "https://ghcr.io");
	now = world.host->tokens_at;
	http_host_slow_down(world.host, now + 10);
	assert_null(http_host_take(world.host, now + 9.9, AT_ONCE));
	assert_true(fabs(http_host_wake(world.host, AT_ONCE) - (now + 10)) < 0.001);
	assert_int_equal(take_all(&world, now + 10), BURST);
	assert_int_equal(take_all(&world, now + 10.1001), 10);
	for (int i = 0; i < 100; i++)
		http_host_slow_down(world.host, now);
	assert_true(world.host->rate >= 1);
}

static void a_host_that_was_slowed_down_recovers_little_by_little(void **state)
{
	CLEANUP(world_leave) struct world world;
	double now;

	(void)state;
	world_enter(&world, "https://ghcr.io");
	now = world.host->tokens_at;
	http_host_slow_down(world.host, now + 10);
	take_all(&world, now + 10);
	assert_true(world.host->rate == 100); /* not while it was left alone */
	take_all(&world, now + 20);
	assert_true(fabs(world.host->rate - 120) < 0.001);
	http_host_queue(world.host, &world.transfers[0]);
	take_all(&world, now + 1000);
	assert_true(world.host->rate == 200);
}

static void what_is_left_of_a_limit_sets_the_pace(void **state)
{
	static const struct {
		const char *label, *limit, *remaining, *reset;
		double rate, tokens;
		bool waits;
	} cases[] = {
		{ "nothing said", NULL, NULL, NULL, 200, BURST, false },
		{ "all", "100;w=21600", "100;w=21600", NULL, 200, BURST, false },
		{ "half", "100;w=21600", "50;w=21600", NULL, 100, 50, false },
		{ "little", "100;w=21600", "1;w=21600", NULL, 10, 10, false },
		{ "nothing, of what does not count HEAD", "100;w=21600", "0;w=21600",
		  NULL, 10, 10, false },
		{ "nothing, for a minute", "100", "0", "60", 10, 10, true },
		{ "nothing, for longer than anybody waits", "100", "0", "86400", 10, 10,
		  false },
		{ "more than all", "1", "99999999999999999999999", NULL, 200, BURST,
		  false },
		{ "of nothing", "0", "0", NULL, 200, BURST, false },
		{ "no number", "100", "-1", "60", 200, BURST, false },
		{ "no number, nor a limit", "many", "none", "soon", 200, BURST, false },
	};
	static const char *const names[] = { "RateLimit-Limit", "RateLimit-Remaining",
					     "RateLimit-Reset" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *const values[] = { cases[i].limit, cases[i].remaining,
					       cases[i].reset };
		CLEANUP(world_leave) struct world world;
		struct http_response response = {
			.headers = HTTP_HEADERS_INIT((size_t)1024),
		};
		char line[80];

		world_enter(&world, "https://registry-1.docker.io");
		http_headers_take(&response.headers, "HTTP/1.1 200\r\n", 14);
		for (size_t j = 0; j < ARRAY_LENGTH(values); j++) {
			if (!values[j])
				continue;
			snprintf(line, sizeof(line), "%s: %s\r\n", names[j], values[j]);
			http_headers_take(&response.headers, line, strlen(line));
		}
		http_host_heed(world.host, &response);
		CHECK(cases[i].label, fabs(world.host->rate - cases[i].rate) < 0.001);
		CHECK(cases[i].label, fabs(world.host->tokens - cases[i].tokens) < 0.001);
		CHECK(cases[i].label, (world.host->not_before > 0) == cases[i].waits);
		http_headers_release(&response.headers);
	}
}

static void four_failures_in_a_row_and_no_less_open_the_breaker(void **state)
{
	CLEANUP(world_leave) struct world world;

	(void)state;
	world_enter(&world, "https://ghcr.io");
	for (int i = 0; i < 3; i++)
		http_host_note(world.host, "it is silent");
	http_host_note(world.host, NULL);
	for (int i = 0; i < 3; i++)
		http_host_note(world.host, "it is silent");
	assert_null(world.host->given_up);
	http_host_note(world.host, "it is silent");
	assert_string_equal(
		world.host->given_up,
		"ghcr.io was given up after 4 failures in a row, the last: it is "
		"silent");
	http_host_note(world.host, "another reason");
	assert_null(strstr(world.host->given_up, "another"));
	assert_int_equal(world.host->figures.failed, 8);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_host_is_one_name_and_port),
		cmocka_unit_test(no_more_run_at_once_than_allowed),
		cmocka_unit_test(requests_start_in_order_and_retries_before_them),
		cmocka_unit_test(a_retry_that_is_not_due_holds_nobody_up),
		cmocka_unit_test(a_burst_of_100_then_200_a_second),
		cmocka_unit_test(loopback_is_not_slowed_down),
		cmocka_unit_test(a_host_that_asks_for_patience_gets_it_and_half_the_pace),
		cmocka_unit_test(a_host_that_was_slowed_down_recovers_little_by_little),
		cmocka_unit_test(what_is_left_of_a_limit_sets_the_pace),
		cmocka_unit_test(four_failures_in_a_row_and_no_less_open_the_breaker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
