#include "source/kube_owner.h"

#include "model/workload.h"

static struct kube_workload *find(const struct kube_owners *owners, const char *uid)
{
	return uid[0] ? table_find(&owners->by_uid, uid, strlen(uid)) : NULL;
}

void kube_owners_add(struct kube_owners *owners, struct kube_workload *workload)
{
	const char **key;
	void **slot;

	if (!workload->uid[0])
		return;
	slot = table_slot(&owners->by_uid, workload->uid, strlen(workload->uid), &key);
	*key = workload->uid;
	*slot = workload;
}

void kube_owners_release(struct kube_owners *owners)
{
	table_release(&owners->by_uid);
}

static void take_revision(const struct kube_workload *set,
			  struct kube_workload *deployment)
{
	struct live_workload *live = &deployment->live;

	if (strcmp(live->object.kind, "Deployment") == 0 && !live->revision[0] &&
	    set->number[0] && strcmp(set->number, deployment->number) == 0)
		live->revision = set->pod_hash;
}

/*
 * A Deployment has its number from a ReplicaSet.  Where none has that, it was made behind
 * the list's back: none of those that are known is the current one.
 */
static void mark_unmade(struct kube_workload *deployment)
{
	struct live_workload *live = &deployment->live;

	if (strcmp(live->object.kind, "Deployment") == 0 && deployment->number[0] &&
	    !live->revision[0])
		live->revision = KUBE_REVISION_UNMADE;
}

void kube_owners_finish(struct kube_owners *owners)
{
	for (size_t i = 0; i < owners->by_uid.count; i++) {
		const struct kube_workload *set = owners->by_uid.entries[i].value;
		struct kube_workload *owner = find(owners, set->controller.uid);

		if (owner && strcmp(set->live.object.kind, "ReplicaSet") == 0)
			take_revision(set, owner);
	}
	for (size_t i = 0; i < owners->by_uid.count; i++)
		mark_unmade(owners->by_uid.entries[i].value);
}

static struct object_id object_of(const struct kube_reference *reference,
				  struct pool *pool)
{
	return (struct object_id){
		api_group_of(reference->api_version, pool->arena),
		reference->kind,
		reference->name,
	};
}

size_t kube_owners_chain(const struct kube_owners *owners,
			 const struct kube_reference *reference, struct pool *pool,
			 struct object_id chain[OWNER_CHAIN])
{
	size_t count = 0;

	while (reference->kind[0] && count < OWNER_CHAIN) {
		const struct kube_workload *owner = find(owners, reference->uid);

		if (!owner) {
			chain[count++] = object_of(reference, pool);
			break;
		}
		/* Who says which image is to run is nearer than who runs it. */
		if (owner->template_of.kind[0] && count + 1 < OWNER_CHAIN)
			chain[count++] = object_of(&owner->template_of, pool);
		chain[count++] = owner->live.object;
		reference = &owner->controller;
	}
	return count;
}
