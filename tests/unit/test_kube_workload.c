#include "source/kube_owner.h"
#include "source/kube_shape.h"

#include "tests/unit/check.h"

/* JSON with ' for ", so that it can be read here. */
static struct kube_workload read_workload(const char *text, const char *group,
					  const char *kind, struct pool *pool)
{
	char *json = arena_strdup(pool->arena, text);
	struct error err = ERROR_INIT;
	struct node *node;

	for (char *c = json; *c; c++) {
		if (*c == '\'')
			*c = '"';
	}
	if (!json_read(&node, pool->arena,
		       &(struct json_source){ json, strlen(json), kube_workload_shape,
					      false },
		       &err))
		fail_msg("%s", err.text);
	return kube_workload_read(node, group, kind, pool);
}

static void deployment_is_read_whole(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(pool_release) struct pool pool = POOL_INIT(&arena);
	const struct kube_workload workload = read_workload(
		"{'metadata': {'name': 'web', 'namespace': 'shop', 'uid': 'u',"
		"  'generation': 3,"
		"  'annotations': {'deployment.kubernetes.io/revision': '7'},"
		"  'ownerReferences': [{'apiVersion': 'example.com/v1', 'kind': 'Shop',"
		"   'name': 'main', 'uid': 's', 'controller': true}]},"
		" 'spec': {'replicas': 2, 'progressDeadlineSeconds': 120, 'template':"
		"  {'spec': {'initContainers': [{'name': 'i', 'image': 'api:2'}],"
		"   'containers': [{'name': 'c', 'image': 'web:1'}]}}},"
		" 'status': {'observedGeneration': 3, 'conditions': ["
		"  {'type': 'Available', 'lastUpdateTime': '2026-11-23T02:00:00Z'},"
		"  {'type': 'Progressing', 'reason': 'ReplicaSetUpdated',"
		"   'lastUpdateTime': '2026-11-23T01:00:00Z'}]}}",
		"apps", "Deployment", &pool);
	const struct live_workload *live = &workload.live;

	(void)state;
	assert_string_equal(workload.uid, "u");
	assert_string_equal(workload.number, "7");
	assert_string_equal(workload.controller.uid, "s");
	assert_string_equal(live->namespace, "shop");
	assert_string_equal(live->object.kind, "Deployment");
	assert_string_equal(live->object.name, "web");
	assert_true(live->has_template);
	assert_int_equal(live->image_count, 2);
	assert_string_equal(live->images[0].text, "web:1");
	assert_string_equal(live->images[0].ref.repository, "library/web");
	assert_int_equal(live->images[1].class, CLASS_INIT);
	assert_false(live->idle);
	assert_int_equal(live->progress_at, 1795395600);
	assert_int_equal(live->deadline_seconds, 120);
	assert_false(live->deadline_exceeded);
}

static const struct {
	const char *label, *kind, *text, *revision, *generation;
} revision_cases[] = {
	{ "StatefulSet", "StatefulSet",
	  "{'status': {'currentRevision': 'db-1', 'updateRevision': 'db-2'}}", "db-2",
	  "" },
	{ "DaemonSet", "DaemonSet",
	  "{'metadata': {'annotations': "
	  "{'deprecated.daemonset.template.generation': '4'}}}",
	  "", "4" },
	{ "Rollout", "Rollout", "{'status': {'currentPodHash': 'abc'}}", "abc", "" },
	{ "Rollout, a number as text", "Rollout",
	  "{'metadata': {'generation': 2}, 'status': "
	  "{'observedGeneration': '2', 'currentPodHash': 'abc'}}",
	  "abc", "" },
	{ "Rollout without status", "Rollout", "{'metadata': {'generation': 1}}", "",
	  "" },
	{ "CronJob", "CronJob", "{}", "", "" },
	{ "StatefulSet that is yet to be looked at", "StatefulSet",
	  "{'metadata': {'generation': 2}, 'status': "
	  "{'observedGeneration': 1, 'updateRevision': 'db-1'}}",
	  KUBE_REVISION_UNMADE, "" },
	{ "Deployment that is yet to be looked at", "Deployment",
	  "{'metadata': {'generation': 2}, 'status': {'observedGeneration': 1}}",
	  KUBE_REVISION_UNMADE, "" },
	{ "DaemonSet that is yet to be looked at", "DaemonSet",
	  "{'metadata': {'generation': 2, 'annotations': "
	  "{'deprecated.daemonset.template.generation': '4'}}, 'status': "
	  "{'observedGeneration': 1}}",
	  "", "4" },
};

static void revision_is_that_of_the_newest_template(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(revision_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		CLEANUP(pool_release) struct pool pool = POOL_INIT(&arena);
		const struct kube_workload workload = read_workload(
			revision_cases[i].text, "apps", revision_cases[i].kind, &pool);

		CHECK_TEXT(revision_cases[i].label, workload.live.revision,
			   revision_cases[i].revision);
		CHECK_TEXT(revision_cases[i].label, workload.live.generation,
			   revision_cases[i].generation);
	}
}

#define SET(name, uid, owner, number)                                                    \
	"{'metadata': {'name': '" name "', 'uid': '" uid "', 'labels': "                 \
	"{'pod-template-hash': 'hash-" uid "'}, 'annotations': "                         \
	"{'deployment.kubernetes.io/revision': '" number "'}, 'ownerReferences': "       \
	"[{'kind': 'Deployment', 'name': 'web', 'uid': '" owner                          \
	"', 'controller': true}]}}"

static void revision_of_a_deployment_is_that_of_its_newest_replica_set(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(pool_release) struct pool pool = POOL_INIT(&arena);
	CLEANUP(kube_owners_release) struct kube_owners owners = { TABLE_INIT };
	struct kube_workload workloads[] = {
		read_workload(SET("web-1", "1", "web", "1"), "apps", "ReplicaSet", &pool),
		read_workload(SET("web-2", "2", "web", "2"), "apps", "ReplicaSet", &pool),
		read_workload(SET("web-3", "3", "other", "2"), "apps", "ReplicaSet",
			      &pool),
		read_workload("{'metadata': {'name': 'web', 'uid': 'web', 'annotations':"
			      " {'deployment.kubernetes.io/revision': '2'}}}",
			      "apps", "Deployment", &pool),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(workloads); i++)
		kube_owners_add(&owners, &workloads[i]);
	kube_owners_finish(&owners);
	assert_string_equal(workloads[3].live.revision, "hash-2");
}

static const struct {
	const char *label, *kind, *text;
	bool idle;
} idle_cases[] = {
	{ "a Deployment of some", "Deployment", "{'spec': {'replicas': 3}}", false },
	{ "a Deployment of one, by default", "Deployment", "{'spec': {}}", false },
	{ "a Deployment of none", "Deployment", "{'spec': {'replicas': 0}}", true },
	{ "a StatefulSet of none", "StatefulSet", "{'spec': {'replicas': 0}}", true },
	{ "a Rollout of none", "Rollout", "{'spec': {'replicas': 0}}", true },
	{ "a DaemonSet without nodes", "DaemonSet",
	  "{'status': {'desiredNumberScheduled': 0}}", true },
	{ "a DaemonSet with nodes", "DaemonSet",
	  "{'status': {'desiredNumberScheduled': 2}}", false },
	{ "a DaemonSet that nobody looked at", "DaemonSet", "{}", false },
	{ "a CronJob", "CronJob", "{}", true },
	{ "a Job, which may be done", "Job", "{}", true },
};

static void idle_is_what_wants_no_pods(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(idle_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		CLEANUP(pool_release) struct pool pool = POOL_INIT(&arena);
		const struct kube_workload workload = read_workload(
			idle_cases[i].text, "apps", idle_cases[i].kind, &pool);

		CHECK(idle_cases[i].label, workload.live.idle == idle_cases[i].idle);
	}
}

/* An entry of managedFields: whose fields, and since when. */
#define OWNED(spec, time, more)                                                          \
	"{'fieldsV1': {'f:spec': {" spec "}}, 'time': '2026-11-23T" time ":00Z'" more "}"
#define ORDERED(time) OWNED("'f:template': {'f:spec': {}}", time, "")

static const struct {
	const char *label, *kind, *text;
	int64_t progress_at, deadline_seconds;
	bool exceeded;
} progress_cases[] = {
	{ "nothing is known", "StatefulSet", "{}", 0, 0, false },
	{ "the newest order", "StatefulSet",
	  "{'metadata': {'managedFields': [" ORDERED("01:00") "," ORDERED("02:00") "]}}",
	  1795399200, 0, false },
	{ "one for later jobs", "CronJob",
	  "{'metadata': {'managedFields': [" OWNED("'f:jobTemplate': {}", "02:00",
						   "") "]}}",
	  1795399200, 0, false },
	{ "who writes anything else orders nothing", "StatefulSet",
	  "{'metadata': {'managedFields': ["
	  "{'fieldsV1': {'f:metadata': {'f:annotations': {}}, 'f:status': {}},"
	  " 'time': '2026-11-23T03:00:00Z'}," ORDERED("02:00") "," OWNED(
		  "'f:replicas': {}", "03:00", "") "]}}",
	  1795399200, 0, false },
	{ "nor who scales", "StatefulSet",
	  "{'metadata': {'managedFields': [" OWNED("'f:template': {}", "03:00",
						   ", 'subresource': 'scale'") "]}}",
	  0, 0, false },
	{ "a Deployment has ten minutes", "Deployment", "{}", 0, 600, false },
	{ "a Deployment says that it is late", "Deployment",
	  "{'spec': {'progressDeadlineSeconds': 60}, 'status': {'conditions': ["
	  "{'type': 'Progressing', 'status': 'False',"
	  " 'reason': 'ProgressDeadlineExceeded',"
	  " 'lastUpdateTime': '2026-11-23T01:00:00Z'}]}}",
	  1795395600, 60, true },
	{ "what it said before the newest order is past", "Deployment",
	  "{'metadata': {'generation': 2, 'managedFields': [" ORDERED(
		  "02:00") "]},"
			   " 'status': {'observedGeneration': 1, 'conditions': ["
			   "{'type': 'Progressing', 'reason': 'ProgressDeadlineExceeded',"
			   " 'lastUpdateTime': '2026-11-23T01:00:00Z'}]}}",
	  1795399200, 600, false },
	{ "times that are none", "Deployment",
	  "{'metadata': {'managedFields': [" ORDERED(
		  "soon") "]},"
			  " 'spec': {'progressDeadlineSeconds': 'x'}}",
	  0, 600, false },
};

static void progress_is_told_by_deployments_and_else_by_the_newest_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(progress_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		CLEANUP(pool_release) struct pool pool = POOL_INIT(&arena);
		const struct kube_workload workload = read_workload(
			progress_cases[i].text, "apps", progress_cases[i].kind, &pool);
		const struct live_workload *live = &workload.live;
		const char *label = progress_cases[i].label;

		CHECK(label, live->progress_at == progress_cases[i].progress_at);
		CHECK(label,
		      live->deadline_seconds == progress_cases[i].deadline_seconds);
		CHECK(label, live->deadline_exceeded == progress_cases[i].exceeded);
	}
}

static const struct {
	const char *label, *text;
	bool progressing, exceeded;
} phase_cases[] = {
	{ "none", "{}", false, false },
	{ "a step of a canary", "{'status': {'phase': 'Paused'}}", true, false },
	{ "between two steps", "{'status': {'phase': 'Progressing'}}", true, false },
	{ "done", "{'status': {'phase': 'Healthy'}}", false, false },
	{ "given up", "{'status': {'phase': 'Degraded'}}", false, true },
	{ "of before the newest order",
	  "{'metadata': {'generation': 3},"
	  " 'status': {'phase': 'Degraded', 'observedGeneration': '2'}}",
	  false, false },
};

static void a_rollout_of_argo_says_itself_how_it_goes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(phase_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		CLEANUP(pool_release) struct pool pool = POOL_INIT(&arena);
		const struct kube_workload workload = read_workload(
			phase_cases[i].text, "argoproj.io", "Rollout", &pool);

		CHECK(phase_cases[i].label,
		      workload.live.progressing == phase_cases[i].progressing);
		CHECK(phase_cases[i].label,
		      workload.live.deadline_exceeded == phase_cases[i].exceeded);
	}
}

static void template_may_be_elsewhere_or_unknown(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(pool_release) struct pool pool = POOL_INIT(&arena);

	(void)state;
	assert_false(read_workload("{'spec': {'workloadRef': {'name': 'web'}}}",
				   "argoproj.io", "Rollout", &pool)
			     .live.has_template);
	assert_false(read_workload("{'metadata': {'name': 'web-1'}}", "apps",
				   "ReplicaSet", &pool)
			     .live.has_template);
	assert_int_equal(read_workload("{'spec': {'jobTemplate': {'spec': {'template': "
				       "{'spec': {'containers': [{'image': 'a'}]}}}}}}",
				       "batch", "CronJob", &pool)
				 .live.image_count,
			 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(deployment_is_read_whole),
		cmocka_unit_test(revision_is_that_of_the_newest_template),
		cmocka_unit_test(
			revision_of_a_deployment_is_that_of_its_newest_replica_set),
		cmocka_unit_test(idle_is_what_wants_no_pods),
		cmocka_unit_test(
			progress_is_told_by_deployments_and_else_by_the_newest_order),
		cmocka_unit_test(a_rollout_of_argo_says_itself_how_it_goes),
		cmocka_unit_test(template_may_be_elsewhere_or_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
