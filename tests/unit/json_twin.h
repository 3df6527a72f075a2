/*
 * json_twin.h - holds json_read() to jansson's answers
 *
 * Both read the same bytes: they have to agree on whether that is JSON and on every
 * value.  With a shape, json_read() has to give jansson's tree without what the shape
 * leaves out.  Used by test_json.c and fuzz_json.c.
 */
#ifndef TESTS_UNIT_JSON_TWIN_H
#define TESTS_UNIT_JSON_TWIN_H

#include "base/json.h"

#include <jansson.h>

static bool twin_same(const struct node *node, const json_t *value,
		      const struct json_shape *members);

static const struct json_shape *twin_row(const struct json_shape *members,
					 const char *key)
{
	for (; members->key; members++) {
		if (strcmp(members->key, "*") == 0 || strcmp(members->key, key) == 0)
			return members;
	}
	return NULL;
}

/* Of equal keys jansson keeps the last. */
static const struct node *twin_member(const struct node *mapping, const char *key)
{
	for (size_t i = mapping->length; i-- > 0;) {
		if (strcmp(mapping->members[i].key, key) == 0)
			return mapping->members[i].value;
	}
	return NULL;
}

static bool twin_same_mapping(const struct node *node, const json_t *value,
			      const struct json_shape *members)
{
	const char *key;
	json_t *member;

	json_object_foreach((json_t *)value, key, member)
	{
		const struct json_shape *row = members ? twin_row(members, key) : NULL;
		const struct node *found = twin_member(node, key);

		if (members && !row) {
			if (found)
				return false;
		} else if (!found ||
			   !twin_same(found, member, row ? row->members : NULL)) {
			return false;
		}
	}
	for (size_t i = 0; i < node->length; i++) {
		if (!json_object_get(value, node->members[i].key))
			return false;
	}
	return true;
}

static bool twin_same_sequence(const struct node *node, const json_t *value,
			       const struct json_shape *members)
{
	if (node->length != json_array_size(value))
		return false;
	for (size_t i = 0; i < node->length; i++) {
		if (!twin_same(node->items[i], json_array_get(value, i), members))
			return false;
	}
	return true;
}

static bool twin_same_number(const struct node *node, const json_t *value)
{
	if (node->kind != NODE_NUMBER || strlen(node->text) != node->length)
		return false;
	if (json_is_integer(value))
		return strtoll(node->text, NULL, 10) == json_integer_value(value);
	return !(strtod(node->text, NULL) < json_real_value(value)) &&
	       !(strtod(node->text, NULL) > json_real_value(value));
}

static bool twin_same(const struct node *node, const json_t *value,
		      const struct json_shape *members)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return node->kind == NODE_MAPPING &&
		       twin_same_mapping(node, value, members);
	case JSON_ARRAY:
		return node->kind == NODE_SEQUENCE &&
		       twin_same_sequence(node, value, members);
	case JSON_STRING:
		return node->kind == NODE_STRING && node->quoted &&
		       node->length == json_string_length(value) &&
		       memcmp(node->text, json_string_value(value), node->length + 1) ==
			       0;
	case JSON_INTEGER:
	case JSON_REAL:
		return twin_same_number(node, value);
	case JSON_TRUE:
		return node->kind == NODE_BOOLEAN && strcmp(node->text, "true") == 0;
	case JSON_FALSE:
		return node->kind == NODE_BOOLEAN && strcmp(node->text, "false") == 0;
	case JSON_NULL:
		return node->kind == NODE_NULL;
	}
	return false;
}

/* Whether one of them is right to read what the other refuses. */
static bool twin_may_differ(const char *text, size_t length, const struct error *ours,
			    const json_error_t *theirs)
{
	/* Our limits are lower; numbers stay text, so none is too large for us. */
	if (ours->code == ERROR_LIMIT ||
	    json_error_code(theirs) == json_error_numeric_overflow)
		return true;
	/* jansson 2.14 overlooks a NUL byte right behind a number or literal. */
	return ours->code != ERROR_NONE && memchr(text, '\0', length);
}

/* NULL where both readers agree about `text`, else what they do not agree on. */
static const char *twin_differs(const char *text, size_t length,
				const struct json_shape *shape)
{
	struct error ours = ERROR_INIT;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct node *node, *pruned;
	json_error_t theirs = { 0 };
	json_t *value = json_loadb(text, length, JSON_DECODE_ANY, &theirs);
	struct json_source whole = { text, length, NULL, true };
	struct json_source shaped = { text, length, shape, false };
	bool read = json_read(&node, &arena, &whole, &ours);
	const char *problem = NULL;

	if (read != (value != NULL))
		problem = twin_may_differ(text, length, &ours, &theirs)
				  ? NULL
				  : "one of them reads it";
	else if (value && !twin_same(node, value, NULL))
		problem = "the values differ";
	else if (value && !json_read(&pruned, &arena, &shaped, &ours))
		problem = "not read with a shape";
	else if (value && !twin_same(pruned, value, shape))
		problem = "the values differ from the shape's";
	json_decref(value);
	return problem;
}

#endif
