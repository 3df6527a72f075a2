#include "model/field_rules.h"

#define RULE_KEY_SIZE 64 /* bytes of the longest key in a path, with its NUL */

/* One place beneath the root of a kind. */
struct field_rule {
	const char *path; /* of the mapping that holds the field; "" is the root itself */
	const char *field; /* NULL: the mapping is a PodSpec, with all that it holds */
	enum container_class class;
	const char *open;   /* why the field is not evaluated; NULL: it is an image */
	const char *unless; /* the field does not count where this one stands beside it */
	const char *holds;  /* nor where this is not in its text; NULL: whatever it is */
};

/* A kind, and what its rules count from; a kind may have several rows. */
struct ruled_kind {
	const char *api_group, *kind;
	const char *root;
	const struct field_rule *rules; /* ends with a row without path */
};

#define IMAGE(mapping)                                                                   \
	{                                                                                \
		.path = (mapping), .field = "image", .class = CLASS_CONTAINER            \
	}
#define OPEN(mapping, key, why)                                                          \
	{                                                                                \
		.path = (mapping), .field = (key), .open = (why)                         \
	}
#define END                                                                              \
	{                                                                                \
		.path = NULL                                                             \
	}

#define RENDER_CHART                                                                     \
	"a chart makes images of it: check what it renders to "                          \
	"(helm template ... | pindrift check -)"
#define RENDER_KUSTOMIZE                                                                 \
	"it changes images elsewhere: check what is built "                              \
	"(kubectl kustomize ... | pindrift check -)"

static const struct field_rule pod_spec[] = { { .path = "" }, END };

static const struct field_rule one_image[] = { IMAGE(""), END };

/* KEP-4639, in the volumes of what becomes a pod. */
#define IMAGE_VOLUMES(list)                                                              \
	{                                                                                \
		.path = list ".image", .field = "reference", .class = CLASS_IMAGE_VOLUME \
	}

/* A manifest, or part of one, that is a text in a field. */
#define MANIFEST_TEXT(mapping, key)                                                      \
	{                                                                                \
		.path = (mapping), .field = (key), .holds = "image",                     \
		.open = "a manifest in a text, which is not read: check it by hand"      \
	}

/* argoproj/argo-workflows: pkg/apis/workflow/v1alpha1, Template. */
#define WORKFLOW_TEMPLATE(at)                                                            \
	IMAGE(at ".container"), IMAGE(at ".script"),                                     \
		IMAGE(at ".containerSet.containers[]"),                                  \
		{ .path = at ".initContainers[]",                                        \
		  .field = "image",                                                      \
		  .class = CLASS_INIT },                                                 \
		IMAGE(at ".sidecars[]"), IMAGE_VOLUMES(at ".volumes[]"),                 \
		MANIFEST_TEXT(at ".resource", "manifest"),                               \
		MANIFEST_TEXT(at, "podSpecPatch")

static const struct field_rule workflow[] = {
	WORKFLOW_TEMPLATE("templates[]"),
	WORKFLOW_TEMPLATE("templates[].dag.tasks[].inline"),
	WORKFLOW_TEMPLATE("templates[].steps[][].inline"),
	WORKFLOW_TEMPLATE("templateDefaults"),
	IMAGE_VOLUMES("volumes[]"),
	MANIFEST_TEXT("", "podSpecPatch"),
	END,
};

/* tektoncd/pipeline: pkg/apis/pipeline/v1, TaskSpec. */
static const struct field_rule task[] = {
	IMAGE("steps[]"),
	IMAGE("sidecars[]"),
	IMAGE("stepTemplate"),
	IMAGE_VOLUMES("volumes[]"),
	END,
};

/* prometheus-operator: pkg/operator/image.go; containers are merged into the pods'. */
static const struct field_rule prometheus[] = {
	IMAGE(""),
	{ .path = "" },
	{
		.path = "",
		.field = "baseImage",
		.open = "the deprecated baseImage makes an image with sha, tag or "
			"version: write it whole under image",
		.unless = "image",
	},
	IMAGE("thanos"),
	{
		.path = "thanos",
		.field = "baseImage",
		.open = "the deprecated baseImage makes an image with sha, tag or "
			"version: write it whole under image",
		.unless = "image",
	},
	END,
};

/* kubevirt/api: core/v1/schema.go; a disk is the volume's. */
static const struct field_rule virtual_machine[] = {
	{ .path = "volumes[].containerDisk",
	  .field = "image",
	  .class = CLASS_IMAGE_VOLUME },
	IMAGE("domain.firmware.kernelBoot.container"),
	END,
};

/* kubevirt/containerized-data-importer: DataVolumeSourceRegistry, "docker://…". */
#define IMPORTED_ONCE "a disk is imported from this image once: check it by hand"

static const struct field_rule data_volumes[] = {
	OPEN("dataVolumeTemplates[].spec.source.registry", "url", IMPORTED_ONCE),
	END,
};
static const struct field_rule data_volume[] = {
	OPEN("source.registry", "url", IMPORTED_ONCE),
	END,
};

/* strimzi-kafka-operator: KafkaSpec and the classes of its components. */
static const struct field_rule kafka[] = {
	IMAGE("*"),
	IMAGE("*.tlsSidecar"),
	IMAGE("entityOperator.*"),
	{ .path = "kafka", .field = "brokerRackInitImage", .class = CLASS_INIT },
	END,
};
static const struct field_rule kafka_client[] = {
	IMAGE(""),
	{ .path = "", .field = "clientRackInitImage", .class = CLASS_INIT },
	END,
};

/* What KafkaConnect builds is pushed there, and nothing is pulled by that name first. */
static const struct field_rule built_image[] = {
	OPEN("build.output", "image", ""),
	END,
};

static const struct field_rule image_triggers[] = {
	OPEN("triggers[].imageChangeParams", "from",
	     "this ImageChange trigger overwrites the images of its containers while "
	     "they run: pin them where the image stream is fed"),
	END,
};

/* Flux looks at the tags of this image; nothing runs it. */
static const struct field_rule watched_image[] = { OPEN("", "image", ""), END };

static const struct field_rule helm_release[] = { OPEN("", "spec", RENDER_CHART), END };

static const struct field_rule application_source[] = {
	OPEN("", "chart", RENDER_CHART),
	OPEN("", "helm", RENDER_CHART),
	OPEN("", "kustomize", RENDER_KUSTOMIZE),
	END,
};

/* argoproj/argo-cd: ApplicationSetSpec, a patch of the Application in a text. */
static const struct field_rule application_set[] = {
	{ .path = "",
	  .field = "templatePatch",
	  .holds = "source",
	  .open = "a patch in a text changes its sources: check what it renders to" },
	END,
};

static const struct ruled_kind ruled_kinds[] = {
	{ "argoproj.io", "Workflow", "spec", workflow },
	{ "argoproj.io", "WorkflowTemplate", "spec", workflow },
	{ "argoproj.io", "ClusterWorkflowTemplate", "spec", workflow },
	{ "argoproj.io", "CronWorkflow", "spec.workflowSpec", workflow },
	{ "argoproj.io", "AnalysisTemplate",
	  "spec.metrics[].provider.job.spec.template.spec", pod_spec },
	{ "argoproj.io", "ClusterAnalysisTemplate",
	  "spec.metrics[].provider.job.spec.template.spec", pod_spec },
	{ "argoproj.io", "AnalysisRun", "spec.metrics[].provider.job.spec.template.spec",
	  pod_spec },
	{ "argoproj.io", "Experiment", "spec.templates[].template.spec", pod_spec },
	{ "argoproj.io", "Application", "spec.source", application_source },
	{ "argoproj.io", "Application", "spec.sources[]", application_source },
	{ "argoproj.io", "ApplicationSet", "spec.template.spec.source",
	  application_source },
	{ "argoproj.io", "ApplicationSet", "spec.template.spec.sources[]",
	  application_source },
	{ "argoproj.io", "ApplicationSet", "spec", application_set },
	{ "serving.knative.dev", "Service", "spec.template.spec", pod_spec },
	{ "serving.knative.dev", "Configuration", "spec.template.spec", pod_spec },
	{ "serving.knative.dev", "Revision", "spec", pod_spec },
	{ "tekton.dev", "Task", "spec", task },
	{ "tekton.dev", "ClusterTask", "spec", task },
	{ "tekton.dev", "StepAction", "spec", one_image },
	{ "tekton.dev", "TaskRun", "spec.taskSpec", task },
	{ "tekton.dev", "Pipeline", "spec.tasks[].taskSpec", task },
	{ "tekton.dev", "Pipeline", "spec.finally[].taskSpec", task },
	{ "tekton.dev", "Pipeline", "spec.tasks[].pipelineSpec.tasks[].taskSpec", task },
	{ "tekton.dev", "Pipeline", "spec.tasks[].pipelineSpec.finally[].taskSpec",
	  task },
	{ "tekton.dev", "PipelineRun", "spec.pipelineSpec.tasks[].taskSpec", task },
	{ "tekton.dev", "PipelineRun", "spec.pipelineSpec.finally[].taskSpec", task },
	{ "monitoring.coreos.com", "Prometheus", "spec", prometheus },
	{ "monitoring.coreos.com", "PrometheusAgent", "spec", prometheus },
	{ "monitoring.coreos.com", "Alertmanager", "spec", prometheus },
	{ "monitoring.coreos.com", "ThanosRuler", "spec", prometheus },
	{ "kubevirt.io", "VirtualMachine", "spec.template.spec", virtual_machine },
	{ "kubevirt.io", "VirtualMachine", "spec", data_volumes },
	{ "kubevirt.io", "VirtualMachineInstance", "spec", virtual_machine },
	{ "kubevirt.io", "VirtualMachineInstanceReplicaSet", "spec.template.spec",
	  virtual_machine },
	{ "cdi.kubevirt.io", "DataVolume", "spec", data_volume },
	{ "kafka.strimzi.io", "Kafka", "spec", kafka },
	{ "kafka.strimzi.io", "KafkaConnect", "spec", kafka_client },
	{ "kafka.strimzi.io", "KafkaConnect", "spec", built_image },
	{ "kafka.strimzi.io", "KafkaBridge", "spec", kafka_client },
	{ "kafka.strimzi.io", "KafkaMirrorMaker", "spec", kafka_client },
	{ "kafka.strimzi.io", "KafkaMirrorMaker2", "spec", kafka_client },
	{ "apps.openshift.io", "DeploymentConfig", "spec.template.spec", pod_spec },
	{ "apps.openshift.io", "DeploymentConfig", "spec", image_triggers },
	{ "helm.toolkit.fluxcd.io", "HelmRelease", "", helm_release },
	{ "image.toolkit.fluxcd.io", "ImageRepository", "spec", watched_image },
};

/* A place on the way along a path; they lie on the stack, up to the object. */
struct place {
	const struct place *above; /* NULL: the object itself */
	const struct node *node;
	const struct node *item; /* the innermost list item that was passed, or NULL */
	const char *key;         /* under which it stands; NULL: `index` says where */
	size_t index;
};

/* What is to be done where a path ends. */
struct search {
	struct ruled_fields *found;
	struct arena *arena;
	const struct field_rule *rules; /* to follow there; NULL: `rule` is found */
	const struct field_rule *rule;
};

static void follow(const struct search *search, const struct place *place,
		   const char *path);

/* "spec.steps[0]"; "" for the object. */
static const char *path_of(const struct place *place, struct arena *arena)
{
	const char *above = place->above ? path_of(place->above, arena) : "";

	if (!place->above)
		return "";
	if (!place->key)
		return arena_printf(arena, "%s[%zu]", above, place->index);
	return arena_printf(arena, "%s%s%s", above, above[0] ? "." : "", place->key);
}

static void add_field(const struct search *search, const struct place *place,
		      struct ruled_field field)
{
	struct ruled_fields *found = search->found;
	const char *above = path_of(place, search->arena);

	field.image.path = arena_printf(search->arena, "%s%s%s", above,
					above[0] ? "." : "", field.image.path);
	found->items = arena_grow(search->arena, found->items, found->count,
				  sizeof(*found->items));
	found->items[found->count++] = field;
}

/* Where there may be several PodSpecs, a name says nothing about which one is meant. */
static void add_pod_spec(const struct search *search, const struct place *place)
{
	bool only = !place->item;
	size_t count;
	struct image_field *images = pod_spec_images(place->node, search->arena, &count);

	for (size_t i = 0; i < count; i++) {
		if (images[i].scalar)
			add_field(search, place,
				  (struct ruled_field){
					  .image = images[i],
					  .named = only && images[i].image.container[0],
				  });
	}
}

/* The field of a rule in the mapping that its path led to, if it is there. */
static void add_image(const struct search *search, const struct place *place)
{
	const struct field_rule *rule = search->rule;
	struct ruled_field field = { .open = rule->open };

	if (!node_get(place->node, rule->field))
		return;
	image_field_read(&field.image, place->node, rule->field, search->arena);
	if (rule->unless && node_text(place->node, rule->unless)[0])
		field.open = "";
	if (rule->holds && !strstr(node_text(place->node, rule->field), rule->holds))
		field.open = "";
	/* To a controller an empty field is one that is left to it. */
	if (!rule->open && field.image.image.state == REFERENCE_EMPTY)
		field.open = "";
	field.image.path = rule->field;
	field.image.image.class = rule->class;
	field.image.image.container =
		object_name_keep(search->arena, node_text(place->item, "name"));
	add_field(search, place, field);
}

/* At the end of a path: the root of a kind, or the mapping of one of its rules. */
static void arrive(const struct search *search, const struct place *place)
{
	if (place->node->kind != NODE_MAPPING)
		return;
	if (search->rule && search->rule->field)
		add_image(search, place);
	else if (search->rule)
		add_pod_spec(search, place);
	for (const struct field_rule *rule = search->rules; rule && rule->path; rule++) {
		struct search next = { search->found, search->arena, NULL, rule };

		follow(&next, place, rule->path);
	}
}

static void follow_items(const struct search *search, const struct place *list,
			 const char *path)
{
	size_t count = list->node->kind == NODE_SEQUENCE ? list->node->length : 0;

	for (size_t i = 0; i < count; i++) {
		const struct node *item = list->node->items[i];
		struct place next = { list, item, item, NULL, i };

		follow(search, &next, path);
	}
}

static void follow_members(const struct search *search, const struct place *place,
			   const char *path)
{
	size_t count = place->node->kind == NODE_MAPPING ? place->node->length : 0;

	for (size_t i = 0; i < count; i++) {
		const struct node_member *member = &place->node->members[i];
		struct place next = { place, member->value, place->item, member->key, 0 };

		follow(search, &next, path);
	}
}

/* Recursion is as deep as the longest path of the table. */
static void follow(const struct search *search, const struct place *place,
		   const char *path)
{
	size_t length = strcspn(path, ".[");
	bool each = strncmp(path + length, "[]", 2) == 0;
	const char *rest = path + length + (each ? 2 : 0);
	char key[RULE_KEY_SIZE] = "";
	struct place next = { place, NULL, place->item, key, 0 };

	rest += rest[0] == '.';
	memcpy(key, path, length < sizeof(key) ? length : sizeof(key) - 1);
	if (length > 0)
		next.node = node_get(place->node, key);
	if (length == 0 && each)
		follow_items(search, place, rest);
	else if (length == 0)
		arrive(search, place);
	else if (strcmp(key, "*") == 0)
		follow_members(search, place, rest);
	else if (next.node && each)
		follow_items(search, &next, rest);
	else if (next.node)
		follow(search, &next, rest);
}

/* "spec.workers[].image": the field is behind the last dot. */
static void follow_path(const struct search *search, const struct place *root,
			const char *path)
{
	const char *dot = strrchr(path, '.');
	struct field_rule rule = {
		.path = dot ? arena_strndup(search->arena, path, (size_t)(dot - path))
			    : "",
		.field = dot ? dot + 1 : path,
	};
	struct search next = { search->found, search->arena, NULL, &rule };

	follow(&next, root, rule.path);
}

static void follow_policy(const struct search *search, const struct place *root,
			  const struct policy_field *field)
{
	search->found->known = true;
	for (size_t i = 0; i < field->image_count; i++)
		follow_path(search, root, field->images[i]);
}

struct ruled_fields field_rules_find(const struct node *object, const char *api_group,
				     const char *kind, const struct policy *policy,
				     struct arena *arena)
{
	struct ruled_fields found = { .items = NULL };
	struct place root = { .node = object };

	for (size_t i = 0; i < ARRAY_LENGTH(ruled_kinds); i++) {
		const struct ruled_kind *row = &ruled_kinds[i];
		struct search search = { &found, arena, row->rules, NULL };

		if (strcmp(row->kind, kind) != 0 ||
		    strcmp(row->api_group, api_group) != 0)
			continue;
		found.known = true;
		follow(&search, &root, row->root);
	}
	for (size_t i = 0; i < policy->field_count; i++) {
		const struct policy_field *field = &policy->fields[i];
		struct search search = { &found, arena, NULL, NULL };

		if (strcmp(field->kind, kind) == 0 &&
		    strcmp(field->api_group, api_group) == 0)
			follow_policy(&search, &root, field);
	}
	return found;
}
