/*
 * kube_page.h - one page of a list, read as its bytes arrive
 *
 * {"kind": …, "metadata": {"continue": …}, "items": […]}.  Built-in kinds have `metadata`
 * before `items`, custom resources behind, so the token is known early for some
 * and at the end for others.  Each item becomes a tree of its wanted parts as soon
 * as its last byte is there: never more than one item is kept as text.
 */
#ifndef SOURCE_KUBE_PAGE_H
#define SOURCE_KUBE_PAGE_H

#include "base/buf.h"
#include "base/json.h"

#define KUBE_ITEM_BYTES ((size_t)8 * 1024 * 1024) /* most bytes of an object */
#define KUBE_CONTINUE_BYTES ((size_t)16 * 1024)   /* most bytes of a continue token */

/* Where in the page the next byte stands. */
enum kube_place {
	KUBE_AT_START,
	KUBE_AT_KEY, /* or at "}" */
	KUBE_AT_COLON,
	KUBE_AT_VALUE,
	KUBE_AT_COMMA,      /* or at "}" */
	KUBE_AT_ITEM,       /* or at "]" */
	KUBE_AT_ITEM_COMMA, /* or at "]" */
	KUBE_AT_END,
};

struct kube_page {
	const struct json_shape *shape; /* of an item; NULL: all of it */
	struct arena arena;             /* of the items and the token */
	struct node **items;
	size_t item_count;
	const char
		*next; /* the continue token, "" on the last page; NULL: not seen yet */

	enum kube_place place;
	char key[16]; /* the one whose value is being read, cut */
	bool has_items;
	struct json_skip skip; /* how much of the value at rest[at] is known */
	struct buf rest;       /* bytes that are not done with */
	size_t at;
};

void kube_page_init(struct kube_page *page, const struct json_shape *shape);
void kube_page_release(struct kube_page *page);
/* As newly made, for another page; the memory is kept. */
void kube_page_clear(struct kube_page *page);

/* Errors: ERROR_SYNTAX, ERROR_LIMIT; nothing of the page is any good then. */
MUST_CHECK bool kube_page_feed(struct kube_page *page, const char *data, size_t length,
			       struct error *err);

/*
 * The items have been seen to: forget them and their memory before more bytes come.  For
 * lists of one page: a token is forgotten too.
 */
void kube_page_drop_items(struct kube_page *page);

/*
 * There are no more bytes: is the page whole?  `next` is set then.
 * Errors: ERROR_SYNTAX where it breaks off, or is no list.
 */
MUST_CHECK bool kube_page_finish(struct kube_page *page, struct error *err);

#endif
