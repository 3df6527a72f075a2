/*
 * hosts_dir.h - a folder of hosts.toml files, by which containerd finds mirrors
 *
 * containerd, docs/hosts.md: one folder a registry host, named "HOST_PORT_", "HOST:PORT"
 * or "HOST", and `_default` for those that have none; in it hosts.toml names the hosts to
 * ask, in their order, and the server behind them.
 */
#ifndef SOURCE_HOSTS_DIR_H
#define SOURCE_HOSTS_DIR_H

#include "source/http.h"
#include "source/url.h"

#include "base/memory.h"

/* A host as such a file names it. */
struct hosts_endpoint {
	const char *id;   /* folder and URL: no two are alike */
	const char *name; /* as references have it: whose credentials count */
	const char *base; /* "https://mirror.example:5000" */
	const char *api;  /* "/v2", or what override_path says */
	struct url url;
	bool pull, resolve; /* what it may be asked for: digests, tags */
	struct http_trust trust;
};

struct hosts_file {
	const char *folder; /* its name */
	struct hosts_endpoint *hosts;
	size_t host_count;
	struct hosts_endpoint *server; /* asked in the registry's place; NULL: none */
};

struct hosts_dir {
	struct arena arena;
	struct hosts_file *files;
	size_t count;
};

/*
 * Read a whole folder; a NULL one is empty.
 * Errors: ERROR_USAGE, which names the file and what is wrong in it: what is not
 * understood is never passed over.
 */
MUST_CHECK bool hosts_dir_read(struct hosts_dir *dir, const char *path,
			       struct error *err);
void hosts_dir_release(struct hosts_dir *dir);

/* The file that counts for a registry ("docker.io", "quay.io:5000"), or NULL. */
const struct hosts_file *hosts_dir_find(const struct hosts_dir *dir,
					const char *registry);

#endif
