#include "model/scope.h"

#include "base/buf.h"
#include "base/utf8.h"

#define SCOPE_BYTES                                                                      \
	((size_t)64 * 1024 * 1024) /* parts are bounded where they are read              \
				    */

/* The printable ASCII in front, which most texts are made of. */
static size_t plain_length(const char *text, const char *also)
{
	size_t length = 0;

	while (text[length] >= ' ' && text[length] < 0x7f && text[length] != '%' &&
	       text[length] != *also)
		length++;
	return length;
}

/* `also`: one more character to escape, or "". */
static void add_escaped(struct buf *buf, const char *text, const char *also)
{
	for (;;) {
		size_t front = plain_length(text, also);
		uint32_t point = 0;
		size_t length;
		bool plain;

		buf_add(buf, text, front);
		text += front;
		if (*text == '\0')
			return;
		length = utf8_take(text, &point);
		plain = length > 0 && point > 0x7f;
		if (length == 0)
			length = 1;
		if (plain)
			buf_add(buf, text, length);
		for (size_t i = 0; i < length && !plain; i++)
			buf_printf(buf, "%%%02X", (unsigned)(unsigned char)text[i]);
		text += length;
	}
}

/* `below` and `rest` are left out where `rest` is "". */
static const char *scope_make(struct arena *arena, const char *kind, const char *key,
			      const char *below, const char *rest)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(SCOPE_BYTES);
	bool is_path = strcmp(below, "path") == 0;

	buf_puts(&buf, kind);
	buf_putc(&buf, '/');
	add_escaped(&buf, key, "/");
	if (rest[0] != '\0') {
		buf_putc(&buf, '/');
		buf_puts(&buf, below);
		buf_putc(&buf, '/');
		add_escaped(&buf, rest, is_path ? "" : "/");
	}
	return arena_strdup(arena, buf_text(&buf));
}

const char *scope_of_namespace(struct arena *arena, const char *cluster_key,
			       const char *namespace)
{
	return scope_make(arena, "cluster", cluster_key, "namespace", namespace);
}

const char *scope_of_path(struct arena *arena, const char *tree, const char *path)
{
	return scope_make(arena, "tree", tree, "path", path);
}

const char *scope_of_policy(struct arena *arena, const char *file, const char *rule)
{
	return scope_make(arena, "policy", file, "rule", rule);
}

bool scope_within(const char *scope, const char *area)
{
	size_t length = strlen(area);

	if (strncmp(scope, area, length) != 0)
		return false;
	return scope[length] == '\0' || scope[length] == '/' ||
	       (length > 0 && area[length - 1] == '/');
}

/* What follows the two parts "KIND/KEY" of a scope and then `below`; else "". */
static const char *scope_rest(const char *scope, const char *kind, const char *below)
{
	const char *key_end;

	if (strncmp(scope, kind, strlen(kind)) != 0)
		return "";
	key_end = strchr(scope + strlen(kind), '/');
	if (!key_end || strncmp(key_end, below, strlen(below)) != 0)
		return "";
	return key_end + strlen(below);
}

const char *scope_namespace(const char *scope)
{
	return scope_rest(scope, "cluster/", "/namespace/");
}

const char *scope_path(const char *scope)
{
	return scope_rest(scope, "tree/", "/path/");
}
