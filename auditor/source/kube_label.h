/*
 * kube_label.h - the owner above one that no list shows
 *
 * Some controllers make an object of their own between a custom resource and its pods,
 * which a scan may not read, and label the pods with the name of what people wrote:
 * serving.knative.dev (knative/serving, pkg/apis/serving/register.go), strimzi.io
 * (strimzi-kafka-operator, api, ResourceLabels), tekton.dev (tektoncd/pipeline,
 * pkg/apis/pipeline/register.go).  A VirtualMachineInstance has the name of the
 * VirtualMachine that made it (kubevirt, pkg/virt-controller/watch/vm).
 */
#ifndef SOURCE_KUBE_LABEL_H
#define SOURCE_KUBE_LABEL_H

#include "base/node.h"
#include "base/pool.h"
#include "model/snapshot.h"

/* What the labels of a pod say; kind and name are "" where they say nothing. */
struct kube_label {
	const struct kube_label_rule *rule; /* NULL: nothing */
	const char *kind, *name;
};

/* Read a pod's labels (or NULL); the texts are kept in the pool. */
struct kube_label kube_label_read(const struct node *labels, struct pool *pool);

/* Append the owner above the last one, if there is one. */
void kube_label_extend(const struct kube_label *label, struct running_use *use);

#endif
