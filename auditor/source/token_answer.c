#include "source/token_answer.h"

#include <jansson.h>

static void value_release(json_t **value)
{
	json_decref(*value);
}

/* RFC 6750's b64token and whatever else servers use, but no blank, control or quote. */
static bool is_usable(const char *token)
{
	if (!token || !token[0])
		return false;
	for (; *token; token++)
		if (*token <= ' ' || *token > '~' || *token == '"')
			return false;
	return true;
}

bool token_answer_read(struct token_answer *answer, struct arena *arena, const char *body,
		       size_t length, struct error *err)
{
	CLEANUP(value_release) json_t *root = NULL;
	const char *token;
	json_int_t lifetime;

	root = json_loadb(body, length, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(root))
		return error_set(err, ERROR_SYNTAX, "no JSON object with distinct keys");
	token = json_string_value(json_object_get(root, "token"));
	if (!token || !token[0])
		token = json_string_value(json_object_get(root, "access_token"));
	if (!is_usable(token))
		return error_set(err, ERROR_SYNTAX,
				 "no token, or one that cannot stand in a header");
	lifetime = json_integer_value(json_object_get(root, "expires_in"));
	answer->token = arena_strdup(arena, token);
	answer->lifetime_seconds = lifetime > TOKEN_LIFETIME ? lifetime : TOKEN_LIFETIME;
	return true;
}
