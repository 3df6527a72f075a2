/*
 * resolution.h - what one reference resolves to now, for `pindrift resolve`
 */
#ifndef COMMANDS_RESOLUTION_H
#define COMMANDS_RESOLUTION_H

#include "drift/drift.h"

struct resolution {
	const char *text; /* as the user wrote it */
	struct image_ref ref;
	bool selects; /* one platform is asked for */
	struct platform platform;
	enum fact_state state;
	const char *reason; /* where not FACT_FOUND */
	struct digest
		digest; /* what the reference resolves to, or the platform's child */
	const struct image *image; /* the content of `digest`; NULL while not known */
	const char *credential;    /* --verbose: how the registry was asked; else NULL */
};

/*
 * `platform`: "os/architecture[/variant]", or NULL.
 * Errors: ERROR_SYNTAX for the reference, ERROR_USAGE for the platform.
 */
MUST_CHECK bool resolution_init(struct resolution *resolution, struct arena *arena,
				const char *text, const char *platform,
				struct error *err);

/* Go on by what the snapshot knows now; what is missing is added to `wants` (or not). */
void resolution_update(struct resolution *resolution, struct snapshot *snapshot,
		       struct wants *wants);

void resolution_print_text(FILE *out, const struct resolution *resolutions, size_t count);
/* An array, one object a reference. */
void resolution_print_json(FILE *out, const struct resolution *resolutions, size_t count);

#endif
