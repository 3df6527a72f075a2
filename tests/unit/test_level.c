#include "model/level.h"

#include "tests/unit/check.h"

static const struct {
	enum level level;
	const char *name;
} level_cases[] = {
	{ LEVEL_NONE, "none" },
	{ LEVEL_NOTE, "note" },
	{ LEVEL_WARNING, "warning" },
	{ LEVEL_ERROR, "error" },
};

static void levels_are_read_as_they_are_written(void **state)
{
	static const char *const others[] = { "", "Error", "errors", "fatal", " note" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(level_cases); i++) {
		enum level level = LEVEL_NONE;

		CHECK_TEXT(level_cases[i].name, level_name(level_cases[i].level),
			   level_cases[i].name);
		CHECK(level_cases[i].name, level_parse(&level, level_cases[i].name));
		CHECK(level_cases[i].name, level == level_cases[i].level);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
		enum level level = LEVEL_NOTE;

		CHECK(others[i], !level_parse(&level, others[i]));
		CHECK(others[i], level == LEVEL_NOTE);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_are_read_as_they_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
