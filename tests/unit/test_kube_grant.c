#include "source/kube_grant.h"

#include "tests/unit/check.h"

#define CANNOT " cannot list resource \"pods\" in API group \"\" at the cluster scope"

static const struct {
	const char *label, *namespace, *refusal, *commands;
} cases[] = {
	{ "a namespace", "shop", "pods is forbidden: User \"jane\"" CANNOT,
	  "kubectl create role pindrift-list -n shop --verb=list "
	  "--resource=pods,jobs.batch; "
	  "kubectl create rolebinding pindrift-list -n shop --role=pindrift-list "
	  "--user=jane" },
	{ "the cluster, a service account", "",
	  "pods is forbidden: User \"system:serviceaccount:audit:pindrift\"" CANNOT,
	  "kubectl create clusterrole pindrift-list --verb=list "
	  "--resource=pods,jobs.batch; "
	  "kubectl create clusterrolebinding pindrift-list --clusterrole=pindrift-list "
	  "--user=system:serviceaccount:audit:pindrift" },
};

static void a_role_and_its_binding_for_who_was_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;

		CHECK_TEXT(cases[i].label,
			   kube_grant_list(cases[i].namespace, "pods,jobs.batch",
					   cases[i].refusal, &arena),
			   cases[i].commands);
	}
}

/* The message is foreign, and what is printed will be pasted into a shell. */
static void a_name_that_a_shell_would_read_is_left_out(void **state)
{
	static const char *const refusals[] = {
		"no",
		"User \"\" cannot",
		"User \"$(reboot)\" cannot",
		"User \"a b\" cannot",
		"User \"a';b\" cannot",
		"User \"a\\nb\" cannot",
		"User \"a",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		const char *text = kube_grant_list("", "pods", refusals[i], &arena);

		CHECK_TEXT(refusals[i], strstr(text, "--user="), "--user=USER");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_role_and_its_binding_for_who_was_refused),
		cmocka_unit_test(a_name_that_a_shell_would_read_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
