/*
 * http_headers.h - the headers of an answer, taken line by line as they arrive
 *
 * RFC 9110, 5 and RFC 9112, 2 and 5: what counts are the headers of the last answer,
 * neither of an interim one (1xx) before it nor trailers behind its body.  (libcurl's own
 * list of them, curl_easy_header(), came with 7.83, and Ubuntu 22.04 has 7.81.)
 */
#ifndef SOURCE_HTTP_HEADERS_H
#define SOURCE_HTTP_HEADERS_H

#include "base/buf.h"

struct http_headers {
	struct buf lines; /* "name: value", nothing around it, each ended by NUL */
	bool open;        /* between a status line and the empty line behind it */
};

/* `limit_bytes`: most that is kept; what does not fit is dropped. */
#define HTTP_HEADERS_INIT(limit_bytes)                                                   \
	{                                                                                \
		BUF_INIT(limit_bytes), false                                             \
	}

/* Take what libcurl gives a CURLOPT_HEADERFUNCTION: one line, which holds no NUL. */
void http_headers_take(struct http_headers *headers, const char *line, size_t length);

/* The nth (from 0) value under a name, in any case; NULL: none.  Borrowed. */
const char *http_headers_find(const struct http_headers *headers, const char *name,
			      size_t nth);

void http_headers_release(struct http_headers *headers);

/* True if "name:…" is a line of that name, in any case. */
bool http_header_is(const char *line, const char *name);

#endif
