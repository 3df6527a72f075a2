/*
 * subjects.h - the tags and pins that a scan asks registries about
 *
 * A tag is mentioned by a declaration (beside its pin, or alone) or by a running
 * container's reference; a pin by declarations.
 */
#ifndef DRIFT_SUBJECTS_H
#define DRIFT_SUBJECTS_H

#include "drift/join.h"
#include "model/report.h"

struct tag_mention {
	const struct declared_use *declared; /* a declaration, or */
	const struct use *use;               /* a running container: its use */
	const struct use_row *row;           /* and row */
	struct verdict verdict; /* the tag's image against the pin, or what runs */
};

/* The reference that mentions the tag. */
const struct container_image *tag_mention_image(const struct tag_mention *mention);

struct tag_subject {
	const char *registry, *repository, *tag;
	const struct tag_fact *fact; /* NULL while not asked */
	struct tag_mention *mentions;
	size_t mention_count;
	const struct mirror_fact *mirror; /* whose word differs most; NULL: none's does */
	struct verdict mirror_verdict;    /* its image against the registry's */
};

/* The mention that says most: one that the tag's image is proved to differ from, else the
 * first. */
const struct tag_mention *tag_subject_evidence(const struct tag_subject *tag);

struct pin_subject {
	struct image_ref ref;           /* of the first mention */
	const struct digest_fact *fact; /* NULL while not asked */
	bool runs_index; /* some container that is held to it runs the index around it */
	const struct declared_use **mentions;
	size_t mention_count;
};

struct subjects {
	struct tag_subject *tags;
	size_t tag_count;
	struct pin_subject *pins;
	size_t pin_count;
	struct table index; /* key to number + 1 */
};

/*
 * Collect them from a snapshot and its join; everything lives in `arena`.  Tags only
 * where a registry will be asked about them.
 */
void subjects_make(struct subjects *subjects, struct arena *arena,
		   const struct snapshot *snapshot, const struct join *join,
		   bool with_tags);
/* The pin of a declared reference that has a digest. */
struct pin_subject *subjects_find_pin(const struct subjects *subjects,
				      const struct image_ref *ref);
/* Fill in what a finding says of where it is declared. */
void finding_show_declared(struct finding *finding, const struct declared_use *declared);
void subjects_release(struct subjects *subjects);

#endif
