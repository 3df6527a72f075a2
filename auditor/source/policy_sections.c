#include "source/policy_sections.h"

#define PATH_PARTS 32 /* most keys in the path of an image */
#define KEY_BYTES 63  /* of one of them, as model/field_rules.c follows it */

static void *new_items(const struct policy_reader *reader, const struct node *node,
		       size_t size)
{
	return arena_alloc(&reader->snapshot->arena, node->length * size);
}

static bool read_level(const struct policy_reader *reader,
		       const struct node_member *member, struct policy_level *level,
		       struct error *err)
{
	const char *text;

	if (!policy_check_name(reader, &member->key_place, "rule", member->key,
			       reader->rules, err) ||
	    !policy_read_text(reader, member->value, "a level", &text, err))
		return false;
	if (!level_parse(&level->level, text))
		return policy_fail(reader, &member->value->place, err,
				   "'%.40s' is no level: take error, warning, note or "
				   "none",
				   text);
	level->rule = arena_strdup(&reader->snapshot->arena, member->key);
	return true;
}

bool policy_levels_read(const struct policy_reader *reader, const struct node *mapping,
			struct error *err)
{
	struct policy *policy = &reader->snapshot->policy;

	if (!policy_check_once(reader, mapping, "levels", err))
		return false;
	policy->levels = new_items(reader, mapping, sizeof(*policy->levels));
	for (size_t i = 0; i < mapping->length; i++) {
		if (!read_level(reader, &mapping->members[i], &policy->levels[i], err))
			return false;
	}
	policy->level_count = mapping->length;
	return true;
}

bool policy_excluded_read(const struct policy_reader *reader, const struct node *list,
			  struct error *err)
{
	struct policy *policy = &reader->snapshot->policy;

	return policy_read_globs(reader, list, "exclude", &policy->excluded,
				 &policy->excluded_count, err);
}

static bool read_environment(const struct policy_reader *reader, const struct node *item,
			     struct policy_environment *environment, struct error *err)
{
	static const char *const keys[] = { "paths", "cluster", "namespace", NULL };
	const struct node *paths;

	if (!policy_check_keys(reader, item, "an environment", keys, err))
		return false;
	paths = node_get(item, "paths");
	if (!paths)
		return policy_fail(reader, &item->place, err, "'paths' is missing here");
	if (!policy_read_globs(reader, paths, "paths", &environment->paths,
			       &environment->path_count, err) ||
	    !policy_read_member(reader, item, "cluster", &environment->cluster, err) ||
	    !policy_read_member(reader, item, "namespace", &environment->namespace, err))
		return false;
	if (!environment->cluster[0] && !environment->namespace[0])
		return policy_fail(reader, &item->place, err,
				   "an environment says a cluster, a namespace or both");
	return true;
}

bool policy_environments_read(const struct policy_reader *reader, const struct node *list,
			      struct error *err)
{
	struct policy *policy = &reader->snapshot->policy;

	if (!policy_check_list(reader, list, "environments", err))
		return false;
	policy->environments = new_items(reader, list, sizeof(*policy->environments));
	for (size_t i = 0; i < list->length; i++) {
		if (!read_environment(reader, list->items[i], &policy->environments[i],
				      err))
			return false;
	}
	policy->environment_count = list->length;
	return true;
}

/*
 * The normal form of a prefix, by way of a reference that begins with it: two names more
 * behind a registry alone, since docker.io/x is docker.io/library/x.
 */
static bool read_prefix(const struct policy_reader *reader, const struct node *item,
			const char *key, const char **prefix, struct error *err)
{
	struct arena *arena = &reader->snapshot->arena;
	struct image_ref ref;
	struct error why = ERROR_INIT;
	const char *text, *end;
	size_t length;

	if (!policy_need_member(reader, item, key, &text, err))
		return false;
	length = strlen(text);
	length -= text[length - 1] == '/';
	text = arena_strndup(arena, text, length);
	if (!image_ref_begins_with_host(text))
		return policy_fail(reader, &node_get(item, key)->place, err,
				   "%s '%.80s' names no registry: write the whole of it, "
				   "such as docker.io/library",
				   key, text);
	end = strchr(text, '/') ? "/x" : "/x/x";
	if (!image_ref_parse(&ref, arena, arena_printf(arena, "%s%s", text, end), &why))
		return policy_fail(reader, &node_get(item, key)->place, err,
				   "%s '%.80s' is no registry and repository: %.120s",
				   key, text, why.text);
	text = arena_printf(arena, "%s/%s", ref.registry, ref.repository);
	*prefix = arena_strndup(arena, text, strlen(text) - strlen(end));
	return true;
}

static bool read_rewrite(const struct policy_reader *reader, const struct node *item,
			 struct policy_rewrite *rewrite, struct error *err)
{
	static const char *const keys[] = { "from", "to", NULL };

	return policy_check_keys(reader, item, "a rewrite", keys, err) &&
	       read_prefix(reader, item, "from", &rewrite->from, err) &&
	       read_prefix(reader, item, "to", &rewrite->to, err);
}

bool policy_rewrites_read(const struct policy_reader *reader, const struct node *list,
			  struct error *err)
{
	struct policy *policy = &reader->snapshot->policy;

	if (!policy_check_list(reader, list, "rewrites", err))
		return false;
	policy->rewrites = new_items(reader, list, sizeof(*policy->rewrites));
	for (size_t i = 0; i < list->length; i++) {
		if (!read_rewrite(reader, list->items[i], &policy->rewrites[i], err))
			return false;
	}
	policy->rewrite_count = list->length;
	return true;
}

/* One key of a path: "containers[]", "*", "image". */
static bool is_part(const char *part, size_t length)
{
	static const char of_key[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_-/$";

	if (length == 1 && part[0] == '*')
		return true;
	if (length > 2 && strncmp(part + length - 2, "[]", 2) == 0)
		length -= 2;
	return length > 0 && length <= KEY_BYTES && strspn(part, of_key) >= length;
}

/* "spec.containers[].image": the last part is the key of the image itself. */
static bool is_image_path(const char *path)
{
	size_t length = strcspn(path, "."), parts = 1;

	while (is_part(path, length) && path[length] == '.' && parts < PATH_PARTS) {
		path += length + 1;
		length = strcspn(path, ".");
		parts++;
	}
	return path[length] == '\0' && is_part(path, length) &&
	       strpbrk(path, "*[") == NULL;
}

static bool read_image_paths(const struct policy_reader *reader, const struct node *list,
			     struct policy_field *field, struct error *err)
{
	const char **images;

	if (!policy_check_list(reader, list, "images", err))
		return false;
	images = new_items(reader, list, sizeof(*images));
	for (size_t i = 0; i < list->length; i++) {
		const struct node *node = list->items[i];

		if (!policy_read_text(reader, node, "images", &images[i], err))
			return false;
		if (!is_image_path(images[i]))
			return policy_fail(
				reader, &node->place, err,
				"'%.80s' is no path of an image: write it like "
				"spec.containers[].image, where [] is each item "
				"and * each value",
				images[i]);
	}
	field->images = images;
	field->image_count = list->length;
	return true;
}

static bool read_field(const struct policy_reader *reader, const struct node *item,
		       struct policy_field *field, struct error *err)
{
	static const char *const keys[] = { "group", "kind", "images", NULL };
	const struct node *images;

	if (!policy_check_keys(reader, item, "a field rule", keys, err) ||
	    !policy_need_member(reader, item, "group", &field->api_group, err) ||
	    !policy_need_member(reader, item, "kind", &field->kind, err))
		return false;
	if (!strchr(field->api_group, '.') || strchr(field->api_group, '/'))
		return policy_fail(reader, &node_get(item, "group")->place, err,
				   "'%.80s' is no group of custom resources: write it "
				   "like example.com, without a version",
				   field->api_group);
	images = node_get(item, "images");
	if (!images)
		return policy_fail(reader, &item->place, err, "'images' is missing here");
	return read_image_paths(reader, images, field, err);
}

bool policy_fields_read(const struct policy_reader *reader, const struct node *list,
			struct error *err)
{
	struct policy *policy = &reader->snapshot->policy;

	if (!policy_check_list(reader, list, "fields", err))
		return false;
	policy->fields = new_items(reader, list, sizeof(*policy->fields));
	for (size_t i = 0; i < list->length; i++) {
		if (!read_field(reader, list->items[i], &policy->fields[i], err))
			return false;
	}
	policy->field_count = list->length;
	return true;
}
