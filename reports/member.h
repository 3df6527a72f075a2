/*
 * member.h - the members of JSON objects, for the formats that are JSON
 *
 * Who is given a `json_t *value` takes its reference.
 */
#ifndef REPORTS_MEMBER_H
#define REPORTS_MEMBER_H

#include "base/base.h"

#include <jansson.h>

void member_set(json_t *object, const char *key, json_t *value);

/* Foreign text goes through escape_json(). */
void member_set_text(json_t *object, const char *key, const char *text);

/* RFC 3339; "" for 0, "not known". */
void member_set_time(json_t *object, const char *key, int64_t seconds);
void member_set_count(json_t *object, const char *key, uint64_t count);

/* Write a value on one line, as ASCII: valid UTF-8, and safe to look at. */
void value_put(FILE *out, json_t *value);

#endif
