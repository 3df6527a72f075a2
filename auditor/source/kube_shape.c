#include "source/kube_shape.h"

#define WHOLE(name)                                                                      \
	{                                                                                \
		name, NULL                                                               \
	}
#define END                                                                              \
	{                                                                                \
		NULL, NULL                                                               \
	}

/* ObjectMeta */
static const struct json_shape labels[] = {
	WHOLE(KUBE_POD_HASH),
	WHOLE(KUBE_ROLLOUT_HASH),
	WHOLE(KUBE_CONTROLLER_HASH),
	WHOLE(KUBE_POD_GENERATION),
	WHOLE(KUBE_KNATIVE_SERVICE),
	WHOLE(KUBE_KNATIVE_CONFIGURATION),
	WHOLE(KUBE_STRIMZI_CLUSTER),
	WHOLE(KUBE_STRIMZI_KIND),
	WHOLE(KUBE_TEKTON_PIPELINE_RUN),
	END,
};
static const struct json_shape annotations[] = {
	WHOLE(KUBE_REVISION_NUMBER),
	WHOLE(KUBE_TEMPLATE_GENERATION),
	WHOLE(KUBE_MIRROR),
	END,
};
/* Whether they are there is all that counts. */
static const struct json_shape nothing[] = { END };
static const struct json_shape managed_spec[] = {
	{ "f:template", nothing },
	{ "f:jobTemplate", nothing },
	END,
};
static const struct json_shape managed_parts[] = { { "f:spec", managed_spec }, END };
static const struct json_shape managed_fields[] = {
	WHOLE("subresource"),
	WHOLE("time"),
	{ "fieldsV1", managed_parts },
	END,
};
static const struct json_shape workload_metadata[] = {
	WHOLE("name"),
	WHOLE("namespace"),
	WHOLE("uid"),
	WHOLE("generation"),
	{ "labels", labels },
	{ "annotations", annotations },
	WHOLE("ownerReferences"),
	{ "managedFields", managed_fields },
	END,
};
static const struct json_shape pod_metadata[] = {
	WHOLE("name"),
	WHOLE("namespace"),
	WHOLE("creationTimestamp"),
	WHOLE("deletionTimestamp"),
	{ "labels", labels },
	{ "annotations", annotations },
	WHOLE("ownerReferences"),
	END,
};

/* PodSpec */
static const struct json_shape container[] = {
	WHOLE("name"),
	WHOLE("image"),
	WHOLE("restartPolicy"),
	END,
};
static const struct json_shape volume_image[] = { WHOLE("reference"), END };
static const struct json_shape volume[] = {
	WHOLE("name"),
	{ "image", volume_image },
	END,
};
static const struct json_shape pull_secret[] = { WHOLE("name"), END };
static const struct json_shape pod_spec[] = {
	WHOLE("nodeName"),
	{ "imagePullSecrets", pull_secret },
	{ "containers", container },
	{ "initContainers", container },
	{ "ephemeralContainers", container },
	{ "volumes", volume },
	END,
};

/* PodStatus */
static const struct json_shape waiting[] = { WHOLE("reason"), END };
static const struct json_shape container_state[] = { { "waiting", waiting }, END };
static const struct json_shape mounted_image[] = { WHOLE("imageRef"), END };
static const struct json_shape volume_status[] = { { "image", mounted_image }, END };
static const struct json_shape volume_mount[] = {
	WHOLE("name"),
	{ "volumeStatus", volume_status },
	END,
};
static const struct json_shape container_status[] = {
	WHOLE("name"),
	WHOLE("imageID"),
	{ "state", container_state },
	{ "volumeMounts", volume_mount },
	END,
};
static const struct json_shape pod_status[] = {
	WHOLE("phase"),
	{ "containerStatuses", container_status },
	{ "initContainerStatuses", container_status },
	{ "ephemeralContainerStatuses", container_status },
	END,
};

const struct json_shape kube_pod_shape[] = {
	{ "metadata", pod_metadata },
	{ "spec", pod_spec },
	{ "status", pod_status },
	END,
};

/* Namespace */
static const struct json_shape namespace_metadata[] = { WHOLE("name"), WHOLE("uid"),
							END };

const struct json_shape kube_namespace_shape[] = {
	{ "metadata", namespace_metadata },
	END,
};

/* Node */
static const struct json_shape node_metadata[] = { WHOLE("name"), END };
static const struct json_shape node_info[] = {
	WHOLE("operatingSystem"),
	WHOLE("architecture"),
	END,
};
static const struct json_shape node_status[] = { { "nodeInfo", node_info }, END };

const struct json_shape kube_node_shape[] = {
	{ "metadata", node_metadata },
	{ "status", node_status },
	END,
};

/* Controllers */
static const struct json_shape pod_template[] = { { "spec", pod_spec }, END };
static const struct json_shape job_spec[] = { { "template", pod_template }, END };
static const struct json_shape job_template[] = { { "spec", job_spec }, END };
static const struct json_shape workload_spec[] = {
	WHOLE("replicas"),
	WHOLE("progressDeadlineSeconds"),
	WHOLE("workloadRef"),
	{ "template", pod_template },
	{ "jobTemplate", job_template },
	END,
};
static const struct json_shape condition[] = {
	WHOLE("type"),
	WHOLE("reason"),
	WHOLE("lastUpdateTime"),
	END,
};
static const struct json_shape workload_status[] = {
	WHOLE("phase"),
	WHOLE("observedGeneration"),
	WHOLE("updateRevision"),
	WHOLE("currentPodHash"),
	WHOLE("desiredNumberScheduled"),
	{ "conditions", condition },
	END,
};

const struct json_shape kube_workload_shape[] = {
	{ "metadata", workload_metadata },
	{ "spec", workload_spec },
	{ "status", workload_status },
	END,
};

const struct json_shape kube_metadata_shape[] = {
	{ "metadata", workload_metadata },
	END,
};

/* All of the above, for objects of any kind. */
static const struct json_shape any_metadata[] = {
	WHOLE("name"),
	WHOLE("namespace"),
	WHOLE("uid"),
	WHOLE("generation"),
	WHOLE("creationTimestamp"),
	WHOLE("deletionTimestamp"),
	{ "labels", labels },
	{ "annotations", annotations },
	WHOLE("ownerReferences"),
	{ "managedFields", managed_fields },
	END,
};
static const struct json_shape any_spec[] = {
	WHOLE("nodeName"),
	{ "containers", container },
	{ "initContainers", container },
	{ "ephemeralContainers", container },
	{ "volumes", volume },
	WHOLE("replicas"),
	WHOLE("progressDeadlineSeconds"),
	WHOLE("workloadRef"),
	{ "template", pod_template },
	{ "jobTemplate", job_template },
	END,
};
static const struct json_shape any_status[] = {
	WHOLE("phase"),
	{ "containerStatuses", container_status },
	{ "initContainerStatuses", container_status },
	{ "ephemeralContainerStatuses", container_status },
	WHOLE("observedGeneration"),
	WHOLE("updateRevision"),
	WHOLE("currentPodHash"),
	WHOLE("desiredNumberScheduled"),
	{ "conditions", condition },
	{ "nodeInfo", node_info },
	END,
};

const struct json_shape kube_any_shape[] = {
	WHOLE("kind"),        WHOLE("apiVersion"),      { "metadata", any_metadata },
	{ "spec", any_spec }, { "status", any_status }, END,
};
