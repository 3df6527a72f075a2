#include "reports/member.h"

#include "base/timestamp.h"
#include "reports/escape.h"

void member_set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new_nocheck(object, key, value);
}

void member_set_text(json_t *object, const char *key, const char *text)
{
	member_set(object, key, escape_json(text));
}

void member_set_time(json_t *object, const char *key, int64_t seconds)
{
	char text[TIMESTAMP_SIZE];

	member_set_text(object, key, timestamp_format(text, seconds));
}

void member_set_count(json_t *object, const char *key, uint64_t count)
{
	member_set(object, key, json_integer((json_int_t)count));
}

void value_put(FILE *out, json_t *value)
{
	json_dumpf(value, out, JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
	json_decref(value);
}
