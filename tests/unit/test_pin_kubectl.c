#include "commands/pin_kubectl.h"

#include "tests/unit/pin_world.h"

#define AT "@" PIN_WORLD_DIGEST
#define OBJECT(version, kind, names, template)                                           \
	"apiVersion: " version "\nkind: " kind "\nmetadata: {" names "}\n"               \
	"spec: " template "\n---\n"
#define PODS(containers) "{template: {spec: {" containers "}}}"

static const struct {
	const char *label, *file, *namespace;
	const char *printed, *refusals;
} cases[] = {
	{ "one command a workload",
	  OBJECT("apps/v1", "Deployment", "name: web, namespace: shop",
		 PODS("initContainers: [{name: i, image: i:1}], "
		      "containers: [{name: a, image: a:1}, {name: b, image: b:1}]"))
		  OBJECT("v1", "Pod", "name: p, namespace: shop",
			 "{containers: [{name: c, image: c:1}]}"),
	  "",
	  "kubectl set image -n shop deployment/web a=a:1" AT " b=b:1" AT " i=i:1" AT
	  "\nkubectl set image -n shop pod/p c=c:1" AT "\n",
	  "" },
	{ "the namespace of manifests that name none",
	  OBJECT("apps/v1", "StatefulSet", "name: db",
		 PODS("containers: [{name: a, image: a:1}]")),
	  "stage", "kubectl set image -n stage statefulset/db a=a:1" AT "\n", "" },
	{ "or kubectl's own",
	  OBJECT("apps/v1", "DaemonSet", "name: db",
		 PODS("containers: [{name: a, image: a:1}]")),
	  "", "kubectl set image daemonset/db a=a:1" AT "\n", "" },
	{ "what is pinned is not set",
	  OBJECT("apps/v1", "Deployment", "name: web",
		 PODS("containers: [{name: a, image: 'a:1" AT
		      "'}, {name: b, image: b:1}]")),
	  "", "kubectl set image deployment/web b=b:1" AT "\n", "" },
	{ "a kind that kubectl does not set",
	  OBJECT("batch/v1", "Job", "name: j",
		 PODS("containers: [{name: a, image: a:1}]")),
	  "", "",
	  "own-sake a.yaml:4:56: could not pin a:1: kubectl set image does not take this "
	  "kind\n" },
	{ "names that a shell would read something into",
	  OBJECT("apps/v1", "Deployment", "name: 'web; reboot'",
		 PODS("containers: [{name: a, image: a:1}]"))
		  OBJECT("apps/v1", "Deployment", "name: web",
			 PODS("containers: [{name: '$(reboot)', image: a:1}]"))
			  OBJECT("apps/v1", "Deployment", "name: web, namespace: '--all'",
				 PODS("containers: [{name: a, image: a:1}]")),
	  "", "",
	  "own-sake a.yaml:4:56: could not pin a:1: its names are none that an API server "
	  "takes\n"
	  "own-sake a.yaml:9:66: could not pin a:1: its names are none that an API server "
	  "takes\n"
	  "own-sake a.yaml:14:56: could not pin a:1: its names are none that an API server "
	  "takes\n" },
};

static void commands_set_what_kubectl_takes_and_nothing_else(void **state)
{
	const struct pin_wish wish = { false, false, false };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buf_release) struct buf refusals = BUF_INIT(10000);
		CLEANUP(buf_release) struct buf out = BUF_INIT(10000);
		CLEANUP(pin_world_release) struct pin_world world;

		pin_world_init(&world, "a.yaml", cases[i].file, wish);
		pin_kubectl_print(&world.plan, cases[i].namespace, &out);
		pin_world_list_refusals(&refusals, &world);
		CHECK_TEXT(cases[i].label, buf_text(&out), cases[i].printed);
		CHECK_TEXT(cases[i].label, buf_text(&refusals), cases[i].refusals);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_set_what_kubectl_takes_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
