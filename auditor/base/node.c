#include "base/node.h"

#define MERGE_KEY "<<" /* https://yaml.org/type/merge.html */

/* Most keys differ in their first byte. */
static bool same_key(const char *a, const char *b)
{
	return a[0] == b[0] && strcmp(a, b) == 0;
}

/* A mapping's own member; of equal keys the last. */
static const struct node_member *own_member(const struct node *mapping, const char *key)
{
	for (size_t i = mapping->length; i-- > 0;) {
		if (same_key(mapping->members[i].key, key))
			return &mapping->members[i];
	}
	return NULL;
}

/* From what `<<` names: a mapping, or a sequence of them, of which earlier ones win. */
static struct node *merged_member(const struct node *source, const char *key)
{
	struct node *value = NULL;

	if (source->kind == NODE_MAPPING)
		return node_get(source, key);
	if (source->kind != NODE_SEQUENCE)
		return NULL;
	for (size_t i = 0; i < source->length && !value; i++) {
		if (source->items[i]->kind == NODE_MAPPING)
			value = node_get(source->items[i], key);
	}
	return value;
}

/* Recursion ends: readers bound the depth of a tree, aliases included. */
struct node *node_get(const struct node *node, const char *key)
{
	const struct node_member *own;
	struct node *value = NULL;

	if (!node || node->kind != NODE_MAPPING)
		return NULL;
	own = own_member(node, key);
	if (own)
		return own->value;
	for (size_t i = node->length; i-- > 0 && !value;) {
		if (same_key(node->members[i].key, MERGE_KEY))
			value = merged_member(node->members[i].value, key);
	}
	return value;
}

static void index_merged(struct table *index, const struct node *source);

/* A member, unless its key is there already. */
static void index_member(struct table *index, const struct node_member *member)
{
	const char **key_kept;
	void **slot = table_slot(index, member->key, strlen(member->key), &key_kept);

	if (*slot)
		return;
	*key_kept = member->key;
	*slot = member->value;
}

/* From the end, since of equal keys the last counts; what is merged comes behind. */
static void index_members(struct table *index, const struct node *mapping)
{
	for (size_t i = mapping->length; i-- > 0;) {
		if (strcmp(mapping->members[i].key, MERGE_KEY) != 0)
			index_member(index, &mapping->members[i]);
	}
	for (size_t i = mapping->length; i-- > 0;) {
		if (strcmp(mapping->members[i].key, MERGE_KEY) == 0)
			index_merged(index, mapping->members[i].value);
	}
}

/* Recursion ends, as for node_get(). */
static void index_merged(struct table *index, const struct node *source)
{
	if (source->kind == NODE_MAPPING)
		index_members(index, source);
	for (size_t i = 0; source->kind == NODE_SEQUENCE && i < source->length; i++) {
		if (source->items[i]->kind == NODE_MAPPING)
			index_members(index, source->items[i]);
	}
}

struct table node_index(const struct node *mapping)
{
	struct table index = TABLE_INIT;

	index_members(&index, mapping);
	return index;
}

const char *node_text(const struct node *node, const char *key)
{
	const struct node *value = node_get(node, key);

	return node_is_scalar(value) ? value->text : "";
}

struct node **node_items(const struct node *node, const char *key, size_t *count)
{
	const struct node *value = node_get(node, key);
	bool found = value && value->kind == NODE_SEQUENCE;

	*count = found ? value->length : 0;
	return found ? value->items : NULL;
}

bool node_is_scalar(const struct node *node)
{
	return node && (node->kind == NODE_BOOLEAN || node->kind == NODE_NUMBER ||
			node->kind == NODE_STRING);
}
