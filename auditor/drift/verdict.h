/*
 * verdict.h - is what runs the image that was declared?
 *
 * The procedure of docs/verdicts.md: an `imageID` is weak evidence, and its digest may be
 * that of an image index, of one platform's manifest, of a config, of a twin with the
 * same config, or of nothing that ever was in a registry.  Drift is proved or not said.
 */
#ifndef DRIFT_VERDICT_H
#define DRIFT_VERDICT_H

#include "drift/inquiry.h"

enum verdict_answer {
	VERDICT_NONE, /* no question was asked */
	VERDICT_MATCH,
	VERDICT_DRIFT,
	VERDICT_UNKNOWN,
	VERDICT_LATER, /* something is wanted first */
};

enum verdict_how {
	HOW_NONE,
	HOW_EXACT,          /* match: the same digest */
	HOW_PLATFORM,       /* match: an image index and its manifest */
	HOW_CONFIG,         /* match: the same image config in another wrapping */
	HOW_BOUND,          /* match: the node pulled by the declared digest */
	HOW_LAYERS,         /* drift: other diff_ids */
	HOW_CONFIG_ONLY,    /* drift: the same diff_ids, another config */
	HOW_OTHER_PLATFORM, /* drift: the same for this platform, not for others */
};

#define PROOF_MOST 8

struct verdict {
	enum verdict_answer answer;
	enum verdict_how how;
	bool platform_mismatch; /* runs another platform's image than the node's */
	bool pin_platform;      /* declared is one platform's manifest of what runs */
	bool one_platform;      /* drift: both are proved to be for one platform */
	bool silent;            /* unknown: because a registry gave no usable answer */
	bool partly;        /* unknown: proved to differ, but for some platforms only */
	const char *reason; /* for people; "" where `how` says all */
	const struct digest *proof[PROOF_MOST]; /* the content that it rests on, borrowed
						   from the snapshot's images */
	size_t proof_count;
};

const char *verdict_answer_name(enum verdict_answer answer);
const char *verdict_how_name(enum verdict_how how);

/*
 * Compare a declared with a running digest on a platform (which may be unknown).
 * `reason` lives in the inquiry's arena.
 */
struct verdict verdict_compare(struct inquiry *inquiry, const struct side *declared,
			       const struct side *running,
			       const struct platform *platform);

/*
 * The same for two digests of which neither is declared: whether they are one image,
 * whichever of them holds the other.
 */
struct verdict verdict_compare_peers(struct inquiry *inquiry, const struct side *a,
				     const struct side *b,
				     const struct platform *platform);

#endif
