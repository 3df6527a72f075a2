/*
 * pin_running.h - which digest `pin --from running` writes
 *
 * What runs was seen by the newest scan in the database.  A pin is an image index in the
 * declared repository that holds the running image for every platform it runs on: the
 * one that the tag has now, the declared one, the running one itself, or another that
 * the database knows.  Whichever it is, its bytes are fetched and hashed in this run.
 */
#ifndef COMMANDS_PIN_RUNNING_H
#define COMMANDS_PIN_RUNNING_H

#include "drift/inquiry.h"
#include "model/report.h"
#include "store/store.h"

struct pin_running {
	struct store *store;
	struct report scan;    /* the newest one */
	const char *namespace; /* of manifests that name none; "" for any */
	bool update;           /* the tag's image comes before the declared one */
	bool allow_platform;   /* one platform's manifest will do */
	struct arena arena;    /* of all that the choices point to */
	struct table known;    /* a repository to the struct digest_list of its indexes */
};

enum pin_choice_state {
	PIN_CHOSEN,
	PIN_LATER,   /* something is wanted first */
	PIN_NOTHING, /* what runs cannot be pinned: nothing, several, on its way */
	PIN_SILENT,  /* a registry gave no usable answer */
};

struct pin_choice {
	enum pin_choice_state state;
	struct digest digest; /* PIN_CHOSEN */
	bool moved;           /* the tag is another image by now */
	const char *reason;   /* PIN_NOTHING, PIN_SILENT: for people */
};

/*
 * Load the database's newest scan into `running->scan`, which the caller has initialised.
 * The store is the caller's to close, after the release.
 * Errors: ERROR_NOT_FOUND (no complete scan), ERROR_STORE; ERROR_USAGE for a scan that
 * asked no cluster.
 */
MUST_CHECK bool pin_running_load(struct pin_running *running, struct store *store,
				 struct error *err);
void pin_running_release(struct pin_running *running);

/*
 * Choose for a declared use by what `facts` hold; what is missing is added to `wants`,
 * where that is not NULL.
 */
struct pin_choice pin_running_choose(struct pin_running *running,
				     const struct declared_use *use,
				     const struct snapshot *facts, struct wants *wants);

#endif
