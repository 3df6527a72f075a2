/*
 * pin_world.h - a file to pin, and what registries say of its tags
 *
 * Every tag resolves to PIN_WORLD_DIGEST, but "gone", which is a 404, "silent", which got
 * no answer, and "unread", whose content could not be fetched.  Helpers fail the test
 * where the file cannot be read.
 */
#ifndef TESTS_UNIT_PIN_WORLD_H
#define TESTS_UNIT_PIN_WORLD_H

#include "commands/pin_plan.h"

#include "tests/unit/check.h"

#define PIN_WORLD_HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PIN_WORLD_DIGEST "sha256:" PIN_WORLD_HEX

struct pin_world {
	struct snapshot facts; /* and what the file declares */
	struct pin_plan plan;
};

/* `name` says how the text is read. */
void pin_world_init(struct pin_world *world, const char *name, const char *text,
		    struct pin_wish wish);
void pin_world_release(struct pin_world *world);

/* A line for each refusal: "note", "own-sake" or "unanswered", and its text. */
void pin_world_list_refusals(struct buf *out, const struct pin_world *world);

#endif
