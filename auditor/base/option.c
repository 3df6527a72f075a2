#include "base/option.h"

#include "base/buf.h"
#include "base/memory.h"

#include <ctype.h>

#define NAMES_MOST 128
#define NAME_BYTES 64
#define HELP_COLUMNS 80
#define HELP_INDENT 6
#define NEAREST_EDITS 3 /* a name further off is no suggestion */
#define PREFIX "PINDRIFT_"

static void list_add(struct option_list *list, const char *text)
{
	list->items = array_grow(list->items, list->count, sizeof(*list->items));
	list->items[list->count++] = text;
}

void option_list_release(struct option_list *list)
{
	free(list->items);
	free(list->split);
	*list = (struct option_list){ NULL, 0, NULL };
}

void option_release(const struct option *options, void *values)
{
	for (; options->name; options++) {
		if (options->kind == OPTION_LIST)
			option_list_release((void *)((char *)values + options->offset));
	}
}

static void option_set(const struct option *option, void *values, const char *text)
{
	void *value = (char *)values + option->offset;

	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)value = true;
		break;
	case OPTION_STRING:
		*(const char **)value = text;
		break;
	case OPTION_LIST:
		list_add(value, text);
		break;
	}
}

/* Edits (insert, delete, replace) that turn one name into the other. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t row[NAME_BYTES + 1];
	size_t b_length = strnlen(b, NAME_BYTES);

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 0; i < NAME_BYTES && a[i] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < b_length; j++) {
			size_t best = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j + 1] + 1 < best)
				best = row[j + 1] + 1;
			row[j + 1] = best;
		}
	}
	return row[b_length];
}

const char *option_nearest(const char *text, const char *const *names)
{
	size_t nearest = NEAREST_EDITS + 1;
	const char *name = NULL;

	for (; *names; names++) {
		size_t distance = edit_distance(text, *names);

		if (distance < nearest && distance < strlen(*names)) {
			nearest = distance;
			name = *names;
		}
	}
	return name;
}

/* `text` may go on with "=value", which may be a secret and is no part of the name. */
static bool unknown_option(const struct option_table *table, const char *text,
			   struct error *err)
{
	const struct option *options = table->options;
	const char *names[NAMES_MOST];
	char name[NAME_BYTES];
	const char *nearest;
	size_t count = 0;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, "="), text);
	for (; options->name && count < NAMES_MOST - 1; options++) {
		if (options->commands & table->command)
			names[count++] = options->name;
	}
	names[count] = NULL;
	nearest = option_nearest(name, names);
	if (nearest)
		return error_set(err, ERROR_USAGE,
				 "unknown option --%s; did you mean --%s?", name,
				 nearest);
	return error_set(err, ERROR_USAGE, "unknown option --%s; see --help", name);
}

/* The row of a long name, or of a letter; the one without name where there is none. */
static const struct option *find_option(const struct option_table *table,
					const char *name, size_t length, char letter)
{
	const struct option *option = table->options;

	for (; option->name; option++) {
		if (!(option->commands & table->command))
			continue;
		if (letter ? option->letter == letter
			   : strlen(option->name) == length &&
				     strncmp(option->name, name, length) == 0)
			break;
	}
	return option;
}

/*
 * "--name", "--name=value", or "--name value": then the value is `**next`, which is
 * taken.
 */
static bool parse_long(const struct option_table *table, const char *text, char ***next,
		       struct error *err)
{
	size_t length = strcspn(text, "=");
	const struct option *option = find_option(table, text, length, '\0');

	if (!option->name)
		return unknown_option(table, text, err);
	if (option->kind == OPTION_FLAG && text[length] == '=')
		return error_set(err, ERROR_USAGE, "--%s takes no value", option->name);
	if (option->kind == OPTION_FLAG)
		text = "";
	else if (text[length] == '=')
		text += length + 1;
	else
		text = *(*next)++;
	if (!text)
		return error_set(err, ERROR_USAGE, "--%s needs a value: %s", option->name,
				 option->argument);
	option_set(option, table->values, text);
	return true;
}

/* "-A", "-Av", "-n value", "-nvalue", "-n=value". */
static bool parse_short(const struct option_table *table, const char *text, char ***next,
			struct error *err)
{
	for (; *text; text++) {
		const struct option *option = find_option(table, "", 0, *text);

		if (!option->name)
			return error_set(err, ERROR_USAGE,
					 "unknown option -%c; see --help",
					 isprint((unsigned char)*text) ? *text : '?');
		if (option->kind == OPTION_FLAG) {
			option_set(option, table->values, "");
			continue;
		}
		text++;
		if (*text == '=')
			text++;
		else if (*text == '\0')
			text = *(*next)++;
		if (!text)
			return error_set(err, ERROR_USAGE, "-%c needs a value: %s",
					 option->letter, option->argument);
		option_set(option, table->values, text);
		return true;
	}
	return true;
}

/* The environment twin of a row, or NULL where it is not set or empty. */
static const char *environment_twin(const struct option *option)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT(sizeof(PREFIX) + NAME_BYTES);
	const char *text;

	buf_puts(&name, PREFIX);
	for (const char *c = option->name; *c; c++)
		buf_putc(&name, *c == '-' ? '_' : (char)toupper((unsigned char)*c));
	text = getenv(buf_text(&name));
	return text && text[0] != '\0' ? text : NULL;
}

static bool is_set(const struct option *option, const void *values)
{
	const void *value = (const char *)values + option->offset;

	switch (option->kind) {
	case OPTION_FLAG:
		return *(const bool *)value;
	case OPTION_STRING:
		return *(const char *const *)value != NULL;
	case OPTION_LIST:
		return ((const struct option_list *)value)->count > 0;
	}
	return false;
}

static bool set_from_environment(const struct option *option, void *values,
				 struct error *err)
{
	const char *text = environment_twin(option);
	struct option_list *list;

	if (!text || is_set(option, values))
		return true;
	if (option->kind == OPTION_FLAG) {
		if (strcmp(text, "1") == 0 || strcmp(text, "true") == 0)
			option_set(option, values, "");
		else if (strcmp(text, "0") != 0 && strcmp(text, "false") != 0)
			return error_set(
				err, ERROR_USAGE,
				"the environment twin of --%s is '%.40s'; it takes "
				"true or false",
				option->name, text);
		return true;
	}
	if (option->kind == OPTION_STRING) {
		option_set(option, values, text);
		return true;
	}
	list = (void *)((char *)values + option->offset);
	list->split = xstrdup(text);
	for (char *rest = list->split, *item; (item = strsep(&rest, ","));) {
		if (item[0] != '\0')
			list_add(list, item);
	}
	return true;
}

bool option_parse(const struct option_table *table, char **arguments,
		  struct option_list *operands, struct error *err)
{
	char **next = arguments;
	bool ended = false;

	while (*next) {
		const char *text = *next++;
		bool parsed = true;

		if (ended || text[0] != '-' || text[1] == '\0')
			list_add(operands, text);
		else if (strcmp(text, "--") == 0)
			ended = true;
		else if (text[1] == '-')
			parsed = parse_long(table, text + 2, &next, err);
		else
			parsed = parse_short(table, text + 1, &next, err);
		if (!parsed)
			return false;
	}
	for (const struct option *option = table->options; option->name; option++) {
		if ((option->commands & table->command) &&
		    !set_from_environment(option, table->values, err))
			return false;
	}
	return true;
}

void option_print_wrapped(FILE *out, const char *text, int indent)
{
	size_t column = 0; /* bytes that stand in the line */

	while (*text) {
		size_t length = strcspn(text, " ");

		if (column == 0 || column + 1 + length > HELP_COLUMNS) {
			fprintf(out, "%s%*s", column == 0 ? "" : "\n", indent, "");
			column = (size_t)indent;
		} else {
			fputc(' ', out);
			column++;
		}
		fprintf(out, "%.*s", (int)length, text);
		column += length;
		text += length;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

void option_print_help(FILE *out, const struct option *options, unsigned command)
{
	for (; options->name; options++) {
		if (!(options->commands & command))
			continue;
		fputs("  ", out);
		if (options->letter)
			fprintf(out, "-%c, ", options->letter);
		fprintf(out, "--%s", options->name);
		if (options->argument)
			fprintf(out, " %s", options->argument);
		fputc('\n', out);
		option_print_wrapped(out, options->help, HELP_INDENT);
	}
}
