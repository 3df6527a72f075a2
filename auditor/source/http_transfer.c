#include "source/http_private.h"

#include "source/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Stop the attempt for a reason of ours; libcurl's own report of it does not matter. */
static void stop(struct transfer *transfer, enum error_code code, const char *text)
{
	char host[URL_HOST_TEXT_SIZE];

	if (transfer->stopped.code == ERROR_NONE)
		error_set(&transfer->stopped, code, "%s: %s",
			  url_host_text(host, &transfer->target), text);
}

/* Something arrived: the first byte, or one more. */
static void note_arrival(struct transfer *transfer, size_t length)
{
	if (!transfer->answered) {
		transfer->answered = true;
		transfer->window_at = 0; /* the next look begins the window */
	}
	transfer->window_bytes += length;
}

/* CURLOPT_HEADERFUNCTION */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is libcurl's */
static size_t take_header(char *data, size_t one, size_t length, void *user)
{
	struct transfer *transfer = user;

	(void)one; /* always 1 */
	note_arrival(transfer, length);
	transfer->header_bytes += length;
	if (transfer->header_bytes > HTTP_HEADER_BYTES) {
		stop(transfer, ERROR_LIMIT, "headers too large");
		return 0; /* short count: libcurl stops */
	}
	if (memchr(data, '\0', length)) { /* libcurl itself refuses it since 7.84 */
		stop(transfer, ERROR_NETWORK,
		     "does not answer in HTTP: a NUL in a header");
		return 0;
	}
	http_headers_take(&transfer->response.headers, data, length);
	return length;
}

static bool is_streamed(const struct transfer *transfer)
{
	long status = 0;

	if (!transfer->request.chunk)
		return false;
	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 && status < 300;
}

static bool take_piece(struct transfer *transfer, const char *data, size_t length)
{
	transfer->piece_taken = true;
	if (transfer->request.chunk(data, length, transfer->request.user))
		return true;
	stop(transfer, ERROR_LIMIT, "the rest of its answer was not wanted");
	return false;
}

/* CURLOPT_WRITEFUNCTION: decoded bytes, which alone the limit counts. */
static size_t take_body(char *data, size_t one, size_t length, void *user)
{
	struct transfer *transfer = user;
	size_t limit = transfer->request.body_limit;
	char text[64];

	(void)one; /* always 1 */
	note_arrival(transfer, length);
	if (length > limit - transfer->body_bytes) {
		snprintf(text, sizeof(text), "sent more than %zu bytes", limit);
		stop(transfer, ERROR_LIMIT, text);
		return 0;
	}
	transfer->body_bytes += length;
	transfer->host->figures.bytes += length;
	if (is_streamed(transfer))
		return take_piece(transfer, data, length) ? length : 0;
	buf_add(&transfer->response.body, data, length);
	return length;
}

/* False, and the attempt stopped, where the address is one to keep away from. */
static bool address_allowed(struct transfer *transfer, const struct sockaddr *address,
			    unsigned port)
{
	enum address_kind kind = address_kind_of(address);
	char text[96];

	/* On another port than the URL's it is a proxy: only names can be judged. */
	if (!transfer->request.refuse_private || port != transfer->target.port ||
	    kind == ADDRESS_PUBLIC)
		return true;
	snprintf(text, sizeof(text), "not asked, since it has %s address",
		 address_kind_name(kind));
	stop(transfer, ERROR_DENIED, text);
	return false;
}

static unsigned port_of(const struct sockaddr *address)
{
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;

	if (address->sa_family == AF_INET) {
		memcpy(&ipv4, address, sizeof(ipv4));
		return ntohs(ipv4.sin_port);
	}
	memcpy(&ipv6, address, sizeof(ipv6));
	return ntohs(ipv6.sin6_port);
}

/* CURLOPT_OPENSOCKETFUNCTION: after the name was resolved, before anything is sent. */
static curl_socket_t open_socket(void *user, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	struct transfer *transfer = user;

	(void)purpose;
	if (!address_allowed(transfer, &address->addr, port_of(&address->addr)))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
		      address->protocol);
}

/*
 * CURLOPT_PREREQFUNCTION: a connection is there, perhaps an older one that was opened
 * for a request with other rules.
 */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is libcurl's */
static int before_request(void *user, char *address, char *local_address, int port,
			  int local_port)
{
	struct transfer *transfer = user;
	struct sockaddr_in ipv4 = { .sin_family = AF_INET };
	struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6 };
	const struct sockaddr *parsed = (struct sockaddr *)&ipv4;

	(void)local_address;
	(void)local_port;
	if (inet_pton(AF_INET, address, &ipv4.sin_addr) != 1) {
		if (inet_pton(AF_INET6, address, &ipv6.sin6_addr) != 1)
			return CURL_PREREQFUNC_ABORT;
		parsed = (struct sockaddr *)&ipv6;
	}
	return address_allowed(transfer, parsed, (unsigned)port) ? CURL_PREREQFUNC_OK
								 : CURL_PREREQFUNC_ABORT;
}

static void set_callbacks(CURL *curl, struct transfer *transfer)
{
	curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->curl_text);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, transfer);
	if (transfer->request.refuse_private) {
		curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, before_request);
		curl_easy_setopt(curl, CURLOPT_PREREQDATA, transfer);
	}
}

bool transfer_begin(struct transfer *transfer, double now, struct error *err)
{
	CURL *curl = curl_easy_init();
	char host[URL_HOST_TEXT_SIZE];
	enum address_kind kind = address_kind_of_host(transfer->target.host);

	if (!curl)
		return error_set(err, ERROR_SYSTEM, "libcurl cannot make a request");
	transfer->curl = curl;
	if (transfer->request.refuse_private && kind != ADDRESS_PUBLIC)
		return error_set(
			err, ERROR_DENIED, "%s: not asked, since it is %s address",
			url_host_text(host, &transfer->target), address_kind_name(kind));
	transfer->started_at = now;
	transfer->tries++;
	set_callbacks(curl, transfer);
	return transfer_set_options(transfer, err);
}

/* 0 for a connection without TLS, or one that was there before. */
static double handshake_seconds(CURL *curl)
{
	curl_off_t connected = 0, secured = 0; /* microseconds since the beginning */

	curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected);
	curl_easy_getinfo(curl, CURLINFO_APPCONNECT_TIME_T, &secured);
	return secured > connected ? (double)(secured - connected) / 1e6 : 0;
}

void transfer_conclude(struct transfer *transfer, CURLcode code)
{
	struct http_response *response = &transfer->response;

	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &response->status);
	response->elsewhere = transfer->elsewhere;
	response->handshake_seconds = handshake_seconds(transfer->curl);
	if (code == CURLE_OK)
		return;
	response->not_http = code == CURLE_UNSUPPORTED_PROTOCOL ||
			     code == CURLE_WEIRD_SERVER_REPLY ||
			     http_is_broken_connection(code);
	if (transfer->stopped.code != ERROR_NONE)
		response->err = transfer->stopped;
	else
		http_explain(transfer, code, &response->err);
}

/* Less than HTTP_SLOW_BYTES a second over a window of HTTP_SLOW_SECONDS. */
static bool is_too_slow(struct transfer *transfer, double now)
{
	if (transfer->window_at == 0) {
		transfer->window_at = now;
		return false;
	}
	if (now - transfer->window_at < HTTP_SLOW_SECONDS)
		return false;
	if (transfer->window_bytes < (size_t)HTTP_SLOW_SECONDS * HTTP_SLOW_BYTES)
		return true;
	transfer->window_at = now;
	transfer->window_bytes = 0;
	return false;
}

bool transfer_overdue(struct transfer *transfer, double now)
{
	const struct http_limits *limits = &transfer->http->limits;
	curl_off_t connected = 0;
	char text[96];

	if (limits->deadline > 0 && now >= limits->deadline) {
		stop(transfer, ERROR_NETWORK,
		     "the deadline passed before its answer came");
		return true;
	}
	if (limits->host_seconds > 0 && !transfer->host->whole_time &&
	    http_host_busy(transfer->host, now) >= limits->host_seconds) {
		stop(transfer, ERROR_NETWORK,
		     "has had a quarter of the run's time, and has not answered");
		return true;
	}
	if (transfer->answered) {
		if (!is_too_slow(transfer, now))
			return false;
		snprintf(text, sizeof(text), "sends less than %d bytes a second",
			 HTTP_SLOW_BYTES);
		stop(transfer, ERROR_NETWORK, text);
		return true;
	}
	if (now - transfer->started_at < (double)limits->first_byte_seconds)
		return false;
	curl_easy_getinfo(transfer->curl, CURLINFO_PRETRANSFER_TIME_T, &connected);
	snprintf(text, sizeof(text), "%s within %ld s",
		 connected ? "did not answer" : "could not be connected to",
		 limits->first_byte_seconds);
	stop(transfer, ERROR_NETWORK, text);
	return true;
}

void transfer_reset(struct transfer *transfer)
{
	if (transfer->curl)
		curl_easy_cleanup(transfer->curl);
	if (transfer->host_header)
		transfer->host_header->next = NULL; /* the rest is the request's own */
	curl_slist_free_all(transfer->host_header);
	curl_slist_free_all(transfer->connect_to);
	transfer->curl = NULL;
	transfer->host_header = NULL;
	transfer->connect_to = NULL;
	transfer->answered = false;
	transfer->window_bytes = 0;
	transfer->header_bytes = 0;
	transfer->body_bytes = 0;
	transfer->stopped = (struct error)ERROR_INIT;
	transfer->curl_text[0] = '\0';
	buf_release(&transfer->response.body);
	http_headers_release(&transfer->response.headers);
	transfer->response = (struct http_response){
		.body = BUF_INIT(transfer->request.body_limit),
		.headers = HTTP_HEADERS_INIT(HTTP_HEADER_BYTES),
	};
}
