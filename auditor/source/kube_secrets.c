#include "source/kube_secrets.h"

#include "base/log.h"

#define SECRET_BYTES ((size_t)4 * 1024 * 1024)

struct kube_secret_request {
	struct kube_secrets *getting;
	const struct pull_secret *secret;
	unsigned token_number;
	bool again;
};

static void done(struct http_response *response, void *user);

static void ask(struct kube_secret_request *request)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const struct kube_get get = {
		.path = arena_printf(&arena, "/api/v1/namespaces/%s/secrets/%s",
				     request->secret->namespace, request->secret->name),
		.body_limit = SECRET_BYTES,
		.done = done,
		.user = request,
	};

	request->token_number = kube_client_get(request->getting->client, &get);
}

static void fail(struct kube_secret_request *request, const struct error *err)
{
	struct kube_secrets *getting = request->getting;

	if (getting->failed++)
		return;
	getting->first_failed = request->secret;
	getting->err = *err;
}

static void take(struct kube_secret_request *request,
		 const struct http_response *response)
{
	struct kube_secrets *getting = request->getting;
	struct error err = response->err;

	if (err.code == ERROR_NONE && response->status == 404)
		return;
	if (err.code == ERROR_NONE && response->status == 403) {
		if (!getting->refused++)
			getting->first_refused = request->secret;
		return;
	}
	if (err.code == ERROR_NONE && response->status != 200)
		kube_status_explain(response, &err);
	if (err.code != ERROR_NONE ||
	    !pull_secrets_add(getting->secrets, request->secret,
			      buf_text(&response->body), response->body.length, &err))
		fail(request, &err);
}

static void done(struct http_response *response, void *user)
{
	struct kube_secret_request *request = user;

	if (response->status == 401 && !request->again &&
	    kube_client_renew(request->getting->client, request->token_number)) {
		request->again = true;
		ask(request);
		return;
	}
	take(request, response);
}

void kube_secrets_say(const struct kube_secrets *getting)
{
	size_t count = getting->secrets->named.count;

	if (getting->refused)
		log_message(
			LOG_WARNING,
			"%zu of %zu pull secrets may not be read (get secrets), %s/%s "
			"for one: examples/rbac-pull-secrets.yaml grants it",
			getting->refused, count, getting->first_refused->namespace,
			getting->first_refused->name);
	if (getting->failed)
		log_message(LOG_WARNING,
			    "%zu of %zu pull secrets are of no use, %s/%s for one: %s",
			    getting->failed, count, getting->first_failed->namespace,
			    getting->first_failed->name, getting->err.text);
	if (count == PULL_SECRETS_MOST)
		log_message(LOG_WARNING,
			    "pods name %d pull secrets or more; further ones "
			    "are not read",
			    PULL_SECRETS_MOST);
}

bool kube_secrets_start(struct kube_secrets *getting, struct kube_client *client,
			struct pull_secrets *secrets)
{
	size_t count = secrets->named.count;

	*getting = (struct kube_secrets){ .client = client, .secrets = secrets };
	getting->requests = xcalloc(count, sizeof(*getting->requests));
	for (size_t i = 0; i < count; i++) {
		getting->requests[i].getting = getting;
		getting->requests[i].secret = secrets->named.entries[i].value;
		ask(&getting->requests[i]);
	}
	return count > 0;
}

void kube_secrets_release(struct kube_secrets *getting)
{
	free(getting->requests);
}
