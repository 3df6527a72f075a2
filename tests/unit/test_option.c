#include "base/option.h"

#include "base/buf.h"
#include "base/memory.h"
#include "tests/unit/check.h"

enum { SCAN = 1, CHECK_ = 2 };

struct values {
	bool all, quiet;
	const char *namespace, *database;
	struct option_list hosts;
};

#define AT(field) offsetof(struct values, field)

static const struct option rows[] = {
	{ "all-namespaces", 'A', OPTION_FLAG, AT(all), NULL, "All of them", SCAN },
	{ "quiet", 'q', OPTION_FLAG, AT(quiet), NULL, "Say less", SCAN | CHECK_ },
	{ "namespace", 'n', OPTION_STRING, AT(namespace), "NAME",
	  "Scan this namespace. Default: the one that the current context of the "
	  "kubeconfig names, else the one that is called default",
	  SCAN },
	{ "db", 0, OPTION_STRING, AT(database), "FILE", "The database", SCAN },
	{ "plain-http", 0, OPTION_LIST, AT(hosts), "HOST", "May be given many times",
	  SCAN },
	{ .name = NULL },
};

static const struct {
	const char *label;
	const char *argv[8]; /* behind the command's name */
	bool all, quiet;
	const char *namespace, *database;
	const char *operands, *hosts; /* joined by spaces */
} parse_cases[] = {
	{ .label = "nothing" },
	{ .label = "a long flag", .argv = { "--quiet" }, .quiet = true },
	{ .label = "short flags together",
	  .argv = { "-Aq" },
	  .all = true,
	  .quiet = true },
	{ .label = "a value behind =",
	  .argv = { "--namespace=shop" },
	  .namespace = "shop" },
	{ .label = "a value behind a space",
	  .argv = { "--namespace", "shop" },
	  .namespace = "shop" },
	{ .label = "a value that holds =", .argv = { "--db=a=b" }, .database = "a=b" },
	{ .label = "an empty value", .argv = { "--db=" }, .database = "" },
	{ .label = "a short value", .argv = { "-n", "shop" }, .namespace = "shop" },
	{ .label = "a short value at once", .argv = { "-nshop" }, .namespace = "shop" },
	{ .label = "a short value behind =", .argv = { "-n=shop" }, .namespace = "shop" },
	{ .label = "flags before a short value",
	  .argv = { "-Aqnshop" },
	  .all = true,
	  .quiet = true,
	  .namespace = "shop" },
	{ .label = "a value that looks like an option",
	  .argv = { "-n", "--db" },
	  .namespace = "--db" },
	{ .label = "the last one counts",
	  .argv = { "-n", "a", "-n", "b" },
	  .namespace = "b" },
	{ .label = "a list",
	  .argv = { "--plain-http", "a", "--plain-http=b,c" },
	  .hosts = "a b,c" },
	{ .label = "operands anywhere",
	  .argv = { "deploy", "-q", "more", "-" },
	  .quiet = true,
	  .operands = "deploy more -" },
	{ .label = "the end of options",
	  .argv = { "-q", "--", "-A", "--" },
	  .quiet = true,
	  .operands = "-A --" },
	{ .label = "an empty operand", .argv = { "" }, .operands = "" },
};

/* Parse `arguments` (ends with NULL) for a command. */
static bool parse(struct values *values, struct option_list *operands,
		  const char *const *arguments, unsigned command, struct error *err)
{
	struct option_table table = { rows, command, values };

	return option_parse(&table, (char **)(uintptr_t)arguments, operands, err);
}

static char *joined(const struct option_list *list)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(1024);

	for (size_t i = 0; i < list->count; i++)
		buf_printf(&text, "%s%s", i ? " " : "", list->items[i]);
	return buf_detach(&text);
}

static void check_text(const char *label, const char *is, const char *expected)
{
	CHECK(label, !is == !expected);
	if (expected)
		CHECK_TEXT(label, is, expected);
}

static void parse_understands_the_forms_of_getopt_and_kubectl(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(parse_cases); i++) {
		const char *label = parse_cases[i].label;
		CLEANUP(option_list_release)
		struct option_list operands = { NULL, 0, NULL };
		struct values values = { .all = false };
		struct error err = ERROR_INIT;
		char *text CLEANUP(free_pointer) = NULL;
		char *hosts CLEANUP(free_pointer) = NULL;

		CHECK(label, parse(&values, &operands, parse_cases[i].argv, SCAN, &err));
		CHECK(label, values.all == parse_cases[i].all);
		CHECK(label, values.quiet == parse_cases[i].quiet);
		check_text(label, values.namespace, parse_cases[i].namespace);
		check_text(label, values.database, parse_cases[i].database);
		text = joined(&operands);
		CHECK_TEXT(label, text,
			   parse_cases[i].operands ? parse_cases[i].operands : "");
		hosts = joined(&values.hosts);
		CHECK_TEXT(label, hosts,
			   parse_cases[i].hosts ? parse_cases[i].hosts : "");
		option_release(rows, &values);
	}
}

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
	const char *label;
	const char *argv[3];
	unsigned command;
	const char *text;
} error_cases[] = {
	{ "a slip",
	  { "--namespaces" },
	  SCAN,
	  "unknown option --namespaces; did you mean --namespace?" },
	{ "a slip, and a value that may be secret",
	  { "--plain-htp=s3cret" },
	  SCAN,
	  "unknown option --plain-htp; did you mean --plain-http?" },
	{ "nothing like it",
	  { "--colour" },
	  SCAN,
	  "unknown option --colour; see --help" },
	{ "of another command",
	  { "--namespace" },
	  CHECK_,
	  "unknown option --namespace; see --help" },
	{ "long",
	  { "--" X50 X50 },
	  SCAN,
	  "unknown option --" X50 "xxxxxxxxxxxxx; see --help" },
	{ "a letter", { "-qz" }, SCAN, "unknown option -z; see --help" },
	{ "a letter of another command",
	  { "-A" },
	  CHECK_,
	  "unknown option -A; see --help" },
	{ "no letter", { "-\xc3\xa9" }, SCAN, "unknown option -?; see --help" },
	{ "a flag with a value", { "--quiet=yes" }, SCAN, "--quiet takes no value" },
	{ "no value", { "--namespace" }, SCAN, "--namespace needs a value: NAME" },
	{ "no short value", { "-n" }, SCAN, "-n needs a value: NAME" },
	{ "the beginning of a name",
	  { "--name" },
	  SCAN,
	  "unknown option --name; see --help" },
};

static void what_cannot_be_understood_is_a_usage_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(error_cases); i++) {
		CLEANUP(option_list_release)
		struct option_list operands = { NULL, 0, NULL };
		struct values values = { .all = false };
		struct error err = ERROR_INIT;

		CHECK(error_cases[i].label,
		      !parse(&values, &operands, error_cases[i].argv,
			     error_cases[i].command, &err));
		CHECK(error_cases[i].label, err.code == ERROR_USAGE);
		CHECK_TEXT(error_cases[i].label, err.text, error_cases[i].text);
		option_release(rows, &values);
	}
}

static const struct {
	const char *label, *name, *text;
	const char *argv[3];
	const char *namespace, *hosts;
	bool all, fails;
} twin_cases[] = {
	{ .label = "a string", .name = "NAMESPACE", .text = "shop", .namespace = "shop" },
	{ .label = "the flag wins",
	  .name = "NAMESPACE",
	  .text = "shop",
	  .argv = { "-nother" },
	  .namespace = "other" },
	{ .label = "empty is not set", .name = "NAMESPACE", .text = "" },
	{ .label = "a list",
	  .name = "PLAIN_HTTP",
	  .text = "a,b,,c:5000,",
	  .hosts = "a b c:5000" },
	{ .label = "the list on the command line wins",
	  .name = "PLAIN_HTTP",
	  .text = "a,b",
	  .argv = { "--plain-http", "c" },
	  .hosts = "c" },
	{ .label = "true", .name = "ALL_NAMESPACES", .text = "true", .all = true },
	{ .label = "1", .name = "ALL_NAMESPACES", .text = "1", .all = true },
	{ .label = "false", .name = "ALL_NAMESPACES", .text = "false" },
	{ .label = "0", .name = "ALL_NAMESPACES", .text = "0" },
	{ .label = "maybe", .name = "ALL_NAMESPACES", .text = "maybe", .fails = true },
};

static void the_environment_says_what_the_command_line_does_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(twin_cases); i++) {
		const char *label = twin_cases[i].label;
		CLEANUP(option_list_release)
		struct option_list operands = { NULL, 0, NULL };
		struct values values = { .all = false };
		struct error err = ERROR_INIT;
		char *hosts CLEANUP(free_pointer) = NULL;
		char name[64];
		bool parsed;

		snprintf(name, sizeof(name), "PINDRIFT_%s", twin_cases[i].name);
		setenv(name, twin_cases[i].text, 1);
		parsed = parse(&values, &operands, twin_cases[i].argv, SCAN, &err);
		unsetenv(name);
		CHECK(label, parsed != twin_cases[i].fails);
		CHECK(label, values.all == twin_cases[i].all);
		check_text(label, values.namespace, twin_cases[i].namespace);
		hosts = joined(&values.hosts);
		CHECK_TEXT(label, hosts, twin_cases[i].hosts ? twin_cases[i].hosts : "");
		option_release(rows, &values);
	}
}

static void the_environment_of_other_commands_options_is_not_read(void **state)
{
	CLEANUP(option_list_release) struct option_list operands = { NULL, 0, NULL };
	static const char *const nothing[] = { NULL };
	struct values values = { .all = false };
	struct error err = ERROR_INIT;

	(void)state;
	setenv("PINDRIFT_ALL_NAMESPACES", "maybe", 1);
	assert_true(parse(&values, &operands, nothing, CHECK_, &err));
	unsetenv("PINDRIFT_ALL_NAMESPACES");
	assert_false(values.all);
}

static void help_is_wrapped_and_shows_the_options_of_the_command(void **state)
{
	char *text CLEANUP(free_pointer) = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	option_print_help(out, rows, SCAN);
	fclose(out);
	assert_string_equal(
		text, "  -A, --all-namespaces\n"
		      "      All of them\n"
		      "  -q, --quiet\n"
		      "      Say less\n"
		      "  -n, --namespace NAME\n"
		      "      Scan this namespace. Default: the one that the current "
		      "context of the\n"
		      "      kubeconfig names, else the one that is called default\n"
		      "  --db FILE\n"
		      "      The database\n"
		      "  --plain-http HOST\n"
		      "      May be given many times\n");
}

static void a_line_of_80_columns_ends_there(void **state)
{
	char *text CLEANUP(free_pointer) = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	option_print_wrapped(out, "ten bytes " X50 " and twenty of them. Then more", 0);
	fclose(out);
	assert_string_equal(text, "ten bytes " X50 " and twenty of them.\nThen more\n");
}

static const struct {
	const char *label, *text, *nearest;
} nearest_cases[] = {
	{ "a letter too few", "scn", "scan" },
	{ "two swapped", "rpeort", "report" },
	{ "itself", "check", "check" },
	{ "three off", "heck-it", NULL },
	{ "short names need more in common", "db", NULL },
	{ "empty", "", NULL },
	{ "long", X50 X50, NULL },
};

static void a_suggestion_is_near(void **state)
{
	static const char *const names[] = { "check", "scan", "report", NULL };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(nearest_cases); i++)
		check_text(nearest_cases[i].label,
			   option_nearest(nearest_cases[i].text, names),
			   nearest_cases[i].nearest);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_understands_the_forms_of_getopt_and_kubectl),
		cmocka_unit_test(what_cannot_be_understood_is_a_usage_error),
		cmocka_unit_test(the_environment_says_what_the_command_line_does_not),
		cmocka_unit_test(the_environment_of_other_commands_options_is_not_read),
		cmocka_unit_test(help_is_wrapped_and_shows_the_options_of_the_command),
		cmocka_unit_test(a_line_of_80_columns_ends_there),
		cmocka_unit_test(a_suggestion_is_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
