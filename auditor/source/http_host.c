#include "source/http_private.h"

#include "base/memory.h"
#include "base/timestamp.h"
#include "source/address.h"

#include <math.h>

#define RATE 200.0  /* requests a second to one host */
#define BURST 100.0 /* requests at once after a pause */
#define RATE_LEAST 1.0
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
	host->rate = address_kind_of_host(url->host) == ADDRESS_LOOPBACK ? RATE_LOOPBACK
									 : RATE;
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

static void refill(struct http_host *host, double now)
{
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

void http_host_slow_down(struct http_host *host, double until)
{
	host->not_before = greater(host->not_before, until);
	host->rate = greater(RATE_LEAST, lesser(host->rate, RATE) / 2);
}

/*
 * draft-ietf-httpapi-ratelimit-headers: nothing left, and for how many seconds.  Docker
 * Hub's remaining pulls come without a reset and do not count HEAD: they stop nothing.
 */
void http_host_heed(struct http_host *host, const struct http_response *response)
{
	const char *remaining = http_header(response, "RateLimit-Remaining");
	const char *reset = http_header(response, "RateLimit-Reset");
	double seconds = reset ? http_retry_after(reset, 0) : -1;

	if (remaining && strtoul(remaining, NULL, 10) == 0 && seconds > 0 &&
	    seconds <= HTTP_WAIT_SECONDS)
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
