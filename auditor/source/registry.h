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

/*
 * Trust, from flags, environment and the user's own files only.  Borrowed.
 * Hosts are "host" (on any port) or "host:port".
 */
struct registry_options {
	/* Path of a config.json or auth.json; NULL: the places that docker_config.h
	 * names.
	 */
	const char *docker_config;
	/* Hosts that are spoken to without TLS.  Loopback may be: registry_contact.h. */
	const char *const *plain_http;
	size_t plain_http_count;
	/* Hosts whose certificate is not verified. */
	const char *const *insecure;
	size_t insecure_count;
	/* Hosts that may be given credentials as token realms, and have any address. */
	const char *const *token_hosts;
	size_t token_host_count;
	/*
	 * Tried in turn where the user's own credentials are refused, or there are none.
	 * They may be filled in until the first question.  NULL: none.
	 */
	const struct pull_secrets *pull_secrets;
	/* PEM file of CAs besides the system's; NULL: none. */
	const char *ca_file;
	/* "HOST[/PREFIX]=HOST[/PREFIX]": registry_mirror.h. */
	const char *const *mirrors;
	size_t mirror_count;
	const char *hosts_dir; /* hosts_dir.h; NULL: none */
	/*
	 * Ask for a tag at its registry, whose word alone counts, and at each of its
	 * mirrors too, whose words are compared with it (tag_fact.mirrors).  Else a
	 * mirror that answers is believed, and the registry is asked where none does.
	 */
	bool compare_mirrors;
};

struct registry_client;

/*
 * `http`, `options` and what they point to are borrowed.
 * Errors: ERROR_USAGE (a config.json, auth.json or CA file that cannot be read, a mirror
 * that is none).
 */
MUST_CHECK struct registry_client *
registry_client_new(struct http *http, const struct registry_options *options,
		    struct error *err);
void registry_client_free(struct registry_client **client);

/*
 * Answer `wants`, all at once: facts and images are added to the snapshot, request
 * figures to its requests.  An image whose content the snapshot already has is not
 * fetched again: a HEAD whose digest header names it is enough.
 *
 * Before that, credential helpers that a config.json or auth.json names are started, each
 * for 30 s at most.  A registry that does not answer is not asked again by the same
 * client.
 */
void registry_answer(struct registry_client *client, struct snapshot *snapshot,
		     const struct want *wants, size_t want_count);

/*
 * How this client asked for a repository: as whom, at which mirrors, and where the
 * credentials come from, never their value; "" where it did not come to that.  In
 * `arena`.
 */
const char *registry_credential(struct registry_client *client, struct arena *arena,
				const char *registry, const char *repository);

#endif
