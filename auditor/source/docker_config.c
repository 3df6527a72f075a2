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

#define VARIABLE "DOCKER_AUTH_CONFIG"

/* Where credentials are being read from. */
struct source {
	struct docker_config *config;
	const char *name; /* for people: a path, or the variable's name */
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
		.origin = "",
	};
	if (auth[0] && !read_auth(login, arena, auth, err))
		return false;
	log_add_secret(login->password);
	log_add_secret(login->identity_token);
	log_add_secret(login->registry_token);
	return true;
}

/* An entry without anything in it: `docker login` leaves one where a helper knows. */
static bool is_empty(const struct docker_login *login)
{
	return !login->username[0] && !login->password[0] && !login->identity_token[0] &&
	       !login->registry_token[0] && !login->problem[0];
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
		if (is_empty(&entry.login))
			continue;
		entry.login.origin = arena_strdup(&config->arena, source->name);
		entry.file = config->file_count;
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
		.file = config->file_count,
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
	if (strcmp(source->name, VARIABLE) != 0)
		read_helpers(source->config, root);
	return read_auths(source, json_object_get(root, "auths"), err);
}

static bool read_variable(struct docker_config *config, struct error *err)
{
	const struct source source = { config, VARIABLE };
	const char *text = getenv(source.name);

	if (text && text[0] && !read_json(&source, text, strlen(text), err))
		return false;
	config->file_count++;
	return true;
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
	if (!read_json(&source, buf_text(&text), text.length, err))
		return false;
	config->file_count++;
	return true;
}

/*
 * Where files of credentials usually are: below the folder that `variable` names, else
 * below `elsewhere` in the home folder, where there is one.  In order of precedence.
 */
static const struct {
	const char *variable, *below;
	const char *elsewhere; /* NULL: nowhere else */
} usual_places[] = {
	{ "REGISTRY_AUTH_FILE", "", NULL },
	{ "DOCKER_CONFIG", "/config.json", "/.docker/config.json" },
	{ "XDG_RUNTIME_DIR", "/containers/auth.json", NULL },
	{ "XDG_CONFIG_HOME", "/containers/auth.json", "/.config/containers/auth.json" },
};

static bool read_usual_places(struct docker_config *config, struct error *err)
{
	const char *home = getenv("HOME");

	for (size_t i = 0; i < ARRAY_LENGTH(usual_places); i++) {
		const char *start = getenv(usual_places[i].variable);
		const char *end = usual_places[i].below;

		if (!start || !start[0]) {
			start = home;
			end = usual_places[i].elsewhere;
		}
		if (start && start[0] && end &&
		    !read_file(config, arena_printf(&config->arena, "%s%s", start, end),
			       false, err))
			return false;
	}
	return true;
}

bool docker_config_load(struct docker_config *config, const char *path, struct error *err)
{
	*config = (struct docker_config){ .arena = ARENA_INIT };
	return read_variable(config, err) && (path ? read_file(config, path, true, err)
						   : read_usual_places(config, err));
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

/* The entry of one file with the longest path, or NULL. */
static const struct docker_entry *best_entry(const struct docker_config *config,
					     size_t file, const char *registry,
					     const char *repository)
{
	const struct docker_entry *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < config->entry_count; i++) {
		const struct docker_entry *entry = &config->entries[i];
		size_t covered = coverage(entry, registry, repository);

		if (entry->file == file && covered > most) {
			most = covered;
			best = entry;
		}
	}
	return best;
}

/* The helper that one file names for a registry, or NULL. */
static const struct docker_helper *helper_for(const struct docker_config *config,
					      size_t file, const char *registry)
{
	for (size_t i = 0; i < config->helper_count; i++) {
		const struct docker_helper *helper = &config->helpers[i];

		if (helper->file == file &&
		    (helper->host[0] == '\0' || strcasecmp(helper->host, registry) == 0))
			return helper;
	}
	return NULL;
}

/* What the helper says of a registry; it is asked once. */
static struct docker_login helper_answer(struct docker_config *config, const char *helper,
					 const char *registry)
{
	bool hub = strcmp(registry, "docker.io") == 0;
	struct docker_answer answer;

	for (size_t i = 0; i < config->answer_count; i++)
		if (strcmp(config->answers[i].registry, registry) == 0 &&
		    strcmp(config->answers[i].helper, helper) == 0)
			return config->answers[i].login;
	answer = (struct docker_answer){
		.helper = helper,
		.registry = arena_strdup(&config->arena, registry),
		.login = credential_helper_get(&config->arena, helper,
					       hub ? HUB_KEY : registry),
	};
	config->answers = arena_grow(&config->arena, config->answers,
				     config->answer_count, sizeof(answer));
	config->answers[config->answer_count++] = answer;
	return answer.login;
}

struct docker_login docker_config_find(struct docker_config *config, const char *registry,
				       const char *repository)
{
	struct docker_login login = { "", "", "", "", "", "" };

	for (size_t file = 0; file < config->file_count && is_empty(&login); file++) {
		const struct docker_helper *helper = helper_for(config, file, registry);
		const struct docker_entry *entry =
			best_entry(config, file, registry, repository);

		if (helper)
			login = helper_answer(config, helper->name, registry);
		else if (entry)
			login = entry->login;
	}
	return login;
}
