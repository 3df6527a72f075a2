#include "commands/file_list.h"

#include "base/file.h"
#include "base/memory.h"
#include "source/kube_manifest.h"

#include <unistd.h>

#define LIST_BYTES ((size_t)64 * 1024 * 1024)
#define OPTION "--files-from0"

struct file_list {
	struct buf text; /* as it was read; owns the names */
	const char **names;
	size_t count;
};

static bool is_input(const char *name)
{
	return strcmp(name, "-") == 0;
}

static bool read_list(struct buf *text, const char *name, struct error *err)
{
	bool ok = is_input(name) ? file_read_descriptor(text, STDIN_FILENO, err)
				 : file_read_any(text, name, err);

	if (ok)
		return true;
	err->code = ERROR_USAGE;
	return error_wrap(err, OPTION " %s", name);
}

/* A list of lines would be one name that no file has: nothing would be looked at. */
static bool split(struct file_list *list, const char *name, struct error *err)
{
	const struct buf *text = &list->text;

	if (text->length > 0 && text->data[text->length - 1] != '\0')
		return error_set(err, ERROR_USAGE,
				 OPTION " %s: the last name does not end with a NUL "
					"(git diff -z, find -print0)",
				 name);
	for (size_t at = 0; at < text->length; at += strlen(text->data + at) + 1) {
		list->names = array_grow(list->names, list->count, sizeof(*list->names));
		list->names[list->count++] = text->data + at;
	}
	return true;
}

static bool load(struct file_list *list, const char *name,
		 const struct option_list *operands, struct error *err)
{
	if (!name)
		return true;
	for (size_t i = 0; i < operands->count; i++) {
		if (is_input(name) && is_input(operands->items[i]))
			return error_set(err, ERROR_USAGE,
					 OPTION " - and PATH - exclude each other");
	}
	return read_list(&list->text, name, err) && split(list, name, err);
}

static void file_list_release(struct file_list *list)
{
	buf_release(&list->text);
	free(list->names);
}

bool file_list_manifests(struct snapshot *snapshot, const struct settings *settings,
			 const struct option_list *operands, bool as_written,
			 struct error *err)
{
	CLEANUP(file_list_release)
	struct file_list list = { .text = BUF_INIT(LIST_BYTES) };
	struct kube_manifest_paths paths = {
		.items = operands->items,
		.count = operands->count,
		.dockerfiles = settings->dockerfiles,
		.as_written = as_written,
	};

	if (!load(&list, settings->files_from0, operands, err))
		return false;
	paths.listed = list.names;
	paths.listed_count = list.count;
	return kube_manifest_read(snapshot, &paths, err);
}
