/*
 * database.h - where the database of observations is
 */
#ifndef COMMANDS_DATABASE_H
#define COMMANDS_DATABASE_H

#include "commands/commands.h"
#include "store/store.h"

/*
 * Open --db, else $XDG_STATE_HOME/pindrift/observations.db, else the same below
 * ~/.local/state (XDG Base Directory Specification).
 * Errors: as store_open(); ERROR_USAGE where no place can be told.
 */
MUST_CHECK struct store *database_open(const struct settings *settings,
				       enum store_mode mode, struct error *err);

#endif
