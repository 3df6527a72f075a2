/*
 * kube_area.h - one namespace, or the whole cluster: its lists, and what they showed
 */
#ifndef SOURCE_KUBE_AREA_H
#define SOURCE_KUBE_AREA_H

#include "source/kube_api.h"
#include "source/kube_inventory.h"
#include "source/kube_list.h"

/* Namespaces are DNS labels (RFC 1123); what is none must not get into a path. */
bool kube_namespace_valid(const char *name);

struct kube_area;

/* What all areas of one observation share. */
struct kube_areas {
	struct kube_client *client;
	const struct kube_scope *scope;
	struct pool *pool;
	int64_t now;                   /* of the observation, Unix seconds */
	const struct table *platforms; /* node name to "linux/amd64" */
	/* A list of rollouts has ended. */
	void (*rollouts_ended)(const struct kube_list *list, void *user);
	void *user;
};

struct kube_area_list {
	struct kube_list list;
	struct kube_area *area;
	enum kube_resource_name name;
};

struct kube_area {
	const struct kube_areas *shared;
	const char *namespace; /* "" for the whole cluster */
	struct kube_inventory inventory;
	size_t first_use; /* of it among the snapshot's, once all lists have ended */
	struct kube_area_list lists[KUBE_RESOURCE_COUNT];
};

/* Everything is borrowed until kube_area_release(), and the area must not move. */
void kube_area_init(struct kube_area *area, const struct kube_areas *shared,
		    const char *namespace);
void kube_area_release(struct kube_area *area);

/* Ask for one list, and for all but pods and rollouts, which wait for other answers. */
void kube_area_start(struct kube_area *area, enum kube_resource_name name);
void kube_area_start_controllers(struct kube_area *area);

enum kube_outcome kube_area_outcome(const struct kube_area *area,
				    enum kube_resource_name name);

/*
 * All lists have ended: drop those that were not had in full, since half of the truth
 * misleads, and add the rest to the snapshot.
 */
void kube_area_finish(struct kube_area *area, struct snapshot *snapshot);

#endif
