/*
 * http_probe - what http.h makes of URLs, one JSON object a line in the order of the
 * answers
 *
 * http_probe [OPTION...] URL...
 *
 * Options count for the URLs behind them: --ca-file FILE, --ca-pem FILE, --certificate
 * FILE,
 * --key FILE (files whose text is used), --server-name NAME, --proxy URL, --header LINE,
 * --form TEXT, --limit BYTES, and the switches --insecure, --verified, --refuse-private,
 * --same-host, --retry, --chunk, --stop (a chunk callback that says no), --head; "+" runs
 * what stands before it.  For the tests alone.
 */
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "source/http.h"

#include <jansson.h>

#include <signal.h>

#define HEADERS_MOST 8

/* What the next requests are sent with. */
struct setting {
	struct http_request request;
	struct http_trust trust;
	const char *headers[HEADERS_MOST];
	bool stop;
};

/* One request that is under way. */
struct asked {
	char *url;
	struct http_trust trust;
	size_t streamed; /* bytes that came in pieces */
	bool stop;
};

_Noreturn static void die(const char *text)
{
	fprintf(stderr, "http_probe: %s\n", text);
	exit(2);
}

static char *text_of_file(const char *path)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
	struct error err = ERROR_INIT;

	if (!file_read(&text, path, &err))
		die(err.text);
	return buf_detach(&text);
}

static bool take_chunk(const char *data, size_t length, void *user)
{
	struct asked *asked = user;

	(void)data;
	asked->streamed += length;
	return !asked->stop;
}

static void take_answer(struct http_response *response, void *user)
{
	struct asked *asked = user;
	const char *type = http_header(response, "content-type");
	json_t *line = json_pack(
		"{s:s, s:I, s:s, s:i, s:s, s:I, s:b}", "url", asked->url, "status",
		(json_int_t)response->status, "body", buf_text(&response->body), "code",
		(int)response->err.code, "error", response->err.text, "streamed",
		(json_int_t)asked->streamed, "not_http", response->not_http);

	if (!line)
		die("an answer does not make JSON");
	json_object_set_new(line, "type", type ? json_string(type) : json_null());
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
	free(asked->url);
	free(asked);
}

static void send_one(struct http *http, const struct setting *setting, const char *url)
{
	struct asked *asked = xcalloc(1, sizeof(*asked));
	struct http_request request = setting->request;

	asked->url = xstrdup(url);
	asked->trust = setting->trust;
	asked->stop = setting->stop;
	request.url = url;
	request.headers = setting->headers;
	request.trust = &asked->trust;
	request.done = take_answer;
	request.user = asked;
	http_send(http, &request);
}

static bool take_switch(struct setting *setting, const char *name)
{
	struct http_request *request = &setting->request;

	if (strcmp(name, "--insecure") == 0)
		setting->trust.insecure = true;
	else if (strcmp(name, "--verified") == 0)
		setting->trust.insecure = false;
	else if (strcmp(name, "--refuse-private") == 0)
		request->refuse_private = true;
	else if (strcmp(name, "--same-host") == 0)
		request->same_host_only = true;
	else if (strcmp(name, "--retry") == 0)
		request->retry = true;
	else if (strcmp(name, "--head") == 0)
		request->method = "HEAD";
	else if (strcmp(name, "--chunk") == 0)
		request->chunk = take_chunk;
	else if (strcmp(name, "--stop") == 0)
		setting->stop = true;
	else
		return false;
	return true;
}

static bool take_option(struct setting *setting, const char *name, const char *value)
{
	struct http_request *request = &setting->request;
	struct http_trust *trust = &setting->trust;

	if (strcmp(name, "--ca-file") == 0) {
		trust->ca_file = value;
	} else if (strcmp(name, "--ca-pem") == 0) {
		trust->ca_pem = text_of_file(value);
	} else if (strcmp(name, "--certificate") == 0) {
		trust->certificate_pem = text_of_file(value);
	} else if (strcmp(name, "--key") == 0) {
		trust->key_pem = text_of_file(value);
	} else if (strcmp(name, "--server-name") == 0) {
		trust->server_name = value;
	} else if (strcmp(name, "--proxy") == 0) {
		trust->proxy = value;
	} else if (strcmp(name, "--limit") == 0) {
		request->body_limit = strtoul(value, NULL, 10);
	} else if (strcmp(name, "--form") == 0) {
		request->method = "POST";
		request->form = value;
	} else if (strcmp(name, "--header") == 0 &&
		   request->header_count < HEADERS_MOST) {
		setting->headers[request->header_count++] = value;
	} else {
		return false;
	}
	return true;
}

static void setting_release(struct setting *setting)
{
	free((char *)setting->trust.ca_pem);
	free((char *)setting->trust.certificate_pem);
	free((char *)setting->trust.key_pem);
}

int main(int argc, char **argv)
{
	static struct setting setting = {
		.request = { .method = "GET", .body_limit = 1 << 20 },
	};
	const struct http_limits limits = { .first_byte_seconds = 5 };
	struct error err = ERROR_INIT;
	struct http *http = http_new(&limits, &err);

	signal(SIGPIPE, SIG_IGN); /* as commands_main() has it: servers hang up */
	if (!http)
		die(err.text);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "+") == 0)
			http_run(http);
		else if (take_switch(&setting, argv[i]))
			;
		else if (i + 1 < argc && take_option(&setting, argv[i], argv[i + 1]))
			i++;
		else
			send_one(http, &setting, argv[i]);
	}
	http_run(http);
	http_free(&http);
	setting_release(&setting);
	log_forget_secrets();
	return 0;
}
