#include "source/helm_values.h"

#include "base/table.h"
#include "source/helm_chart.h"
#include "source/image_like.h"

/* A place on the way down; they lie on the stack. */
struct place {
	const struct place *above; /* NULL: the values themselves */
	const char *key; /* NULL: `index` says where; of the values their own path */
	size_t index;
};

/*
 * All that one set of values is read with.  The members of a mapping come as a table,
 * node_index(), since there may be a great many.
 */
struct values {
	struct kube_file *file;
	const struct declared_use *use; /* as far as all images share it */
	bool told;         /* a gap says already that it is the chart that decides */
	struct table seen; /* scalars that need no second look: image_like_see() */
	size_t gap_count;
};

/* The scalars that make one reference; NULL where there is none, or an empty one. */
struct parts {
	const struct node *registry, *name, *tag, *digest;
	bool hex;      /* the digest is written without its algorithm, sha256 */
	bool expected; /* its key says that it is an image */
};

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static bool is_image_key(const char *key)
{
	static const char *const ends[] = { "Image", "_image", "-image" };

	for (size_t i = 0; key && i < ARRAY_LENGTH(ends); i++) {
		if (ends_with(key, ends[i]))
			return true;
	}
	return key && strcmp(key, "image") == 0;
}

/* A scalar with something in it, under a key of a mapping, or NULL. */
static const struct node *part_of(const struct table *members, const char *key)
{
	const struct node *node = table_find(members, key, strlen(key));

	return node && node_is_scalar(node) && node->text[0] ? node : NULL;
}

/* "services[0].image"; keys are cut, since foreign ones may be of any length. */
static const char *path_of(const struct place *place, struct arena *arena)
{
	const char *above = place->above ? path_of(place->above, arena) : "";

	if (!place->above)
		return place->key ? place->key : "";
	if (!place->key)
		return arena_printf(arena, "%s[%zu]", above, place->index);
	return arena_printf(arena, "%s%s%s", above, above[0] ? "." : "",
			    strlen(place->key) <= 100 ? place->key : "(long)");
}

static const char *compose(const struct parts *parts, struct arena *arena)
{
	const char *registry = parts->registry ? parts->registry->text : "";
	const char *tag = parts->tag ? parts->tag->text : "";
	size_t length = strlen(registry);

	while (length > 0 && registry[length - 1] == '/')
		length--;
	return arena_printf(arena, "%.*s%s%s%s%s%s%s%s", (int)length, registry,
			    length ? "/" : "", parts->name->text, tag[0] ? ":" : "", tag,
			    parts->digest ? "@" : "", parts->hex ? "sha256:" : "",
			    parts->digest ? parts->digest->text : "");
}

/* Pictures have the same name, and addresses are no references. */
static bool is_something_else(const char *text)
{
	static const char *const endings[] = { ".png", ".jpg",   ".jpeg", ".svg",
					       ".gif", ".ico",   ".webp", ".iso",
					       ".img", ".qcow2", ".git" };
	static const char *const words[] = { "true", "false", "yes", "no", "on", "off" };

	for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
		if (ends_with(text, endings[i]))
			return true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (strcmp(text, words[i]) == 0)
			return true;
	}
	return strstr(text, "://") || text[strspn(text, "0123456789.")] == '\0';
}

/* Whether the parts are an image, as far as one can tell without the chart. */
static bool is_image(const struct parts *parts, const struct container_image *image)
{
	if (is_something_else(parts->name->text))
		return false;
	if (image->state == REFERENCE_BAD)
		return strstr(image->text, "@sha256:") || strstr(image->text, "@sha512:");
	return image->state == REFERENCE_OK ||
	       (image->state == REFERENCE_PLACEHOLDER && parts->expected);
}

/* Whatever comes of them, they have been looked at. */
static void see(struct values *values, const struct parts *parts)
{
	const struct node *const nodes[] = { parts->registry, parts->name, parts->tag,
					     parts->digest };

	for (size_t i = 0; i < ARRAY_LENGTH(nodes); i++) {
		if (nodes[i])
			image_like_see(&values->seen, &values->file->snapshot->arena,
				       nodes[i]);
	}
}

static void tell(struct values *values, const struct node *scalar, const char *reason)
{
	values->gap_count++;
	helm_chart_gap(values->file, scalar->place.line,
		       arena_printf(&values->file->snapshot->arena,
				    "%s: check what it renders to (helm template ... | "
				    "pindrift check -)",
				    reason));
}

static void declare(struct values *values, const struct place *place,
		    const struct parts *parts)
{
	struct kube_file *file = values->file;
	struct arena *arena = &file->snapshot->arena;
	const struct node *decides = parts->name;
	struct declared_use use = *values->use;

	if (parts->tag)
		decides = parts->tag;
	if (parts->digest)
		decides = parts->digest;
	see(values, parts);
	use.image.container = "";
	container_image_read(&use.image, arena, compose(parts, arena));
	if (!is_image(parts, &use.image))
		return;
	if (use.image.state == REFERENCE_OK && !use.image.ref.tag[0] &&
	    !digest_known(&use.image.ref.digest)) {
		if (!values->told)
			tell(values, parts->name,
			     arena_printf(arena,
					  "%.200s has no tag here, its chart sets one",
					  use.image.text));
		return;
	}
	use.composed = decides != parts->name || parts->registry;
	use.field = path_of(place, arena);
	kube_file_add(file, &use, decides);
}

/* A mapping may be of something else that has a repository and a tag: a git checkout. */
static bool is_checkout(const struct table *members, const char *key)
{
	static const char *const keys[] = { "git",   "github", "gitlab",
					    "chart", "helm",   "source" };
	static const char *const signs[] = { "branch", "revision", "ref",           "url",
					     "path",   "chart",    "targetRevision" };
	static const char *const hosts[] = { "github.com/", "gitlab.com/",
					     "bitbucket.org/" };
	const struct node *repository = part_of(members, "repository");

	for (size_t i = 0; key && i < ARRAY_LENGTH(keys); i++) {
		if (strcmp(key, keys[i]) == 0)
			return true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(signs); i++) {
		if (table_find(members, signs[i], strlen(signs[i])))
			return true;
	}
	for (size_t i = 0; repository && i < ARRAY_LENGTH(hosts); i++) {
		if (strncmp(repository->text, hosts[i], strlen(hosts[i])) == 0)
			return true;
	}
	return false;
}

static const struct node *find_digest(const struct table *members, bool *hex)
{
	const struct node *digest = part_of(members, "digest");

	*hex = false;
	if (!digest) {
		digest = part_of(members, "sha");
		*hex = digest && !strchr(digest->text, ':');
	}
	return digest;
}

/*
 * Whether a mapping for an image has a part whose place in the reference only its chart
 * knows: { repository: quay.io/strimzi, name: operator }.
 */
static bool has_unknown_part(const struct table *members, const struct parts *parts)
{
	static const char *const keys[] = { "org", "organization", "project", "prefix",
					    "namespace" };
	const struct node *name = part_of(members, "name");
	const char *slash = strrchr(parts->name->text, '/');

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (part_of(members, keys[i]))
			return true;
	}
	return name && name != parts->name &&
	       strcmp(slash ? slash + 1 : parts->name->text, name->text) != 0;
}

/* { registry, repository, tag, digest } */
static void read_map(struct values *values, const struct place *place,
		     const struct table *members)
{
	struct parts parts = {
		.registry = part_of(members, "registry"),
		.name = part_of(members, "repository"),
		.tag = part_of(members, "tag"),
		.expected = is_image_key(place->key),
	};

	bool has_keys = table_find(members, "tag", strlen("tag")) ||
			table_find(members, "digest", strlen("digest"));

	parts.digest = find_digest(members, &parts.hex);
	if (!parts.name && parts.expected && has_keys)
		parts.name = part_of(members, "name");
	if (!parts.name || !(has_keys || parts.expected) ||
	    (parts.expected ? has_unknown_part(members, &parts)
			    : is_checkout(members, place->key)))
		return;
	declare(values, place, &parts);
}

/* image: repo:tag, or image: repo and imageTag: tag beside it */
static void read_scalar(struct values *values, const struct place *place,
			const struct table *members, const struct node *scalar)
{
	struct parts parts = { .name = scalar, .expected = true };
	size_t length = strcspn(scalar->text, "@");
	const char *slash = memrchr(scalar->text, '/', length);

	if (!strpbrk(slash ? slash : scalar->text, ":@")) {
		const char *tag_key = arena_printf(&values->file->snapshot->arena,
						   "%.100sTag", place->key);

		parts.tag = part_of(members, tag_key);
		if (!parts.tag)
			parts.tag = part_of(members, "tag");
		parts.registry = part_of(members, "registry");
		parts.digest = find_digest(members, &parts.hex);
	}
	/* A plain word under a key like baseImage is more likely a name of something. */
	if (strcmp(place->key, "image") != 0 && !parts.tag &&
	    !strpbrk(scalar->text, ":@/"))
		return;
	declare(values, place, &parts);
}

static bool is_full(const struct values *values)
{
	return values->file->image_count + values->gap_count >= KUBE_FILE_IMAGES;
}

static void read_node(struct values *values, const struct place *place,
		      const struct node *node);

/* What is merged in is read where it stands; of equal keys the last. */
static void read_members(struct values *values, const struct place *place,
			 const struct node *mapping)
{
	CLEANUP(table_release) struct table members = node_index(mapping);

	read_map(values, place, &members);
	for (size_t i = 0; i < mapping->length && !is_full(values); i++) {
		const struct node_member *member = &mapping->members[i];
		struct place next = { place, member->key, 0 };

		if (table_find(&members, member->key, strlen(member->key)) !=
		    member->value)
			continue;
		if (is_image_key(member->key) && node_is_scalar(member->value) &&
		    member->value->text[0])
			read_scalar(values, &next, &members, member->value);
		else
			read_node(values, &next, member->value);
	}
}

/* Recursion is as deep as the document. */
static void read_node(struct values *values, const struct place *place,
		      const struct node *node)
{
	for (size_t i = 0; node->kind == NODE_SEQUENCE && i < node->length; i++) {
		struct place next = { place, NULL, i };

		read_node(values, &next, node->items[i]);
	}
	if (node->kind == NODE_MAPPING && !is_full(values))
		read_members(values, place, node);
}

/* What no convention covers, and looks like an image all the same: once. */
static void read_rest(struct values *values, const struct node *node)
{
	const struct node *image =
		values->told ? NULL
			     : image_like_find(node, &values->seen, LIKENESS_TAGGED);

	if (image)
		tell(values, image,
		     arena_printf(
			     &values->file->snapshot->arena,
			     "'%.200s' looks like an image, and what its chart makes "
			     "of it is not known",
			     image->text));
}

static void read_values(struct kube_file *file, const struct declared_use *use,
			const struct node *node, const char *root)
{
	struct values values = {
		.file = file,
		.use = use,
		.told = root[0] != '\0',
		.seen = TABLE_INIT,
	};
	struct place place = { NULL, root[0] ? root : NULL, 0 };

	read_node(&values, &place, node);
	if (is_full(&values))
		kube_file_gap(file, GAP_TOO_LARGE, 0, "10,000 images or more");
	else
		read_rest(&values, node);
	table_release(&values.seen);
}

bool helm_is_values(const struct kube_file *file, const struct node *document)
{
	const char *slash = strrchr(file->name, '/');
	const char *name = slash ? slash + 1 : file->name;
	const char *dot = strrchr(name, '.');
	size_t length = dot ? (size_t)(dot - name) : strlen(name);

	if (document->kind != NODE_MAPPING || length < strlen("values"))
		return false;
	if (strncmp(name, "values", 6) == 0 && strchr(".-_", name[6]))
		return true;
	return strncmp(name + length - 6, "values", 6) == 0 && length > 6 &&
	       strchr(".-_", name[length - 7]);
}

void helm_values_file_read(struct kube_file *file, const struct node *document)
{
	struct declared_use use = kube_file_use(file, NULL, "", "HelmValues");

	file->object_count++;
	read_values(file, &use, document, "");
}

/* Where objects hold values of charts. */
static const struct values_holder {
	const char *api_group, *kind;
	const char *path[6]; /* ends with NULL */
	const char *root;
} values_holders[] = {
	{ "helm.toolkit.fluxcd.io", "HelmRelease", { "spec", "values" }, "spec.values" },
	{ "argoproj.io",
	  "Application",
	  { "spec", "source", "helm", "valuesObject" },
	  "spec.source.helm.valuesObject" },
};

void helm_values_object_read(struct kube_file *file, const struct declared_use *use,
			     const struct node *object)
{
	for (size_t i = 0; i < ARRAY_LENGTH(values_holders); i++) {
		const struct values_holder *holder = &values_holders[i];
		const struct node *values = object;

		if (strcmp(holder->api_group, use->object.api_group) != 0 ||
		    strcmp(holder->kind, use->object.kind) != 0)
			continue;
		for (size_t part = 0; holder->path[part]; part++)
			values = node_get(values, holder->path[part]);
		if (values)
			read_values(file, use, values, holder->root);
	}
}
