#include "source/kube_config.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/log.h"
#include "source/kube_account.h"
#include "source/kube_entries.h"
#include "source/kube_exec_cluster.h"
#include "source/url.h"

#include <openssl/pem.h>

#define PEM_BEGIN "-----BEGIN "

/* What is read of one entry, and where it goes. */
struct reader {
	struct kube_config *config;
	const struct kube_entry *entry;
	const char *what; /* "user": for error messages */
};

static const char *field(const struct reader *reader, const char *key)
{
	return node_text(reader->entry->body, key);
}

/* NULL where there is none; null is none. */
static const struct node *member(const struct reader *reader, const char *key)
{
	const struct node *node = node_get(reader->entry->body, key);

	return node && node->kind != NODE_NULL ? node : NULL;
}

/* Code ERROR_USAGE, and "FILE: user 'NAME': " before the text.  Returns false. */
static bool entry_error(const struct reader *reader, struct error *err)
{
	err->code = ERROR_USAGE;
	return error_wrap(err, "kubeconfig %s: %s '%s'", reader->entry->file,
			  reader->what, reader->entry->name);
}

static bool refuse(const struct reader *reader, struct error *err, const char *why)
{
	error_set(err, ERROR_USAGE, "%s", why);
	return entry_error(reader, err);
}

const char *kube_token_read(const char *path, struct arena *arena, struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(KUBE_TOKEN_BYTES);
	const char *begin, *token;

	if (!file_read(&text, path, err)) {
		error_wrap(err, "%s", path);
		return NULL;
	}
	begin = buf_text(&text) + strspn(buf_text(&text), " \t\r\n");
	token = arena_strndup(arena, begin, strcspn(begin, " \t\r\n"));
	if (!token[0] || text_has_control(token)) {
		error_set(err, ERROR_USAGE, "%s: holds no token", path);
		return NULL;
	}
	log_add_secret(token);
	return token;
}

/* NULL where `text` is no PEM. */
static const char *keep_pem(const struct buf *text, struct arena *arena)
{
	if (!text->length || !strstr(buf_text(text), PEM_BEGIN))
		return NULL;
	return arena_strndup(arena, buf_text(text), text->length);
}

const char *kube_pem_read(const char *path, struct arena *arena, struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(KUBE_PEM_BYTES);
	const char *pem = NULL;

	if (!file_read(&text, path, err)) {
		error_wrap(err, "%s", path);
		return NULL;
	}
	pem = keep_pem(&text, arena);
	if (!pem)
		error_set(err, ERROR_USAGE, "%s: holds no PEM text", path);
	return pem;
}

static const char *decode_pem(const char *data, struct arena *arena, struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(KUBE_PEM_BYTES);
	const char *pem;

	if (!base64_decode(&text, data, err))
		return NULL;
	pem = keep_pem(&text, arena);
	if (!pem)
		error_set(err, ERROR_USAGE, "holds no PEM text");
	return pem;
}

/*
 * The PEM text of a field pair: `key`-data (base64) wins over the file that `key` names.
 * `*pem` stays as it is where there is neither.
 */
static bool read_pem(const struct reader *reader, const char *key, const char **pem,
		     struct error *err)
{
	struct arena *arena = &reader->config->arena;
	const char *data_key = arena_printf(arena, "%s-data", key);
	const char *data = field(reader, data_key);
	const char *path = field(reader, key);

	if (data[0]) {
		*pem = decode_pem(data, arena, err);
		key = data_key;
	} else if (path[0]) {
		*pem = kube_pem_read(kube_entry_path(reader->entry, path, arena), arena,
				     err);
	} else {
		return true;
	}
	if (*pem)
		return true;
	error_wrap(err, "%s", key);
	return entry_error(reader, err);
}

/* A boolean as YAML and JSON have it; `*value` stays as it is where there is none. */
static bool read_boolean(const struct reader *reader, const char *key, bool *value,
			 struct error *err)
{
	const char *text = field(reader, key);

	if (!text[0])
		return true;
	*value = strcasecmp(text, "true") == 0;
	if (*value || strcasecmp(text, "false") == 0)
		return true;
	error_set(err, ERROR_USAGE, "%s is neither true nor false", key);
	return entry_error(reader, err);
}

/* client-go, rest/url_utils.go: a server without a scheme is http unless TLS is set up.
 */
static bool read_server(const struct reader *reader, struct error *err)
{
	struct kube_config *config = reader->config;
	const char *server = field(reader, "server");
	bool tls = config->trust.ca_pem || config->trust.insecure;
	size_t length = strlen(server);
	struct url url;

	if (!length)
		return refuse(reader, err, "has no server");
	while (length > 0 && server[length - 1] == '/')
		length--;
	config->server = arena_printf(&config->arena, "%s%.*s",
				      strstr(server, "://") ? ""
				      : tls                 ? "https://"
							    : "http://",
				      (int)length, server);
	if (!url_parse(&url, config->server, err))
		return entry_error(reader, err);
	if (url.userinfo || strpbrk(config->server, "?#"))
		return refuse(
			reader, err,
			"server is to be a URL of scheme, host, port and path alone");
	return true;
}

/* What stands between ":" and "@" in the authority of a URL is a secret. */
static void hide_password(const char *url, struct arena *arena)
{
	const char *authority = strstr(url, "://") + 3;
	const char *at = strrchr(authority, '@');
	const char *colon = strchr(authority, ':');

	if (at && colon && colon < at)
		log_add_secret(arena_strndup(arena, colon + 1, (size_t)(at - colon - 1)));
}

/* In Go, `socks5` leaves the names to the proxy; curl calls that socks5h. */
static bool read_proxy(const struct reader *reader, struct error *err)
{
	struct kube_config *config = reader->config;
	const char *proxy = field(reader, "proxy-url");
	const char *socks = "socks5://";

	if (!proxy[0])
		return true;
	if (strncmp(proxy, "http://", 7) != 0 && strncmp(proxy, "https://", 8) != 0 &&
	    strncmp(proxy, socks, strlen(socks)) != 0)
		return refuse(
			reader, err,
			"proxy-url is to begin with http://, https:// or socks5://");
	if (text_has_control(proxy))
		return refuse(reader, err, "proxy-url holds a control character");
	hide_password(proxy, &config->arena);
	config->trust.proxy = proxy[0] == 's'
				      ? arena_printf(&config->arena, "socks5h://%s",
						     proxy + strlen(socks))
				      : arena_strdup(&config->arena, proxy);
	return true;
}

static bool read_cluster(struct kube_config *config, const struct kube_entry *entry,
			 struct error *err)
{
	const struct reader reader = { config, entry, "cluster" };
	struct http_trust *trust = &config->trust;

	config->cluster = arena_strdup(&config->arena, entry->name);
	trust->server_name =
		arena_strdup(&config->arena, field(&reader, "tls-server-name"));
	if (!read_boolean(&reader, "insecure-skip-tls-verify", &trust->insecure, err) ||
	    !read_boolean(&reader, "disable-compression", &config->disable_compression,
			  err) ||
	    !read_pem(&reader, "certificate-authority", &trust->ca_pem, err))
		return false;
	if (trust->insecure && trust->ca_pem)
		return refuse(&reader, err,
			      "has a certificate-authority and insecure-skip-tls-verify: "
			      "take one of them out");
	return read_server(&reader, err) && read_proxy(&reader, err);
}

/* When a certificate ends; 0 where the first one of `pem` cannot be read. */
static int64_t certificate_expiry(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	struct tm end = { 0 };
	int64_t when = 0;

	if (certificate && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end))
		when = timegm(&end);
	X509_free(certificate);
	BIO_free(bio);
	return when;
}

static bool read_certificate(const struct reader *reader, struct error *err)
{
	struct kube_config *config = reader->config;
	struct http_trust *trust = &config->trust;

	if (!read_pem(reader, "client-certificate", &trust->certificate_pem, err) ||
	    !read_pem(reader, "client-key", &trust->key_pem, err))
		return false;
	if (!trust->certificate_pem != !trust->key_pem)
		return refuse(reader, err,
			      trust->key_pem
				      ? "has a client-key without client-certificate"
				      : "has a client-certificate without client-key");
	if (!trust->certificate_pem)
		return true;
	config->certificate_expires_at = certificate_expiry(trust->certificate_pem);
	if (!config->certificate_expires_at)
		return refuse(reader, err, "client-certificate holds no certificate");
	return true;
}

/* A token that stands in the file is what is left when the token file cannot be read. */
static bool read_token(const struct reader *reader, struct error *err)
{
	struct kube_config *config = reader->config;
	const char *path = field(reader, "tokenFile");

	config->token = arena_strdup(&config->arena, field(reader, "token"));
	if (text_has_control(config->token))
		return refuse(reader, err, "token holds a control character");
	log_add_secret(config->token);
	if (!path[0])
		return true;
	config->token_file = kube_entry_path(reader->entry, path, &config->arena);
	if (config->token[0])
		return true;
	config->token = kube_token_read(config->token_file, &config->arena, err);
	if (config->token)
		return true;
	error_wrap(err, "tokenFile");
	return entry_error(reader, err);
}

static bool read_basic(const struct reader *reader, struct error *err)
{
	struct kube_config *config = reader->config;

	config->username = arena_strdup(&config->arena, field(reader, "username"));
	config->password = arena_strdup(&config->arena, field(reader, "password"));
	log_add_secret(config->password);
	if ((config->username[0] || config->password[0]) && config->token[0])
		return refuse(
			reader, err,
			"has a token and a username or password: take one of them out");
	return true;
}

/* In whose name to ask; that is no credential. */
static bool read_impersonation(const struct reader *reader, struct error *err)
{
	struct kube_config *config = reader->config;

	return kube_impersonation_read(&config->impersonation, reader->entry->body,
				       &config->arena, err) ||
	       entry_error(reader, err);
}

/* client-go, exec.go: a token, a password or a certificate goes before a program. */
static bool read_program(const struct reader *reader, struct error *err)
{
	struct kube_config *config = reader->config;
	const struct node *provider = member(reader, "auth-provider");

	if (config->token[0] || config->username[0] || config->trust.certificate_pem)
		return true;
	if (provider) {
		error_set(err, ERROR_USAGE,
			  "has its credentials from the auth-provider '%s', which is not "
			  "supported: use a user with `exec`, a token, a tokenFile or a "
			  "client-certificate (`kubectl create token` makes a token)",
			  node_text(provider, "name"));
		return entry_error(reader, err);
	}
	return !member(reader, "exec") ||
	       kube_exec_read(&config->exec, reader->entry, &config->arena, err) ||
	       entry_error(reader, err);
}

/* What the program is to know of the cluster, where it is to know that. */
static bool read_program_cluster(struct kube_config *config,
				 const struct kube_entry *entry, struct error *err)
{
	const struct reader reader = { config, entry, "cluster" };
	struct kube_exec_cluster cluster = {
		.server = field(&reader, "server"),
		.server_name = config->trust.server_name,
		.ca_pem = config->trust.ca_pem,
		.proxy = field(&reader, "proxy-url"),
		.insecure = config->trust.insecure,
		.disable_compression = config->disable_compression,
		.config = kube_exec_cluster_config(entry->body),
	};

	if (!config->exec.wants_cluster)
		return true;
	config->exec.cluster = kube_exec_cluster_format(&cluster, &config->arena, err);
	return config->exec.cluster || entry_error(&reader, err);
}

static bool speaks_tls(const struct kube_config *config)
{
	struct error ignored = ERROR_INIT;
	struct url url;

	return url_parse(&url, config->server, &ignored) && url.https;
}

static bool read_user(struct kube_config *config, const struct kube_entry *entry,
		      struct error *err)
{
	const struct reader reader = { config, entry, "user" };

	if (!read_impersonation(&reader, err))
		return false;
	if (!speaks_tls(config)) {
		/* client-go, client_config.go: credentials go over TLS alone. */
		log_message(LOG_INFO,
			    "%s: no TLS, so the credentials of user '%s' stay here",
			    config->server, entry->name);
		return true;
	}
	return read_certificate(&reader, err) && read_token(&reader, err) &&
	       read_basic(&reader, err) && read_program(&reader, err);
}

/* "a, b, c": the names of the contexts that there are. */
static const char *context_names(const struct kube_entries *entries, struct arena *arena)
{
	CLEANUP(buf_release) struct buf names = BUF_INIT(200);
	const struct table *contexts = &entries->sections[KUBE_CONTEXTS];

	for (size_t i = 0; i < contexts->count && !names.overflowed; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", contexts->entries[i].key);
	return names.length ? arena_strdup(arena, buf_text(&names)) : "none";
}

static const struct kube_entry *find_context(struct kube_entries *entries,
					     const char *name, struct error *err)
{
	const struct kube_entry *context;

	if (!name)
		name = entries->current_context;
	context = kube_entries_find(entries, KUBE_CONTEXTS, name);
	if (!name[0])
		error_set(err, ERROR_USAGE,
			  "the kubeconfig names no current-context: give --context (%s)",
			  context_names(entries, &entries->arena));
	else if (!context)
		error_set(err, ERROR_USAGE,
			  "the kubeconfig has no context '%s'; there are: %s", name,
			  context_names(entries, &entries->arena));
	return name[0] ? context : NULL;
}

/* The cluster or user that a context names. */
static const struct kube_entry *find_part(const struct kube_entries *entries,
					  const struct reader *context,
					  enum kube_section section, const char *key,
					  struct error *err)
{
	const char *name = field(context, key);
	const struct kube_entry *part = kube_entries_find(entries, section, name);

	if (!part) {
		error_set(err, ERROR_USAGE, "names the %s '%s', which is not there", key,
			  name);
		entry_error(context, err);
	}
	return part;
}

static bool read_context(struct kube_config *config, const struct kube_entries *entries,
			 const struct kube_entry *entry, struct error *err)
{
	const struct reader reader = { config, entry, "context" };
	const struct kube_entry *cluster, *user;

	config->context = arena_strdup(&config->arena, entry->name);
	config->namespace = arena_strdup(&config->arena, field(&reader, "namespace"));
	if (!config->namespace[0])
		config->namespace = "default";
	cluster = find_part(entries, &reader, KUBE_CLUSTERS, "cluster", err);
	if (!cluster || !read_cluster(config, cluster, err))
		return false;
	if (!field(&reader, "user")[0])
		return true;
	user = find_part(entries, &reader, KUBE_USERS, "user", err);
	return user && read_user(config, user, err) &&
	       read_program_cluster(config, cluster, err);
}

bool kube_config_load(struct kube_config *config, const char *file, const char *context,
		      struct error *err)
{
	CLEANUP(kube_entries_release) struct kube_entries entries = KUBE_ENTRIES_INIT;
	const struct kube_entry *entry;

	*config = (struct kube_config)KUBE_CONFIG_INIT;
	if (!kube_entries_load(&entries, file, err))
		return false;
	if (!entries.file_count && !context && kube_account_exists(KUBE_ACCOUNT_FOLDER))
		return kube_account_load(config, KUBE_ACCOUNT_FOLDER, err);
	if (!entries.file_count)
		return error_set(
			err, ERROR_USAGE,
			"no kubeconfig: give --kubeconfig, or set KUBECONFIG to a "
			"file that exists (by default ~/.kube/config)");
	entry = find_context(&entries, context, err);
	return entry && read_context(config, &entries, entry, err);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool kube_config_contexts(const char *file, struct arena *arena,
			  const char *const **names, size_t *count, struct error *err)
{
	CLEANUP(kube_entries_release) struct kube_entries entries = KUBE_ENTRIES_INIT;
	const struct table *contexts = &entries.sections[KUBE_CONTEXTS];
	const char **sorted;

	if (!kube_entries_load(&entries, file, err))
		return false;
	if (contexts->count == 0)
		return error_set(err, ERROR_USAGE, "the kubeconfig has no contexts");
	sorted = arena_alloc(arena, contexts->count * sizeof(*sorted));
	for (size_t i = 0; i < contexts->count; i++)
		sorted[i] = arena_strdup(arena, contexts->entries[i].key);
	qsort(sorted, contexts->count, sizeof(*sorted), compare_names);
	*names = sorted;
	*count = contexts->count;
	return true;
}

void kube_config_release(struct kube_config *config)
{
	arena_release(&config->arena);
	*config = (struct kube_config)KUBE_CONFIG_INIT;
}
