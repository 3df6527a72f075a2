/*
 * pin_plan.h - what `pindrift pin` makes of each reference
 *
 * Works on declared uses and on what registries have said: the reference as it is to be,
 * or why it stays as it is.
 */
#ifndef COMMANDS_PIN_PLAN_H
#define COMMANDS_PIN_PLAN_H

#include "base/edit.h"
#include "commands/pin_running.h"

/* What to do with references. */
struct pin_wish {
	bool update;   /* move pins to what their tag is now */
	bool unpin;    /* take digests out; nothing else */
	bool drop_tag; /* write repo@digest */
};

/* Why a reference stays as it is. */
enum pin_obstacle {
	PIN_NOTE,       /* there is nothing to be done about it */
	PIN_OWN_SAKE,   /* it cannot be pinned as it is: 404, no reference, two keys */
	PIN_UNANSWERED, /* it is not known whether it could be: a registry's silence */
};

struct pin_refusal {
	enum pin_obstacle obstacle;
	const char *text; /* "deploy/web.yaml:8:12: could not pin nginx:9: …" */
};

/* A run.  Edits are those of the newest text; refusals add up. */
struct pin_plan {
	struct pin_wish wish;
	struct pin_running *running;  /* --from running; else NULL: from the tag */
	const struct snapshot *facts; /* tags and images as registries have them now */
	struct arena arena;           /* of all below */
	struct edit *edits;
	size_t edit_count;
	struct pin_refusal *refusals;
	size_t refusal_count;
};

void pin_plan_release(struct pin_plan *plan);

/* A mapping of values, or an entry of a kustomization: the digest has its own key. */
bool pin_in_parts(const struct declared_use *use);
/* Whether a digest can be written into the reference at all. */
bool pin_takes_digest(const struct declared_use *use);

/*
 * What has to be asked of registries before this use can be edited: again after each
 * answer, until nothing is.
 */
void pin_plan_want(const struct pin_plan *plan, const struct declared_use *use,
		   struct wants *wants);

/*
 * The reference as it is to be, in the plan's arena; NULL where it stays: because that is
 * the wish, or refused.
 */
const char *pin_plan_text(struct pin_plan *plan, const struct declared_use *use);

void pin_plan_refuse(struct pin_plan *plan, enum pin_obstacle obstacle, const char *text);
/* The same with the use's place and reference in front. */
void pin_plan_refuse_use(struct pin_plan *plan, enum pin_obstacle obstacle,
			 const struct declared_use *use, const char *reason);

#endif
