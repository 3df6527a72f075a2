#include "model/scope.h"

#include "base/buf.h"

#define SCOPE_BYTES                                                                      \
	65536 /* a key is a URL or a hash, a path has at most PATH_MAX bytes */

/* Add a part so that it holds no "/" of its own. */
static void add_part(struct buf *buf, const char *part)
{
	for (; *part; part++) {
		if (*part == '/' || *part == '%')
			buf_printf(buf, "%%%02X", (unsigned)(unsigned char)*part);
		else
			buf_putc(buf, *part);
	}
}

static const char *scope_make(struct arena *arena, const char *kind, const char *key,
			      const char *below, const char *rest)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(SCOPE_BYTES);

	buf_printf(&buf, "%s/", kind);
	add_part(&buf, key);
	if (rest[0] != '\0')
		buf_printf(&buf, "/%s/%s", below, rest);
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

bool scope_within(const char *scope, const char *area)
{
	size_t length = strlen(area);

	if (strncmp(scope, area, length) != 0)
		return false;
	return scope[length] == '\0' || scope[length] == '/' ||
	       (length > 0 && area[length - 1] == '/');
}
