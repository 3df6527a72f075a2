#include "source/kube_file.h"

#include "model/scope.h"
#include "source/helm_chart.h"

const char *kube_file_scope(const struct kube_file *file, const char *path)
{
	return scope_of_path(&file->snapshot->arena, file->snapshot->tree, path);
}

void kube_file_gap(const struct kube_file *file, enum gap_kind kind, uint32_t line,
		   const char *reason)
{
	struct arena *arena = &file->snapshot->arena;
	const char *subject =
		line ? arena_printf(arena, "%s:%u", file->name, line) : file->name;

	snapshot_add_gap(file->snapshot, kind, subject, reason,
			 kube_file_scope(file, file->path));
}

static bool is_local(const struct node *metadata)
{
	const struct node *value =
		node_get(node_get(metadata, "annotations"), KUBE_LOCAL_CONFIG);

	return value && !(node_is_scalar(value) && strcmp(value->text, "false") == 0);
}

struct declared_use kube_file_use(const struct kube_file *file, const struct node *object,
				  const char *api_group, const char *kind)
{
	const struct node *metadata = node_get(object, "metadata");
	struct arena *arena = &file->snapshot->arena;

	return (struct declared_use){
		.file = file->name,
		.path = file->path,
		.cluster = "",
		.namespace = object_name_keep(arena, node_text(metadata, "namespace")),
		.object = { .api_group = api_group,
			    .kind = kind,
			    .name = object_name_keep(arena,
						     node_text(metadata, "name")) },
		.local = is_local(metadata),
	};
}

/* The line of another key of the same name in the mapping that holds the field, or 0. */
static uint32_t duplicate_line(const struct image_field *field)
{
	const char *dot = strrchr(field->path, '.');
	const char *key = dot ? dot + 1 : field->path;
	const struct node_member *counted = NULL;

	for (size_t i = field->owner->length; i-- > 0;) {
		const struct node_member *member = &field->owner->members[i];

		if (strcmp(member->key, key) != 0)
			continue;
		if (counted)
			return member->key_place.line;
		counted = member;
	}
	return 0;
}

/* `image: {{ .Values.image }}` is YAML: a mapping whose key is a mapping. */
static bool is_template(const struct kube_file *file, const struct node *value)
{
	return value->kind >= NODE_SEQUENCE &&
	       strncmp(file->text + value->place.begin, "{{", 2) == 0;
}

void kube_file_tell_parameter(const struct kube_file *file,
			      const struct declared_use *use)
{
	kube_file_gap(file, GAP_PARAMETER, use->line,
		      arena_printf(&file->snapshot->arena,
				   "'%s' is to be filled in: check the result",
				   use->image.text));
}

void kube_file_add(struct kube_file *file, struct declared_use *use,
		   const struct node *scalar)
{
	use->line = scalar->place.line;
	use->column = scalar->place.column;
	use->begin = file->offset + scalar->place.begin;
	use->end = file->offset + scalar->place.end;
	snapshot_add_declared(file->snapshot, use);
	file->image_count++;
	if (use->image.state == REFERENCE_PLACEHOLDER && file->chart &&
	    strstr(use->image.text, "{{"))
		helm_chart_gap(file, use->line, "the image is a template");
	else if (use->image.state == REFERENCE_PLACEHOLDER)
		kube_file_tell_parameter(file, use);
}

void kube_file_declare(struct kube_file *file, struct declared_use use, const char *above,
		       const struct image_field *field)
{
	const struct node *scalar = field->scalar;

	if (!scalar)
		return; /* nothing is declared: a patch leaves the image to its base */
	if (is_template(file, scalar)) {
		helm_chart_gap(file, scalar->place.line,
			       "the image is a template: check what it renders to");
		return;
	}
	use.field = arena_printf(&file->snapshot->arena, "%s%s", above, field->path);
	use.image = field->image;
	use.duplicate_line = duplicate_line(field);
	kube_file_add(file, &use, scalar);
}
