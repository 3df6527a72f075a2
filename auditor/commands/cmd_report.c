#include "commands/commands.h"

#include "base/log.h"
#include "commands/database.h"
#include "commands/output.h"

/* The number of a scan; 0 for the last one. */
static bool parse_scan(const struct option_list *operands, int64_t *id, struct error *err)
{
	char *end;

	*id = 0;
	if (operands->count == 0)
		return true;
	*id = strtoll(operands->items[0], &end, 10);
	if (operands->count > 1 || *end != '\0' || *id <= 0)
		return error_set(err, ERROR_USAGE,
				 "report takes the number of one scan, not '%.40s'",
				 operands->items[operands->count - 1]);
	return true;
}

static bool render(const struct settings *settings, const struct option_list *operands,
		   enum exit_status *status, struct error *err)
{
	CLEANUP(store_close) struct store *store = NULL;
	CLEANUP(report_release) struct report report;
	int64_t id;

	report_init(&report);
	*status = EXIT_USAGE;
	if (!output_check(settings, err) || !parse_scan(operands, &id, err))
		return false;
	*status = EXIT_FATAL;
	store = database_open(settings, STORE_READ, err);
	if (!store || !store_load_report(store, id, &report, err) ||
	    !output_write(settings, &report, err))
		return false;
	*status = (enum exit_status)report.scan.exit_status;
	return true;
}

enum exit_status command_report(const struct settings *settings,
				const struct option_list *operands)
{
	enum exit_status status;
	struct error err = ERROR_INIT;

	if (!render(settings, operands, &status, &err))
		log_message(LOG_ERROR, "%s", err.text);
	return status;
}
