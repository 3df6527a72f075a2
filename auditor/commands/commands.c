#include "commands/commands.h"

#include "base/log.h"
#include "base/version.h"

#include <signal.h>

const struct command commands[] = {
	{ "check", "[PATH...]", "are the images in these manifests pinned?",
	  "Reads kube manifests - files, folders, or - for standard input; the current "
	  "folder where none is named - and fails where an image is not pinned by "
	  "digest. Makes no connection and starts no process.",
	  COMMAND_CHECK, command_check },
	{ "scan", "[PATH...]", "audit a cluster against manifests and registries",
	  "Compares what runs in the cluster with what the manifests below PATH "
	  "declare and with what the registries' tags resolve to, keeps what it saw in "
	  "a database, and reports where they drift apart. Without PATH: what runs, "
	  "what is unpinned, and what the tags say.",
	  COMMAND_SCAN, command_scan },
	{ "report", "[SCAN]", "render a stored scan again",
	  "Renders the last complete scan of the database, or the one with this "
	  "number, and ends as that scan did.",
	  COMMAND_REPORT, command_report },
	{ "pin", "[PATH...]",
	  "write the digests of tags into manifests, or take them out",
	  "Asks the registries what the tags in these kube manifests resolve to now, and "
	  "prints the change that pins them, for git apply; with --write, makes it, "
	  "touching no byte but those of the references. With --from running, pins to what "
	  "the last scan saw running. What cannot be pinned is listed "
	  "on standard error with the reason. Ends with 1 where there is something to "
	  "change (without --write) or an image cannot be pinned as it is, with 3 where "
	  "a registry could not be asked.",
	  COMMAND_PIN, command_pin },
	{ "resolve", "IMAGE...", "what a reference resolves to now",
	  "Asks the registry: digest, media type, size, and the platforms of an image "
	  "index. Ends with 1 where there is no such image (404), with 3 where the "
	  "registry could not be asked.",
	  COMMAND_RESOLVE, command_resolve },
	{ "explain", "[RULE]", "what a rule means, why it matters, how to mend it",
	  "Without RULE: lists the rules.", COMMAND_EXPLAIN, command_explain },
	{ "version", "", "print the version", "Prints the version.", COMMAND_VERSION,
	  command_version },
	{ .name = NULL },
};

static void print_usage(FILE *out)
{
	fputs("pindrift: is what runs in a cluster what was pinned?\n\nUsage: "
	      "pindrift COMMAND [OPTION...] [ARGUMENT...]\n\n",
	      out);
	for (const struct command *command = commands; command->name; command++)
		fprintf(out, "  %-8s %-10s %s\n", command->name, command->operands,
			command->summary);
	fputs("\nSee pindrift COMMAND --help for its options.\n", out);
}

static void print_command_help(const struct command *command)
{
	printf("Usage: pindrift %s [OPTION...] %s\n\n", command->name, command->operands);
	option_print_wrapped(stdout, command->text, 0);
	putchar('\n');
	option_print_help(stdout, command_options, (unsigned)command->bit);
}

static const struct command *find_command(const char *name)
{
	for (const struct command *command = commands; command->name; command++) {
		if (strcmp(command->name, name) == 0)
			return command;
	}
	return NULL;
}

static int unknown_command(const char *name)
{
	const char *names[ARRAY_LENGTH(commands)];
	const char *nearest;
	size_t count = 0;

	for (const struct command *command = commands; command->name; command++)
		names[count++] = command->name;
	names[count] = NULL;
	nearest = option_nearest(name, names);
	if (nearest)
		log_message(LOG_ERROR, "there is no command '%.60s'; did you mean %s?",
			    name, nearest);
	else
		log_message(LOG_ERROR, "there is no command '%.60s'; see pindrift --help",
			    name);
	return EXIT_USAGE;
}

static enum exit_status run_command(const struct command *command, char **arguments)
{
	struct settings settings = { .help = false };
	struct option_table table = { command_options, (unsigned)command->bit,
				      &settings };
	struct option_list operands = { NULL, 0, NULL };
	enum exit_status status = EXIT_USAGE;
	struct error err = ERROR_INIT;

	if (!option_parse(&table, arguments, &operands, &err)) {
		log_message(LOG_ERROR, "%s", err.text);
	} else if (settings.help) {
		print_command_help(command);
		status = EXIT_PASSES;
	} else {
		log_set_level(settings.quiet ? LOG_ERROR : LOG_WARNING);
		status = command->run(&settings, &operands);
	}
	option_release(command_options, &settings);
	option_list_release(&operands);
	return status;
}

int commands_main(int argc, char **argv)
{
	const struct command *command;
	enum exit_status status;

	/* A reader that goes away is no reason to die: see report_write(). */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return EXIT_PASSES;
	}
	if (strcmp(argv[1], "--version") == 0)
		return (int)command_version(NULL, NULL);
	command = find_command(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	status = run_command(command, argv + 2);
	log_forget_secrets();
	return (int)status;
}
