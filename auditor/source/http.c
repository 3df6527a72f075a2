#include "source/http_private.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/timestamp.h"

#include <math.h>

#define SWEEP_SECONDS 0.5 /* how often time limits are looked at */
#define CONNECTIONS 512L  /* that libcurl keeps open */

/* The password in a proxy's URL, as it is written and as it is meant, never to be shown.
 */
static void hide_password(const char *url)
{
	static const unsigned forms[] = { 0, CURLU_URLDECODE };
	CURLU *handle = curl_url();

	if (handle &&
	    curl_url_set(handle, CURLUPART_URL, url,
			 CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
		for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
			char *password = NULL;

			if (curl_url_get(handle, CURLUPART_PASSWORD, &password,
					 forms[i]) == CURLUE_OK)
				log_add_secret(password);
			curl_free(password);
		}
	curl_url_cleanup(handle);
}

static void hide_environment_passwords(void)
{
	static const char *const names[] = { "http_proxy", "https_proxy", "HTTPS_PROXY",
					     "all_proxy", "ALL_PROXY" };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const char *url = getenv(names[i]);

		if (url)
			hide_password(url);
	}
}

struct http *http_new(const struct http_limits *limits, struct error *err)
{
	struct http *http;
	CURLM *multi = NULL;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		multi = curl_multi_init();
	if (!multi) {
		error_set(err, ERROR_SYSTEM, "libcurl cannot be started");
		return NULL;
	}
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, CONNECTIONS);
	http = xcalloc(1, sizeof(*http));
	http->multi = multi;
	http->limits = *limits;
	if (!http->limits.first_byte_seconds)
		http->limits.first_byte_seconds = HTTP_FIRST_BYTE_SECONDS;
	if (!http->limits.host_requests)
		http->limits.host_requests = HTTP_HOST_REQUESTS;
	hide_environment_passwords();
	return http;
}

/* Its curl handle must have left the multi handle. */
static void transfer_free(struct transfer *transfer)
{
	transfer_reset(transfer);
	buf_release(&transfer->response.body);
	http_headers_release(&transfer->response.headers);
	curl_slist_free_all(transfer->headers);
	free(transfer->url);
	free(transfer->form);
	free(transfer);
}

static struct transfer *pop(struct transfer **list)
{
	struct transfer *transfer = *list;

	if (transfer)
		*list = transfer->next;
	return transfer;
}

void http_free(struct http **pointer)
{
	struct http *http = *pointer;
	struct transfer *transfer;

	if (!http)
		return;
	while ((transfer = pop(&http->unsendable)))
		transfer_free(transfer);
	while ((transfer = pop(&http->active))) {
		curl_multi_remove_handle(http->multi, transfer->curl);
		transfer_free(transfer);
	}
	for (size_t i = 0; i < http->hosts.count; i++) {
		struct http_host *host = http->hosts.entries[i].value;

		while ((transfer = http_host_drop(host)))
			transfer_free(transfer);
		http_host_free(host);
	}
	table_release(&http->hosts);
	curl_multi_cleanup(http->multi);
	curl_global_cleanup();
	free(http);
	*pointer = NULL;
}

static const char *known_method(const char *method)
{
	static const char *const methods[] = { "GET", "HEAD", "POST" };

	for (size_t i = 0; i < ARRAY_LENGTH(methods); i++)
		if (strcmp(method, methods[i]) == 0)
			return methods[i];
	return NULL;
}

/* Copy the request, as far as it is one.  Errors: ERROR_USAGE. */
static bool transfer_fill(struct transfer *transfer, const struct http_request *request,
			  struct error *err)
{
	transfer->method = known_method(request->method);
	if (!transfer->method)
		return error_set(err, ERROR_USAGE, "no method to ask with: %.20s",
				 request->method);
	transfer->url = xstrdup(request->url);
	transfer->form = request->form ? xstrdup(request->form) : NULL;
	for (size_t i = 0; i < request->header_count; i++) {
		struct curl_slist *longer;

		if (text_has_control(request->headers[i]))
			return error_set(err, ERROR_USAGE,
					 "a header for a request holds a line end or "
					 "another control character");
		longer = curl_slist_append(transfer->headers, request->headers[i]);
		if (!longer)
			return error_set(err, ERROR_SYSTEM, "libcurl cannot take more");
		transfer->headers = longer;
	}
	if (!url_parse(&transfer->target, request->url, err)) {
		err->code = ERROR_USAGE;
		return false;
	}
	return true;
}

void http_send(struct http *http, const struct http_request *request)
{
	struct transfer *transfer = xcalloc(1, sizeof(*transfer));

	transfer->http = http;
	transfer->request = *request;
	if (request->trust)
		transfer->trust = *request->trust;
	if (transfer->trust.proxy)
		hide_password(transfer->trust.proxy);
	transfer_reset(transfer);
	http->unfinished++;
	if (transfer_fill(transfer, request, &transfer->response.err)) {
		transfer->host = http_host_of(http, &transfer->target);
		transfer->host->whole_time |= request->whole_time;
		http_host_queue(transfer->host, transfer);
	} else {
		transfer->next = http->unsendable;
		http->unsendable = transfer;
	}
}

static void transfer_deliver(struct transfer *transfer)
{
	transfer->http->unfinished--;
	transfer->request.done(&transfer->response, transfer->request.user);
	transfer_free(transfer);
}

/* End a request that is in no list, without asking. */
static void transfer_fail(struct transfer *transfer, const char *reason)
{
	error_set(&transfer->response.err, ERROR_NETWORK, "%s", reason);
	transfer_deliver(transfer);
}

/* Too many requests and overload count against a host as silence does; other answers do
 * not. */
static const char *host_failure(const struct transfer *transfer, CURLcode code)
{
	const struct http_response *response = &transfer->response;

	if (code != CURLE_OK)
		return response->err.code == ERROR_NETWORK ? response->err.text : NULL;
	if (response->status == 429)
		return "it answers 429, too many requests";
	if (response->status == 503)
		return "it answers 503, service unavailable";
	return NULL;
}

/* Prepare the next attempt after a redirect; false where the transfer has ended. */
static bool transfer_redirect(struct transfer *transfer)
{
	struct error *err = &transfer->response.err;

	if (!http_redirected(transfer))
		return false;
	http_host_note(transfer->host, NULL);
	if (!http_redirect(transfer, err))
		return false;
	transfer_reset(transfer);
	transfer->host = http_host_of(transfer->http, &transfer->target);
	http_host_queue_first(transfer->host, transfer);
	return true;
}

static bool transfer_retry(struct transfer *transfer, CURLcode code)
{
	double delay = http_retry_delay(transfer, code);
	double now = timestamp_monotonic();
	long status = transfer->response.status;

	if (code == CURLE_OK && (status == 429 || status == 503))
		http_host_slow_down(transfer->host, delay > 0 ? now + delay : now);
	if (delay < 0)
		return false;
	transfer->not_before = now + delay;
	transfer_reset(transfer);
	http_host_queue_first(transfer->host, transfer);
	return true;
}

static void transfer_leave(struct transfer *transfer)
{
	struct http *http = transfer->http;
	struct transfer **link = &http->active;

	while (*link != transfer)
		link = &(*link)->next;
	*link = transfer->next;
	http->active_count--;
	transfer->host->active--;
	curl_multi_remove_handle(http->multi, transfer->curl);
}

/* An attempt ended: follow, try again, or deliver. */
static void transfer_end(struct transfer *transfer, CURLcode code)
{
	transfer_leave(transfer);
	transfer_conclude(transfer, code);
	http_host_heed(transfer->host, &transfer->response);
	log_message(LOG_DEBUG, "%s %s: %ld %s", transfer->method, transfer->url,
		    transfer->response.status, transfer->response.err.text);
	if (transfer_redirect(transfer) || transfer_retry(transfer, code))
		return;
	http_host_note(transfer->host, host_failure(transfer, code));
	transfer_deliver(transfer);
}

static void transfer_start(struct transfer *transfer, double now)
{
	struct http *http = transfer->http;
	struct error *err = &transfer->response.err;

	if (!transfer_begin(transfer, now, err)) {
		transfer_deliver(transfer);
		return;
	}
	transfer->next = http->active;
	http->active = transfer;
	http->active_count++;
	transfer->host->active++;
	transfer->host->figures.made++;
	if (curl_multi_add_handle(http->multi, transfer->curl) != CURLM_OK)
		transfer_end(transfer, CURLE_FAILED_INIT);
}

/* Why nothing more is sent to a host; NULL: something may be. */
static const char *stop_reason(const struct http *http, struct http_host *host,
			       double now)
{
	double busy = http_host_busy(host, now);

	if (host->given_up)
		return host->given_up;
	if (http->limits.host_seconds > 0 && busy >= http->limits.host_seconds &&
	    !host->whole_time)
		return "its host has had a quarter of the run's time";
	if (http->limits.deadline > 0 && now >= http->limits.deadline)
		return "the deadline passed before it was asked for";
	return NULL;
}

/* True if a request was started or ended. */
static bool host_proceed(struct http *http, struct http_host *host, double now)
{
	bool moved = false;
	const char *reason;
	struct transfer *transfer;

	reason = stop_reason(http, host, now);
	while (host->first && reason) {
		host->figures.refused++;
		transfer_fail(http_host_drop(host), reason);
		moved = true;
	}
	while (http->active_count < HTTP_ACTIVE_REQUESTS &&
	       (transfer = http_host_take(host, now, http->limits.host_requests))) {
		transfer_start(transfer, now);
		moved = true;
	}
	return moved;
}

/* Callbacks may add hosts while this goes through them. */
static bool start_waiting(struct http *http)
{
	double now = timestamp_monotonic();
	struct transfer *transfer;
	bool moved = false;

	while ((transfer = pop(&http->unsendable))) {
		transfer_deliver(transfer);
		moved = true;
	}
	for (size_t i = 0; i < http->hosts.count; i++)
		if (host_proceed(http, http->hosts.entries[i].value, now))
			moved = true;
	return moved;
}

static bool collect_ended(struct http *http)
{
	struct CURLMsg *message;
	struct transfer *transfer;
	bool moved = false;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left))) {
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		transfer_end(transfer, message->data.result);
		moved = true;
	}
	return moved;
}

/* An overdue transfer, or NULL.  One at a time: its `done` may change the list. */
static struct transfer *find_overdue(struct http *http, double now)
{
	for (struct transfer *transfer = http->active; transfer;
	     transfer = transfer->next)
		if (transfer_overdue(transfer, now))
			return transfer;
	return NULL;
}

static void end_overdue(struct http *http, double now)
{
	struct transfer *transfer;

	while ((transfer = find_overdue(http, now)))
		transfer_end(transfer, CURLE_ABORTED_BY_CALLBACK);
}

/* Seconds until something other than a socket wants attention. */
static double patience(const struct http *http, double now)
{
	double wake = http->active ? now + SWEEP_SECONDS : INFINITY;

	for (size_t i = 0; i < http->hosts.count; i++)
		wake = lesser(wake, http_host_wake(http->hosts.entries[i].value,
						   http->limits.host_requests));
	if (http->limits.deadline > 0)
		wake = lesser(wake, http->limits.deadline);
	return greater(0.001, lesser(wake - now, 1));
}

void http_run(struct http *http)
{
	double swept_at = 0;

	while (http->unfinished > 0) {
		double now = timestamp_monotonic();
		bool moved = start_waiting(http);
		int running;

		curl_multi_perform(http->multi, &running);
		moved |= collect_ended(http);
		if (now - swept_at >= SWEEP_SECONDS) {
			end_overdue(http, now);
			swept_at = now;
		}
		if (!moved && http->unfinished > 0)
			curl_multi_poll(http->multi, NULL, 0,
					(int)(patience(http, now) * 1000) + 1, NULL);
	}
}

const char *http_header_nth(const struct http_response *response, const char *name,
			    size_t nth)
{
	return http_headers_find(&response->headers, name, nth);
}

const char *http_header(const struct http_response *response, const char *name)
{
	return http_header_nth(response, name, 0);
}

const struct http_figures *http_figures(const struct http *http, size_t index)
{
	const struct http_host *host;

	if (index >= http->hosts.count)
		return NULL;
	host = http->hosts.entries[index].value;
	return &host->figures;
}
