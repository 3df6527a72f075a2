#include "source/worktree.h"

#include "base/file.h"

#include <ctype.h>
#include <libgen.h>
#include <strings.h>
#include <sys/stat.h>

#define CONFIG_BYTES ((size_t)1024 * 1024)
#define GITDIR "gitdir: "

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool exists(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0;
}

static const char *real_path(const char *path, struct arena *arena)
{
	char *real CLEANUP(free_pointer) = realpath(path, NULL);

	return real ? arena_strdup(arena, real) : "";
}

/* The real path of a folder; of a file that of its folder and its own name. */
static const char *locate(const char *path, struct arena *arena)
{
	const char *folder;

	if (is_folder(path))
		return real_path(path, arena);
	folder = real_path(dirname(arena_strdup(arena, path)), arena);
	if (!folder[0])
		return "";
	return arena_printf(arena, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder,
			    basename(arena_strdup(arena, path)));
}

/* All of a small file, without white space behind it; "" where it cannot be read. */
static const char *read_text(const char *path, struct arena *arena)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(CONFIG_BYTES);
	struct error ignored = ERROR_INIT;

	if (!file_read(&text, path, &ignored))
		return "";
	while (text.length > 0 && isspace((unsigned char)text.data[text.length - 1]))
		text.length--;
	return arena_strndup(arena, buf_text(&text), text.length);
}

/* `path` as seen from `folder`. */
static const char *join(const char *folder, const char *path, struct arena *arena)
{
	return path[0] == '/' ? path : arena_printf(arena, "%s/%s", folder, path);
}

/*
 * The configuration of a work tree: `.git` is a folder, or a file that names one.  A
 * linked work tree (git-worktree(1)) shares the configuration of the main one.
 */
static const char *config_path(const char *root, struct arena *arena)
{
	const char *git = join(root, ".git", arena);
	const char *common;

	if (!is_folder(git)) {
		const char *text = read_text(git, arena);

		if (strncmp(text, GITDIR, strlen(GITDIR)) != 0)
			return "";
		git = join(root, text + strlen(GITDIR), arena);
	}
	common = read_text(join(git, "commondir", arena), arena);
	if (common[0])
		git = join(git, common, arena);
	return join(git, "config", arena);
}

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t\r");
}

/* Behind a section's header; whether it is that of the remote. */
static const char *read_header(const char *at, bool *in_remote)
{
	static const char remote[] = "remote", origin[] = "\"origin\"]";
	const char *close = at + strcspn(at, "]\n");

	*in_remote = strncasecmp(at, remote, strlen(remote)) == 0;
	at = skip_blanks(at + (*in_remote ? strlen(remote) : 0));
	*in_remote = *in_remote && strncmp(at, origin, strlen(origin)) == 0;
	return *close == ']' ? close + 1 : close;
}

/* A value up to its line's end: quotes taken off, comments and blanks behind it too. */
static const char *read_value(const char *at, struct arena *arena)
{
	size_t room = strcspn(at, "\n");
	char *value = arena_alloc(arena, room + 1), *out = value, *end = value;
	bool quoted = false;

	for (const char *stop = at + room; at < stop; at++) {
		if (*at == '"') {
			quoted = !quoted;
			continue;
		}
		if (!quoted && (*at == '#' || *at == ';'))
			break;
		if (*at == '\\' && at + 1 < stop)
			at++;
		*out++ = *at;
		if (quoted || !isspace((unsigned char)*at))
			end = out;
	}
	*end = '\0';
	return value;
}

/* The value of `url` where a line begins with it, else NULL. */
static const char *read_url(const char *at, struct arena *arena)
{
	if (strncasecmp(at, "url", 3) != 0)
		return NULL;
	at = skip_blanks(at + 3);
	return *at == '=' ? read_value(skip_blanks(at + 1), arena) : NULL;
}

/* The first URL of the remote, as git fetches from it. */
static const char *find_url(const char *config, struct arena *arena)
{
	bool in_remote = false;

	for (const char *at = config; *at; at += *at == '\n') {
		const char *url;

		at = skip_blanks(at);
		if (*at == '[')
			at = skip_blanks(read_header(at + 1, &in_remote));
		url = in_remote ? read_url(at, arena) : NULL;
		if (url)
			return url;
		at += strcspn(at, "\n");
	}
	return "";
}

/* scheme://user:password@host/path: what stands before the host is a secret. */
static const char *without_credentials(const char *url, struct arena *arena)
{
	const char *scheme_end = strstr(url, "://"), *host, *at;

	if (!scheme_end)
		return url;
	host = scheme_end + strlen("://");
	at = memrchr(host, '@', strcspn(host, "/?#"));
	if (!at)
		return url;
	return arena_printf(arena, "%.*s%s", (int)(host - url), url, at + 1);
}

struct worktree worktree_find(const char *path, struct arena *arena)
{
	struct worktree tree = { "", "" };
	char *folder = arena_strdup(arena, locate(path, arena));

	while (folder[0]) {
		if (exists(join(folder, ".git", arena))) {
			const char *config = read_text(config_path(folder, arena), arena);

			tree.root = folder;
			tree.remote = without_credentials(find_url(config, arena), arena);
			break;
		}
		*strrchr(folder, '/') = '\0';
	}
	return tree;
}

/* Without "." parts and doubled slashes. */
static const char *tidy(const char *path, struct arena *arena)
{
	char *tidied = arena_alloc(arena, strlen(path) + 2), *out = tidied;

	if (path[0] == '/')
		*out++ = '/';
	for (const char *part = path; *part; part += strspn(part, "/")) {
		size_t length = strcspn(part, "/");

		if (length > 0 && !(length == 1 && part[0] == '.')) {
			if (out > tidied && out[-1] != '/')
				*out++ = '/';
			memcpy(out, part, length);
			out += length;
		}
		part += length;
	}
	*out = '\0';
	return tidied;
}

const char *worktree_relative(const struct worktree *tree, const char *path,
			      struct arena *arena)
{
	const char *real = locate(path, arena);
	size_t length = strlen(tree->root);

	if (length > 0 && strncmp(real, tree->root, length) == 0) {
		if (real[length] == '\0')
			return "";
		if (real[length] == '/')
			return real + length + 1;
	}
	return tidy(path, arena);
}
