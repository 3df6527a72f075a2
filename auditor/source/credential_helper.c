#include "source/credential_helper.h"

#include "base/log.h"
#include "base/process.h"

#include <jansson.h>

#define PREFIX "docker-credential-"
#define REASON_LENGTH 120
#define NOT_FOUND "credentials not found in native keychain"

static const struct docker_login none = { "", "", "", "", "" };

static struct docker_login with_problem(const char *problem)
{
	struct docker_login login = none;

	login.problem = problem;
	return login;
}

/* A name that is part of a program's name, and no path to one. */
static bool is_plain_name(const char *name)
{
	return name[0] && name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
					    "RSTUVWXYZ0123456789._-")] == '\0';
}

static const char *text_of(struct arena *arena, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return arena_strdup(arena, text ? text : "");
}

static struct docker_login read_credentials(struct arena *arena, const json_t *root)
{
	struct docker_login login = none;
	const char *secret = text_of(arena, root, "Secret");

	log_add_secret(secret);
	login.username = text_of(arena, root, "Username");
	if (strcmp(login.username, "<token>") == 0) {
		login.username = "";
		login.identity_token = secret;
	} else {
		login.password = secret;
	}
	return login;
}

/* Of the first line, as much as a reason should hold. */
static int line_length(const char *text)
{
	size_t length = strcspn(text, "\r\n");

	return length < REASON_LENGTH ? (int)length : REASON_LENGTH;
}

struct docker_login credential_helper_read(struct arena *arena, const char *name,
					   const char *answer, size_t length,
					   bool succeeded)
{
	struct docker_login login;
	json_t *root;

	if (!succeeded && strncmp(answer, NOT_FOUND, strlen(NOT_FOUND)) == 0)
		return none;
	if (!succeeded)
		return with_problem(arena_printf(arena, PREFIX "%s failed: %.*s", name,
						 line_length(answer), answer));
	root = json_loadb(answer, length, JSON_REJECT_DUPLICATES, NULL);
	login = json_is_object(root)
			? read_credentials(arena, root)
			: with_problem(arena_printf(
				  arena, PREFIX "%s did not answer in JSON", name));
	json_decref(root);
	return login;
}

struct docker_login credential_helper_get(struct arena *arena, const char *name,
					  const char *server)
{
	CLEANUP(buf_release) struct buf answer = BUF_INIT(CREDENTIAL_HELPER_BYTES);
	const char *argv[] = { NULL, "get", NULL };
	struct error err = ERROR_INIT;
	int status;

	if (!is_plain_name(name))
		return with_problem("the name of a credential helper is no plain name");
	argv[0] = arena_printf(arena, PREFIX "%s", name);
	if (!process_run(argv, server, CREDENTIAL_HELPER_SECONDS, &answer, &status, &err))
		return with_problem(arena_strdup(arena, err.text));
	return credential_helper_read(arena, name, buf_text(&answer), answer.length,
				      status == 0);
}
