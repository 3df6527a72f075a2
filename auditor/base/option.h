/*
 * option.h - the option table: parsing, usage text, environment twins
 *
 * Every flag of the program is one row; `--help`, the man page and the shell
 * completions are made from the rows.  A row's environment twin is PINDRIFT_ and
 * its long name in capitals, dashes as underscores (a list is split at commas); a flag
 * on the command line wins over it.
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
	const char *
		*items; /* heap; the texts are borrowed from argv or the environment */
	size_t count;
	char *split; /* heap copy that an environment twin was split in, or NULL */
};

struct option {
	const char *name; /* long name, without dashes */
	char letter;      /* short name, or 0 */
	enum option_kind kind;
	size_t offset;        /* of the value, in the struct that is filled */
	const char *argument; /* name of the argument in help, NULL for a flag */
	const char *help;     /* one or more sentences, no final full stop */
	unsigned commands;    /* bits: which commands have it */
};

/* What is parsed into what: the rows of `command`, a bit, fill in `*values`. */
struct option_table {
	const struct option *options; /* up to a row without name */
	unsigned command;
	void *values;
};

/*
 * Read `arguments` (ends with NULL) by the table, then the environment twins of what was
 * not given. Options and operands may be mixed; "--" ends options; "-" is an operand.
 * `--name=value`, `--name value`, `-n value`, `-nvalue`, `-n=value` are understood.
 * The operands are added to `*operands` (texts borrowed from the arguments).
 * Errors: ERROR_USAGE; an unknown option suggests the nearest name.
 */
MUST_CHECK bool option_parse(const struct option_table *table, char **arguments,
			     struct option_list *operands, struct error *err);

/* One block a row of `command`, wrapped at 80 columns. */
void option_print_help(FILE *out, const struct option *options, unsigned command);

/* Print words, indented, so that no line is longer than 80 columns. */
void option_print_wrapped(FILE *out, const char *text, int indent);

/* The name among `names` (ends with NULL) nearest to `text`, or NULL if none is near. */
const char *option_nearest(const char *text, const char *const *names);

void option_list_release(struct option_list *list);
/* Free the lists of a filled struct. */
void option_release(const struct option *options, void *values);

#endif
