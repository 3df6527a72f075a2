/*
 * token_realm.h - whether a token server may be asked, and whether with credentials
 *
 * The realm of a Bearer challenge is whatever the registry says.  A hostile one could
 * name a host of its own, to be given credentials for another registry, or a host
 * inside the network that pindrift runs in.
 */
#ifndef SOURCE_TOKEN_REALM_H
#define SOURCE_TOKEN_REALM_H

#include "base/error.h"
#include "source/url.h"

#include <libpsl.h>

struct realm_rules {
	const char *registry; /* name: "docker.io" */
	struct url url;       /* how it is spoken to */
	const char *const
		*token_hosts; /* "host" or "host:port": trusted by configuration */
	size_t token_host_count;
	const char *const *plain_http; /* hosts that may be spoken to without TLS */
	size_t plain_http_count;
	const psl_ctx_t *suffixes; /* NULL: no list of public suffixes */
};

struct realm_decision {
	struct url url;
	bool credentials;    /* may be sent there */
	bool refuse_private; /* it must have a public address */
};

/*
 * Judge a realm.
 * Errors: ERROR_SYNTAX (no URL), ERROR_DENIED (must not be asked at all).
 */
MUST_CHECK bool realm_decide(struct realm_decision *decision,
			     const struct realm_rules *rules, const char *realm,
			     struct error *err);

/* True if the list names the URL's host ("host": on any port) or host and port. */
bool host_is_listed(const char *const *hosts, size_t count, const struct url *url);

#endif
