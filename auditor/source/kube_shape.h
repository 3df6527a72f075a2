/*
 * kube_shape.h - what is wanted of the objects that the API server sends
 *
 * Most bytes of a list are skipped over: managedFields, probes, environment, conditions.
 */
#ifndef SOURCE_KUBE_SHAPE_H
#define SOURCE_KUBE_SHAPE_H

#include "base/json.h"

#define KUBE_REVISION_NUMBER "deployment.kubernetes.io/revision"
#define KUBE_TEMPLATE_GENERATION "deprecated.daemonset.template.generation"
#define KUBE_MIRROR "kubernetes.io/config.mirror"

/* Labels of pods (and of ReplicaSets, the first of them). */
#define KUBE_POD_HASH "pod-template-hash"
#define KUBE_ROLLOUT_HASH "rollouts-pod-template-hash"
#define KUBE_CONTROLLER_HASH "controller-revision-hash"
#define KUBE_POD_GENERATION "pod-template-generation"

/* Labels by which controllers name what people wrote: source/kube_label.h. */
#define KUBE_KNATIVE_SERVICE "serving.knative.dev/service"
#define KUBE_KNATIVE_CONFIGURATION "serving.knative.dev/configuration"
#define KUBE_STRIMZI_CLUSTER "strimzi.io/cluster"
#define KUBE_STRIMZI_KIND "strimzi.io/kind"
#define KUBE_TEKTON_PIPELINE_RUN "tekton.dev/pipelineRun"

extern const struct json_shape kube_pod_shape[];
extern const struct json_shape kube_namespace_shape[];
extern const struct json_shape kube_node_shape[];
extern const struct json_shape kube_workload_shape[]; /* a whole controller */
extern const struct json_shape kube_metadata_shape[]; /* its metadata alone */
extern const struct json_shape kube_any_shape[];      /* any of these, with its kind */

#endif
