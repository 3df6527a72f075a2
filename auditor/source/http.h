/*
 * http.h - HTTP requests, many at once, over one libcurl multi handle
 *
 * Everything that talks to a registry, a token server or the API server goes through
 * here, so the rules of design.md, 10 hold in one place: limits on decoded bytes,
 * headers and time; redirects followed by hand (at most 5, never https to http,
 * `Authorization` never to another scheme, host or port); TLS 1.2 at least, always
 * verified unless that host is excepted; no .netrc; CR and LF refused in URLs and
 * headers; at most 8 requests at once to a host; Retry-After and back-off.
 *
 * Requests are started with http_send() and end in their `done` callback, which may
 * send further ones; http_run() drives all of them.  A host that fails four times in a
 * row (no usable answer, 429, 503) is given up: what still waits for it fails at once.
 * Proxies come from the environment as libcurl reads it, NO_PROXY included; loopback
 * hosts are never asked through one.
 */
#ifndef SOURCE_HTTP_H
#define SOURCE_HTTP_H

#include "base/buf.h"
#include "base/error.h"
#include "base/version.h"
#include "source/http_headers.h"

#include <curl/curl.h>

struct http;

/* How to trust one server, and how to be known to it.  "" or NULL: the default. */
struct http_trust {
	const char *ca_file;         /* PEM file of CAs, instead of the system's */
	const char *ca_pem;          /* the same as text; wins over ca_file */
	const char *certificate_pem; /* client certificate and key, PEM text */
	const char *key_pem;
	const char *server_name; /* name to verify instead of the URL's host */
	const char *proxy;       /* URL; NULL: the environment's */
	bool insecure;           /* the certificate is not verified */
};

struct http_response {
	long status;     /* HTTP status of the last answer; 0 where there was none */
	struct buf body; /* empty where a `chunk` callback took it */
	/*
	 * ERROR_NONE: a complete answer came, whatever its status.  Else ERROR_NETWORK,
	 * ERROR_LIMIT, ERROR_USAGE, or ERROR_DENIED (an address that `refuse_private`
	 * keeps away from), with the host named.
	 */
	struct error err;
	/*
	 * How long the TLS handshake of this answer's connection took: one or two round
	 * trips, to the server itself even through a tunnel.  0: there was none, or an
	 * earlier answer's connection was used again.
	 */
	double handshake_seconds;
	bool elsewhere; /* a redirect led to another host, whose answer this is */
	bool not_http;  /* something answered or hung up, but not in HTTP: perhaps TLS */
	struct http_headers headers; /* read by http_header() */
};

struct http_request {
	const char *method; /* "GET", "HEAD" or "POST" */
	const char *url;
	/*
	 * header_count items, "Name: value".  Encoded bodies are decoded, but none is
	 * asked for: who wants one sends its own Accept-Encoding.
	 */
	const char *const *headers;
	size_t header_count;
	const char *form;  /* POST: the body, application/x-www-form-urlencoded */
	size_t body_limit; /* most decoded bytes */
	const struct http_trust *trust; /* must live until `done`; NULL: the default */
	bool same_host_only;            /* a redirect to another host is an error */
	bool refuse_private; /* refuse loopback, private and link-local addresses */
	bool retry;          /* 429, 5xx and broken connections, 4 tries at most */
	bool whole_time;     /* its host is not held to http_limits.host_seconds */
	/*
	 * If set, takes each piece of the body of a 2xx answer as it arrives, in place of
	 * response.body; returns false to stop (the response then has ERROR_LIMIT).  It
	 * may call http_send().  A request with `chunk` is only tried again while no
	 * piece came.
	 */
	bool (*chunk)(const char *data, size_t length, void *user);
	/* Called exactly once.  The response is released behind it. */
	void (*done)(struct http_response *response, void *user);
	void *user;
};

struct http_limits {
	double deadline; /* timestamp_monotonic() after which nothing is sent; 0: none */
	double host_seconds;     /* that one host may keep us busy, in all; 0: any */
	long first_byte_seconds; /* 0: 30 */
	unsigned host_requests;  /* at once to one host; 0: 8 */
};

/* Errors: ERROR_SYSTEM. */
MUST_CHECK struct http *http_new(const struct http_limits *limits, struct error *err);
void http_free(struct http **http);

/* Start a request.  Strings are copied, `trust` and `user` are not. */
void http_send(struct http *http, const struct http_request *request);

/* Drive all requests until none is left. */
void http_run(struct http *http);

/* The first header of that name in the last answer, or NULL.  Borrowed until `done` ends.
 */
const char *http_header(const struct http_response *response, const char *name);
/* The nth (from 0) of several headers of that name. */
const char *http_header_nth(const struct http_response *response, const char *name,
			    size_t nth);

/* The User-Agent of every request: "pindrift/0.1.0". */
#define HTTP_USER_AGENT "pindrift/" PINDRIFT_VERSION

/* Figures of one host so far, by "host[:port]"; NULL when index is past the last. */
struct http_figures {
	const char *host;
	uint32_t made, failed;
	uint32_t refused; /* never sent: the host was given up, or time was up */
	uint64_t bytes;
};
const struct http_figures *http_figures(const struct http *http, size_t index);

#endif
