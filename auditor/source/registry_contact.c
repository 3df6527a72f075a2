#include "source/registry_contact.h"

#include "base/log.h"
#include "source/address.h"

#define URL_BYTES ((size_t)1024)
#define ANSWER_BYTES                                                                     \
	((size_t)256 * 1024) /* of the answer to GET /v2/, which says nothing */

/* Docker Hub's API does not live where its name points. */
static const char *api_host(const char *name)
{
	return strcmp(name, "docker.io") == 0 ? "registry-1.docker.io" : name;
}

/* Errors: ERROR_SYNTAX. */
static bool set_scheme(struct registry_contact *contact, bool tls, struct error *err)
{
	CLEANUP(buf_release) struct buf base = BUF_INIT(URL_BYTES);

	if (contact->endpoint)
		buf_puts(&base, contact->endpoint->base);
	else
		buf_printf(&base, "%s://%s", tls ? "https" : "http",
			   api_host(contact->name));
	free(contact->base);
	contact->base = buf_detach(&base);
	if (!url_parse(&contact->url, contact->base, err))
		return error_wrap(err, "registry %.100s", contact->name);
	url_host_text(contact->host, &contact->url);
	return true;
}

struct registry_contact *registry_contact_new(struct registry_settings *settings,
					      const char *name,
					      const struct hosts_endpoint *endpoint)
{
	struct registry_contact *contact = xcalloc(1, sizeof(*contact));

	contact->settings = settings;
	contact->name = xstrdup(name);
	contact->endpoint = endpoint;
	contact->api = endpoint ? endpoint->api : "/v2";
	return contact;
}

void registry_contact_free(struct registry_contact *contact)
{
	registry_auth_free(&contact->auth);
	free(contact->name);
	free(contact->reason);
	free(contact->base);
	free(contact);
}

const struct http_trust *registry_contact_trust(const struct registry_contact *contact)
{
	const struct hosts_endpoint *endpoint = contact->endpoint;

	if (endpoint && (endpoint->trust.ca_pem || endpoint->trust.insecure))
		return &endpoint->trust;
	return registry_settings_trust(contact->settings, &contact->url);
}

static void tell(struct registry_contact *contact, enum contact_state state)
{
	struct contact_waiter *waiter = contact->first, *next;

	contact->state = state;
	contact->first = contact->last = NULL;
	for (; waiter; waiter = next) {
		next = waiter->next;
		waiter->ready(waiter->user);
	}
}

static void fail(struct registry_contact *contact, const struct error *err)
{
	contact->reason = xstrdup(err->text);
	log_redact(contact->reason);
	tell(contact, CONTACT_FAILED);
}

static void contact_done(struct http_response *response, void *user);

static void send_probe(struct registry_contact *contact)
{
	CLEANUP(buf_release) struct buf url = BUF_INIT(URL_BYTES);

	buf_printf(&url, "%s%s/", contact->base, contact->api);
	http_send(contact->settings->http,
		  &(struct http_request){
			  .method = "GET",
			  .url = buf_text(&url),
			  .body_limit = ANSWER_BYTES,
			  .trust = registry_contact_trust(contact),
			  .retry = !contact->may_be_tls,
			  .done = contact_done,
			  .user = contact,
		  });
}

/* A TLS server that was spoken to in plain HTTP hangs up, sends an alert, or says 400. */
static bool looks_like_tls(const struct http_response *response)
{
	return response->not_http ||
	       (response->err.code == ERROR_NONE && response->status == 400);
}

static void contact_done(struct http_response *response, void *user)
{
	struct registry_contact *contact = user;
	struct error err = ERROR_INIT;

	if (contact->may_be_tls && looks_like_tls(response)) {
		contact->may_be_tls = false;
		if (set_scheme(contact, true, &err))
			send_probe(contact);
		else
			fail(contact, &err);
		return;
	}
	if (response->err.code != ERROR_NONE) {
		fail(contact, &response->err);
		return;
	}
	contact->auth =
		registry_auth_new(contact->settings, contact->name, &contact->url);
	if (response->status == 401)
		registry_auth_learn(contact->auth, response);
	tell(contact, CONTACT_READY);
}

/* A file that was copied from a node does not decide that passwords go unprotected. */
static void begin_endpoint(struct registry_contact *contact, bool may_be_plain)
{
	struct error err = ERROR_INIT;

	if (contact->url.https || may_be_plain) {
		send_probe(contact);
		return;
	}
	error_set(&err, ERROR_USAGE,
		  "hosts.toml says http://, and no --plain-http %s allows it",
		  contact->host);
	fail(contact, &err);
}

static void begin(struct registry_contact *contact)
{
	const struct registry_options *options = &contact->settings->options;
	struct error err = ERROR_INIT;
	bool plain, loopback;

	contact->state = CONTACT_ASKED;
	if (!set_scheme(contact, true, &err)) {
		fail(contact, &err);
		return;
	}
	plain = host_is_listed(options->plain_http, options->plain_http_count,
			       &contact->url);
	loopback = address_kind_of_host(contact->url.host) == ADDRESS_LOOPBACK &&
		   contact->url.port != 443;
	if (contact->endpoint) {
		begin_endpoint(contact, plain || loopback);
		return;
	}
	contact->may_be_tls = loopback && !plain;
	if ((plain || loopback) && !set_scheme(contact, false, &err)) {
		fail(contact, &err);
		return;
	}
	send_probe(contact);
}

void registry_contact_ask(struct registry_contact *contact, struct contact_waiter *waiter)
{
	if (contact->state == CONTACT_READY || contact->state == CONTACT_FAILED) {
		waiter->ready(waiter->user);
		return;
	}
	waiter->next = NULL;
	if (contact->last)
		contact->last->next = waiter;
	else
		contact->first = waiter;
	contact->last = waiter;
	if (contact->state == CONTACT_NONE)
		begin(contact);
}
