/*
 * tree_policy.h - .pindrift.yaml or --policy, and what reports say of it
 */
#ifndef COMMANDS_TREE_POLICY_H
#define COMMANDS_TREE_POLICY_H

#include "commands/commands.h"
#include "model/snapshot.h"

/*
 * Read the policy that goes with the operands into the snapshot, before manifests are
 * read.  Without operands only --policy is.  Levels that it changes become rows of the
 * coverage, so that every report says them; so do excluded paths, when manifests are
 * read. Errors: ERROR_USAGE.
 */
MUST_CHECK bool tree_policy_read(struct snapshot *snapshot,
				 const struct settings *settings,
				 const struct option_list *operands, struct error *err);

#endif
