/*
 * kube_client.h - requests to one API server, with the credentials of one user
 *
 * Bound service account tokens are rewritten in place while a scan runs
 * (KEP-1205), so the token file is read again once a minute.  A program that gives the
 * credentials (kube_exec.h) is run again when they have run out or were refused.
 */
#ifndef SOURCE_KUBE_CLIENT_H
#define SOURCE_KUBE_CLIENT_H

#include "source/kube_config.h"

struct kube_client {
	struct http *http;
	const struct kube_config *config;
	struct arena arena;      /* of what follows */
	struct http_trust trust; /* the config's, and a certificate from a program */
	const char *token;       /* "" where there is none */
	unsigned token_number;   /* how many there were so far, or certificates */
	double token_read_at;    /* monotonic; when the program ended, if there is one */
	int64_t expires_at;      /* of what the program gave; 0: nobody knows */
	const char *authorization; /* the header; NULL: anonymous, or by certificate */
	bool far;                  /* lists are asked for in gzip */
};

/* Both are borrowed until kube_client_release(). */
void kube_client_init(struct kube_client *client, struct http *http,
		      const struct kube_config *config);
void kube_client_release(struct kube_client *client);

/*
 * Before the first request: have the program run that gives the credentials, if there is
 * one.  Whether it may be is kube_exec_trust.h's matter.
 * Errors: those of kube_exec_run().
 */
MUST_CHECK bool kube_client_start(struct kube_client *client, struct error *err);

struct kube_get {
	const char *path;   /* with its query: "/api/v1/pods?limit=500" */
	const char *accept; /* NULL: "application/json" */
	size_t body_limit;  /* bytes */
	bool (*chunk)(const char *data, size_t length, void *user); /* as in http.h */
	void (*done)(struct http_response *response, void *user);
	void *user;
};

/* Start a request; strings are copied.  Returns the number of the token that it carries.
 */
unsigned kube_client_get(struct kube_client *client, const struct kube_get *get);

/*
 * The first answer is there: is the server so far away that the wire is what a scan waits
 * for?  From then on gzip is asked for, unless the kubeconfig says disable-compression.
 * The API server compresses what is longer than 128 KiB.  Near servers would take longer
 * to compress a page than to send it.
 */
void kube_client_measure(struct kube_client *client,
			 const struct http_response *response);

/*
 * After a 401 to a request with that token: true if there is another one now, which the
 * token file is looked at for, or the program run again.
 */
bool kube_client_renew(struct kube_client *client, unsigned token_number);

/*
 * Say in `err` why an answer other than 200 was given: its status and, where the body
 * is a Status object, its message.
 * Codes: ERROR_DENIED for 401 and 403, ERROR_NOT_FOUND for 404, else ERROR_NETWORK.
 */
void kube_status_explain(const struct http_response *response, struct error *err);

#endif
