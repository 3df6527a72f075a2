#include "source/kube_label.h"

#include "base/json.h"
#include "source/kube_shape.h"

#include "tests/unit/check.h"

/* A pod's labels, the last owner that is known, and the one above ("": none). */
static const struct {
	const char *label, *labels;
	struct object_id owner, above;
} cases[] = {
	{ "a Knative Service",
	  "{\"serving.knative.dev/service\": \"web\", "
	  "\"serving.knative.dev/configuration\": \"other\"}",
	  { "serving.knative.dev", "Revision", "web-1" },
	  { "serving.knative.dev", "Service", "web" } },
	{ "a Configuration without a Service",
	  "{\"serving.knative.dev/configuration\": \"web\"}",
	  { "serving.knative.dev", "Revision", "web-1" },
	  { "serving.knative.dev", "Configuration", "web" } },
	{ "Strimzi",
	  "{\"strimzi.io/cluster\": \"events\", \"strimzi.io/kind\": \"KafkaConnect\"}",
	  { "core.strimzi.io", "StrimziPodSet", "events-connect" },
	  { "kafka.strimzi.io", "KafkaConnect", "events" } },
	{ "Strimzi without a kind",
	  "{\"strimzi.io/cluster\": \"events\"}",
	  { "core.strimzi.io", "StrimziPodSet", "events-kafka" },
	  { "", "", "" } },
	{ "Tekton",
	  "{\"tekton.dev/pipelineRun\": \"run\"}",
	  { "tekton.dev", "TaskRun", "run-build" },
	  { "tekton.dev", "PipelineRun", "run" } },
	{ "KubeVirt",
	  "{}",
	  { "kubevirt.io", "VirtualMachineInstance", "vm" },
	  { "kubevirt.io", "VirtualMachine", "vm" } },
	{ "a kind of that name in another group",
	  "{\"serving.knative.dev/service\": \"web\"}",
	  { "example.com", "Revision", "web-1" },
	  { "", "", "" } },
	{ "a label without such an owner",
	  "{\"strimzi.io/cluster\": \"events\", \"strimzi.io/kind\": \"Kafka\"}",
	  { "apps", "Deployment", "web" },
	  { "", "", "" } },
	{ "an owner without its label",
	  "{\"strimzi.io/cluster\": \"events\", \"strimzi.io/kind\": \"Kafka\"}",
	  { "tekton.dev", "TaskRun", "run-build" },
	  { "", "", "" } },
	{ "labels that are no texts",
	  "{\"tekton.dev/pipelineRun\": [\"run\"]}",
	  { "tekton.dev", "TaskRun", "run-build" },
	  { "", "", "" } },
};

static const struct node *read_labels(struct arena *arena, const char *json)
{
	struct error err = ERROR_INIT;
	struct node *node;

	if (!json_read(&node, arena,
		       &(struct json_source){ .text = json, .length = strlen(json) },
		       &err))
		fail_msg("%s", err.text);
	return node;
}

static void a_label_names_the_owner_above_one_that_no_list_shows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		CLEANUP(pool_release) struct pool pool = POOL_INIT(&arena);
		struct running_use use = { .owners = { cases[i].owner },
					   .owner_count = 1 };
		struct kube_label label =
			kube_label_read(read_labels(&arena, cases[i].labels), &pool);
		bool above = cases[i].above.kind[0] != '\0';

		kube_label_extend(&label, &use);
		CHECK(cases[i].label, use.labelled == above);
		CHECK(cases[i].label, use.owner_count == 1 + (size_t)above);
		CHECK(cases[i].label,
		      !above || object_id_equal(&use.owners[1], &cases[i].above));
	}
}

static void a_chain_that_is_full_stays(void **state)
{
	struct running_use use = { .owner_count = OWNER_CHAIN };
	struct kube_label label = { .rule = NULL };

	(void)state;
	for (size_t i = 0; i < OWNER_CHAIN; i++)
		use.owners[i] = (struct object_id){ "kubevirt.io",
						    "VirtualMachineInstance", "vm" };
	kube_label_extend(&label, &use);
	assert_int_equal(use.owner_count, OWNER_CHAIN);
	assert_false(use.labelled);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_label_names_the_owner_above_one_that_no_list_shows),
		cmocka_unit_test(a_chain_that_is_full_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
