/*
 * network.h - the connections of a command, as its options want them
 */
#ifndef COMMANDS_NETWORK_H
#define COMMANDS_NETWORK_H

#include "commands/commands.h"
#include "source/http.h"
#include "source/registry.h"

struct network {
	long request_timeout;            /* seconds; 0: the usual */
	long deadline;                   /* seconds, for the whole command */
	struct registry_options options; /* borrows from the settings */
	struct http *http;
	struct registry_client *registries; /* borrows `options` and `http` */
};

/*
 * Read --request-timeout, --deadline and the trust in registries; nothing is opened.
 * Errors: ERROR_USAGE.
 */
MUST_CHECK bool network_configure(struct network *network,
				  const struct settings *settings, struct error *err);

/*
 * Open what was configured; the network must not move afterwards.  Nothing is sent after
 * 7/8 of the deadline, so that there is time for a report.
 * Errors: ERROR_USAGE (credentials or CAs that cannot be read), ERROR_SYSTEM.
 */
MUST_CHECK bool network_open(struct network *network, struct error *err);

void network_release(struct network *network);

#endif
