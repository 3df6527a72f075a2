#include "source/registry_settings.h"

#include "base/file.h"
#include "source/token_realm.h"

#define AUTHORITY_BYTES ((size_t)4 * 1024 * 1024)

/*
 * The system's CAs and those of `path` in one text, since libcurl takes one.  A system
 * without a bundle of its CAs leaves those of `path` alone.
 */
static bool read_authorities(char **pem, const char *path, struct error *err)
{
	const char *bundle = curl_version_info(CURLVERSION_NOW)->cainfo;
	CLEANUP(buf_release) struct buf text = BUF_INIT(AUTHORITY_BYTES);
	struct error problem = ERROR_INIT;

	if (!file_read(&text, path, &problem))
		return error_set(err, ERROR_USAGE, "CA file %s: %s", path, problem.text);
	if (!strstr(buf_text(&text), "-----BEGIN "))
		return error_set(err, ERROR_USAGE, "CA file %s: holds no PEM certificate",
				 path);
	buf_putc(&text, '\n');
	if (bundle && !file_read(&text, bundle, &problem))
		return error_set(err, ERROR_USAGE, "the system's CA file %s: %s", bundle,
				 problem.text);
	*pem = buf_detach(&text);
	return true;
}

bool registry_settings_init(struct registry_settings *settings, struct http *http,
			    const struct registry_options *options, struct error *err)
{
	*settings = (struct registry_settings){ .http = http, .options = *options };
	if (options->ca_file &&
	    !read_authorities(&settings->authorities, options->ca_file, err))
		return false;
	if (!docker_config_load(&settings->docker, options->docker_config, err))
		return false;
	settings->suffixes = psl_latest(NULL);
	settings->verified.ca_pem = settings->authorities;
	settings->unverified.insecure = true;
	return true;
}

void registry_settings_release(struct registry_settings *settings)
{
	docker_config_release(&settings->docker);
	psl_free(settings->suffixes);
	free(settings->authorities);
}

const struct http_trust *registry_settings_trust(const struct registry_settings *settings,
						 const struct url *url)
{
	const struct registry_options *options = &settings->options;

	return host_is_listed(options->insecure, options->insecure_count, url)
		       ? &settings->unverified
		       : &settings->verified;
}
