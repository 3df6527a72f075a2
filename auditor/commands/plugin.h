/*
 * plugin.h - the program that a kubeconfig has its credentials from
 */
#ifndef COMMANDS_PLUGIN_H
#define COMMANDS_PLUGIN_H

#include "commands/commands.h"
#include "source/kube_exec.h"

/*
 * Judge by kube_exec_trust.h whether it may be started, with `paths` as what is scanned
 * and
 * --allow-exec as what the user has allowed; and note in `exec` whether it may ask.
 * Errors: ERROR_USAGE.
 */
MUST_CHECK bool plugin_permit(struct kube_exec *exec, const struct settings *settings,
			      const struct option_list *paths, struct error *err);

#endif
