#include "source/kube_impersonation.h"

#include "base/buf.h"
#include "source/url.h"

#include <ctype.h>

#define NAME_BYTES 4096 /* of a header, percent-escaped */

struct reader {
	const char **headers;
	size_t count;
	struct arena *arena;
};

static bool is_absent(const struct node *node)
{
	return !node || node->kind == NODE_NULL;
}

static bool refuse(struct error *err, const char *field, const char *why)
{
	return error_set(err, ERROR_USAGE, "%s %s", field, why);
}

/* One header; `field` is where its value comes from. */
static bool add_header(struct reader *reader, const char *field, const char *name,
		       const struct node *value, struct error *err)
{
	if (!node_is_scalar(value))
		return refuse(err, field, "holds something else than text");
	if (!value->text[0] || text_has_control(value->text))
		return refuse(err, field,
			      "holds an empty text, or one with a control character");
	if (reader->count == KUBE_IMPERSONATION_HEADERS)
		return refuse(err, field, "is too long");
	reader->headers = arena_grow(reader->arena, (void *)reader->headers,
				     reader->count, sizeof(*reader->headers));
	reader->headers[reader->count++] =
		arena_printf(reader->arena, "%s: %s", name, value->text);
	return true;
}

static bool add_headers(struct reader *reader, const char *field, const char *name,
			const struct node *values, struct error *err)
{
	if (is_absent(values))
		return true;
	if (values->kind != NODE_SEQUENCE)
		return refuse(err, field, "is no list");
	for (size_t i = 0; i < values->length; i++) {
		if (!add_header(reader, field, name, values->items[i], err))
			return false;
	}
	return true;
}

/* RFC 9110, 5.6.2; "%" begins an escape (client-go, headerKeyEscape). */
static bool stands_in_names(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("!#$&'*+-.^_`|~", c));
}

static bool add_extra(struct reader *reader, const struct node_member *extra,
		      struct error *err)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT(NAME_BYTES);

	buf_puts(&name, "Impersonate-Extra-");
	for (const char *c = extra->key; *c; c++) {
		if (stands_in_names(*c))
			buf_add(&name, c, 1);
		else
			buf_printf(&name, "%%%02X", (unsigned)(unsigned char)*c);
	}
	if (!extra->key[0] || name.overflowed)
		return refuse(err, "as-user-extra", "has a key that can be no header");
	return add_headers(reader, "as-user-extra", buf_text(&name), extra->value, err);
}

static bool add_extras(struct reader *reader, const struct node *extras,
		       struct error *err)
{
	if (is_absent(extras))
		return true;
	if (extras->kind != NODE_MAPPING)
		return refuse(err, "as-user-extra", "is no mapping");
	for (size_t i = 0; i < extras->length; i++) {
		if (!add_extra(reader, &extras->members[i], err))
			return false;
	}
	return true;
}

/* Sequences and mappings without anything in them say nothing. */
static bool says_something(const struct node *node)
{
	return !is_absent(node) && node->length > 0;
}

bool kube_impersonation_read(struct kube_impersonation *impersonation,
			     const struct node *user, struct arena *arena,
			     struct error *err)
{
	struct reader reader = { .arena = arena };
	const struct node *as = node_get(user, "as"), *uid = node_get(user, "as-uid");
	const struct node *groups = node_get(user, "as-groups");
	const struct node *extras = node_get(user, "as-user-extra");

	*impersonation = (struct kube_impersonation){ .user = "" };
	if (!says_something(as)) {
		if (!says_something(uid) && !says_something(groups) &&
		    !says_something(extras))
			return true;
		return error_set(err, ERROR_USAGE,
				 "has as-uid, as-groups or as-user-extra without `as`: "
				 "name the user whose they are");
	}
	if (!add_header(&reader, "as", "Impersonate-User", as, err) ||
	    (says_something(uid) &&
	     !add_header(&reader, "as-uid", "Impersonate-Uid", uid, err)) ||
	    !add_headers(&reader, "as-groups", "Impersonate-Group", groups, err) ||
	    !add_extras(&reader, extras, err))
		return false;
	*impersonation = (struct kube_impersonation){
		.user = arena_strdup(arena, as->text),
		.headers = reader.headers,
		.header_count = reader.count,
	};
	return true;
}
