#include "commands/commands.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "commands/network.h"
#include "commands/resolution.h"

/* Everything that `resolve` holds open. */
struct resolving {
	struct network network;
	struct snapshot snapshot;
	struct resolution *resolutions; /* one an operand */
	size_t count;
	const char *platform; /* --platform, or NULL */
};

static void resolving_release(struct resolving *resolving)
{
	free(resolving->resolutions);
	network_release(&resolving->network);
	snapshot_release(&resolving->snapshot);
}

static bool read_operands(struct resolving *resolving, const struct option_list *operands,
			  struct error *err)
{
	if (operands->count == 0)
		return error_set(err, ERROR_USAGE, "resolve which image? See --help");
	resolving->resolutions =
		xcalloc(operands->count, sizeof(*resolving->resolutions));
	for (; resolving->count < operands->count; resolving->count++) {
		const char *text = operands->items[resolving->count];

		if (!resolution_init(&resolving->resolutions[resolving->count],
				     &resolving->snapshot.arena, text,
				     resolving->platform, err))
			return error_wrap(err, "%.200s", text);
	}
	return true;
}

/* Ask for what all of them want, until nothing is wanted. */
static void answer_all(struct resolving *resolving)
{
	struct snapshot *snapshot = &resolving->snapshot;

	for (int round = 0; round < DRIFT_ROUNDS; round++) {
		CLEANUP(wants_release)
		struct wants wants = { .arena = &snapshot->arena };
		bool last = round == DRIFT_ROUNDS - 1;

		for (size_t i = 0; i < resolving->count; i++)
			resolution_update(&resolving->resolutions[i], snapshot,
					  last ? NULL : &wants);
		if (wants.count == 0)
			break;
		registry_answer(resolving->network.registries, snapshot, wants.items,
				wants.count);
	}
}

/* --verbose: as whom each registry was asked. */
static void note_credentials(struct resolving *resolving)
{
	for (size_t i = 0; i < resolving->count; i++) {
		struct resolution *one = &resolving->resolutions[i];
		const char *text = registry_credential(
			resolving->network.registries, &resolving->snapshot.arena,
			one->ref.registry, one->ref.repository);

		one->credential = text[0] ? text : "not asked";
	}
}

/* 3 where a registry could not be asked; else 1 where one has no such image. */
static enum exit_status status_of(const struct resolving *resolving)
{
	enum exit_status status = EXIT_PASSES;

	for (size_t i = 0; i < resolving->count; i++) {
		enum fact_state state = resolving->resolutions[i].state;

		if (state == FACT_ABSENT)
			return EXIT_VIOLATED;
		if (state != FACT_FOUND)
			status = EXIT_INCOMPLETE;
	}
	return status;
}

static bool resolve(struct resolving *resolving, const struct settings *settings,
		    const struct option_list *operands, enum exit_status *status,
		    struct error *err)
{
	bool json = settings->format && strcmp(settings->format, "json") == 0;

	*status = EXIT_USAGE;
	if (settings->format && !json && strcmp(settings->format, "text") != 0)
		return error_set(err, ERROR_USAGE,
				 "resolve has the formats text and json, not '%.40s'",
				 settings->format);
	if (!read_operands(resolving, operands, err) ||
	    !network_configure(&resolving->network, settings, err))
		return false;
	if (!network_open(&resolving->network, err)) {
		*status = err->code == ERROR_USAGE ? EXIT_USAGE : EXIT_FATAL;
		return false;
	}
	answer_all(resolving);
	if (settings->verbose)
		note_credentials(resolving);
	(json ? resolution_print_json
	      : resolution_print_text)(stdout, resolving->resolutions, resolving->count);
	*status = EXIT_FATAL;
	if (fflush(stdout) != 0 || ferror(stdout))
		return error_set(err, ERROR_SYSTEM, "standard output cannot be written");
	*status = status_of(resolving);
	return true;
}

enum exit_status command_resolve(const struct settings *settings,
				 const struct option_list *operands)
{
	CLEANUP(resolving_release)
	struct resolving resolving = { .platform = settings->platform };
	enum exit_status status;
	struct error err = ERROR_INIT;

	snapshot_init(&resolving.snapshot, timestamp_now());
	if (!resolve(&resolving, settings, operands, &status, &err))
		log_message(LOG_ERROR, "%s", err.text);
	return status;
}
