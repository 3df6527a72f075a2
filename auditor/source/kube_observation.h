/*
 * kube_observation.h - the conversation with one API server, and what came of it
 *
 * For kube_api.c alone, which draws the conclusions.
 */
#ifndef SOURCE_KUBE_OBSERVATION_H
#define SOURCE_KUBE_OBSERVATION_H

#include "source/kube_area.h"
#include "source/kube_secrets.h"

#define KUBE_NAMESPACES_MOST 10000

/* What the requests under way are for. */
enum observation_phase {
	OBSERVING_SCOPE,      /* all that was asked for at once */
	OBSERVING_NAMES,      /* which namespaces there are */
	OBSERVING_NAMESPACES, /* each on its own */
	OBSERVING_SECRETS,    /* that pods name */
	OBSERVED,
};

struct observation {
	struct kube_client client;
	enum observation_phase phase;
	const struct kube_scope *scope;
	struct snapshot *snapshot;
	unsigned token_number;  /* of the token that the newest single request carried */
	struct pool pool;       /* of the texts that go into the snapshot */
	struct table platforms; /* node name to "linux/amd64" */
	struct kube_list nodes;
	struct kube_areas areas;
	struct kube_area area; /* what was asked for */
	/*
	 * Asked for where the pods of the whole cluster may not be listed: those of its
	 * namespaces perhaps may.
	 */
	struct kube_list namespaces;
	const char **names; /* of namespaces, sorted; heap, texts in the pool */
	size_t name_count;
	size_t seen_count;       /* of them, observed */
	struct kube_area *batch; /* of them, under way; heap, NAMESPACES_AT_ONCE items */
	size_t batch_first, batch_count; /* among the names */
	struct kube_secrets secrets;
	const char *uid;      /* of namespace kube-system; "" where it could not be had */
	bool started;         /* we have what credentials there are to be had */
	bool accepted;        /* the server answered us with something else than 401 */
	bool answered;        /* and with something to go by */
	bool rollouts_served; /* or something else of their group */
	bool rollouts_doubted;       /* it was asked whether there are any */
	bool rollouts_absent;        /* there are none */
	enum kube_outcome discovery; /* of /apis */
	struct error err;            /* why the server could not be asked, or /apis not */
};

/*
 * Prepare to ask; the parts are borrowed until observation_release().  The observation
 * must not move from then on.
 */
void observation_init(struct observation *observation, struct http *http,
		      const struct kube_config *config, const struct kube_scope *scope,
		      struct snapshot *snapshot);

/* Ask for all of `area`; http_run() ends when everything was answered or failed. */
void observation_start(struct observation *observation);

/* Ask which namespaces there are. */
void observation_list_namespaces(struct observation *observation);

/*
 * They were listed, or a batch of them has been asked: ask for the next ones, each on its
 * own, which are `batch` then.  False where there are no more.
 */
bool observation_next_namespaces(struct observation *observation);

void observation_release(struct observation *observation);

#endif
