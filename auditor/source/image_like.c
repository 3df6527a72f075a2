#include "source/image_like.h"

#include "model/workload.h"

#include <strings.h>

#define MERGE_KEY "<<" /* https://yaml.org/type/merge.html */

/* What is looked for, and where not. */
struct search {
	const struct table *seen;
	enum likeness likeness;
	struct arena arena; /* of what is read only to be looked at */
};

/* What a key says of its value. */
enum key_kind {
	KEY_OTHER,
	KEY_HOLDS_IMAGE, /* the word is somewhere in it: imageName, images */
	KEY_ENDS_IN_IMAGE,
	KEY_IS_IMAGE,
};

void image_like_see(struct table *seen, struct arena *arena, const struct node *node)
{
	const struct node **pointer = arena_alloc(arena, sizeof(*pointer));
	const char **key_kept;
	void **slot;

	*pointer = node; /* its own bytes are the key */
	slot = table_slot(seen, (const char *)pointer, sizeof(node), &key_kept);
	*key_kept = (const char *)pointer;
	*slot = seen;
}

static bool is_seen(const struct search *search, const struct node *node)
{
	return table_find(search->seen, (const char *)&node, sizeof(node)) != NULL;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcasecmp(text + length - end_length, end) == 0;
}

/* Whether a word in small letters stands in a key, in letters of any size. */
static bool holds_word(const char *key, const char *word)
{
	size_t length = strlen(word);

	for (; *key; key++) {
		if ((*key | 0x20) == word[0] && strncasecmp(key, word, length) == 0)
			return true;
	}
	return false;
}

/* What has this key is never an image. */
static bool is_apart(const char *key)
{
	static const char *const keys[] = {
		"labels",   "annotations",  "matchLabels",
		"selector", "nodeSelector", "openAPIV3Schema"
	};

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (key[0] == keys[i][0] && strcmp(key, keys[i]) == 0)
			return true;
	}
	return holds_word(key, "registr"); /* "localhost:5000" */
}

static enum key_kind kind_of(const char *key)
{
	if (strcmp(key, "image") == 0)
		return KEY_IS_IMAGE;
	if (ends_with(key, "Image"))
		return KEY_ENDS_IN_IMAGE;
	return holds_word(key, "image") ? KEY_HOLDS_IMAGE : KEY_OTHER;
}

static bool has_member(const struct node *mapping, const char *const *keys)
{
	for (; *keys; keys++) {
		if (node_text(mapping, *keys)[0])
			return true;
	}
	return false;
}

/* Whether a text is a reference, and how much of one. */
static bool is_reference(struct search *search, const struct node *scalar,
			 enum key_kind kind)
{
	struct container_image image = { 0 };

	container_image_read(&image, &search->arena, scalar->text);
	if (search->likeness == LIKENESS_ANY && image.state == REFERENCE_PLACEHOLDER)
		return kind == KEY_IS_IMAGE;
	if (image.state != REFERENCE_OK)
		return false;
	if (image.ref.tag[0] || digest_known(&image.ref.digest))
		return true;
	/* A plain word under another key is more likely a name of something else. */
	return search->likeness == LIKENESS_ANY &&
	       (kind == KEY_IS_IMAGE ||
		(kind == KEY_ENDS_IN_IMAGE && strchr(scalar->text, '/')));
}

/* { repository: a/b, tag: v1 } beneath a key for an image; NULL: it is none. */
static const struct node *name_of_parts(const struct node *mapping)
{
	static const char *const names[] = { "repository", "repo", "name", NULL };
	static const char *const versions[] = { "tag", "digest", "version", "sha", NULL };

	for (size_t i = 0; names[i] && has_member(mapping, versions); i++) {
		if (node_text(mapping, names[i])[0])
			return node_get(mapping, names[i]);
	}
	return NULL;
}

/* Of a list or mapping beneath a key for images: what it holds itself. */
static const struct node *find_held(struct search *search, const struct node *holder)
{
	const struct node *name = name_of_parts(holder);

	if (name)
		return is_seen(search, name) ? NULL : name;
	for (size_t i = 0; i < holder->length; i++) {
		bool listed = holder->kind == NODE_SEQUENCE;
		const struct node *value =
			listed ? holder->items[i] : holder->members[i].value;

		if (node_is_scalar(value) && !is_seen(search, value) &&
		    (listed || !is_apart(holder->members[i].key)) &&
		    is_reference(search, value, KEY_HOLDS_IMAGE))
			return value;
	}
	return NULL;
}

/* Whether a mapping has a part of an image that is its tag: imageTag: v1 */
static bool has_tag_part(const struct node *mapping)
{
	for (size_t i = 0; i < mapping->length; i++) {
		const struct node_member *member = &mapping->members[i];

		if (kind_of(member->key) != KEY_OTHER && ends_with(member->key, "tag") &&
		    node_is_scalar(member->value) && member->value->text[0])
			return true;
	}
	return false;
}

/* imageRepository: a/b */
static bool is_name_part(const char *key)
{
	return ends_with(key, "repository") || ends_with(key, "name");
}

/* What a member says itself; `tagged`: whether its mapping has a tag part. */
static const struct node *find_named(struct search *search,
				     const struct node_member *member, bool tagged)
{
	enum key_kind kind = kind_of(member->key);
	const struct node *value = member->value;

	if (kind == KEY_OTHER || is_seen(search, value))
		return NULL;
	if (value->kind >= NODE_SEQUENCE)
		return find_held(search, value);
	if (!node_is_scalar(value))
		return NULL;
	return is_reference(search, value, kind) || (tagged && is_name_part(member->key))
		       ? value
		       : NULL;
}

/* OpenShift's ObjectReference: { kind: DockerImage, name: a/b:1 } */
static const struct node *find_docker_image(const struct search *search,
					    const struct node *mapping)
{
	const struct node *name = node_get(mapping, "name");

	return strcmp(node_text(mapping, "kind"), "DockerImage") == 0 &&
			       node_is_scalar(name) && !is_seen(search, name)
		       ? name
		       : NULL;
}

static const struct node *find(struct search *search, const struct node *node);

static const struct node *find_in_mapping(struct search *search,
					  const struct node *mapping)
{
	CLEANUP(table_release) struct table members = TABLE_INIT;
	const struct node *found = find_docker_image(search, mapping);
	bool tagged = has_tag_part(mapping);

	for (size_t i = 0; i < mapping->length && !found; i++) {
		const struct node_member *member = &mapping->members[i];

		if (is_apart(member->key))
			continue;
		found = find_named(search, member, tagged);
		if (!found)
			found = find(search, member->value);
		if (found && members.count == 0)
			members = node_index(mapping);
		if (found && strcmp(member->key, MERGE_KEY) != 0 &&
		    table_find(&members, member->key, strlen(member->key)) !=
			    member->value)
			found = NULL; /* of equal keys the last counts */
	}
	return found;
}

static const struct node *find(struct search *search, const struct node *node)
{
	const struct node *found = NULL;

	if (is_seen(search, node))
		return NULL;
	for (size_t i = 0; node->kind == NODE_SEQUENCE && i < node->length && !found; i++)
		found = find(search, node->items[i]);
	if (node->kind == NODE_MAPPING)
		found = find_in_mapping(search, node);
	return found;
}

const struct node *image_like_find(const struct node *node, const struct table *seen,
				   enum likeness likeness)
{
	struct search search = { seen, likeness, ARENA_INIT };
	const struct node *found = find(&search, node);

	arena_release(&search.arena);
	return found;
}
