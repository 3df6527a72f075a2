#include "source/kustomize_build.h"

#include "model/workload.h"
#include "source/kustomize_effects.h"
#include "source/kustomize_image.h"

#define DEPTH 32     /* most kustomizations, one above the other */
#define ENTRIES 1000 /* most `images` entries of a kustomization */
#define USES 20000   /* most uses of one build */
#define FIELD_BYTES 1000

/* The lists of files and folders, in kustomize's order. */
static const char *const list_keys[] = { "resources", "bases", "components" };

/* An entry, and where it stands. */
struct entry {
	struct kustomize_image image;
	const struct node *node;
	const char *field; /* "images[0]" */
};

static bool fail(struct kustomize_build *build, const struct kustomize_file *in,
		 const char *problem)
{
	build->problem = problem;
	build->problem_in = in;
	return false;
}

static struct arena *texts(const struct kustomize_build *build)
{
	return &build->tree->snapshot->arena;
}

static void reach(struct kustomize_build *build, struct kustomize_file *file)
{
	build->reached = array_grow(build->reached, build->reached_count,
				    sizeof(struct kustomize_file *));
	build->reached[build->reached_count++] = file;
}

static struct overlay *overlay_new(struct kustomize_build *build, const char *dropped_pin)
{
	struct overlay *overlay = arena_alloc(texts(build), sizeof(*overlay));

	overlay->path = build->reached[0]->at.path;
	overlay->dropped_pin = dropped_pin;
	return overlay;
}

static bool add_uses(struct kustomize_build *build, const struct kustomize_file *in,
		     const struct kustomize_file *resource)
{
	const struct snapshot *part = &resource->part;
	const struct overlay *overlay = overlay_new(build, "");

	for (size_t i = 0; i < part->declared_count; i++) {
		struct declared_use use = part->declared[i];

		if (!use.object.name[0])
			return fail(build, in,
				    arena_printf(texts(build), "%s:%u has no name",
						 use.file, (unsigned)use.line));
		if (build->use_count == USES)
			return fail(build, in, "more than 20,000 images");
		use.overlay = overlay;
		build->uses = array_grow(build->uses, build->use_count, sizeof(use));
		build->uses[build->use_count++] = use;
	}
	return true;
}

static bool fail_file(struct kustomize_build *build, const struct kustomize_file *in,
		      const char *entry, const char *problem)
{
	return fail(build, in, arena_printf(texts(build), "'%s': %s", entry, problem));
}

static bool build_resource(struct kustomize_build *build, const struct kustomize_file *in,
			   const char *entry, const struct kustomize_name *at)
{
	struct kustomize_file *resource;

	if (kustomize_is_named(at->path))
		return fail_file(build, in, entry,
				 "a kustomization is named by its folder");
	resource = kustomize_tree_resource(build->tree, at);
	reach(build, resource);
	if (resource->problem)
		return fail_file(build, in, entry, resource->problem);
	return add_uses(build, in, resource);
}

static bool build_kustomization(struct kustomize_build *build,
				struct kustomize_file *file, size_t first);

static bool build_folder(struct kustomize_build *build, const struct kustomize_file *in,
			 const char *entry, struct kustomize_file *file, bool component,
			 size_t first)
{
	bool is_component = strcmp(node_text(file->document, "kind"), "Component") == 0;
	bool ok;

	if (file->problem)
		return fail_file(build, in, entry, file->problem);
	if (is_component != component)
		return fail_file(build, in, entry,
				 component ? "it is no component" : "it is a component");
	if (file->busy || build->depth == DEPTH)
		return fail_file(build, in, entry,
				 file->busy ? "it leads back to itself"
					    : "more than 32 kustomizations deep");
	build->depth++;
	ok = build_kustomization(build, file, component ? first : build->use_count);
	build->depth--;
	return ok;
}

static bool build_entry(struct kustomize_build *build, const struct kustomize_file *in,
			const struct node *node, bool component, size_t first)
{
	struct kustomize_name folder = kustomize_folder_of(&in->at, texts(build));
	struct kustomize_name at;
	struct kustomize_file *file;

	if (!node_is_scalar(node) || !node->text[0] || strlen(node->text) != node->length)
		return fail(build, in, "an entry is no path");
	if (++*build->visits > KUSTOMIZE_VISITS)
		return fail(build, in, "more than 100,000 files in all");
	build->by_fields = kustomize_is_remote(node->text);
	if (build->by_fields || node->text[0] == '/')
		return fail_file(build, in, node->text, "it is no local path");
	at = kustomize_join(&folder, node->text, texts(build));
	file = kustomize_tree_folder(build->tree, &at);
	if (file)
		return build_folder(build, in, node->text, file, component, first);
	if (component)
		return fail_file(build, in, node->text,
				 "no kustomization in such a folder");
	return build_resource(build, in, node->text, &at);
}

/* A failure in the file itself is one at its line. */
static bool build_item(struct kustomize_build *build, const struct kustomize_file *in,
		       const struct node *node, bool component, size_t first)
{
	if (build_entry(build, in, node, component, first))
		return true;
	if (build->problem_in == in && !build->by_fields)
		build->line = node->place.line;
	return false;
}

static bool build_list(struct kustomize_build *build, const struct kustomize_file *file,
		       const char *key, size_t first)
{
	const struct node *list = node_get(file->document, key);
	bool component = strcmp(key, "components") == 0;

	if (!list || list->kind == NODE_NULL)
		return true;
	if (list->kind != NODE_SEQUENCE)
		return fail(build, file,
			    arena_printf(texts(build), "its %s: no list", key));
	for (size_t i = 0; i < list->length; i++) {
		if (!build_item(build, file, list->items[i], component, first))
			return false;
	}
	return true;
}

/* A text that is copied: nodes do not live as long as what is declared. */
static const char *text_of(struct kustomize_build *build, const struct node *node,
			   const char *key)
{
	return arena_strdup(texts(build), node_text(node, key));
}

static struct entry read_entry(struct kustomize_build *build, const struct node *node,
			       size_t number)
{
	return (struct entry){
		.image = { .name = text_of(build, node, "name"),
			   .new_name = text_of(build, node, "newName"),
			   .new_tag = text_of(build, node, "newTag"),
			   .digest = text_of(build, node, "digest"),
			   .tag_suffix = text_of(build, node, "tagSuffix") },
		.node = node,
		.field = arena_printf(texts(build), "images[%zu]", number),
	};
}

/* The text that decides which image runs: the base's own where only the name is new. */
static const struct node *deciding_node(const struct entry *entry)
{
	static const char *const keys[] = { "digest", "newTag" };

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (node_text(entry->node, keys[i])[0])
			return node_get(entry->node, keys[i]);
	}
	return NULL;
}

static void move_place(struct declared_use *use, const struct kustomize_file *file,
		       const struct entry *entry)
{
	const struct node *node = deciding_node(entry);

	use->composed = true;
	if (!node)
		return;
	use->file = file->at.name;
	use->path = file->at.path;
	use->line = node->place.line;
	use->column = node->place.column;
	use->begin = node->place.begin;
	use->end = node->place.end;
	use->duplicate_line = 0;
}

static void change_image(struct kustomize_build *build, struct declared_use *use,
			 const struct kustomize_file *file, const struct entry *entry)
{
	bool was_pinned = strchr(use->image.text, '@') != NULL;
	const char *text =
		kustomize_image_apply(&entry->image, use->image.text, texts(build));
	bool pinned = strchr(text, '@') != NULL;

	if (strcmp(text, use->image.text) == 0 && !deciding_node(entry))
		return;
	if (was_pinned && !pinned)
		use->overlay =
			overlay_new(build, arena_printf(texts(build), "%s:%u", use->file,
							(unsigned)use->line));
	else if (pinned && use->overlay->dropped_pin[0])
		use->overlay = overlay_new(build, "");
	container_image_read(&use->image, texts(build), text);
	move_place(use, file, entry);
}

/* Whether a field's path ends in an item of `list` and `rest`: "x.list[0].rest". */
static bool is_item_of(const char *field, const char *list, const char *rest)
{
	const char *bracket = strrchr(field, '[');
	size_t length = strlen(list);
	const char *start;

	if (!bracket || (size_t)(bracket - field) < length)
		return false;
	start = bracket - length;
	if (memcmp(start, list, length) != 0 || (start > field && start[-1] != '.'))
		return false;
	bracket = strchr(bracket, ']');
	return bracket && strcmp(bracket + 1, rest) == 0;
}

enum reachable { REACHED_BY_NONE, REACHED_BY_ALL, REACHED_BY_SOME };

/*
 * The fields that kustomize changes (kustomize: api/filters/imagetag/legacy.go).  Those
 * of image volumes are changed by its newer versions alone.
 */
static enum reachable reachable(const struct declared_use *use)
{
	if (use->overrides)
		return REACHED_BY_NONE;
	if (is_item_of(use->field, "containers", ".image") ||
	    is_item_of(use->field, "initContainers", ".image"))
		return REACHED_BY_ALL;
	return use->image.class == CLASS_IMAGE_VOLUME ? REACHED_BY_SOME : REACHED_BY_NONE;
}

/* Why what an entry makes of a use that it matches is not known; NULL where it is. */
static const char *doubt(const struct kustomize_image *entry, enum reachable reached)
{
	if (reached == REACHED_BY_SOME)
		return "versions of kustomize differ in whether image volumes change";
	/* kubernetes-sigs/kustomize#4814: most versions add it twice. */
	if (entry->tag_suffix[0] && !entry->new_tag[0] && !entry->digest[0])
		return "versions of kustomize differ in how often a tagSuffix is added";
	return NULL;
}

static bool apply_entry(struct kustomize_build *build, const struct kustomize_file *file,
			const struct entry *entry, size_t first)
{
	const char *problem;

	if (!kustomize_image_is_plain(&entry->image))
		return fail(build, file,
			    arena_printf(texts(build),
					 "its %s: the name is a regular expression",
					 entry->field));
	for (size_t i = first; i < build->use_count; i++) {
		struct declared_use *use = &build->uses[i];
		enum reachable reached = reachable(use);

		if (reached == REACHED_BY_NONE ||
		    !kustomize_image_matches(&entry->image, use->image.text))
			continue;
		problem = doubt(&entry->image, reached);
		if (problem)
			return fail(build, file,
				    arena_printf(texts(build), "its %s: %s", entry->field,
						 problem));
		change_image(build, use, file, entry);
	}
	return true;
}

static bool apply_images(struct kustomize_build *build, const struct kustomize_file *file,
			 size_t first)
{
	const struct node *list = node_get(file->document, "images");

	if (!list || list->kind == NODE_NULL)
		return true;
	if (list->kind != NODE_SEQUENCE || list->length > ENTRIES)
		return fail(build, file, "its images: no list of up to 1,000");
	for (size_t i = 0; i < list->length; i++) {
		struct entry entry = read_entry(build, list->items[i], i);

		if (!apply_entry(build, file, &entry, first))
			return false;
	}
	return true;
}

static void apply_names(struct kustomize_build *build, const struct kustomize_file *file,
			size_t first)
{
	const char *namespace = text_of(build, file->document, "namespace");
	const char *prefix = node_text(file->document, "namePrefix");
	const char *suffix = node_text(file->document, "nameSuffix");

	for (size_t i = first; i < build->use_count; i++) {
		struct declared_use *use = &build->uses[i];

		if (namespace[0])
			use->namespace = namespace;
		if (prefix[0] || suffix[0])
			use->object.name = arena_printf(texts(build), "%s%s%s", prefix,
							use->object.name, suffix);
	}
}

static bool is_evaluated(const char *key)
{
	static const char *const keys[] = { "images", "namePrefix", "nameSuffix" };

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (strcmp(keys[i], key) == 0)
			return true;
	}
	return false;
}

static void list_unevaluated(struct buf *fields, struct kustomize_tree *tree,
			     const struct kustomize_file *file)
{
	struct node rest = *file->document;
	struct kube_file reader = { .snapshot = tree->snapshot,
				    .name = file->at.name,
				    .path = file->at.path };

	rest.members =
		arena_alloc(&tree->nodes, (rest.length + 1) * sizeof(*rest.members));
	rest.length = 0;
	for (size_t i = 0; i < file->document->length; i++) {
		if (!is_evaluated(file->document->members[i].key))
			rest.members[rest.length++] = file->document->members[i];
	}
	kustomize_effects_list(fields, &reader, &rest);
}

static bool check_fields(struct kustomize_build *build, const struct kustomize_file *file)
{
	CLEANUP(buf_release) struct buf fields = BUF_INIT(FIELD_BYTES);
	const char *kind = node_text(file->document, "kind");

	if (kind[0] && strcmp(kind, "Kustomization") != 0 &&
	    strcmp(kind, "Component") != 0)
		return fail(build, file, "its kind is not known");
	list_unevaluated(&fields, build->tree, file);
	if (fields.length == 0 && !fields.overflowed)
		return true;
	build->by_fields = true;
	return fail(build, file,
		    arena_printf(texts(build), "its %s: change what is deployed",
				 fields.overflowed ? "fields" : buf_text(&fields)));
}

/* `first`: of the uses that its changes are for.  Recursion is as deep as DEPTH. */
static bool build_kustomization(struct kustomize_build *build,
				struct kustomize_file *file, size_t first)
{
	bool ok = true;

	reach(build, file);
	if (!check_fields(build, file))
		return false;
	file->busy = true;
	for (size_t i = 0; ok && i < ARRAY_LENGTH(list_keys); i++)
		ok = build_list(build, file, list_keys[i], first);
	ok = ok && apply_images(build, file, first);
	file->busy = false;
	if (ok)
		apply_names(build, file, first);
	return ok;
}

/* A template of one, which a tool completes, may have entries alone. */
static bool names_files(const struct node *document)
{
	for (size_t i = 0; i < ARRAY_LENGTH(list_keys); i++) {
		const struct node *list = node_get(document, list_keys[i]);

		if (list && list->kind >= NODE_SEQUENCE && list->length > 0)
			return true;
	}
	return false;
}

bool kustomize_build_run(struct kustomize_build *build, struct kustomize_file *top)
{
	if (top->problem)
		return fail(build, top, top->problem);
	if (!names_files(top->document)) {
		build->by_fields = true;
		return fail(build, top, "it names no files");
	}
	return build_kustomization(build, top, 0);
}

void kustomize_build_release(struct kustomize_build *build)
{
	free(build->uses);
	free(build->reached);
	build->uses = NULL;
	build->reached = NULL;
}

static void let_entry_stand(struct kustomize_tree *tree,
			    const struct kustomize_name *folder, const struct node *node)
{
	struct kustomize_name at;
	struct kustomize_file *file;

	if (!node_is_scalar(node) || kustomize_is_remote(node->text))
		return;
	at = kustomize_join(folder, node->text, &tree->snapshot->arena);
	file = kustomize_tree_folder(tree, &at);
	if (!file && !kustomize_is_named(at.path))
		file = kustomize_tree_resource(tree, &at);
	if (file)
		file->stands = true;
}

void kustomize_let_stand(struct kustomize_tree *tree, const struct kustomize_file *file)
{
	struct kustomize_name folder =
		kustomize_folder_of(&file->at, &tree->snapshot->arena);

	for (size_t k = 0; k < ARRAY_LENGTH(list_keys); k++) {
		size_t count;
		struct node **items = node_items(file->document, list_keys[k], &count);

		for (size_t i = 0; i < count && i < KUSTOMIZE_VISITS; i++)
			let_entry_stand(tree, &folder, items[i]);
	}
}
