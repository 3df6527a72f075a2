#include "source/kube_exec.h"

#include "base/log.h"
#include "base/process.h"
#include "base/timestamp.h"

#include <jansson.h>
#include <strings.h>

#define KIND "ExecCredential"
#define PEM_BEGIN "-----BEGIN "

static void value_release(json_t **value)
{
	json_decref(*value);
}

/* In these versions `interactiveMode` has a default, or has none (api/v1/defaults.go). */
static const struct {
	const char *name;
	bool mode_required;
} api_versions[] = {
	{ "client.authentication.k8s.io/v1", true },
	{ "client.authentication.k8s.io/v1beta1", false },
};

static const struct {
	const char *name;
	enum kube_exec_mode mode;
} modes[] = {
	{ "Never", KUBE_EXEC_NEVER },
	{ "IfAvailable", KUBE_EXEC_IF_AVAILABLE },
	{ "Always", KUBE_EXEC_ALWAYS },
};

static bool read_mode(struct kube_exec *exec, const struct node *node, bool required,
		      struct error *err)
{
	const char *name = node_text(node, "interactiveMode");

	exec->mode = KUBE_EXEC_IF_AVAILABLE;
	if (!name[0] && !required)
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
		exec->mode = modes[i].mode;
		if (strcmp(name, modes[i].name) == 0)
			return true;
	}
	return error_set(err, ERROR_USAGE,
			 "interactiveMode is to be Never, IfAvailable or Always");
}

static bool read_version(struct kube_exec *exec, const struct node *node,
			 struct error *err)
{
	const char *name = node_text(node, "apiVersion");

	for (size_t i = 0; i < ARRAY_LENGTH(api_versions); i++) {
		if (strcmp(name, api_versions[i].name) != 0)
			continue;
		exec->api_version = api_versions[i].name;
		return read_mode(exec, node, api_versions[i].mode_required, err);
	}
	return error_set(err, ERROR_USAGE, "apiVersion is to be %s or %s, not '%.60s'",
			 api_versions[0].name, api_versions[1].name, name);
}

/* The command and its arguments. */
static bool read_arguments(struct kube_exec *exec, const struct kube_entry *user,
			   const struct node *node, struct arena *arena,
			   struct error *err)
{
	size_t count;
	struct node **items = node_items(node, "args", &count);
	const char **argv = arena_alloc(arena, (count + 2) * sizeof(*argv));

	exec->command = arena_strdup(arena, node_text(node, "command"));
	if (!exec->command[0])
		return error_set(err, ERROR_USAGE, "has no command");
	argv[0] = strchr(exec->command, '/') ? kube_entry_path(user, exec->command, arena)
					     : exec->command;
	for (size_t i = 0; i < count; i++) {
		if (!node_is_scalar(items[i]))
			return error_set(err, ERROR_USAGE,
					 "args holds something that is no text");
		argv[i + 1] = arena_strdup(arena, items[i]->text);
	}
	exec->argv = argv;
	return true;
}

static bool read_environment(struct kube_exec *exec, const struct node *node,
			     struct arena *arena, struct error *err)
{
	size_t count;
	struct node **items = node_items(node, "env", &count);
	const char **environment = arena_alloc(arena, count * sizeof(*environment));

	for (size_t i = 0; i < count; i++) {
		const char *name = node_text(items[i], "name");

		if (!name[0] || strchr(name, '='))
			return error_set(err, ERROR_USAGE,
					 "env holds a name that is empty or has a '='");
		environment[i] =
			arena_printf(arena, "%s=%s", name, node_text(items[i], "value"));
	}
	exec->environment = environment;
	exec->environment_count = count;
	return true;
}

bool kube_exec_read(struct kube_exec *exec, const struct kube_entry *user,
		    struct arena *arena, struct error *err)
{
	const struct node *node = node_get(user->body, "exec");
	char *hint = arena_strdup(arena, node_text(node, "installHint"));

	*exec = (struct kube_exec){
		.file = arena_strdup(arena, user->file),
		.wants_cluster =
			strcasecmp(node_text(node, "provideClusterInfo"), "true") == 0,
		.install_hint = process_one_line(hint, strlen(hint)),
	};
	return (read_version(exec, node, err) &&
		read_arguments(exec, user, node, arena, err) &&
		read_environment(exec, node, arena, err)) ||
	       error_wrap(err, "exec");
}

/* The text under `key`, "" where there is none; NULL where it is something else. */
static const char *text_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return !value || json_is_null(value) ? "" : json_string_value(value);
}

/* What may follow "Bearer " (RFC 6750, section 2.1, and whatever else is in use). */
static bool is_token(const char *text)
{
	while (*text > ' ' && *text <= '~')
		text++;
	return *text == '\0';
}

static bool read_token(struct kube_exec_credential *credential, const json_t *status,
		       struct arena *arena, struct error *err)
{
	const char *token = text_of(status, "token");

	if (!token || !is_token(token))
		return error_set(err, ERROR_SYNTAX,
				 "gave a token that cannot stand in a header");
	credential->token = arena_strdup(arena, token);
	log_add_secret(token);
	return true;
}

/* NULL where it is no PEM text, "" where there is none. */
static const char *pem_of(const json_t *status, const char *key)
{
	const char *pem = text_of(status, key);

	return pem && (!pem[0] || strstr(pem, PEM_BEGIN)) ? pem : NULL;
}

static bool read_certificate(struct kube_exec_credential *credential,
			     const json_t *status, struct arena *arena, struct error *err)
{
	const char *certificate = pem_of(status, "clientCertificateData");
	const char *key = pem_of(status, "clientKeyData");

	if (!certificate || !key)
		return error_set(err, ERROR_SYNTAX,
				 "gave a certificate or key that is no PEM text");
	if (!certificate[0] != !key[0])
		return error_set(err, ERROR_SYNTAX,
				 "gave only one of clientCertificateData and "
				 "clientKeyData");
	if (!certificate[0])
		return true;
	credential->certificate_pem = arena_strdup(arena, certificate);
	credential->key_pem = arena_strdup(arena, key);
	return true;
}

static bool read_expiry(struct kube_exec_credential *credential, const json_t *status,
			struct error *err)
{
	const char *expiry = text_of(status, "expirationTimestamp");
	struct error bad = ERROR_INIT;

	if (expiry &&
	    (!expiry[0] || timestamp_parse(&credential->expires_at, expiry, &bad)))
		return true;
	return error_set(err, ERROR_SYNTAX,
			 "gave an expirationTimestamp that is no time of RFC 3339");
}

static bool read_status(struct kube_exec_credential *credential, const json_t *status,
			struct arena *arena, struct error *err)
{
	if (!json_is_object(status))
		return error_set(err, ERROR_SYNTAX, "gave no status");
	if (!read_token(credential, status, arena, err) ||
	    !read_certificate(credential, status, arena, err) ||
	    !read_expiry(credential, status, err))
		return false;
	if (!credential->token[0] && !credential->certificate_pem)
		return error_set(err, ERROR_SYNTAX, "gave neither token nor certificate");
	return true;
}

static bool says(const json_t *root, const char *key, const char *expected)
{
	const char *text = text_of(root, key);

	return text && strcmp(text, expected) == 0;
}

bool kube_exec_credential_read(struct kube_exec_credential *credential,
			       const char *api_version, const struct buf *answer,
			       struct arena *arena, struct error *err)
{
	CLEANUP(value_release) json_t *root = NULL;

	*credential = (struct kube_exec_credential){ .token = "" };
	/* jansson refuses what is more than 2048 deep. */
	root = json_loadb(buf_text(answer), answer->length, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(root))
		return error_set(err, ERROR_SYNTAX,
				 "answered with no JSON object with distinct keys");
	if (!says(root, "kind", KIND) || !says(root, "apiVersion", api_version))
		return error_set(err, ERROR_SYNTAX, "answered with no %s of %s", KIND,
				 api_version);
	return read_status(credential, json_object_get(root, "status"), arena, err);
}

/* KUBERNETES_EXEC_INFO: an ExecCredential without its status. */
static const char *info_of(const struct kube_exec *exec, bool interactive,
			   struct arena *arena)
{
	return arena_printf(arena,
			    "KUBERNETES_EXEC_INFO={\"kind\":\"%s\",\"apiVersion\":\"%s\","
			    "\"spec\":{%s%s%s\"interactive\":%s}}",
			    KIND, exec->api_version, exec->cluster ? "\"cluster\":" : "",
			    exec->cluster ? exec->cluster : "", exec->cluster ? "," : "",
			    interactive ? "true" : "false");
}

static const char *const *environment_of(const struct kube_exec *exec, bool interactive,
					 struct arena *arena)
{
	size_t count = exec->environment_count;
	const char **all = arena_alloc(arena, (count + 2) * sizeof(*all));

	if (count)
		memcpy(all, exec->environment, count * sizeof(*all));
	all[count] = info_of(exec, interactive, arena);
	return all;
}

static bool run(struct process_result *result, const struct kube_exec *exec,
		bool interactive, struct arena *arena, struct error *err)
{
	const struct process process = {
		.argv = exec->argv,
		.environment = environment_of(exec, interactive, arena),
		.interactive = interactive,
		.timeout_seconds = KUBE_EXEC_SECONDS,
	};
	struct error cause = ERROR_INIT;

	if (process_run(&process, result, &cause))
		return true;
	if (cause.code != ERROR_NOT_FOUND || !exec->install_hint[0]) {
		*err = cause;
		return false;
	}
	return error_set(err, ERROR_NOT_FOUND, "%.240s; the kubeconfig says: %s",
			 cause.text, exec->install_hint);
}

bool kube_exec_run(struct kube_exec_credential *credential, const struct kube_exec *exec,
		   struct arena *arena, struct error *err)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(KUBE_EXEC_BYTES);
	bool interactive = exec->may_ask && exec->mode != KUBE_EXEC_NEVER;

	if (exec->mode == KUBE_EXEC_ALWAYS && !exec->may_ask)
		return error_set(
			err, ERROR_USAGE,
			"%s: wants to ask the user (interactiveMode: Always), and "
			"standard input is no terminal",
			exec->command);
	if (!run(&result, exec, interactive, arena, err))
		return false;
	if (result.status != 0) {
		process_fail(&result, ERROR_DENIED, err);
		return error_wrap(err, "%s", exec->argv[0]);
	}
	if (!kube_exec_credential_read(credential, exec->api_version, &result.output,
				       arena, err)) {
		err->code = ERROR_DENIED;
		return error_wrap(err, "%s", exec->argv[0]);
	}
	if (result.complaint[0])
		log_message(LOG_WARNING, "%s: %s", exec->argv[0], result.complaint);
	return true;
}
