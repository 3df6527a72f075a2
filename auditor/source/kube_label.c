#include "source/kube_label.h"

#include "source/kube_shape.h"

/* One kind that stands between pods and what people wrote. */
struct kube_label_rule {
	const char *group, *kind; /* of the owner that is known */
	const char *name_label;   /* NULL: it has the name of the one above */
	const char *kind_label;   /* NULL: always of `above_kind` */
	const char *above_group, *above_kind;
};

/* The first of a kind whose label is there. */
static const struct kube_label_rule rules[] = {
	{ "serving.knative.dev", "Revision", KUBE_KNATIVE_SERVICE, NULL,
	  "serving.knative.dev", "Service" },
	{ "serving.knative.dev", "Revision", KUBE_KNATIVE_CONFIGURATION, NULL,
	  "serving.knative.dev", "Configuration" },
	{ "core.strimzi.io", "StrimziPodSet", KUBE_STRIMZI_CLUSTER, KUBE_STRIMZI_KIND,
	  "kafka.strimzi.io", "" },
	{ "tekton.dev", "TaskRun", KUBE_TEKTON_PIPELINE_RUN, NULL, "tekton.dev",
	  "PipelineRun" },
	{ "kubevirt.io", "VirtualMachineInstance", NULL, NULL, "kubevirt.io",
	  "VirtualMachine" },
};

struct kube_label kube_label_read(const struct node *labels, struct pool *pool)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
		const struct kube_label_rule *rule = &rules[i];
		const char *name =
			rule->name_label ? node_text(labels, rule->name_label) : "";
		const char *kind = rule->kind_label ? node_text(labels, rule->kind_label)
						    : rule->above_kind;

		if (name[0] && kind[0])
			return (struct kube_label){ rule, pool_keep(pool, kind),
						    pool_keep(pool, name) };
	}
	return (struct kube_label){ NULL, pool_keep(pool, ""), pool_keep(pool, "") };
}

static bool is_below(const struct kube_label_rule *rule, const struct object_id *owner)
{
	return strcmp(rule->kind, owner->kind) == 0 &&
	       strcmp(rule->group, owner->api_group) == 0;
}

void kube_label_extend(const struct kube_label *label, struct running_use *use)
{
	const struct object_id last = use->owners[use->owner_count - 1];

	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
		const struct kube_label_rule *rule = &rules[i];
		bool named = rule == label->rule;

		if (use->owner_count == OWNER_CHAIN || !is_below(rule, &last) ||
		    (rule->name_label && !named))
			continue;
		use->owners[use->owner_count++] = (struct object_id){
			rule->above_group,
			named ? label->kind : rule->above_kind,
			named ? label->name : last.name,
		};
		use->labelled = true;
		return;
	}
}
