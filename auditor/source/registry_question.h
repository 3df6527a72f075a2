/*
 * registry_question.h - one want, from the first request to its facts
 *
 * OCI Distribution Specification 1.1, "Pulling manifests" and "Pulling blobs".  A tag is
 * asked for with HEAD, which spares the pull quota of Docker Hub; content is fetched
 * only where the digest that the header names is not of bytes that we hashed before.
 */
#ifndef SOURCE_REGISTRY_QUESTION_H
#define SOURCE_REGISTRY_QUESTION_H

#include "base/table.h"
#include "source/registry_contact.h"

/* A place where something can be asked for. */
struct route {
	struct registry_contact *contact;
	const char *repository; /* what it is called there */
	const char *ns;         /* the registry that a mirror is to stand for, or NULL */
	bool mirror;
};

struct question {
	struct snapshot *snapshot;
	struct want want; /* its strings live in the snapshot's arena */
	/* Where it is asked, one after the other until one has it; the last one's word
	 * counts where none has. */
	const struct route *routes;
	size_t route_count;
	const struct route *route;        /* the present one */
	struct registry_contact *contact; /* its */
	struct contact_waiter contact_waiter;
	struct auth_waiter auth_waiter;
	bool get;            /* GET where it began with HEAD */
	unsigned sign_ins;   /* times that it was sent again after a 401 */
	bool was_signed;     /* the last request carried an authorization, */
	unsigned generation; /* of this token */

	/* Of tags that one registry says are the same new content, one fetches it. */
	struct table *fetches; /* shared: "host digest" to the question that fetches */
	bool fetches_for_all;
	struct digest named;            /* by HEAD */
	struct question *first_waiting; /* for what this one fetches */
	struct question *next_waiting;

	/* The answer. */
	enum fact_state state;
	struct digest digest; /* FACT_FOUND: of the content */
	bool mismatch;
	const char *reason;
	const char *tried; /* what earlier routes said, "" where they said nothing */
};

/* Begin to ask; the question must stay where it is until http_run() returns. */
void question_begin(struct question *question);

/*
 * Add the answer to the snapshot.  `mirrors`: questions for the same tag, one a mirror,
 * that are to be compared with it.
 */
void question_conclude(const struct question *question, const struct question *mirrors,
		       size_t mirror_count);

#endif
