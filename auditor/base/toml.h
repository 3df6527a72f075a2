/*
 * toml.h - the part of TOML 1.0 that containerd's hosts.toml files use
 *
 * Comments, bare and quoted keys, dotted keys, tables, strings on one line, booleans and
 * arrays of strings.  Everything else (numbers, dates, inline tables, arrays of tables,
 * strings of several lines) is an error that names the line, never passed over: these
 * files decide whom to believe.
 */
#ifndef BASE_TOML_H
#define BASE_TOML_H

#include "base/buf.h"
#include "base/error.h"
#include "base/memory.h"

#define TOML_DEPTH 4        /* parts of a key, those of its table included */
#define TOML_ENTRIES 1000   /* most in a file */
#define TOML_LIST_ITEMS 100 /* most in an array */

enum toml_kind {
	TOML_TABLE, /* its header */
	TOML_STRING,
	TOML_BOOLEAN,
	TOML_LIST, /* of strings */
};

struct toml_entry {
	const char *path[TOML_DEPTH]; /* "host", "https://mirror.example", "ca" */
	size_t depth;
	uint32_t line; /* from 1 */
	enum toml_kind kind;
	bool boolean;
	const char **items; /* TOML_STRING: one */
	size_t item_count;
};

struct toml {
	struct arena *arena;
	struct toml_entry *entries; /* in the order of the file */
	size_t count;
};

/*
 * Read `text`; what is found lives in `arena`.
 * Errors: ERROR_SYNTAX, ERROR_LIMIT, which name the line.
 */
MUST_CHECK bool toml_parse(struct toml *toml, struct arena *arena, const struct buf *text,
			   struct error *err);

#endif
