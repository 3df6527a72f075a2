#include "model/level.h"

static const char *const level_names[] = {
	[LEVEL_NONE] = "none",
	[LEVEL_NOTE] = "note",
	[LEVEL_WARNING] = "warning",
	[LEVEL_ERROR] = "error",
};

const char *level_name(enum level level)
{
	return level_names[level];
}

bool level_parse(enum level *level, const char *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(level_names); i++) {
		if (strcmp(text, level_names[i]) == 0) {
			*level = (enum level)i;
			return true;
		}
	}
	return false;
}
