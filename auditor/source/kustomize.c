#include "source/kustomize.h"

#include "model/scope.h"
#include "source/kube_kustomization.h"
#include "source/kustomize_build.h"
#include "source/kustomize_effects.h"

#define FIELD_BYTES 1000 /* most of the names of fields */

/* A kustomization that was asked for. */
struct overlay_file {
	struct kustomize_file *file;
	struct kustomize_build build;
	bool is_component;
	bool built;
};

struct evaluation {
	struct kustomize_tree tree;
	struct overlay_file *items;
	size_t count;
	size_t visits;
};

static void evaluation_release(struct evaluation *evaluation)
{
	for (size_t i = 0; i < evaluation->count; i++)
		kustomize_build_release(&evaluation->items[i].build);
	free(evaluation->items);
	kustomize_tree_finish(&evaluation->tree);
}

static void add_overlay(struct evaluation *evaluation, const struct kustomize_name *at)
{
	struct arena *arena = &evaluation->tree.snapshot->arena;
	struct kustomize_name folder = kustomize_folder_of(at, arena);
	struct overlay_file *item;

	evaluation->items = array_grow(evaluation->items, evaluation->count,
				       sizeof(*evaluation->items));
	item = &evaluation->items[evaluation->count++];
	*item = (struct overlay_file){
		.file = kustomize_tree_kustomization(&evaluation->tree, at),
		.build = { .tree = &evaluation->tree, .visits = &evaluation->visits },
	};
	(void)kustomize_tree_folder(&evaluation->tree, &folder); /* others beside it */
	item->is_component =
		strcmp(node_text(item->file->document, "kind"), "Component") == 0;
	if (!item->is_component)
		item->built = kustomize_build_run(&item->build, item->file);
}

static void mark(struct evaluation *evaluation)
{
	for (size_t i = 0; i < evaluation->count; i++) {
		struct overlay_file *item = &evaluation->items[i];

		for (size_t r = 1; item->built && r < item->build.reached_count; r++)
			item->build.reached[r]->replaced = true;
		if (!item->built && !item->is_component)
			kustomize_let_stand(&evaluation->tree, item->file);
	}
	for (size_t i = 0; i < evaluation->count; i++) {
		struct overlay_file *item = &evaluation->items[i];
		bool below = item->file->replaced && !item->file->stands;

		item->file->deployed = item->built && !below;
	}
}

static bool is_replaced(const struct evaluation *evaluation, const char *path)
{
	const struct kustomize_file *file =
		table_find(&evaluation->tree.files, path, strlen(path));

	return file && (file->deployed || (file->replaced && !file->stands));
}

/* In place of what the files declare by themselves comes what is built of them. */
static void replace_uses(struct evaluation *evaluation)
{
	struct snapshot *snapshot = evaluation->tree.snapshot;
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->declared_count; i++) {
		if (!is_replaced(evaluation, snapshot->declared[i].path))
			snapshot->declared[kept++] = snapshot->declared[i];
	}
	snapshot->declared_count = kept;
	for (size_t i = 0; i < evaluation->count; i++) {
		const struct overlay_file *item = &evaluation->items[i];

		for (size_t u = 0; item->file->deployed && u < item->build.use_count; u++)
			snapshot_add_declared(snapshot, &item->build.uses[u]);
	}
}

/* Whether another kustomization tells why this one, which adds nothing, was not built. */
static bool is_told_elsewhere(const struct overlay_file *item,
			      const struct kube_file *reader)
{
	CLEANUP(buf_release) struct buf fields = BUF_INIT(FIELD_BYTES);
	const struct kustomize_file *in = item->build.problem_in;

	if (in == item->file || !in->in_scope ||
	    strcmp(node_text(in->document, "kind"), "Component") == 0)
		return false;
	kustomize_effects_list(&fields, reader, item->file->document);
	return fields.length == 0 && !fields.overflowed;
}

/* A file that could not be read has been told of. */
static bool is_gap(const struct snapshot *snapshot, const char *subject)
{
	for (size_t i = 0; i < snapshot->gap_count; i++) {
		if (strcmp(snapshot->gaps[i].subject, subject) == 0)
			return true;
	}
	return false;
}

static void tell_problem(const struct overlay_file *item, const struct kube_file *reader)
{
	const struct kustomize_build *build = &item->build;
	const struct kustomize_file *in = build->problem_in;

	kube_file_gap(reader, GAP_KUSTOMIZE, in == item->file ? build->line : 0,
		      arena_printf(&reader->snapshot->arena,
				   "%s%s%s: check what it builds (kubectl kustomize %s | "
				   "pindrift check -)",
				   in == item->file ? "" : in->at.name,
				   in == item->file ? "" : ": ", build->problem,
				   kustomize_folder(reader)));
}

static void tell(struct evaluation *evaluation, const struct overlay_file *item)
{
	struct snapshot *snapshot = evaluation->tree.snapshot;
	const struct kustomize_file *file = item->file;
	struct kube_file reader = { .snapshot = snapshot,
				    .name = file->at.name,
				    .path = file->at.path };

	reader.scope = scope_of_path(&snapshot->arena, snapshot->tree, file->at.path);
	if (!file->document && is_gap(snapshot, file->at.name))
		return;
	if (item->is_component) {
		if (!file->replaced || file->stands)
			kube_kustomization_tell(&reader, file->document);
	} else if (item->build.problem_in == file && item->build.by_fields) {
		kube_kustomization_tell(&reader, file->document);
	} else if (!is_told_elsewhere(item, &reader)) {
		tell_problem(item, &reader);
	}
}

void kustomize_evaluate(struct snapshot *snapshot, const struct table *asked,
			const struct kustomize_root *roots, size_t root_count)
{
	CLEANUP(evaluation_release)
	struct evaluation evaluation = {
		.tree = { .snapshot = snapshot,
			  .roots = roots,
			  .root_count = root_count,
			  .asked = asked,
			  .nodes = ARENA_INIT,
			  .files = TABLE_INIT },
	};

	for (size_t i = 0; i < asked->count; i++) {
		struct kustomize_name at = { asked->entries[i].value,
					     asked->entries[i].key };

		if (at.name[0] && kustomize_is_named(at.path))
			add_overlay(&evaluation, &at);
	}
	mark(&evaluation);
	replace_uses(&evaluation);
	for (size_t i = 0; i < evaluation.count; i++) {
		if (!evaluation.items[i].built)
			tell(&evaluation, &evaluation.items[i]);
	}
}
