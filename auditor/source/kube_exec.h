/*
 * kube_exec.h - cluster credentials from a program: `exec` of a kubeconfig's user
 *
 * client-go's exec credential plugins (KEP-541; plugin/pkg/client/auth/exec/exec.go,
 * pkg/apis/clientauthentication, versions v1 and v1beta1).  Whether a kubeconfig may have
 * a program started at all is kube_exec_trust.h's matter, and has to be asked first.
 */
#ifndef SOURCE_KUBE_EXEC_H
#define SOURCE_KUBE_EXEC_H

#include "base/buf.h"
#include "source/kube_entries.h"

#define KUBE_EXEC_SECONDS 30
#define KUBE_EXEC_BYTES ((size_t)1024 * 1024) /* of its answer */

enum kube_exec_mode {
	KUBE_EXEC_NEVER,        /* does not ask the user */
	KUBE_EXEC_IF_AVAILABLE, /* may ask where there is a terminal */
	KUBE_EXEC_ALWAYS,       /* must ask */
};

/* What `exec` says.  Texts and arrays live in the arena that it was read into. */
struct kube_exec {
	const char *command;            /* as it stands there; NULL: there is no exec */
	const char *file;               /* the kubeconfig that it stands in */
	const char *api_version;        /* a literal */
	const char *const *argv;        /* ends with NULL */
	const char *const *environment; /* environment_count items "NAME=value" */
	size_t environment_count;
	enum kube_exec_mode mode;
	bool wants_cluster;       /* provideClusterInfo */
	const char *install_hint; /* one line, or "" */
	const char *cluster;      /* for it: kube_exec_cluster_format(); NULL: not said */
	/* It may ask the user: standard input is a terminal that nobody else reads from.
	 * Set by who knows that; false until then. */
	bool may_ask;
};

/* What it answered. */
struct kube_exec_credential {
	const char *token;           /* "" where there is none */
	const char *certificate_pem; /* NULL where there is none, and so is the key */
	const char *key_pem;
	int64_t expires_at; /* 0: until the API server answers 401 */
};

/*
 * Read the `exec` of a user.  A command with a slash is relative to the folder of its
 * file.
 * Errors: ERROR_USAGE, which names the field.
 */
MUST_CHECK bool kube_exec_read(struct kube_exec *exec, const struct kube_entry *user,
			       struct arena *arena, struct error *err);

/*
 * Run it.  The credential lives in `arena`; its token is made known to log_add_secret().
 * What the program says on standard error is a warning.
 * Errors: those of process_run(); ERROR_DENIED: it ended with another status than 0, or
 * gave no usable credential; ERROR_USAGE: it needs a terminal.
 */
MUST_CHECK bool kube_exec_run(struct kube_exec_credential *credential,
			      const struct kube_exec *exec, struct arena *arena,
			      struct error *err);

/*
 * Read an answer: an ExecCredential of that version.
 * Errors: ERROR_SYNTAX; the text never quotes the answer.
 */
MUST_CHECK bool kube_exec_credential_read(struct kube_exec_credential *credential,
					  const char *api_version,
					  const struct buf *answer, struct arena *arena,
					  struct error *err);

#endif
