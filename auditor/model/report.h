/*
 * report.h - a finished report, as plain data
 *
 * The store makes one of a stored scan, `check` makes one of what it read; the
 * renderers in reports/ see nothing else.  Its arena owns everything.  Strings
 * are never NULL: "" is "not there".  Lists are in the order of the report.
 */
#ifndef MODEL_REPORT_H
#define MODEL_REPORT_H

#include "model/level.h"
#include "model/snapshot.h"

enum subject_kind {
	SUBJECT_USE,
	SUBJECT_DECLARATION,
	SUBJECT_TAG,
	SUBJECT_PIN,
	SUBJECT_WAIVER,
	SUBJECT_KIND_COUNT,
};

/* "use", "declaration", "tag", "pin", "waiver". */
const char *subject_kind_name(enum subject_kind kind);

/*
 * A use or declaration rests on all its scopes (model/scope.h); a tag or pin stands as
 * long as one of its scopes, whoever mentions it, shows it.
 */
bool subject_stands_by_any(enum subject_kind kind);

enum finding_state {
	FINDING_NEW,     /* first seen in this scan */
	FINDING_OPEN,    /* seen before */
	FINDING_UNKNOWN, /* seen before; a gap hides it now, or nothing that runs can be
			    asked */
	FINDING_FIXED,   /* seen before, and no more in this scan */
	FINDING_WAIVED,  /* stands, and somebody accepted it */
	FINDING_KNOWN,   /* stands, and stood in the report of --baseline */
};

const char *finding_state_name(enum finding_state state);

/* One finding.  What does not apply to its subject is "". */
struct finding {
	const char *rule;
	enum level level;
	enum subject_kind subject;
	const char *fingerprint; /* 32 hex digits: the rule and the subject */
	enum finding_state state;
	const char *message;     /* one sentence, says what and the evidence */
	const char *cluster;     /* name for people */
	const char *cluster_key; /* "": of no cluster, or of several */
	bool tell_cluster;       /* the report is of several */
	const char *namespace;
	struct object_id object;
	const char *container;
	const char *class;                         /* container_class_name() */
	const char *reference;                     /* as declared, else as running */
	const char *declared, *running, *resolved; /* digests */
	const char *platform;
	uint32_t pod_count;
	const char *file; /* as the user named it */
	const char *path; /* relative to the work tree's root */
	uint32_t line, column;
	int64_t first_seen_at, last_seen_at; /* Unix seconds, UTC */
	const struct waiver *waiver;         /* FINDING_WAIVED: what covers it */
};

/* One that says nothing yet: all its texts are "". */
struct finding finding_blank(void);

/* How a running container compares with its declaration. */
struct report_use {
	const char *cluster; /* name for people */
	const char *cluster_key;
	bool tell_cluster; /* the report is of several */
	const char *namespace;
	struct object_id object; /* the declared owner, else the topmost */
	const char *container;
	const char *class;
	const char *declared;  /* reference, "" where undeclared */
	const char *reference; /* the pods' */
	const char *image_id;  /* verbatim */
	const char *platform;
	const char *state;   /* "pending", "started", "failing", "rolling-out" */
	const char *verdict; /* "match", "drift", "unknown", "unpinned", "undeclared",
				"pending" */
	const char *how; /* "exact", "platform", "config", "bound", "layers", … or "" */
	const char *reason; /* why unknown, or what the proof is */
	const char *proof;  /* digests that it rests on, space-separated */
	uint32_t pod_count;
	int64_t first_seen_at;
};

/* A tag as the registry had it. */
struct report_tag {
	const char *registry, *repository, *tag;
	const char *state; /* "found", "absent", "denied", "unknown" */
	struct digest digest;
	int64_t first_seen_at; /* since when it resolves to that */
};

struct report_scan {
	int64_t id; /* 0 for a report that is not stored (check) */
	int64_t started_at, finished_at;
	const char *command; /* "scan", "check" */
	const char *version; /* of pindrift */
	const char *commit;  /* of the work tree, or "" */
	bool dirty;
	const char *fail_on;
	int exit_status;
};

struct report {
	struct arena arena;
	struct report_scan scan;
	struct cluster_identity *clusters; /* by name; none: of manifests alone */
	size_t cluster_count;
	struct coverage *coverage;
	size_t coverage_count;
	struct gap *gaps;
	size_t gap_count;
	struct finding *findings;
	size_t finding_count;
	struct declared_use *declared;
	size_t declared_count;
	struct report_use *running;
	size_t running_count;
	struct report_tag *tags;
	size_t tag_count;
	struct request_count *requests;
	size_t request_count;
	struct waiver *waivers; /* of the run, used or not */
	size_t waiver_count;
	uint32_t ignored_waiver_count; /* --no-inline-waivers: those that were not heeded
					*/
	uint32_t file_count, ignored_count, pod_count, ended_pod_count;
};

void report_init(struct report *report);
void report_release(struct report *report);

/* The name of the cluster that an area or scope is of: the one that there is, or "". */
const char *report_cluster_of(const struct report *report, const char *scope);

/* Findings that stand now (new and open) at exactly this level. */
size_t report_count(const struct report *report, enum level level);

/*
 * Put every list in its order; findings: errors first, then by rule, namespace, object,
 * container, path, line and cluster; without a cluster by path and line.  The same report
 * always comes out the same.
 */
void report_sort(struct report *report);

#endif
