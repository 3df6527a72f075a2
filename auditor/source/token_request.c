#include "source/token_request.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/memory.h"

#include <curl/curl.h>

#define CLIENT_ID "pindrift"
#define TEXT_BYTES ((size_t)256 * 1024)

char *authorization_bearer(const char *token)
{
	CLEANUP(buf_release) struct buf header = BUF_INIT(TEXT_BYTES);

	log_add_secret(token);
	buf_printf(&header, "Authorization: Bearer %s", token);
	return buf_detach(&header);
}

char *authorization_basic(const char *username, const char *password)
{
	CLEANUP(buf_release) struct buf pair = BUF_INIT(TEXT_BYTES);
	CLEANUP(buf_release) struct buf encoded = BUF_INIT(2 * TEXT_BYTES);
	CLEANUP(buf_release) struct buf header = BUF_INIT(3 * TEXT_BYTES);

	buf_printf(&pair, "%s:%s", username, password);
	base64_encode(&encoded, buf_text(&pair), pair.length);
	log_add_secret(buf_text(&encoded));
	buf_printf(&header, "Authorization: Basic %s", buf_text(&encoded));
	return buf_detach(&header);
}

/* Append "name=value" to the query, with value escaped. */
static bool append_query(CURLU *handle, const char *name, const char *value)
{
	CLEANUP(buf_release) struct buf pair = BUF_INIT(TEXT_BYTES);

	buf_printf(&pair, "%s=%s", name, value);
	return curl_url_set(handle, CURLUPART_QUERY, buf_text(&pair),
			    CURLU_APPENDQUERY | CURLU_URLENCODE) == CURLUE_OK;
}

char *token_request_url(const char *realm, const char *service, const char *repository)
{
	CLEANUP(buf_release) struct buf scope = BUF_INIT(TEXT_BYTES);
	CURLU *handle = curl_url();
	char *text = NULL, *copy = NULL;

	buf_printf(&scope, "repository:%s:pull", repository);
	if (handle && curl_url_set(handle, CURLUPART_URL, realm, 0) == CURLUE_OK &&
	    curl_url_set(handle, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK &&
	    (!service[0] || append_query(handle, "service", service)) &&
	    append_query(handle, "scope", buf_text(&scope)) &&
	    curl_url_get(handle, CURLUPART_URL, &text, 0) == CURLUE_OK)
		copy = xstrdup(text);
	curl_free(text);
	curl_url_cleanup(handle);
	return copy;
}

static void add_field(struct buf *form, const char *name, const char *value)
{
	char *escaped = curl_easy_escape(NULL, value, 0);

	buf_printf(form, "%s%s=%s", form->length ? "&" : "", name,
		   escaped ? escaped : "");
	curl_free(escaped);
}

char *token_request_form(const char *service, const char *repository,
			 const char *identity_token)
{
	CLEANUP(buf_release) struct buf form = BUF_INIT(TEXT_BYTES);
	CLEANUP(buf_release) struct buf scope = BUF_INIT(TEXT_BYTES);

	buf_printf(&scope, "repository:%s:pull", repository);
	add_field(&form, "grant_type", "refresh_token");
	add_field(&form, "refresh_token", identity_token);
	add_field(&form, "service", service);
	add_field(&form, "client_id", CLIENT_ID);
	add_field(&form, "scope", buf_text(&scope));
	return buf_detach(&form);
}
