/*
 * summary.h - what a report says in one line, the same in every format
 */
#ifndef REPORTS_SUMMARY_H
#define REPORTS_SUMMARY_H

#include "base/buf.h"
#include "model/report.h"

/* The first of these that applies. */
enum headline {
	HEADLINE_FAILED,     /* nothing usable came of the run */
	HEADLINE_DRIFT,      /* a scan with errors */
	HEADLINE_NOT_PINNED, /* a check with errors */
	HEADLINE_INCOMPLETE, /* a gap that is not waived */
	HEADLINE_ATTENTION,  /* warnings, no errors */
	HEADLINE_EMPTY,      /* nothing in scope */
	HEADLINE_CLEAN,
};

struct summary {
	enum headline headline;
	size_t errors, warnings, notes; /* findings that stand: new and open */
	size_t unknown;                 /* findings that a gap hides */
	size_t fixed;
	size_t gaps;                   /* not waived */
	size_t waived;                 /* gaps */
	size_t waived_findings, known; /* that stand all the same */
	size_t pinned;                 /* declared images with a digest */
};

struct summary summary_of(const struct report *report);

/* "drift", "not-pinned", "incomplete", …: for programs. */
const char *headline_name(enum headline headline);
/* "DRIFT", "NOT PINNED", "INCOMPLETE", …: for people. */
const char *headline_word(enum headline headline);

/*
 * What follows the word: "9 errors, 12 warnings, 2 gaps in namespace shop of cluster
 * prod".  Holds foreign text.
 */
void summary_sentence(struct buf *buf, const struct report *report,
		      const struct summary *summary);

/* Both: "DRIFT: 9 errors, 12 warnings, …". */
void summary_line(struct buf *buf, const struct report *report,
		  const struct summary *summary);

/* Waived, or known from the baseline. */
bool finding_is_accepted(const struct finding *finding);

/* Fixed, accepted, or of level none: not among the findings that count. */
bool finding_is_aside(const struct finding *finding);

/* Its level; a note while a gap hides whether it is still so. */
enum level finding_level(const struct finding *finding);

/* A level that the policy changed, or a path that it excludes: every report says it. */
bool coverage_is_policy(const struct coverage *coverage);

/* A check of manifests, without a cluster: shorter in most formats. */
bool report_is_check(const struct report *report);

/* "The cluster's certificate was not verified, as configured."; nothing where all were.
 */
void summary_insecure(struct buf *buf, const struct report *report);

#endif
