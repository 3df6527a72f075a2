/*
 * registry_probe - what registry_answer() makes of registries, as JSON
 *
 * registry_probe [OPTION...] KIND REFERENCE [KIND REFERENCE...]
 *
 * KIND: tag, presence, manifest, blob; "+" in place of a pair begins another round with
 * the same client and snapshot.  Options: --docker-config FILE, --ca FILE, --plain-http
 * HOST,
 * --insecure HOST, --token-host HOST, --deadline SECONDS, --host-seconds SECONDS,
 * --first-byte SECONDS.
 * For the tests alone.
 */
#include "base/log.h"
#include "base/timestamp.h"
#include "source/registry.h"

#include <jansson.h>

#include <signal.h>

#define MOST 2048 /* wants of a round; hosts of an option */

struct probe {
	struct registry_options options;
	struct http_limits limits;
	struct arena arena;
	struct http *http;
	struct registry_client *client;
	struct snapshot snapshot;
	struct want wants[MOST];
	size_t want_count;
};

static const char *const want_names[] = {
	[WANT_TAG] = "tag",
	[WANT_PRESENCE] = "presence",
	[WANT_MANIFEST] = "manifest",
	[WANT_BLOB] = "blob",
};

static const char *const state_names[] = {
	[FACT_FOUND] = "found",
	[FACT_ABSENT] = "absent",
	[FACT_DENIED] = "denied",
	[FACT_UNKNOWN] = "unknown",
};

static const char *const image_names[] = {
	[IMAGE_OTHER] = "other",       [IMAGE_INDEX] = "index",
	[IMAGE_MANIFEST] = "manifest", [IMAGE_ARTIFACT] = "artifact",
	[IMAGE_CONFIG] = "config",
};

_Noreturn static void die(const char *text)
{
	fprintf(stderr, "registry_probe: %s\n", text);
	exit(2);
}

static void add_host(const char *const **hosts, size_t *count, const char *host)
{
	const char **grown = array_grow((void *)*hosts, *count, sizeof(*grown));

	grown[(*count)++] = host;
	*hosts = grown;
}

/* False where `name` is no option. */
static bool take_option(struct probe *probe, const char *name, const char *value)
{
	struct registry_options *options = &probe->options;

	if (strcmp(name, "--docker-config") == 0)
		options->docker_config = value;
	else if (strcmp(name, "--ca") == 0)
		options->ca_file = value;
	else if (strcmp(name, "--plain-http") == 0)
		add_host(&options->plain_http, &options->plain_http_count, value);
	else if (strcmp(name, "--insecure") == 0)
		add_host(&options->insecure, &options->insecure_count, value);
	else if (strcmp(name, "--token-host") == 0)
		add_host(&options->token_hosts, &options->token_host_count, value);
	else if (strcmp(name, "--mirror") == 0)
		add_host(&options->mirrors, &options->mirror_count, value);
	else if (strcmp(name, "--hosts-dir") == 0)
		options->hosts_dir = value;
	else if (strcmp(name, "--compare-mirror") == 0) {
		add_host(&options->mirrors, &options->mirror_count, value);
		options->compare_mirrors = true;
	} else if (strcmp(name, "--deadline") == 0)
		probe->limits.deadline = timestamp_monotonic() + strtod(value, NULL);
	else if (strcmp(name, "--host-seconds") == 0)
		probe->limits.host_seconds = strtod(value, NULL);
	else if (strcmp(name, "--first-byte") == 0)
		probe->limits.first_byte_seconds = strtol(value, NULL, 10);
	else
		return false;
	return true;
}

static void open_client(struct probe *probe)
{
	struct error err = ERROR_INIT;

	probe->http = http_new(&probe->limits, &err);
	if (probe->http)
		probe->client = registry_client_new(probe->http, &probe->options, &err);
	if (!probe->client)
		die(err.text);
	snapshot_init(&probe->snapshot, 1);
}

static void add_want(struct probe *probe, const char *kind, const char *reference)
{
	struct error err = ERROR_INIT;
	struct image_ref ref;

	for (size_t i = 0; i < ARRAY_LENGTH(want_names); i++) {
		if (strcmp(kind, want_names[i]) != 0)
			continue;
		if (probe->want_count == MOST)
			die("too many references");
		if (!image_ref_parse(&ref, &probe->arena, reference, &err))
			die(err.text);
		probe->wants[probe->want_count++] = (struct want){
			.kind = (enum want_kind)i,
			.registry = ref.registry,
			.repository = ref.repository,
			.tag = image_ref_tag(&ref),
			.digest = ref.digest,
		};
		return;
	}
	die("KIND is tag, presence, manifest or blob");
}

static void answer_round(struct probe *probe)
{
	registry_answer(probe->client, &probe->snapshot, probe->wants, probe->want_count);
	probe->want_count = 0;
}

static void ask(struct probe *probe, char **arguments)
{
	for (; *arguments; arguments++) {
		if (strcmp(*arguments, "+") == 0) {
			answer_round(probe);
			continue;
		}
		if (!arguments[1])
			die("a KIND without a REFERENCE");
		add_want(probe, arguments[0], arguments[1]);
		arguments++;
	}
	answer_round(probe);
}

static json_t *tags_json(const struct snapshot *snapshot)
{
	json_t *list = json_array();

	for (size_t i = 0; i < snapshot->tag_count; i++) {
		const struct tag_fact *fact = &snapshot->tags[i];

		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "registry",
				  fact->registry, "repository", fact->repository, "tag",
				  fact->tag, "state", state_names[fact->state], "digest",
				  fact->digest.text, "reason", fact->reason));
	}
	return list;
}

static json_t *digests_json(const struct snapshot *snapshot)
{
	json_t *list = json_array();

	for (size_t i = 0; i < snapshot->digest_count; i++) {
		const struct digest_fact *fact = &snapshot->digests[i];

		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:s}", "registry",
				  fact->registry, "repository", fact->repository,
				  "digest", fact->digest.text, "state",
				  state_names[fact->state], "blob", fact->blob,
				  "mismatch", fact->mismatch, "reason", fact->reason));
	}
	return list;
}

static json_t *images_json(const struct snapshot *snapshot)
{
	const struct table *images = &snapshot->images.by_digest;
	json_t *list = json_array();

	for (size_t i = 0; i < images->count; i++) {
		const struct image *image = images->entries[i].value;

		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I, s:s, s:b}",
						      "digest", image->digest.text,
						      "media_type", image->media_type,
						      "kind", image_names[image->kind],
						      "size", (json_int_t)image->size,
						      "from", image->fetched_from, "body",
						      image->body != NULL));
	}
	return list;
}

static json_t *requests_json(const struct snapshot *snapshot)
{
	json_t *hosts = json_object();

	for (size_t i = 0; i < snapshot->request_count; i++) {
		const struct request_count *count = &snapshot->requests[i];

		json_object_set_new(hosts, count->host,
				    json_pack("{s:I, s:I, s:I, s:I, s:I}", "made",
					      (json_int_t)count->made, "failed",
					      (json_int_t)count->failed, "spared",
					      (json_int_t)count->spared, "refused",
					      (json_int_t)count->refused, "bytes",
					      (json_int_t)count->bytes));
	}
	return hosts;
}

static void print(const struct snapshot *snapshot)
{
	json_t *all =
		json_pack("{s:o, s:o, s:o, s:o}", "tags", tags_json(snapshot), "digests",
			  digests_json(snapshot), "images", images_json(snapshot),
			  "requests", requests_json(snapshot));

	if (!all || json_dumpf(all, stdout, JSON_INDENT(1)) != 0)
		die("the facts do not make JSON");
	putchar('\n');
	json_decref(all);
}

static void probe_release(struct probe *probe)
{
	registry_client_free(&probe->client);
	http_free(&probe->http);
	snapshot_release(&probe->snapshot);
	arena_release(&probe->arena);
	free((void *)probe->options.plain_http);
	free((void *)probe->options.insecure);
	free((void *)probe->options.token_hosts);
	free((void *)probe->options.mirrors);
	log_forget_secrets();
}

int main(int argc, char **argv)
{
	static struct probe probe;

	signal(SIGPIPE, SIG_IGN); /* as commands_main() has it: servers hang up */
	argv++;
	while (argc > 1 && argv[0] && argv[1] && take_option(&probe, argv[0], argv[1]))
		argv += 2;
	open_client(&probe);
	ask(&probe, argv);
	print(&probe.snapshot);
	probe_release(&probe);
	return 0;
}
