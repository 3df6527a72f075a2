/*
 * registry_contact.h - finding out how one registry is spoken to
 *
 * Before anything is asked of a registry, one `GET /v2/` (OCI Distribution
 * Specification, "Determining Support") says whether it is there, with or without TLS,
 * and how it wants to be signed in to.  A registry that does not answer is asked no more.
 *
 * TLS is used, with two exceptions: hosts that configuration lists as plain HTTP, and
 * loopback hosts with a port other than 443; a hosts.toml says it of its hosts.  Those
 * are asked in plain HTTP first, without credentials, and with TLS if what answers is no
 * HTTP server or says 400, as TLS servers do.  (The other way round a plain server might
 * wait for the rest of what it takes for a line.)
 */
#ifndef SOURCE_REGISTRY_CONTACT_H
#define SOURCE_REGISTRY_CONTACT_H

#include "source/registry_auth.h"
#include "source/registry_settings.h"

enum contact_state {
	CONTACT_NONE,
	CONTACT_ASKED,
	CONTACT_READY,
	CONTACT_FAILED, /* `reason` says why */
};

struct contact_waiter {
	struct contact_waiter *next;
	void (*ready)(void *user); /* called once: the state is READY or FAILED now */
	void *user;
};

struct registry_contact {
	struct registry_settings *settings;
	char *name;                            /* as references have it: "docker.io" */
	const struct hosts_endpoint *endpoint; /* as a hosts.toml names it, or NULL */
	enum contact_state state;
	char *reason;
	uint32_t refused; /* questions that were not asked, since it failed */
	struct url url;
	char *base;      /* "https://registry-1.docker.io", without a final slash */
	const char *api; /* "/v2" */
	char host[URL_HOST_TEXT_SIZE];       /* of `url`, as http_figures() names it */
	bool may_be_tls;                     /* plain HTTP is a first try */
	struct registry_auth *auth;          /* CONTACT_READY */
	struct contact_waiter *first, *last; /* in the order in which they came */
};

/* `settings` and `endpoint` (NULL: the registry itself) are borrowed. */
struct registry_contact *registry_contact_new(struct registry_settings *settings,
					      const char *name,
					      const struct hosts_endpoint *endpoint);
void registry_contact_free(struct registry_contact *contact);

/* Call `ready` as soon as it is known how to go on; perhaps at once. */
void registry_contact_ask(struct registry_contact *contact,
			  struct contact_waiter *waiter);

/* How to trust this registry. */
const struct http_trust *registry_contact_trust(const struct registry_contact *contact);

#endif
