#include "tests/unit/image_world.h"

#define INDEX_TYPE "application/vnd.oci.image.index.v1+json"
#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define CONFIG_TYPE "application/vnd.oci.image.config.v1+json"
#define EMPTY_TYPE "application/vnd.oci.empty.v1+json"
#define WORDS_MOST 80

struct digest image_world_digest(const char *name)
{
	struct digest unknown = { "" };

	return name[0] == '?' ? unknown : digest_compute(name, strlen(name), &unknown);
}

static struct platform platform_of(const char *text)
{
	return platform_parse(strcmp(text, "-") == 0 ? "" : text);
}

static struct descriptor descriptor_of(const char *media_type, const char *name)
{
	return (struct descriptor){
		.media_type = media_type,
		.digest = image_world_digest(name),
	};
}

/* "!CHILD=PLATFORM" */
static struct descriptor child_of(struct image_world *world, char *word)
{
	bool attestation = word[0] == '!', index = word[0] == '*';
	char *platform = strchr(word, '=');
	const char *name = word + (attestation || index);
	struct descriptor child;
	const struct image *image;

	if (platform)
		*platform++ = '\0';
	child = descriptor_of(index ? INDEX_TYPE : MANIFEST_TYPE, name);
	image = image_set_find(&world->held, &child.digest);
	if (image && image->kind == IMAGE_INDEX)
		child.media_type = INDEX_TYPE;
	child.attestation = attestation;
	if (platform)
		child.platform = platform_of(platform);
	return child;
}

static struct descriptor *layers_of(struct image_world *world, char **words, size_t count)
{
	struct descriptor *layers = arena_alloc(&world->arena, count * sizeof(*layers));

	for (size_t i = 0; i < count; i++)
		layers[i] = descriptor_of("layer", words[i]);
	return layers;
}

static void read_config(struct image_world *world, struct image *image, char **words,
			size_t count)
{
	image->kind = IMAGE_CONFIG;
	image->platform = platform_of(words[0]);
	image->diff_id_count = count - 1;
	image->diff_ids = arena_alloc(&world->arena, count * sizeof(*image->diff_ids));
	for (size_t i = 1; i < count; i++)
		image->diff_ids[i - 1] = image_world_digest(words[i]);
}

static void read_index(struct image_world *world, struct image *image, char **words,
		       size_t count)
{
	image->kind = IMAGE_INDEX;
	image->media_type = INDEX_TYPE;
	image->child_count = count;
	image->children = arena_alloc(&world->arena, count * sizeof(*image->children));
	for (size_t i = 0; i < count; i++)
		image->children[i] = child_of(world, words[i]);
}

static void read_manifest(struct image_world *world, struct image *image, char **words,
			  size_t count)
{
	image->kind = IMAGE_MANIFEST;
	image->media_type = MANIFEST_TYPE;
	image->config = descriptor_of(CONFIG_TYPE, words[0]);
	image->layer_count = count - 1;
	image->layers = layers_of(world, words + 1, count - 1);
}

static void read_artifact(struct image_world *world, struct image *image, char **words,
			  size_t count)
{
	image->kind = IMAGE_ARTIFACT;
	image->media_type = MANIFEST_TYPE;
	image->config = descriptor_of(EMPTY_TYPE, "{}");
	image->layer_count = count;
	image->layers = layers_of(world, words, count);
}

static void read_line(struct image_world *world, const char *text)
{
	char *line = arena_strdup(&world->arena, text);
	struct image *image = arena_alloc(&world->arena, sizeof(*image));
	char *words[WORDS_MOST], *word;
	const char **key;
	size_t count = 0;

	while ((word = strsep(&line, " "))) {
		assert_true(count < WORDS_MOST);
		words[count++] = word;
	}
	assert_true(count >= 2);
	*image = (struct image){
		.digest = image_world_digest(words[1]),
		.media_type = "",
		.config = { .media_type = "" },
		.artifact_type = "",
		.fetched_from = "",
	};
	if (strcmp(words[0], "config") == 0)
		read_config(world, image, words + 2, count - 2);
	else if (strcmp(words[0], "index") == 0)
		read_index(world, image, words + 2, count - 2);
	else if (strcmp(words[0], "manifest") == 0)
		read_manifest(world, image, words + 2, count - 2);
	else if (strcmp(words[0], "artifact") == 0)
		read_artifact(world, image, words + 2, count - 2);
	else
		assert_string_equal(words[0], "other");
	image_set_add(&world->held, image);
	*table_slot(&world->names, image->digest.text, strlen(image->digest.text), &key) =
		words[1];
	*key = image->digest.text;
}

void image_world_init(struct image_world *world, const char *const *lines, size_t count)
{
	*world = (struct image_world){ .arena = ARENA_INIT, .silent = "" };
	snapshot_init(&world->snapshot, 0);
	for (size_t i = 0; i < count; i++)
		read_line(world, lines[i]);
}

const char *image_world_name(const struct image_world *world, const struct digest *digest)
{
	const char *name = table_find(&world->names, digest->text, strlen(digest->text));

	return name ? name : digest->text;
}

void image_world_release(struct image_world *world)
{
	snapshot_release(&world->snapshot);
	image_set_release(&world->held);
	table_release(&world->tags);
	table_release(&world->names);
	arena_release(&world->arena);
}

void image_world_tag(struct image_world *world, const char *repository, const char *tag,
		     const char *name)
{
	const char *text = arena_printf(&world->arena, "%s:%s", repository, tag);
	struct digest *digest = arena_alloc(&world->arena, sizeof(*digest));
	const char **key;

	*digest = image_world_digest(name);
	*table_slot(&world->tags, text, strlen(text), &key) = digest;
	*key = text;
}

void image_world_learn(struct image_world *world)
{
	for (size_t i = 0; i < world->held.by_digest.count; i++)
		image_set_add(&world->snapshot.images,
			      world->held.by_digest.entries[i].value);
}

/* Whether the registry holds a digest under that path; the snapshot then knows it. */
static bool find_content(struct image_world *world, const struct digest *digest,
			 bool blob)
{
	struct image *image = image_set_find(&world->held, digest);
	bool config = image && image->kind == IMAGE_CONFIG;

	if (!image || (config != blob && image->kind != IMAGE_OTHER))
		return false;
	image_set_add(&world->snapshot.images, image);
	return true;
}

static enum fact_state state_of(const struct image_world *world, const char *host,
				bool found)
{
	if (strcmp(host, world->silent) == 0)
		return FACT_UNKNOWN;
	return found && strcmp(host, WORLD_HOST) == 0 ? FACT_FOUND : FACT_ABSENT;
}

static void answer_digest(struct image_world *world, const struct want *want)
{
	bool blob = want->kind == WANT_BLOB;
	bool asked = strcmp(want->registry, WORLD_HOST) == 0 &&
		     strcmp(want->registry, world->silent) != 0;
	bool found = asked && find_content(world, &want->digest, blob);
	enum fact_state state = state_of(world, want->registry, found);

	snapshot_add_digest(&world->snapshot,
			    &(struct digest_fact){
				    .registry = want->registry,
				    .repository = want->repository,
				    .digest = want->digest,
				    .state = state,
				    .blob = blob,
				    .reason = state == FACT_UNKNOWN ? "no answer" : "404",
			    });
}

static void answer_tag(struct image_world *world, const struct want *want)
{
	const char *text =
		arena_printf(&world->arena, "%s:%s", want->repository, want->tag);
	const struct digest *digest = table_find(&world->tags, text, strlen(text));
	enum fact_state state = state_of(world, want->registry, digest != NULL);
	struct want content = *want;

	snapshot_add_tag(
		&world->snapshot,
		&(struct tag_fact){
			.registry = want->registry,
			.repository = want->repository,
			.tag = want->tag,
			.state = state,
			.digest = state == FACT_FOUND ? *digest : (struct digest){ "" },
			.reason = state == FACT_UNKNOWN ? "no answer" : "404",
		});
	if (state != FACT_FOUND)
		return;
	content.kind = WANT_MANIFEST;
	content.digest = *digest;
	answer_digest(world, &content);
}

void image_world_answer(struct image_world *world, const struct wants *wants)
{
	for (size_t i = 0; i < wants->count; i++) {
		world->asked++;
		if (wants->items[i].kind == WANT_TAG)
			answer_tag(world, &wants->items[i]);
		else
			answer_digest(world, &wants->items[i]);
	}
}
