/*
 * rules.h - the table of rules
 *
 * One row a rule: its id (never changed once released), level, the kind of subject
 * that it judges, the texts of `explain`, docs/rules.md and the reports, and the
 * predicate.  Order is the order of the documents.
 */
#ifndef DRIFT_RULES_H
#define DRIFT_RULES_H

#include "model/report.h"

struct drift;
struct use;
struct tag_subject;
struct pin_subject;

enum answer {
	ANSWER_NONE,    /* the question does not arise for this subject in this scan */
	ANSWER_NO,      /* seen, and not so */
	ANSWER_YES,     /* proved */
	ANSWER_UNKNOWN, /* asked, and could not be told */
};

/*
 * A predicate fills in what `finding` says beyond its subject, for ANSWER_YES: the
 * message always; digests, and another level, where they apply.  Texts live in the
 * outcome's arena, drift->texts.
 */
struct rule {
	const char *id;
	enum level level;
	enum subject_kind subject;
	bool by_registry;     /* the registry's word alone decides, whoever asked */
	bool across_clusters; /* rests on all clusters that a declaration is meant for */
	const char *title;    /* the finding in a few words */
	const char *why;      /* why it matters */
	const char *mend;     /* what to do */
	enum answer (*use)(struct drift *drift, const struct use *use,
			   struct finding *finding);
	enum answer (*declaration)(struct drift *drift,
				   const struct declared_use *declared,
				   struct finding *finding);
	enum answer (*tag)(struct drift *drift, const struct tag_subject *tag,
			   struct finding *finding);
	enum answer (*pin)(struct drift *drift, const struct pin_subject *pin,
			   struct finding *finding);
	enum answer (*waiver)(struct drift *drift, const struct waiver *waiver,
			      struct finding *finding);
};

extern const struct rule rules[]; /* ends with a row without id */

/* NULL where there is no such rule. */
const struct rule *rule_find(const char *id);

#endif
