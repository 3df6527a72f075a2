/*
 * gate.h - what makes a run fail: --fail-on, --allow-incomplete, --allow-empty
 */
#ifndef COMMANDS_GATE_H
#define COMMANDS_GATE_H

#include "commands/commands.h"
#include "model/outcome.h"

struct gate {
	bool never;                        /* findings never fail the run */
	const char *rule;                  /* findings of this rule alone, or NULL */
	enum level level;                  /* else: of this level or above */
	const char *text;                  /* as it was said, for the report */
	const struct option_list *allowed; /* --allow-incomplete */
	bool allow_empty;
};

/* Errors: ERROR_USAGE. */
MUST_CHECK bool gate_init(struct gate *gate, const struct settings *settings,
			  struct error *err);

/* Mark the gaps that --allow-incomplete names. */
void gate_waive(const struct gate *gate, struct gap *gaps, size_t gap_count);

/* True if a finding that stands now fails the run. */
bool gate_fails(const struct gate *gate, const struct finding *finding);

/*
 * The exit status of a complete run.  `nothing`: a folder or stream was named, and not
 * one image found.
 */
enum exit_status gate_status(const struct gate *gate, const struct outcome *outcome,
			     const struct gap *gaps, size_t gap_count, bool nothing);

/* True if some of the paths is not a plain file: a folder or a stream. */
bool gate_expects_images(const struct option_list *paths);

#endif
