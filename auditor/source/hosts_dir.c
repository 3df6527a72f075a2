#include "source/hosts_dir.h"

#include "base/file.h"
#include "base/toml.h"

#include <dirent.h>
#include <errno.h>

#define FILE_BYTES ((size_t)64 * 1024)
#define AUTHORITY_BYTES ((size_t)1024 * 1024) /* of one host, together */
#define FOLDERS_MOST 1000
#define DEFAULT_FOLDER "_default"

/* A file while it is read. */
struct reading {
	struct arena *arena;
	struct hosts_file *file;
	const char *folder; /* its path, to which the paths in it are relative */
	const struct toml *toml;
};

/* What is said of one host: the keys below [host."URL"], or those of the file itself. */
struct subject {
	const struct reading *reading;
	struct hosts_endpoint *endpoint;
	bool override_path;
};

static bool fail(const struct toml_entry *entry, const char *what, struct error *err)
{
	return error_set(err, ERROR_USAGE, "line %u: %s: %s", (unsigned)entry->line,
			 entry->path[entry->depth - 1], what);
}

static bool read_capabilities(struct subject *subject, const struct toml_entry *entry,
			      struct error *err)
{
	struct hosts_endpoint *endpoint = subject->endpoint;

	if (entry->kind != TOML_LIST)
		return fail(entry, "not an array of strings", err);
	endpoint->pull = endpoint->resolve = entry->item_count == 0;
	for (size_t i = 0; i < entry->item_count; i++) {
		const char *item = entry->items[i];

		if (strcasecmp(item, "pull") == 0)
			endpoint->pull = true;
		else if (strcasecmp(item, "resolve") == 0)
			endpoint->resolve = true;
		else if (strcasecmp(item, "push") != 0)
			return fail(entry, "not one of pull, resolve and push", err);
	}
	return true;
}

static bool read_authorities(struct subject *subject, const struct toml_entry *entry,
			     struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(AUTHORITY_BYTES);
	struct error problem = ERROR_INIT;

	if (entry->kind != TOML_STRING && entry->kind != TOML_LIST)
		return fail(entry, "neither a path nor an array of them", err);
	for (size_t i = 0; i < entry->item_count; i++) {
		const char *item = entry->items[i];
		const char *path =
			item[0] == '/' ? item
				       : arena_printf(subject->reading->arena, "%s/%s",
						      subject->reading->folder, item);

		if (!file_read(&text, path, &problem))
			return fail(entry, problem.text, err);
		buf_putc(&text, '\n');
	}
	if (!strstr(buf_text(&text), "-----BEGIN "))
		return fail(entry, "no PEM certificate in it", err);
	subject->endpoint->trust.ca_pem =
		arena_strdup(subject->reading->arena, buf_text(&text));
	return true;
}

static bool read_skip_verify(struct subject *subject, const struct toml_entry *entry,
			     struct error *err)
{
	if (entry->kind != TOML_BOOLEAN)
		return fail(entry, "neither true nor false", err);
	subject->endpoint->trust.insecure = entry->boolean;
	return true;
}

static bool read_override_path(struct subject *subject, const struct toml_entry *entry,
			       struct error *err)
{
	if (entry->kind != TOML_BOOLEAN)
		return fail(entry, "neither true nor false", err);
	subject->override_path = entry->boolean;
	return true;
}

/* We have limits of our own. */
static bool pass_over(struct subject *subject, const struct toml_entry *entry,
		      struct error *err)
{
	(void)subject;
	return entry->kind == TOML_STRING || fail(entry, "not a string", err);
}

static const struct field {
	const char *name;
	bool (*read)(struct subject *subject, const struct toml_entry *entry,
		     struct error *err);
} fields[] = {
	{ "capabilities", read_capabilities }, { "ca", read_authorities },
	{ "skip_verify", read_skip_verify },   { "override_path", read_override_path },
	{ "dial_timeout", pass_over },
};

static bool read_field(struct subject *subject, const struct toml_entry *entry,
		       struct error *err)
{
	const char *name = entry->path[entry->depth - 1];

	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
		if (strcmp(name, fields[i].name) == 0)
			return fields[i].read(subject, entry, err);
	return fail(entry, "not supported here", err);
}

/* Docker Hub's credentials are kept under docker.io, its API lives elsewhere. */
static void name_endpoint(struct hosts_endpoint *endpoint, struct arena *arena)
{
	char text[URL_HOST_TEXT_SIZE];

	url_host_text(text, &endpoint->url);
	if (strcmp(text, "docker.io") == 0 || strcmp(text, "registry-1.docker.io") == 0) {
		endpoint->name = "docker.io";
		endpoint->base = "https://registry-1.docker.io";
		return;
	}
	endpoint->name = arena_strdup(arena, text);
	endpoint->base = arena_printf(arena, "%s://%s",
				      endpoint->url.https ? "https" : "http", text);
}

/* What stands behind the host of a URL, without a final slash: "" or "/v2". */
static const char *path_of(struct arena *arena, const char *url)
{
	const char *host = strstr(url, "://");
	const char *path = strchr(host + 3, '/');
	size_t length = path ? strlen(path) : 0;

	while (length > 0 && path[length - 1] == '/')
		length--;
	return arena_strndup(arena, path ? path : "", length);
}

static bool set_url(struct subject *subject, const struct toml_entry *entry,
		    const char *text, struct error *err)
{
	struct arena *arena = subject->reading->arena;
	struct hosts_endpoint *endpoint = subject->endpoint;
	struct error problem = ERROR_INIT;
	const char *url =
		strstr(text, "://") ? text : arena_printf(arena, "https://%s", text);
	const char *path;

	if (!url_parse(&endpoint->url, url, &problem))
		return fail(entry, problem.text, err);
	if (endpoint->url.userinfo || strpbrk(url, "?#"))
		return fail(entry, "more than a scheme, a host and a path", err);
	path = path_of(arena, url);
	endpoint->id = arena_printf(arena, "%s %s", subject->reading->file->folder, url);
	name_endpoint(endpoint, arena);
	endpoint->api =
		subject->override_path || (strlen(path) >= 3 &&
					   strcmp(path + strlen(path) - 3, "/v2") == 0)
			? path
			: arena_printf(arena, "%s/v2", path);
	return url_parse(&endpoint->url, endpoint->base, err);
}

static bool is_below(const struct toml_entry *entry, const struct toml_entry *host)
{
	return entry->depth == 3 && strcmp(entry->path[0], "host") == 0 &&
	       strcmp(entry->path[1], host->path[1]) == 0;
}

static void begin_subject(struct subject *subject, const struct reading *reading,
			  struct hosts_endpoint *endpoint)
{
	*endpoint = (struct hosts_endpoint){ .pull = true, .resolve = true };
	*subject = (struct subject){ .reading = reading, .endpoint = endpoint };
}

static bool read_host(struct reading *reading, const struct toml_entry *host,
		      struct error *err)
{
	struct hosts_file *file = reading->file;
	const struct toml *toml = reading->toml;
	struct subject subject;

	file->hosts = arena_grow(reading->arena, file->hosts, file->host_count,
				 sizeof(*file->hosts));
	begin_subject(&subject, reading, &file->hosts[file->host_count++]);
	for (size_t i = 0; i < toml->count; i++)
		if (is_below(&toml->entries[i], host) &&
		    !read_field(&subject, &toml->entries[i], err))
			return false;
	return set_url(&subject, host, host->path[1], err);
}

/* The file's own keys say of its server what those below a host say of that. */
static bool read_server(struct reading *reading, struct error *err)
{
	const struct toml *toml = reading->toml;
	const struct toml_entry *server = NULL, *other = NULL;
	struct hosts_endpoint *endpoint = arena_alloc(reading->arena, sizeof(*endpoint));
	struct subject subject;

	begin_subject(&subject, reading, endpoint);
	for (size_t i = 0; i < toml->count; i++) {
		const struct toml_entry *entry = &toml->entries[i];

		if (entry->depth != 1 || entry->kind == TOML_TABLE)
			continue;
		if (strcmp(entry->path[0], "server") == 0)
			server = entry;
		else if (!read_field(&subject, entry, err))
			return false;
		else
			other = entry;
	}
	if (!server)
		return !other || fail(other, "only read beside server", err);
	if (server->kind != TOML_STRING)
		return fail(server, "not a string", err);
	reading->file->server = endpoint;
	return set_url(&subject, server, server->items[0], err);
}

static bool is_host(const struct toml_entry *entry)
{
	return entry->kind == TOML_TABLE && entry->depth == 2;
}

/* Nothing may stand in the file that nobody asks for. */
static bool check_shape(const struct toml *toml, const struct toml_entry *entry,
			struct error *err)
{
	bool below_host = strcmp(entry->path[0], "host") == 0;

	if (entry->kind == TOML_TABLE ? below_host && entry->depth <= 2
				      : entry->depth == 1)
		return true;
	for (size_t i = 0; below_host && i < toml->count; i++)
		if (is_host(&toml->entries[i]) && is_below(entry, &toml->entries[i]))
			return true;
	return fail(entry, "not supported here", err);
}

static bool read_entries(struct reading *reading, struct error *err)
{
	const struct toml *toml = reading->toml;

	for (size_t i = 0; i < toml->count; i++)
		if (!check_shape(toml, &toml->entries[i], err))
			return false;
	for (size_t i = 0; i < toml->count; i++)
		if (is_host(&toml->entries[i]) &&
		    !read_host(reading, &toml->entries[i], err))
			return false;
	return read_server(reading, err);
}

/* True for a folder without the file: certificates alone may be in it. */
static bool read_file(struct hosts_file *file, struct arena *arena, const char *folder,
		      struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(FILE_BYTES);
	const char *path = arena_printf(arena, "%s/hosts.toml", folder);
	struct error problem = ERROR_INIT;
	struct toml toml;
	struct reading reading = {
		.arena = arena, .file = file, .folder = folder, .toml = &toml
	};

	if (!file_read(&text, path, &problem)) {
		if (problem.code == ERROR_NOT_FOUND)
			return true;
	} else if (toml_parse(&toml, arena, &text, &problem) &&
		   read_entries(&reading, &problem)) {
		return true;
	}
	return error_set(err, ERROR_USAGE, "%s: %s", path, problem.text);
}

static bool read_folders(struct hosts_dir *dir, DIR *stream, const char *path,
			 struct error *err)
{
	const struct dirent *entry;

	while ((entry = readdir(stream))) {
		struct hosts_file *file;

		if (entry->d_name[0] == '.')
			continue;
		if (dir->count == FOLDERS_MOST)
			return error_set(err, ERROR_USAGE, "%s: more than %d folders",
					 path, FOLDERS_MOST);
		dir->files = arena_grow(&dir->arena, dir->files, dir->count,
					sizeof(*dir->files));
		file = &dir->files[dir->count++];
		*file = (struct hosts_file){
			.folder = arena_strdup(&dir->arena, entry->d_name),
		};
		if (!read_file(file, &dir->arena,
			       arena_printf(&dir->arena, "%s/%s", path, entry->d_name),
			       err))
			return false;
	}
	return true;
}

bool hosts_dir_read(struct hosts_dir *dir, const char *path, struct error *err)
{
	DIR *stream;
	bool ok;

	*dir = (struct hosts_dir){ .arena = ARENA_INIT };
	if (!path)
		return true;
	stream = opendir(path);
	if (!stream)
		return error_set(err, ERROR_USAGE, "--hosts-dir %.300s: %s", path,
				 strerror(errno));
	ok = read_folders(dir, stream, path, err);
	closedir(stream);
	return ok;
}

void hosts_dir_release(struct hosts_dir *dir)
{
	arena_release(&dir->arena);
}

static const struct hosts_file *file_named(const struct hosts_dir *dir, const char *name)
{
	for (size_t i = 0; i < dir->count; i++)
		if (strcmp(dir->files[i].folder, name) == 0)
			return &dir->files[i];
	return NULL;
}

const struct hosts_file *hosts_dir_find(const struct hosts_dir *dir, const char *registry)
{
	const char *colon = strrchr(registry, ':');
	const struct hosts_file *file = NULL;
	char name[URL_HOST_TEXT_SIZE];

	if (colon) {
		snprintf(name, sizeof(name), "%.*s_%s_", (int)(colon - registry),
			 registry, colon + 1);
		file = file_named(dir, name);
	}
	if (!file)
		file = file_named(dir, registry);
	return file ? file : file_named(dir, DEFAULT_FOLDER);
}
