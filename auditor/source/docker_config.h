/*
 * docker_config.h - credentials for registries, as `docker login` keeps them
 *
 * docker/cli, cli/config/configfile/file.go and credentials/: config.json with `auths`,
 * `credHelpers` and `credsStore`, and the variable DOCKER_AUTH_CONFIG.  Keys may carry a
 * path, as Podman's auth.json has it: then they count for repositories below it.
 */
#ifndef SOURCE_DOCKER_CONFIG_H
#define SOURCE_DOCKER_CONFIG_H

#include "base/error.h"
#include "base/memory.h"

#define DOCKER_CONFIG_BYTES ((size_t)1024 * 1024)

/* What is known for one registry; all "" where there is nothing. */
struct docker_login {
	const char *username, *password;
	const char *identity_token; /* a refresh token for the token server */
	const char *registry_token; /* a bearer token for the registry itself */
	const char *problem;        /* why credentials that are configured are not used */
};

struct docker_entry {
	const char *host; /* "quay.io", "localhost:5000", "docker.io" */
	const char *path; /* "" or "team/app" */
	struct docker_login login;
};

struct docker_helper {
	const char *host; /* "" for all (credsStore) */
	const char *name; /* "osxkeychain" of docker-credential-osxkeychain */
};

/* Owns its strings; they live as long as it does. */
struct docker_config {
	struct arena arena;
	struct docker_entry *entries; /* of DOCKER_AUTH_CONFIG first */
	size_t entry_count;
	size_t first_of_file; /* entries before this one are DOCKER_AUTH_CONFIG's */
	struct docker_helper *helpers; /* credHelpers, then credsStore */
	size_t helper_count;
	struct docker_entry *answers; /* of helpers so far, by registry */
	size_t answer_count;
};

/*
 * Read the credentials that this user has.
 *
 * `path`: a config.json, which must be there; NULL: $DOCKER_CONFIG/config.json, else
 * ~/.docker/config.json, either of which may be absent.  Every secret in them is made
 * known to log_add_secret().
 * Errors: ERROR_USAGE, with the file and what is wrong; never with its text.
 */
MUST_CHECK bool docker_config_load(struct docker_config *config, const char *path,
				   struct error *err);
void docker_config_release(struct docker_config *config);

/*
 * The credentials for a repository ("docker.io", "library/nginx").  Precedence:
 * DOCKER_AUTH_CONFIG, the helper for that host, credsStore, `auths`; in each the longest
 * path wins.  With a helper configured its answer counts, even if that is "none"; it is
 * started once for a registry.  Texts are borrowed from `config`.
 */
struct docker_login docker_config_find(struct docker_config *config, const char *registry,
				       const char *repository);

#endif
