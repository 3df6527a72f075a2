/*
 * http_private.h - what the http_….c files share; nobody else includes it
 *
 * http.c         requests from http_send() to `done`: the loop, redirects, retries
 * http_host.c    one host's queue, pace and breaker
 * http_transfer.c one attempt: libcurl's callbacks and our limits
 * http_headers.c  the headers of its answer
 * http_options.c  what libcurl is told to do and not to do
 * http_error.c   what libcurl says, in words for people
 * http_retry.c   whether and when to try again
 * http_redirect.c where an answer points to, and what may go there
 */
#ifndef SOURCE_HTTP_PRIVATE_H
#define SOURCE_HTTP_PRIVATE_H

#include "base/table.h"
#include "source/http.h"
#include "source/url.h"

#define HTTP_TRIES 4
#define HTTP_REDIRECTS 5
#define HTTP_HEADER_BYTES ((size_t)64 * 1024) /* of all headers of one answer */
#define HTTP_FIRST_BYTE_SECONDS 30
#define HTTP_SLOW_SECONDS 15     /* the window over which speed is measured */
#define HTTP_SLOW_BYTES 1024     /* least bytes a second in it */
#define HTTP_HOST_REQUESTS 8     /* at once to one host */
#define HTTP_ACTIVE_REQUESTS 256 /* at once to all hosts */
#define HTTP_WAIT_SECONDS 300    /* longest Retry-After that is waited for */

/* One request, over all its attempts.  Owns its strings. */
struct transfer {
	struct http *http;
	struct http_host *host;
	struct transfer *next; /* in its host's queue, or among the active */
	const char *method;    /* a literal */
	char *url;
	struct url target; /* of `url` */
	char *form;
	struct curl_slist *headers;
	struct http_request request; /* its strings are those above, or NULL */
	struct http_trust trust; /* as the request's, less what a redirect takes away */
	unsigned tries;          /* attempts at this URL so far */
	unsigned redirects;
	bool elsewhere;    /* one of them led to another host */
	double not_before; /* monotonic; when a retry is due */

	/* The attempt that is under way. */
	CURL *curl;
	struct curl_slist *connect_to, *host_header; /* for trust.server_name */
	double started_at;                           /* monotonic */
	bool answered;                               /* a header came */
	double window_at;    /* monotonic; begin of the window of the speed limit */
	size_t window_bytes; /* received in it */
	size_t header_bytes, body_bytes;
	bool piece_taken;     /* a `chunk` callback got something */
	struct error stopped; /* why we stopped it ourselves; ERROR_NONE: we did not */
	char curl_text[CURL_ERROR_SIZE];
	struct http_response response;
};

struct http_host {
	char *key;                     /* "host:port" */
	struct transfer *first, *last; /* waiting, in order */
	unsigned active;
	double not_before; /* monotonic; nothing is sent before: Retry-After */
	double rate;       /* requests a second, */
	double rate_most;  /* at most */
	double tokens;     /* requests that may be sent now */
	double tokens_at;  /* monotonic; when `tokens` was right */
	bool whole_time;   /* it may keep us busy for as long as it takes */
	double busy_since; /* monotonic; something is queued or under way; 0: nothing */
	double busy;       /* seconds that it was so before */
	unsigned failures; /* in a row, without a usable answer */
	char *given_up;    /* why nothing more is sent; NULL: all is well */
	struct http_figures figures;
};

struct http {
	CURLM *multi;
	struct http_limits limits;
	struct table hosts;      /* by key: struct http_host */
	struct transfer *active; /* newest first */
	unsigned active_count;
	struct transfer *unsendable; /* failed before they could be queued */
	size_t unfinished;
};

static inline double lesser(double a, double b)
{
	return a < b ? a : b;
}

static inline double greater(double a, double b)
{
	return a > b ? a : b;
}

/* The host of a URL, made at the first call. */
struct http_host *http_host_of(struct http *http, const struct url *url);
void http_host_free(struct http_host *host);
void http_host_queue(struct http_host *host, struct transfer *transfer);
/* In front of the others: redirects and retries. */
void http_host_queue_first(struct http_host *host, struct transfer *transfer);
/* The next transfer that may start now, taken out of the queue, or NULL. */
struct transfer *http_host_take(struct http_host *host, double now,
				unsigned most_at_once);
/* Any waiting transfer, taken out of the queue, or NULL. */
struct transfer *http_host_drop(struct http_host *host);
/* When something of the queue may start (monotonic); INFINITY: when a request ended, or
 * never. */
double http_host_wake(const struct http_host *host, unsigned most_at_once);
/* Seconds that the host has kept us busy so far: something was queued or under way. */
double http_host_busy(struct http_host *host, double now);
/* The host asks for patience: nothing before `until`, and half the pace from then on. */
void http_host_slow_down(struct http_host *host, double until);
/* What an answer says of the host's patience: RateLimit-Limit, -Remaining and -Reset. */
void http_host_heed(struct http_host *host, const struct http_response *response);
/* A request ended: `failure` says why without a usable answer, NULL that it had one. */
void http_host_note(struct http_host *host, const char *failure);

/* Tell transfer->curl all but its callbacks.  Errors: ERROR_SYSTEM, ERROR_USAGE. */
MUST_CHECK bool transfer_set_options(struct transfer *transfer, struct error *err);

/* Set up the next attempt.  Errors: ERROR_SYSTEM, ERROR_USAGE, ERROR_DENIED. */
MUST_CHECK bool transfer_begin(struct transfer *transfer, double now, struct error *err);
/* Fill in response.status and response.err of an attempt that libcurl ended with `code`.
 */
void transfer_conclude(struct transfer *transfer, CURLcode code);
/* True, and `stopped` set, where the attempt took too long. */
bool transfer_overdue(struct transfer *transfer, double now);
/* Forget the attempt; the request can begin again. */
void transfer_reset(struct transfer *transfer);

/* Say in `err` why an attempt that libcurl ended with `code` failed. */
void http_explain(const struct transfer *transfer, CURLcode code, struct error *err);

/* The status with which a proxy refused a tunnel, or 0. */
long http_proxy_refusal(const struct transfer *transfer);

/* True if the peer or the wire broke a connection off: the next one may well do. */
bool http_is_broken_connection(CURLcode code);
/* Seconds to wait before trying again; negative: the answer stands. */
double http_retry_delay(const struct transfer *transfer, CURLcode code);
/* Seconds from now on that a Retry-After header asks for; negative: none, or unreadable.
 */
double http_retry_after(const char *header, int64_t now);

/* True if the answer redirects a GET or HEAD. */
bool http_redirected(const struct transfer *transfer);
/*
 * Turn the transfer to where its answer points.
 * Errors: ERROR_NETWORK for what must not or cannot be followed.
 */
MUST_CHECK bool http_redirect(struct transfer *transfer, struct error *err);

#endif
