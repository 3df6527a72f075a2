#include "source/http_private.h"

#include "base/memory.h"
#include "source/address.h"

#define BUFFER_BYTES 131072L /* libcurl's receive buffer for bodies taken in pieces */

static void set_blob(CURL *curl, CURLoption option, const char *text)
{
	struct curl_blob blob = { (void *)text, strlen(text), CURL_BLOB_NOCOPY };

	curl_easy_setopt(curl, option, &blob);
}

static bool is_given(const char *text)
{
	return text && text[0] != '\0';
}

/*
 * The CAs.  libcurl looks into its folder of CAs besides any file or text, and parses
 * everything again for each connection as long as there is one: it is left out
 * where its bundle serves, which it then keeps parsed.
 */
static void set_authorities(CURL *curl, const struct http_trust *trust)
{
	if (is_given(trust->ca_pem))
		set_blob(curl, CURLOPT_CAINFO_BLOB, trust->ca_pem);
	else if (is_given(trust->ca_file))
		curl_easy_setopt(curl, CURLOPT_CAINFO, trust->ca_file);
	else if (!curl_version_info(CURLVERSION_NOW)->cainfo)
		return;
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
}

static void set_trust(CURL *curl, const struct http_trust *trust)
{
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	set_authorities(curl, trust);
	if (is_given(trust->certificate_pem)) {
		curl_easy_setopt(curl, CURLOPT_SSLCERTTYPE, "PEM");
		set_blob(curl, CURLOPT_SSLCERT_BLOB, trust->certificate_pem);
	}
	if (is_given(trust->key_pem)) {
		curl_easy_setopt(curl, CURLOPT_SSLKEYTYPE, "PEM");
		set_blob(curl, CURLOPT_SSLKEY_BLOB, trust->key_pem);
	}
	if (trust->insecure) {
		curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

/* What is allowed without TLS because it stays on this machine must stay there. */
static void set_proxy(CURL *curl, const struct transfer *transfer)
{
	if (is_given(transfer->trust.proxy)) {
		curl_easy_setopt(curl, CURLOPT_PROXY, transfer->trust.proxy);
		curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
	} else if (address_kind_of_host(transfer->target.host) == ADDRESS_LOOPBACK) {
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
	}
}

static void set_method(CURL *curl, const struct transfer *transfer)
{
	if (strcmp(transfer->method, "HEAD") == 0)
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	else if (strcmp(transfer->method, "POST") == 0)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
				 transfer->form ? transfer->form : "");
	else
		curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
}

/* Redirects are not libcurl's to follow: they need no list of their own. */
static void allow_http_alone(CURL *curl)
{
#if LIBCURL_VERSION_NUM < 0x075500 /* Ubuntu 22.04 has 7.81 */
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#else
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#endif
}

/*
 * "identity" asks for plain bytes and still has libcurl decode those of a server that
 * compresses unasked; a request's own Accept-Encoding header takes its place.
 */
static void set_protocol(CURL *curl, const struct transfer *transfer)
{
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	allow_http_alone(curl);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, HTTP_USER_AGENT);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "identity");
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* Rather a stream of an HTTP/2 connection than a further handshake. */
	curl_easy_setopt(curl, CURLOPT_PIPEWAIT, 1L);
	if (transfer->request.chunk)
		curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
}

/* `url` with `name` as its host, on the heap; NULL where that makes no URL. */
static char *url_for_name(const char *url, const char *name)
{
	CURLU *handle = curl_url();
	char *text = NULL, *copy = NULL;

	if (handle && curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_set(handle, CURLUPART_HOST, name, 0) == CURLUE_OK &&
	    curl_url_get(handle, CURLUPART_URL, &text, 0) == CURLUE_OK)
		copy = xstrdup(text);
	curl_free(text);
	curl_url_cleanup(handle);
	return copy;
}

/*
 * libcurl verifies the name in the URL, so another name goes there, while the
 * connection and the Host header stay those of the real host.
 */
static bool set_server_name(struct transfer *transfer, struct error *err)
{
	const char *name = transfer->trust.server_name;
	const struct url *target = &transfer->target;
	bool literal = strchr(target->host, ':') != NULL;
	char *url CLEANUP(free_pointer) = url_for_name(transfer->url, name);
	char text[2 * URL_HOST_TEXT_SIZE], host[URL_HOST_TEXT_SIZE];

	if (!url || strlen(name) >= URL_HOST_SIZE)
		return error_set(err, ERROR_USAGE, "'%.80s' is no name of a TLS server",
				 name);
	snprintf(text, sizeof(text), literal ? "%s:%u:[%s]:%u" : "%s:%u:%s:%u", name,
		 target->port, target->host, target->port);
	transfer->connect_to = curl_slist_append(NULL, text);
	snprintf(text, sizeof(text), "Host: %s", url_host_text(host, target));
	transfer->host_header = curl_slist_append(NULL, text);
	if (!transfer->connect_to || !transfer->host_header)
		return error_set(err, ERROR_SYSTEM, "libcurl cannot take more");
	transfer->host_header->next = transfer->headers;
	curl_easy_setopt(transfer->curl, CURLOPT_CONNECT_TO, transfer->connect_to);
	curl_easy_setopt(transfer->curl, CURLOPT_HTTPHEADER, transfer->host_header);
	curl_easy_setopt(transfer->curl, CURLOPT_URL, url);
	return true;
}

bool transfer_set_options(struct transfer *transfer, struct error *err)
{
	CURL *curl = transfer->curl;

	set_protocol(curl, transfer);
	set_trust(curl, &transfer->trust);
	set_proxy(curl, transfer);
	set_method(curl, transfer);
	curl_easy_setopt(curl, CURLOPT_URL, transfer->url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->headers);
	return !is_given(transfer->trust.server_name) || set_server_name(transfer, err);
}
