/*
 * join.h - declared and running uses, side by side
 *
 * They meet on (cluster, namespace, API group, kind, name, class, container), at the
 * member of the owner chain nearest to the pod that is declared.  Of a custom resource,
 * drift/custom.h says which container meets which image.
 */
#ifndef DRIFT_JOIN_H
#define DRIFT_JOIN_H

#include "drift/custom.h"
#include "drift/sight.h"
#include "drift/verdict.h"
#include "model/snapshot.h"

/* One folded row of running containers, as part of a use. */
struct use_row {
	const struct running_use *running;
	const struct live_workload *live; /* whose template made its pods, or NULL */
	bool rolling_out; /* of an older revision, within the deadline; or ending */
	bool replaced;    /* without a template that would tell: younger pods run what is
			     declared */
	bool from_template; /* of the live template, with the template's reference */
	struct verdict verdict;
};

/* One container of one workload: everything that is known of it. */
struct use {
	const struct scanned_cluster *cluster; /* NULL: declared, and in none of the
						  clusters that it may be meant for */
	const char *namespace;
	struct object_id object; /* the declared one, else the topmost owner */
	enum container_class class;
	const char *container;
	const struct declared_use *declared; /* NULL where no manifest declares it */
	const struct declared_use *rival;    /* another declaration, other reference */
	const char *unclear; /* why nobody can tell what is declared; NULL: it is clear */
	const struct custom_object *custom; /* that is declared, and makes the pods */
	bool object_declared;               /* some container of the object is declared */
	bool containers_declared;           /* and its manifest names its containers */
	bool claimed;  /* some manifest declares something in the namespace */
	bool observed; /* this scan saw what runs in the namespace, or whose all rows are
			*/
	const struct live_workload *live;       /* of the object, or NULL */
	const struct container_image *template; /* of the live template, or NULL */
	struct use_row *rows;
	size_t row_count;
	int64_t last_running_at; /* without rows: when it last ran; 0: never seen */
};

struct join {
	struct arena arena;
	struct use *uses; /* use_count items, in a stable order; none without a cluster */
	size_t use_count;
	struct use **places; /* with several clusters: declared uses, by declaration */
	size_t place_count;
	struct sight sight;
};

/*
 * Join what the snapshot holds, cluster by cluster.  Declarations get their namespace
 * where the scan tells it; gaps (namespace-unknown, ambiguous-declaration) are added to
 * the snapshot. `now`: Unix seconds, for the progress of rollouts.
 */
void join_make(struct join *join, struct snapshot *snapshot, int64_t now);
void join_release(struct join *join);

#endif
