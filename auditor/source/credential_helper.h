/*
 * credential_helper.h - credentials from docker-credential-NAME programs
 *
 * The protocol is docker-credential-helpers' (client/client.go, credentials/error.go):
 * `get`, the server's key on standard input, JSON on standard output; errors too come
 * on standard output, with exit status 1.
 */
#ifndef SOURCE_CREDENTIAL_HELPER_H
#define SOURCE_CREDENTIAL_HELPER_H

#include "source/docker_config.h"

#define CREDENTIAL_HELPER_SECONDS 30
#define CREDENTIAL_HELPER_BYTES ((size_t)64 * 1024) /* of its answer */

/*
 * Ask docker-credential-`name`, found in PATH and started without a shell, for the
 * credentials of `server`.  Never fails: what went wrong is the login's `problem`, and a
 * helper that knows none gives a login of which `origin` alone is set.  Texts live in
 * `arena`; secrets are made known to log_add_secret().
 */
struct docker_login credential_helper_get(struct arena *arena, const char *name,
					  const char *server);

/*
 * Read what a helper wrote that succeeded: {"ServerURL", "Username", "Secret"}, of which
 * each may be absent.  The user "<token>" has an identity token for a secret.
 * Errors: ERROR_SYNTAX; the text never quotes the answer.
 */
MUST_CHECK bool credential_helper_read(struct docker_login *login, struct arena *arena,
				       const char *answer, size_t length,
				       struct error *err);

#endif
