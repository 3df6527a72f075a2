/*
 * docker_config.h - credentials for registries, as `docker login` and `podman login` keep
 * them
 *
 * docker/cli, cli/config/configfile/file.go and credentials/: config.json with `auths`,
 * `credHelpers` and `credsStore`, and the variable DOCKER_AUTH_CONFIG.  containers/image,
 * docs/containers-auth.json.5.md: auth.json, the same with keys that may carry a path and
 * then count for repositories below it.
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
	/* Where they come from: a path, DOCKER_AUTH_CONFIG, docker-credential-NAME. */
	const char *origin;
};

struct docker_entry {
	const char *host; /* "quay.io", "localhost:5000", "docker.io" */
	const char *path; /* "" or "team/app" */
	struct docker_login login;
	size_t file; /* which of the files and variables it stands in */
};

struct docker_helper {
	const char *host; /* "" for all (credsStore) */
	const char *name; /* "osxkeychain" of docker-credential-osxkeychain */
	size_t file;
};

/* What a helper said of a registry. */
struct docker_answer {
	const char *helper, *registry;
	struct docker_login login;
};

/* Owns its strings; they live as long as it does. */
struct docker_config {
	struct arena arena;
	size_t file_count; /* 0 is DOCKER_AUTH_CONFIG; in order of precedence */
	struct docker_entry *entries; /* file by file */
	size_t entry_count;
	struct docker_helper *helpers; /* of each file credHelpers, then credsStore */
	size_t helper_count;
	struct docker_answer *answers; /* of helpers so far */
	size_t answer_count;
};

/*
 * Read the credentials that this user has.
 *
 * `path`: a config.json or auth.json, which must be there.  NULL: the places where they
 * usually are, each of which may be absent: $REGISTRY_AUTH_FILE;
 * $DOCKER_CONFIG/config.json, else ~/.docker/config.json;
 * $XDG_RUNTIME_DIR/containers/auth.json; $XDG_CONFIG_HOME/containers/auth.json, else
 * ~/.config/containers/auth.json.  Every secret in them is made known to
 * log_add_secret().
 * Errors: ERROR_USAGE, with the file and what is wrong; never with its text.
 */
MUST_CHECK bool docker_config_load(struct docker_config *config, const char *path,
				   struct error *err);
void docker_config_release(struct docker_config *config);

/*
 * The credentials for a repository ("docker.io", "library/nginx").  Precedence:
 * DOCKER_AUTH_CONFIG, then the first file that has any.  In a file: the helper for that
 * host, credsStore, `auths`, where the longest path wins and empty entries are none. With
 * a helper its answer counts for the file, even if that is "none"; it is started once for
 * a registry.  Texts are borrowed from `config`.
 */
struct docker_login docker_config_find(struct docker_config *config, const char *registry,
				       const char *repository);

#endif
