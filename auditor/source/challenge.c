#include "source/challenge.h"

#include <ctype.h>
#include <strings.h>

/* The scheme that is being read; its parameters may still follow. */
struct reading {
	const char *at;
	struct arena *arena;
	bool bearer, basic;
	struct challenge current;
	struct challenge *best;
};

/* RFC 9110, section 5.6.2. */
static bool is_token_char(char c)
{
	return isalnum((unsigned char)c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static size_t token_length(const char *text)
{
	size_t length = 0;

	while (is_token_char(text[length]))
		length++;
	return length;
}

static bool token_is(const char *token, size_t length, const char *name)
{
	return length == strlen(name) && strncasecmp(token, name, length) == 0;
}

static void skip_blanks(struct reading *reading)
{
	reading->at += strspn(reading->at, " \t");
}

/* The closing quote of a quoted string that begins at `quote`, or NULL. */
static const char *find_closing_quote(const char *quote)
{
	const char *at = quote + 1;

	for (; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at : NULL;
}

/* A quoted string (section 5.6.4); NULL where its end is missing. */
static char *take_quoted(struct reading *reading)
{
	const char *from = reading->at + 1;
	const char *close = find_closing_quote(reading->at);
	char *text, *end;

	if (!close)
		return NULL;
	text = end = arena_alloc(reading->arena, (size_t)(close - from) + 1);
	for (; from < close; from++) {
		if (*from == '\\')
			from++;
		*end++ = *from;
	}
	reading->at = close + 1;
	return text;
}

/* Values are tokens, but URLs and scopes are met without their quotes. */
static char *take_bare(struct reading *reading)
{
	size_t length = strcspn(reading->at, ", \t\"");
	char *text = arena_strndup(reading->arena, reading->at, length);

	reading->at += length;
	return text;
}

static void set_once(const char **field, const char *value)
{
	if ((*field)[0] == '\0')
		*field = value;
}

/* A parameter's value behind "name ="; false where it is malformed. */
static bool take_value(struct reading *reading, const char *name, size_t length)
{
	const char *value;

	skip_blanks(reading);
	value = *reading->at == '"' ? take_quoted(reading) : take_bare(reading);
	if (!value)
		return false;
	if (token_is(name, length, "realm"))
		set_once(&reading->current.realm, value);
	else if (token_is(name, length, "service"))
		set_once(&reading->current.service, value);
	else if (token_is(name, length, "scope"))
		set_once(&reading->current.scope, value);
	else if (token_is(name, length, "error"))
		set_once(&reading->current.error, value);
	return true;
}

/* The challenge read so far is complete: is it better than the best one? */
static void finish(struct reading *reading)
{
	enum challenge_scheme scheme = CHALLENGE_NONE;

	if (reading->bearer && reading->current.realm[0])
		scheme = CHALLENGE_BEARER;
	else if (reading->basic)
		scheme = CHALLENGE_BASIC;
	if (scheme > reading->best->scheme) {
		*reading->best = reading->current;
		reading->best->scheme = scheme;
	}
	reading->current = (struct challenge)CHALLENGE_INIT;
	reading->bearer = reading->basic = false;
}

/* "Negotiate dG9rZW4=": credentials in place of parameters, which say nothing to us. */
static void skip_token68(struct reading *reading)
{
	size_t length = strspn(reading->at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQR"
					    "STUVWXYZ0123456789-._~+/");
	size_t padded = length + strspn(reading->at + length, "=");
	size_t blanks = strspn(reading->at + padded, " \t");
	char next = reading->at[padded + blanks];

	if (length > 0 && (next == '\0' || next == ','))
		reading->at += padded;
}

/* A parameter of the current scheme, or the next scheme; false at something malformed. */
static bool take_item(struct reading *reading)
{
	const char *name = reading->at;
	size_t length = token_length(name);

	if (length == 0)
		return false;
	reading->at += length;
	skip_blanks(reading);
	if (*reading->at == '=') {
		reading->at++;
		return take_value(reading, name, length);
	}
	finish(reading);
	reading->bearer = token_is(name, length, "Bearer");
	reading->basic = token_is(name, length, "Basic");
	skip_token68(reading);
	return true;
}

void challenge_read(struct challenge *best, struct arena *arena, const char *header)
{
	struct reading reading = {
		.at = header,
		.arena = arena,
		.current = CHALLENGE_INIT,
		.best = best,
	};

	if (strnlen(header, CHALLENGE_BYTES + 1) > CHALLENGE_BYTES)
		return;
	for (;;) {
		reading.at += strspn(reading.at, ", \t");
		if (*reading.at == '\0')
			break;
		if (!take_item(&reading)) {
			/* What its scheme lacks may change its meaning. */
			reading.bearer = reading.basic = false;
			break;
		}
	}
	finish(&reading);
}
