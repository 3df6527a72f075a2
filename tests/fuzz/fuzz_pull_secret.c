/*
 * fuzz_pull_secret - a pull secret of anybody's making, and an image to find it for
 *
 * Up to the first NUL: "registry/repository"; then the Secret, or, where it begins with
 * "=", the config.json that it holds.
 */
#include "source/pull_secrets.h"

#include "base/base64.h"
#include "base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECRET_BYTES ((size_t)1024 * 1024)

static void add_config(struct buf *text, const char *config, size_t length)
{
	buf_puts(text, "{\"type\":\"kubernetes.io/dockerconfigjson\",\"data\":"
		       "{\".dockerconfigjson\":\"");
	base64_encode(text, config, length);
	buf_puts(text, "\"}}");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct pull_secret secret = { "shop", "regcred" };
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(snapshot_release) struct snapshot snapshot;
	CLEANUP(pull_secrets_release) struct pull_secrets secrets = PULL_SECRETS_INIT;
	CLEANUP(buf_release) struct buf text = BUF_INIT(SECRET_BYTES);
	const char *nul = memchr(data, '\0', size);
	struct error err = ERROR_INIT;
	struct running_use *use;
	struct docker_login login;
	const char *registry, *slash;
	size_t rest;

	snapshot_init(&snapshot, 0);
	if (!nul)
		return 0;
	registry = arena_strdup(&arena, (const char *)data);
	slash = strchr(registry, '/');
	if (!slash)
		return 0;
	rest = size - (size_t)(nul + 1 - (const char *)data);
	if (rest && nul[1] == '=')
		add_config(&text, nul + 2, rest - 1);
	else
		buf_add(&text, nul + 1, rest);
	use = snapshot_extend_running(&snapshot, 1);
	*use = (struct running_use){ .namespace = "shop" };
	use->image.state = REFERENCE_OK;
	use->image.ref.registry =
		arena_strndup(&arena, registry, (size_t)(slash - registry));
	use->image.ref.repository = slash + 1;
	if (pull_secrets_add(&secrets, &secret, text.length ? text.data : "", text.length,
			     &err) != (err.code == ERROR_NONE))
		abort();
	pull_secrets_settle(&secrets, &snapshot);
	for (size_t i = 0; i <= PULL_SECRET_TRIES; i++) {
		bool found = pull_secrets_find(&secrets, use->image.ref.registry,
					       use->image.ref.repository, i, &login);

		if (found && (i == PULL_SECRET_TRIES || !login.password[0]))
			abort();
	}
	log_forget_secrets();
	return 0;
}
