/*
 * option.h - the option table: parsing, usage text, environment twins
 *
 * Every flag of the program is one row; `--help`, the man page and the shell
 * completions are made from the rows.  A row's environment twin is PINDRIFT_ and
 * its long name in capitals, dashes as underscores; flags win over it.
 */
#ifndef BASE_OPTION_H
#define BASE_OPTION_H

#include "base/error.h"

enum option_kind {
	OPTION_FLAG,   /* bool: present */
	OPTION_STRING, /* const char *: the last one counts */
	OPTION_LIST,   /* struct option_list: may be given many times */
};

struct option_list {
	const char **items;
	size_t count;
};

struct option {
	const char *name; /* long name, without dashes */
	char letter;	  /* short name, or 0 */
	enum option_kind kind;
	size_t offset;	      /* of the value, in the struct that is filled */
	const char *argument; /* name of the argument in help, NULL for a flag */
	const char *help;     /* one or more sentences, no final full stop */
};

/*
 * Read `argv[1..]` into `*values` by `options` (up to a row without name).
 * Options and operands may be mixed; "--" ends options; "-" is an operand.
 * `--name=value`, `--name value`, `-n value`, `-nvalue` are understood.
 * The operands are left in `*operands` (heap items, texts borrowed from argv).
 * Errors: ERROR_USAGE; an unknown option suggests the nearest name.
 */
MUST_CHECK bool option_parse(const struct option *options, void *values, int argc,
			     char **argv, struct option_list *operands,
			     struct error *err);

/* One indented block a row, wrapped at 80 columns. */
void option_print_help(FILE *out, const struct option *options);

/* The name among `names` (ends with NULL) nearest to `text`, or NULL if none is near. */
const char *option_nearest(const char *text, const char *const *names);

void option_list_release(struct option_list *list);

#endif
