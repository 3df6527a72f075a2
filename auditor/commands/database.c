#include "commands/database.h"

#include "base/buf.h"

#include <limits.h>

#define NAME "pindrift/observations.db"

struct store *database_open(const struct settings *settings, enum store_mode mode,
			    struct error *err)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_MAX);
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	if (settings->database) {
		buf_puts(&path, settings->database);
	} else if (state && state[0] == '/') {
		buf_printf(&path, "%s/" NAME, state);
	} else if (home && home[0] != '\0') {
		buf_printf(&path, "%s/.local/state/" NAME, home);
	} else {
		error_set(err, ERROR_USAGE,
			  "neither XDG_STATE_HOME nor HOME is set: say --db FILE");
		return NULL;
	}
	return store_open(buf_text(&path), mode, err);
}
