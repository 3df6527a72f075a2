#include "source/policy_waivers.h"

static const char *const waiver_keys[] = { "rule",    "gap",       "path",   "paths",
					   "cluster", "namespace", "object", "container",
					   "image",   "reason",    "until",  NULL };

static bool read_id(const struct policy_reader *reader, const struct node *item,
		    struct waiver *waiver, struct error *err)
{
	const char *gaps[GAP_KIND_COUNT + 1] = { NULL };
	const struct node *rule = node_get(item, "rule"), *gap = node_get(item, "gap");
	const struct node *node = rule ? rule : gap;

	if (!rule == !gap)
		return policy_fail(reader, &item->place, err,
				   "a waiver names a rule or a gap, one of the two");
	for (size_t i = 0; i < GAP_KIND_COUNT; i++)
		gaps[i] = gap_name((enum gap_kind)i);
	waiver->of_gap = gap != NULL;
	return policy_read_text(reader, node, gap ? "gap" : "rule", &waiver->id, err) &&
	       policy_check_name(reader, &node->place, gap ? "gap" : "rule", waiver->id,
				 gap ? gaps : reader->rules, err);
}

/* A glob of the scope; "" where there is none. */
static bool read_glob(const struct policy_reader *reader, const struct node *item,
		      const char *key, const char **glob, struct error *err)
{
	const struct node *node = node_get(item, key);

	return policy_read_member(reader, item, key, glob, err) &&
	       (!node ||
		policy_check_glob(reader, node, *glob, strcmp(key, "path") == 0, err));
}

static bool has_scope(const struct waiver *waiver, const struct node *item)
{
	return waiver->path[0] || waiver->cluster[0] || waiver->namespace[0] ||
	       waiver->object[0] || waiver->container[0] || waiver->image[0] ||
	       node_get(item, "paths");
}

static bool read_scope(const struct policy_reader *reader, const struct node *item,
		       struct waiver *waiver, struct error *err)
{
	if (!read_glob(reader, item, "path", &waiver->path, err) ||
	    !read_glob(reader, item, "cluster", &waiver->cluster, err) ||
	    !read_glob(reader, item, "namespace", &waiver->namespace, err) ||
	    !read_glob(reader, item, "object", &waiver->object, err) ||
	    !read_glob(reader, item, "container", &waiver->container, err) ||
	    !read_glob(reader, item, "image", &waiver->image, err))
		return false;
	if (!has_scope(waiver, item))
		return policy_fail(reader, &item->place, err,
				   "a waiver has a scope: say paths, cluster, namespace, "
				   "object, container or image (paths: ['**'] is "
				   "every file, cluster: '*' whatever runs)");
	waiver->path = policy_place_glob(reader, waiver->path);
	if (waiver->path[0] && node_get(item, "paths"))
		return policy_fail(reader, &item->place, err,
				   "path and paths stand beside each other: keep paths");
	if (waiver->object[0] && !strchr(waiver->object, '/'))
		return policy_fail(reader, &node_get(item, "object")->place, err,
				   "an object is Kind/name, such as Deployment/web or "
				   "*/web");
	return true;
}

static bool read_until(const struct policy_reader *reader, const struct node *item,
		       struct waiver *waiver, struct error *err)
{
	struct error why = ERROR_INIT;

	if (!policy_need_member(reader, item, "until", &waiver->until_text, err))
		return false;
	return waiver_until_parse(&waiver->until, waiver->until_text,
				  reader->snapshot->observed_at, &why) ||
	       policy_fail(reader, &node_get(item, "until")->place, err, "until %s",
			   why.text);
}

/* A waiver for each path, so that one that is of no use is found alone. */
static bool add_by_paths(const struct policy_reader *reader, struct waiver *waiver,
			 const struct node *paths, struct error *err)
{
	const char *const *globs;
	size_t count;

	if (!policy_read_globs(reader, paths, "paths", &globs, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		waiver->path = globs[i];
		waiver->line = paths->items[i]->place.line;
		waiver->column = paths->items[i]->place.column;
		snapshot_add_waiver(reader->snapshot, waiver);
	}
	return true;
}

static bool read_waiver(const struct policy_reader *reader, const struct node *item,
			struct error *err)
{
	const struct policy *policy = &reader->snapshot->policy;
	struct waiver waiver = {
		.file = policy->file,
		.in_tree = policy->in_tree,
		.line = item->place.line,
		.column = item->place.column,
	};
	const struct node *paths;

	if (!policy_check_keys(reader, item, "a waiver", waiver_keys, err) ||
	    !read_id(reader, item, &waiver, err) ||
	    !read_scope(reader, item, &waiver, err) ||
	    !policy_need_member(reader, item, "reason", &waiver.reason, err) ||
	    !read_until(reader, item, &waiver, err))
		return false;
	paths = node_get(item, "paths");
	if (paths)
		return add_by_paths(reader, &waiver, paths, err);
	snapshot_add_waiver(reader->snapshot, &waiver);
	return true;
}

bool policy_waivers_read(const struct policy_reader *reader, const struct node *list,
			 struct error *err)
{
	if (!policy_check_list(reader, list, "waivers", err))
		return false;
	for (size_t i = 0; i < list->length; i++) {
		if (!read_waiver(reader, list->items[i], err))
			return false;
		if (reader->snapshot->waiver_count > POLICY_ITEMS)
			return policy_fail(reader, &list->place, err,
					   "there are more than %d waivers",
					   POLICY_ITEMS);
	}
	return true;
}
