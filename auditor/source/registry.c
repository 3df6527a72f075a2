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

static struct registry_contact *contact_of(struct registry_client *client,
					   const char *name)
{
	const char **key;
	struct registry_contact **slot = (struct registry_contact **)table_slot(
		&client->contacts, name, strlen(name), &key);

	if (!*slot) {
		*slot = registry_contact_new(&client->settings, name);
		*key = (*slot)->name;
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

static void find_routes(struct inquest *inquest, struct registry_client *client,
			struct arena *arena, const char *registry, const char *repository)
{
	const struct mirror_rules *rules = &client->settings.mirrors;

	inquest->routes = arena_alloc(arena, (rules->count + 1) * sizeof(struct route));
	for (size_t i = 0; i < rules->count; i++) {
		const char *there =
			mirror_rule_apply(&rules->items[i], arena, registry, repository);

		if (there)
			inquest->routes[inquest->route_count++] = (struct route){
				.contact =
					contact_of(client, rules->items[i].to.registry),
				.repository = there,
				.mirror = true,
			};
	}
	inquest->routes[inquest->route_count++] = (struct route){
		.contact = contact_of(client, registry),
		.repository = arena_strdup(arena, repository),
	};
}

static void question_init(struct question *question, struct snapshot *snapshot,
			  const struct want *want, const struct route *routes,
			  size_t route_count)
{
	const struct digest unknown = { "" };
	struct arena *arena = &snapshot->arena;

	*question = (struct question){
		.snapshot = snapshot,
		.want = {
			.kind = want->kind,
			.registry = arena_strdup(arena, want->registry),
			.repository = arena_strdup(arena, want->repository),
			.tag = arena_strdup(arena, want->tag ? want->tag : ""),
			.digest = want->kind == WANT_TAG ? unknown : want->digest,
		},
		.routes = routes,
		.route_count = route_count,
	};
}

/* A tag that is compared: the registry alone decides, each mirror is asked beside it. */
static void inquest_init(struct inquest *inquest, struct registry_client *client,
			 struct snapshot *snapshot, const struct want *want)
{
	bool compares =
		want->kind == WANT_TAG && client->settings.options.compare_mirrors;
	size_t mirrors;

	*inquest = (struct inquest){ .routes = NULL };
	find_routes(inquest, client, &snapshot->arena, want->registry, want->repository);
	mirrors = compares ? inquest->route_count - 1 : 0;
	question_init(&inquest->question, snapshot, want, inquest->routes + mirrors,
		      inquest->route_count - mirrors);
	inquest->mirrors = xcalloc(mirrors, sizeof(*inquest->mirrors));
	inquest->mirror_count = mirrors;
	for (size_t i = 0; i < mirrors; i++)
		question_init(&inquest->mirrors[i], snapshot, want, &inquest->routes[i],
			      1);
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

	for (size_t i = 0; i < want_count; i++) {
		inquest_init(&inquests[i], client, snapshot, &wants[i]);
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
	const char *text = "";

	find_routes(&inquest, client, arena, registry, repository);
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
