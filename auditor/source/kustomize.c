#include "source/kustomize.h"

#include "source/kube_kustomization.h"
#include "source/kustomize_build.h"
#include "source/kustomize_effects.h"

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
	struct kustomize_yield yield;
};

static void evaluation_release(struct evaluation *evaluation)
{
	free(evaluation->items);
	free(evaluation->yield.uses);
	kustomize_tree_finish(&evaluation->tree);
}

static void add_overlay(struct evaluation *evaluation, struct kustomize_file *file)
{
	struct overlay_file *item;

	evaluation->items = array_grow(evaluation->items, evaluation->count,
				       sizeof(*evaluation->items));
	item = &evaluation->items[evaluation->count++];
	*item = (struct overlay_file){
		.file = file,
		.build = { .tree = &evaluation->tree, .yield = &evaluation->yield },
		.is_component = kustomization_is_component(file->kustomization),
	};
}

static void build_overlay(struct overlay_file *item)
{
	struct kustomize_build *build = &item->build;

	(void)kustomize_tree_folder(build->tree, item->file, ""); /* others beside it */
	if (item->is_component)
		return;
	item->built = kustomize_build_run(build, item->file);
	for (size_t i = 1; item->built && i < build->reached_count; i++)
		build->reached[i]->replaced = true;
	kustomize_build_release(build);
}

static void mark(struct evaluation *evaluation)
{
	for (size_t i = 0; i < evaluation->count; i++) {
		const struct overlay_file *item = &evaluation->items[i];

		if (!item->built && !item->is_component)
			kustomize_let_stand(&evaluation->tree, item->file);
	}
	for (size_t i = 0; i < evaluation->count; i++) {
		const struct overlay_file *item = &evaluation->items[i];
		bool below = item->file->replaced && !item->file->stands;

		item->file->deployed = item->built && !below;
	}
}

/* What a file declares by itself counts no more. */
static bool is_replaced(const struct kustomize_file *file)
{
	return file->asked && (file->deployed || (file->replaced && !file->stands));
}

static struct kube_file reader_of(struct snapshot *snapshot, const char *name,
				  const char *path)
{
	return (struct kube_file){
		.snapshot = snapshot,
		.name = name,
		.path = path,
	};
}

/* A placeholder may be what only the kustomization makes of it. */
static void deploy(struct snapshot *snapshot, const struct declared_use *use)
{
	struct kube_file reader;

	snapshot_add_declared(snapshot, use);
	if (use->image.state != REFERENCE_PLACEHOLDER)
		return;
	reader = reader_of(snapshot, use->file, use->path);
	kube_file_tell_parameter(&reader, use);
}

/* In place of what the files declare by themselves comes what is built of them. */
static void replace_uses(struct evaluation *evaluation)
{
	const struct table *files = evaluation->tree.files;
	struct snapshot *snapshot = evaluation->tree.snapshot;
	bool *gone CLEANUP(free_pointer) = xcalloc(snapshot->declared_count, 1);
	size_t kept = 0;

	for (size_t i = 0; i < files->count; i++) {
		const struct kustomize_file *file = files->entries[i].value;

		if (file->use_count && is_replaced(file))
			memset(gone + (file->uses - snapshot->declared), true,
			       file->use_count);
	}
	for (size_t i = 0; i < snapshot->declared_count; i++) {
		if (!gone[i])
			snapshot->declared[kept++] = snapshot->declared[i];
	}
	snapshot->declared_count = kept;
	for (size_t i = 0; i < evaluation->count; i++) {
		const struct overlay_file *item = &evaluation->items[i];
		const struct declared_use *uses =
			evaluation->yield.uses + item->build.first_use;

		for (size_t u = 0; item->file->deployed && u < item->build.use_count; u++)
			deploy(snapshot, &uses[u]);
	}
}

/* Whether another kustomization tells why this one, which adds nothing, was not built. */
static bool is_told_elsewhere(const struct overlay_file *item)
{
	const struct kustomize_file *in = item->build.problem_in;

	return in != item->file && in->asked &&
	       !kustomization_is_component(in->kustomization) &&
	       !item->file->kustomization->effects[0];
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
				   in == item->file ? "" : in->name,
				   in == item->file ? "" : ": ", build->problem,
				   kustomize_folder(reader)));
}

static void tell(struct evaluation *evaluation, const struct overlay_file *item)
{
	struct snapshot *snapshot = evaluation->tree.snapshot;
	const struct kustomize_file *file = item->file;
	struct kube_file reader = reader_of(snapshot, file->name, file->path);

	if (file->kustomization->problem && is_gap(snapshot, file->name))
		return;
	if (item->is_component) {
		if (!file->replaced || file->stands)
			kube_kustomization_tell(&reader, file->kustomization);
	} else if (item->build.problem_in == file && item->build.by_fields) {
		kube_kustomization_tell(&reader, file->kustomization);
	} else if (!is_told_elsewhere(item)) {
		tell_problem(item, &reader);
	}
}

void kustomize_evaluate(struct snapshot *snapshot, struct table *files,
			const struct kustomize_root *roots, size_t root_count)
{
	CLEANUP(evaluation_release)
	struct evaluation evaluation = { .items = NULL };

	kustomize_tree_init(&evaluation.tree, snapshot, files, roots, root_count);
	for (size_t i = 0; i < files->count; i++) {
		struct kustomize_file *file = files->entries[i].value;

		if (file->asked && file->kustomization)
			add_overlay(&evaluation, file);
	}
	for (size_t i = 0; i < evaluation.count; i++)
		build_overlay(&evaluation.items[i]);
	mark(&evaluation);
	replace_uses(&evaluation);
	for (size_t i = 0; i < evaluation.count; i++) {
		if (!evaluation.items[i].built)
			tell(&evaluation, &evaluation.items[i]);
	}
}
