#include "source/registry_auth.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "source/challenge.h"
#include "source/token_answer.h"
#include "source/token_request.h"

#define EXPIRY_MARGIN 5 /* seconds that a token should still hold when it is sent */
#define CHALLENGES 8    /* WWW-Authenticate headers that are looked at */

/* What we may send for one repository. */
struct grant {
	struct registry_auth *auth;
	char *repository;
	struct docker_login login;
	unsigned secret_count; /* pull secrets that were tried after the user's own */
	enum { GRANT_NONE, GRANT_ASKED, GRANT_SETTLED } state;
	unsigned epoch;       /* of the challenge that it answers */
	unsigned generation;  /* counts what was settled */
	char *header;         /* "Authorization: …"; NULL: nothing to send */
	double expires_at;    /* monotonic; 0: does not */
	bool proved;          /* the registry took it */
	bool withheld;        /* credentials that the realm must not have */
	enum fact_state fact; /* FACT_FOUND: `header` may be sent, else `reason` */
	char *reason;
	struct auth_waiter *first, *last; /* in the order in which they came */
	bool posted; /* the question to the token server was a form */
	char *note;
};

struct registry_auth {
	struct registry_settings *settings;
	const char *registry;
	struct url url;
	struct arena arena;
	struct challenge challenge;
	unsigned epoch; /* counts changes of the challenge */
	struct realm_decision realm;
	struct error realm_error; /* why the realm is not asked */
	struct table grants;      /* by repository */
};

struct registry_auth *registry_auth_new(struct registry_settings *settings,
					const char *registry, const struct url *url)
{
	struct registry_auth *auth = xcalloc(1, sizeof(*auth));

	auth->settings = settings;
	auth->registry = registry;
	auth->url = *url;
	auth->challenge = (struct challenge)CHALLENGE_INIT;
	return auth;
}

static void grant_free(struct grant *grant)
{
	free(grant->repository);
	free(grant->header);
	free(grant->reason);
	free(grant->note);
	free(grant);
}

void registry_auth_free(struct registry_auth **pointer)
{
	struct registry_auth *auth = *pointer;

	if (!auth)
		return;
	for (size_t i = 0; i < auth->grants.count; i++)
		grant_free(auth->grants.entries[i].value);
	table_release(&auth->grants);
	arena_release(&auth->arena);
	free(auth);
	*pointer = NULL;
}

static bool has_credentials(const struct docker_login *login)
{
	return login->username[0] || login->identity_token[0] || login->registry_token[0];
}

/* What is public is there for those whose secret is stale, too: a token for nobody. */
static bool go_on_as_nobody(struct grant *grant)
{
	struct registry_auth *auth = grant->auth;
	const char *problem;

	if (auth->challenge.scheme != CHALLENGE_BEARER || grant->secret_count == 0 ||
	    !has_credentials(&grant->login))
		return false;
	problem = arena_printf(&auth->arena, "those of %.300s are refused",
			       grant->login.origin);
	grant->login = (struct docker_login){ "", "", "", "", problem, "" };
	return true;
}

/* The credentials of the next pull secret, in place of what there is.  False: no more. */
static bool take_pull_secret(struct grant *grant)
{
	const struct registry_auth *auth = grant->auth;
	const struct pull_secrets *secrets = auth->settings->options.pull_secrets;

	if (!secrets)
		return false;
	if (!pull_secrets_find(secrets, auth->registry, grant->repository,
			       grant->secret_count, &grant->login))
		return go_on_as_nobody(grant);
	grant->secret_count++;
	return true;
}

static struct grant *grant_of(struct registry_auth *auth, const char *repository)
{
	const char **key;
	struct grant **slot = (struct grant **)table_slot(&auth->grants, repository,
							  strlen(repository), &key);

	if (!*slot) {
		*slot = xcalloc(1, sizeof(**slot));
		(*slot)->auth = auth;
		(*slot)->repository = xstrdup(repository);
		(*slot)->login = docker_config_find(&auth->settings->docker,
						    auth->registry, repository);
		if (!has_credentials(&(*slot)->login))
			take_pull_secret(*slot);
		*key = (*slot)->repository;
	}
	return *slot;
}

static bool has_password(const struct docker_login *login)
{
	return login->username[0] && login->password[0];
}

static void judge_realm(struct registry_auth *auth)
{
	const struct registry_options *options = &auth->settings->options;
	const struct realm_rules rules = {
		.registry = auth->registry,
		.url = auth->url,
		.token_hosts = options->token_hosts,
		.token_host_count = options->token_host_count,
		.plain_http = options->plain_http,
		.plain_http_count = options->plain_http_count,
		.suffixes = auth->settings->suffixes,
	};

	auth->realm_error = (struct error)ERROR_INIT;
	if (!realm_decide(&auth->realm, &rules, auth->challenge.realm,
			  &auth->realm_error))
		log_redact(auth->realm_error.text);
}

/* Take over the challenge of an answer.  True if it asks for something new. */
static bool learn(struct registry_auth *auth, const struct http_response *response)
{
	struct challenge best = CHALLENGE_INIT;
	const char *header;

	for (size_t i = 0; i < CHALLENGES; i++) {
		header = http_header_nth(response, "WWW-Authenticate", i);
		if (header)
			challenge_read(&best, &auth->arena, header);
	}
	if (best.scheme == CHALLENGE_NONE ||
	    (best.scheme == auth->challenge.scheme &&
	     strcmp(best.realm, auth->challenge.realm) == 0 &&
	     strcmp(best.service, auth->challenge.service) == 0))
		return false;
	auth->challenge = best;
	auth->epoch++;
	if (best.scheme == CHALLENGE_BEARER)
		judge_realm(auth);
	return true;
}

void registry_auth_learn(struct registry_auth *auth, const struct http_response *response)
{
	learn(auth, response);
}

/* The grant is what it is now: tell those who wait. */
static void settle(struct grant *grant)
{
	struct auth_waiter *waiter, *next;
	const struct authorization authorization = {
		.header = grant->header,
		.generation = ++grant->generation,
		.state = grant->fact,
		.reason = grant->reason,
	};

	grant->state = GRANT_SETTLED;
	waiter = grant->first;
	grant->first = grant->last = NULL;
	for (; waiter; waiter = next) {
		next = waiter->next;
		waiter->ready(&authorization, waiter->user);
	}
}

static void settle_with_header(struct grant *grant, char *header)
{
	grant->fact = FACT_FOUND;
	grant->header = header;
	settle(grant);
}

/* No way to sign in: `fact` says whether that is the token server's word. */
static void settle_without(struct grant *grant, enum fact_state fact, const char *reason)
{
	grant->fact = fact;
	grant->reason = xstrdup(reason);
	log_redact(grant->reason);
	settle(grant);
}

static void token_done(struct http_response *response, void *user);

static void ask_token_server(struct grant *grant, bool post)
{
	struct registry_auth *auth = grant->auth;
	const struct docker_login *login = &grant->login;
	const char *password =
		login->password[0] ? login->password : login->identity_token;
	char *url CLEANUP(free_pointer) =
		post ? NULL
		     : token_request_url(auth->challenge.realm, auth->challenge.service,
					 grant->repository);
	char *form CLEANUP(free_pointer) =
		post ? token_request_form(auth->challenge.service, grant->repository,
					  login->identity_token)
		     : NULL;
	char *basic CLEANUP(free_pointer) = NULL;
	const char *headers[1];

	if (!post && auth->realm.credentials && login->username[0] && password[0])
		basic = authorization_basic(login->username, password);
	headers[0] = basic;
	grant->posted = post;
	http_send(auth->settings->http,
		  &(struct http_request){
			  .method = post ? "POST" : "GET",
			  .url = url ? url : auth->challenge.realm,
			  .form = form,
			  .headers = headers,
			  .header_count = basic ? 1 : 0,
			  .body_limit = TOKEN_BYTES,
			  .trust = registry_settings_trust(auth->settings,
							   &auth->realm.url),
			  .refuse_private = auth->realm.refuse_private,
			  .same_host_only = !auth->realm.refuse_private,
			  .retry = true,
			  .done = token_done,
			  .user = grant,
		  });
}

static void settle_with_answer(struct grant *grant, const struct http_response *response)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	char host[URL_HOST_TEXT_SIZE];
	struct token_answer answer;
	struct error err = ERROR_INIT;

	if (!token_answer_read(&answer, &arena, buf_text(&response->body),
			       response->body.length, &err)) {
		error_wrap(&err, "the token server %s sent no usable token",
			   url_host_text(host, &grant->auth->realm.url));
		settle_without(grant, FACT_UNKNOWN, err.text);
		return;
	}
	grant->expires_at =
		timestamp_monotonic() + (double)answer.lifetime_seconds - EXPIRY_MARGIN;
	settle_with_header(grant, authorization_bearer(answer.token));
}

/* oauth.md: servers without the form say 404; others say so in other ways. */
static bool has_no_form(long status)
{
	return status == 404 || status == 400 || status == 401 || status == 405;
}

/* No answer; or, by our own rules, no question. */
static void settle_with_failure(struct grant *grant, const struct error *failure)
{
	char host[URL_HOST_TEXT_SIZE];
	struct error err = *failure;

	error_wrap(&err, "no token");
	if (failure->code == ERROR_DENIED)
		error_set(&err, ERROR_DENIED,
			  "no token: %.300s (--token-host %.100s allows it)",
			  failure->text, url_host_text(host, &grant->auth->realm.url));
	settle_without(grant, FACT_UNKNOWN, err.text);
}

static void prepare(struct grant *grant);

static void settle_with_refusal(struct grant *grant, long status)
{
	bool denied = status == 401 || status == 403;
	char host[URL_HOST_TEXT_SIZE];
	struct error err = ERROR_INIT;

	if (denied && grant->auth->realm.credentials && take_pull_secret(grant)) {
		prepare(grant);
		return;
	}
	error_set(&err, ERROR_NETWORK, "the token server %s answers %ld",
		  url_host_text(host, &grant->auth->realm.url), status);
	settle_without(grant, denied ? FACT_DENIED : FACT_UNKNOWN, err.text);
}

static void token_done(struct http_response *response, void *user)
{
	struct grant *grant = user;

	if (response->err.code != ERROR_NONE)
		settle_with_failure(grant, &response->err);
	else if (response->status == 200)
		settle_with_answer(grant, response);
	else if (grant->posted && has_no_form(response->status))
		ask_token_server(grant, false);
	else
		settle_with_refusal(grant, response->status);
}

static void ask_for_token(struct grant *grant)
{
	struct registry_auth *auth = grant->auth;
	bool exchange = grant->login.identity_token[0] && auth->realm.credentials;

	if (grant->login.registry_token[0]) {
		settle_with_header(grant,
				   authorization_bearer(grant->login.registry_token));
		return;
	}
	if (auth->realm_error.code != ERROR_NONE) {
		settle_without(grant, FACT_UNKNOWN, auth->realm_error.text);
		return;
	}
	grant->withheld = !auth->realm.credentials &&
			  (has_password(&grant->login) || grant->login.identity_token[0]);
	grant->state = GRANT_ASKED;
	ask_token_server(grant, exchange);
}

static void grant_clear(struct grant *grant)
{
	free(grant->header);
	free(grant->reason);
	grant->header = grant->reason = NULL;
	grant->expires_at = 0;
	grant->proved = grant->withheld = false;
	grant->state = GRANT_NONE;
}

/* Find out what to send now. */
static void prepare(struct grant *grant)
{
	struct registry_auth *auth = grant->auth;

	grant_clear(grant);
	grant->epoch = auth->epoch;
	if (auth->challenge.scheme == CHALLENGE_BEARER)
		ask_for_token(grant);
	else if (auth->challenge.scheme == CHALLENGE_BASIC && has_password(&grant->login))
		settle_with_header(grant, authorization_basic(grant->login.username,
							      grant->login.password));
	else
		settle_with_header(grant, NULL);
}

static bool is_current(const struct grant *grant)
{
	return grant->state == GRANT_SETTLED && grant->epoch == grant->auth->epoch &&
	       (grant->expires_at == 0 || timestamp_monotonic() < grant->expires_at);
}

void registry_auth_ask(struct registry_auth *auth, const char *repository,
		       struct auth_waiter *waiter)
{
	struct grant *grant = grant_of(auth, repository);

	if (is_current(grant)) {
		const struct authorization authorization = {
			.header = grant->header,
			.generation = grant->generation,
			.state = grant->fact,
			.reason = grant->reason,
		};

		waiter->ready(&authorization, waiter->user);
		return;
	}
	waiter->next = NULL;
	if (grant->last)
		grant->last->next = waiter;
	else
		grant->first = waiter;
	grant->last = waiter;
	if (grant->state != GRANT_ASKED)
		prepare(grant);
}

void registry_auth_accepted(struct registry_auth *auth, const char *repository)
{
	grant_of(auth, repository)->proved = true;
}

/* Is there anything to send that was not sent? */
static bool can_sign_in(const struct grant *grant)
{
	return grant->auth->challenge.scheme == CHALLENGE_BEARER ||
	       (grant->auth->challenge.scheme == CHALLENGE_BASIC &&
		has_password(&grant->login));
}

bool registry_auth_refused(struct registry_auth *auth, const char *repository,
			   const struct http_response *response, bool was_sent,
			   unsigned generation)
{
	struct grant *grant = grant_of(auth, repository);
	bool changed = learn(auth, response);

	if (changed || !was_sent)
		return can_sign_in(grant);
	if (grant->generation != generation || grant->state != GRANT_SETTLED)
		return true; /* somebody else has renewed it, or does */
	/* A token that was good has run out; one that never was will not be. */
	if ((auth->challenge.scheme != CHALLENGE_BEARER || !grant->proved) &&
	    !take_pull_secret(grant))
		return false;
	grant_clear(grant);
	return true;
}

unsigned registry_auth_secrets_tried(struct registry_auth *auth, const char *repository)
{
	return grant_of(auth, repository)->secret_count;
}

/* What was sent, and where it comes from; never its value. */
static void describe_login(struct buf *note, const struct docker_login *login)
{
	if (login->registry_token[0])
		buf_puts(note, "asked with a registry token");
	else if (login->identity_token[0])
		buf_puts(note, "asked with an identity token");
	else
		buf_printf(note, "asked as %.80s", login->username);
	buf_printf(note, " (credentials of %.300s)", login->origin);
}

const char *registry_auth_note(struct registry_auth *auth, const char *repository)
{
	struct grant *grant = grant_of(auth, repository);
	const struct docker_login *login = &grant->login;
	CLEANUP(buf_release) struct buf note = BUF_INIT(1024);
	char host[URL_HOST_TEXT_SIZE];

	if (login->problem[0])
		buf_printf(&note, "asked without credentials, since %.300s",
			   login->problem);
	else if (grant->withheld)
		buf_printf(&note,
			   "asked without credentials, since %s may not be the token "
			   "server of "
			   "%s (--token-host %s says it is)",
			   url_host_text(host, &auth->realm.url), auth->registry, host);
	else if (can_sign_in(grant) && has_credentials(login))
		describe_login(&note, login);
	else if (has_credentials(login))
		buf_puts(&note,
			 "asked without credentials: it wanted none that there are");
	else
		buf_puts(&note, "asked without credentials: none are configured for it");
	free(grant->note);
	grant->note = buf_detach(&note);
	log_redact(grant->note);
	return grant->note;
}
