/*
 * policy_waivers.h - the section `waivers` of a policy file
 */
#ifndef SOURCE_POLICY_WAIVERS_H
#define SOURCE_POLICY_WAIVERS_H

#include "source/policy_reader.h"

/*
 * Append the waivers of the list to the snapshot's; of one with several paths, one for
 * each.  Errors: ERROR_USAGE.
 */
MUST_CHECK bool policy_waivers_read(const struct policy_reader *reader,
				    const struct node *list, struct error *err);

#endif
