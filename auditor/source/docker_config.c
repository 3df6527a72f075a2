#include "source/docker_config.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/log.h"
#include "source/credential_helper.h"

#include <jansson.h>

#include <strings.h>

#define PAIR_BYTES ((size_t)64 * 1024) /* user name and password */

/* Docker Hub's name in credentials, an address of its first API. */
#define HUB_KEY "https://index.docker.io/v1/"

/* Where credentials are being read from. */
struct source {
	struct docker_config *config;
	const char *name; /* for errors: a path, or the variable's name */
};

static void value_release(json_t **value)
{
	json_decref(*value);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/*
 * Split a key into host and path.  A key with a scheme is an API's address, of which only
 * the host counts; "v1" and "v2" are API paths as well.
 */
static void split_key(struct docker_entry *entry, struct arena *arena, const char *key)
{
	const char *scheme = strstr(key, "://");
	const char *host = scheme ? scheme + strlen("://") : key;
	size_t length = strcspn(host, "/");
	const char *path = host + length + (host[length] == '/');
	size_t path_length = strlen(path);

	while (path_length > 0 && path[path_length - 1] == '/')
		path_length--;
	if (scheme || (path_length == 2 &&
		       (strncmp(path, "v1", 2) == 0 || strncmp(path, "v2", 2) == 0)))
		path_length = 0;
	entry->host = arena_strndup(arena, host, length);
	entry->path = arena_strndup(arena, path, path_length);
	if (strcasecmp(entry->host, "index.docker.io") == 0 ||
	    strcasecmp(entry->host, "registry-1.docker.io") == 0)
		entry->host = "docker.io";
}

/* "user:password" in base64; the password may hold colons and be padded with NULs. */
static bool read_auth(struct docker_login *login, struct arena *arena, const char *auth,
		      struct error *err)
{
	CLEANUP(buf_release) struct buf pair = BUF_INIT(PAIR_BYTES);
	const char *colon;

	if (!base64_decode(&pair, auth, err))
		return error_wrap(err, "auth");
	colon = strchr(buf_text(&pair), ':');
	if (!colon)
		return error_set(err, ERROR_SYNTAX,
				 "auth: no colon between user name and "
				 "password");
	log_add_secret(auth);
	login->username = arena_strndup(arena, pair.data, (size_t)(colon - pair.data));
	login->password = arena_strdup(arena, colon + 1);
	return true;
}

static bool read_login(struct docker_login *login, struct arena *arena,
		       const json_t *value, struct error *err)
{
	const char *auth = text_of(value, "auth");

	*login = (struct docker_login){
		.username = arena_strdup(arena, text_of(value, "username")),
		.password = arena_strdup(arena, text_of(value, "password")),
		.identity_token = arena_strdup(arena, text_of(value, "identitytoken")),
		.registry_token = arena_strdup(arena, text_of(value, "registrytoken")),
		.problem = "",
	};
	if (auth[0] && !read_auth(login, arena, auth, err))
		return false;
	log_add_secret(login->password);
	log_add_secret(login->identity_token);
	log_add_secret(login->registry_token);
	return true;
}

static bool read_auths(const struct source *source, const json_t *auths,
		       struct error *err)
{
	struct docker_config *config = source->config;
	const char *key;
	const json_t *value;
	void *next;

	for (next = json_object_iter((json_t *)auths); next;
	     next = json_object_iter_next((json_t *)auths, next)) {
		struct docker_entry entry;

		key = json_object_iter_key(next);
		value = json_object_iter_value(next);
		split_key(&entry, &config->arena, key);
		if (!read_login(&entry.login, &config->arena, value, err)) {
			error_wrap(err, "%s: %s", source->name, entry.host);
			err->code = ERROR_USAGE;
			return false;
		}
		config->entries = arena_grow(&config->arena, config->entries,
					     config->entry_count, sizeof(entry));
		config->entries[config->entry_count++] = entry;
	}
	return true;
}

static void add_helper(struct docker_config *config, const char *key, const char *name)
{
	struct docker_entry split = { .host = "", .path = "" };

	if (name[0] == '\0')
		return;
	if (key[0])
		split_key(&split, &config->arena, key);
	config->helpers = arena_grow(&config->arena, config->helpers,
				     config->helper_count, sizeof(*config->helpers));
	config->helpers[config->helper_count++] = (struct docker_helper){
		.host = split.host,
		.name = arena_strdup(&config->arena, name),
	};
}

static void read_helpers(struct docker_config *config, const json_t *root)
{
	json_t *helpers = json_object_get(root, "credHelpers");
	const char *key;
	json_t *name;

	json_object_foreach(helpers, key, name)
	{
		const char *text = json_string_value(name);

		add_helper(config, key, text ? text : "");
	}
	add_helper(config, "", text_of(root, "credsStore"));
}

static bool read_json(const struct source *source, const char *text, size_t length,
		      struct error *err)
{
	CLEANUP(value_release) json_t *root = NULL;
	json_error_t bad;

	root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &bad);
	if (!json_is_object(root))
		return error_set(err, ERROR_USAGE, "%s, line %d: no JSON object",
				 source->name, root ? 1 : bad.line);
	/* Of the variable, Docker reads `auths` alone. */
	if (strcmp(source->name, "DOCKER_AUTH_CONFIG") != 0)
		read_helpers(source->config, root);
	return read_auths(source, json_object_get(root, "auths"), err);
}

static bool read_variable(struct docker_config *config, struct error *err)
{
	const struct source source = { config, "DOCKER_AUTH_CONFIG" };
	const char *text = getenv(source.name);

	return !text || !text[0] || read_json(&source, text, strlen(text), err);
}

static bool read_file(struct docker_config *config, const char *path, bool must_exist,
		      struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(DOCKER_CONFIG_BYTES);
	const struct source source = { config, path };
	struct error problem = ERROR_INIT;

	if (!file_read(&text, path, &problem)) {
		if (problem.code == ERROR_NOT_FOUND && !must_exist)
			return true;
		return error_set(err, ERROR_USAGE, "%s: %s", path, problem.text);
	}
	return read_json(&source, buf_text(&text), text.length, err);
}

/* NULL where the environment names no place. */
static const char *default_path(struct arena *arena)
{
	const char *folder = getenv("DOCKER_CONFIG");
	const char *home = getenv("HOME");

	if (folder && folder[0])
		return arena_printf(arena, "%s/config.json", folder);
	if (home && home[0])
		return arena_printf(arena, "%s/.docker/config.json", home);
	return NULL;
}

bool docker_config_load(struct docker_config *config, const char *path, struct error *err)
{
	const char *file = path;

	*config = (struct docker_config){ .arena = ARENA_INIT };
	if (!file)
		file = default_path(&config->arena);
	if (!read_variable(config, err))
		return false;
	config->first_of_file = config->entry_count;
	return !file || read_file(config, file, path != NULL, err);
}

void docker_config_release(struct docker_config *config)
{
	arena_release(&config->arena);
	*config = (struct docker_config){ .arena = ARENA_INIT };
}

/* How much of the repository the entry's path covers: its length + 1, 0 for not at all.
 */
static size_t coverage(const struct docker_entry *entry, const char *registry,
		       const char *repository)
{
	size_t length = strlen(entry->path);

	if (strcasecmp(entry->host, registry) != 0 ||
	    strncmp(repository, entry->path, length) != 0)
		return 0;
	if (length > 0 && repository[length] != '/' && repository[length] != '\0')
		return 0;
	return length + 1;
}

/* The entry with the longest path among those from `first` up to `end`, or NULL. */
static const struct docker_entry *best_entry(const struct docker_config *config,
					     size_t first, size_t end,
					     const char *registry, const char *repository)
{
	const struct docker_entry *best = NULL;
	size_t most = 0;

	for (size_t i = first; i < end; i++) {
		size_t covered = coverage(&config->entries[i], registry, repository);

		if (covered > most) {
			most = covered;
			best = &config->entries[i];
		}
	}
	return best;
}

static const struct docker_helper *helper_for(const struct docker_config *config,
					      const char *registry)
{
	for (size_t i = 0; i < config->helper_count; i++)
		if (config->helpers[i].host[0] == '\0' ||
		    strcasecmp(config->helpers[i].host, registry) == 0)
			return &config->helpers[i];
	return NULL;
}

/* What the helper says of a registry; it is asked once. */
static struct docker_login helper_answer(struct docker_config *config,
					 const struct docker_helper *helper,
					 const char *registry)
{
	bool hub = strcmp(registry, "docker.io") == 0;
	struct docker_entry answer = { .path = "" };

	for (size_t i = 0; i < config->answer_count; i++)
		if (strcmp(config->answers[i].host, registry) == 0)
			return config->answers[i].login;
	answer.host = arena_strdup(&config->arena, registry);
	answer.login = credential_helper_get(&config->arena, helper->name,
					     hub ? HUB_KEY : registry);
	config->answers = arena_grow(&config->arena, config->answers,
				     config->answer_count, sizeof(answer));
	config->answers[config->answer_count++] = answer;
	return answer.login;
}

struct docker_login docker_config_find(struct docker_config *config, const char *registry,
				       const char *repository)
{
	static const struct docker_login none = { "", "", "", "", "" };
	const struct docker_helper *helper = helper_for(config, registry);
	const struct docker_entry *entry =
		best_entry(config, 0, config->first_of_file, registry, repository);

	if (entry)
		return entry->login;
	if (helper)
		return helper_answer(config, helper, registry);
	entry = best_entry(config, config->first_of_file, config->entry_count, registry,
			   repository);
	return entry ? entry->login : none;
}
