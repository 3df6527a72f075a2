/*
 * url.h - what decides whom a URL speaks to: scheme, host and port
 *
 * RFC 3986 as libcurl reads it, for http and https alone, so that a rule about
 * hosts judges the very host that libcurl will connect to.  A plain value.
 */
#ifndef SOURCE_URL_H
#define SOURCE_URL_H

#include "base/error.h"

#define URL_HOST_SIZE 256 /* bytes; a DNS name has at most 253 */

struct url {
	bool https;
	bool userinfo;            /* has "user@" or "user:password@" */
	char host[URL_HOST_SIZE]; /* lower case; an IPv6 address without brackets */
	unsigned port;            /* explicit or the scheme's */
};

/*
 * Errors: ERROR_SYNTAX (no http or https URL, no host, a control character or
 * space in it).  The text of the error does not repeat the URL, which may hold secrets.
 */
MUST_CHECK bool url_parse(struct url *url, const char *text, struct error *err);

/* True if scheme, host and port are equal: what may see the same `Authorization`. */
bool url_same_origin(const struct url *a, const struct url *b);

/* "host", or "host:port" where the port is not the scheme's.  Returns `text`. */
#define URL_HOST_TEXT_SIZE (URL_HOST_SIZE + 16)
const char *url_host_text(char text[URL_HOST_TEXT_SIZE], const struct url *url);

/* True for control characters, which must not get into a URL or a header. */
bool text_has_control(const char *text);

#endif
