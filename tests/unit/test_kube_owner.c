#include "source/kube_owner.h"

#include "base/buf.h"

#include "tests/unit/check.h"

#define NONE                                                                             \
	{                                                                                \
		"", "", "", ""                                                           \
	}
#define BY(kind, uid)                                                                    \
	{                                                                                \
		"apps/v1", kind, kind "-name", uid                                       \
	}

static struct kube_workload workload(const char *kind, const char *uid,
				     struct kube_reference controller)
{
	return (struct kube_workload){
		.uid = uid,
		.controller = controller,
		.pod_hash = "",
		.number = "",
		.template_of = NONE,
		.live = { .object = { "apps", kind, uid }, .revision = "" },
	};
}

/* "Kind/name Kind/name": from the nearest up. */
static const char *chain_of(const struct kube_owners *owners,
			    const struct kube_reference *reference, struct buf *out)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct pool pool = POOL_INIT(&arena);
	struct object_id chain[OWNER_CHAIN];
	size_t count = kube_owners_chain(owners, reference, &pool, chain);

	buf_clear(out);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s/%s", i ? " " : "", chain[i].kind, chain[i].name);
	return buf_text(out);
}

static void a_chain_follows_uids_to_its_end(void **state)
{
	struct kube_workload workloads[] = {
		workload("ReplicaSet", "rs",
			 (struct kube_reference)BY("Deployment", "dep")),
		workload("Deployment", "dep",
			 (struct kube_reference)BY("App", "elsewhere")),
		workload("Job", "job", (struct kube_reference)NONE),
		workload("A", "a", (struct kube_reference)BY("B", "b")),
		workload("B", "b", (struct kube_reference)BY("A", "a")),
		workload("Orphan", "", (struct kube_reference)NONE),
		workload("Rollout", "ro", (struct kube_reference)NONE),
	};
	static const struct {
		const char *label;
		struct kube_reference reference;
		const char *chain;
	} cases[] = {
		{ "none", NONE, "" },
		{ "one that ends", BY("Job", "job"), "Job/job" },
		{ "the last one is in no list: its name is all there is",
		  BY("ReplicaSet", "rs"), "ReplicaSet/rs Deployment/dep App/App-name" },
		{ "whose template it takes comes first", BY("Rollout", "ro"),
		  "Deployment/Deployment-name Rollout/ro" },
		{ "nor is the first", BY("Custom", "unseen"), "Custom/Custom-name" },
		{ "a name says nothing", BY("Deployment", ""),
		  "Deployment/Deployment-name" },
	};
	CLEANUP(kube_owners_release) struct kube_owners owners = { TABLE_INIT };
	CLEANUP(buf_release) struct buf out = BUF_INIT(10000);
	const struct kube_reference ring = BY("A", "a");

	(void)state;
	workloads[6].template_of = (struct kube_reference)BY("Deployment", "");
	for (size_t i = 0; i < ARRAY_LENGTH(workloads); i++)
		kube_owners_add(&owners, &workloads[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		CHECK_TEXT(cases[i].label, chain_of(&owners, &cases[i].reference, &out),
			   cases[i].chain);
	/* Owners that own each other end somewhere. */
	chain_of(&owners, &ring, &out);
	assert_int_equal(strncmp(buf_text(&out), "A/a B/b A/a", strlen("A/a B/b A/a")),
			 0);
}

static void a_deployment_has_the_revision_of_its_own_replica_set(void **state)
{
	/* Its ReplicaSet may have been made behind the list's back. */
	static const struct {
		const char *label, *own, *owner, *number, *revision;
	} cases[] = {
		{ "the same number", "2", "dep", "2", "hash" },
		{ "an older one", "2", "dep", "1", KUBE_REVISION_UNMADE },
		{ "no number", "2", "dep", "", KUBE_REVISION_UNMADE },
		{ "another's", "2", "other", "2", KUBE_REVISION_UNMADE },
		{ "it has no number itself", "", "dep", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct kube_workload deployment =
			workload("Deployment", "dep", (struct kube_reference)NONE);
		struct kube_workload set =
			workload("ReplicaSet", "rs", (struct kube_reference)NONE);
		CLEANUP(kube_owners_release)
		struct kube_owners owners = { TABLE_INIT };

		deployment.number = cases[i].own;
		set.controller.uid = cases[i].owner;
		set.number = cases[i].number;
		set.pod_hash = "hash";
		kube_owners_add(&owners, &set);
		kube_owners_add(&owners, &deployment);
		kube_owners_finish(&owners);
		CHECK_TEXT(cases[i].label, deployment.live.revision, cases[i].revision);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_follows_uids_to_its_end),
		cmocka_unit_test(a_deployment_has_the_revision_of_its_own_replica_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
