#include "model/image_ref.h"

#define DEFAULT_REGISTRY "docker.io"
#define LEGACY_REGISTRY "index.docker.io"
#define OFFICIAL_PREFIX "library/"
#define DEFAULT_TAG "latest"

/* Most characters: of a repository (reference.go), of a tag (regexp.go). */
#define REPOSITORY_LENGTH 255
#define TAG_LENGTH 128
/* So many hex digits alone are read as an image ID (normalize.go). */
#define IDENTIFIER_LENGTH 64

#define DIGITS "0123456789"
#define HEX DIGITS "abcdef"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* A part of the text that is read. */
struct span {
	const char *at;
	size_t length;
};

static bool is_among(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Characters at the start of `span` that are in `set`. */
static size_t run_length(struct span span, const char *set)
{
	size_t length = 0;

	while (length < span.length && is_among(set, span.at[length]))
		length++;
	return length;
}

static bool contains_any(struct span span, const char *set)
{
	for (size_t i = 0; i < span.length; i++) {
		if (is_among(set, span.at[i]))
			return true;
	}
	return false;
}

static struct span span_from(struct span span, size_t skipped)
{
	return (struct span){ span.at + skipped, span.length - skipped };
}

static bool span_is(struct span span, const char *text)
{
	return strlen(text) == span.length && memcmp(span.at, text, span.length) == 0;
}

/* What stands before the first `c`, all of it where there is none. */
static struct span span_before(struct span span, char c)
{
	const char *found = memchr(span.at, c, span.length);

	return (struct span){ span.at, found ? (size_t)(found - span.at) : span.length };
}

/* domain-component of regexp.go: letters and digits, hyphens within. */
static bool is_host_label(struct span label)
{
	return label.length > 0 &&
	       run_length(label, LOWER UPPER DIGITS "-") == label.length &&
	       label.at[0] != '-' && label.at[label.length - 1] != '-';
}

/* "[" hex digits and colons "]"; zones and embedded IPv4 are not allowed. */
static bool is_bracketed_address(struct span host)
{
	size_t inner = run_length(span_from(host, 1), HEX "ABCDEF:");

	return inner > 0 && inner + 2 == host.length && host.at[host.length - 1] == ']';
}

static const char *host_problem(struct span host)
{
	if (host.length > 0 && host.at[0] == '[')
		return is_bracketed_address(host) ? NULL
						  : "registry is no address in brackets";
	for (;;) {
		struct span label = span_before(host, '.');

		if (!is_host_label(label))
			return "registry is no host name";
		if (label.length == host.length)
			return NULL;
		host = span_from(host, label.length + 1);
	}
}

/* host[:port], as `domain` in regexp.go; the port has no range. */
static const char *registry_problem(struct span registry)
{
	struct span host = span_before(registry, ':');
	struct span port;

	if (registry.length > 0 && registry.at[0] == '[') {
		host = span_before(registry, ']');
		host.length += host.length < registry.length;
	}
	port = span_from(registry, host.length);
	if (port.length > 0 &&
	    (port.at[0] != ':' || port.length == 1 ||
	     run_length(span_from(port, 1), DIGITS) + 1 != port.length))
		return "port of the registry is no number";
	return host_problem(host);
}

/* One of ".", "_", "__" and any number of "-" (regexp.go, `separator`). */
static bool is_separator(struct span separator)
{
	return span_is(separator, ".") || span_is(separator, "_") ||
	       span_is(separator, "__") || run_length(separator, "-") == separator.length;
}

static const char *component_problem(struct span component)
{
	if (component.length == 0)
		return "repository has an empty path component";
	while (component.length > 0) {
		size_t name = run_length(component, LOWER DIGITS);
		struct span rest = span_from(component, name);
		struct span separator = { rest.at, run_length(rest, "._-") };

		if (name == 0)
			return "repository has a separator where a letter or digit "
			       "belongs";
		if (rest.length == 0)
			return NULL;
		if (separator.length == rest.length)
			return "repository has a separator at the end of a component";
		if (!is_separator(separator))
			return "repository has separators that do not go together";
		component = span_from(rest, separator.length);
	}
	return NULL;
}

static const char *repository_problem(struct span repository)
{
	if (repository.length == 0)
		return "repository is empty";
	if (run_length(repository, LOWER UPPER DIGITS "._-/") != repository.length)
		return "repository has a character that is not allowed";
	if (run_length(repository, LOWER DIGITS "._-/") != repository.length)
		return "repository has upper-case letters";
	for (;;) {
		struct span component = span_before(repository, '/');
		const char *problem = component_problem(component);

		if (problem || component.length == repository.length)
			return problem;
		repository = span_from(repository, component.length + 1);
	}
}

static const char *tag_problem(struct span tag)
{
	if (tag.length == 0)
		return "tag is empty";
	if (tag.length > TAG_LENGTH)
		return "tag is longer than 128 characters";
	if (is_among(".-", tag.at[0]))
		return "tag begins with a dot or hyphen";
	if (run_length(tag, LOWER UPPER DIGITS "_.-") != tag.length)
		return "tag has a character that is not allowed";
	return NULL;
}

static bool is_host(struct span first)
{
	return span_is(first, "localhost") || contains_any(first, ".:");
}

/*
 * Whether what stands before the first "/" is a registry (normalize.go,
 * splitDockerDomain): without one, the registry is Docker Hub.
 */
static bool is_registry(struct span first)
{
	return is_host(first) || contains_any(first, UPPER);
}

/* Set the registry; what is left of `name` comes back. */
static const char *read_registry(struct image_ref *ref, struct arena *arena,
				 struct span *name)
{
	struct span first = span_before(*name, '/');
	const char *problem;

	ref->registry = DEFAULT_REGISTRY;
	if (first.length == name->length || !is_registry(first))
		return NULL;
	*name = span_from(*name, first.length + 1);
	if (span_is(first, LEGACY_REGISTRY))
		return NULL;
	problem = registry_problem(first);
	if (!problem)
		ref->registry = arena_strndup(arena, first.at, first.length);
	return problem;
}

static const char *read_repository(struct image_ref *ref, struct arena *arena,
				   struct span repository)
{
	const char *problem = repository_problem(repository);
	bool official = strcmp(ref->registry, DEFAULT_REGISTRY) == 0 &&
			!memchr(repository.at, '/', repository.length);
	size_t length = repository.length + (official ? strlen(OFFICIAL_PREFIX) : 0);

	if (problem)
		return problem;
	if (length > REPOSITORY_LENGTH)
		return "repository is longer than 255 characters";
	ref->repository = arena_printf(arena, "%s%.*s", official ? OFFICIAL_PREFIX : "",
				       (int)repository.length, repository.at);
	return NULL;
}

/* [registry/]repository[:tag] */
static const char *read_name(struct image_ref *ref, struct arena *arena, struct span name)
{
	const char *problem = read_registry(ref, arena, &name);
	struct span repository = span_before(name, ':');

	if (!problem)
		problem = read_repository(ref, arena, repository);
	if (!problem && repository.length < name.length) {
		struct span tag = span_from(name, repository.length + 1);

		problem = tag_problem(tag);
		ref->tag = arena_strndup(arena, tag.at, tag.length);
	}
	return problem;
}

/* What is wrong with the text as a whole. */
static const char *text_problem(struct span text)
{
	if (text.length == 0)
		return "reference is empty";
	if (strpbrk(text.at, " \t\r\n"))
		return "reference has white space in it";
	if (strstr(text.at, "://"))
		return "reference is a URL: begin with the registry, without a scheme";
	if (text.length == IDENTIFIER_LENGTH && run_length(text, HEX) == text.length)
		return "64 hex digits are an image ID, not a repository";
	return NULL;
}

bool image_ref_parse(struct image_ref *ref, struct arena *arena, const char *text,
		     struct error *err)
{
	struct span whole = { text, strlen(text) };
	struct span name = span_before(whole, '@');
	struct image_ref read = IMAGE_REF_INIT;
	const char *problem = text_problem(whole);

	*ref = read;
	if (!problem)
		problem = read_name(&read, arena, name);
	if (problem)
		return error_set(err, ERROR_SYNTAX, "%s", problem);
	if (name.length < whole.length &&
	    !digest_parse(&read.digest, text + name.length + 1, err))
		return false;
	*ref = read;
	return true;
}

const char *image_ref_format(const struct image_ref *ref, struct arena *arena)
{
	return arena_printf(arena, "%s/%s%s%s%s%s", ref->registry, ref->repository,
			    ref->tag[0] ? ":" : "", ref->tag,
			    digest_known(&ref->digest) ? "@" : "", ref->digest.text);
}

const char *image_ref_tag(const struct image_ref *ref)
{
	bool implied = ref->tag[0] == '\0' && !digest_known(&ref->digest);

	return implied ? DEFAULT_TAG : ref->tag;
}

const char *image_ref_respell(const char *text, const struct digest *digest,
			      bool with_tag, struct arena *arena)
{
	size_t length = strcspn(text, "@");
	const char *slash = memrchr(text, '/', length);
	const char *path = slash ? slash : text; /* a colon before it is a port's */
	size_t untagged = (size_t)(path - text) + strcspn(path, ":@");

	return arena_printf(arena, "%.*s%s%s", (int)(with_tag ? length : untagged), text,
			    digest_known(digest) ? "@" : "", digest->text);
}

bool image_ref_same_repository(const struct image_ref *a, const struct image_ref *b)
{
	return strcmp(a->registry, b->registry) == 0 &&
	       strcmp(a->repository, b->repository) == 0;
}

/* True where `text` holds `open`, and `close` somewhere behind it. */
static bool holds_pair(const char *text, const char *open, const char *close)
{
	const char *found = strstr(text, open);

	return found && strstr(found + strlen(open), close);
}

/* $NAME, as envsubst and shells have it. */
static bool holds_variable(const char *text)
{
	const char *dollar = strchr(text, '$');

	return dollar && is_among(LOWER UPPER "_", dollar[1]);
}

bool image_ref_is_placeholder(const char *text)
{
	static const struct {
		const char *open, *close;
	} pairs[] = {
		{ "$(", ")" }, { "${", "}" }, { "{{", "}}" }, { "<", ">" }, { "%", "%" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
		if (holds_pair(text, pairs[i].open, pairs[i].close))
			return true;
	}
	return holds_variable(text) || strcmp(text, " ") == 0;
}

bool image_ref_begins_with_host(const char *text)
{
	return is_host((struct span){ text, strcspn(text, "/") });
}
