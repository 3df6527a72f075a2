#include "source/registry_mirror.h"

#include "base/buf.h"
#include "model/image_ref.h"

#define END_BYTES ((size_t)1024)
#define PROBE "/a/b" /* two parts, so that Docker Hub's library/ is not put before it */

/* Let the grammar of references judge the text, with a repository behind it. */
static bool read_end(struct mirror_end *end, struct arena *arena, const char *text,
		     struct error *err)
{
	CLEANUP(buf_release) struct buf probe = BUF_INIT(END_BYTES);
	size_t slashes = strlen(text);
	struct image_ref ref;
	size_t kept;

	while (slashes > 0 && text[slashes - 1] == '/')
		slashes--;
	if (slashes >= END_BYTES - sizeof(PROBE) || !image_ref_begins_with_host(text))
		return error_set(err, ERROR_USAGE,
				 "'%.100s' does not begin with a host: a name with a dot "
				 "or a port, or localhost",
				 text);
	buf_add(&probe, text, slashes);
	buf_puts(&probe, PROBE);
	if (!image_ref_parse(&ref, arena, buf_text(&probe), err)) {
		err->code = ERROR_USAGE;
		return false;
	}
	kept = strlen(ref.repository) - strlen(&PROBE[1]);
	end->registry = ref.registry;
	end->prefix = arena_strndup(arena, ref.repository, kept > 0 ? kept - 1 : 0);
	return true;
}

static bool read_rule(struct mirror_rule *rule, struct arena *arena, const char *text,
		      struct error *err)
{
	const char *equals = strchr(text, '=');
	struct error problem = ERROR_INIT;

	if (!equals)
		return error_set(err, ERROR_USAGE,
				 "--mirror %.200s: not HOST[/PREFIX]=HOST[/PREFIX]",
				 text);
	if (!read_end(&rule->from, arena,
		      arena_strndup(arena, text, (size_t)(equals - text)), &problem) ||
	    !read_end(&rule->to, arena, equals + 1, &problem))
		return error_set(err, ERROR_USAGE, "--mirror %.200s: %.200s", text,
				 problem.text);
	return true;
}

/* Behind those with a prefix as long or longer. */
static void insert(struct mirror_rules *rules, const struct mirror_rule *rule)
{
	size_t at = rules->count++;
	size_t length = strlen(rule->from.prefix);

	for (; at > 0 && strlen(rules->items[at - 1].from.prefix) < length; at--)
		rules->items[at] = rules->items[at - 1];
	rules->items[at] = *rule;
}

bool mirror_rules_read(struct mirror_rules *rules, const char *const *texts, size_t count,
		       struct error *err)
{
	*rules = (struct mirror_rules){ .arena = ARENA_INIT };
	rules->items = arena_alloc(&rules->arena, count * sizeof(*rules->items));
	for (size_t i = 0; i < count; i++) {
		struct mirror_rule rule = { { "", "" }, { "", "" } };

		if (!read_rule(&rule, &rules->arena, texts[i], err))
			return false;
		insert(rules, &rule);
	}
	return true;
}

void mirror_rules_release(struct mirror_rules *rules)
{
	arena_release(&rules->arena);
}

/* What follows a prefix of whole parts: "/app", or "" for itself; NULL: not below it. */
static const char *rest_behind(const char *repository, const char *prefix)
{
	size_t length = strlen(prefix);

	if (length == 0 || strncmp(repository, prefix, length) != 0)
		return length == 0 ? repository : NULL;
	return repository[length] == '/' || repository[length] == '\0'
		       ? repository + length
		       : NULL;
}

const char *mirror_rule_apply(const struct mirror_rule *rule, struct arena *arena,
			      const char *registry, const char *repository)
{
	const char *rest;

	if (strcmp(rule->from.registry, registry) != 0)
		return NULL;
	rest = rest_behind(repository, rule->from.prefix);
	if (!rest)
		return NULL;
	rest += rest[0] == '/';
	if (rule->to.prefix[0] == '\0')
		return rest[0] ? arena_strdup(arena, rest) : NULL;
	return arena_printf(arena, "%s%s%s", rule->to.prefix, rest[0] ? "/" : "", rest);
}
