#include "source/pull_secrets.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/log.h"

#define NAMESPACE_BYTES 63 /* RFC 1123 label */
#define NAME_BYTES 253     /* RFC 1123 subdomain */
#define IMAGE_BYTES 1024   /* of a key of `images`; longer ones have no credentials */
#define SECRET_BYTES ((size_t)2 * 1024 * 1024) /* Kubernetes allows 1 MiB */
#define DEFAULT_HOST "index.docker.io"         /* docker.io's, in these files */

void pull_secrets_release(struct pull_secrets *secrets)
{
	table_release(&secrets->named);
	table_release(&secrets->images);
	arena_release(&secrets->arena);
}

static bool is_name(const char *text, size_t most)
{
	size_t length = strlen(text);

	return length > 0 && length <= most && text[0] != '.' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.") == length;
}

void pull_secrets_name(struct pull_secrets *secrets, const char *namespace,
		       const char *name)
{
	char text[NAMESPACE_BYTES + NAME_BYTES + 2];
	struct pull_secret *secret;
	const char **key;
	void **slot;

	if (!is_name(namespace, NAMESPACE_BYTES) || !is_name(name, NAME_BYTES) ||
	    secrets->named.count == PULL_SECRETS_MOST)
		return;
	snprintf(text, sizeof(text), "%s/%s", namespace, name);
	slot = table_slot(&secrets->named, text, strlen(text), &key);
	if (*slot)
		return;
	secret = arena_alloc(&secrets->arena, sizeof(*secret));
	secret->namespace = arena_strdup(&secrets->arena, namespace);
	secret->name = arena_strdup(&secrets->arena, name);
	*key = arena_strdup(&secrets->arena, text);
	*slot = secret;
}

/* "https://quay.io/v1/" as "quay.io": keyring.go, DockerKeyring.Add. */
static const char *normal_key(const char *text, struct arena *arena)
{
	static const char *const schemes[] = { "https://", "http://" };
	const char *path;
	size_t host;

	for (size_t i = 0; i < ARRAY_LENGTH(schemes); i++) {
		if (strncmp(text, schemes[i], strlen(schemes[i])) == 0) {
			text += strlen(schemes[i]);
			break;
		}
	}
	host = strcspn(text, "/");
	path = text + host;
	if (strncmp(path, "/v1/", 4) == 0 || strncmp(path, "/v2/", 4) == 0)
		path += 3;
	return arena_printf(arena, "%.*s%s", (int)host, text,
			    strcmp(path, "/") == 0 ? "" : path);
}

/* "user:password" in base64, which wins over the fields beside it. */
static bool read_auth(struct docker_login *login, struct arena *arena, const char *auth,
		      struct error *err)
{
	CLEANUP(buf_release) struct buf pair = BUF_INIT(SECRET_BYTES);
	const char *colon;

	log_add_secret(auth);
	if (!base64_decode(&pair, auth, err))
		return error_wrap(err, "auth");
	colon = strchr(buf_text(&pair), ':');
	if (!colon)
		return error_set(err, ERROR_SYNTAX,
				 "auth: no colon between user name and password");
	login->username = arena_strndup(arena, pair.data, (size_t)(colon - pair.data));
	login->password = arena_strdup(arena, colon + 1);
	return true;
}

static bool add_key(struct pull_secrets *secrets, const struct pull_secret *secret,
		    const struct node_member *entry, struct error *err)
{
	struct arena *arena = &secrets->arena;
	const char *auth = node_text(entry->value, "auth");
	struct docker_login login = {
		.username = arena_strdup(arena, node_text(entry->value, "username")),
		.password = arena_strdup(arena, node_text(entry->value, "password")),
		.identity_token = "",
		.registry_token = "",
		.problem = "",
		.origin = arena_printf(arena, "pull secret %s/%s", secret->namespace,
				       secret->name),
	};

	if (auth[0] && !read_auth(&login, arena, auth, err))
		return false;
	log_add_secret(login.password);
	if (!login.username[0] || !login.password[0])
		return true;
	secrets->keys = arena_grow(arena, secrets->keys, secrets->key_count,
				   sizeof(*secrets->keys));
	secrets->keys[secrets->key_count++] = (struct pull_key){
		.key = normal_key(entry->key, arena),
		.namespace = secret->namespace,
		.login = login,
	};
	return true;
}

/* `text` is base64 of a config.json, or of what its `auths` would hold. */
static bool add_config(struct pull_secrets *secrets, const struct pull_secret *secret,
		       const char *text, bool bare, struct error *err)
{
	CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
	CLEANUP(buf_release) struct buf config = BUF_INIT(SECRET_BYTES);
	struct json_source source = { .text = NULL };
	struct node *root;

	if (!base64_decode(&config, text, err))
		return false;
	source.text = buf_text(&config);
	source.length = config.length;
	if (!json_read(&root, &scratch, &source, err))
		return error_set(err, ERROR_SYNTAX, "holds no JSON");
	if (!bare)
		root = node_get(root, "auths");
	for (size_t i = 0; root && root->kind == NODE_MAPPING && i < root->length; i++) {
		if (!add_key(secrets, secret, &root->members[i], err))
			return false;
	}
	return true;
}

bool pull_secrets_add(struct pull_secrets *secrets, const struct pull_secret *secret,
		      const char *text, size_t length, struct error *err)
{
	static const struct {
		const char *type, *key;
		bool bare;
	} forms[] = {
		{ "kubernetes.io/dockerconfigjson", ".dockerconfigjson", false },
		{ "kubernetes.io/dockercfg", ".dockercfg", true },
	};
	CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
	struct json_source source = { .text = text, .length = length };
	struct node *root;

	if (!json_read(&root, &scratch, &source, err))
		return error_set(err, ERROR_SYNTAX, "the answer is no JSON");
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
		if (strcmp(node_text(root, "type"), forms[i].type) == 0)
			return add_config(secrets, secret,
					  node_text(node_get(root, "data"), forms[i].key),
					  forms[i].bare, err);
	}
	return true;
}

/* keyring.go sorts its keys backwards, so that of two with one host the longer is first.
 */
static int compare_keys(const void *one, const void *other)
{
	const struct pull_key *a = one, *b = other;
	int order = strcmp(b->key, a->key);

	return order ? order : strcmp(a->login.origin, b->login.origin);
}

/* False where it is too long to be kept. */
static bool image_key(char text[IMAGE_BYTES], const char *namespace, const char *registry,
		      const char *repository)
{
	int length =
		snprintf(text, IMAGE_BYTES, "%s %s/%s", namespace, registry, repository);

	return length > 0 && length < IMAGE_BYTES;
}

void pull_secrets_settle(struct pull_secrets *secrets, const struct snapshot *snapshot)
{
	char text[IMAGE_BYTES];

	if (secrets->key_count == 0)
		return;
	qsort(secrets->keys, secrets->key_count, sizeof(*secrets->keys), compare_keys);
	for (size_t i = 0; i < snapshot->running_count; i++) {
		const struct running_use *use = &snapshot->running[i];
		const struct image_ref *ref = &use->image.ref;
		const char **key;
		void **slot;

		if (use->image.state != REFERENCE_OK ||
		    !image_key(text, use->namespace, ref->registry, ref->repository))
			continue;
		slot = table_slot(&secrets->images, text, strlen(text), &key);
		if (!*slot)
			*key = arena_strdup(&secrets->arena, text);
		*slot = secrets;
	}
}

/* "1:shop": one namespace of several clusters is several. */
void pull_secrets_merge(struct pull_secrets *whole, struct pull_secrets *part)
{
	unsigned cluster = ++whole->merged;

	for (size_t i = 0; i < part->key_count; i++) {
		struct pull_key *key;

		whole->keys = arena_grow(&whole->arena, whole->keys, whole->key_count,
					 sizeof(*whole->keys));
		key = &whole->keys[whole->key_count++];
		*key = part->keys[i];
		key->namespace = arena_printf(&whole->arena, "%u:%s", cluster,
					      part->keys[i].namespace);
	}
	for (size_t i = 0; i < part->images.count; i++) {
		const struct table_entry *entry = &part->images.entries[i];
		const char *text = arena_printf(&whole->arena, "%u:%.*s", cluster,
						(int)entry->length, entry->key);

		*table_slot(&whole->images, text, strlen(text), NULL) = whole;
	}
	if (whole->key_count)
		qsort(whole->keys, whole->key_count, sizeof(*whole->keys), compare_keys);
	arena_adopt(&whole->arena, &part->arena);
	pull_secrets_release(part);
	*part = (struct pull_secrets)PULL_SECRETS_INIT;
}

/*
 * filepath.Match without its classes.  Only the last `*` is ever tried again: time is
 * bounded by the product of the lengths.
 */
static bool glob_matches(const char *glob, size_t glob_length, const char *text,
			 size_t length)
{
	size_t g = 0, t = 0, star = SIZE_MAX, from = 0;

	while (t < length) {
		if (g < glob_length && glob[g] == '*') {
			star = g++;
			from = t;
		} else if (g < glob_length && (glob[g] == '?' || glob[g] == text[t])) {
			g++;
			t++;
		} else if (star != SIZE_MAX) {
			g = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (g < glob_length && glob[g] == '*')
		g++;
	return g == glob_length;
}

/* Label by label, and as many of them; ports are equal or both absent. */
static bool host_matches(const char *glob, size_t glob_length, const char *host)
{
	const char *glob_end = glob + glob_length;

	for (;;) {
		size_t mine = 0, theirs = strcspn(host, ".:");

		while (glob + mine < glob_end && glob[mine] != '.' && glob[mine] != ':')
			mine++;
		if (!glob_matches(glob, mine, host, theirs))
			return false;
		glob += mine;
		host += theirs;
		if (glob == glob_end || *host == '\0')
			return glob == glob_end && *host == '\0';
		if (*host == ':')
			return strlen(host) == (size_t)(glob_end - glob) &&
			       memcmp(glob, host, strlen(host)) == 0;
		if (*glob != '.')
			return false;
		glob++;
		host++;
	}
}

static bool key_matches(const char *key, const char *registry, const char *repository)
{
	size_t host = strcspn(key, "/");
	const char *path = key[host] ? key + host + 1 : "";

	if (strncmp(repository, path, strlen(path)) != 0)
		return false;
	if (strcmp(registry, "docker.io") == 0 && host == strlen(DEFAULT_HOST) &&
	    strncmp(key, DEFAULT_HOST, host) == 0)
		return true;
	return host_matches(key, host, registry);
}

static bool is_for(const struct pull_secrets *secrets, const struct pull_key *key,
		   const char *registry, const char *repository)
{
	char text[IMAGE_BYTES];

	return key_matches(key->key, registry, repository) &&
	       image_key(text, key->namespace, registry, repository) &&
	       table_find(&secrets->images, text, strlen(text));
}

static bool same_login(const struct docker_login *a, const struct docker_login *b)
{
	return strcmp(a->username, b->username) == 0 &&
	       strcmp(a->password, b->password) == 0;
}

bool pull_secrets_find(const struct pull_secrets *secrets, const char *registry,
		       const char *repository, size_t place, struct docker_login *login)
{
	const struct docker_login *found[PULL_SECRET_TRIES];
	size_t count = 0;

	for (size_t i = 0; i < secrets->key_count && count <= place; i++) {
		const struct pull_key *key = &secrets->keys[i];
		bool known = false;

		if (count == PULL_SECRET_TRIES)
			return false;
		if (!is_for(secrets, key, registry, repository))
			continue;
		for (size_t j = 0; j < count; j++)
			known = known || same_login(found[j], &key->login);
		if (!known)
			found[count++] = &key->login;
	}
	if (place >= count)
		return false;
	*login = *found[place];
	return true;
}
