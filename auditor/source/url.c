#include "source/url.h"

#include <curl/curl.h>

#include <ctype.h>
#include <strings.h>

bool text_has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

static void handle_release(CURLU **handle)
{
	curl_url_cleanup(*handle);
}

static void text_release(char **text)
{
	curl_free(*text);
}

static bool read_scheme(struct url *url, CURLU *handle)
{
	CLEANUP(text_release) char *scheme = NULL;

	if (curl_url_get(handle, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
		return false;
	url->https = strcasecmp(scheme, "https") == 0;
	return url->https || strcasecmp(scheme, "http") == 0;
}

/* Lower case, without the brackets of an IPv6 address and the dot of a rooted name. */
static bool read_host(struct url *url, CURLU *handle)
{
	CLEANUP(text_release) char *host = NULL;
	const char *begin;
	size_t length;

	if (curl_url_get(handle, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return false;
	begin = host[0] == '[' ? host + 1 : host;
	length = strlen(begin);
	if (length && (begin[length - 1] == ']' || begin[length - 1] == '.'))
		length--;
	if (length == 0 || length >= sizeof(url->host))
		return false;
	for (size_t i = 0; i < length; i++)
		url->host[i] = (char)tolower((unsigned char)begin[i]);
	url->host[length] = '\0';
	return true;
}

static bool read_port(struct url *url, CURLU *handle)
{
	CLEANUP(text_release) char *port = NULL;

	if (curl_url_get(handle, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK)
		return false;
	url->port = (unsigned)strtoul(port, NULL, 10);
	return url->port != 0 && url->port <= 65535;
}

static bool has_userinfo(CURLU *handle)
{
	CLEANUP(text_release) char *user = NULL;
	CLEANUP(text_release) char *password = NULL;

	return curl_url_get(handle, CURLUPART_USER, &user, 0) == CURLUE_OK ||
	       curl_url_get(handle, CURLUPART_PASSWORD, &password, 0) == CURLUE_OK;
}

bool url_parse(struct url *url, const char *text, struct error *err)
{
	CLEANUP(handle_release) CURLU *handle = curl_url();

	*url = (struct url){ 0 };
	if (text_has_control(text) || strchr(text, ' '))
		return error_set(err, ERROR_SYNTAX,
				 "a URL holds a space or a control character");
	if (!handle || curl_url_set(handle, CURLUPART_URL, text,
				    CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
		return error_set(err, ERROR_SYNTAX, "not a URL that can be read");
	if (!read_scheme(url, handle))
		return error_set(err, ERROR_SYNTAX,
				 "a URL of another scheme than http "
				 "and https");
	if (!read_host(url, handle) || !read_port(url, handle))
		return error_set(err, ERROR_SYNTAX,
				 "a URL without a usable host and port");
	url->userinfo = has_userinfo(handle);
	return true;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return a->https == b->https && a->port == b->port &&
	       strcmp(a->host, b->host) == 0;
}

const char *url_host_text(char text[URL_HOST_TEXT_SIZE], const struct url *url)
{
	bool literal = strchr(url->host, ':') != NULL;
	unsigned usual = url->https ? 443 : 80;
	int length =
		snprintf(text, URL_HOST_TEXT_SIZE, literal ? "[%s]" : "%s", url->host);

	if (url->port != usual)
		snprintf(text + length, URL_HOST_TEXT_SIZE - (size_t)length, ":%u",
			 url->port);
	return text;
}
