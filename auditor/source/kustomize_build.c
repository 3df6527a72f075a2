#include "source/kustomize_build.h"

#include "model/workload.h"

#define DEPTH 32     /* most kustomizations, one above the other */
#define USES 20000   /* most uses of one build */
#define SORT_WORK 16 /* what it takes to sort one of them */

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

/* False where all builds together have had enough: overlays multiply what is small. */
static bool spend(struct kustomize_build *build, const struct kustomize_file *in,
		  size_t bytes)
{
	build->yield->work += bytes;
	return build->yield->work <= KUSTOMIZE_WORK ||
	       fail(build, in, "more than 64 MiB of what is built in all");
}

static void reach(struct kustomize_build *build, struct kustomize_file *file)
{
	build->reached = array_grow(build->reached, build->reached_count,
				    sizeof(struct kustomize_file *));
	build->reached[build->reached_count++] = file;
}

static const struct overlay *overlay_new(const struct kustomize_build *build,
					 const char *path, const char *dropped_pin)
{
	struct overlay *overlay = arena_alloc(texts(build), sizeof(*overlay));

	overlay->path = path;
	overlay->dropped_pin = dropped_pin;
	return overlay;
}

static bool add_uses(struct kustomize_build *build, const struct kustomize_file *in,
		     const struct kustomize_file *resource)
{
	struct kustomize_yield *yield = build->yield;

	for (size_t i = 0; i < resource->use_count; i++) {
		struct declared_use use = resource->uses[i];

		if (!use.object.name[0])
			return fail(build, in,
				    arena_printf(texts(build), "%s:%u has no name",
						 use.file, (unsigned)use.line));
		if (yield->use_count - build->first_use == USES)
			return fail(build, in, "more than 20,000 images");
		if (!spend(build, in, sizeof(use)))
			return false;
		use.overlay = build->overlay;
		yield->uses = array_grow(yield->uses, yield->use_count, sizeof(use));
		yield->uses[yield->use_count++] = use;
	}
	return true;
}

static bool fail_file(struct kustomize_build *build, const struct kustomize_file *in,
		      const char *entry, const char *problem)
{
	return fail(build, in, arena_printf(texts(build), "'%s': %s", entry, problem));
}

static bool build_resource(struct kustomize_build *build, const struct kustomize_file *in,
			   const char *entry, struct kustomize_file *resource)
{
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
	bool ok;

	if (file->problem)
		return fail_file(build, in, entry, file->problem);
	if (kustomization_is_component(file->kustomization) != component)
		return fail_file(build, in, entry,
				 component ? "it is no component" : "it is a component");
	if (file->busy || build->depth == DEPTH)
		return fail_file(build, in, entry,
				 file->busy ? "it leads back to itself"
					    : "more than 32 kustomizations deep");
	build->depth++;
	ok = build_kustomization(build, file,
				 component ? first : build->yield->use_count);
	build->depth--;
	return ok;
}

static bool build_entry(struct kustomize_build *build, const struct kustomize_file *in,
			struct kustomization_entry *entry, bool component, size_t first)
{
	struct kustomize_file *file;

	if (!entry->is_path)
		return fail(build, in, "an entry is no path");
	if (++build->yield->visits > KUSTOMIZE_VISITS)
		return fail(build, in, "more than 100,000 files in all");
	build->by_fields = entry->is_remote;
	if (build->by_fields || entry->text[0] == '/')
		return fail_file(build, in, entry->text, "it is no local path");
	file = kustomize_tree_find(build->tree, in, entry);
	if (file && file->kustomization)
		return build_folder(build, in, entry->text, file, component, first);
	if (component)
		return fail_file(build, in, entry->text,
				 "no kustomization in such a folder");
	if (!file)
		return fail_file(build, in, entry->text,
				 "a kustomization is named by its folder");
	return build_resource(build, in, entry->text, file);
}

/* A failure in the file itself is one at its line. */
static bool build_item(struct kustomize_build *build, const struct kustomize_file *in,
		       struct kustomization_entry *entry, bool component, size_t first)
{
	if (build_entry(build, in, entry, component, first))
		return true;
	if (build->problem_in == in && !build->by_fields)
		build->line = entry->line;
	return false;
}

static bool build_list(struct kustomize_build *build, const struct kustomize_file *file,
		       size_t number, size_t first)
{
	const struct kustomization_list *list = &file->kustomization->lists[number];
	bool component = number == KUSTOMIZATION_LISTS - 1;

	if (list->is_other)
		return fail(build, file,
			    arena_printf(texts(build), "its %s: no list",
					 kustomization_lists[number]));
	for (size_t i = 0; i < list->count; i++) {
		if (!build_item(build, file, &list->items[i], component, first))
			return false;
	}
	return true;
}

static void move_place(struct declared_use *use, const struct kustomize_file *file,
		       const struct node_place *place)
{
	use->composed = true;
	if (place->line == 0)
		return;
	use->file = file->name;
	use->path = file->path;
	use->line = place->line;
	use->column = place->column;
	use->begin = place->begin;
	use->end = place->end;
	use->duplicate_line = 0;
}

/* Bytes that a change copies: both texts, a few times. */
static size_t change_size(const struct declared_use *use,
			  const struct kustomize_image *entry)
{
	return 4 * (strlen(use->image.text) + strlen(entry->new_name) +
		    strlen(entry->new_tag) + strlen(entry->digest));
}

static bool change_image(struct kustomize_build *build, struct declared_use *use,
			 const struct kustomize_file *file,
			 const struct kustomization_image *entry)
{
	bool was_pinned = strchr(use->image.text, '@') != NULL;
	const char *text;
	bool pinned;

	if (!spend(build, file, change_size(use, &entry->image)))
		return false;
	text = kustomize_image_apply(&entry->image, use->image.text, texts(build));
	pinned = strchr(text, '@') != NULL;
	if (strcmp(text, use->image.text) == 0 && entry->place.line == 0)
		return true;
	if (was_pinned && !pinned)
		use->overlay = overlay_new(build, build->overlay->path,
					   arena_printf(texts(build), "%s:%u", use->file,
							(unsigned)use->line));
	else if (pinned)
		use->overlay = build->overlay;
	container_image_read(&use->image, texts(build), text);
	move_place(use, file, &entry->place);
	return true;
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

/* Why an entry of `images` cannot be evaluated. */
static bool fail_image(struct kustomize_build *build, const struct kustomize_file *file,
		       size_t number, const char *problem)
{
	return fail(build, file,
		    arena_printf(texts(build), "its images[%zu]: %s", number, problem));
}

static bool apply_image(struct kustomize_build *build, const struct kustomize_file *file,
			size_t number, size_t first)
{
	const struct kustomization_image *entry = &file->kustomization->images[number];
	const char *problem;

	if (!kustomize_image_is_plain(&entry->image))
		return fail_image(build, file, number,
				  "the name is a regular expression");
	if (!spend(build, file,
		   (build->yield->use_count - first) *
			   (strlen(entry->image.name) / 16 + 1)))
		return false;
	for (size_t i = first; i < build->yield->use_count; i++) {
		struct declared_use *use = &build->yield->uses[i];
		enum reachable reached = reachable(use);

		if (reached == REACHED_BY_NONE ||
		    !kustomize_image_matches(&entry->image, use->image.text))
			continue;
		problem = doubt(&entry->image, reached);
		if (problem)
			return fail_image(build, file, number, problem);
		if (!change_image(build, use, file, entry))
			return false;
	}
	return true;
}

static bool apply_images(struct kustomize_build *build, const struct kustomize_file *file,
			 size_t first)
{
	if (file->kustomization->images_unread)
		return fail(build, file, "its images: no list of up to 1,000");
	for (size_t i = 0; i < file->kustomization->image_count; i++) {
		if (!apply_image(build, file, i, first))
			return false;
	}
	return true;
}

static bool apply_names(struct kustomize_build *build, const struct kustomize_file *file,
			size_t first)
{
	const struct kustomization *kustomization = file->kustomization;
	const char *prefix = kustomization->name_prefix;
	const char *suffix = kustomization->name_suffix;
	size_t added = strlen(prefix) + strlen(suffix);

	for (size_t i = first; i < build->yield->use_count; i++) {
		struct declared_use *use = &build->yield->uses[i];

		if (kustomization->namespace[0])
			use->namespace = kustomization->namespace;
		if (added == 0)
			continue;
		if (!spend(build, file, strlen(use->object.name) + added))
			return false;
		use->object.name = arena_printf(texts(build), "%s%s%s", prefix,
						use->object.name, suffix);
	}
	return true;
}

static bool check_fields(struct kustomize_build *build, const struct kustomize_file *file)
{
	const char *kind = file->kustomization->kind;

	if (kind[0] && strcmp(kind, "Kustomization") != 0 &&
	    strcmp(kind, "Component") != 0)
		return fail(build, file, "its kind is not known");
	build->by_fields = file->kustomization->unevaluated[0] != '\0';
	return !build->by_fields ||
	       fail(build, file,
		    arena_printf(texts(build), "its %s: change what is deployed",
				 file->kustomization->unevaluated));
}

static const char *namespace_of(const struct declared_use *use)
{
	return use->namespace[0] ? use->namespace : "default";
}

/*
 * In order of what kustomize knows objects by, and of an object's fields.  The versions
 * in their apiVersion, by which it knows them too, hardly ever differ.
 */
static int compare_uses(const void *a, const void *b)
{
	const struct declared_use *use = *(const struct declared_use *const *)a;
	const struct declared_use *other = *(const struct declared_use *const *)b;
	int order = object_id_compare(&use->object, &other->object);

	if (order == 0)
		order = strcmp(namespace_of(use), namespace_of(other));
	return order ? order : strcmp(use->field, other->field);
}

/* kustomize takes no object twice (kustomize: api/resmap/reswrangler.go, Append()). */
static bool check_objects(struct kustomize_build *build,
			  const struct kustomize_file *file, size_t first)
{
	size_t count = build->yield->use_count - first;
	const struct declared_use **sorted CLEANUP(free_pointer) = NULL;

	if (!spend(build, file, count * SORT_WORK))
		return false;
	sorted = xmalloc(count * sizeof(struct declared_use *));
	for (size_t i = 0; i < count; i++)
		sorted[i] = &build->yield->uses[first + i];
	qsort(sorted, count, sizeof(struct declared_use *), compare_uses);
	for (size_t i = 1; i < count; i++) {
		const struct object_id *object = &sorted[i]->object;

		if (compare_uses(&sorted[i - 1], &sorted[i]) == 0)
			return fail(build, file,
				    arena_printf(texts(build), "%s %s is in it twice",
						 object->kind, object->name));
	}
	return true;
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
	for (size_t i = 0; ok && i < KUSTOMIZATION_LISTS; i++)
		ok = build_list(build, file, i, first);
	ok = ok && apply_images(build, file, first);
	file->busy = false;
	build->has_patches |= file->kustomization->has_patches;
	return ok && apply_names(build, file, first) && check_objects(build, file, first);
}

/*
 * Objects that are only for kustomize and the like are left out in the end (kustomize:
 * api/internal/target/kusttarget.go, IgnoreLocal()).
 */
static bool drop_local(struct kustomize_build *build, const struct kustomize_file *top)
{
	struct kustomize_yield *yield = build->yield;
	size_t kept = build->first_use;

	for (size_t i = kept; i < yield->use_count; i++) {
		if (!yield->uses[i].local)
			yield->uses[kept++] = yield->uses[i];
	}
	if (kept < yield->use_count && build->has_patches)
		return fail(build, top, "its patches may be for what is local-config");
	yield->use_count = kept;
	return true;
}

bool kustomize_build_run(struct kustomize_build *build, struct kustomize_file *top)
{
	struct kustomize_yield *yield = build->yield;
	bool ok;

	if (top->problem)
		return fail(build, top, top->problem);
	if (!kustomization_names_files(top->kustomization)) {
		build->by_fields = true;
		return fail(build, top, "it names no files");
	}
	build->overlay = overlay_new(build, top->path, "");
	build->first_use = yield->use_count;
	ok = build_kustomization(build, top, yield->use_count) && drop_local(build, top);
	if (!ok)
		yield->use_count = build->first_use;
	build->use_count = yield->use_count - build->first_use;
	return ok;
}

void kustomize_build_release(struct kustomize_build *build)
{
	free(build->reached);
	build->reached = NULL;
}

static void let_entry_stand(struct kustomize_tree *tree, const struct kustomize_file *in,
			    struct kustomization_entry *entry)
{
	struct kustomize_file *file;

	if (!entry->is_path || entry->is_remote)
		return;
	file = kustomize_tree_find(tree, in, entry);
	if (file)
		file->stands = true;
}

void kustomize_let_stand(struct kustomize_tree *tree, const struct kustomize_file *file)
{
	for (size_t k = 0; k < KUSTOMIZATION_LISTS; k++) {
		const struct kustomization_list *list = &file->kustomization->lists[k];

		for (size_t i = 0; i < list->count && i < KUSTOMIZE_VISITS; i++)
			let_entry_stand(tree, file, &list->items[i]);
	}
}
