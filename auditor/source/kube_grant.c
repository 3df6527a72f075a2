#include "source/kube_grant.h"

#include <ctype.h>

#define ROLE "pindrift-list"

/* A character that means itself to a shell. */
static bool is_plain(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("@%+=:,./_-", c));
}

/* kube-apiserver: `pods is forbidden: User "jane" cannot list resource "pods" …`. */
static const char *user_of(const char *refusal, struct arena *arena)
{
	static const char before[] = "User \"";
	const char *user = strstr(refusal, before);
	size_t length = 0;

	if (!user)
		return "USER";
	user += strlen(before);
	while (is_plain(user[length]))
		length++;
	return length > 0 && user[length] == '"' ? arena_strndup(arena, user, length)
						 : "USER";
}

const char *kube_grant_list(const char *namespace, const char *resources,
			    const char *refusal, struct arena *arena)
{
	const char *scope = namespace[0] ? "" : "cluster";
	const char *where = namespace[0] ? arena_printf(arena, " -n %s", namespace) : "";

	return arena_printf(
		arena,
		"kubectl create %srole " ROLE "%s --verb=list --resource=%s; "
		"kubectl create %srolebinding " ROLE "%s --%srole=" ROLE " --user=%s",
		scope, where, resources, scope, where, scope, user_of(refusal, arena));
}
