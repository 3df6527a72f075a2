#include "source/kube_entries.h"

#include "base/file.h"
#include "base/yaml.h"

static const struct {
	const char *list; /* key of the section */
	const char *body; /* key of what a name stands for */
} section_keys[KUBE_SECTION_COUNT] = {
	[KUBE_CLUSTERS] = { "clusters", "cluster" },
	[KUBE_USERS] = { "users", "user" },
	[KUBE_CONTEXTS] = { "contexts", "context" },
};

/* What is wrong with a configuration file is the user's to mend, whatever it is. */
static bool usage_error(struct error *err, const char *file)
{
	err->code = ERROR_USAGE;
	return error_wrap(err, "kubeconfig %s", file);
}

static bool add_entry(struct kube_entries *entries, enum kube_section section,
		      const struct kube_entry *entry, struct error *err)
{
	const char **key;
	void **slot = table_slot(&entries->sections[section], entry->name,
				 strlen(entry->name), &key);
	const struct kube_entry *first = *slot;

	/* One string a file: the pointers are equal where both stand in the same one. */
	if (first && first->file == entry->file)
		return error_set(err, ERROR_USAGE, "%s: two entries are named '%s'",
				 section_keys[section].list, entry->name);
	if (first)
		return true;
	*slot = arena_alloc(&entries->arena, sizeof(*entry));
	memcpy(*slot, entry, sizeof(*entry));
	*key = entry->name;
	return true;
}

static bool add_section(struct kube_entries *entries, enum kube_section section,
			const struct node *root, const char *file, struct error *err)
{
	size_t count;
	struct node **items = node_items(root, section_keys[section].list, &count);

	for (size_t i = 0; i < count; i++) {
		struct kube_entry entry = {
			.name = node_text(items[i], "name"),
			.file = file,
			.body = node_get(items[i], section_keys[section].body),
		};

		if (entry.name[0] && !add_entry(entries, section, &entry, err))
			return false;
	}
	return true;
}

/* An empty file is an empty kubeconfig; another kind of object is a mix-up. */
static bool check_root(const struct node *root, struct error *err)
{
	const char *kind = node_text(root, "kind");

	if (root && root->kind != NODE_MAPPING && root->kind != NODE_NULL)
		return error_set(err, ERROR_USAGE, "is no mapping");
	if (kind[0] && strcmp(kind, "Config") != 0)
		return error_set(err, ERROR_USAGE, "is of kind %s, not Config", kind);
	return true;
}

static bool add_document(struct kube_entries *entries, const struct node *root,
			 const char *file, struct error *err)
{
	if (!check_root(root, err))
		return false;
	if (!entries->current_context[0])
		entries->current_context = node_text(root, "current-context");
	for (size_t i = 0; i < KUBE_SECTION_COUNT; i++) {
		if (!add_section(entries, (enum kube_section)i, root, file, err))
			return false;
	}
	return true;
}

/* Only the first document counts, as for kubectl. */
static bool parse_file(struct kube_entries *entries, const struct buf *text,
		       const char *file, struct error *err)
{
	CLEANUP(yaml_stream_free)
	struct yaml_stream *stream = yaml_stream_new(buf_text(text), text->length, err);
	struct node *root;

	return stream && yaml_stream_next(stream, &entries->arena, &root, err) &&
	       add_document(entries, root, file, err);
}

static bool add_file(struct kube_entries *entries, const char *path, bool must_exist,
		     struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(KUBE_CONFIG_BYTES);
	const char *file = arena_strdup(&entries->arena, path);
	struct error cause = ERROR_INIT;

	if (file_read(&text, path, &cause)) {
		entries->file_count++;
		if (parse_file(entries, &text, file, &cause))
			return true;
	} else if (cause.code == ERROR_NOT_FOUND && !must_exist) {
		return true;
	}
	*err = cause;
	return usage_error(err, path);
}

/* The files of a list with ":" between them. */
static bool add_list(struct kube_entries *entries, const char *list, struct error *err)
{
	while (*list) {
		size_t length = strcspn(list, ":");
		const char *path = arena_strndup(&entries->arena, list, length);

		if (length > 0 && !add_file(entries, path, false, err))
			return false;
		list += length;
		list += *list == ':';
	}
	return true;
}

bool kube_entries_load(struct kube_entries *entries, const char *file, struct error *err)
{
	const char *list = getenv("KUBECONFIG");
	const char *home = getenv("HOME");

	if (file)
		return add_file(entries, file, true, err);
	if (list && *list)
		return add_list(entries, list, err);
	if (!home || !*home)
		return true;
	return add_file(entries, arena_printf(&entries->arena, "%s/.kube/config", home),
			false, err);
}

const struct kube_entry *kube_entries_find(const struct kube_entries *entries,
					   enum kube_section section, const char *name)
{
	return table_find(&entries->sections[section], name, strlen(name));
}

const char *kube_entry_path(const struct kube_entry *entry, const char *path,
			    struct arena *arena)
{
	const char *slash = strrchr(entry->file, '/');

	if (path[0] == '/' || !slash)
		return arena_strdup(arena, path);
	return arena_printf(arena, "%.*s/%s", (int)(slash - entry->file), entry->file,
			    path);
}

void kube_entries_release(struct kube_entries *entries)
{
	for (size_t i = 0; i < KUBE_SECTION_COUNT; i++)
		table_release(&entries->sections[i]);
	arena_release(&entries->arena);
	entries->current_context = "";
	entries->file_count = 0;
}
