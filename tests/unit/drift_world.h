/*
 * drift_world.h - scans made by hand: manifests, a cluster, a registry, and the verdict
 *
 * Containers are named "NAMESPACE/KIND/NAME/CONTAINER" ("/Pod/web/app" names no
 * namespace; "…/init:migrate" is of class init), images "shop/web:1.0@NAME", where NAME
 * is an image of the registry (image_world.h) whose digest is meant.  "=TEXT" is taken as
 * it stands.
 */
#ifndef TESTS_UNIT_DRIFT_WORLD_H
#define TESTS_UNIT_DRIFT_WORLD_H

#include "drift/drift.h"

#include "tests/unit/image_world.h"

#define WORLD_NOW 1795000000 /* Unix seconds */

struct drift_world {
	struct image_world images;
	struct snapshot *snapshot; /* the images' */
	struct drift drift;
	struct outcome outcome;
	int rounds; /* of questions, in the last judgement */
};

/* A cluster of which all was seen, a work tree that was read; nothing is in them. */
void drift_world_init(struct drift_world *world, const char *const *images, size_t count);
void drift_world_release(struct drift_world *world);

/* A second cluster, whose running uses and workloads get number 1. */
void drift_world_add_second(struct drift_world *world);

/* The full text of an image; lives as long as the world. */
const char *drift_world_text(struct drift_world *world, const char *image);

/* Each gives what it added, to be changed; good until the next one of its kind. */

/*
 * Declared in deploy/NAME.yaml, each on the next line.  A Prometheus, Workflow, Service
 * or Gadget is a custom resource; its field names no container, unless the test says so.
 */
struct declared_use *drift_world_declare(struct drift_world *world, const char *where,
					 const char *image);
/*
 * Run by one pod, with the owners that the kind has: of a Deployment ReplicaSet NAME-1,
 * of a CronJob Job NAME-1, of a Prometheus StatefulSet NAME.  `image_id`: "NAME", "bare
 * NAME", "=TEXT", or "" for a pod that has not started; a NAME stands for shop/web@ its
 * digest.
 */
struct running_use *drift_world_run(struct drift_world *world, const char *where,
				    const char *image, const char *image_id);
/* A live template; one with the same object gets one more container. */
struct live_workload *drift_world_live(struct drift_world *world, const char *where,
				       const char *image);

/* Look at the cluster only in one namespace. */
void drift_world_narrow(struct drift_world *world, const char *namespace);
/* Forget what was covered. */
void drift_world_uncover(struct drift_world *world);

/* Ask until nothing is wanted, and judge, after `earlier` scans. */
void drift_world_judge(struct drift_world *world, const struct earlier_finding *earlier,
		       size_t earlier_count);

/*
 * The findings, one a line, sorted: "rule level state subject"; subjects as
 * "name/container" of uses, "path:line" of declarations, "shop/web:1.0" of tags,
 * "shop/web@NAME" of pins.
 */
const char *drift_world_findings(struct drift_world *world);
/* The gaps, one a line, sorted: "unresolved: subject". */
const char *drift_world_gaps(struct drift_world *world);
/* The rows, one a line, sorted: "name/container verdict how". */
const char *drift_world_rows(struct drift_world *world);
/* Everything that was judged as earlier findings of the next scan; in the world's arena.
 */
struct earlier_finding *drift_world_earlier(struct drift_world *world, size_t *count);

#endif
