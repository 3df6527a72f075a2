#include "commands/pin_kubectl.h"

/* What `kubectl set image` takes, by the names that it has for them. */
static const struct {
	const char *api_group, *kind, *resource;
} resources[] = {
	{ "", "Pod", "pod" },
	{ "", "ReplicationController", "replicationcontroller" },
	{ "apps", "DaemonSet", "daemonset" },
	{ "apps", "Deployment", "deployment" },
	{ "apps", "ReplicaSet", "replicaset" },
	{ "apps", "StatefulSet", "statefulset" },
	{ "batch", "CronJob", "cronjob" },
};

static const char *resource_of(const struct object_id *object)
{
	for (size_t i = 0; i < ARRAY_LENGTH(resources); i++) {
		if (strcmp(resources[i].api_group, object->api_group) == 0 &&
		    strcmp(resources[i].kind, object->kind) == 0)
			return resources[i].resource;
	}
	return NULL;
}

/* A name as the API server takes it (RFC 1123), which no shell reads anything into. */
static bool is_name(const char *text)
{
	return text[0] && text[0] != '-' &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-")] == '\0';
}

/* What keeps kubectl from setting a use's image; NULL for nothing. */
static const char *use_problem(const struct declared_use *use)
{
	enum container_class class = use->image.class;

	if (!resource_of(&use->object))
		return "kubectl set image does not take this kind";
	if (class == CLASS_EPHEMERAL || class == CLASS_IMAGE_VOLUME)
		return "kubectl set image sets those of containers and init containers";
	if (!is_name(use->object.name) || !is_name(use->image.container) ||
	    (use->namespace[0] && !is_name(use->namespace)))
		return "its names are none that an API server takes";
	return NULL;
}

static bool same_workload(const struct declared_use *a, const struct declared_use *b)
{
	return object_id_equal(&a->object, &b->object) &&
	       strcmp(a->namespace, b->namespace) == 0;
}

static void begin_command(struct buf *out, const struct declared_use *use,
			  const char *namespace)
{
	const char *in = use->namespace[0] ? use->namespace : namespace;

	buf_printf(out, "kubectl set image%s%s %s/%s", in[0] ? " -n " : "", in,
		   resource_of(&use->object), use->object.name);
}

size_t pin_kubectl_print(struct pin_plan *plan, const char *namespace, struct buf *out)
{
	const struct snapshot *facts = plan->facts;
	const struct declared_use *open = NULL; /* whose command is not ended yet */
	size_t count = 0;

	for (size_t i = 0; i < facts->declared_count; i++) {
		const struct declared_use *use = &facts->declared[i];
		/* What a kustomization does to workloads is a gap. */
		const char *text = use->overrides ? NULL : pin_plan_text(plan, use);
		const char *problem = text ? use_problem(use) : NULL;

		if (problem)
			pin_plan_refuse_use(plan, PIN_OWN_SAKE, use, problem);
		if (!text || problem)
			continue;
		if (!open || !same_workload(open, use)) {
			buf_puts(out, open ? "\n" : "");
			begin_command(out, use, namespace);
			open = use;
		}
		buf_printf(out, " %s=%s", use->image.container, text);
		count++;
	}
	buf_puts(out, open ? "\n" : "");
	return count;
}
