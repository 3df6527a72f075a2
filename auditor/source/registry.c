#include "source/registry.h"

#include "source/registry_question.h"

struct registry_client {
	struct registry_settings settings;
	struct table contacts; /* by the registry's name: struct registry_contact */
};

struct registry_client *registry_client_new(struct http *http,
					    const struct registry_options *options,
					    struct error *err)
{
	struct registry_client *client = xcalloc(1, sizeof(*client));

	if (!registry_settings_init(&client->settings, http, options, err))
		registry_client_free(&client);
	return client;
}

void registry_client_free(struct registry_client **pointer)
{
	struct registry_client *client = *pointer;

	if (!client)
		return;
	for (size_t i = 0; i < client->contacts.count; i++)
		registry_contact_free(client->contacts.entries[i].value);
	table_release(&client->contacts);
	registry_settings_release(&client->settings);
	free(client);
	*pointer = NULL;
}

/* `endpoint`: as a hosts.toml names it; NULL: as the registry's name alone says. */
static struct registry_contact *contact_of(struct registry_client *client,
					   const char *name,
					   const struct hosts_endpoint *endpoint)
{
	const char *id = endpoint ? endpoint->id : name, **key;
	struct registry_contact **slot = (struct registry_contact **)table_slot(
		&client->contacts, id, strlen(id), &key);

	if (!*slot) {
		*slot = registry_contact_new(&client->settings, name, endpoint);
		*key = endpoint ? id : (*slot)->name;
	}
	return *slot;
}

/* One row of the answers: a want, where it can be asked, and its mirrors' words. */
struct inquest {
	struct question question;
	struct route *routes; /* mirrors in their order, then the registry itself */
	size_t route_count;
	struct question *mirrors; /* of a tag that is compared; on the heap */
	size_t mirror_count;
};

/* Those of the hosts.toml that may be asked for tags, or for digests. */
static void add_hosts(struct inquest *inquest, struct registry_client *client,
		      struct arena *arena, const struct hosts_file *file,
		      const struct want *want)
{
	for (size_t i = 0; i < file->host_count; i++) {
		const struct hosts_endpoint *host = &file->hosts[i];

		if (strcmp(host->name, want->registry) == 0)
			continue; /* no mirror: add_registry() */
		if (want->kind == WANT_TAG ? host->resolve : host->pull)
			inquest->routes[inquest->route_count++] = (struct route){
				.contact = contact_of(client, host->name, host),
				.repository = arena_strdup(arena, want->repository),
				.ns = arena_strdup(arena, want->registry),
				.mirror = true,
			};
	}
}

/* How a hosts.toml says that the registry is to be asked; NULL: it does not. */
static const struct hosts_endpoint *own_endpoint(const struct hosts_file *file,
						 const char *registry)
{
	if (!file || file->server)
		return file ? file->server : NULL;
	for (size_t i = 0; i < file->host_count; i++)
		if (strcmp(file->hosts[i].name, registry) == 0)
			return &file->hosts[i];
	return NULL;
}

/* The registry, or what a hosts.toml puts in its place. */
static void add_registry(struct inquest *inquest, struct registry_client *client,
			 struct arena *arena, const struct hosts_file *file,
			 const struct want *want)
{
	const struct hosts_endpoint *server = own_endpoint(file, want->registry);
	bool other = server && strcmp(server->name, want->registry) != 0;

	inquest->routes[inquest->route_count++] = (struct route){
		.contact = contact_of(client, server ? server->name : want->registry,
				      server),
		.repository = arena_strdup(arena, want->repository),
		.ns = other ? arena_strdup(arena, want->registry) : NULL,
	};
}

static void find_routes(struct inquest *inquest, struct registry_client *client,
			struct arena *arena, const struct want *want)
{
	const struct mirror_rules *rules = &client->settings.mirrors;
	const struct hosts_file *file =
		hosts_dir_find(&client->settings.hosts, want->registry);
	size_t most = rules->count + (file ? file->host_count : 0) + 1;

	inquest->routes = arena_alloc(arena, most * sizeof(struct route));
	for (size_t i = 0; i < rules->count; i++) {
		const char *there = mirror_rule_apply(&rules->items[i], arena,
						      want->registry, want->repository);

		if (there)
			inquest->routes[inquest->route_count++] = (struct route){
				.contact = contact_of(client, rules->items[i].to.registry,
						      NULL),
				.repository = there,
				.mirror = true,
			};
	}
	if (file)
		add_hosts(inquest, client, arena, file, want);
	add_registry(inquest, client, arena, file, want);
}

/* It has nobody to be put to yet. */
static struct question question_of(struct snapshot *snapshot, const struct want *want,
				   struct table *fetches)
{
	const struct digest unknown = { "" };
	struct arena *arena = &snapshot->arena;

	return (struct question){
		.snapshot = snapshot,
		.want = {
			.kind = want->kind,
			.registry = arena_strdup(arena, want->registry),
			.repository = arena_strdup(arena, want->repository),
			.tag = arena_strdup(arena, want->tag ? want->tag : ""),
			.digest = want->kind == WANT_TAG ? unknown : want->digest,
		},
		.fetches = fetches,
	};
}

/* A tag that is compared: the registry alone decides, each mirror is asked beside it. */
static void inquest_init(struct inquest *inquest, struct registry_client *client,
			 struct snapshot *snapshot, const struct want *want,
			 struct table *fetches)
{
	bool compares =
		want->kind == WANT_TAG && client->settings.options.compare_mirrors;
	size_t mirrors;

	*inquest = (struct inquest){ .question = question_of(snapshot, want, fetches) };
	find_routes(inquest, client, &snapshot->arena, want);
	mirrors = compares ? inquest->route_count - 1 : 0;
	inquest->question.routes = inquest->routes + mirrors;
	inquest->question.route_count = inquest->route_count - mirrors;
	inquest->mirrors = xcalloc(mirrors, sizeof(*inquest->mirrors));
	inquest->mirror_count = mirrors;
	for (size_t i = 0; i < mirrors; i++) {
		inquest->mirrors[i] = inquest->question;
		inquest->mirrors[i].routes = &inquest->routes[i];
		inquest->mirrors[i].route_count = 1;
	}
}

static void inquest_begin(struct inquest *inquest)
{
	question_begin(&inquest->question);
	for (size_t i = 0; i < inquest->mirror_count; i++)
		question_begin(&inquest->mirrors[i]);
}

/* Questions to a registry that did not answer at first count as refused too. */
static void publish_figures(const struct registry_client *client,
			    struct snapshot *snapshot)
{
	const struct http *http = client->settings.http;
	const struct http_figures *figures;

	for (size_t i = 0; (figures = http_figures(http, i)); i++) {
		struct request_count *count = snapshot_requests(snapshot, figures->host);

		count->made = figures->made;
		count->failed = figures->failed;
		count->refused = figures->refused;
		count->bytes = figures->bytes;
	}
	for (size_t i = 0; i < client->contacts.count; i++) {
		const struct registry_contact *contact =
			client->contacts.entries[i].value;

		if (contact->refused)
			snapshot_requests(snapshot, contact->host)->refused +=
				contact->refused;
	}
}

/* Facts are added in the order of the wants, whatever the order of the answers. */
void registry_answer(struct registry_client *client, struct snapshot *snapshot,
		     const struct want *wants, size_t want_count)
{
	struct inquest *inquests = xcalloc(want_count, sizeof(*inquests));
	CLEANUP(table_release) struct table fetches = TABLE_INIT;

	for (size_t i = 0; i < want_count; i++) {
		inquest_init(&inquests[i], client, snapshot, &wants[i], &fetches);
		inquest_begin(&inquests[i]);
	}
	http_run(client->settings.http);
	for (size_t i = 0; i < want_count; i++) {
		question_conclude(&inquests[i].question, inquests[i].mirrors,
				  inquests[i].mirror_count);
		free(inquests[i].mirrors);
	}
	publish_figures(client, snapshot);
	free(inquests);
}

const char *registry_credential(struct registry_client *client, struct arena *arena,
				const char *registry, const char *repository)
{
	struct inquest inquest = { .routes = NULL };
	const struct want want = { .kind = WANT_TAG,
				   .registry = registry,
				   .repository = repository };
	const char *text = "";

	find_routes(&inquest, client, arena, &want);
	for (size_t i = 0; i < inquest.route_count; i++) {
		const struct route *route = &inquest.routes[i];

		if (route->contact->state != CONTACT_READY)
			continue;
		text = arena_printf(arena, "%s%s%s%s%s", text, text[0] ? "; " : "",
				    route->mirror ? "mirror " : "",
				    route->mirror ? route->contact->host : "",
				    route->mirror ? ": " : "");
		text = arena_printf(
			arena, "%s%s", text,
			registry_auth_note(route->contact->auth, route->repository));
	}
	return text;
}
