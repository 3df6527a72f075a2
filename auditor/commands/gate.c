#include "commands/gate.h"

#include "base/option.h"
#include "drift/rules.h"

#include <fnmatch.h>
#include <sys/stat.h>

static bool is_gap_name(const char *name, size_t length)
{
	for (int kind = 0; kind < GAP_KIND_COUNT; kind++) {
		const char *known = gap_name((enum gap_kind)kind);

		if (strlen(known) == length && strncmp(known, name, length) == 0)
			return true;
	}
	return false;
}

/* `GAP:GLOB` with a gap that there is not. */
static bool fail_gap(const char *allowed, struct error *err)
{
	const char *names[GAP_KIND_COUNT + 1] = { NULL };
	char id[64];
	const char *nearest;

	for (int kind = 0; kind < GAP_KIND_COUNT; kind++)
		names[kind] = gap_name((enum gap_kind)kind);
	snprintf(id, sizeof(id), "%.*s", (int)strcspn(allowed, ":"), allowed);
	nearest = option_nearest(id, names);
	return error_set(err, ERROR_USAGE,
			 "--allow-incomplete %.60s: there is no such gap%s%s%s", allowed,
			 nearest ? "; did you mean "
				 : ": the report names them in brackets",
			 nearest ? nearest : "", nearest ? "?" : "");
}

bool gate_init(struct gate *gate, const struct settings *settings, struct error *err)
{
	const char *text = settings->fail_on ? settings->fail_on : "error";

	*gate = (struct gate){
		.level = LEVEL_ERROR,
		.text = text,
		.allowed = &settings->allow_incomplete,
		.allow_empty = settings->allow_empty,
	};
	if (strcmp(text, "never") == 0)
		gate->never = true;
	else if (rule_find(text))
		gate->rule = text;
	else if (!level_parse(&gate->level, text) || gate->level == LEVEL_NONE)
		return error_set(err, ERROR_USAGE,
				 "--fail-on %.60s: not note, warning, error, never, or a "
				 "rule (see pindrift explain)",
				 text);
	for (size_t i = 0; i < gate->allowed->count; i++) {
		const char *allowed = gate->allowed->items[i];

		if (!is_gap_name(allowed, strcspn(allowed, ":")))
			return fail_gap(allowed, err);
	}
	return true;
}

static bool is_allowed(const struct gap *gap, const char *allowed)
{
	const char *name = gap_name(gap->kind);
	size_t length = strcspn(allowed, ":");

	if (strlen(name) != length || strncmp(name, allowed, length) != 0)
		return false;
	return allowed[length] == '\0' ||
	       fnmatch(allowed + length + 1, gap->subject, 0) == 0;
}

void gate_waive(const struct gate *gate, struct gap *gaps, size_t gap_count)
{
	for (size_t i = 0; i < gap_count; i++) {
		for (size_t j = 0; j < gate->allowed->count && !gaps[i].waived; j++)
			gaps[i].waived = is_allowed(&gaps[i], gate->allowed->items[j]);
	}
}

bool gate_fails(const struct gate *gate, const struct finding *finding)
{
	if (gate->never ||
	    (finding->state != FINDING_NEW && finding->state != FINDING_OPEN))
		return false;
	if (gate->rule)
		return strcmp(gate->rule, finding->rule) == 0;
	return finding->level >= gate->level;
}

enum exit_status gate_status(const struct gate *gate, const struct outcome *outcome,
			     const struct gap *gaps, size_t gap_count, bool nothing)
{
	for (size_t i = 0; i < outcome->finding_count; i++) {
		const struct judged_finding *judged = &outcome->findings[i];

		if (!judged->elsewhere && gate_fails(gate, &judged->finding))
			return EXIT_VIOLATED;
	}
	for (size_t i = 0; i < gap_count; i++) {
		if (!gaps[i].waived)
			return EXIT_INCOMPLETE;
	}
	return nothing && !gate->allow_empty ? EXIT_NOTHING : EXIT_PASSES;
}

bool gate_expects_images(const struct option_list *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		struct stat status;

		if (strcmp(paths->items[i], "-") == 0 ||
		    stat(paths->items[i], &status) != 0 || !S_ISREG(status.st_mode))
			return true;
	}
	return false;
}
