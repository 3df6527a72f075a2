/*
 * registry_auth.h - signing in to one registry
 *
 * Docker's token authentication (distribution, docs/spec/auth/token.md and oauth.md),
 * else Basic.  Tokens are kept for each repository; requests that wait for the same
 * token share one question to the token server.  Who may be given credentials is
 * token_realm.h's matter.
 */
#ifndef SOURCE_REGISTRY_AUTH_H
#define SOURCE_REGISTRY_AUTH_H

#include "source/registry_settings.h"
#include "source/token_realm.h"

#define TOKEN_BYTES ((size_t)64 * 1024) /* of a token server's answer */

struct registry_auth;

/* What to send to the registry, or why there is nothing to send. */
struct authorization {
	const char *header;  /* "Authorization: …"; NULL: ask without */
	unsigned generation; /* of the token in it */
	/* FACT_FOUND: go ahead.  FACT_DENIED, FACT_UNKNOWN: the token server's answer. */
	enum fact_state state;
	const char *reason; /* where not FACT_FOUND */
};

/* Somebody who waits for an authorization; kept by the caller until `ready` is called. */
struct auth_waiter {
	struct auth_waiter *next;
	/* Called exactly once; what `authorization` points to is good until it returns.
	 */
	void (*ready)(const struct authorization *authorization, void *user);
	void *user;
};

/* `settings` and `registry` are borrowed; `url` is how the registry is spoken to. */
struct registry_auth *registry_auth_new(struct registry_settings *settings,
					const char *registry, const struct url *url);
void registry_auth_free(struct registry_auth **auth);

/* Learn from a 401 that was not about a repository: the answer to GET /v2/. */
void registry_auth_learn(struct registry_auth *auth,
			 const struct http_response *response);

/* Get what to send for pulling from `repository`; `ready` may be called at once. */
void registry_auth_ask(struct registry_auth *auth, const char *repository,
		       struct auth_waiter *waiter);

/* The registry took the authorization (it may still say 404). */
void registry_auth_accepted(struct registry_auth *auth, const char *repository);

/*
 * The registry answered 401 (or 400, which ECR Public says of expired tokens) to a
 * request sent with token `generation`, and with nothing if not `was_sent`.  True if
 * there is something else to send: ask again.
 */
bool registry_auth_refused(struct registry_auth *auth, const char *repository,
			   const struct http_response *response, bool was_sent,
			   unsigned generation);

/* How many pull secrets were tried so far: each is worth a further question. */
unsigned registry_auth_secrets_tried(struct registry_auth *auth, const char *repository);

/*
 * How it was asked: "asked as jane (credentials of /home/jane/.docker/config.json)", or
 * why without credentials.  Never their value.  Borrowed until the next call.
 */
const char *registry_auth_note(struct registry_auth *auth, const char *repository);

#endif
