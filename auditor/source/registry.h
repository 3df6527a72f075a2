/*
 * registry.h - what registries say about tags and digests
 *
 * OCI Distribution Specification 1.1, with the habits of real registries
 * (Docker's token authentication, Docker Hub's names).  Failure is data: what
 * could not be learnt becomes a fact with a reason, never an error.
 */
#ifndef SOURCE_REGISTRY_H
#define SOURCE_REGISTRY_H

#include "model/snapshot.h"
#include "source/http.h"

/* Trust, from flags, environment and the user's own files only.  Borrowed. */
struct registry_options {
	const char
		*docker_config; /* path of config.json; NULL: $DOCKER_CONFIG, ~/.docker */
	const char *const *plain_http; /* hosts that are spoken to without TLS; loopback
					  always may */
	size_t plain_http_count;
	const char *const *insecure; /* hosts whose certificate is not verified */
	size_t insecure_count;
	const char *const
		*token_hosts; /* hosts that may be given credentials as token realms */
	size_t token_host_count;
	const char *ca_file; /* additional CAs; NULL: none */
};

struct registry_client;

/* Errors: ERROR_USAGE (a config.json or CA file that cannot be read). */
MUST_CHECK struct registry_client *
registry_client_new(struct http *http, const struct registry_options *options,
		    struct error *err);
void registry_client_free(struct registry_client **client);

/*
 * Answer `wants`, all at once: facts and images are added to the snapshot, request
 * figures to its requests.  An image whose content the snapshot already has is not
 * fetched again: a HEAD whose digest header names it is enough.
 */
void registry_answer(struct registry_client *client, struct snapshot *snapshot,
		     const struct want *wants, size_t want_count);

#endif
