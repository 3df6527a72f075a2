#include "source/http_private.h"

#include "base/memory.h"
#include "source/address.h"

bool http_redirected(const struct transfer *transfer)
{
	long status = transfer->response.status;

	return transfer->response.err.code == ERROR_NONE &&
	       (status == 301 || status == 302 || status == 303 || status == 307 ||
		status == 308) &&
	       http_header(&transfer->response, "Location") != NULL;
}

/* Where the answer points to, made absolute; NULL: nowhere that can be read. */
static char *absolute_location(const struct transfer *transfer)
{
	CURLU *handle = curl_url();
	const char *location = http_header(&transfer->response, "Location");
	char *text = NULL, *copy = NULL;

	if (handle && !text_has_control(location) &&
	    curl_url_set(handle, CURLUPART_URL, transfer->url, 0) == CURLUE_OK &&
	    curl_url_set(handle, CURLUPART_URL, location, CURLU_NON_SUPPORT_SCHEME) ==
		    CURLUE_OK &&
	    curl_url_get(handle, CURLUPART_URL, &text, 0) == CURLUE_OK)
		copy = xstrdup(text);
	curl_free(text);
	curl_url_cleanup(handle);
	return copy;
}

/* What was meant for one server does not go to another. */
static void forget_identity(struct transfer *transfer)
{
	struct curl_slist *kept = NULL;

	for (struct curl_slist *item = transfer->headers; item; item = item->next)
		if (!http_header_is(item->data, "Authorization") &&
		    !http_header_is(item->data, "Cookie"))
			kept = curl_slist_append(kept, item->data);
	curl_slist_free_all(transfer->headers);
	transfer->headers = kept;
	transfer->trust.certificate_pem = NULL;
	transfer->trust.key_pem = NULL;
	transfer->trust.server_name = NULL;
	transfer->trust.insecure = false;
}

/* Did a public address answer?  (Behind a proxy that is the proxy's matter.) */
static bool came_from_public(const struct transfer *transfer)
{
	char *address = NULL;

	curl_easy_getinfo(transfer->curl, CURLINFO_PRIMARY_IP, &address);
	return address && address[0] && address_kind_of_host(address) == ADDRESS_PUBLIC;
}

/* Why the redirect is not followed, or NULL. */
static const char *refusal(const struct transfer *transfer, const struct url *next)
{
	if (strcmp(transfer->method, "POST") == 0)
		return "a form is not sent on to another place";
	if (transfer->redirects >= HTTP_REDIRECTS)
		return "too many redirects";
	if (next->userinfo)
		return "its target holds a user name or password";
	if (transfer->target.https && !next->https)
		return "from https to http";
	if (transfer->request.same_host_only && !url_same_origin(&transfer->target, next))
		return "to another host, which this server must not do";
	return NULL;
}

bool http_redirect(struct transfer *transfer, struct error *err)
{
	char *location CLEANUP(free_pointer) = absolute_location(transfer);
	char here[URL_HOST_TEXT_SIZE], there[URL_HOST_TEXT_SIZE];
	struct error unreadable = ERROR_INIT;
	struct url next;
	const char *why;

	url_host_text(here, &transfer->target);
	if (!location)
		return error_set(err, ERROR_NETWORK,
				 "%s redirects to a target that cannot be read", here);
	if (!url_parse(&next, location, &unreadable))
		return error_set(err, ERROR_NETWORK, "%s redirects to %s", here,
				 unreadable.text);
	why = refusal(transfer, &next);
	if (why)
		return error_set(err, ERROR_NETWORK,
				 "the redirect from %s to %s is not followed: %s", here,
				 url_host_text(there, &next), why);
	if (!url_same_origin(&transfer->target, &next)) {
		forget_identity(transfer);
		transfer->elsewhere = true;
		/* A stranger must not send us into the network that we run in. */
		transfer->request.refuse_private |= came_from_public(transfer);
	}
	free(transfer->url);
	transfer->url = location;
	location = NULL;
	transfer->target = next;
	transfer->redirects++;
	transfer->tries = 0;
	transfer->not_before = 0;
	return true;
}
