/* Where images stand in custom resources: a case for each row of the table. */
#include "model/field_rules.h"

#include "tests/unit/check.h"
#include "tests/unit/yaml_text.h"

#define SPEC(text) "spec: " text
#define POD "{containers: [{name: c, image: a:1}], initContainers: [{name: i, image: b}]}"
#define STEPS                                                                            \
	"{stepTemplate: {image: a}, steps: [{name: s, image: b}, {image: c}], "          \
	"sidecars: [{name: d, image: e}]}"
#define WORKFLOW                                                                         \
	"{templates: [{name: t, container: {image: a}}, {name: u, script: {image: b}}, " \
	"{name: v, containerSet: {containers: [{name: c, image: d}]}, "                  \
	"initContainers: [{name: i, image: e}], sidecars: [{name: s, image: f}]}]}"

/* What is found: "path container class image", or "path open", each ended by ";". */
static const struct policy no_policy;

static const struct {
	const char *group, *kind, *text, *found;
} rule_cases[] = {
	{ "argoproj.io", "Workflow", SPEC(WORKFLOW),
	  "spec.templates[0].container.image t container a;"
	  "spec.templates[1].script.image u container b;"
	  "spec.templates[2].containerSet.containers[0].image c container d;"
	  "spec.templates[2].initContainers[0].image i init e;"
	  "spec.templates[2].sidecars[0].image s container f;" },
	{ "argoproj.io", "WorkflowTemplate",
	  SPEC("{templateDefaults: {container: {image: a}, script: {image: b}}}"),
	  "spec.templateDefaults.container.image  container a;"
	  "spec.templateDefaults.script.image  container b;" },
	{ "argoproj.io", "ClusterWorkflowTemplate",
	  SPEC("{templates: [{container: {image: a}}]}"),
	  "spec.templates[0].container.image  container a;" },
	{ "argoproj.io", "Workflow",
	  SPEC("{templates: [{dag: {tasks: [{name: t, inline: {container: {image: a}}}, "
	       "{name: u, inline: {script: {image: b}}}]}}]}"),
	  "spec.templates[0].dag.tasks[0].inline.container.image t container a;"
	  "spec.templates[0].dag.tasks[1].inline.script.image u container b;" },
	{ "argoproj.io", "Workflow",
	  SPEC("{templates: [{steps: [[{name: s, inline: {container: {image: a}}}, 1], "
	       "[{name: t, inline: {sidecars: [{name: u, image: b}]}}], 2]}]}"),
	  "spec.templates[0].steps[0][0].inline.container.image s container a;"
	  "spec.templates[0].steps[1][0].inline.sidecars[0].image u container b;" },
	{ "argoproj.io", "Workflow",
	  SPEC("{volumes: [{name: v, image: {reference: a}}], podSpecPatch: 'image: b', "
	       "templates: [{podSpecPatch: 'nodeName: c', resource: {manifest: 'image: "
	       "d'}, volumes: [{name: w, image: {reference: e}}]}]}"),
	  "spec.templates[0].volumes[0].image.reference w image-volume e;"
	  "spec.templates[0].resource.manifest open;"
	  "spec.templates[0].podSpecPatch idle;"
	  "spec.volumes[0].image.reference v image-volume a;"
	  "spec.podSpecPatch open;" },
	{ "argoproj.io", "ApplicationSet", SPEC("{templatePatch: 'spec: {source: {}}'}"),
	  "spec.templatePatch open;" },
	{ "argoproj.io", "ApplicationSet", SPEC("{templatePatch: 'metadata: {}'}"),
	  "spec.templatePatch idle;" },
	{ "image.toolkit.fluxcd.io", "ImageRepository", SPEC("{image: a/b}"),
	  "spec.image idle;" },
	{ "cdi.kubevirt.io", "DataVolume",
	  SPEC("{source: {registry: {url: 'docker://a'}}}"),
	  "spec.source.registry.url open;" },
	{ "tekton.dev", "Task", SPEC("{volumes: [{name: v, image: {reference: a}}]}"),
	  "spec.volumes[0].image.reference v image-volume a;" },
	{ "argoproj.io", "CronWorkflow",
	  SPEC("{workflowSpec: {templates: [{container: {image: a}}]}}"),
	  "spec.workflowSpec.templates[0].container.image  container a;" },
	{ "argoproj.io", "AnalysisTemplate",
	  SPEC("{metrics: [{}, {provider: {job: {spec: {template: {spec: " POD "}}}}}]}"),
	  "spec.metrics[1].provider.job.spec.template.spec.containers[0].image c "
	  "container a:1;"
	  "spec.metrics[1].provider.job.spec.template.spec.initContainers[0].image i "
	  "init b;" },
	{ "argoproj.io", "ClusterAnalysisTemplate",
	  SPEC("{metrics: [{provider: {job: {spec: {template: {spec: {containers: "
	       "[{image: a}]}}}}}}]}"),
	  "spec.metrics[0].provider.job.spec.template.spec.containers[0].image  "
	  "container a;" },
	{ "argoproj.io", "AnalysisRun",
	  SPEC("{metrics: [{provider: {job: {spec: {template: {spec: {containers: "
	       "[{image: a}]}}}}}}]}"),
	  "spec.metrics[0].provider.job.spec.template.spec.containers[0].image  "
	  "container a;" },
	{ "argoproj.io", "Experiment",
	  SPEC("{templates: [{name: x, template: {spec: {containers: [{name: c, image: "
	       "a}]}}}]}"),
	  "spec.templates[0].template.spec.containers[0].image c container a;" },
	{ "argoproj.io", "Application", SPEC("{source: {path: a}}"), "" },
	{ "argoproj.io", "Application", SPEC("{source: {chart: a, helm: {}}}"),
	  "spec.source.chart open;spec.source.helm open;" },
	{ "argoproj.io", "Application", SPEC("{sources: [{}, {kustomize: {}}]}"),
	  "spec.sources[1].kustomize open;" },
	{ "argoproj.io", "ApplicationSet",
	  SPEC("{template: {spec: {source: {chart: a}, sources: [{helm: {}}]}}}"),
	  "spec.template.spec.source.chart open;"
	  "spec.template.spec.sources[0].helm open;" },
	{ "serving.knative.dev", "Service", SPEC("{template: {spec: " POD "}}"),
	  "spec.template.spec.containers[0].image c container a:1;"
	  "spec.template.spec.initContainers[0].image i init b;" },
	{ "serving.knative.dev", "Configuration",
	  SPEC("{template: {spec: {containers: [{image: a}]}}}"),
	  "spec.template.spec.containers[0].image  container a;" },
	{ "serving.knative.dev", "Revision", SPEC("{containers: [{image: a}]}"),
	  "spec.containers[0].image  container a;" },
	{ "tekton.dev", "Task", SPEC(STEPS),
	  "spec.steps[0].image s container b;spec.steps[1].image  container c;"
	  "spec.sidecars[0].image d container e;"
	  "spec.stepTemplate.image  container a;" },
	{ "tekton.dev", "ClusterTask", SPEC("{steps: [{image: a}]}"),
	  "spec.steps[0].image  container a;" },
	{ "tekton.dev", "StepAction", SPEC("{image: a}"), "spec.image  container a;" },
	{ "tekton.dev", "TaskRun", SPEC("{taskSpec: {steps: [{image: a}]}}"),
	  "spec.taskSpec.steps[0].image  container a;" },
	{ "tekton.dev", "Pipeline",
	  SPEC("{tasks: [{taskRef: {name: x}}, {name: t, taskSpec: {steps: [{image: a}], "
	       "stepTemplate: {image: c}}}], finally: [{taskSpec: {steps: [{image: "
	       "b}]}}]}"),
	  "spec.tasks[1].taskSpec.steps[0].image  container a;"
	  "spec.tasks[1].taskSpec.stepTemplate.image t container c;"
	  "spec.finally[0].taskSpec.steps[0].image  container b;" },
	{ "tekton.dev", "Pipeline",
	  SPEC("{tasks: [{pipelineSpec: {tasks: [{taskSpec: {steps: [{image: a}]}}], "
	       "finally: [{taskSpec: {steps: [{image: b}]}}]}}]}"),
	  "spec.tasks[0].pipelineSpec.tasks[0].taskSpec.steps[0].image  container a;"
	  "spec.tasks[0].pipelineSpec.finally[0].taskSpec.steps[0].image  container b;" },
	{ "tekton.dev", "PipelineRun",
	  SPEC("{pipelineSpec: {tasks: [{taskSpec: {steps: [{image: a}]}}], finally: "
	       "[{taskSpec: {sidecars: [{image: b}]}}]}}"),
	  "spec.pipelineSpec.tasks[0].taskSpec.steps[0].image  container a;"
	  "spec.pipelineSpec.finally[0].taskSpec.sidecars[0].image  container b;" },
	{ "monitoring.coreos.com", "Prometheus",
	  SPEC("{image: a, baseImage: b, containers: [{name: c, image: d}, {name: e}], "
	       "thanos: {baseImage: f, sha: 0}}"),
	  "spec.image  container a;spec.containers[0].image c container d;"
	  "spec.baseImage idle;spec.thanos.baseImage open;" },
	{ "monitoring.coreos.com", "PrometheusAgent", SPEC("{thanos: {image: a}}"),
	  "spec.thanos.image  container a;" },
	{ "monitoring.coreos.com", "Alertmanager", SPEC("{baseImage: a/b, tag: c}"),
	  "spec.baseImage open;" },
	{ "monitoring.coreos.com", "ThanosRuler",
	  SPEC("{image: '', initContainers: [{name: i, image: a}]}"),
	  "spec.image idle;spec.initContainers[0].image i init a;" },
	{ "kubevirt.io", "VirtualMachine",
	  SPEC("{template: {spec: {volumes: [{name: v, containerDisk: {image: a}}, "
	       "{name: w, emptyDisk: {}}]}}}"),
	  "spec.template.spec.volumes[0].containerDisk.image v image-volume a;" },
	{ "kubevirt.io", "VirtualMachine",
	  SPEC("{dataVolumeTemplates: [{spec: {source: {registry: {url: "
	       "'docker://a/b:1'}}}}]}"),
	  "spec.dataVolumeTemplates[0].spec.source.registry.url open;" },
	{ "kubevirt.io", "VirtualMachineInstance",
	  SPEC("{domain: {firmware: {kernelBoot: {container: {image: a}}}}}"),
	  "spec.domain.firmware.kernelBoot.container.image  container a;" },
	{ "kubevirt.io", "VirtualMachineInstanceReplicaSet",
	  SPEC("{template: {spec: {volumes: [{containerDisk: {image: a}}]}}}"),
	  "spec.template.spec.volumes[0].containerDisk.image  image-volume a;" },
	{ "kafka.strimzi.io", "Kafka",
	  SPEC("{kafka: {image: a, brokerRackInitImage: b}, cruiseControl: {image: c, "
	       "tlsSidecar: {image: d}}, entityOperator: {topicOperator: {image: e}}}"),
	  "spec.kafka.image  container a;spec.cruiseControl.image  container c;"
	  "spec.cruiseControl.tlsSidecar.image  container d;"
	  "spec.entityOperator.topicOperator.image  container e;"
	  "spec.kafka.brokerRackInitImage  init b;" },
	{ "kafka.strimzi.io", "KafkaConnect", SPEC("{image: a, clientRackInitImage: b}"),
	  "spec.image  container a;spec.clientRackInitImage  init b;" },
	{ "kafka.strimzi.io", "KafkaConnect", SPEC("{build: {output: {image: a/b}}}"),
	  "spec.build.output.image idle;" },
	{ "kafka.strimzi.io", "KafkaBridge", SPEC("{image: a}"),
	  "spec.image  container a;" },
	{ "kafka.strimzi.io", "KafkaMirrorMaker", SPEC("{image: a}"),
	  "spec.image  container a;" },
	{ "kafka.strimzi.io", "KafkaMirrorMaker2", SPEC("{image: a}"),
	  "spec.image  container a;" },
	{ "apps.openshift.io", "DeploymentConfig",
	  SPEC("{template: {spec: {containers: [{name: c, image: a}]}}, triggers: "
	       "[{type: ConfigChange}, {imageChangeParams: {from: {name: b:1}}}]}"),
	  "spec.template.spec.containers[0].image c container a;"
	  "spec.triggers[1].imageChangeParams.from open;" },
	{ "helm.toolkit.fluxcd.io", "HelmRelease", SPEC("{chart: {}}"), "spec open;" },
};

static void describe(struct buf *found, const struct ruled_field *field)
{
	const struct container_image *image = &field->image.image;

	buf_printf(found, "%s ", field->image.path);
	if (field->open)
		buf_puts(found, field->open[0] ? "open;" : "idle;");
	else
		buf_printf(found, "%s %s %s;", image->container,
			   container_class_name(image->class), image->text);
}

static void each_row_finds_the_images_of_its_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rule_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		CLEANUP(buf_release) struct buf text = BUF_INIT(10000);
		struct ruled_fields fields = field_rules_find(
			yaml_text_read(&arena, rule_cases[i].text), rule_cases[i].group,
			rule_cases[i].kind, &no_policy, &arena);

		CHECK(rule_cases[i].kind, fields.known);
		for (size_t n = 0; n < fields.count; n++) {
			describe(&text, &fields.items[n]);
			CHECK(rule_cases[i].kind, fields.items[n].image.scalar);
		}
		CHECK_TEXT(rule_cases[i].kind, buf_text(&text), rule_cases[i].found);
	}
}

static const struct {
	const char *group, *kind;
} unknown_cases[] = {
	{ "example.com", "Workflow" },
	{ "argoproj.io", "workflow" },
	{ "argoproj.io", "" },
	{ "", "Service" },
};

static void kinds_of_other_groups_are_not_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(unknown_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct ruled_fields fields = field_rules_find(
			yaml_text_read(&arena, SPEC(WORKFLOW)), unknown_cases[i].group,
			unknown_cases[i].kind, &no_policy, &arena);

		CHECK(unknown_cases[i].kind, !fields.known && fields.count == 0);
	}
}

static const char *const odd_objects[] = {
	"null",
	"[a]",
	SPEC("a"),
	SPEC("[{templates: []}]"),
	SPEC("{templates: {container: {image: a}}}"),
	SPEC("{templates: [a, [], null, {container: [image]}]}"),
};

static void other_shapes_hold_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(odd_objects); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct ruled_fields fields =
			field_rules_find(yaml_text_read(&arena, odd_objects[i]),
					 "argoproj.io", "Workflow", &no_policy, &arena);

		CHECK(odd_objects[i], fields.known && fields.count == 0);
	}
}

static void the_policys_fields_join_the_table(void **state)
{
	static const char *const images[] = { "spec.image", "spec.workers[].image",
					      "spec.byName.*.image" };
	static struct policy_field fields[] = { { "example.com", "Widget", images,
						  ARRAY_LENGTH(images) } };
	static const struct policy policy = { .fields = fields, .field_count = 1 };
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(buf_release) struct buf text = BUF_INIT(10000);
	struct ruled_fields found = field_rules_find(
		yaml_text_read(&arena,
			       SPEC("{image: a, workers: [{name: w, image: b}], "
				    "byName: {one: {image: c}}, other: {image: d}}")),
		"example.com", "Widget", &policy, &arena);

	(void)state;
	assert_true(found.known);
	for (size_t i = 0; i < found.count; i++)
		describe(&text, &found.items[i]);
	assert_string_equal(buf_text(&text), "spec.image  container a;"
					     "spec.workers[0].image w container b;"
					     "spec.byName.one.image  container c;");
	assert_false(field_rules_find(yaml_text_read(&arena, SPEC("{image: a}")),
				      "example.org", "Widget", &policy, &arena)
			     .known);
}

/* How many of the images of an object name the container that runs them. */
static const struct {
	const char *group, *kind, *text;
	size_t named, count;
} named_cases[] = {
	{ "monitoring.coreos.com", "Prometheus",
	  SPEC("{image: a, containers: [{name: c, image: b}]}"), 1, 2 },
	{ "apps.openshift.io", "DeploymentConfig", SPEC("{template: {spec: " POD "}}"), 2,
	  2 },
	{ "serving.knative.dev", "Service",
	  SPEC("{template: {spec: {containers: [{image: a}]}}}"), 0, 1 },
	{ "argoproj.io", "Experiment",
	  SPEC("{templates: [{name: t, template: {spec: " POD "}}]}"), 0, 2 },
	{ "argoproj.io", "Workflow", SPEC(WORKFLOW), 0, 5 },
};

static void the_only_pod_spec_names_its_containers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(named_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		struct ruled_fields found = field_rules_find(
			yaml_text_read(&arena, named_cases[i].text), named_cases[i].group,
			named_cases[i].kind, &no_policy, &arena);
		size_t named = 0;

		for (size_t n = 0; n < found.count; n++)
			named += found.items[n].named;
		CHECK(named_cases[i].kind, found.count == named_cases[i].count);
		CHECK(named_cases[i].kind, named == named_cases[i].named);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_finds_the_images_of_its_kind),
		cmocka_unit_test(kinds_of_other_groups_are_not_known),
		cmocka_unit_test(other_shapes_hold_nothing),
		cmocka_unit_test(the_policys_fields_join_the_table),
		cmocka_unit_test(the_only_pod_spec_names_its_containers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
