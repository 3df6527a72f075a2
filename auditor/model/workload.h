/*
 * workload.h - where images stand in Kubernetes objects
 *
 * One table of kinds (core, apps, batch, and Argo Rollouts) with the path of
 * their PodSpec, and one walker over a PodSpec, for manifests and for the API
 * alike.  Kubernetes API: core/v1 PodSpec, apps/v1, batch/v1; argoproj.io Rollout.
 */
#ifndef MODEL_WORKLOAD_H
#define MODEL_WORKLOAD_H

#include "base/node.h"
#include "model/snapshot.h"

struct workload_kind {
	const char *api_group;
	const char *kind;
	const char *pod_spec[6]; /* path of the PodSpec, ends with NULL */
	bool makes_pods;         /* false for PodTemplate */
};

extern const struct workload_kind workload_kinds[]; /* ends with a row without kind */

/* The group of an apiVersion: "" for "v1", "apps" for "apps/v1".  Into `arena`. */
const char *api_group_of(const char *api_version, struct arena *arena);

/*
 * The row of a kind, or NULL.  Old groups that served the same kinds
 * ("extensions" for Deployment and DaemonSet) count as today's.
 */
const struct workload_kind *workload_kind_find(const char *api_group, const char *kind);

/* One image field of a PodSpec. */
struct image_field {
	struct container_image image;
	const struct node *scalar; /* of the text; NULL where the field is absent; of
				      another kind where it is no text (REFERENCE_BAD) */
	const struct node *owner;  /* the mapping that holds it */
	const char *path;          /* within the PodSpec: "containers[0].image" */
};

/*
 * One image field of a PodSpec after the other, borrowed from its nodes.  Begin with
 * `pod_spec` alone set.
 */
struct pod_images {
	const struct node *pod_spec;

	/* The present one. */
	enum container_class class;
	const char *container;    /* its name, or "" */
	const struct node *owner; /* the mapping that holds the image, */
	const char *field;        /* under this key */

	/* Where it stands. */
	size_t list, at; /* the list of image_lists[], its item from 1 */
};

/* False behind the last one. */
bool pod_images_next(struct pod_images *images);

/*
 * Every image field of a PodSpec, in the order containers, initContainers,
 * ephemeralContainers, volumes: `*count` items in `arena`, with copies of their
 * texts; NULL for none.
 */
struct image_field *pod_spec_images(const struct node *pod_spec, struct arena *arena,
				    size_t *count);

/*
 * The field `key` of the mapping `owner`: its image but for container and class, its
 * scalar and owner.
 */
void image_field_read(struct image_field *field, const struct node *owner,
		      const char *key, struct arena *arena);

/*
 * What is kept of a name in a manifest: all of one that the API server takes (RFC 1123
 * subdomains, 253 bytes).
 */
const char *object_name_keep(struct arena *arena, const char *name);

/* Most bytes of a text that are kept: more than any valid reference has. */
#define IMAGE_TEXT_BYTES 1024

/* Fill in `text` (a copy), `state`, `ref` and `problem` of an image from its text. */
void container_image_read(struct container_image *image, struct arena *arena,
			  const char *text);

#endif
