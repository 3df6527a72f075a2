/*
 * rule_scene.h - one workload in many scenes, for the tests of the rules about uses
 */
#ifndef TESTS_UNIT_RULE_SCENE_H
#define TESTS_UNIT_RULE_SCENE_H

#include "drift/predicates.h"

#include "tests/unit/drift_world.h"

#define WHERE "shop/Deployment/web/app"
#define PODS_MOST 3

#define PINNED "shop/web:1@both"
#define TAGGED "shop/web:1"
#define NO_PODS                                                                          \
	{                                                                                \
		{                                                                        \
			NULL, NULL                                                       \
		}                                                                        \
	}
#define RUNS(image_id)                                                                   \
	{                                                                                \
		{                                                                        \
			TAGGED, image_id                                                 \
		}                                                                        \
	} /* one pod */

/* One workload as the manifests, its live object and its pods have it. */
struct scene {
	const char *declared, *template; /* images; NULL where there is none */
	struct {
		const char *image, *id;
	} pods[PODS_MOST];
	void (*change)(struct drift_world *world); /* what else is so, or NULL */
};

struct rule_case {
	const char *label;
	struct scene scene;
	enum answer answer;
	const char *says; /* ANSWER_YES: part of the message */
};

void scene_hide(struct drift_world *world);
/* The template names other containers only. */
void scene_rename_container(struct drift_world *world);
void scene_make_idle(struct drift_world *world);
void scene_drop_template(struct drift_world *world);

/* Check what a rule says of the workload's container "app". */
void rule_case_check(const struct rule_case *one, const char *id, enum level level);
/* The same of many, each at the level that the rule has. */
void rule_cases_check(const struct rule_case *cases, size_t count, const char *id);

/* The use of the container "app" of that object. */
struct use *scene_use(struct drift_world *world, const char *object);

#endif
