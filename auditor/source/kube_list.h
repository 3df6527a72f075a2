/*
 * kube_list.h - all pages of one list
 *
 * Kubernetes API concepts, "Retrieving large results sets in chunks": `limit` and
 * `continue`; only an empty token ends a list, a page may hold no items and still not
 * be the last.  `resourceVersion` is never sent: with "0" the server ignores `limit`.
 *
 * The next page is asked for when the token is seen at the head of the one before, so
 * that the server works while we read; two pages at most are under way.  A page is folded
 * when it is complete, a broken one is discarded whole.  Where the server has forgotten
 * the list (410), or a page broke off, the list begins anew, once.
 */
#ifndef SOURCE_KUBE_LIST_H
#define SOURCE_KUBE_LIST_H

#include "base/json.h"
#include "base/worker.h"
#include "source/kube_client.h"

/* An `accept` for lists of which only the metadata is wanted. */
#define KUBE_METADATA_ONLY                                                               \
	"application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,"              \
	"application/json"

#define KUBE_PAGE_ITEMS 500 /* the `limit` that kubectl and client-go use */
#define KUBE_PAGE_BYTES ((size_t)64 * 1024 * 1024)
#define KUBE_LIST_ITEMS 1000000 /* pages × limit; a list that goes on is endless */
#define KUBE_EMPTY_PAGES 100    /* in a row; a list that goes on is endless */

enum kube_outcome {
	KUBE_UNASKED,
	KUBE_LISTED,     /* all of it was folded */
	KUBE_FORBIDDEN,  /* 403 */
	KUBE_NOT_SERVED, /* 404: there is no such resource */
	KUBE_FAILED,     /* `err` says why */
};

struct kube_list {
	/* The caller's. */
	struct kube_client *client;
	const char *path;               /* "/api/v1/namespaces/shop/pods" */
	const char *selector;           /* label selector, or "" */
	const char *field_selector;     /* or "" */
	const char *accept;             /* NULL: "application/json" */
	const struct json_shape *shape; /* of an item */
	struct worker *worker;          /* reads its pages; NULL: we do */
	bool (*fold)(const struct node *item, void *user, struct error *err);
	void (*forget)(void *user); /* the list begins anew: drop what was folded */
	void (*ended)(void *user);  /* called once; may be NULL */
	void *user;

	/* How it ended; whatever was folded is no good unless it is KUBE_LISTED. */
	enum kube_outcome outcome;
	struct error err;

	/* Its own. */
	unsigned limit;
	unsigned generation;  /* of pages; those of earlier ones are ignored */
	unsigned under_way;   /* pages */
	unsigned page_count;  /* asked for */
	unsigned empty_count; /* pages without items, in a row */
	bool restarted;
	char *held_token; /* of a page that waits for its turn; NULL: none does */
	struct page_request *spare; /* of earlier pages, to be used again */
};

/* Ask for the first page.  The list must live until http_run() returns. */
void kube_list_start(struct kube_list *list);

void kube_list_release(struct kube_list *list);

#endif
