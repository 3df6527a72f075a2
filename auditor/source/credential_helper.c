#include "source/credential_helper.h"

#include "base/log.h"
#include "base/process.h"
#include "source/url.h"

#include <jansson.h>

#define PREFIX "docker-credential-"
#define NAME_LENGTH 64
#define NOT_FOUND "credentials not found in native keychain"
#define TOKEN_USER "<token>"

static const struct docker_login none = { "", "", "", "", "", "" };

static void value_release(json_t **value)
{
	json_decref(*value);
}

/* A part of a program's name, and no path to another one. */
static bool is_plain_name(const char *name)
{
	static const char usual[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-";
	size_t length = strlen(name);

	return length <= NAME_LENGTH && strspn(name, usual) == length &&
	       strspn(name, ".") < length;
}

/* The text under `key`, "" where there is none; NULL where it is something else. */
static const char *text_of(struct arena *arena, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!value || json_is_null(value))
		return "";
	return json_is_string(value) ? arena_strdup(arena, json_string_value(value))
				     : NULL;
}

bool credential_helper_read(struct docker_login *login, struct arena *arena,
			    const char *answer, size_t length, struct error *err)
{
	CLEANUP(value_release) json_t *root = NULL;
	const char *username, *secret;

	*login = none;
	root = json_loadb(answer, length, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(root))
		return error_set(err, ERROR_SYNTAX,
				 "answered with no JSON object with distinct keys");
	username = text_of(arena, root, "Username");
	secret = text_of(arena, root, "Secret");
	log_add_secret(secret);
	if (!username || !secret)
		return error_set(err, ERROR_SYNTAX,
				 "answered with a Username or Secret that is no text");
	if (strcmp(username, TOKEN_USER) == 0) {
		login->identity_token = secret;
	} else {
		login->username = username;
		login->password = secret;
	}
	return true;
}

/* True where it only says that it knows no credentials. */
static bool read_failure(struct process_result *result, struct error *err)
{
	struct buf *output = &result->output;
	const char *reason =
		output->length ? process_one_line(output->data, output->length) : "";

	if (strcmp(reason, NOT_FOUND) == 0)
		return true;
	if (!reason[0])
		return process_fail(result, ERROR_DENIED, err);
	return error_set(err, ERROR_DENIED, "exit status %d: %.300s", result->status,
			 reason);
}

static bool ask(struct docker_login *login, struct arena *arena, const char *program,
		const char *server, struct error *err)
{
	CLEANUP(process_result_release)
	struct process_result result = PROCESS_RESULT_INIT(CREDENTIAL_HELPER_BYTES);
	const char *const argv[] = { program, "get", NULL };
	const struct process process = {
		.argv = argv,
		.input = server,
		.input_length = strlen(server),
		.timeout_seconds = CREDENTIAL_HELPER_SECONDS,
	};
	bool ok;

	if (!process_run(&process, &result, err))
		return false;
	ok = result.status == 0
		     ? credential_helper_read(login, arena, buf_text(&result.output),
					      result.output.length, err)
		     : read_failure(&result, err);
	return ok || error_wrap(err, "%s", program);
}

static bool ask_helper(struct docker_login *login, struct arena *arena, const char *name,
		       const char *server, struct error *err)
{
	if (!is_plain_name(name))
		return error_set(err, ERROR_USAGE,
				 "'%.64s' is no name of a credential helper", name);
	if (text_has_control(server))
		return error_set(err, ERROR_USAGE,
				 "a server's name holds a control character");
	return ask(login, arena, arena_printf(arena, PREFIX "%s", name), server, err);
}

struct docker_login credential_helper_get(struct arena *arena, const char *name,
					  const char *server)
{
	struct docker_login login = none;
	struct error err = ERROR_INIT;

	if (!ask_helper(&login, arena, name, server, &err)) {
		login = none;
		login.problem = arena_strdup(arena, err.text);
	}
	login.origin = arena_printf(arena, PREFIX "%.*s", NAME_LENGTH, name);
	return login;
}
