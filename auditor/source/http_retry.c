#include "source/http_private.h"

#include "base/timestamp.h"

#include <sys/random.h>

#include <ctype.h>

#define FIRST_DELAY 0.5 /* seconds; doubled with every try */

bool http_is_broken_connection(CURLcode code)
{
	switch (code) {
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return true;
	default:
		return false;
	}
}

/*
 * How often a request is tried that gets this answer.  429 (RFC 6585, section 4) and the
 * gateways' 5xx say "not now"; 500 may as well be the answer for ever, as
 * docker-registry's to a request for a manifest by the digest of a config.
 */
static unsigned tries_for_status(long status)
{
	if (status == 500)
		return 2;
	return status == 429 || (status >= 502 && status <= 504) ? HTTP_TRIES : 1;
}

/* Between 0.75 and 1.25, so that many requests do not come back all at once. */
static double jitter(void)
{
	uint16_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		return 1;
	return 0.75 + random / 131072.0;
}

double http_retry_after(const char *header, int64_t now)
{
	char *end;
	double seconds;
	time_t date;

	if (isdigit((unsigned char)header[0])) {
		seconds = strtod(header, &end);
		return *end == '\0' || *end == ' ' ? seconds : -1;
	}
	date = curl_getdate(header, NULL);
	if (date == -1)
		return -1;
	return date > now ? (double)(date - now) : 0;
}

/* Might another try of the same request end otherwise? */
static bool may_end_otherwise(const struct transfer *transfer, CURLcode code)
{
	if (!transfer->request.retry || transfer->piece_taken ||
	    transfer->tries >= HTTP_TRIES || transfer->stopped.code != ERROR_NONE)
		return false;
	if (code != CURLE_OK)
		return http_is_broken_connection(code) && !http_proxy_refusal(transfer);
	return transfer->tries < tries_for_status(transfer->response.status);
}

double http_retry_delay(const struct transfer *transfer, CURLcode code)
{
	double deadline = transfer->http->limits.deadline;
	double delay = FIRST_DELAY * (1u << (transfer->tries - 1)) * jitter();
	const char *header;

	if (!may_end_otherwise(transfer, code))
		return -1;
	header = http_header(&transfer->response, "Retry-After");
	if (header)
		delay = greater(delay, http_retry_after(header, timestamp_now()));
	if (delay > HTTP_WAIT_SECONDS ||
	    (deadline > 0 && timestamp_monotonic() + delay >= deadline))
		return -1;
	return delay;
}
