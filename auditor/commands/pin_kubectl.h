/*
 * pin_kubectl.h - the `kubectl set image` commands that pin live workloads
 */
#ifndef COMMANDS_PIN_KUBECTL_H
#define COMMANDS_PIN_KUBECTL_H

#include "commands/pin_plan.h"

/*
 * Append a command for each workload that `facts` declare some references of which are to
 * change, one a line, for a POSIX shell.  `namespace`: of manifests that name none; ""
 * leaves it to kubectl's context.  What kubectl cannot set is refused in the plan.
 * Returns how many references the commands set.
 */
size_t pin_kubectl_print(struct pin_plan *plan, const char *namespace, struct buf *out);

#endif
