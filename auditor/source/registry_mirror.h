/*
 * registry_mirror.h - which mirrors stand before a registry, and what it is called there
 *
 * A rule is "HOST[/PREFIX]=HOST[/PREFIX]": repositories of the first place are asked for
 * at the second, under what follows the prefix.  The image keeps its name; only requests
 * go elsewhere.
 */
#ifndef SOURCE_REGISTRY_MIRROR_H
#define SOURCE_REGISTRY_MIRROR_H

#include "base/error.h"
#include "base/memory.h"

/* One end of a rule, as references are written: docker.io, not its API's host. */
struct mirror_end {
	const char *registry;
	const char *prefix; /* of repositories, without a final slash; "" for all */
};

struct mirror_rule {
	struct mirror_end from, to;
};

struct mirror_rules {
	struct arena arena;
	struct mirror_rule *items; /* the longest prefix first, else as they were given */
	size_t count;
};

/* Errors: ERROR_USAGE, which names the text. */
MUST_CHECK bool mirror_rules_read(struct mirror_rules *rules, const char *const *texts,
				  size_t count, struct error *err);
void mirror_rules_release(struct mirror_rules *rules);

/*
 * What a repository is called at the far end of a rule, in the arena; NULL where the rule
 * is not about it.
 */
const char *mirror_rule_apply(const struct mirror_rule *rule, struct arena *arena,
			      const char *registry, const char *repository);

#endif
