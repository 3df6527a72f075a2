/*
 * commands.h - the commands, and the options that they share
 *
 * To add a command: a cmd_<name>.c with its function, its prototype and bit here, a row
 * in the table of commands.c, and its bit in the rows of the options that it takes
 * (options.c).  Help, completions and the man page follow from the rows.
 */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

#include "base/option.h"

/* How the program ends (README, "Exit status").  When several apply: 4, 1, 3, 5. */
enum exit_status {
	EXIT_PASSES = 0,
	EXIT_VIOLATED = 1,   /* findings at or above --fail-on; something to pin */
	EXIT_USAGE = 2,      /* command line or configuration */
	EXIT_INCOMPLETE = 3, /* a gap in what was asked for */
	EXIT_FATAL = 4,      /* nothing usable came of it */
	EXIT_NOTHING = 5,    /* a folder or stream without one image */
	EXIT_LOCKED = 75,    /* another run holds the lock */
};

/* One bit a command, for the rows of the option table. */
enum command_bit {
	COMMAND_CHECK = 1 << 0,
	COMMAND_SCAN = 1 << 1,
	COMMAND_REPORT = 1 << 2,
	COMMAND_RESOLVE = 1 << 3,
	COMMAND_EXPLAIN = 1 << 4,
	COMMAND_VERSION = 1 << 5,
	COMMAND_PIN = 1 << 6,
};

/* The values of all options; NULL, false or empty where they were not given. */
struct settings {
	bool help;
	bool verbose;
	bool quiet;
	const char *format;
	struct option_list outputs; /* "FORMAT=FILE" */
	const char *now;
	const char *database;
	const char *fail_on;
	struct option_list allow_incomplete; /* "GAP" or "GAP:GLOB" */
	bool allow_empty;
	bool no_inline_waivers;
	const char *baseline;
	const char *kubeconfig;
	struct option_list contexts;
	bool all_contexts;
	struct option_list allow_exec; /* commands of `exec` in kubeconfigs */
	const char *namespace;
	bool all_namespaces;
	const char *selector;
	const char *field_selector;
	bool all_phases;
	bool pull_secrets;
	const char *cluster_name;
	const char *cluster_dump;
	const char *request_timeout;
	const char *deadline;
	const char *docker_config;
	struct option_list plain_http;
	struct option_list insecure_registries;
	struct option_list token_hosts;
	const char *registry_ca;
	const char *hosts_dir;
	struct option_list mirrors; /* "HOST[/PREFIX]=HOST[/PREFIX]" */
	const char *platform;
	bool diff;
	bool write;
	bool update;
	bool unpin;
	bool drop_tag;
	const char *from;
	bool allow_platform;
	bool kubectl;
	const char *files_from0;
	const char *policy;
	bool dockerfiles;
};

extern const struct option command_options[];

struct command {
	const char *name;
	const char *operands; /* for the usage line: "[PATH...]" */
	const char *summary;  /* one line */
	const char *text;     /* a paragraph for its --help */
	enum command_bit bit;
	enum exit_status (*run)(const struct settings *settings,
				const struct option_list *operands);
};

extern const struct command commands[]; /* ends with a row without name */

/* The whole command line; what main() returns. */
int commands_main(int argc, char **argv);

enum exit_status command_check(const struct settings *settings,
			       const struct option_list *operands);
enum exit_status command_scan(const struct settings *settings,
			      const struct option_list *operands);
enum exit_status command_report(const struct settings *settings,
				const struct option_list *operands);
enum exit_status command_resolve(const struct settings *settings,
				 const struct option_list *operands);
enum exit_status command_pin(const struct settings *settings,
			     const struct option_list *operands);
enum exit_status command_explain(const struct settings *settings,
				 const struct option_list *operands);
enum exit_status command_version(const struct settings *settings,
				 const struct option_list *operands);

#endif
