#include "source/kube_pod.h"

#include "base/buf.h"
#include "source/kube_shape.h"

#include "tests/unit/check.h"

#define HEX64 "7681a2ca5581475e00189d0215693a88283d22d43c1b08ce5d1f1ace40524d2b"
#define WEB "registry.example.com/web@sha256:" HEX64

/* Pods that are folded, the objects that own them, and what came of it. */
struct fixture {
	struct snapshot snapshot;
	struct table platforms;
	struct pool pool;
	struct kube_pods pods;
	struct kube_owners owners;
	struct arena arena;
	struct error err;
};

static int set_up(void **state)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));

	snapshot_init(&fixture->snapshot, 0);
	fixture->pool = (struct pool)POOL_INIT(&fixture->snapshot.arena);
	*table_slot(&fixture->platforms, "node-1", strlen("node-1"), NULL) =
		(void *)pool_keep(&fixture->pool, "linux/arm64");
	kube_pods_init(&fixture->pods, &fixture->pool, &fixture->platforms, false);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	kube_pods_release(&fixture->pods);
	kube_owners_release(&fixture->owners);
	table_release(&fixture->platforms);
	pool_release(&fixture->pool);
	snapshot_release(&fixture->snapshot);
	arena_release(&fixture->arena);
	free(fixture);
	return 0;
}

/* JSON with ' for ", so that it can be read here. */
static const struct node *read_json(struct fixture *fixture, const char *text,
				    const struct json_shape *shape)
{
	char *json = arena_strdup(&fixture->arena, text);
	struct node *node;

	for (char *c = json; *c; c++) {
		if (*c == '\'')
			*c = '"';
	}
	if (!json_read(&node, &fixture->arena,
		       &(struct json_source){ json, strlen(json), shape, false },
		       &fixture->err))
		fail_msg("%s", fixture->err.text);
	return node;
}

static void fold(struct fixture *fixture, const char *text)
{
	const struct node *pod = read_json(fixture, text, kube_pod_shape);

	assert_true(kube_pods_fold(&fixture->pods, pod, &fixture->err));
}

static void add_owner(struct fixture *fixture, const char *group, const char *kind,
		      const char *text)
{
	struct kube_workload *workload = arena_alloc(&fixture->arena, sizeof(*workload));

	*workload = kube_workload_read(read_json(fixture, text, kube_workload_shape),
				       group, kind, &fixture->pool);
	kube_owners_add(&fixture->owners, workload);
}

/* The uses that came of it; the only one where `count` is 1. */
static const struct running_use *finish(struct fixture *fixture, size_t count)
{
	kube_owners_finish(&fixture->owners);
	kube_pods_finish(&fixture->pods, &fixture->owners, &fixture->snapshot);
	kube_pods_settle(&fixture->snapshot);
	assert_int_equal(fixture->snapshot.running_count, count);
	return fixture->snapshot.running;
}

static void check_owner(const struct running_use *use, size_t place, const char *group,
			const char *kind, const char *name)
{
	assert_true(place < use->owner_count);
	assert_string_equal(use->owners[place].api_group, group);
	assert_string_equal(use->owners[place].kind, kind);
	assert_string_equal(use->owners[place].name, name);
}

static void a_pod_is_read_whole(void **state)
{
	struct fixture *fixture = *state;
	const struct running_use *use;

	fold(fixture, "{'metadata': {'name': 'web-1', 'namespace': 'shop',"
		      "  'creationTimestamp': '2026-11-23T02:29:42Z',"
		      "  'labels': {'pod-template-hash': '54d4787468'}},"
		      " 'spec': {'nodeName': 'node-1',"
		      "  'containers': [{'name': 'web', 'image': 'web:1.0'}]},"
		      " 'status': {'phase': 'Running', 'containerStatuses': ["
		      "  {'name': 'web', 'image': 'web:1.0', 'imageID': '" WEB "',"
		      "   'state': {'running': {}}}]}}");
	use = finish(fixture, 1);
	assert_string_equal(use->namespace, "shop");
	assert_string_equal(use->image.container, "web");
	assert_int_equal(use->image.class, CLASS_CONTAINER);
	assert_string_equal(use->image.text, "web:1.0");
	assert_string_equal(use->image.ref.repository, "library/web");
	assert_string_equal(use->image_id_text, WEB);
	assert_string_equal(use->image_id.digest.text, "sha256:" HEX64);
	assert_string_equal(use->platform.architecture, "arm64");
	assert_int_equal(use->state, RUNNING_STARTED);
	assert_string_equal(use->revision, "54d4787468");
	assert_int_equal(use->newest_pod_at, 1795400982);
	assert_int_equal(use->pod_count, 1);
	assert_string_equal(use->pod, "web-1");
	assert_false(use->mirror);
	assert_int_equal(fixture->snapshot.pod_count, 1);
	assert_int_equal(fixture->snapshot.ended_pod_count, 0);
}

static void statuses_are_joined_by_name_not_by_index(void **state)
{
	struct fixture *fixture = *state;
	const struct running_use *uses;

	fold(fixture, "{'metadata': {'name': 'debug', 'namespace': 'shop'},"
		      " 'spec': {'containers': [{'name': 'tool', 'image': 'web:1'},"
		      "                         {'name': 'quiet', 'image': 'api:2'}]},"
		      " 'status': {'containerStatuses': ["
		      "  {'name': 'quiet', 'imageID': 'api@sha256:" HEX64 "'},"
		      "  {'name': 'tool', 'imageID': 'web@sha256:" HEX64 "'}]}}");
	uses = finish(fixture, 2);
	assert_string_equal(uses[0].image.container, "quiet");
	assert_string_equal(uses[0].image_id.repository, "library/api");
	assert_string_equal(uses[1].image.container, "tool");
	assert_string_equal(uses[1].image_id.repository, "library/web");
}

#define ONE_CONTAINER(status)                                                            \
	"{'metadata': {'name': 'p', 'namespace': 'n'},"                                  \
	" 'spec': {'containers': [{'name': 'c', 'image': 'web:1'}]},"                    \
	" 'status': {" status "}}"

static const struct {
	const char *label, *pod;
	enum running_state state;
	const char *reason;
} state_cases[] = {
	{ "an unscheduled pod has no statuses", ONE_CONTAINER("'phase': 'Pending'"),
	  RUNNING_PENDING, "" },
	{ "not created: image is the spec's, imageID empty",
	  ONE_CONTAINER("'containerStatuses': [{'name': 'c', 'image': 'web:1',"
			" 'imageID': '', 'state': {'waiting':"
			" {'reason': 'ContainerCreating'}}}]"),
	  RUNNING_PENDING, "" },
	{ "a crash loop waits and keeps its imageID",
	  ONE_CONTAINER("'containerStatuses': [{'name': 'c', 'imageID': '" WEB "',"
			" 'state': {'waiting': {'reason': 'CrashLoopBackOff'}}}]"),
	  RUNNING_STARTED, "" },
	{ "terminated, and the image was there",
	  ONE_CONTAINER("'containerStatuses': [{'name': 'c', 'imageID': '" WEB "',"
			" 'state': {'terminated': {}}}]"),
	  RUNNING_STARTED, "" },
	{ "a status of another container",
	  ONE_CONTAINER("'containerStatuses': [{'name': 'd', 'imageID': '" WEB "'}]"),
	  RUNNING_PENDING, "" },
	{ "a status of another class",
	  ONE_CONTAINER("'initContainerStatuses': [{'name': 'c', 'imageID': '" WEB "'}]"),
	  RUNNING_PENDING, "" },
	{ "ErrImagePull",
	  ONE_CONTAINER("'containerStatuses': [{'name': 'c', 'imageID': '',"
			" 'state': {'waiting': {'reason': 'ErrImagePull'}}}]"),
	  RUNNING_FAILING, "ErrImagePull" },
	{ "ImagePullBackOff, after an image that ran",
	  ONE_CONTAINER("'containerStatuses': [{'name': 'c', 'imageID': '" WEB "',"
			" 'state': {'waiting': {'reason': 'ImagePullBackOff'}}}]"),
	  RUNNING_FAILING, "ImagePullBackOff" },
	{ "an image that may not be pulled, and is not there",
	  ONE_CONTAINER("'containerStatuses': [{'name': 'c',"
			" 'state': {'waiting': {'reason': 'ErrImageNeverPull'}}}]"),
	  RUNNING_FAILING, "ErrImageNeverPull" },
	{ "a container that waits for something else",
	  ONE_CONTAINER("'containerStatuses': [{'name': 'c', 'state': {'waiting':"
			" {'reason': 'CreateContainerConfigError'}}}]"),
	  RUNNING_PENDING, "" },
	{ "InvalidImageName",
	  ONE_CONTAINER("'containerStatuses': [{'name': 'c',"
			" 'state': {'waiting': {'reason': 'InvalidImageName'}}}]"),
	  RUNNING_FAILING, "InvalidImageName" },
};

static void state_is_what_the_kubelet_knows(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(state_cases); i++) {
		const struct running_use *use;

		assert_int_equal(set_up(state), 0);
		fold(*state, state_cases[i].pod);
		use = finish(*state, 1);
		CHECK(state_cases[i].label, use->state == state_cases[i].state);
		CHECK_TEXT(state_cases[i].label, use->reason, state_cases[i].reason);
		tear_down(state);
	}
}

static void every_class_has_its_own_statuses(void **state)
{
	static const enum container_class classes[] = { CLASS_CONTAINER, CLASS_EPHEMERAL,
							CLASS_INIT, CLASS_SIDECAR };
	struct fixture *fixture = *state;
	const struct running_use *uses;

	fold(fixture,
	     "{'metadata': {'name': 'p', 'namespace': 'n'},"
	     " 'spec': {'containers': [{'name': 'a', 'image': 'a:1'}],"
	     "  'initContainers': [{'name': 'c', 'image': 'c:1'},"
	     "   {'name': 'd', 'image': 'd:1', 'restartPolicy': 'Always'}],"
	     "  'ephemeralContainers': [{'name': 'b', 'image': 'b:1'}]},"
	     " 'status': {"
	     "  'containerStatuses': [{'name': 'a', 'imageID': 'a@sha256:" HEX64 "'}],"
	     "  'initContainerStatuses': [{'name': 'd', 'imageID': 'd@sha256:" HEX64 "'},"
	     "   {'name': 'c', 'imageID': 'c@sha256:" HEX64 "'}],"
	     "  'ephemeralContainerStatuses': ["
	     "   {'name': 'b', 'imageID': 'b@sha256:" HEX64 "'}]}}");
	uses = finish(fixture, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(uses[i].image.class, classes[i]);
		assert_int_equal(uses[i].state, RUNNING_STARTED);
		assert_int_equal(uses[i].image_id.repository[strlen("library/")],
				 uses[i].image.container[0]);
	}
}

static void image_volumes_are_pending_until_their_digest_is_reported(void **state)
{
	struct fixture *fixture = *state;
	const struct running_use *uses;

	fold(fixture, "{'metadata': {'name': 'p', 'namespace': 'n'},"
		      " 'spec': {'containers': [], 'volumes': ["
		      "  {'name': 'data', 'image': {'reference': 'data:1'}},"
		      "  {'name': 'model', 'image': {'reference': 'model:1'}},"
		      "  {'name': 'ceph', 'rbd': {'image': 'disk'}}]},"
		      " 'status': {'containerStatuses': [{'name': 'c', 'volumeMounts': ["
		      "  {'name': 'data'},"
		      "  {'name': 'model', 'volumeStatus': {'image': {'imageRef':"
		      "   'model@sha256:" HEX64 "'}}}]}]}}");
	uses = finish(fixture, 2);
	assert_string_equal(uses[0].image.container, "data");
	assert_int_equal(uses[0].image.class, CLASS_IMAGE_VOLUME);
	assert_int_equal(uses[0].state, RUNNING_PENDING);
	assert_int_equal(uses[0].image_id.form, IMAGE_ID_EMPTY);
	assert_string_equal(uses[1].image.container, "model");
	assert_int_equal(uses[1].state, RUNNING_STARTED);
	assert_string_equal(uses[1].image_id.digest.text, "sha256:" HEX64);
}

#define OWNED(pod, labels, references)                                                   \
	"{'metadata': {'name': '" pod "', 'namespace': 'n', 'labels': {" labels "},"     \
	" 'ownerReferences': [" references "]},"                                         \
	" 'spec': {'containers': [{'name': 'c', 'image': 'web:1'}]}}"
#define REFERENCE(version, kind, name, uid)                                              \
	"{'apiVersion': '" version "', 'kind': '" kind "', 'name': '" name               \
	"', 'uid': '" uid "', 'controller': true}"

static void owners_are_followed_by_uid_and_not_by_name(void **state)
{
	struct fixture *fixture = *state;
	const struct running_use *use;

	/* Named as if it belonged to Deployment web. */
	add_owner(fixture, "apps", "ReplicaSet",
		  "{'metadata': {'name': 'web-54d4787468', 'uid': 'set', "
		  "'ownerReferences': [" REFERENCE("apps/v1", "Deployment", "shop-web",
						   "deploy") "]}}");
	add_owner(fixture, "apps", "Deployment",
		  "{'metadata': {'name': 'shop-web', 'uid': 'deploy', "
		  "'ownerReferences': [" REFERENCE("example.com/v1", "Shop", "main",
						   "shop") "]}}");
	fold(fixture, OWNED("web-54d4787468-x", "",
			    REFERENCE("apps/v1", "ReplicaSet", "web-54d4787468", "set")));
	use = finish(fixture, 1);
	assert_int_equal(use->owner_count, 3);
	check_owner(use, 0, "apps", "ReplicaSet", "web-54d4787468");
	check_owner(use, 1, "apps", "Deployment", "shop-web");
	check_owner(use, 2, "example.com", "Shop", "main");
}

static void pods_of_a_job_lead_to_its_cron_job(void **state)
{
	struct fixture *fixture = *state;
	const struct running_use *use;

	add_owner(fixture, "batch", "Job",
		  "{'metadata': {'name': 'nightly-1', 'uid': 'job', 'ownerReferences': "
		  "[" REFERENCE("batch/v1", "CronJob", "nightly", "cron") "]}}");
	fold(fixture,
	     OWNED("nightly-1-x", "", REFERENCE("batch/v1", "Job", "nightly-1", "job")));
	use = finish(fixture, 1);
	assert_int_equal(use->owner_count, 2);
	check_owner(use, 0, "batch", "Job", "nightly-1");
	check_owner(use, 1, "batch", "CronJob", "nightly");
}

static void only_the_controlling_reference_counts(void **state)
{
	struct fixture *fixture = *state;
	const struct running_use *use;

	fold(fixture,
	     OWNED("p", "",
		   "{'apiVersion': 'v1', 'kind': 'ConfigMap', 'name': 'm', 'uid': '1'},"
		   "{'apiVersion': 'v1', 'kind': 'Secret', 'name': 's', 'uid': '2',"
		   " 'controller': false}," REFERENCE("example.com/v1", "Database", "db",
						      "3")));
	use = finish(fixture, 1);
	assert_int_equal(use->owner_count, 1);
	check_owner(use, 0, "example.com", "Database", "db");
}

static void pod_without_a_controller_is_its_own_owner(void **state)
{
	struct fixture *fixture = *state;
	const struct running_use *use;

	fold(fixture, OWNED("debug", "", ""));
	use = finish(fixture, 1);
	assert_int_equal(use->owner_count, 1);
	check_owner(use, 0, "", "Pod", "debug");
}

static void mirror_of_a_static_pod_is_its_own_owner(void **state)
{
	struct fixture *fixture = *state;
	const struct running_use *use;

	fold(fixture,
	     "{'metadata': {'name': 'etcd-node-1', 'namespace': 'kube-system',"
	     "  'annotations': {'kubernetes.io/config.mirror': '0a1b',"
	     "   'kubernetes.io/config.source': 'file'},"
	     "  'ownerReferences': [" REFERENCE(
		     "v1", "Node", "node-1", "uid") "]},"
						    " 'spec': {'containers': [{'name': "
						    "'etcd', 'image': 'etcd:3'}]}}");
	use = finish(fixture, 1);
	assert_true(use->mirror);
	assert_int_equal(use->owner_count, 1);
	check_owner(use, 0, "", "Pod", "etcd-node-1");
}

static void fold_deleted(struct fixture *fixture, const char *name, const char *time)
{
	fold(fixture,
	     arena_printf(
		     &fixture->arena,
		     "{'metadata': {'name': '%s', 'namespace': 'shop',"
		     "  'deletionTimestamp': %s,"
		     "  'ownerReferences': [" REFERENCE(
			     "x/v1", "X", "web",
			     "1") "]},"
				  " 'spec': {'containers': [{'name': 'web', 'image': 'web:1'}]}}",
		     name, time));
}

/* The grace period ends at the deletionTimestamp; what outlives it is stuck. */
static void deleted_pods_are_ending_until_their_grace_period_has_passed(void **state)
{
	struct fixture *fixture = *state;
	const struct running_use *uses;

	fixture->pods.now = 1795400984; /* 02:29:44 */
	fold_deleted(fixture, "a", "'2026-11-23T06:00:00Z'");
	fold_deleted(fixture, "b", "'2026-11-23T02:28:00Z'");
	fold_deleted(fixture, "c", "'2026-11-23T02:27:00Z'");
	fold_deleted(fixture, "d", "null");
	fold_deleted(fixture, "e", "'never'");
	uses = finish(fixture, 2);
	assert_false(uses[0].ending);
	assert_string_equal(uses[0].pod, "c");
	assert_int_equal(uses[0].pod_count, 3);
	assert_true(uses[1].ending);
	assert_int_equal(uses[1].pod_count, 2);
}

static void owners_in_a_circle_end(void **state)
{
	struct fixture *fixture = *state;

	add_owner(fixture, "apps", "ReplicaSet",
		  "{'metadata': {'name': 'a', 'uid': '1', 'ownerReferences': "
		  "[" REFERENCE("apps/v1", "Deployment", "b", "2") "]}}");
	add_owner(fixture, "apps", "Deployment",
		  "{'metadata': {'name': 'b', 'uid': '2', 'ownerReferences': "
		  "[" REFERENCE("apps/v1", "ReplicaSet", "a", "1") "]}}");
	fold(fixture, OWNED("p", "", REFERENCE("apps/v1", "ReplicaSet", "a", "1")));
	assert_int_equal(finish(fixture, 1)->owner_count, OWNER_CHAIN);
}

static void owner_made_again_under_its_name_is_one_use(void **state)
{
	struct fixture *fixture = *state;
	const struct running_use *use;

	fold(fixture, OWNED("a", "", REFERENCE("apps/v1", "DaemonSet", "agent", "old")));
	fold(fixture, OWNED("b", "", REFERENCE("apps/v1", "DaemonSet", "agent", "new")));
	use = finish(fixture, 1);
	assert_int_equal(use->pod_count, 2);
	assert_string_equal(use->pod, "a");
}

static void ended_pods_are_left_out_and_counted(void **state)
{
	struct fixture *fixture = *state;

	fold(fixture, ONE_CONTAINER("'phase': 'Succeeded'"));
	fold(fixture, ONE_CONTAINER("'phase': 'Failed'"));
	fold(fixture, ONE_CONTAINER("'phase': 'Running'"));
	assert_int_equal(finish(fixture, 1)->pod_count, 1);
	assert_int_equal(fixture->snapshot.pod_count, 3);
	assert_int_equal(fixture->snapshot.ended_pod_count, 2);
}

static void ended_pods_are_taken_where_asked_for(void **state)
{
	struct fixture *fixture = *state;

	fixture->pods.all_phases = true;
	fold(fixture, ONE_CONTAINER("'phase': 'Succeeded'"));
	finish(fixture, 1);
	assert_int_equal(fixture->snapshot.ended_pod_count, 0);
}

static const struct {
	const char *label, *labels, *revision, *generation;
} revision_cases[] = {
	{ "none", "'app': 'web'", "", "" },
	{ "Deployment", "'pod-template-hash': 'd'", "d", "" },
	{ "StatefulSet", "'controller-revision-hash': 'db-1'", "db-1", "" },
	{ "DaemonSet", "'controller-revision-hash': 'r', 'pod-template-generation': '7'",
	  "r", "7" },
	{ "Rollout", "'pod-template-hash': 'x', 'rollouts-pod-template-hash': 'y'", "y",
	  "" },
};

static void revision_is_a_label_and_not_part_of_a_name(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(revision_cases); i++) {
		const struct running_use *use;
		struct fixture *fixture;

		assert_int_equal(set_up(state), 0);
		fixture = *state;
		fold(fixture, arena_printf(&fixture->arena,
					   "{'metadata': {'name': 'web-54d4787468-x',"
					   " 'labels': {%s}}, 'spec': {'containers':"
					   " [{'name': 'c', 'image': 'i'}]}}",
					   revision_cases[i].labels));
		use = finish(fixture, 1);
		CHECK_TEXT(revision_cases[i].label, use->revision,
			   revision_cases[i].revision);
		CHECK_TEXT(revision_cases[i].label, use->generation,
			   revision_cases[i].generation);
		tear_down(state);
	}
}

/* Pods of one workload: what differs makes a use of its own, the rest is one. */
#define OF_WEB(pod, created, hash, node, image, id)                                      \
	"{'metadata': {'name': '" pod "', 'namespace': 'n',"                             \
	" 'creationTimestamp': '" created "', 'labels': {'pod-template-hash': '" hash    \
	"'}, 'ownerReferences': [" REFERENCE(                                            \
		"apps/v1", "ReplicaSet", "web",                                          \
		"uid") "]},"                                                             \
		       " 'spec': {'nodeName': '" node                                    \
		       "', 'containers': [{'name': 'c', 'image': '" image                \
		       "'}]}, 'status': {'containerStatuses': [{'name': 'c', "           \
		       "'imageID': '" id "'}]}}"

static const char *const pods_of_web[] = {
	OF_WEB("web-c", "2026-11-23T02:00:00Z", "h", "node-1", "web:1", WEB),
	OF_WEB("web-a", "2026-11-23T01:00:00Z", "h", "node-1", "web:1", WEB),
	OF_WEB("web-b", "2026-11-23T03:00:00Z", "h", "node-1", "web:1", WEB),
	OF_WEB("web-d", "2026-11-23T01:00:00Z", "h", "node-2", "web:1", WEB),
	OF_WEB("web-e", "2026-11-23T01:00:00Z", "h", "node-1", "web:1", HEX64),
	OF_WEB("web-f", "2026-11-23T01:00:00Z", "h", "node-1", "web:2", WEB),
	OF_WEB("web-g", "2026-11-23T01:00:00Z", "i", "node-1", "web:1", WEB),
};

static void equal_pods_are_folded_and_others_are_not(void **state)
{
	struct fixture *fixture = *state;
	const struct running_use *found = NULL, *uses;

	for (size_t i = 0; i < ARRAY_LENGTH(pods_of_web); i++)
		fold(fixture, pods_of_web[i]);
	uses = finish(fixture, 5);
	for (size_t i = 0; i < 5; i++) {
		if (uses[i].pod_count == 3)
			found = &uses[i];
	}
	assert_non_null(found);
	assert_string_equal(found->pod, "web-a");
	assert_int_equal(found->newest_pod_at, 1795402800);
	assert_string_equal(found->platform.os, "linux");
}

static void order_of_pages_does_not_show(void **state)
{
	void *other = NULL;
	const struct running_use *uses, *reverse;
	size_t count = ARRAY_LENGTH(pods_of_web);

	assert_int_equal(set_up(&other), 0);
	for (size_t i = 0; i < count; i++) {
		fold(*state, pods_of_web[i]);
		fold(other, pods_of_web[count - 1 - i]);
	}
	uses = finish(*state, 5);
	reverse = finish(other, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(uses[i].pod, reverse[i].pod);
		assert_int_equal(uses[i].pod_count, reverse[i].pod_count);
		assert_int_equal(uses[i].newest_pod_at, reverse[i].newest_pod_at);
		assert_string_equal(uses[i].image_id_text, reverse[i].image_id_text);
	}
	tear_down(&other);
}

static void list_that_begins_anew_leaves_nothing_of_the_old_one(void **state)
{
	struct fixture *fixture = *state;

	fold(fixture, OWNED("old", "", ""));
	kube_pods_forget(&fixture->pods);
	fold(fixture, OWNED("new", "", ""));
	assert_string_equal(finish(fixture, 1)->pod, "new");
	assert_int_equal(fixture->snapshot.pod_count, 1);
}

static void pod_with_endless_containers_is_refused(void **state)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT((size_t)1024 * 1024);
	struct fixture *fixture = *state;

	buf_puts(&text, "{'metadata': {'name': 'p'}, 'spec': {'containers': [");
	for (int i = 0; i <= KUBE_POD_IMAGES; i++)
		buf_printf(&text, "%s{'name': 'c%d', 'image': 'i'}", i ? "," : "", i);
	buf_puts(&text, "]}}");
	assert_false(kube_pods_fold(&fixture->pods,
				    read_json(fixture, buf_text(&text), kube_pod_shape),
				    &fixture->err));
	assert_int_equal(fixture->err.code, ERROR_LIMIT);
}

static void odd_shapes_are_no_trouble(void **state)
{
	static const char *const pods[] = {
		"{'metadata': {'ownerReferences': [null, 7, {'controller': true}]},"
		" 'spec': {'containers': [{}]}}",
		("{'spec': {'containers': [{'image': ['x']}]}, 'status': "
		 "{'containerStatuses': [null, {'imageID': {}, 'state': 'x'}]}}"),
		"{'spec': {'containers': [{'name': ['c']}]}, 'status': 7}",
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(pods); i++)
		fold(fixture, pods[i]);
	finish(fixture, 1);
	assert_int_equal(fixture->snapshot.running[0].image.state, REFERENCE_EMPTY);
}

/* No API server keeps such a pod: something else answered, or took them out. */
static void pods_that_show_no_containers_are_refused(void **state)
{
	static const char *const pods[] = {
		"{}",
		"{'metadata': null, 'spec': null, 'status': null}",
		"{'metadata': [], 'spec': 'x', 'status': 7}",
		"{'spec': {'containers': {'name': 'c'}}}",
		"{'spec': {'containers': [null, 'x', []]}}",
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(pods); i++) {
		const struct node *pod = read_json(fixture, pods[i], kube_pod_shape);
		struct error err = ERROR_INIT;

		assert_false(kube_pods_fold(&fixture->pods, pod, &err));
		assert_string_equal(err.text, "pod '' shows no containers");
	}
}

static void fold_on(struct fixture *fixture, const char *name, const char *node)
{
	fold(fixture,
	     arena_printf(&fixture->arena,
			  "{'metadata': {'name': '%s', 'namespace': 'shop',"
			  "  'creationTimestamp': '2026-11-23T02:29:4%cZ',"
			  "  'ownerReferences': [{'controller': true, 'kind': 'X',"
			  "   'apiVersion': 'x/v1', 'name': 'web', 'uid': '1'}]},"
			  " 'spec': {'nodeName': '%s',"
			  "  'containers': [{'name': 'web', 'image': 'web:1.0'}]}}",
			  name, name[strlen(name) - 1], node));
}

static void pods_that_come_before_their_nodes_are_folded_all_the_same(void **state)
{
	struct fixture *fixture = *state;
	const struct running_use *uses;

	fixture->pods.late_nodes = true;
	fold_on(fixture, "web-3", "node-1");
	fold_on(fixture, "web-4", "node-2");
	fold_on(fixture, "web-1", "node-9");
	fold_on(fixture, "web-2", "node-2");
	*table_slot(&fixture->platforms, "node-2", strlen("node-2"), NULL) =
		(void *)pool_keep(&fixture->pool, "linux/arm64");
	uses = finish(fixture, 2);
	assert_string_equal(uses[0].platform.architecture, "");
	assert_string_equal(uses[0].pod, "web-1");
	assert_int_equal(uses[0].pod_count, 1);
	assert_string_equal(uses[1].platform.architecture, "arm64");
	assert_string_equal(uses[1].pod, "web-2");
	assert_int_equal(uses[1].pod_count, 3);
	assert_int_equal(uses[1].newest_pod_at, 1795400984);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_pod_is_read_whole),
		TEST(statuses_are_joined_by_name_not_by_index),
		cmocka_unit_test(state_is_what_the_kubelet_knows),
		TEST(every_class_has_its_own_statuses),
		TEST(image_volumes_are_pending_until_their_digest_is_reported),
		TEST(owners_are_followed_by_uid_and_not_by_name),
		TEST(pods_of_a_job_lead_to_its_cron_job),
		TEST(only_the_controlling_reference_counts),
		TEST(pod_without_a_controller_is_its_own_owner),
		TEST(mirror_of_a_static_pod_is_its_own_owner),
		TEST(deleted_pods_are_ending_until_their_grace_period_has_passed),
		TEST(owners_in_a_circle_end),
		TEST(owner_made_again_under_its_name_is_one_use),
		TEST(ended_pods_are_left_out_and_counted),
		TEST(ended_pods_are_taken_where_asked_for),
		cmocka_unit_test(revision_is_a_label_and_not_part_of_a_name),
		TEST(equal_pods_are_folded_and_others_are_not),
		TEST(order_of_pages_does_not_show),
		TEST(list_that_begins_anew_leaves_nothing_of_the_old_one),
		TEST(pods_that_come_before_their_nodes_are_folded_all_the_same),
		TEST(pod_with_endless_containers_is_refused),
		TEST(odd_shapes_are_no_trouble),
		TEST(pods_that_show_no_containers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
