/*
 * field_rules.h - where images stand in custom resources
 *
 * One table of kinds, with the paths of their images: Argo Workflows and Rollouts,
 * Knative, Tekton, Prometheus Operator, KubeVirt, Strimzi, OpenShift.  A policy adds
 * others.  It also knows
 * fields that make an image and cannot be read as one, such as the values of a chart:
 * these are not evaluated, and say so.
 *
 * In a path `[]` behind a key is each item of that sequence, `*` each value of a mapping.
 * A container is named by the `name` of the innermost list item on its path.
 */
#ifndef MODEL_FIELD_RULES_H
#define MODEL_FIELD_RULES_H

#include "model/workload.h"

/* What a rule found in an object. */
struct ruled_field {
	struct image_field image; /* its path is within the object */
	bool named; /* by the object's only PodSpec: its pods have a container of that
		       name */
	const char *open; /* why the field is not evaluated; NULL: it is an image;
			     "": it does not count: empty, or another field wins */
};

struct ruled_fields {
	struct ruled_field *items;
	size_t count;
	bool known; /* the table has the kind */
};

/*
 * All that the table and the policy's `fields` know of an object of this kind, in
 * `arena`.
 */
struct ruled_fields field_rules_find(const struct node *object, const char *api_group,
				     const char *kind, const struct policy *policy,
				     struct arena *arena);

#endif
