#include "source/kube_account.h"

#include "base/file.h"

#include <unistd.h>

#define NAMESPACE_BYTES 256

/* "" where it is not set. */
static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

bool kube_account_exists(const char *folder)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	return environment("KUBERNETES_SERVICE_HOST")[0] &&
	       environment("KUBERNETES_SERVICE_PORT")[0] &&
	       access(arena_printf(&arena, "%s/token", folder), F_OK) == 0;
}

/* An IPv6 address needs its brackets (RFC 3986, section 3.2.2). */
static const char *server_url(struct arena *arena)
{
	const char *host = environment("KUBERNETES_SERVICE_HOST");
	const char *port = environment("KUBERNETES_SERVICE_PORT");
	bool is_ipv6 = strchr(host, ':') && host[0] != '[';

	return arena_printf(arena, is_ipv6 ? "https://[%s]:%s" : "https://%s:%s", host,
			    port);
}

/* $POD_NAMESPACE, else the account's; "default" where neither can be had. */
static const char *own_namespace(const char *folder, struct arena *arena)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(NAMESPACE_BYTES);
	const char *path = arena_printf(arena, "%s/namespace", folder);
	struct error ignored = ERROR_INIT;
	size_t length;

	if (environment("POD_NAMESPACE")[0])
		return arena_strdup(arena, environment("POD_NAMESPACE"));
	if (!file_read(&text, path, &ignored))
		return "default";
	length = strcspn(buf_text(&text), " \t\r\n");
	return length ? arena_strndup(arena, buf_text(&text), length) : "default";
}

bool kube_account_load(struct kube_config *config, const char *folder, struct error *err)
{
	struct arena *arena = &config->arena;
	const char *ca_path = arena_printf(arena, "%s/ca.crt", folder);

	config->context = "in-cluster";
	config->cluster = "in-cluster";
	config->server = server_url(arena);
	config->namespace = own_namespace(folder, arena);
	config->token_file = arena_printf(arena, "%s/token", folder);
	config->token = kube_token_read(config->token_file, arena, err);
	if (config->token)
		config->trust.ca_pem = kube_pem_read(ca_path, arena, err);
	if (config->token && config->trust.ca_pem)
		return true;
	err->code = ERROR_USAGE;
	return error_wrap(err, "service account of this pod");
}
