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

static void question_init(struct question *question, struct registry_client *client,
			  struct snapshot *snapshot, const struct want *want)
{
	const struct digest unknown = { "" };
	struct arena *arena = &snapshot->arena;

	*question = (struct question){
		.contact = contact_of(client, want->registry),
		.snapshot = snapshot,
		.want = {
			.kind = want->kind,
			.registry = arena_strdup(arena, want->registry),
			.repository = arena_strdup(arena, want->repository),
			.tag = arena_strdup(arena, want->tag ? want->tag : ""),
			.digest = want->kind == WANT_TAG ? unknown : want->digest,
		},
	};
}

static void publish_figures(const struct http *http, struct snapshot *snapshot)
{
	const struct http_figures *figures;

	for (size_t i = 0; (figures = http_figures(http, i)); i++) {
		struct request_count *count = snapshot_requests(snapshot, figures->host);

		count->made = figures->made;
		count->failed = figures->failed;
		count->bytes = figures->bytes;
	}
}

/* Facts are added in the order of the wants, whatever the order of the answers. */
void registry_answer(struct registry_client *client, struct snapshot *snapshot,
		     const struct want *wants, size_t want_count)
{
	struct question *questions = xcalloc(want_count, sizeof(*questions));

	for (size_t i = 0; i < want_count; i++) {
		question_init(&questions[i], client, snapshot, &wants[i]);
		question_begin(&questions[i]);
	}
	http_run(client->settings.http);
	for (size_t i = 0; i < want_count; i++)
		question_conclude(&questions[i]);
	publish_figures(client->settings.http, snapshot);
	free(questions);
}

const char *registry_credential(const struct registry_client *client,
				const char *registry, const char *repository)
{
	const struct registry_contact *contact =
		table_find(&client->contacts, registry, strlen(registry));

	if (!contact || contact->state != CONTACT_READY)
		return "";
	return registry_auth_note(contact->auth, repository);
}
