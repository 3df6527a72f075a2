/*
 * registry_settings.h - what the registry source's parts share: trust and credentials
 */
#ifndef SOURCE_REGISTRY_SETTINGS_H
#define SOURCE_REGISTRY_SETTINGS_H

#include "source/docker_config.h"
#include "source/hosts_dir.h"
#include "source/pull_secrets.h"
#include "source/registry.h"
#include "source/registry_mirror.h"
#include "source/url.h"

#include <libpsl.h>

struct registry_settings {
	struct http *http;
	struct registry_options options;
	struct docker_config docker;
	struct mirror_rules mirrors;
	struct hosts_dir hosts;
	psl_ctx_t *suffixes; /* NULL where this machine has no list */
	int authorities; /* a file in memory: the system's CAs and options.ca_file; or -1
			  */
	char authorities_path[32];
	struct http_trust verified, unverified;
};

/* Errors: ERROR_USAGE, ERROR_SYSTEM. */
MUST_CHECK bool registry_settings_init(struct registry_settings *settings,
				       struct http *http,
				       const struct registry_options *options,
				       struct error *err);
void registry_settings_release(struct registry_settings *settings);

/* How to trust the host of a URL. */
const struct http_trust *registry_settings_trust(const struct registry_settings *settings,
						 const struct url *url);

#endif
