#include "source/registry_settings.h"

#include "base/file.h"
#include "source/token_realm.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#define AUTHORITY_BYTES ((size_t)4 * 1024 * 1024)

/*
 * The system's CAs and those of `path` in one text, since libcurl takes one.  A system
 * without a bundle of its CAs leaves those of `path` alone.
 */
static bool read_authorities(struct buf *text, const char *path, struct error *err)
{
	const char *bundle = curl_version_info(CURLVERSION_NOW)->cainfo;
	struct error problem = ERROR_INIT;

	if (!file_read(text, path, &problem))
		return error_set(err, ERROR_USAGE, "CA file %s: %s", path, problem.text);
	if (!strstr(buf_text(text), "-----BEGIN "))
		return error_set(err, ERROR_USAGE, "CA file %s: holds no PEM certificate",
				 path);
	buf_putc(text, '\n');
	if (bundle && !file_read(text, bundle, &problem))
		return error_set(err, ERROR_USAGE, "the system's CA file %s: %s", bundle,
				 problem.text);
	return true;
}

/*
 * Keep them in a file, of which libcurl parses the hundred certificates once; as a text
 * it would do so for each connection, at some 40 ms.
 */
static bool keep_authorities(struct registry_settings *settings, const char *path,
			     struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(AUTHORITY_BYTES);

	if (!read_authorities(&text, path, err))
		return false;
	settings->authorities = memfd_create("authorities", MFD_CLOEXEC);
	if (settings->authorities < 0 ||
	    write(settings->authorities, text.data, text.length) != (ssize_t)text.length)
		return error_set(err, ERROR_SYSTEM, "no room for the CAs in memory: %s",
				 strerror(errno));
	snprintf(settings->authorities_path, sizeof(settings->authorities_path),
		 "/proc/self/fd/%d", settings->authorities);
	settings->verified.ca_file = settings->authorities_path;
	return true;
}

bool registry_settings_init(struct registry_settings *settings, struct http *http,
			    const struct registry_options *options, struct error *err)
{
	*settings = (struct registry_settings){
		.http = http,
		.options = *options,
		.authorities = -1,
		.unverified.insecure = true,
	};
	if (!mirror_rules_read(&settings->mirrors, options->mirrors,
			       options->mirror_count, err) ||
	    !hosts_dir_read(&settings->hosts, options->hosts_dir, err))
		return false;
	if (options->ca_file && !keep_authorities(settings, options->ca_file, err))
		return false;
	if (!docker_config_load(&settings->docker, options->docker_config, err))
		return false;
	settings->suffixes = psl_latest(NULL);
	return true;
}

void registry_settings_release(struct registry_settings *settings)
{
	docker_config_release(&settings->docker);
	mirror_rules_release(&settings->mirrors);
	hosts_dir_release(&settings->hosts);
	psl_free(settings->suffixes);
	if (settings->authorities >= 0)
		close(settings->authorities);
}

const struct http_trust *registry_settings_trust(const struct registry_settings *settings,
						 const struct url *url)
{
	const struct registry_options *options = &settings->options;

	return host_is_listed(options->insecure, options->insecure_count, url)
		       ? &settings->unverified
		       : &settings->verified;
}
