#include "source/kube_client.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/log.h"
#include "base/timestamp.h"

#define TOKEN_SECONDS 60  /* a token is used without looking at its file again */
#define PROGRAM_SECONDS 5 /* least time from one run of a program to the next */
#define EXPIRY_MARGIN 5   /* seconds that a credential should still hold */
#define FAR_SECONDS 0.02  /* of a TLS handshake */
#define BASIC_BYTES ((size_t)16 * 1024)

/* RFC 7617; the encoded form is as secret as the password. */
static const char *basic_header(const struct kube_config *config, struct arena *arena)
{
	CLEANUP(buf_release) struct buf plain = BUF_INIT(BASIC_BYTES);
	CLEANUP(buf_release) struct buf encoded = BUF_INIT(2 * BASIC_BYTES);

	buf_printf(&plain, "%s:%s", config->username, config->password);
	base64_encode(&encoded, buf_text(&plain), plain.length);
	log_add_secret(buf_text(&encoded));
	return arena_printf(arena, "Authorization: Basic %s", buf_text(&encoded));
}

static void set_token(struct kube_client *client, const char *token)
{
	client->token = token;
	client->token_number++;
	client->authorization =
		arena_printf(&client->arena, "Authorization: Bearer %s", token);
}

/* client-go, transport/token_source.go: while the file cannot be read, the last token. */
static void reread_token(struct kube_client *client)
{
	const char *path = client->config->token_file;
	struct error err = ERROR_INIT;
	const char *token;

	if (!path[0])
		return;
	client->token_read_at = timestamp_monotonic();
	token = kube_token_read(path, &client->arena, &err);
	if (!token)
		log_message(LOG_WARNING, "%s", err.text);
	else if (strcmp(token, client->token) != 0)
		set_token(client, token);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void take_credential(struct kube_client *client,
			    const struct kube_exec_credential *credential)
{
	struct http_trust *trust = &client->trust;

	client->expires_at = credential->expires_at;
	if (same_text(client->token, credential->token) &&
	    same_text(trust->certificate_pem, credential->certificate_pem))
		return;
	trust->certificate_pem = credential->certificate_pem;
	trust->key_pem = credential->key_pem;
	set_token(client, credential->token);
	if (!credential->token[0])
		client->authorization = NULL;
}

static bool run_program(struct kube_client *client, struct error *err)
{
	struct kube_exec_credential credential;
	bool ok = kube_exec_run(&credential, &client->config->exec, &client->arena, err);

	client->token_read_at = timestamp_monotonic();
	if (!ok)
		return error_wrap(err, "credential plugin");
	take_credential(client, &credential);
	return true;
}

static double age_of_token(const struct kube_client *client)
{
	return timestamp_monotonic() - client->token_read_at;
}

static bool has_run_out(const struct kube_client *client)
{
	if (!client->config->exec.command)
		return age_of_token(client) > TOKEN_SECONDS;
	return client->expires_at &&
	       timestamp_now() >= client->expires_at - EXPIRY_MARGIN;
}

/*
 * A program is not run again at once: one whose credentials are always refused, or have
 * always run out, would be run for ever.
 */
static void renew_token(struct kube_client *client)
{
	struct error err = ERROR_INIT;

	if (!client->config->exec.command)
		reread_token(client);
	else if (age_of_token(client) > PROGRAM_SECONDS && !run_program(client, &err))
		log_message(LOG_WARNING, "%s", err.text);
}

void kube_client_init(struct kube_client *client, struct http *http,
		      const struct kube_config *config)
{
	*client = (struct kube_client){
		.http = http,
		.config = config,
		.arena = ARENA_INIT,
		.trust = config->trust,
		.token = "",
		.token_read_at = timestamp_monotonic(),
	};
	if (config->token[0])
		set_token(client, config->token);
	else if (config->username[0] || config->password[0])
		client->authorization = basic_header(config, &client->arena);
	reread_token(client);
}

bool kube_client_start(struct kube_client *client, struct error *err)
{
	return !client->config->exec.command || run_program(client, err);
}

void kube_client_release(struct kube_client *client)
{
	arena_release(&client->arena);
}

bool kube_client_renew(struct kube_client *client, unsigned token_number)
{
	if (client->token_number == token_number)
		renew_token(client);
	return client->token_number != token_number;
}

void kube_client_measure(struct kube_client *client, const struct http_response *response)
{
	client->far = response->handshake_seconds > FAR_SECONDS &&
		      !client->config->disable_compression;
}

unsigned kube_client_get(struct kube_client *client, const struct kube_get *get)
{
	const struct kube_impersonation *as = &client->config->impersonation;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char *headers[3 + KUBE_IMPERSONATION_HEADERS];
	struct http_request request = {
		.method = "GET",
		.headers = headers,
		.body_limit = get->body_limit,
		.trust = &client->trust,
		.same_host_only = true,
		.whole_time = true,
		.retry = true,
		.chunk = get->chunk,
		.done = get->done,
		.user = get->user,
	};

	if (has_run_out(client))
		renew_token(client);
	request.url = arena_printf(&arena, "%s%s", client->config->server, get->path);
	headers[request.header_count++] = arena_printf(
		&arena, "Accept: %s", get->accept ? get->accept : "application/json");
	if (client->far)
		headers[request.header_count++] = "Accept-Encoding: gzip";
	if (client->authorization)
		headers[request.header_count++] = client->authorization;
	for (size_t i = 0; i < as->header_count; i++)
		headers[request.header_count++] = as->headers[i];
	http_send(client->http, &request);
	return client->token_number;
}

/* The message of a Status object, or "".  In `arena`. */
static const char *status_message(const struct http_response *response,
				  struct arena *arena)
{
	static const struct json_shape wanted[] = { { "message", NULL }, { NULL, NULL } };
	struct json_source source = {
		.text = buf_text(&response->body),
		.length = response->body.length,
		.members = wanted,
	};
	struct error ignored = ERROR_INIT;
	struct node *status;

	if (!json_read(&status, arena, &source, &ignored))
		return "";
	return node_text(status, "message");
}

static enum error_code code_of(long status)
{
	if (status == 401 || status == 403)
		return ERROR_DENIED;
	return status == 404 ? ERROR_NOT_FOUND : ERROR_NETWORK;
}

void kube_status_explain(const struct http_response *response, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char *message = status_message(response, &arena);

	error_set(err, code_of(response->status), "the API server answered %ld%s%s",
		  response->status, message[0] ? ": " : "", message);
	for (char *c = err->text; *c; c++) {
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	}
	log_redact(err->text);
}
