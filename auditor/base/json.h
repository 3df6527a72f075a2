/*
 * json.h - JSON text to nodes
 *
 * jansson serves wherever a JSON value is small.  This reader is for the two
 * places where it cannot: pages of pods, of which most bytes are skipped over,
 * and manifests written as JSON, whose values need their line and column.
 * It accepts what RFC 8259 does, within the limits below, and a test holds it to
 * jansson's answers.
 *
 * Limits: depth JSON_DEPTH (a value that is skipped may itself be that deep),
 * NODE_LIMIT nodes.  NUL characters (\u0000) in strings are refused.  Of equal keys all
 * are kept.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/json_scan.h"
#include "base/node.h"

/*
 * What is wanted of a value: a tree of keys.  A sequence passes its shape on to
 * each of its items.  Key "*" stands for any key.  A wanted key without
 * members (`members` NULL) is wanted whole.
 */
struct json_shape {
	const char *key;
	const struct json_shape *members; /* ends with a row whose key is NULL */
};

/* What to read, and how much of it. */
struct json_source {
	const char *text;
	size_t length;
	/*
	 * The wanted keys of the value, NULL for all.  What is not wanted is skipped
	 * over, checked for balanced brackets and closed strings only.
	 */
	const struct json_shape *members;
	bool with_places; /* fill in node->place */
};

/*
 * Read one JSON value, and nothing but white space behind it.
 * Errors: ERROR_SYNTAX with line and column, ERROR_LIMIT.
 */
MUST_CHECK bool json_read(struct node **node, struct arena *arena,
			  const struct json_source *source, struct error *err);

/*
 * As json_read(), for a value that something else may follow: `*used` is how many bytes
 * it reaches.  A failure may also mean that the value does not end
 * within these bytes; json_skip() tells.
 */
MUST_CHECK bool json_read_front(struct node **node, struct arena *arena,
				const struct json_source *source, size_t *used,
				struct error *err);

#endif
