/*
 * kube_exec_trust.h - may this kubeconfig have a program started?
 *
 * A kubeconfig can name any program.  In a checkout that somebody else may have written
 * to, `--kubeconfig ./config` would run theirs.  So a file counts only if it lies outside
 * of what is scanned, belongs to the user or to root, and nobody else can write to it; or
 * if the user has named the very command (--allow-exec).
 */
#ifndef SOURCE_KUBE_EXEC_TRUST_H
#define SOURCE_KUBE_EXEC_TRUST_H

#include "source/kube_exec.h"

/* Of a kubeconfig that asks for a program. */
struct kube_exec_origin {
	const char *file;   /* as the user calls it, for the error's text */
	const char *target; /* absolute path of the file itself, all links resolved */
	/* The same of the folder where it was named: commands are relative to that. */
	const char *folder;
	unsigned owner; /* uid of the file itself */
	unsigned mode;  /* its permission bits */
};

struct kube_exec_rules {
	unsigned user;            /* uid that we run as */
	const char *const *roots; /* root_count absolute paths that are scanned */
	size_t root_count;
	const char *const
		*allowed; /* allowed_count commands, as the kubeconfig has them */
	size_t allowed_count;
};

/*
 * Judge; looks at nothing but its arguments.
 * Errors: ERROR_USAGE: no, why not, and how it can be allowed.
 */
MUST_CHECK bool kube_exec_allowed(const struct kube_exec_rules *rules,
				  const struct kube_exec_origin *origin,
				  const char *command, struct error *err);

/*
 * Look at the file that `exec` stands in, and judge.  `roots` may be any paths here;
 * those that do not exist are passed over.
 *
 * Errors: ERROR_USAGE.
 */
MUST_CHECK bool kube_exec_check(const struct kube_exec_rules *rules,
				const struct kube_exec *exec, struct error *err);

#endif
