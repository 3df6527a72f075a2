/*
 * node.h - a document as a tree: YAML and JSON, from files and from the API
 *
 * One shape for everything that holds Kubernetes objects, so that one walker
 * finds the images in a manifest and in an answer of the API server.  Scalars
 * keep their source text: `tag: 1.20` stays "1.20".  All of a tree lives in the
 * arena it was read into.
 *
 * In YAML an alias is the anchored node itself: a tree is a directed graph
 * without cycles.  The readers bound its depth, and the number of its nodes with
 * those behind an alias counted each time, so that a plain walk over all of it ends.
 */
#ifndef BASE_NODE_H
#define BASE_NODE_H

#include "base/error.h"
#include "base/memory.h"
#include "base/table.h"

#define NODE_LIMIT 1000000 /* most nodes of one document */

enum node_kind {
	NODE_NULL,    /* JSON null; YAML null, ~ or nothing, where plain */
	NODE_BOOLEAN, /* JSON true and false only; YAML's stay scalars with their text */
	NODE_NUMBER,  /* JSON numbers only, as for booleans */
	NODE_STRING,  /* JSON strings and every other YAML scalar */
	NODE_SEQUENCE,
	NODE_MAPPING,
};

/* Where the text of a node stands.  All zero where it was not asked for. */
struct node_place {
	uint32_t line;   /* from 1 */
	uint32_t column; /* characters, from 1 */
	size_t begin;    /* byte offset in the file; of a quoted scalar, its quote */
	size_t end;      /* byte offset behind the node */
};

struct node_member;

struct node {
	enum node_kind kind;
	bool quoted;   /* a scalar in quotes, or a block scalar */
	size_t length; /* bytes of text; items or members */
	union {
		const char *text;            /* scalars: NUL-terminated, UTF-8 */
		struct node **items;         /* NODE_SEQUENCE */
		struct node_member *members; /* NODE_MAPPING, in source order */
	};
	struct node_place place;
};

struct node_member {
	const char *key; /* "" where the key is no scalar */
	struct node_place key_place;
	struct node *value;
};

/*
 * The value under `key`, or NULL where `node` is NULL, no mapping, or has none.
 * Of two equal keys the last counts, as it does for kubectl; YAML merge keys
 * (`<<`) are followed, a mapping's own keys first.
 */
struct node *node_get(const struct node *node, const char *key);

/*
 * The values of a mapping, merged ones too, by their keys: node_get() where there are
 * many to get.  In no order.  Release with table_release().
 */
struct table node_index(const struct node *mapping);

/* The text of a scalar member, or "" (also for null). */
const char *node_text(const struct node *node, const char *key);

/* The sequence under `key`, its length in `*count`; NULL and 0 where there is none. */
struct node **node_items(const struct node *node, const char *key, size_t *count);

/* A scalar of any kind but null. */
bool node_is_scalar(const struct node *node);

#endif
