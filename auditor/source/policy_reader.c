#include "source/policy_reader.h"

#include "base/option.h"
#include "base/table.h"
#include "base/utf8.h"

#include <stdarg.h>

#define GLOB_BYTES 256 /* a longer one is no one's */

/*
 * Trust is what decides whom credentials are shown to, what is started
 * and what is written.  A pull request can edit the tree's file.
 */
static const char *const trust_keys[] = {
	"allow-exec", "auth",       "auths",       "ca",
	"cafile",     "context",    "credHelpers", "credentials",
	"credsStore", "database",   "db",          "docker-config",
	"exec",       "http-proxy", "https-proxy", "insecure-registry",
	"kubeconfig", "mirror",     "mirrors",     "no-proxy",
	"output",     "outputs",    "password",    "plain-http",
	"proxies",    "proxy",      "registries",  "registry-ca",
	"token",      "token-host", "token-hosts", "tokens",
	"username",   "webhook",    "webhooks",
};

bool policy_fail(const struct policy_reader *reader, const struct node_place *place,
		 struct error *err, const char *format, ...)
{
	char text[sizeof(err->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return error_set(err, ERROR_USAGE, "%.200s:%u: %s", reader->shown, place->line,
			 text);
}

static bool is_trust(const char *key)
{
	for (size_t i = 0; i < ARRAY_LENGTH(trust_keys); i++) {
		if (strcmp(key, trust_keys[i]) == 0)
			return true;
	}
	return false;
}

static bool is_among(const char *text, const char *const *names)
{
	while (*names && strcmp(text, *names) != 0)
		names++;
	return *names != NULL;
}

bool policy_check_name(const struct policy_reader *reader, const struct node_place *place,
		       const char *what, const char *id, const char *const *names,
		       struct error *err)
{
	const char *nearest = option_nearest(id, names);

	if (is_among(id, names))
		return true;
	if (nearest)
		return policy_fail(reader, place, err,
				   "there is no %s '%.60s'; did you mean '%s'?", what, id,
				   nearest);
	return policy_fail(reader, place, err, "there is no %s '%.60s'", what, id);
}

static bool check_key(const struct policy_reader *reader,
		      const struct node_member *member, const char *const *keys,
		      struct error *err)
{
	if (is_trust(member->key))
		return policy_fail(reader, &member->key_place, err,
				   "'%s' decides what is trusted, and whoever can change "
				   "this file could change that: give it as a flag, in "
				   "the environment or in your own configuration",
				   member->key);
	return policy_check_name(reader, &member->key_place, "key", member->key, keys,
				 err);
}

bool policy_check_once(const struct policy_reader *reader, const struct node *mapping,
		       const char *what, struct error *err)
{
	CLEANUP(table_release) struct table seen = TABLE_INIT;

	if (mapping->kind != NODE_MAPPING)
		return policy_fail(reader, &mapping->place, err,
				   "%s has to be a mapping (key: value)", what);
	if (mapping->length > POLICY_ITEMS)
		return policy_fail(reader, &mapping->place, err,
				   "%s has more than %d keys", what, POLICY_ITEMS);
	for (size_t i = 0; i < mapping->length; i++) {
		const struct node_member *member = &mapping->members[i];
		const char **key_kept;
		void **slot =
			table_slot(&seen, member->key, strlen(member->key), &key_kept);

		if (*slot)
			return policy_fail(reader, &member->key_place, err,
					   "'%.60s' stands twice in %s: take one out",
					   member->key, what);
		*key_kept = member->key;
		*slot = (void *)member;
	}
	return true;
}

bool policy_check_keys(const struct policy_reader *reader, const struct node *mapping,
		       const char *what, const char *const *keys, struct error *err)
{
	if (!policy_check_once(reader, mapping, what, err))
		return false;
	for (size_t i = 0; i < mapping->length; i++) {
		if (!check_key(reader, &mapping->members[i], keys, err))
			return false;
	}
	return true;
}

bool policy_check_list(const struct policy_reader *reader, const struct node *list,
		       const char *what, struct error *err)
{
	if (list->kind != NODE_SEQUENCE || list->length == 0)
		return policy_fail(reader, &list->place, err,
				   "%s has to be a list with an item at least", what);
	if (list->length > POLICY_ITEMS)
		return policy_fail(reader, &list->place, err, "%s has more than %d items",
				   what, POLICY_ITEMS);
	return true;
}

/* Valid UTF-8 that may be shown as it is. */
static bool is_plain(const char *text)
{
	uint32_t point;
	size_t length;

	for (; *text; text += length) {
		length = utf8_take(text, &point);
		if (length == 0 || utf8_is_unsafe(point))
			return false;
	}
	return true;
}

bool policy_read_text(const struct policy_reader *reader, const struct node *node,
		      const char *what, const char **text, struct error *err)
{
	size_t length;

	if (!node_is_scalar(node))
		return policy_fail(reader, &node->place, err, "%s has to be a text",
				   what);
	length = node->length;
	while (length > 0 && strchr(" \t\r\n", node->text[length - 1]))
		length--;
	if (length == 0)
		return policy_fail(reader, &node->place, err, "%s is empty", what);
	if (length > POLICY_TEXT_BYTES)
		return policy_fail(reader, &node->place, err,
				   "%s is longer than %d bytes", what, POLICY_TEXT_BYTES);
	*text = arena_strndup(&reader->snapshot->arena, node->text, length);
	if (strlen(*text) != length || !is_plain(*text))
		return policy_fail(reader, &node->place, err,
				   "%s holds a control character or a line break: write "
				   "it on one line",
				   what);
	return true;
}

bool policy_read_member(const struct policy_reader *reader, const struct node *mapping,
			const char *key, const char **text, struct error *err)
{
	const struct node *node = node_get(mapping, key);

	*text = "";
	return !node || policy_read_text(reader, node, key, text, err);
}

bool policy_need_member(const struct policy_reader *reader, const struct node *mapping,
			const char *key, const char **text, struct error *err)
{
	if (!node_get(mapping, key))
		return policy_fail(reader, &mapping->place, err, "'%s' is missing here",
				   key);
	return policy_read_member(reader, mapping, key, text, err);
}

/* fnmatch(3) takes a "[" without its "]" for itself, and nobody means that. */
static bool is_closed(const char *glob)
{
	for (; *glob; glob++) {
		if (*glob == '\\' && *++glob == '\0')
			return false;
		if (*glob == '[') {
			size_t skip = strspn(glob + 1, "!^");

			skip += glob[1 + skip] == ']';
			glob = strchr(glob + 1 + skip, ']');
			if (!glob)
				return false;
		}
	}
	return true;
}

/* "." and ".." are in no path that is relative to the root. */
static bool has_dots(const char *glob)
{
	for (; *glob; glob += *glob == '/') {
		size_t length = strcspn(glob, "/");

		if ((length == 1 && glob[0] == '.') ||
		    (length == 2 && strncmp(glob, "..", 2) == 0))
			return true;
		glob += length;
	}
	return false;
}

bool policy_check_glob(const struct policy_reader *reader, const struct node *node,
		       const char *glob, bool is_path, struct error *err)
{
	const char *why = NULL;

	if (strlen(glob) > GLOB_BYTES)
		why = "is longer than 256 bytes";
	else if (!is_closed(glob))
		why = "has a '[' without ']', or a '\\' at its end";
	else if (is_path && glob[strspn(glob, "/")] == '\0')
		why = "matches no path: ** is every path";
	else if (is_path && glob[0] == '!')
		why = "begins with '!': there is no way to take a path back in";
	else if (is_path && has_dots(glob))
		why = "has a '.' or '..': paths count from the root of the work tree";
	if (why)
		return policy_fail(reader, &node->place, err, "the glob '%.60s' %s", glob,
				   why);
	return true;
}

/* A folder's name as part of a glob: it stands for itself. */
static const char *escape_glob(const char *name, struct arena *arena)
{
	char *escaped = arena_alloc(arena, 2 * strlen(name) + 1), *end = escaped;

	for (; *name; name++) {
		if (strchr("\\*?[", *name))
			*end++ = '\\';
		*end++ = *name;
	}
	*end = '\0';
	return escaped;
}

const char *policy_place_glob(const struct policy_reader *reader, const char *glob)
{
	struct arena *arena = &reader->snapshot->arena;
	const char *base = reader->snapshot->policy.base;
	const char *slash = strchr(glob, '/');

	if (!base || !base[0] || !slash || slash[1] == '\0')
		return glob; /* a name alone is for any depth */
	return arena_printf(arena, "/%s/%s", escape_glob(base, arena),
			    glob + (glob[0] == '/'));
}

bool policy_read_globs(const struct policy_reader *reader, const struct node *list,
		       const char *what, const char *const **globs, size_t *count,
		       struct error *err)
{
	const char **items;

	if (!policy_check_list(reader, list, what, err))
		return false;
	items = arena_alloc(&reader->snapshot->arena, list->length * sizeof(*items));
	for (size_t i = 0; i < list->length; i++) {
		const struct node *node = list->items[i];

		if (!policy_read_text(reader, node, what, &items[i], err) ||
		    !policy_check_glob(reader, node, items[i], true, err))
			return false;
		items[i] = policy_place_glob(reader, items[i]);
	}
	*globs = items;
	*count = list->length;
	return true;
}
