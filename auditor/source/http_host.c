#include "source/http_private.h"

#include "base/memory.h"
#include "base/timestamp.h"
#include "source/address.h"

#include <ctype.h>
#include <math.h>

#define RATE 200.0  /* requests a second to one host */
#define BURST 100.0 /* requests at once after a pause */
#define RATE_LEAST 1.0
#define RATE_NEAR_LIMIT 10.0 /* where a host says that few requests are left */
#define RECOVERY 2.0      /* requests a second that a slowed host gets back each second */
#define RATE_LOOPBACK 1e6 /* our own machine needs no sparing */
#define FAILURES 4        /* in a row: the host is given up */

/* "host" or "host:port", for people. */
static char *name_of(const struct url *url)
{
	char text[URL_HOST_TEXT_SIZE];

	return xstrdup(url_host_text(text, url));
}

struct http_host *http_host_of(struct http *http, const struct url *url)
{
	char key[URL_HOST_TEXT_SIZE];
	const char **kept;
	struct http_host **slot, *host;

	snprintf(key, sizeof(key), "%s:%u", url->host, url->port);
	slot = (struct http_host **)table_slot(&http->hosts, key, strlen(key), &kept);
	host = *slot;
	if (host)
		return host;
	host = xcalloc(1, sizeof(*host));
	host->key = xstrdup(key);
	host->figures.host = name_of(url);
	host->rate_most = address_kind_of_host(url->host) == ADDRESS_LOOPBACK
				  ? RATE_LOOPBACK
				  : RATE;
	host->rate = host->rate_most;
	host->tokens = BURST;
	host->tokens_at = timestamp_monotonic();
	*kept = host->key;
	*slot = host;
	return host;
}

void http_host_free(struct http_host *host)
{
	free(host->key);
	free(host->given_up);
	free((char *)host->figures.host);
	free(host);
}

void http_host_queue(struct http_host *host, struct transfer *transfer)
{
	transfer->next = NULL;
	if (host->last)
		host->last->next = transfer;
	else
		host->first = transfer;
	host->last = transfer;
}

void http_host_queue_first(struct http_host *host, struct transfer *transfer)
{
	transfer->next = host->first;
	host->first = transfer;
	if (!host->last)
		host->last = transfer;
}

/* Take the transfer that `*link` points to out of the queue; `before` stands before it.
 */
static struct transfer *unlink_transfer(struct http_host *host, struct transfer **link,
					struct transfer *before)
{
	struct transfer *transfer = *link;

	*link = transfer->next;
	if (host->last == transfer)
		host->last = before;
	transfer->next = NULL;
	return transfer;
}

struct transfer *http_host_drop(struct http_host *host)
{
	return host->first ? unlink_transfer(host, &host->first, NULL) : NULL;
}

/* A host that was slowed down gets its pace back, little by little. */
static void refill(struct http_host *host, double now)
{
	double at_work = now - greater(host->tokens_at, host->not_before);

	if (at_work > 0)
		host->rate = lesser(host->rate_most, host->rate + at_work * RECOVERY);
	host->tokens = lesser(BURST, host->tokens + (now - host->tokens_at) * host->rate);
	host->tokens_at = now;
}

struct transfer *http_host_take(struct http_host *host, double now, unsigned most_at_once)
{
	struct transfer *before = NULL;

	if (!host->first || host->active >= most_at_once || now < host->not_before)
		return NULL;
	refill(host, now);
	if (host->tokens < 1)
		return NULL;
	for (struct transfer **link = &host->first; *link; link = &(*link)->next) {
		if ((*link)->not_before <= now) {
			host->tokens -= 1;
			return unlink_transfer(host, link, before);
		}
		before = *link;
	}
	return NULL;
}

double http_host_wake(const struct http_host *host, unsigned most_at_once)
{
	double soonest = INFINITY;
	double token_at = host->tokens_at;

	if (!host->first || host->active >= most_at_once)
		return INFINITY;
	if (host->tokens < 1)
		token_at += (1 - host->tokens) / host->rate;
	for (const struct transfer *waiting = host->first; waiting;
	     waiting = waiting->next) {
		soonest = lesser(soonest, waiting->not_before);
		if (waiting->not_before == 0)
			break; /* never tried yet: behind it, nothing waits for a time */
	}
	return greater(soonest, greater(token_at, host->not_before));
}

double http_host_busy(struct http_host *host, double now)
{
	bool busy = host->first || host->active > 0;

	if (host->busy_since > 0)
		host->busy += greater(0, now - host->busy_since);
	host->busy_since = busy ? now : 0;
	return host->busy;
}

void http_host_slow_down(struct http_host *host, double until)
{
	host->not_before = greater(host->not_before, until);
	host->rate = greater(RATE_LEAST, lesser(host->rate, RATE) / 2);
}

/* The number at the beginning of a header: "76;w=21600"; negative: there is none. */
static double leading_number(const struct http_response *response, const char *name)
{
	const char *text = http_header(response, name);

	return text && isdigit((unsigned char)text[0]) ? (double)strtoull(text, NULL, 10)
						       : -1;
}

/*
 * The pace sinks with the part that is left of a limit, long before that is used up.  It
 * does not sink to nothing: what we ask most, HEAD, Docker Hub does not count.
 */
static void pace_by_what_is_left(struct http_host *host, double remaining, double limit)
{
	double left = remaining / limit;

	host->rate = lesser(host->rate, greater(RATE_NEAR_LIMIT, RATE * left));
	host->tokens = lesser(host->tokens, greater(RATE_NEAR_LIMIT, BURST * left));
}

/*
 * draft-ietf-httpapi-ratelimit-headers: what is left, of how much; and where nothing is,
 * for how many seconds.  Docker Hub's "ratelimit-remaining: 76;w=21600" comes without a
 * reset and does not count HEAD: it stops nothing.
 */
void http_host_heed(struct http_host *host, const struct http_response *response)
{
	double remaining = leading_number(response, "RateLimit-Remaining");
	double limit = leading_number(response, "RateLimit-Limit");
	const char *reset = http_header(response, "RateLimit-Reset");
	double seconds = reset ? http_retry_after(reset, 0) : -1;

	if (remaining >= 0 && limit > remaining)
		pace_by_what_is_left(host, remaining, limit);
	if (remaining == 0 && seconds > 0 && seconds <= HTTP_WAIT_SECONDS)
		host->not_before =
			greater(host->not_before, timestamp_monotonic() + seconds);
}

void http_host_note(struct http_host *host, const char *failure)
{
	if (!failure) {
		host->failures = 0;
		return;
	}
	host->figures.failed++;
	if (++host->failures < FAILURES || host->given_up)
		return;
	host->given_up = xmalloc(sizeof(((struct error *)NULL)->text));
	snprintf(host->given_up, sizeof(((struct error *)NULL)->text),
		 "%s was given up after %d failures in a row, the last: %s",
		 host->figures.host, FAILURES, failure);
}
